// The store's own calendar. Receipts print local time without a zone; the zone comes with the
// enrolment.

const FORMATS = new Map<string, Intl.DateTimeFormat>()

/** `YYYY-MM-DDTHH:mm:ss` on the store's wall at an instant. */
export function localTime(atMs: number, timeZone: string): string {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(atMs)
      .map((p) => [p.type, p.value]),
  )
  const get = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '00'
  return `${get('year')}-${get('month')}-${get('day')}T${get('hour')}:${get('minute')}:${get('second')}`
}

/** The instant at which the store's wall clock shows `local`; null when it is no such time. */
export function instantOfLocal(local: string, timeZone: string): number | null {
  const asUtcMs = Date.parse(`${local}Z`)
  if (Number.isNaN(asUtcMs)) return null
  let atMs = asUtcMs
  // Twice: the zone's offset at the guess, then at the corrected guess (daylight saving time).
  for (let round = 0; round < 2; round += 1)
    atMs = asUtcMs - (Date.parse(`${localTime(atMs, timeZone)}Z`) - atMs)
  return Math.round(atMs / 1_000) * 1_000
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  FORMATS.set(timeZone, made)
  return made
}
