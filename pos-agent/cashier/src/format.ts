import { type Fen, formatYuan } from '@huike/shared/quantities'

// Numbers and times as the cashier reads them. Times are the till's own, which are the store's.

const MINUTE_MS = 60_000

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

/** `14:02`. */
export function clockTime(atMs: number): string {
  const at = new Date(atMs)
  return `${two(at.getHours())}:${two(at.getMinutes())}`
}

/** `14:02` on the same day as `nowMs`, `6月3日 14:02` before. */
export function dayAndTime(atMs: number, nowMs: number): string {
  const at = new Date(atMs)
  const sameDay = at.toDateString() === new Date(nowMs).toDateString()
  const day = `${String(at.getMonth() + 1)}月${String(at.getDate())}日 `
  return `${sameDay ? '' : day}${clockTime(atMs)}`
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

function groupThousands(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
