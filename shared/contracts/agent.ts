import { z } from 'zod'
import { idSchema } from '../ids.js'
import {
  businessDateSchema,
  epochMsSchema,
  fenSchema,
  localTimeSchema,
  outcomeCodeSchema,
  pendingPointsSchema,
  phoneInputSchema,
  pointsSchema,
  sha256HexSchema,
  signedFenSchema,
} from './common.js'
import { offlineUseSchema } from './offline-use.js'

// What a till agent and the server say to each other: /agent/v1.

/** An answer without this marker did not come from Huike: a captive portal, a proxy. */
export const AGENT_PROTOCOL = 'huike-agent/1'
export const EVENTS_PER_BATCH_MAX = 100
export const BATCH_BYTES_MAX = 1_048_576
export const RECEIPT_LINES_MAX = 1_000
export const RECEIPT_PAYMENTS_MAX = 20

const text = (max: number) => z.string().min(1).max(max)

export const receiptLineSchema = z.strictObject({
  name: z.string().max(200),
  code: text(64).nullable(),
  /** Thousandths: 986 is 0.986 kg, 2000 is two pieces. Negative on a line taken back. */
  quantityMilli: z.int().min(-1_000_000_000).max(1_000_000_000),
  unitPriceFen: fenSchema.nullable(),
  amountFen: signedFenSchema,
})

export const receiptPaymentSchema = z.strictObject({ method: text(32), amountFen: fenSchema })

/** A checkout as the agent read it. Amounts are positive; `kind` gives the direction. */
export const capturedReceiptSchema = z
  .strictObject({
    kind: z.enum(['sale', 'refund']),
    receiptNo: text(64).nullable(),
    surrogateKey: sha256HexSchema.nullable(),
    businessDate: businessDateSchema,
    printedAt: localTimeSchema.nullable(),
    cashier: text(64).nullable(),
    lines: z.array(receiptLineSchema).max(RECEIPT_LINES_MAX),
    totalFen: fenSchema,
    payments: z.array(receiptPaymentSchema).max(RECEIPT_PAYMENTS_MAX),
    changeFen: fenSchema.nullable(),
    /** The sale a refund answers, where the document names it. */
    originalReceiptNo: text(64).nullable(),
  })
  .refine((receipt) => receipt.receiptNo !== null || receipt.surrogateKey !== null, {
    path: ['receiptNo'],
    message: 'receiptNo or surrogateKey is needed',
  })
export type CapturedReceipt = z.infer<typeof capturedReceiptSchema>

/** How the receipt was captured. */
export const captureSourceSchema = z.strictObject({
  kind: z.enum(['escpos_tap', 'file_drop']),
  template: text(64).nullable(),
  /** 0 to 1; below 0.9 a person confirmed it first. */
  confidence: z.number().min(0).max(1),
  confirmed: z.boolean(),
  capturedAtMs: epochMsSchema,
})

/** Who a checkout belongs to, as known at the till. */
export const whoSchema = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('phone'), phone: phoneInputSchema }),
  z.strictObject({
    by: z.literal('member_code'),
    memberCode: z.string().max(32),
    readAtMs: epochMsSchema,
  }),
  z.strictObject({ by: z.literal('member'), memberId: idSchema('MemberId') }),
])
export type Who = z.infer<typeof whoSchema>

/** The notice the shopper was shown before the phone number was taken. */
export const noticeShownSchema = z.strictObject({
  policyVersion: text(32),
  textSha256: sha256HexSchema,
  shownAtMs: epochMsSchema,
})

const eventHead = {
  eventId: idSchema('EventId'),
  /** When it happened, by the agent's clock corrected by the last known server offset. */
  occurredAtMs: epochMsSchema,
}

export const checkoutCapturedSchema = z.strictObject({
  type: z.literal('checkout.captured'),
  ...eventHead,
  receipt: capturedReceiptSchema,
  source: captureSourceSchema,
  who: whoSchema.nullable(),
})
export type CheckoutCaptured = z.infer<typeof checkoutCapturedSchema>

