import type { ConsoleSession } from '@huike/shared/contracts/console'

// The session lives as long as the tab: a till's or office's browser is shared by many people, so
// nothing stays behind when the tab is closed.

const KEY = 'huike-console-session'

/** The session of this tab, or null when there is none or it has run out. */
export function savedSession(nowMs: number): ConsoleSession | null {
  const text = sessionStorage.getItem(KEY)
  if (text === null) return null
  try {
    const session = JSON.parse(text) as ConsoleSession
    return session.expiresAtMs > nowMs ? session : null
  } catch {
    // Something else wrote under this key: as good as none.
    return null
  }
}

/** Keeps the session for this tab; null forgets it. */
export function saveSession(session: ConsoleSession | null): void {
  if (session === null) sessionStorage.removeItem(KEY)
  else sessionStorage.setItem(KEY, JSON.stringify(session))
}
