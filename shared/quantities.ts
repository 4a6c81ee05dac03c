import type { z } from 'zod'

// Quantities are branded integers. They are made here, where they are checked, and formatted
// only on screen. A number that is not a safe integer never becomes money, points or an instant.

/** Money in fen (1/100 yuan), a safe integer; negative only where a name says so. */
export type Fen = number & z.$brand<'Fen'>
/** Loyalty points, a safe integer. */
export type Points = number & z.$brand<'Points'>
/** An instant: milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number & z.$brand<'EpochMs'>
/** A day in the store's own calendar, `YYYY-MM-DD`. */
export type BusinessDate = string & z.$brand<'BusinessDate'>

/** The largest amount one document may carry: ¥100,000,000.00. */
export const FEN_MAX = 10_000_000_000
/** The largest number of points one transfer may move. */
export const POINTS_MAX = 1_000_000_000

/** Thrown when a value is not a quantity: a bug or a corrupted row, never an expected outcome. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError'
}

/** Checks that `value` is a safe integer and brands it as fen. Throws QuantityError. */
export function fen(value: number): Fen {
  return integer(value, 'fen') as Fen
}

/** Checks that `value` is a safe integer and brands it as points. Throws QuantityError. */
export function points(value: number): Points {
  return integer(value, 'points') as Points
}

/** Checks that `value` is a non-negative safe integer and brands it as an instant. */
export function epochMs(value: number): EpochMs {
  if (integer(value, 'epoch milliseconds') < 0)
    throw new QuantityError(`not an instant: ${String(value)}`)
  return value as EpochMs
}

/**
 * Reads a decimal amount in yuan, as tills print it ("21.3", "1,234.50", "-4.5"), into fen.
 * Returns null for anything that is not such an amount or has more than two decimals.
 */
export function fenFromYuan(text: string): Fen | null {
  const match = /^([-+]?)(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d{1,2}))?$/.exec(text.trim())
  if (!match) return null
  const whole = Number((match[2] ?? '').replaceAll(',', ''))
  const fraction = Number((match[3] ?? '').padEnd(2, '0'))
  const unsigned = whole * 100 + fraction
  return fen(match[1] === '-' && unsigned !== 0 ? -unsigned : unsigned)
}

/** Formats fen as people read money here: `¥1234.50`, `-¥4.50`. */
export function formatFen(amount: Fen): string {
  return `${amount < 0 ? '-' : ''}¥${formatYuan(Math.abs(amount) as Fen)}`
}

/** Formats fen as a bare decimal number of yuan: `1234.50`. */
export function formatYuan(amount: Fen): string {
  const unsigned = Math.abs(amount)
  const sign = amount < 0 ? '-' : ''
  return `${sign}${String(Math.floor(unsigned / 100))}.${String(unsigned % 100).padStart(2, '0')}`
}

/** A whole number as people read it, thousands apart: `12,864`, `-1,200`. */
export function formatWhole(value: number): string {
  const digits = String(Math.abs(value)).replace(/\B(?=(\d{3})+$)/g, ',')
  return value < 0 ? `-${digits}` : digits
}

/**
 * floor(a × b ÷ c) of non-negative integers, exact where the product passes 2^53.
 * Throws QuantityError for negative or unsafe input, and for c = 0.
 */
export function mulDivFloor(a: number, b: number, c: number): number {
  if ([a, b, c].some((n) => !Number.isSafeInteger(n) || n < 0) || c === 0)
    throw new QuantityError(`cannot scale ${String(a)} by ${String(b)}/${String(c)}`)
  const product = a * b
  if (Number.isSafeInteger(product)) return Math.floor(product / c)
  return integer(Number((BigInt(a) * BigInt(b)) / BigInt(c)), 'quotient')
}

function integer(value: number, unit: string): number {
  if (!Number.isSafeInteger(value)) throw new QuantityError(`not whole ${unit}: ${String(value)}`)
  return value
}
