import { z } from 'zod'
import { idSchema } from '../ids.js'
import { epochMsSchema } from './common.js'

// Coupons that a purchase gives, to be taken by who bought.

/** A coupon that a purchase gives whoever bought, to be taken within some hours. */
export const couponOfferSchema = z.object({
  ruleId: idSchema('CouponRuleId'),
  purchaseId: idSchema('PurchaseId'),
  name: z.string(),
  headline: z.string(),
  conditions: z.array(z.string()),
  /** Where and when that was bought. */
  storeName: z.string(),
  boughtAtMs: epochMsSchema,
  /** The first moment at which it cannot be taken any more. */
  claimUntilMs: epochMsSchema,
  state: z.enum(['waiting', 'claimed', 'over']),
})
export type CouponOffer = z.infer<typeof couponOfferSchema>

/** `POST /member/v1/coupons/offers/claims`: takes it; the same once more is the same coupon. */
export const offerClaimSchema = z.strictObject({
  ruleId: idSchema('CouponRuleId'),
  purchaseId: idSchema('PurchaseId'),
})
export type OfferClaim = z.infer<typeof offerClaimSchema>
