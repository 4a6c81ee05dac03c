import { z } from 'zod'
import { idSchema } from '../ids.js'
import { epochMsSchema, pageQuerySchema } from './common.js'
import {
  exchangeStateSchema,
  mallCouponSchema,
  mallKindSchema,
  mallStoreSchema,
  mallTermsSchema,
} from './mall.js'

// The points mall in the console: `/console/v1/mall`.

const COUNT_MAX = 100_000_000
const SORT_MAX = 9_999
const REASON_CHARACTERS_MAX = 100

/** How often one member may have it, each piece counted; cancelled ones do not count. */
export const memberPeriodSchema = z.enum(['day', 'week', 'month'])
export type MemberPeriod = z.infer<typeof memberPeriodSchema>

/** How many there are, for whom, and when. Null sets no limit. */
export const mallLimitsSchema = z
  .strictObject({
    /** draft: nobody sees it. stopped: none are given any more; what was exchanged is given. */
    state: z.enum(['draft', 'open', 'stopped']),
    /** In all, what was exchanged included. */
    stock: z.int().min(0).max(COUNT_MAX).nullable(),
    memberMax: z.int().min(1).max(COUNT_MAX).nullable(),
    /** So many in each of these periods of the chain's calendar; a week begins on Monday. */
    periodMax: z
      .strictObject({ period: memberPeriodSchema, count: z.int().min(1).max(COUNT_MAX) })
      .nullable(),
    fromMs: epochMsSchema,
    untilMs: epochMsSchema.nullable(),
    /** Smaller comes first on the shelf; of equals the newest. */
    sort: z.int().min(0).max(SORT_MAX),
  })
  .refine(({ fromMs, untilMs }) => untilMs === null || fromMs < untilMs, {
    path: ['untilMs'],
    message: 'ends before it begins',
  })
export type MallLimits = z.infer<typeof mallLimitsSchema>

/** `POST /console/v1/mall/items`: the id of the request makes it one item, however often it is sent. */
export const mallDraftSchema = z.strictObject({
  requestId: idSchema('RequestId'),
  terms: mallTermsSchema,
  limits: mallLimitsSchema,
})
export type MallDraft = z.infer<typeof mallDraftSchema>

/**
 * `POST /console/v1/mall/items/{id}`: a new version, of limits as of terms. Refused with
 * `mall_item_changed` where somebody else was first; the same request once more is answered the same.
 * What it is (goods, or a coupon) never changes.
 */
export const mallChangeSchema = z.strictObject({
  ...mallDraftSchema.shape,
  basedOnVersion: z.int().min(1),
})
export type MallChange = z.infer<typeof mallChangeSchema>

export const consoleMallItemSchema = z.object({
  id: idSchema('MallItemId'),
  version: z.int(),
  terms: mallTermsSchema,
  limits: mallLimitsSchema,
  /** The coupon in words; null for goods. */
  coupon: mallCouponSchema.nullable(),
  /** The stores that are named in its terms. */
  stores: z.array(mallStoreSchema),
  /** Exchanged, what was cancelled left out. */
  taken: z.int(),
  /** Of these, goods that wait to be fetched. */
  waiting: z.int(),
  createdAtMs: epochMsSchema,
  changedAtMs: epochMsSchema,
  changedBy: z.string(),
})
export type ConsoleMallItem = z.infer<typeof consoleMallItemSchema>

/** `GET /console/v1/mall/items`: every item, the newest first. */
export const consoleMallPageSchema = z.object({
  items: z.array(consoleMallItemSchema),
  nextCursor: z.string().nullable(),
})
export type ConsoleMallPage = z.infer<typeof consoleMallPageSchema>

/** An exchange as staff see it. */
export const consoleExchangeSchema = z.object({
  id: idSchema('MallExchangeId'),
  kind: mallKindSchema,
  itemId: idSchema('MallItemId'),
  name: z.string(),
  quantity: z.int(),
  points: z.int(),
  state: exchangeStateSchema,
  memberId: idSchema('MemberId'),
  /** "张**"; null when not known. */
  nameMasked: z.string().nullable(),
  phoneMasked: z.string().nullable(),
  createdAtMs: epochMsSchema,
  fetchUntilMs: epochMsSchema.nullable(),
  /** Where it can be fetched; empty: in every store. */
  stores: z.array(mallStoreSchema),
  endedAtMs: epochMsSchema.nullable(),
  /** Who handed it over or cancelled it, in words. */
  endedBy: z.string().nullable(),
  storeName: z.string().nullable(),
  reason: z.string().nullable(),
  returnedPoints: z.int(),
})
export type ConsoleExchange = z.infer<typeof consoleExchangeSchema>

/**
 * `GET /console/v1/mall/exchanges`: goods in one state, the newest first, those that wait by when they
 * have to be fetched. Of a manager only what can be, or was, fetched in a store of theirs.
 */
export const consoleExchangesQuerySchema = z.strictObject({
  ...pageQuerySchema.shape,
  state: z.enum(['waiting', 'fetched', 'cancelled', 'lapsed']).default('waiting'),
})
export type ConsoleExchangesQuery = z.infer<typeof consoleExchangesQuerySchema>
export const consoleExchangesPageSchema = z.object({
  exchanges: z.array(consoleExchangeSchema),
  nextCursor: z.string().nullable(),
})
export type ConsoleExchangesPage = z.infer<typeof consoleExchangesPageSchema>

/**
 * `POST /console/v1/mall/exchanges/find`: the ten digits of an exchange, whatever became of it; or the
 * eleven of a phone, for all that waits for its member. Spaces and hyphens do not count. Limited like
 * the search for members: codes and phones cannot be tried out.
 */
export const findExchangeSchema = z.strictObject({ text: z.string().trim().min(1).max(30) })
export type FindExchange = z.infer<typeof findExchangeSchema>
export const foundExchangesSchema = z.object({ exchanges: z.array(consoleExchangeSchema) })
export type FoundExchanges = z.infer<typeof foundExchangesSchema>

/**
 * `POST /console/v1/mall/exchanges/{id}/hand-over`: once. Refuses `not_found`, `mall_coupon_given`,
 * `mall_fetched`, `mall_cancelled`, `mall_lapsed`, and `mall_store` where it cannot be fetched there.
 */
export const handOverSchema = z.strictObject({ storeId: idSchema('StoreId') })
export type HandOver = z.infer<typeof handOverSchema>

/** `POST /console/v1/mall/exchanges/{id}/cancel`: the points go back, and the pieces to the stock. */
export const cancelExchangeSchema = z.strictObject({
  reason: z.string().trim().min(1).max(REASON_CHARACTERS_MAX),
})
export type CancelExchange = z.infer<typeof cancelExchangeSchema>
