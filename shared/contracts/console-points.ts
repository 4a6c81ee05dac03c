import { z } from 'zod'
import { idSchema } from '../ids.js'
import { FEN_MAX } from '../quantities.js'
import { businessDateSchema, epochMsSchema, fenSchema } from './common.js'
import { channelSchema } from './member.js'

// The rules by which points are earned: `GET /console/v1/points/rules` and what is published there.

const RATE_POINTS_MAX = 1_000
const BONUSES_MAX = 20
const BONUS_NAME_CHARACTERS_MAX = 12
const STORES_MAX = 3_000
const TIMES_TENTHS_MAX = 100
const BONUS_POINTS_MAX = 100_000
const ORDER_POINTS_MAX = 1_000_000
const MONTHS_MAX = 120
const YEARS_MAX = 10

/** When points expire; see `expiresAtMs` in shared/earning.ts. */
export const pointsExpirySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('never') }),
  z.strictObject({ kind: z.literal('months'), months: z.int().min(1).max(MONTHS_MAX) }),
  z.strictObject({ kind: z.literal('year_end'), years: z.int().min(0).max(YEARS_MAX) }),
])
export type PointsExpiry = z.infer<typeof pointsExpirySchema>

/** More points for some sales. An empty list, or null, sets no condition. */
export const earningBonusSchema = z.strictObject({
  /** As the shopper reads it: "会员日". */
  name: z.string().trim().min(1).max(BONUS_NAME_CHARACTERS_MAX),
  when: z
    .strictObject({
      storeIds: z.array(idSchema('StoreId')).max(STORES_MAX),
      channels: z.array(channelSchema).max(2),
      /** 1 Monday to 7 Sunday. */
      weekdays: z.array(z.int().min(1).max(7)).max(7),
      daysOfMonth: z.array(z.int().min(1).max(31)).max(31),
      fromDate: businessDateSchema.nullable(),
      toDate: businessDateSchema.nullable(),
    })
    .refine(
      ({ fromDate, toDate }) => fromDate === null || toDate === null || fromDate <= toDate,
      'ends before it begins',
    ),
  gives: z.discriminatedUnion('kind', [
    /** Times the base points, in tenths: 15 is 1.5 times. */
    z.strictObject({ kind: z.literal('times'), tenths: z.int().min(11).max(TIMES_TENTHS_MAX) }),
    z.strictObject({ kind: z.literal('points'), points: z.int().min(1).max(BONUS_POINTS_MAX) }),
  ]),
})
export type EarningBonus = z.infer<typeof earningBonusSchema>

/** What a rule says; `points` for every whole `perFen` of what was paid. */
export const earningTermsSchema = z.strictObject({
  points: z.int().min(0).max(RATE_POINTS_MAX),
  perFen: fenSchema.min(1).max(FEN_MAX),
  bonuses: z.array(earningBonusSchema).max(BONUSES_MAX),
  orderPointsMax: z.int().min(1).max(ORDER_POINTS_MAX).nullable(),
  expiry: pointsExpirySchema,
})
export type EarningTerms = z.infer<typeof earningTermsSchema>

/** A version of it. */
export const earningRuleSchema = earningTermsSchema.extend({ version: z.int().min(1) })
export type EarningRule = z.infer<typeof earningRuleSchema>

/** `POST /console/v1/points/rules`, answered by every version. */
export const earningDraftSchema = z.strictObject({
  terms: earningTermsSchema,
  /** Sales from this moment on; not in the past. Null: from now on. */
  effectiveFromMs: epochMsSchema.nullable(),
  /** The version this one was made from: somebody else's, published meanwhile, is not overwritten. */
  basedOnVersion: z.int().min(1),
  /** Said again by who publishes a rule that may give more points than fen were paid. */
  isGenerousMeant: z.boolean().default(false),
})
export type EarningDraft = z.infer<typeof earningDraftSchema>

export const earningVersionSchema = z.object({
  rule: earningRuleSchema,
  state: z.enum(['past', 'now', 'coming', 'withdrawn']),
  effectiveFromMs: epochMsSchema.nullable(),
  publishedAtMs: epochMsSchema.nullable(),
  publishedBy: z.string().nullable(),
  /** When, and by whom, it was taken back before its day came. */
  withdrawnAtMs: epochMsSchema.nullable(),
  withdrawnBy: z.string().nullable(),
})
export type EarningVersion = z.infer<typeof earningVersionSchema>
export const earningVersionsSchema = z.object({ versions: z.array(earningVersionSchema) })
export type EarningVersions = z.infer<typeof earningVersionsSchema>
