// Numbers of spreadsheet cells as the text a person sees. A date is a number with a style: days
// since 1899-12-30 (ECMA-376 part 1, 18.17.4.1), or since 1904-01-01 in files from old Macs.

const DAY_MS = 86_400_000
const EPOCH_1900_MS = Date.UTC(1899, 11, 30)
const DAYS_TO_1904 = 1_462
/** The last day of 9999. */
const SERIAL_MAX = 2_958_466
/** Spreadsheets keep fifteen digits: of a longer number the rest is lost. */
const WHOLE_DIGITS_MAX = 1e15
/** Number formats that are dates and times without being spelled out (18.8.30). */
const DATE_FORMAT_IDS: readonly (readonly [number, number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
]

/** Is a number format one of dates or times? `code` is null for the ones that come with the format. */
export function isDateFormat(id: number, code: string | null): boolean {
  if (code === null) return DATE_FORMAT_IDS.some(([from, to]) => id >= from && id <= to)
  const bare = code
    .replace(/"[^"]*"/g, '')
    .replace(/\\./g, '')
    .replace(/\[(?!h|m|s)[^\]]*\]/gi, '')
  return /[ymdhs]/i.test(bare) && !/general|[#0]\.?[#0]*%/i.test(bare)
}

/** A number that is no date, as text; one that has lost digits shows it by its exponent. */
export function numberText(raw: string): string {
  const value = Number(raw)
  if (raw.trim() === '' || !Number.isFinite(value)) return raw
  return Math.abs(value) >= WHOLE_DIGITS_MAX ? value.toExponential() : String(value)
}

/**
 * A serial day as `YYYY-MM-DD`, with ` HH:mm:ss` where it has a time, or `HH:mm:ss` alone; the raw
 * text where it is no day.
 */
export function dateText(raw: string, startsIn1904: boolean): string {
  const serial = Number(raw) + (startsIn1904 ? DAYS_TO_1904 : 0)
  if (raw.trim() === '' || !(serial >= 0 && serial < SERIAL_MAX)) return raw
  const seconds = Math.round((serial * DAY_MS) / 1000)
  const iso = new Date(EPOCH_1900_MS + seconds * 1000).toISOString()
  const day = iso.slice(0, 10)
  const time = iso.slice(11, 19)
  if (serial < 1) return time
  return time === '00:00:00' ? day : `${day} ${time}`
}
