import { z } from 'zod'
import { agentMemberSchema } from './agent.js'
import { cashierReservationSchema, receiptCouponsSchema } from './cashier-coupons.js'
import {
  businessDateSchema,
  epochMsSchema,
  fenSchema,
  phoneInputSchema,
  pointsSchema,
} from './common.js'
import { idSchema } from '../ids.js'
import { holdSchema, refundPreviewSchema, spendingQuoteSchema } from './spending.js'

// What the cashier page and the agent on the same machine say to each other:
// http://127.0.0.1:3100/cashier/v1. Errors are problem+json, as everywhere.

/**
 * `GET /cashier/v1/state`: the till, always on screen; also pushed over `GET /cashier/v1/live`
 * (SSE, `state`).
 */
export const tillStateSchema = z.object({
  storeName: z.string(),
  terminalCode: z.string(),
  /** The store's, for every time on the page; null until enrolled: then the machine's own. */
  timeZone: z.string().nullable(),
  agentVersion: z.string(),
  /** unenrolled: no terminal yet. revoked: the server stopped this till. */
  connection: z.enum(['online', 'offline', 'unenrolled', 'revoked']),
  offlineSinceMs: epochMsSchema.nullable(),
  lastSyncAtMs: epochMsSchema.nullable(),
  /** Events waiting to reach the server. */
  outboxDepth: z.int(),
  /** Events the server refused for good; a person must look. */
  parkedCount: z.int(),
  needsConfirmCount: z.int(),
  /** Server clock minus this machine's, milliseconds; null until known. */
  clockOffsetMs: z.int().nullable(),
  tap: z.enum(['running', 'silent', 'not_configured']),
  storage: z.enum(['ok', 'low', 'full']),
})
export type TillState = z.infer<typeof tillStateSchema>

/**
 * A member as the page shows one: from the server now, or from the cache as of a time. Pushed over
 * SSE as `member` whenever what the agent knows of a member changed.
 */
export const cashierMemberSchema = agentMemberSchema.extend({
  source: z.enum(['server', 'cache', 'registered_here']),
})
export type CashierMember = z.infer<typeof cashierMemberSchema>

/** Pushed over SSE as `other_member`: who was shown under `insteadOf`, from the cache, is `member`. */
export interface OtherMember {
  insteadOf: CashierMember['memberId']
  member: CashierMember
}

/** Points of the member that are set aside for the order at this till now. */
export const cashierHoldSchema = holdSchema
  .pick({ holdId: true, memberId: true, points: true, valueFen: true, deadlineAtMs: true })
  .extend({ orderFen: fenSchema })
export type CashierHold = z.infer<typeof cashierHoldSchema>

/** `POST /cashier/v1/lookup`, answered by cashierLookupAnswerSchema. */
export const cashierLookupSchema = z.strictObject({
  /** Eleven digits typed, or 22 digits scanned. */
  input: phoneInputSchema,
})
/** What this till may redeem of a member when it has no network. */
export const offlineLeftSchema = z.object({
  coupons: z.int(),
  /** In one order; 0 where none. */
  points: pointsSchema,
  untilMs: epochMsSchema,
})
export type OfflineLeft = z.infer<typeof offlineLeftSchema>

/**
 * known: here is the member. new: the server says nobody has this number. unknown_offline: not in
 * the cache and the server cannot be asked; registering works all the same.
 */
export const cashierLookupAnswerSchema = z.object({
  result: z.enum(['known', 'new', 'unknown_offline']),
  member: cashierMemberSchema.nullable(),
  hold: cashierHoldSchema.nullable(),
  reservation: cashierReservationSchema.nullable(),
  offlineLeft: offlineLeftSchema.nullish(),
  /** The notice to show before a new number is taken. */
  notice: z.object({ policyVersion: z.string(), text: z.string(), textSha256: z.string() }),
})
export type CashierLookupAnswer = z.infer<typeof cashierLookupAnswerSchema>

/** `POST /cashier/v1/register`, answered by cashierRegisterAnswerSchema. */
export const cashierRegisterSchema = z.strictObject({
  phone: phoneInputSchema,
  policyVersion: z.string(),
  textSha256: z.string(),
})
export const cashierRegisterAnswerSchema = z.object({
  member: cashierMemberSchema,
  /** True when the server has it already; false while it waits in the outbox. */
  settled: z.boolean(),
})
export type CashierRegisterAnswer = z.infer<typeof cashierRegisterAnswerSchema>

