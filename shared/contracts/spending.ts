import { z } from 'zod'
import { idSchema } from '../ids.js'
import { FEN_MAX } from '../quantities.js'
import { AGENT_PROTOCOL, whoSchema } from './agent.js'
import { epochMsSchema, fenSchema, pointsSchema } from './common.js'

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
export const pointsSettingsSchema = z.strictObject({
  spending: spendingTermsSchema.nullable(),
  refunds: refundPolicySchema,
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
