import { z } from 'zod'
import { idSchema } from '../ids.js'
import { FEN_MAX } from '../quantities.js'
import {
  pageQuerySchema,
  businessDateSchema,
  epochMsSchema,
  fenSchema,
  levelCodeSchema,
  outcomeCodeSchema,
} from './common.js'
import { earningItemsSchema } from './console-points.js'
import { AGENT_PROTOCOL, whoSchema } from './agent.js'
import { couponOfferSchema } from './coupon-offers.js'
import { channelSchema } from './member.js'

// What a coupon promises, and what a basket is told of the coupons of a member.

const NAME_CHARACTERS_MAX = 20
const STORES_MAX = 3_000
const LEVELS_MAX = 20
const PER_ORDER_MAX = 10
const DAYS_MAX = 3_650
export const BASKET_LINES_MAX = 1_000
/** Coupons of one member that a basket is told about: those that end first. */
export const COUPONS_PER_QUOTE_MAX = 40

/** What is taken off; see shared/coupons.ts for how. */
export const couponGivesSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('amount'), amountFen: fenSchema.min(1) }),
  z.strictObject({
    kind: z.literal('percent'),
    percentOff: z.int().min(1).max(99),
    /** At most so much. */
    mostFen: fenSchema.min(1).nullable(),
  }),
  /** One piece of the goods for nothing: a gift, something to try, what points were exchanged for. */
  z.strictObject({ kind: z.literal('gift'), mostFen: fenSchema.min(1).nullable() }),
  z.strictObject({ kind: z.literal('shipping'), mostFen: fenSchema.min(1).nullable() }),
])
export type CouponGives = z.infer<typeof couponGivesSchema>

/**
 * Of each class an order takes one template, in this order: what a later one is counted from has the
 * earlier ones off already.
 */
export const couponClassSchema = z.enum(['goods', 'order', 'shipping'])
export type CouponClass = z.infer<typeof couponClassSchema>

const clockSchema = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/)

/** On which orders. An empty list, or null, sets no condition. */
export const couponWhenSchema = z
  .strictObject({
    /** What the goods it is for come to, at least. */
    leastFen: fenSchema.max(FEN_MAX),
    /** Only for these goods, and never for those. */
    goods: earningItemsSchema.nullable(),
    notGoods: earningItemsSchema.nullable(),
    storeIds: z.array(idSchema('StoreId')).max(STORES_MAX),
    channels: z.array(channelSchema).max(2),
    levelCodes: z.array(levelCodeSchema).max(LEVELS_MAX),
    isFirstPurchase: z.boolean(),
    /** 1 Monday to 7 Sunday. */
    weekdays: z.array(z.int().min(1).max(7)).max(7),
    /** From the first of these minutes, until before the second, by the clock of the store. */
    fromTime: clockSchema.nullable(),
    toTime: clockSchema.nullable(),
  })
  .refine(
    ({ fromTime, toTime }) => fromTime === null || toTime === null || fromTime < toTime,
    'ends before it begins',
  )
export type CouponWhen = z.infer<typeof couponWhenSchema>

/** Between two days, both whole; or so many days, from so many days after it was given. */
export const couponValiditySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('dates'),
    fromDate: businessDateSchema,
    toDate: businessDateSchema,
  }),
  z.strictObject({
    kind: z.literal('days'),
    afterDays: z.int().min(0).max(DAYS_MAX),
    days: z.int().min(1).max(DAYS_MAX),
  }),
])
export type CouponValidity = z.infer<typeof couponValiditySchema>