/** One captured receipt, as the cashier sees it. */
export const tillReceiptSchema = z.object({
  receiptId: idSchema('EventId'),
  kind: z.enum(['sale', 'refund']),
  receiptNo: z.string().nullable(),
  businessDate: businessDateSchema,
  /** `HH:mm` as printed, else when captured. */
  minute: z.string(),
  /** Null only while the receipt needs confirmation because the amount is in doubt. */
  totalFen: fenSchema.nullable(),
  lineCount: z.int(),
  /** Text of the receipt, phone numbers masked, for the cashier to compare. */
  text: z.string(),
  /**
   * needs_confirm: read with doubt, not sent. waiting: in the outbox. settled: the server has it.
   * conflict: the server holds another receipt under this number.
   */
  state: z.enum(['needs_confirm', 'waiting', 'settled', 'conflict']),
  confirmReason: z.string().nullable(),
  member: z.object({ memberId: idSchema('MemberId'), phoneMasked: z.string() }).nullable(),
  points: pointsSchema.nullable(),
  /** The points that paid a part of it. isOwed: they had been given back, and are taken later. */
  spent: z
    .object({
      holdId: idSchema('HoldId'),
      points: pointsSchema,
      valueFen: fenSchema,
      isOwed: z.boolean(),
    })
    .nullable(),
  /**
   * A refund: the money that the cashier kept back for points that were spent. waiting: not told to
   * the server yet. settled: it paid for `points`, worth `settledFen`. refused: the server would not
   * have it, a person must look.
   */
  kept: z
    .object({
      keptFen: fenSchema,
      state: z.enum(['waiting', 'settled', 'refused']),
      points: pointsSchema,
      settledFen: fenSchema,
    })
    .nullable(),
  /** The coupons that are off it. */
  coupons: receiptCouponsSchema.nullable(),
  /** Until when the giving may be taken back; null when it may not. */
  undoUntilMs: epochMsSchema.nullable(),
  capturedAtMs: epochMsSchema,
})
export type TillReceipt = z.infer<typeof tillReceiptSchema>

/** `GET /cashier/v1/receipts`: the last five, newest first; pushed over SSE as `receipts`. */
export const tillReceiptsSchema = z.object({ receipts: z.array(tillReceiptSchema) })

/** `POST /cashier/v1/receipts/:receiptId/assign`: gives the receipt to a member. */
export const assignSchema = z.strictObject({ memberId: idSchema('MemberId') })
// `POST /cashier/v1/receipts/:receiptId/undo`, without a body, takes the receipt back from the
// member it was given to, within UNDO_WITHIN_MS of giving; later 409 `undo_too_late`.

/** `POST /cashier/v1/receipts/:receiptId/confirm`: the cashier says what was paid, or drops it. */
export const confirmSchema = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('sale'), totalFen: fenSchema }),
  z.strictObject({ decision: z.literal('refund'), totalFen: fenSchema }),
  z.strictObject({ decision: z.literal('not_a_receipt') }),
])
export const tillReceiptAnswerSchema = z.object({ receipt: tillReceiptSchema })

/** `POST /cashier/v1/points/quote`, answered by cashierQuoteAnswerSchema: what an order may take. */
export const cashierQuoteSchema = z.strictObject({
  memberId: idSchema('MemberId'),
  orderFen: fenSchema.min(1),
})
export const cashierQuoteAnswerSchema = z.object({ quote: spendingQuoteSchema })
export type CashierQuoteAnswer = z.infer<typeof cashierQuoteAnswerSchema>

/**
 * `POST /cashier/v1/points/hold`, answered by cashierHoldAnswerSchema: sets points aside. The same
 * once more is the same hold; another for the same member takes its place.
 */
export const cashierHoldRequestSchema = cashierQuoteSchema.extend({ points: z.int().min(1) })
export type CashierHoldRequest = z.infer<typeof cashierHoldRequestSchema>
export const cashierHoldAnswerSchema = z.object({ hold: cashierHoldSchema })
export type CashierHoldAnswer = z.infer<typeof cashierHoldAnswerSchema>

/** `POST /cashier/v1/points/release`: gives them back; no receipt is paid with them from now on. */
export const cashierReleaseSchema = z.strictObject({ holdId: idSchema('HoldId') })
/** isBack: false where the server could not be told; it gives them back by itself at the deadline. */
export const cashierReleaseAnswerSchema = cashierReleaseSchema.extend({ isBack: z.boolean() })
export type CashierReleaseAnswer = z.infer<typeof cashierReleaseAnswerSchema>

/**
 * `POST /cashier/v1/refunds/preview`, answered by cashierRefundAnswerSchema: what a refund of a sale
 * of this store would do with points; null refunds all that is left.
 */
export const cashierRefundSchema = z.strictObject({
  receiptNo: z.string().min(1).max(64),
  refundFen: fenSchema.min(1).nullable(),
})
export type CashierRefund = z.infer<typeof cashierRefundSchema>
export const cashierRefundAnswerSchema = z.object({
  refundId: idSchema('RefundId'),
  preview: refundPreviewSchema,
  /** Whose sale it was, where this till knows them. */
  phoneMasked: z.string().nullable(),
})
export type CashierRefundAnswer = z.infer<typeof cashierRefundAnswerSchema>

/**
 * `POST /cashier/v1/refunds/confirm`: the cashier has read it and goes on. Where money is kept back,
 * the refund's receipt settles it as soon as the server has it; the same once more changes nothing.
 */
export const cashierRefundConfirmSchema = z.strictObject({ refundId: idSchema('RefundId') })
export const cashierRefundConfirmedSchema = cashierRefundConfirmSchema.extend({
  refundFen: fenSchema,
  keptFen: fenSchema,
})
export type CashierRefundConfirmed = z.infer<typeof cashierRefundConfirmedSchema>

/**
 * `POST /cashier/v1/refunds/withdraw`: the refund is not made after all, or in full. isWithdrawn: false
 * where its receipt is there already.
 */
export const cashierRefundWithdrawnSchema = cashierRefundConfirmSchema.extend({
  isWithdrawn: z.boolean(),
})
export type CashierRefundWithdrawn = z.infer<typeof cashierRefundWithdrawnSchema>
