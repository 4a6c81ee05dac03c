import { z } from 'zod'
import { idSchema } from '../ids.js'
import { FEN_MAX } from '../quantities.js'
import { AGENT_PROTOCOL, whoSchema } from './agent.js'
import { businessDateSchema, epochMsSchema, fenSchema, pointsSchema } from './common.js'

// Points as cash: what the chain allows, and what a till asks for.

const RATE_MAX = 1_000_000
const ORDER_POINTS_MAX = 10_000_000

/** On what terms points are taken as cash. */
export const spendingTermsSchema = z
  .strictObject({
    /** So many points … */
    points: z.int().min(1).max(RATE_MAX),
    /** … are worth so much. */
    fen: z.int().min(1).max(RATE_MAX),
    /** Fewer are not taken. */
    leastPoints: z.int().min(1).max(ORDER_POINTS_MAX),
    /** Taken in whole multiples of this. */
    stepPoints: z.int().min(1).max(ORDER_POINTS_MAX),
    /** At most this part of an order is paid with points, and at most so many points. */
    orderPercentMax: z.int().min(1).max(100),
    orderPointsMax: z.int().min(1).max(ORDER_POINTS_MAX).nullable(),
    /** Smaller orders take none. */
    leastOrderFen: fenSchema.max(FEN_MAX),
    /** Only with the member's own code, scanned at the till: a phone number is known to many. */
    isCodeNeeded: z.boolean(),
  })
  .refine(({ stepPoints, fen, points }) => (stepPoints * fen) % points === 0, {
    path: ['stepPoints'],
    message: 'one step must be worth whole fen',
  })
export type SpendingTerms = z.infer<typeof spendingTermsSchema>

/**
 * What happens where a refund takes back points that are spent by now. negative: the balance goes
 * below zero. next_earn: the balance stays at zero, and what is earned next pays the debt. cash: the
 * cashier keeps the worth of them back from the money returned; until that is confirmed, as negative.
 */
export const refundPolicySchema = z.enum(['negative', 'next_earn', 'cash'])
export type RefundPolicy = z.infer<typeof refundPolicySchema>

/** How points are spent and taken back. No terms: they are not spent at tills. */
export const pointsSettingsSchema = z
  .strictObject({
    spending: spendingTermsSchema.nullable(),
    refunds: refundPolicySchema,
  })
  .refine(({ spending, refunds }) => spending !== null || refunds !== 'cash', {
    path: ['refunds'],
    message: 'without terms of spending it is not known what a point is worth',
  })
export type PointsSettings = z.infer<typeof pointsSettingsSchema>

export const POINTS_SETTINGS_DEFAULT: PointsSettings = { spending: null, refunds: 'negative' }

/**
 * `POST /agent/v1/points/holds`: sets a member's points aside for an order at this till. The till
 * mints the id; the same once more is answered the same. A hold of this till for the same member that
 * is open yet is let go for the new one.
 */
export const holdRequestSchema = z.strictObject({
  holdId: idSchema('HoldId'),
  who: whoSchema,
  points: z.int().min(1).max(ORDER_POINTS_MAX),
  /** What the order comes to before points. */
  orderFen: fenSchema.min(1).max(FEN_MAX),
})
export type HoldRequest = z.infer<typeof holdRequestSchema>

/** What may be spent on an order, and the reason where nothing may. */
export const holdSchema = z.object({
  holdId: idSchema('HoldId'),
  memberId: idSchema('MemberId'),
  points: pointsSchema,
  /** What the cashier takes off the order. */
  valueFen: fenSchema,
  /** reserved: set aside. spent: an order was paid with them. released: back with the member. */
  state: z.enum(['reserved', 'spent', 'released']),
  /** Given back by itself then, unless the order was paid. */
  deadlineAtMs: epochMsSchema,
  balancePoints: pointsSchema,
})
export type Hold = z.infer<typeof holdSchema>

export const holdAnswerSchema = z.object({
  protocol: z.literal(AGENT_PROTOCOL),
  serverTimeMs: epochMsSchema,
  hold: holdSchema,
})
export type HoldAnswer = z.infer<typeof holdAnswerSchema>

/** `POST /agent/v1/points/holds/release`: the shopper changed their mind. */
export const holdReleaseSchema = z.strictObject({ holdId: idSchema('HoldId') })

