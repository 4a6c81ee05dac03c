import type { PendingPoints } from '@huike/shared/contracts/common'
import { formatFen, formatWhole, points, type Fen, type Points } from '@huike/shared/quantities'

// How quantities look on screen. Times are the stores': all of them keep China Standard Time,
// UTC+8 without summer time, whatever the phone is set to.

const STORE_OFFSET_MS = 8 * 3_600_000
const DAY_MS = 86_400_000
const MILLI_DIGITS = 3
const UNREAD_MAX = 99
const DATE_LETTERS = 10
/** Signs that fit at full size on a narrow phone with type at 1.4, and at the next smaller size. */
const FIGURE_LETTERS = 7
const FIGURE_LETTERS_LONG = 11

/** Points with thousands apart: `12,800`. */
export function formatPoints(value: Points): string {
  return formatWhole(value)
}

/** What may be spent now: the balance without what is not available yet. */
export function availablePoints(of: {
  balancePoints: Points
  pending?: PendingPoints | null | undefined
}): Points {
  return points(of.balancePoints - (of.pending?.points ?? 0))
}

/** A movement of points with its sign: `+21`, `-300`. */
export function formatSignedPoints(value: Points): string {
  return value > 0 ? `+${formatPoints(value)}` : formatPoints(value)
}

/** A number of unread messages that fits a badge. */
export function formatUnread(count: number): string {
  return count > UNREAD_MAX ? `${String(UNREAD_MAX)}+` : String(count)
}

/** An instant on a store's wall clock: `2026-11-21 22:56`. */
export function formatStoreTime(atMs: number): string {
  return new Date(atMs + STORE_OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ')
}

/** A day on a store's calendar: `2026-11-21`. */
export function formatStoreDate(atMs: number): string {
  return formatStoreTime(atMs).slice(0, DATE_LETTERS)
}

/** The number of a day on a store's calendar, to count days with. */
export function storeDay(atMs: number): number {
  return Math.floor((atMs + STORE_OFFSET_MS) / DAY_MS)
}

/** How large a figure may be drawn: the longer it is, the smaller, so that it is never cut. */
export function figureSize(text: string): '' | ' hk-figure--long' | ' hk-figure--longest' {
  if (text.length > FIGURE_LETTERS_LONG) return ' hk-figure--longest'
  return text.length > FIGURE_LETTERS ? ' hk-figure--long' : ''
}

/** A quantity in thousandths, without idle zeros: 2000 is `2`, 1250 is `1.25`. */
export function formatMilli(quantityMilli: number): string {
  const sign = quantityMilli < 0 ? '-' : ''
  const digits = String(Math.abs(quantityMilli)).padStart(MILLI_DIGITS + 1, '0')
  const whole = digits.slice(0, -MILLI_DIGITS)
  const fraction = digits.slice(-MILLI_DIGITS).replace(/0+$/, '')
  return sign + whole + (fraction === '' ? '' : `.${fraction}`)
}

/** An amount that came back to the member is shown as a minus of what was paid. */
export function formatPurchaseTotal(purchase: { kind: 'sale' | 'refund'; totalFen: Fen }): string {
  const amount = formatFen(purchase.totalFen)
  return purchase.kind === 'refund' ? `-${amount}` : amount
}
