import { z } from 'zod'
import { idSchema } from '../ids.js'
import { epochMsSchema, levelCodeSchema, outcomeCodeSchema, pageQuerySchema } from './common.js'

// The points mall: what members take for points, goods that wait in a store and coupons that are
// theirs at once. `/member/v1/mall`, signed like the other routes of a member.

const NAME_CHARACTERS_MAX = 30
const WORDS_CHARACTERS_MAX = 300
const CATEGORY_CHARACTERS_MAX = 12
const PRICE_POINTS_MAX = 10_000_000
const FETCH_DAYS_MAX = 365
const STORES_MAX = 3_000
const LEVELS_MAX = 20
/** Pieces of one exchange. */
export const EXCHANGE_QUANTITY_MAX = 20
/** What is on the shelf at one time: the shelf is one page. */
export const MALL_SHELF_MAX = 100

/** goods: wait in a store until they are fetched. coupon: in the wallet at once, and not given back. */
export const mallKindSchema = z.enum(['goods', 'coupon'])
export type MallKind = z.infer<typeof mallKindSchema>

/**
 * What becomes of the points where goods are not fetched in time. back: returned to the lots they
 * were taken from. gone: not returned. Somebody who cancels before that always has them back.
 */
export const lapsePolicySchema = z.enum(['back', 'gone'])
export type LapsePolicy = z.infer<typeof lapsePolicySchema>

export const mallGivesSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('goods'),
    /** To be fetched until the end of the so-manieth day after the exchange, by the chain's calendar. */
    fetchDays: z.int().min(1).max(FETCH_DAYS_MAX),
    /** Where; none named: in every store. */
    storeIds: z.array(idSchema('StoreId')).max(STORES_MAX),
    lapse: lapsePolicySchema,
  }),
  z.strictObject({ kind: z.literal('coupon'), templateId: idSchema('CouponTemplateId') }),
])
export type MallGives = z.infer<typeof mallGivesSchema>

/** What an item promises: an exchange keeps what it was made under. */
export const mallTermsSchema = z.strictObject({
  name: z.string().trim().min(1).max(NAME_CHARACTERS_MAX),
  /** What a member reads of it, beside its name; may be empty. */
  words: z.string().trim().max(WORDS_CHARACTERS_MAX),
  /** "饮品": what reports put together. */
  category: z.string().trim().min(1).max(CATEGORY_CHARACTERS_MAX),
  gives: mallGivesSchema,
  /** Of one piece. */
  pricePoints: z.int().min(1).max(PRICE_POINTS_MAX),
  /** Only for members of these levels; none named: for everybody. */
  levelCodes: z.array(levelCodeSchema).max(LEVELS_MAX),
})
export type MallTerms = z.infer<typeof mallTermsSchema>

/** A coupon in the mall, as it is given now, in words. */
export const mallCouponSchema = z.object({
  name: z.string(),
  headline: z.string(),
  conditions: z.array(z.string()),
})

export const mallStoreSchema = z.object({ storeId: idSchema('StoreId'), name: z.string() })

/** Why this member cannot take one now: a code of shared/outcomes.ts, and the sentence to show. */
export const mallWhyNotSchema = z.object({ code: outcomeCodeSchema, sentence: z.string() })

export const mallItemSchema = z.object({
  itemId: idSchema('MallItemId'),
  kind: mallKindSchema,
  name: z.string(),
  words: z.string(),
  category: z.string(),
  /** Of one piece, as it is now: `POST exchanges` says it again. */
  pricePoints: z.int(),
  /** Of a coupon; null for goods. */
  coupon: mallCouponSchema.nullable(),
  /** Of goods; null for a coupon. */
  fetch: z
    .object({
      days: z.int(),
      /** Empty: in every store. */
      stores: z.array(mallStoreSchema),
      lapse: lapsePolicySchema,
    })
    .nullable(),
  /** How many there still are; null where there are as many as are wanted. */
  left: z.int().nullable(),
  /**
   * The most this member could ask for in one exchange if points were no matter: what is left, what
   * one member may have, and `EXCHANGE_QUANTITY_MAX`. 0 where there is another reason in `why`.
   */
  quantityMax: z.int(),
  /** "每人限兑 2 件", "每人每月限兑 1 件", "仅限金卡、钻石会员": what limits it, in words. */
  limits: z.array(z.string()),
  fromMs: epochMsSchema,
  untilMs: epochMsSchema.nullable(),
  /** How many points are missing for one piece; 0 where there are enough. */
  missingPoints: z.int(),
  /** Null where one can be taken. Missing points come last: there is no more important reason then. */
  why: mallWhyNotSchema.nullable(),
})
export type MallItem = z.infer<typeof mallItemSchema>

