import { z } from 'zod'
import { idSchema } from '../ids.js'
import { epochMsSchema, fenSchema, pageQuerySchema } from './common.js'
import { FEN_MAX } from '../quantities.js'

// Coupon packs: so many coupons for one price, given at once or by a calendar, paid with WeChat Pay.

const TITLE_CHARACTERS_MAX = 30
const ITEMS_MAX = 10
const PER_ITEM_MAX = 50
const DAYS_MAX = 366
const MONTHS_MAX = 24
/** Coupons of one pack: an order writes a row for each. */
export const PACK_COUPONS_MAX = 100

/** When coupons of a pack are given: with the payment, on a later day, or every month from then on. */
export const packWhenSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('now') }),
  /** 1 is the day after the payment, by the chain's calendar. */
  z.strictObject({ kind: z.literal('day'), day: z.int().min(1).max(DAYS_MAX) }),
  /** The first with the payment, the others on the same day of the months after it. */
  z.strictObject({ kind: z.literal('monthly'), months: z.int().min(2).max(MONTHS_MAX) }),
])
export type PackWhen = z.infer<typeof packWhenSchema>

/** Coupons of one template in a pack. */
export const packItemSchema = z.strictObject({
  templateId: idSchema('CouponTemplateId'),
  /** So many each time. */
  count: z.int().min(1).max(PER_ITEM_MAX),
  when: packWhenSchema,
  /** What one of them counts for beside the others when a part is refunded. */
  worthFen: fenSchema.min(1).max(FEN_MAX),
})
export type PackItem = z.infer<typeof packItemSchema>

/** An item with the version of its coupon that is promised. */
export const soldItemSchema = z.strictObject({
  ...packItemSchema.shape,
  version: z.int().min(1),
})
export type SoldItem = z.infer<typeof soldItemSchema>

/** How many coupons an item comes to. */
export function itemCoupons({ count, when }: Pick<PackItem, 'count' | 'when'>): number {
  return when.kind === 'monthly' ? count * when.months : count
}

/** What a pack promises: never changed for those who bought it. */
export const packTermsSchema = z
  .strictObject({
    /** "季度券包". */
    title: z.string().trim().min(1).max(TITLE_CHARACTERS_MAX),
    priceFen: fenSchema.min(1).max(FEN_MAX),
    items: z.array(packItemSchema).min(1).max(ITEMS_MAX),
  })
  .refine(
    ({ items }) => items.reduce((sum, item) => sum + itemCoupons(item), 0) <= PACK_COUPONS_MAX,
    { path: ['items'], message: 'too many coupons' },
  )
export type PackTerms = z.infer<typeof packTermsSchema>

/** Coupons of one kind in a pack, in words. */
export const packContentSchema = z.object({
  name: z.string(),
  headline: z.string(),
  conditions: z.array(z.string()),
  coupons: z.int(),
  /** `付款后马上到账`, `每月 2 张，共 3 个月`. */
  when: z.string(),
})
export const packViewSchema = z.object({
  packId: idSchema('PackId'),
  version: z.int(),
  title: z.string(),
  priceFen: fenSchema,
  coupons: z.int(),
  contents: z.array(packContentSchema),
  /** Null where there are as many as are wanted. */
  left: z.int().nullable(),
  untilMs: epochMsSchema.nullable(),
  /** Why this member cannot buy it, in words. */
  why: z.string().nullable(),
})
export type PackView = z.infer<typeof packViewSchema>

/** `GET /member/v1/packs`: what is for sale, the newest first. */
export const packShelfSchema = z.object({ packs: z.array(packViewSchema) })
export type PackShelf = z.infer<typeof packShelfSchema>

/**
 * created: WeChat Pay was not reached yet. prepaid: it can be paid. paid: it was, and its coupons are
 * on their way. issued: they are there, those of later days excepted. held: somebody has to look.
 */
