import { z } from 'zod'
import { FEN_MAX } from '../quantities.js'
import { epochMsSchema, fenSchema, levelCodeSchema, pointsSchema } from './common.js'
import { pointsExpirySchema } from './console-points.js'

// Levels and what makes them: `GET /console/v1/levels`, what is published there, and what a shopper
// sees of their own under `GET /member/v1/level`.

const NAME_CHARACTERS_MAX = 12
const LEVELS_MAX = 12
const THRESHOLD_MAX = 1_000_000_000
const GIFT_POINTS_MAX = 100_000
const COUPONS_MAX = 100
const EARLY_HOURS_MAX = 720
const WORDS_CHARACTERS_MAX = 60
const WORDS_MAX = 10
const RATE_MAX = 1_000
const PER_PURCHASE_MAX = 100_000
const PER_DAY_MAX = 100
const PERIOD_MONTHS_MAX = 36
const DAYS_MAX = 365

/** What a level gives. How fast points are earned is said by the rules of earning. */
export const levelBenefitsSchema = z.strictObject({
  /** Points in the month of the birthday; 0: none. */
  birthdayPoints: z.int().min(0).max(GIFT_POINTS_MAX),
  /** A present besides, in words; empty: none. */
  birthdayGift: z.string().trim().max(WORDS_CHARACTERS_MAX),
  /** Coupons for free shipping each month. */
  freeShippingCoupons: z.int().min(0).max(COUPONS_MAX),
  /** How many hours before all others something new may be bought. */
  earlyAccessHours: z.int().min(0).max(EARLY_HOURS_MAX),
  /** Anything else, as the shopper reads it. */
  words: z.array(z.string().trim().min(1).max(WORDS_CHARACTERS_MAX)).max(WORDS_MAX),
})
export type LevelBenefits = z.infer<typeof levelBenefitsSchema>

export const levelSchema = z.strictObject({
  code: levelCodeSchema,
  name: z.string().trim().min(1).max(NAME_CHARACTERS_MAX),
  /** Growth in the period that reaches it. */
  threshold: z.int().min(0).max(THRESHOLD_MAX),
  benefits: levelBenefitsSchema,
})
export type Level = z.infer<typeof levelSchema>

/** How growth comes from what is bought: from the amount and from how often. */
export const growthTermsSchema = z.strictObject({
  /** For every whole `perFen` of what was paid. */
  growth: z.int().min(0).max(RATE_MAX),
  perFen: fenSchema.min(1).max(FEN_MAX),
  /** For every purchase beside, of so many a day at the most. */
  perPurchase: z.int().min(0).max(PER_PURCHASE_MAX),
  purchasesPerDayMax: z.int().min(0).max(PER_DAY_MAX),
})
export type GrowthTerms = z.infer<typeof growthTermsSchema>

/** months: the last so many, to the day. year: the calendar year. */
export const growthPeriodSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('months'), months: z.int().min(1).max(PERIOD_MONTHS_MAX) }),
  z.strictObject({ kind: z.literal('year') }),
])
export type GrowthPeriod = z.infer<typeof growthPeriodSchema>

export const schemeTermsSchema = z.strictObject({
  /** From the lowest, which everybody has, to the highest. */
  levels: z.array(levelSchema).min(1).max(LEVELS_MAX),
  growth: growthTermsSchema,
  period: growthPeriodSchema,
  /** How long a level that was reached is kept; see `expiresAtMs` in shared/earning.ts. */
  keep: pointsExpirySchema,
  /** After that, in which what is missing may still be made up. */
  graceDays: z.int().min(0).max(DAYS_MAX),
  /** How long before a downgrade the member is told; 0: not at all. */
  noticeDays: z.int().min(0).max(DAYS_MAX),
  /** How long before points expire the member is told; 0: not at all. */
  pointsNoticeDays: z.int().min(0).max(DAYS_MAX),
})
export type SchemeTerms = z.infer<typeof schemeTermsSchema>

/** A version of it. */
export const levelSchemeSchema = schemeTermsSchema.extend({ version: z.int().min(1) })
export type LevelScheme = z.infer<typeof levelSchemeSchema>

/** `POST /console/v1/levels`, answered as `GET` is. */
export const schemeDraftSchema = z.strictObject({
  terms: schemeTermsSchema,
  /** In force from this moment on; not in the past. Null: from now on. */
  effectiveFromMs: epochMsSchema.nullable(),
  /** The version this one was made from: somebody else's, published meanwhile, is not overwritten. */
  basedOnVersion: z.int().min(1),
})
export type SchemeDraft = z.infer<typeof schemeDraftSchema>

export const schemeVersionSchema = z.object({
  scheme: levelSchemeSchema,
  state: z.enum(['past', 'now', 'coming']),
  effectiveFromMs: epochMsSchema.nullable(),
  publishedAtMs: epochMsSchema.nullable(),
  publishedBy: z.string().nullable(),
})
export type SchemeVersion = z.infer<typeof schemeVersionSchema>

export const levelsPageSchema = z.object({
  /** The newest first. */
  versions: z.array(schemeVersionSchema),
  /** Members by the code of their level; nobody is left out. */
  members: z.array(z.object({ code: z.string(), name: z.string(), count: z.int() })),
})
export type LevelsPage = z.infer<typeof levelsPageSchema>

/** `GET /console/v1/levels/names`: every level there is, from the lowest. */
export const levelNamesSchema = z.object({
  levels: z.array(z.object({ code: z.string(), name: z.string() })),
})
export type LevelNames = z.infer<typeof levelNamesSchema>

export const LEVEL_REASONS = ['up', 'kept', 'down', 'taken_back', 'merge', 'merge_undo'] as const
export type LevelReason = (typeof LEVEL_REASONS)[number]

/** One line of the history of a member's level. */
export const levelChangeSchema = z.object({
  id: z.string(),
  reason: z.enum(LEVEL_REASONS),
  fromName: z.string(),
  toName: z.string(),
  /** Why, in words. */
  explanation: z.string(),
  atMs: epochMsSchema,
})
export type LevelChangeLine = z.infer<typeof levelChangeSchema>

/** The level of one member. */
export const memberLevelSchema = z.object({
  code: z.string(),
  name: z.string(),
  /** Growth in the period that counts now. */
  growth: pointsSchema,
  /** The last whole day it is good for; null: for ever. */
  validUntil: z.iso.date().nullable(),
  next: z.object({ name: z.string(), missing: z.int() }).nullable(),
  /** "再积 120 成长值升为银卡会员"; null at the top, and where there is one level. */
  progress: z.string().nullable(),
  /** What is missing to keep it, told while it may be lost; else null. */
  keeping: z.string().nullable(),
  history: z.array(levelChangeSchema),
})
export type MemberLevel = z.infer<typeof memberLevelSchema>

/** `GET /member/v1/level`: where the shopper stands, and every level there is. */
export const levelPageSchema = memberLevelSchema.extend({
  levels: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      threshold: pointsSchema,
      isOwn: z.boolean(),
      /** What it gives, each in words. */
      benefits: z.array(z.string()),
    }),
  ),
  /** How growth comes and how long it counts, in words. */
  rules: z.array(z.string()),
})
export type LevelPage = z.infer<typeof levelPageSchema>
