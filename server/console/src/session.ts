import type { ConsoleSession } from '@huike/shared/contracts/console'
import { may, type Permission } from '@huike/shared/permissions'
import { createContext, useContext } from 'react'
import type { Api } from './api.js'

// The session lives as long as the tab: a till's or office's browser is shared by many people, so
// nothing stays behind when the tab is closed.

const KEY = 'huike-console-session'

/** Who sits here, and their calls to the server. */
export interface Session {
  staff: ConsoleSession['staff']
  api: Api
  /** May this person do that? What they may not is left out; the server checks again. */
  may: (permission: Permission) => boolean
  signOut: () => void
  /** The chain asks for a second factor that is not there: nothing but one's own account opens. */
  lacksFactor: boolean
  /** It is there now. */
  onFactorSet: () => void
}

export const SessionContext = createContext<Session | null>(null)

/** The session of the page it is used in. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === null) throw new Error('nobody is signed in here')
  return session
}

/** Asks the table of permissions for one role. */
export function mayOf(role: ConsoleSession['staff']['role']): Session['may'] {
  return (permission) => may(role, permission)
}

/** The session of this tab, or null when there is none or it has run out. */
export function savedSession(nowMs: number): ConsoleSession | null {
  const text = sessionStorage.getItem(KEY)
  if (text === null) return null
  try {
    const session = JSON.parse(text) as ConsoleSession
    // A tab that was open over an update holds a session without what this version needs.
    const isWhole = typeof session.staff.id === 'string' && Array.isArray(session.staff.storeIds)
    return isWhole && session.expiresAtMs > nowMs ? session : null
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
