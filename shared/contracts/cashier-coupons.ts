import { z } from 'zod'
import { idSchema } from '../ids.js'
import { epochMsSchema, fenSchema } from './common.js'
import { couponQuoteRequestSchema, couponQuoteSchema, heldCouponSchema } from './coupons.js'

// Coupons, as the cashier page and the agent on the same machine speak of them.

/** Coupons of the member that are set aside for the order at this till now. */
export const cashierReservationSchema = z.object({
  reservationId: idSchema('CouponReservationId'),
  memberId: idSchema('MemberId'),
  /** What the goods came to, before anything was taken off. */
  goodsFen: fenSchema,
  /** What the cashier keys as a discount. */
  offFen: fenSchema,
  names: z.array(z.string()),
  /** Whether points may pay a part of the order besides. */
  withPoints: z.boolean(),
  deadlineAtMs: epochMsSchema,
  /** Set aside without a network, of what this till may redeem then. */
  isOffline: z.boolean().optional(),
})
export type CashierReservation = z.infer<typeof cashierReservationSchema>

/** The coupons that are off a receipt, as this till knows them. */
export const receiptCouponsSchema = z.object({
  reservationId: idSchema('CouponReservationId'),
  offFen: fenSchema,
  /** What the receipt should come to. */
  expectedFen: fenSchema,
  /** What was paid beside it, more is positive; null where the receipt shows the discount. */
  differenceFen: z.int().nullable(),
  /**
   * used: they are, or the server has not said yet. differs: somebody has to say whether they were.
   * not_used: somebody said so. gone: they had been given back, and are used elsewhere by now.
   */
  state: z.enum(['used', 'differs', 'not_used', 'gone']),
})
export type ReceiptCoupons = z.infer<typeof receiptCouponsSchema>

/** `POST /cashier/v1/coupons/quote`: what an order may take of a member's coupons. */
export const cashierCouponOrderSchema = couponQuoteRequestSchema
  .pick({ goodsFen: true, seen: true, chosen: true, isWithPoints: true })
  .extend({ memberId: idSchema('MemberId') })
export type CashierCouponOrder = z.infer<typeof cashierCouponOrderSchema>
export const cashierCouponQuoteSchema = z.object({
  coupons: z.array(heldCouponSchema),
  quote: couponQuoteSchema,
  /** Without a network: only what this till may redeem then. */
  isOffline: z.boolean().optional(),
})
export type CashierCouponQuote = z.infer<typeof cashierCouponQuoteSchema>

// `POST /cashier/v1/coupons/reserve` takes a cashierCouponOrderSchema: sets coupons aside. The same
// once more is the same reservation; another for the same member takes its place.
export const cashierReservationAnswerSchema = z.object({ reservation: cashierReservationSchema })
export type CashierReservationAnswer = z.infer<typeof cashierReservationAnswerSchema>

/** `POST /cashier/v1/coupons/release`: gives them back; they are off no receipt from now on. */
export const cashierReservationReleaseSchema = z.strictObject({
  reservationId: idSchema('CouponReservationId'),
})
/** isBack: false where the server could not be told yet; the agent tells it as soon as it can. */
export const cashierReservationReleasedSchema = cashierReservationReleaseSchema.extend({
  isBack: z.boolean(),
})
export type CashierReservationReleased = z.infer<typeof cashierReservationReleasedSchema>

// `POST /cashier/v1/coupons/settle` takes a reservationSettleSchema: the receipt differs, and the
// cashier says whether the coupons were used. Answered by what stands now.
export const cashierSettledSchema = z.object({
  reservationId: idSchema('CouponReservationId'),
  isUsed: z.boolean(),
})
export type CashierSettled = z.infer<typeof cashierSettledSchema>
