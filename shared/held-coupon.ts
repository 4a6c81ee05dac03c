import type { HeldCoupon } from './contracts/coupons.js'
import { couponConditions, couponHeadline } from './coupon-words.js'
import type { CouponInHand } from './coupons.js'
import { epochMs } from './quantities.js'

/** A coupon in the words that its holder and a cashier read. */
export function heldCoupon(coupon: CouponInHand): HeldCoupon {
  const { couponId, code, terms, state, validFromMs, validUntilMs } = coupon
  return {
    couponId,
    code,
    name: terms.name,
    headline: couponHeadline(terms),
    conditions: couponConditions(terms),
    state: state as HeldCoupon['state'],
    validFromMs: epochMs(validFromMs),
    validUntilMs: epochMs(validUntilMs),
  }
}
