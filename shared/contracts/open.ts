import { z } from 'zod'
import { idSchema } from '../ids.js'
import {
  RECEIPT_LINES_MAX,
  RECEIPT_PAYMENTS_MAX,
  receiptLineSchema,
  receiptPaymentSchema,
} from './agent.js'
import {
  businessDateSchema,
  epochMsSchema,
  fenSchema,
  outcomeCodeSchema,
  phoneInputSchema,
  pointsSchema,
} from './common.js'
import { pickupAnswerSchema, pickupRequestSchema } from './pickups.js'

// What integrations and the server say to each other: /open/v1. Every mutating call carries an
// Idempotency-Key; the same key with the same input is answered the same, with the header
// `idempotent-replayed: true`.

export const API_SCOPES = ['orders:write', 'members:read', 'webhooks:manage'] as const
export const apiScopeSchema = z.enum(API_SCOPES)
/** What an API key may do. */
export type ApiScope = z.infer<typeof apiScopeSchema>

/** Up to 64 visible ASCII characters. */
export const idempotencyKeySchema = z.string().regex(/^[\x21-\x7e]{1,64}$/)
const orderNoSchema = z.string().regex(/^[\x21-\x7e]{1,64}$/, '1 to 64 visible ASCII characters')

/** `POST /open/v1/orders`: an order that was paid, or a refund of one. Amounts are positive. */
export const onlineOrderSchema = z
  .strictObject({
    /** The shop's own number of this document; a refund has a number of its own. */
    orderNo: orderNoSchema,
    kind: z.enum(['sale', 'refund']),
    /** Where it was placed, for people: "有赞商城". */
    channelName: z.string().min(1).max(64),
    placedAtMs: epochMsSchema,
    paidAtMs: epochMsSchema,
    /** Who bought: a phone number, or a member number, or a platform's hash of one, or none. */
    phone: phoneInputSchema.nullable(),
    memberNo: z
      .string()
      .regex(/^\d{12}$/, 'twelve digits')
      .nullable(),
    phoneHash: z
      .strictObject({
        /** Whose hash it is, as the chain's settings and imports call the platform. */
        platform: z.string().min(1).max(64),
        algorithm: z.enum(['md5', 'sha256']),
        value: z.string().regex(/^([0-9a-f]{32}|[0-9a-f]{64})$/i, 'hex'),
      })
      .refine(({ algorithm, value }) => value.length === (algorithm === 'md5' ? 32 : 64), {
        path: ['value'],
        message: '32 digits for md5, 64 for sha256',
      })
      .optional(),
    lines: z.array(receiptLineSchema).max(RECEIPT_LINES_MAX),
    /** What was really paid (or given back), after every discount. */
    totalFen: fenSchema,
    payments: z.array(receiptPaymentSchema).max(RECEIPT_PAYMENTS_MAX),
    /** The sale a refund answers. */
    originalOrderNo: orderNoSchema.nullable(),
    /** Where a sale is fetched; absent where it is not. */
    pickup: pickupRequestSchema.optional(),
  })
  .refine((order) => order.phone === null || order.memberNo === null, {
    path: ['memberNo'],
    message: 'phone or memberNo, not both',
  })
  .refine(
    ({ phone, memberNo, phoneHash }) => phoneHash === undefined || (phone ?? memberNo) === null,
    { path: ['phoneHash'], message: 'phoneHash, or phone, or memberNo' },
  )
  .refine((order) => (order.kind === 'refund') === (order.originalOrderNo !== null), {
    path: ['originalOrderNo'],
    message: 'a refund names its order, a sale names none',
  })
  .refine((order) => order.kind === 'sale' || order.pickup === undefined, {
    path: ['pickup'],
    message: 'a refund is not fetched',
  })
export type OnlineOrder = z.infer<typeof onlineOrderSchema>

