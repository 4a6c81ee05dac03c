import { type Fen, formatYuan } from '@huike/shared/quantities'

// Numbers and times as the cashier reads them. Times are the store's, whatever zone the machine is
// set to; without a store they are the machine's own.

const MINUTE_MS = 60_000
/** What fits beside the time and the number of lines. */
const NUMBER_CHARACTERS_MAX = 16

/** `¥9,999,999.99`; negative amounts `-¥4.50`. */
export function money(amount: Fen): string {
  const [whole = '0', cents = '00'] = formatYuan(Math.abs(amount) as Fen).split('.')
  return `${amount < 0 ? '-' : ''}¥${groupThousands(whole)}.${cents}`
}

/** A receipt's amount as the shopper feels it: a refund is negative. Empty when not known yet. */
export function signedMoney(receipt: { kind: 'sale' | 'refund'; totalFen: Fen | null }): string {
  if (receipt.totalFen === null) return ''
  return `${receipt.kind === 'refund' ? '-' : ''}${money(receipt.totalFen)}`
}

/** `12,345`. */
export function count(value: number): string {
  return `${value < 0 ? '-' : ''}${groupThousands(String(Math.abs(value)))}`
}

/** `14:02` in `timeZone`; null: the machine's own. */
export function clockTime(atMs: number, timeZone: string | null): string {
  const { hour, minute } = wallClock(atMs, timeZone)
  return `${hour}:${minute}`
}

/** `14:02` on the same day as `nowMs`, `6月3日 14:02` before. */
export function dayAndTime(atMs: number, nowMs: number, timeZone: string | null): string {
  const at = wallClock(atMs, timeZone)
  const now = wallClock(nowMs, timeZone)
  const isToday = at.year === now.year && at.month === now.month && at.day === now.day
  return `${isToday ? '' : `${at.month}月${at.day}日 `}${at.hour}:${at.minute}`
}

/** `6月3日`. */
export function dayOf(atMs: number, timeZone: string | null): string {
  const { month, day } = wallClock(atMs, timeZone)
  return `${month}月${day}日`
}

/** Whole minutes of a span, at least 1. */
export function minutesOf(spanMs: number): number {
  return Math.max(1, Math.round(Math.abs(spanMs) / MINUTE_MS))
}

/** `138 1234 5678` while it is typed; longer codes in fours. */
export function groupDigits(digits: string): string {
  const phoneLike = digits.startsWith('1') && digits.length <= 11
  const head = phoneLike ? digits.slice(0, 3) : ''
  const rest = phoneLike ? digits.slice(3) : digits
  return [head, ...(rest.match(/\d{1,4}/g) ?? [])].filter((part) => part !== '').join(' ')
}

/** The end of a long number, which is what tells receipts apart; the text of the receipt has it all. */
export function shortNumber(text: string): string {
  return text.length > NUMBER_CHARACTERS_MAX ? `…${text.slice(1 - NUMBER_CHARACTERS_MAX)}` : text
}

function groupThousands(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}

const FORMATS = new Map<string | null, Intl.DateTimeFormat>()

/** What clock and calendar on the store's wall show. */
function wallClock(atMs: number, timeZone: string | null) {
  const format = FORMATS.get(timeZone) ?? new Intl.DateTimeFormat('en-GB', formatOptions(timeZone))
  FORMATS.set(timeZone, format)
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]))
  const get = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  return {
    year: get('year'),
    month: String(Number(get('month'))),
    day: String(Number(get('day'))),
    hour: get('hour'),
    minute: get('minute'),
  }
}

function formatOptions(timeZone: string | null): Intl.DateTimeFormatOptions {
  return {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(timeZone !== null && { timeZone }),
  }
}