/**
 * `GET /member/v1/mall`: everything on the shelf, in the chain's order; what has not begun yet is on
 * it with its first moment (`mall_early`). At most `MALL_SHELF_MAX`.
 */
export const mallShelfSchema = z.object({
  /** What this member may spend now: what is pending or set aside at a till does not count. */
  spendablePoints: z.int(),
  items: z.array(mallItemSchema),
})
export type MallShelf = z.infer<typeof mallShelfSchema>

/** `GET /member/v1/mall/items/{itemId}`: `not_found` where it is not on the shelf. */
export const mallItemAnswerSchema = z.object({ spendablePoints: z.int(), item: mallItemSchema })
export type MallItemAnswer = z.infer<typeof mallItemAnswerSchema>

/**
 * given: coupons, in the wallet. waiting: goods, to be fetched until `fetchUntilMs`. fetched: handed
 * over. cancelled: by the member or the shop, its points are back. lapsed: not fetched in time;
 * `returnedPoints` says whether its points are back.
 */
export const exchangeStateSchema = z.enum(['given', 'waiting', 'fetched', 'cancelled', 'lapsed'])
export type ExchangeState = z.infer<typeof exchangeStateSchema>

export const exchangeSchema = z.object({
  exchangeId: idSchema('MallExchangeId'),
  itemId: idSchema('MallItemId'),
  kind: mallKindSchema,
  /** As it was when it was exchanged. */
  name: z.string(),
  category: z.string(),
  quantity: z.int(),
  /** Of all its pieces. */
  points: z.int(),
  state: exchangeStateSchema,
  /** Ten digits to be shown in the store, while it waits; else null. Grouped 3-3-4 on screens. */
  code: z.string().nullable(),
  createdAtMs: epochMsSchema,
  /** The first moment at which it cannot be fetched any more; null for a coupon. */
  fetchUntilMs: epochMsSchema.nullable(),
  lapse: lapsePolicySchema.nullable(),
  /** Where it can be fetched; empty: in every store. Empty for a coupon. */
  stores: z.array(mallStoreSchema),
  endedAtMs: epochMsSchema.nullable(),
  /** Where it was fetched. */
  storeName: z.string().nullable(),
  /** Who cancelled it: the member, or the shop with its reason; null where nobody did. */
  cancelledBy: z.enum(['member', 'shop']).nullable(),
  reason: z.string().nullable(),
  /** Of its points, those that came back. */
  returnedPoints: z.int(),
  /** The coupons it came to, as the wallet knows them. */
  couponIds: z.array(idSchema('CouponId')),
})
export type Exchange = z.infer<typeof exchangeSchema>

/**
 * `POST /member/v1/mall/exchanges`: the id of the request makes it once; the same once more is
 * answered the same. Refuses `deletion_waiting`, `not_found`, `mall_closed`, `mall_early`,
 * `mall_over`, `mall_price_changed`, `mall_level`, `mall_member_max`, `mall_period_max`,
 * `mall_sold_out`, `points_short` (its detail says how many are missing), `idempotency_conflict`, and
 * for a coupon what its template refuses: `coupon_template_stopped`, `coupon_out_of_stock`,
 * `coupon_member_max`, `coupon_day_max`, `coupon_expired`.
 */
export const exchangeRequestSchema = z.strictObject({
  requestId: idSchema('RequestId'),
  itemId: idSchema('MallItemId'),
  quantity: z.int().min(1).max(EXCHANGE_QUANTITY_MAX),
  /** Of one piece, as the member saw it. */
  pricePoints: z.int().min(1).max(PRICE_POINTS_MAX),
})
export type ExchangeRequest = z.infer<typeof exchangeRequestSchema>

/**
 * Also of `GET …/exchanges/{exchangeId}`, and of `POST …/exchanges/{exchangeId}/cancel`, without a
 * body: the member wants the points back. What the member has cancelled already is answered as it is.
 * Refuses `not_found`, `mall_coupon_given`, `mall_fetched`, `mall_cancelled` (by the shop), and
 * `mall_lapsed`.
 */
export const exchangeAnswerSchema = z.object({
  exchange: exchangeSchema,
  /** After it. */
  spendablePoints: z.int(),
})
export type ExchangeAnswer = z.infer<typeof exchangeAnswerSchema>

/** `GET /member/v1/mall/exchanges`: a shopper's exchanges, the newest first. */
export const exchangesQuerySchema = pageQuerySchema
export const exchangesPageSchema = z.object({
  exchanges: z.array(exchangeSchema),
  nextCursor: z.string().nullable(),
})
export type ExchangesPage = z.infer<typeof exchangesPageSchema>