/** What a coupon promises: a version of a template, never changed for those who hold it. */
export const couponTermsSchema = z
  .strictObject({
    /** As the shopper reads it: "满 100 减 10". */
    name: z.string().trim().min(1).max(NAME_CHARACTERS_MAX),
    gives: couponGivesSchema,
    class: couponClassSchema,
    /** alone: with no other coupon. */
    stacking: z.enum(['classes', 'alone']),
    /** So many of them in one order; each asks for its own threshold. */
    perOrderMax: z.int().min(1).max(PER_ORDER_MAX),
    /** Whether the order may be paid with points besides. */
    withPoints: z.boolean(),
    when: couponWhenSchema,
    validity: couponValiditySchema,
    /** What becomes of it where the whole order is returned. */
    refund: z.enum(['given_back', 'gone']),
    /** Who bears what it takes off. */
    bearer: z.enum(['chain', 'store', 'partner']),
  })
  .refine(({ gives, class: of }) => (gives.kind === 'shipping') === (of === 'shipping'), {
    path: ['class'],
    message: 'free shipping is a class of its own',
  })
  .refine(({ gives, class: of }) => gives.kind !== 'gift' || of === 'goods', {
    path: ['class'],
    message: 'a gift is for goods',
  })
  .refine(({ gives, when }) => gives.kind !== 'gift' || when.goods !== null, {
    path: ['when', 'goods'],
    message: 'a gift must say which goods',
  })
  .refine(
    ({ gives, perOrderMax }) =>
      perOrderMax === 1 || gives.kind === 'amount' || gives.kind === 'gift',
    { path: ['perOrderMax'], message: 'only amounts and gifts can be used several at once' },
  )
  .refine(({ stacking, perOrderMax }) => stacking === 'classes' || perOrderMax === 1, {
    path: ['perOrderMax'],
    message: 'one that is used alone is one',
  })
  .refine(({ validity }) => validity.kind === 'days' || validity.fromDate <= validity.toDate, {
    path: ['validity', 'toDate'],
    message: 'ends before it begins',
  })
export type CouponTerms = z.infer<typeof couponTermsSchema>

/** issued, reserved for an order at a till, redeemed; or over without: expired, void. */
export const couponStateSchema = z.enum(['issued', 'reserved', 'redeemed', 'expired', 'void'])
export type CouponState = z.infer<typeof couponStateSchema>

/** One line of a basket. Nothing is negative in a basket. */
export const basketLineSchema = z.strictObject({
  name: z.string().max(200),
  code: z.string().min(1).max(64).nullable(),
  quantityMilli: z.int().min(1).max(1_000_000_000),
  amountFen: fenSchema,
})
export type BasketLine = z.infer<typeof basketLineSchema>

/** A coupon in a quote: applied, with what it takes off; or not, and why in words. */
export const quotedCouponSchema = z.object({
  couponId: idSchema('CouponId'),
  offFen: fenSchema,
})
export const refusedCouponSchema = z.object({
  couponId: idSchema('CouponId'),
  code: outcomeCodeSchema,
  why: z.string(),
})
export type RefusedCoupon = z.infer<typeof refusedCouponSchema>

export const couponQuoteSchema = z.object({
  applied: z.array(quotedCouponSchema),
  /** The others, in the order they were given. */
  refused: z.array(refusedCouponSchema),
  /** Taken off each line, in the order of the basket; without lines, off the one sum. */
  lineOffFen: z.array(fenSchema),
  /** Off the goods: the sum of the lines. */
  offFen: fenSchema,
  shippingOffFen: fenSchema,
  /** What is left to pay, shipping and all; points not yet taken off. */
  dueFen: fenSchema,
  /** Whether points may be used besides. */
  withPoints: z.boolean(),
})
export type CouponQuote = z.infer<typeof couponQuoteSchema>

/** A coupon as its holder and a cashier see it. */
export const heldCouponSchema = z.object({
  couponId: idSchema('CouponId'),
  /** Twelve digits. */
  code: z.string(),
  name: z.string(),
  /** What it gives, and on which conditions, in words. */
  headline: z.string(),
  conditions: z.array(z.string()),
  state: couponStateSchema,
  validFromMs: epochMsSchema,
  /** The first moment at which it is not good any more. */
  validUntilMs: epochMsSchema,
  /** When it was used, and what it took off; its holder is told. */
  used: z.object({ atMs: epochMsSchema, offFen: fenSchema }).optional(),
  /** Where a till keeps it for when it has no network, in words; its holder is told. */
  leftWords: z.string().optional(),
})
export type HeldCoupon = z.infer<typeof heldCouponSchema>

const orderFields = {
  who: whoSchema,
  /** What the goods come to, before anything is taken off. */
  goodsFen: fenSchema.min(1).max(FEN_MAX),
  /** Where the till can say them. */
  lines: z.array(basketLineSchema).min(1).max(BASKET_LINES_MAX).nullable().default(null),
  /** What the goods of a coupon come to, as the cashier saw. */
  seen: z
    .array(z.strictObject({ couponId: idSchema('CouponId'), goodsFen: fenSchema.min(1) }))
    .max(COUPONS_PER_QUOTE_MAX)
    .default([]),
  /** Exactly these; null: the best there are. */
  chosen: z
    .array(idSchema('CouponId'))
    .min(1)
    .max(COUPONS_PER_QUOTE_MAX)
    .refine((ids) => new Set(ids).size === ids.length, 'one is named twice')
    .nullable()
    .default(null),
  /** The member wants to pay a part with points. */
  isWithPoints: z.boolean().default(false),
}

