import type { CodeFault } from './contracts/coupon-codes.js'

// What somebody typed or printed as a code, as it is looked up: without spaces and hyphens, in capitals
// and ordinary digits.

export const COUPON_CODE_CHARACTERS_MIN = 10
export const COUPON_CODE_CHARACTERS_MAX = 32
const BETWEEN = /[\s\u2010-\u2015\u2212_-]+/g
const PLAIN = /^[0-9A-Z]+$/

export type ReadCode = { ok: true; code: string } | { ok: false; reason: CodeFault['reason'] }

/** Reads a code of at least `charactersMin`; says why it is none. */
export function readCouponCode(
  typed: string,
  charactersMin: number = COUPON_CODE_CHARACTERS_MIN,
): ReadCode {
  const code = typed.normalize('NFKC').replace(BETWEEN, '').toUpperCase()
  if (!PLAIN.test(code)) return { ok: false, reason: 'characters' }
  if (code.length < charactersMin) return { ok: false, reason: 'short' }
  if (code.length > COUPON_CODE_CHARACTERS_MAX) return { ok: false, reason: 'long' }
  return { ok: true, code }
}
