// Wall clocks: what a clock in a store's zone shows, and the instant it stands for.

const LOCAL_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$/
const LOCAL_CHARACTERS = 19
const SECOND_MS = 1_000
const MIDNIGHTS_KEPT_MAX = 1_000

/**
 * The instant at which the clock of `timeZone` shows `local` (`YYYY-MM-DDTHH:mm:ss`). Null when it
 * is no time at all, or one that the zone's clock skips.
 */
export function instantOfLocal(local: string, timeZone: string): number | null {
  const match = LOCAL_TIME.exec(local)
  if (!match) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number)
  const asUtcMs = Date.UTC(year, month - 1, day, hour, minute, second)
  // The zone's offset is looked up where the time would be in UTC, then once more where it lands.
  const nearMs = asUtcMs - zoneOffsetMs(asUtcMs, timeZone)
  const atMs = asUtcMs - zoneOffsetMs(nearMs, timeZone)
  return localTime(atMs, timeZone) === local ? atMs : null
}

/** What a clock on the wall shows at an instant in a time zone, `YYYY-MM-DDTHH:mm:ss`. */
export function localTime(atMs: number, timeZone: string): string {
  return new Date(atMs + zoneOffsetMs(atMs, timeZone)).toISOString().slice(0, LOCAL_CHARACTERS)
}

/**
 * When a day (`YYYY-MM-DD`) begins in a zone. The few days there are at a time are looked up once: each
 * sale asks for them.
 */
export function midnightMs(day: string, timeZone: string): number {
  const key = `${timeZone}|${day}`
  const known = midnights.get(key)
  if (known !== undefined) return known
  const atMs = instantOfLocal(`${day}T00:00:00`, timeZone)
  if (atMs === null) throw new Error(`no midnight on ${day} in ${timeZone}`)
  if (midnights.size >= MIDNIGHTS_KEPT_MAX) midnights.clear()
  midnights.set(key, atMs)
  return atMs
}

/** What to add to UTC to get what the zone's clock shows, to the second. */
export function zoneOffsetMs(atMs: number, timeZone: string): number {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
  for (const { type, value } of formatOf(timeZone).formatToParts(atMs)) parts[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  const shownMs = Date.UTC(year, month - 1, day, hour, minute, second)
  return shownMs - Math.floor(atMs / SECOND_MS) * SECOND_MS
}

const midnights = new Map<string, number>()
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(timeZone, made)
  return made
}