/** A receipt given to a member after it was captured. */
export const receiptAssignedSchema = z.strictObject({
  type: z.literal('receipt.assigned'),
  ...eventHead,
  /** The event that carried the receipt. */
  checkoutEventId: idSchema('EventId'),
  who: whoSchema,
  cashier: text(64).nullable(),
  /** The points that were set aside for this order and paid a part of it. */
  holdId: idSchema('HoldId').optional(),
  /** The coupons that were set aside for this order. */
  couponReservationId: idSchema('CouponReservationId').optional(),
  /** Where the two were set aside without a network. */
  offline: offlineUseSchema.optional(),
})
export type ReceiptAssigned = z.infer<typeof receiptAssignedSchema>

/** A shopper registered at the till. The agent mints the member id, so that it works offline. */
export const memberRegisteredSchema = z.strictObject({
  type: z.literal('member.registered'),
  ...eventHead,
  memberId: idSchema('MemberId'),
  phone: phoneInputSchema,
  notice: noticeShownSchema,
  cashier: text(64).nullable(),
})
export type MemberRegistered = z.infer<typeof memberRegisteredSchema>

/** A cashier may take a receipt back from the wrong member for this long. */
export const UNDO_WITHIN_MS = 60_000

/** A receipt taken back from the member it was just given to: points and all. */
export const assignmentUndoneSchema = z.strictObject({
  type: z.literal('receipt.assignment_undone'),
  ...eventHead,
  /** The event that gave the receipt. */
  assignmentEventId: idSchema('EventId'),
  cashier: text(64).nullable(),
})
export type AssignmentUndone = z.infer<typeof assignmentUndoneSchema>

export const agentEventSchema = z.discriminatedUnion('type', [
  checkoutCapturedSchema,
  receiptAssignedSchema,
  assignmentUndoneSchema,
  memberRegisteredSchema,
])
export type AgentEvent = z.infer<typeof agentEventSchema>

/**
 * A batch, oldest first. Events are checked one by one (`agentEventSchema`), so that a bad one is
 * rejected by its own result and never takes its neighbours along.
 */
export const eventBatchSchema = z.strictObject({
  sentAtMs: epochMsSchema,
  agentVersion: text(32),
  /** Rows still waiting on the till, this batch included. */
  outboxDepth: z.int().min(0),
  events: z.array(z.looseObject({})).min(1).max(EVENTS_PER_BATCH_MAX),
})
export type EventBatch = z.infer<typeof eventBatchSchema>

/**
 * accepted: done, now. duplicate: was done before; same answer. retry: not now, send it again.
 * rejected: will never be taken as it is; `code` says why, the agent parks it and shows it.
 */
export const eventResultSchema = z.object({
  eventId: z.string().nullable(),
  status: z.enum(['accepted', 'duplicate', 'retry', 'rejected']),
  code: outcomeCodeSchema.nullable(),
  message: z.string().nullable(),
  /** Why coupons are not off the receipt as they should be, also where `code` says something else. */
  couponCode: outcomeCodeSchema.nullish(),
  purchaseId: idSchema('PurchaseId').nullable(),
  memberId: idSchema('MemberId').nullable(),
  /** Points this event moved: positive earned, negative taken back. */
  points: pointsSchema.nullable(),
  balancePoints: pointsSchema.nullable(),
})
export type EventResult = z.infer<typeof eventResultSchema>

export const batchAnswerSchema = z.object({
  protocol: z.literal(AGENT_PROTOCOL),
  serverTimeMs: epochMsSchema,
  results: z.array(eventResultSchema),
})
export type BatchAnswer = z.infer<typeof batchAnswerSchema>

// Enrolment and tokens.

export const enrolRequestSchema = z.strictObject({
  code: text(64),
  /** The public half of the ES256 key minted on the till, as a JWK (RFC 7517, RFC 7518 §6.2). */
  publicKey: z.strictObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    y: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  }),
  agentVersion: text(32),
})
export type EnrolRequest = z.infer<typeof enrolRequestSchema>

export const enrolAnswerSchema = z.object({
  protocol: z.literal(AGENT_PROTOCOL),
  terminalId: idSchema('TerminalId'),
  terminalCode: z.string(),
  storeId: idSchema('StoreId'),
  storeCode: z.string(),
  storeName: z.string(),
  timeZone: z.string(),
  serverTimeMs: epochMsSchema,
})
export type EnrolAnswer = z.infer<typeof enrolAnswerSchema>

