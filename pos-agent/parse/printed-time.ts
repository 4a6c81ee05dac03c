// Dates and times as tills print them, read into `YYYY-MM-DD` and `HH:mm:ss`. Nothing is guessed:
// an impossible date, a date without a year, or 03/04/2026 (March or April?) reads as nothing.

export interface PrintedMoment {
  /** `YYYY-MM-DD`, or null where only a time stands. */
  date: string | null
  /** `HH:mm:ss`, or null where only a date stands. */
  time: string | null
  /** Where it stands in the text. */
  start: number
  end: number
}

const YEAR_MIN = 2000
const YEAR_MAX = 2099
const CENTURY = 2000
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH = `(${MONTHS.join('|')})[a-z]*`

type DateReader = [pattern: RegExp, read: (groups: string[]) => string | null]

const DATE_READERS: readonly DateReader[] = [
  [
    /(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)日?/,
    ([y, m, d]) => ymd(y, m, d),
  ],
  // 14 digits run together, or eight before a time: a longer run is a number, not a date.
  [
    /(?<![\d.])(20\d{2})(\d{2})(\d{2})(?=\d{6}(?!\d)|\s+\d{1,2}:?\d{2}|(?![\d.-]))/,
    ([y, m, d]) => ymd(y, m, d),
  ],
  [
    /(?<![\d-])(\d{2})([-/.年])(\d{1,2})[-/.月](\d{1,2})(?!\d)日?(?=\s*(?:[上下中凌晚早]\S)?\s*\d{1,2}:|\s*$)/,
    shortYear,
  ],
  [
    new RegExp(`(?<!\\d)(\\d{1,2})(?:st|nd|rd|th)?[\\s-]*(?:of\\s+)?${MONTH}[\\s,-]*(\\d{4})`, 'i'),
    ([d, m, y]) => ymd(y, monthNumber(m), d),
  ],
  [
    new RegExp(`\\b${MONTH}[\\s.]+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+(\\d{4})`, 'i'),
    ([m, d, y]) => ymd(y, monthNumber(m), d),
  ],
  [/(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](20\d{2})(?!\d)/, ([a, b, y]) => dayOrMonthFirst(a, b, y)],
]
const TIME =
  /(上午|下午|晚上|中午|凌晨|早上|am|pm)?\s*(?<!\d)(\d{1,2})\s?[::时]\s?(\d{2})(?:\s?[::分]\s?(\d{2}))?(?!\d)秒?(?:\.\d{1,3})?分?\s*(am|pm|a\.m|p\.m)?/i
const COMPACT_TIME = /^\s*(\d{2})(\d{2})(\d{2})(?!\d)/

/** Finds the first date, time or both in folded text; null when there is none. */
export function findMoment(folded: string): PrintedMoment | null {
  const date = findDate(folded)
  if (!date) {
    const time = findTime(folded, 0)
    return time && { date: null, ...time }
  }
  const after = findTime(folded, date.end) ?? compactTime(folded, date.end)
  const time = after ?? findTime(folded.slice(0, date.start), 0)
  if (!time) return { date: date.date, time: null, start: date.start, end: date.end }
  const start = Math.min(date.start, time.start)
  return { date: date.date, time: time.time, start, end: Math.max(date.end, time.end) }
}

/** Reads a whole cell that should be a moment, e.g. `2024/1/1 8:41`; null when it is not one. */
export function readMoment(text: string): { date: string; time: string | null } | null {
  const folded = text.trim().replace(/T(?=\d)/, ' ')
  const moment = findMoment(folded)
  if (moment?.date == null || moment.start !== 0) return null
  const rest = folded.slice(moment.end)
  return /^(?:\.\d+)?\s*(?:Z|[-+]\d{2}:?\d{2})?$/.test(rest)
    ? { date: moment.date, time: moment.time }
    : null
}

/** Checks a calendar date and writes it as `YYYY-MM-DD`. */
export function ymd(year?: string, month?: string, day?: string): string | null {
  const [y, m, d] = [Number(year), Number(month), Number(day)]
  if (!(y >= YEAR_MIN && y <= YEAR_MAX && m >= 1 && m <= 12 && d >= 1)) return null
  if (d > new Date(Date.UTC(y, m, 0)).getUTCDate()) return null
  return `${String(y)}-${two(m)}-${two(d)}`
}

function findDate(folded: string): { date: string; start: number; end: number } | null {
  for (const [pattern, read] of DATE_READERS) {
    const match = pattern.exec(folded)
    const date = match && read(match.slice(1))
    if (date) return { date, start: match.index, end: match.index + match[0].length }
  }
  return null
}

function findTime(
  folded: string,
  from: number,
): { time: string; start: number; end: number } | null {
  const match = TIME.exec(folded.slice(from))
  if (!match) return null
  const [, before = '', hours = '', minutes = '', seconds = '0', after = ''] = match
  const time = clock(Number(hours), Number(minutes), Number(seconds), before || after)
  const start = from + match.index
  return time === null ? null : { time, start, end: start + match[0].trimEnd().length }
}

function compactTime(folded: string, from: number): ReturnType<typeof findTime> {
  const match = COMPACT_TIME.exec(folded.slice(from))
  const time = match && clock(Number(match[1]), Number(match[2]), Number(match[3]), '')
  return time ? { time, start: from, end: from + match[0].length } : null
}

function clock(hours: number, minutes: number, seconds: number, half: string): string | null {
  let hour = hours
  if (/下午|晚上|pm|p\.m/i.test(half) && hour < 12) hour += 12
  if (/中午/.test(half) && hour < 11) hour += 12
  if (/am|a\.m|凌晨/i.test(half) && hour === 12) hour = 0
  if (hour > 23 || minutes > 59 || seconds > 59) return null
  return `${two(hour)}:${two(minutes)}:${two(seconds)}`
}

function shortYear([y, , m, d]: string[]): string | null {
  return ymd(String(CENTURY + Number(y)), m, d)
}

function dayOrMonthFirst(a?: string, b?: string, year?: string): string | null {
  const [first, second] = [Number(a), Number(b)]
  if (first > 12) return ymd(year, b, a)
  return second > 12 || first === second ? ymd(year, a, b) : null
}

function monthNumber(name?: string): string {
  return String(MONTHS.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1)
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
