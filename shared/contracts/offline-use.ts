import { z } from 'zod'
import { idSchema } from '../ids.js'
import { FEN_MAX, POINTS_MAX } from '../quantities.js'
import { epochMsSchema, fenSchema } from './common.js'

// What a till redeemed without a network, as it is told with the receipt.

/** Coupons of one order, offline. */
export const OFFLINE_COUPONS_PER_ORDER_MAX = 10

/**
 * The allowances that an order used, and the member's own code that was read for it. The reservation
 * and the hold are named by the event beside this.
 */
export const offlineUseSchema = z.strictObject({
  memberCode: z.string().max(32),
  codeReadAtMs: epochMsSchema,
  /** When it was set aside, by the clock of the till. */
  usedAtMs: epochMsSchema,
  coupons: z
    .strictObject({
      goodsFen: fenSchema.min(1).max(FEN_MAX),
      applied: z
        .array(
          z.strictObject({
            allowanceId: idSchema('AllowanceId'),
            couponId: idSchema('CouponId'),
            offFen: fenSchema,
          }),
        )
        .min(1)
        .max(OFFLINE_COUPONS_PER_ORDER_MAX),
    })
    .nullable(),
  points: z
    .strictObject({
      allowanceId: idSchema('AllowanceId'),
      points: z.int().min(1).max(POINTS_MAX),
      orderFen: fenSchema.min(1).max(FEN_MAX),
      valueFen: fenSchema,
    })
    .nullable(),
})
export type OfflineUse = z.infer<typeof offlineUseSchema>