/** `POST /agent/v1/coupons/quote`: what an order may take of a member's coupons. */
export const couponQuoteRequestSchema = z.strictObject(orderFields)
export type CouponQuoteRequest = z.infer<typeof couponQuoteRequestSchema>
export const couponQuoteAnswerSchema = z.object({
  protocol: z.literal(AGENT_PROTOCOL),
  serverTimeMs: epochMsSchema,
  coupons: z.array(heldCouponSchema),
  quote: couponQuoteSchema,
})
export type CouponQuoteAnswer = z.infer<typeof couponQuoteAnswerSchema>

/**
 * `POST /agent/v1/coupons/reservations`: sets coupons aside for an order at this till. The till mints
 * the id; the same once more is answered the same. What this till had set aside for the same member is
 * given back for it.
 */
export const reservationRequestSchema = z.strictObject({
  reservationId: idSchema('CouponReservationId'),
  ...orderFields,
})
export type ReservationRequest = z.infer<typeof reservationRequestSchema>

export const reservationSchema = z.object({
  reservationId: idSchema('CouponReservationId'),
  memberId: idSchema('MemberId'),
  goodsFen: fenSchema,
  /** What the cashier keys as a discount. */
  offFen: fenSchema,
  applied: z.array(quotedCouponSchema),
  /** differs: the receipt does not show it; somebody has to say what is right. */
  state: z.enum(['reserved', 'redeemed', 'released', 'differs']),
  /** What was paid beside what was told, in fen: more is positive. */
  differenceFen: z.int().nullable(),
  /** Given back by itself then, unless the order was paid. */
  deadlineAtMs: epochMsSchema,
})
export type Reservation = z.infer<typeof reservationSchema>
export const reservationAnswerSchema = z.object({
  protocol: z.literal(AGENT_PROTOCOL),
  serverTimeMs: epochMsSchema,
  reservation: reservationSchema,
})
export type ReservationAnswer = z.infer<typeof reservationAnswerSchema>

/** `POST /agent/v1/coupons/reservations/release`: the shopper changed their mind. */
export const reservationReleaseSchema = z.strictObject({
  reservationId: idSchema('CouponReservationId'),
})
/** `POST /agent/v1/coupons/reservations/settle`: the coupons were used though the receipt differs, or not. */
export const reservationSettleSchema = z.strictObject({
  reservationId: idSchema('CouponReservationId'),
  isUsed: z.boolean(),
})
export type ReservationSettle = z.infer<typeof reservationSettleSchema>

/** `GET /member/v1/coupons`: a shopper's coupons in one state. */
export const walletQuerySchema = z.strictObject({
  ...pageQuerySchema.shape,
  state: couponStateSchema.default('issued'),
})
export type WalletQuery = z.infer<typeof walletQuerySchema>
export const walletPageSchema = z.object({
  coupons: z.array(heldCouponSchema),
  nextCursor: z.string().nullable(),
})
export type WalletPage = z.infer<typeof walletPageSchema>

/** `GET /member/v1/coupons/claimable`: what may be taken, and why this member may not take more. */
export const claimableListSchema = z.object({
  /** For what was bought, what ends first before the others; absent in answers of older servers. */
  offers: z.array(couponOfferSchema).optional(),
  templates: z.array(
    z.object({
      templateId: idSchema('CouponTemplateId'),
      name: z.string(),
      headline: z.string(),
      conditions: z.array(z.string()),
      claimUntilMs: epochMsSchema.nullable(),
      why: z.string().nullable(),
    }),
  ),
})
export type ClaimableList = z.infer<typeof claimableListSchema>

/** `POST /member/v1/coupons/claims`: takes one; the id of the request makes it once. */
export const claimRequestSchema = z.strictObject({
  requestId: idSchema('RequestId'),
  templateId: idSchema('CouponTemplateId'),
})
export type ClaimRequest = z.infer<typeof claimRequestSchema>