export const onlineOrderAnswerSchema = z.object({
  purchaseId: idSchema('PurchaseId'),
  /** duplicate: this order was known; nothing was counted twice. */
  status: z.enum(['accepted', 'duplicate']),
  /** A remark: `member_not_found` (recorded without a member), `clock_skew`. */
  code: outcomeCodeSchema.nullable(),
  message: z.string().nullable(),
  memberId: idSchema('MemberId').nullable(),
  memberNo: z.string().nullable(),
  /** Points this order moved: positive earned, negative taken back. */
  points: pointsSchema.nullable(),
  balancePoints: pointsSchema.nullable(),
  /** Of an order that is fetched in a store; absent where it is not. */
  pickup: pickupAnswerSchema.optional(),
})
export type OnlineOrderAnswer = z.infer<typeof onlineOrderAnswerSchema>

/** `POST /open/v1/members/lookup`: in a body, because addresses are logged. */
export const openLookupSchema = z.strictObject({ phone: phoneInputSchema })
export type OpenLookup = z.infer<typeof openLookupSchema>
export const openLookupAnswerSchema = z.object({
  member: z
    .object({
      memberId: idSchema('MemberId'),
      memberNo: z.string(),
      phoneMasked: z.string(),
      state: z.enum(['pending', 'active']),
      levelName: z.string(),
      balancePoints: pointsSchema,
    })
    .nullable(),
})
export type OpenLookupAnswer = z.infer<typeof openLookupAnswerSchema>

// Webhooks.

export const WEBHOOK_EVENT_TYPES = [
  'purchase.recorded',
  'purchase.assigned',
  'purchase.unassigned',
  'member.registered',
  'order.ready',
  'order.fetched',
] as const
export const webhookEventTypeSchema = z.enum(WEBHOOK_EVENT_TYPES)
export type WebhookEventType = z.infer<typeof webhookEventTypeSchema>

export const webhookRequestSchema = z.strictObject({
  url: z.url().max(500),
  eventTypes: z.array(webhookEventTypeSchema).min(1).max(WEBHOOK_EVENT_TYPES.length),
})
export type WebhookRequest = z.infer<typeof webhookRequestSchema>

export const webhookSchema = z.object({
  id: idSchema('WebhookId'),
  url: z.string(),
  eventTypes: z.array(webhookEventTypeSchema),
  createdAtMs: epochMsSchema,
})
export type Webhook = z.infer<typeof webhookSchema>
/** `secret` is told here only; it signs every delivery. */
export const webhookCreatedSchema = webhookSchema.extend({ secret: z.string() })
export type WebhookCreated = z.infer<typeof webhookCreatedSchema>
export const webhookListSchema = z.object({ webhooks: z.array(webhookSchema) })
export type WebhookList = z.infer<typeof webhookListSchema>
export const webhookDeletedSchema = z.object({
  id: idSchema('WebhookId'),
  deleted: z.literal(true),
})
export type WebhookDeleted = z.infer<typeof webhookDeletedSchema>

/** The body a receiver gets. `id` is the event's: the same however often it is sent. */
export const webhookMessageSchema = z.discriminatedUnion('type', [
  z.object({
    id: idSchema('EventId'),
    type: z.enum(['purchase.recorded', 'purchase.assigned', 'purchase.unassigned']),
    occurredAtMs: epochMsSchema,
    data: z.object({
      purchaseId: idSchema('PurchaseId'),
      kind: z.enum(['sale', 'refund']),
      storeId: idSchema('StoreId'),
      businessDate: businessDateSchema,
      memberId: idSchema('MemberId').nullable(),
      totalFen: fenSchema,
      /** Signed: what this event gave or took. */
      points: pointsSchema,
    }),
  }),
  z.object({
    id: idSchema('EventId'),
    type: z.literal('member.registered'),
    occurredAtMs: epochMsSchema,
    data: z.object({
      memberId: idSchema('MemberId'),
      storeId: idSchema('StoreId').nullable(),
      businessDate: businessDateSchema,
    }),
  }),
  z.object({
    id: idSchema('EventId'),
    type: z.enum(['order.ready', 'order.fetched']),
    occurredAtMs: epochMsSchema,
    data: z.object({
      purchaseId: idSchema('PurchaseId'),
      orderNo: z.string(),
      /** The shop that took the order. */
      storeId: idSchema('StoreId'),
      businessDate: businessDateSchema,
      memberId: idSchema('MemberId').nullable(),
      /** Where it is fetched, as the order named it. */
      pickupStoreCode: z.string(),
    }),
  }),
])
export type WebhookMessage = z.infer<typeof webhookMessageSchema>
