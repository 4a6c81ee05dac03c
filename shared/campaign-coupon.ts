import type { CouponTerms } from './contracts/coupons.js'
import { fen, FEN_MAX, type Fen } from './quantities.js'

// A campaign that gives a coupon: what its message says of it, and what it can cost, the same in the
// form that is filled in and in what is sent.

/**
 * A message that gives a coupon says so first: what a phone cuts off is at the end. Takes what the
 * coupon gives in words (`couponHeadline`) and what was written.
 */
export function bodyWithCoupon(headline: string, body: string): string {
  return `送您「${headline}」券一张。${body}`
}

/** What so many coupons take off at most; null where their terms, or what can be told, set no limit. */
export function mostOffFen({ gives }: Pick<CouponTerms, 'gives'>, count: number): Fen | null {
  const eachFen = gives.kind === 'amount' ? gives.amountFen : gives.mostFen
  const allFen = eachFen === null ? null : eachFen * count
  return allFen === null || allFen > FEN_MAX ? null : fen(allFen)
}