/**
 * A short token for a signed assertion: a JWT, ES256 by the device key, `iss` and `sub` the
 * terminal id, `aud` "huike", `exp` at most 60 s after `iat`. `clock_skew` answers carry
 * serverTimeMs, so that a till with a wrong clock can sign again with the right one.
 */
export const tokenRequestSchema = z.strictObject({ assertion: text(2_000) })
export const tokenAnswerSchema = z.object({
  protocol: z.literal(AGENT_PROTOCOL),
  accessToken: z.string(),
  expiresAtMs: epochMsSchema,
  serverTimeMs: epochMsSchema,
  /** Key of this store's blind index of phone numbers, base64url: finds a cached member offline. */
  phoneIndexKey: z.string(),
})
export type TokenAnswer = z.infer<typeof tokenAnswerSchema>

// What a cashier may see of a member.

/**
 * What is worth a word at the till. birthday: today, or in the three days before or after.
 * online_regular: three or more online purchases within 90 days. ask_birthday, ask_name: not known
 * yet and wanted by the chain; the shopper fills it in the mini-program. Shown as they come: what the
 * chain knows of the fewest members is asked for first.
 */
export const memberHintSchema = z.enum(['birthday', 'online_regular', 'ask_name', 'ask_birthday'])
export type MemberHint = z.infer<typeof memberHintSchema>

/** A coupon that a purchase lets its buyer take in the mini-program. */
export const tillOfferSchema = z.object({
  headline: z.string(),
  /** The first moment at which it cannot be taken any more. */
  claimUntilMs: epochMsSchema,
})
export type TillOffer = z.infer<typeof tillOfferSchema>

export const agentMemberSchema = z.object({
  memberId: idSchema('MemberId'),
  memberNo: z.string(),
  phoneMasked: z.string(),
  /** pending: registered at a till, not yet confirmed by the shopper in the mini-program. */
  state: z.enum(['pending', 'active']),
  levelName: z.string(),
  /** Those that may not be spent yet among them. */
  balancePoints: pointsSchema,
  pending: pendingPointsSchema.nullable().default(null),
  lastVisitDate: businessDateSchema.nullable(),
  purchaseCount: z.int(),
  /** Masked: "张**"; null when not known. */
  nameMasked: z.string().nullable().default(null),
  hints: z.array(memberHintSchema).default([]),
  /** What can be taken now, what ends first before the others; at most `TILL_OFFERS_MAX`. */
  offers: z.array(tillOfferSchema).default([]),
  /** How much waits for them that can be fetched in this store. */
  waitingPickups: z.int().default(0),
  asOfMs: epochMsSchema,
})
export type AgentMember = z.infer<typeof agentMemberSchema>

/** `POST /agent/v1/lookup`; at most 30 a minute for each till. */
export const lookupRequestSchema = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('phone'), phone: phoneInputSchema }),
  z.strictObject({ by: z.literal('member_code'), memberCode: z.string().max(32) }),
  /** One the till knows already, for what changed since. */
  z.strictObject({ by: z.literal('member'), memberId: idSchema('MemberId') }),
])
export type LookupRequest = z.infer<typeof lookupRequestSchema>
export const lookupAnswerSchema = z.object({
  protocol: z.literal(AGENT_PROTOCOL),
  serverTimeMs: epochMsSchema,
  member: agentMemberSchema.nullable(),
})
export type LookupAnswer = z.infer<typeof lookupAnswerSchema>

/** What the till may answer offline: the store's own members, page by page, and the notice. */
export const snapshotAnswerSchema = z.object({
  protocol: z.literal(AGENT_PROTOCOL),
  serverTimeMs: epochMsSchema,
  notice: z.object({ policyVersion: z.string(), text: z.string(), textSha256: z.string() }),
  members: z.array(agentMemberSchema.extend({ phoneIndex: z.string() })),
  /** Ids that stand for nobody any more, or for nobody with a number: the till drops what it holds. */
  forgotten: z.array(idSchema('MemberId')).default([]),
  /** Ids that answer with another member by now: the till forgets the one and knows the other. */
  merged: z
    .array(z.object({ memberId: idSchema('MemberId'), intoMemberId: idSchema('MemberId') }))
    .default([]),
  nextCursor: z.string(),
  /** False when there is more to fetch at once with `nextCursor`. */
  complete: z.boolean(),
})
export type SnapshotAnswer = z.infer<typeof snapshotAnswerSchema>
