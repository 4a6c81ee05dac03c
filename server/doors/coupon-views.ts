import type { HeldCoupon } from '@huike/shared/contracts/coupons'
import { couponConditions, couponHeadline } from '@huike/shared/coupon-words'
import type { CouponInHand } from '@huike/shared/coupons'
import { epochMs } from '@huike/shared/quantities'

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
