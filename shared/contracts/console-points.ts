import { z } from 'zod'
import { idSchema } from '../ids.js'
import { FEN_MAX } from '../quantities.js'
import { businessDateSchema, epochMsSchema, fenSchema, levelCodeSchema } from './common.js'
import { channelSchema } from './member.js'

// The rules by which points are earned: `GET /console/v1/points/rules` and what is published there.

const RATE_POINTS_MAX = 1_000
const BONUSES_MAX = 20
const BONUS_NAME_CHARACTERS_MAX = 12
const LEVELS_MAX = 20
const ITEM_CODES_MAX = 200
const ITEM_CODE_CHARACTERS_MAX = 64
const ITEM_WORD_CHARACTERS_MAX = 30
const STORES_MAX = 3_000
const TIMES_TENTHS_MAX = 100
const BONUS_POINTS_MAX = 100_000
const ORDER_POINTS_MAX = 1_000_000
const DAY_POINTS_MAX = 1_000_000
const PENDING_DAYS_MAX = 90
const MONTHS_MAX = 120
const YEARS_MAX = 10

/** When points expire; see `expiresAtMs` in shared/earning.ts. */
export const pointsExpirySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('never') }),
  z.strictObject({ kind: z.literal('months'), months: z.int().min(1).max(MONTHS_MAX) }),
  z.strictObject({ kind: z.literal('year_end'), years: z.int().min(0).max(YEARS_MAX) }),
])
export type PointsExpiry = z.infer<typeof pointsExpirySchema>

const itemCodeSchema = z.string().trim().min(1).max(ITEM_CODE_CHARACTERS_MAX)
const itemWordSchema = z.string().trim().min(1).max(ITEM_WORD_CHARACTERS_MAX)

/** A named group of goods: lines of a receipt that any of these fits. */
export const earningItemsSchema = z
  .strictObject({
    /** As the shopper reads it: "生鲜". */
    name: z.string().trim().min(1).max(BONUS_NAME_CHARACTERS_MAX),
    codes: z.array(itemCodeSchema).max(ITEM_CODES_MAX),
    /** What the code of a line begins with. */
    prefixes: z.array(itemCodeSchema).max(ITEM_CODES_MAX),
    /** What the name of a line holds, however it is written. */
    words: z.array(itemWordSchema).max(ITEM_CODES_MAX),
  })
  .refine(
    ({ codes, prefixes, words }) => codes.length + prefixes.length + words.length > 0,
    'fits nothing',
  )
export type EarningItems = z.infer<typeof earningItemsSchema>

/**
 * More points for some sales. An empty list, or null, sets no condition; rules from before a
 * condition was known set none.
 */
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
      levelCodes: z.array(levelCodeSchema).max(LEVELS_MAX).default([]),
      /** The member's birthday: the day itself, or its month. */
      birthday: z.enum(['day', 'month']).nullable().default(null),
      /** The first sale of this member that is known. */
      isFirstPurchase: z.boolean().default(false),
      /** For what the lines say that these goods cost, and not for the rest of the sale. */
      items: earningItemsSchema.nullable().default(null),
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
  /** Of all sales of one member on one business date. */
  dayPointsMax: z.int().min(1).max(DAY_POINTS_MAX).nullable().default(null),
  /** Whole days after the day of a sale until its points may be spent; 0: at once. */
  pendingDays: z.int().min(0).max(PENDING_DAYS_MAX).default(0),
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