export const packOrderStateSchema = z.enum([
  'created',
  'prepaid',
  'paid',
  'issued',
  'closed',
  'refunding',
  'partly',
  'refunded',
  'held',
])
export type PackOrderState = z.infer<typeof packOrderStateSchema>

/** due: given later. void: refunded, or about to be. */
export const packGrantStateSchema = z.enum([
  'due',
  'issued',
  'reserved',
  'redeemed',
  'expired',
  'void',
])
export const packGrantSchema = z.object({
  seq: z.int(),
  name: z.string(),
  headline: z.string(),
  state: packGrantStateSchema,
  dueAtMs: epochMsSchema,
  /** What it comes to when it is refunded. */
  shareFen: fenSchema,
  isRefundable: z.boolean(),
})
export type PackGrantView = z.infer<typeof packGrantSchema>

export const packRefundSchema = z.object({
  refundFen: fenSchema,
  coupons: z.int(),
  /** abnormal: the money did not arrive; the shop sees to it. closed: refused, the coupons are back. */
  state: z.enum(['asked', 'sent', 'done', 'abnormal', 'closed']),
  /** The shop gave it back, not the member. */
  isByShop: z.boolean(),
  createdAtMs: epochMsSchema,
})
export const packOrderSchema = z.object({
  orderId: idSchema('PackOrderId'),
  packId: idSchema('PackId'),
  title: z.string(),
  totalFen: fenSchema,
  refundedFen: fenSchema,
  state: packOrderStateSchema,
  createdAtMs: epochMsSchema,
  expiresAtMs: epochMsSchema,
  paidAtMs: epochMsSchema.nullable(),
})
export type PackOrderView = z.infer<typeof packOrderSchema>

/** `GET /member/v1/packs/orders/{id}`: an order with its coupons and refunds. */
export const packOrderWholeSchema = z.object({
  ...packOrderSchema.shape,
  grants: z.array(packGrantSchema),
  refunds: z.array(packRefundSchema),
  /** What could be refunded now. */
  refundableFen: fenSchema,
})
export type PackOrderWhole = z.infer<typeof packOrderWholeSchema>

export const packOrdersPageSchema = z.object({
  orders: z.array(packOrderSchema),
  nextCursor: z.string().nullable(),
})
export type PackOrdersPage = z.infer<typeof packOrdersPageSchema>
export const packOrdersQuerySchema = pageQuerySchema

/** What the phone hands to `wx.requestPayment`; its word for the result proves nothing. */
export const phonePaymentSchema = z.object({
  timeStamp: z.string(),
  nonceStr: z.string(),
  package: z.string(),
  signType: z.literal('RSA'),
  paySign: z.string(),
})

/** `POST /member/v1/packs/orders`: the id of the request makes it once. */
export const packOrderRequestSchema = z.strictObject({
  requestId: idSchema('RequestId'),
  packId: idSchema('PackId'),
  /** What the member saw. */
  version: z.int().min(1),
})
export type PackOrderRequest = z.infer<typeof packOrderRequestSchema>
/** Also of `POST /member/v1/packs/orders/{id}/payment`, which asks once more for an order. */
export const packPaymentSchema = z.object({
  order: packOrderSchema,
  payment: phonePaymentSchema,
})
export type PackPayment = z.infer<typeof packPaymentSchema>

/** `POST /member/v1/packs/orders/{id}/refunds`: unused coupons back; the id of the request makes it once. */
export const packRefundRequestSchema = z.strictObject({
  requestId: idSchema('RequestId'),
  /** Which of its coupons; null: all that can be. */
  seqs: z
    .array(
      z
        .int()
        .min(0)
        .max(PACK_COUPONS_MAX - 1),
    )
    .min(1)
    .max(PACK_COUPONS_MAX)
    .refine((seqs) => new Set(seqs).size === seqs.length, 'one is named twice')
    .nullable(),
  /** What the member was told they come to. */
  refundFen: fenSchema.min(1),
})
export type PackRefundRequest = z.infer<typeof packRefundRequestSchema>
