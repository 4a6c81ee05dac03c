// What somebody is writing survives a reload, the way back and a sign-in in between: it is kept for
// this tab and this person, under a key of its own.

/** What this person left under `key` in this tab; null when there is nothing that can be read. */
export function keptUnder(key: string, staffId: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(`${key}:${staffId}`) ?? 'null') as unknown
  } catch {
    // Something else wrote under this key: as good as nothing.
    return null
  }
}

/** Keeps `value` under `key`; null forgets what was there. */
export function keepUnder(key: string, staffId: string, value: object | null): void {
  if (value === null) sessionStorage.removeItem(`${key}:${staffId}`)
  else sessionStorage.setItem(`${key}:${staffId}`, JSON.stringify(value))
}
