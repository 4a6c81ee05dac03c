import { z } from 'zod'
import { idSchema } from '../ids.js'
import { epochMsSchema, fenSchema, pageQuerySchema } from './common.js'
import {
  packGrantSchema,
  packOrderStateSchema,
  packRefundRequestSchema,
  packRefundSchema,
  packTermsSchema,
} from './packs.js'

// Coupon packs in the console: `/console/v1/packs`.

const COUNT_MAX = 100_000_000
const NOTE_CHARACTERS_MAX = 100

/** How many are sold, and when. Null sets no limit. */
export const packLimitsSchema = z
  .strictObject({
    /** stopped: none are sold any more; what was sold is given all the same. */
    state: z.enum(['open', 'stopped']),
    stock: z.int().min(1).max(COUNT_MAX).nullable(),
    memberMax: z.int().min(1).max(COUNT_MAX).nullable(),
    fromMs: epochMsSchema,
    untilMs: epochMsSchema.nullable(),
  })
  .refine(({ fromMs, untilMs }) => untilMs === null || fromMs < untilMs, {
    path: ['untilMs'],
    message: 'ends before it begins',
  })
export type PackLimits = z.infer<typeof packLimitsSchema>

/** `POST /console/v1/packs/templates`: the id of the request makes it once. */
export const packDraftSchema = z.strictObject({
  requestId: idSchema('RequestId'),
  terms: packTermsSchema,
  limits: packLimitsSchema,
})
export type PackDraft = z.infer<typeof packDraftSchema>

/**
 * `POST /console/v1/packs/templates/{id}`: refused where another version was published meanwhile, or
 * other limits were set than those it was begun with. What is there already is answered again.
 */
export const packChangeSchema = z.strictObject({
  terms: packTermsSchema,
  limits: packLimitsSchema,
  basedOnVersion: z.int().min(1),
  basedOnLimits: packLimitsSchema.optional(),
})
export type PackChange = z.infer<typeof packChangeSchema>

export const packTemplateSchema = z.object({
  id: idSchema('PackId'),
  version: z.int(),
  terms: packTermsSchema,
  limits: packLimitsSchema,
  /** The coupons in words, one for each item. */
  contents: z.array(z.string()),
  /** Sold, what waits for its payment included. */
  sold: z.int(),
  createdAtMs: epochMsSchema,
})
export type PackTemplateView = z.infer<typeof packTemplateSchema>
export const packTemplatesPageSchema = z.object({
  packs: z.array(packTemplateSchema),
  nextCursor: z.string().nullable(),
})
export type PackTemplatesPage = z.infer<typeof packTemplatesPageSchema>

/** `GET /console/v1/packs/orders`: every order, the newest first. */
export const consolePackOrderSchema = z.object({
  orderId: idSchema('PackOrderId'),
  /** As WeChat Pay's own pages name it. */
  orderNo: z.string(),
  memberId: idSchema('MemberId'),
  title: z.string(),
  totalFen: fenSchema,
  refundedFen: fenSchema,
  state: packOrderStateSchema,
  createdAtMs: epochMsSchema,
  paidAtMs: epochMsSchema.nullable(),
})
export const consolePackOrdersPageSchema = z.object({
  orders: z.array(consolePackOrderSchema),
  nextCursor: z.string().nullable(),
})
export type ConsolePackOrdersPage = z.infer<typeof consolePackOrdersPageSchema>

/** Why staff give money back; other: the note says it. */
export const STAFF_REFUND_REASONS = [
  'customer_asked',
  'bought_by_mistake',
  'coupons_unusable',
  'service_failed',
  'other',
] as const
export const staffRefundReasonSchema = z.enum(STAFF_REFUND_REASONS)
export type StaffRefundReason = z.infer<typeof staffRefundReasonSchema>

/** `GET /console/v1/packs/orders/{id}`: an order with its coupons, and the money that went back. */
export const consolePackOrderWholeSchema = z.object({
  ...consolePackOrderSchema.shape,
  grants: z.array(packGrantSchema),
  refunds: z.array(
    z.object({
      ...packRefundSchema.shape,
      /** As WeChat Pay's own pages name it. */
      refundNo: z.string(),
      /** Who of the staff asked for it; null: the member. */
      staffName: z.string().nullable(),
      reason: staffRefundReasonSchema.nullable(),
      note: z.string().nullable(),
    }),
  ),
  /** What could be refunded now. */
  refundableFen: fenSchema,
})
export type ConsolePackOrderWhole = z.infer<typeof consolePackOrderWholeSchema>

/**
 * `POST /console/v1/packs/orders/{id}/refunds`: unused coupons back for their share of the price; the
 * id of the request makes it once.
 */
export const staffRefundRequestSchema = z
  .strictObject({
    ...packRefundRequestSchema.shape,
    reason: staffRefundReasonSchema,
    note: z.string().trim().max(NOTE_CHARACTERS_MAX),
  })
  .refine(({ reason, note }) => reason !== 'other' || note !== '', {
    path: ['note'],
    message: 'says what the other reason is',
  })
export type StaffRefundRequest = z.infer<typeof staffRefundRequestSchema>

/**
 * What does not agree. mismatch: somebody paid something else than was ordered. bill_…: the bill of a
 * day and the orders here differ. refund_abnormal: the money did not reach the member.
 */
export const payFindingKindSchema = z.enum([
  'mismatch',
  'refund_abnormal',
  'refund_refused',
  'bill_unknown_order',
  'bill_unknown_refund',
  'bill_order_missing',
  'bill_refund_missing',
  'bill_amount',
])
export type PayFindingKind = z.infer<typeof payFindingKindSchema>

/** `GET /console/v1/packs/findings`: open ones, or those that were settled. */
export const payFindingsQuerySchema = z.strictObject({
  ...pageQuerySchema.shape,
  state: z.enum(['open', 'settled']).default('open'),
})
export type PayFindingsQuery = z.infer<typeof payFindingsQuerySchema>
export const payFindingSchema = z.object({
  id: idSchema('PayFindingId'),
  kind: payFindingKindSchema,
  /** The number of the order or the refund, as WeChat Pay has it. */
  number: z.string(),
  ourFen: fenSchema.nullable(),
  theirFen: fenSchema.nullable(),
  detail: z.string(),
  foundAtMs: epochMsSchema,
  settledAtMs: epochMsSchema.nullable(),
  settledBy: z.string().nullable(),
  note: z.string().nullable(),
})
export type PayFindingView = z.infer<typeof payFindingSchema>
export const payFindingsPageSchema = z.object({
  findings: z.array(payFindingSchema),
  nextCursor: z.string().nullable(),
  /** Up to which day bills were compared, `YYYY-MM-DD`. */
  comparedTo: z.string().nullable(),
})
export type PayFindingsPage = z.infer<typeof payFindingsPageSchema>

/** `POST /console/v1/packs/findings/{id}/settle`: somebody saw to it, with what was done. */
export const settleFindingSchema = z.strictObject({
  note: z.string().trim().min(1).max(NOTE_CHARACTERS_MAX),
})
export type SettleFinding = z.infer<typeof settleFindingSchema>