/** `POST /agent/v1/points/quote`: how many points an order may take. */
export const spendingQuoteRequestSchema = z.strictObject({
  who: whoSchema,
  orderFen: fenSchema.min(1).max(FEN_MAX),
})
export type SpendingQuoteRequest = z.infer<typeof spendingQuoteRequestSchema>

export const spendingQuoteSchema = z.object({
  /** What the member may spend now: without what is pending, set aside or expired. */
  spendablePoints: pointsSchema,
  /** At most, in whole steps; 0 where none may be spent. */
  mostPoints: pointsSchema,
  mostFen: fenSchema,
  leastPoints: pointsSchema,
  stepPoints: pointsSchema,
  /** Why none may be spent, in words; null where some may. */
  why: z.string().nullable(),
})
export type SpendingQuote = z.infer<typeof spendingQuoteSchema>

export const spendingQuoteAnswerSchema = z.object({
  protocol: z.literal(AGENT_PROTOCOL),
  serverTimeMs: epochMsSchema,
  quote: spendingQuoteSchema,
})
export type SpendingQuoteAnswer = z.infer<typeof spendingQuoteAnswerSchema>

/** `POST /agent/v1/points/refunds/preview`: what a refund will do, before the cashier confirms it. */
export const refundPreviewRequestSchema = z.strictObject({
  /** The number on the receipt of the sale, of this store. */
  receiptNo: z.string().min(1).max(64),
  /** Null: all that is left of the sale. */
  refundFen: fenSchema.min(1).max(FEN_MAX).nullable(),
})
export type RefundPreviewRequest = z.infer<typeof refundPreviewRequestSchema>

export const refundPreviewSchema = z.object({
  /** The sale: when, what it came to, and what was refunded of it before. */
  businessDate: businessDateSchema,
  saleFen: fenSchema,
  refundedFen: fenSchema,
  /** What is refunded now. */
  refundFen: fenSchema,
  /** Null: nobody's; no points move. */
  memberId: idSchema('MemberId').nullable(),
  /** Taken back of what the sale gave, and given back of what paid for it. */
  takenPoints: pointsSchema,
  returnedPoints: pointsSchema,
  /** Of these, what the member has spent by now. */
  missingPoints: pointsSchema,
  policy: refundPolicySchema,
  /** What the cashier keeps back from the money; 0 unless that is the chain's policy. */
  keptBackFen: fenSchema,
  balanceAfterPoints: pointsSchema,
  /** What was paid with coupons; null where none were; absent in answers of older servers. */
  coupons: z
    .object({
      /** What they took off the sale, and what of it goes back with this refund. */
      offFen: fenSchema,
      backFen: fenSchema,
      /** How many of them are the member's again afterwards. */
      returned: z.int().min(0),
      /** What was really paid for each line: so much is returned for it. */
      lines: z.array(z.object({ name: z.string(), amountFen: fenSchema, paidFen: fenSchema })),
    })
    .nullable()
    .optional(),
  /** All of it in words, for the cashier. */
  words: z.string(),
})
export type RefundPreview = z.infer<typeof refundPreviewSchema>
export const refundPreviewAnswerSchema = z.object({
  protocol: z.literal(AGENT_PROTOCOL),
  serverTimeMs: epochMsSchema,
  preview: refundPreviewSchema,
})
export type RefundPreviewAnswer = z.infer<typeof refundPreviewAnswerSchema>

/**
 * `POST /agent/v1/points/refunds/settle`: the cashier has kept back the worth of what is missing. The
 * refund has been captured by this till and is named by its event; once per refund.
 */
export const refundSettleRequestSchema = z.strictObject({
  checkoutEventId: idSchema('EventId'),
  /** So much money was kept back; no more points than that is worth are settled. */
  keptFen: fenSchema.min(1).max(FEN_MAX),
})
export type RefundSettleRequest = z.infer<typeof refundSettleRequestSchema>
export const refundSettleAnswerSchema = z.object({
  protocol: z.literal(AGENT_PROTOCOL),
  serverTimeMs: epochMsSchema,
  /** Points that were paid in money, and how much that was. */
  settledPoints: pointsSchema,
  settledFen: fenSchema,
  balancePoints: pointsSchema,
})
export type RefundSettleAnswer = z.infer<typeof refundSettleAnswerSchema>
