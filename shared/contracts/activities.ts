import { z } from 'zod'
import { FEN_MAX } from '../quantities.js'
import { epochMsSchema } from './common.js'
import { earningVersionSchema, pointsExpirySchema } from './console-points.js'

// Points without a purchase: what a chain gives for signing in, for a complete profile and for
// reviews, in versions like the rules of earning.

const DAYS_MAX = 31
const DAY_POINTS_MAX = 1_000
const PROFILE_POINTS_MAX = 100_000
const REVIEW_POINTS_MAX = 10_000
const REVIEW_DAYS_MAX = 365
const REVIEWS_A_MONTH_MAX = 100

/** Reviews of purchases: what one gives when it is approved, and who may write how many. */
export const reviewTermsSchema = z.strictObject({
  points: z.int().min(1).max(REVIEW_POINTS_MAX),
  /** Within how many days of the purchase. */
  days: z.int().min(1).max(REVIEW_DAYS_MAX),
  /** How many one person may write in a calendar month. */
  monthMost: z.int().min(1).max(REVIEWS_A_MONTH_MAX),
})
export type ReviewTerms = z.infer<typeof reviewTermsSchema>

const REFERRAL_POINTS_MAX = 10_000
const REFERRAL_WAIT_DAYS_MAX = 90
const REFERRALS_A_MONTH_MAX = 100

/**
 * Friends a member brings: what is given once they have bought something and kept it. One step only:
 * whom a friend brings is the friend's.
 */
export const referralTermsSchema = z.strictObject({
  /** To the one who brought them. */
  points: z.int().min(1).max(REFERRAL_POINTS_MAX),
  /** To the friend; 0: nothing. */
  friendPoints: z.int().min(0).max(REFERRAL_POINTS_MAX),
  /** What a purchase must at least have been paid with, in fen. */
  leastFen: z.int().min(1).max(FEN_MAX),
  /** Whole days it is kept before it counts. */
  waitDays: z.int().min(0).max(REFERRAL_WAIT_DAYS_MAX),
  /** For how many friends one person gets points in a calendar month. */
  monthMost: z.int().min(1).max(REFERRALS_A_MONTH_MAX),
})
export type ReferralTerms = z.infer<typeof referralTermsSchema>

export const activityTermsSchema = z.strictObject({
  /**
   * Points for the first day, the second in a row and so on; after the last it begins anew, and so
   * it does after a day without. Null: nobody is asked to sign in.
   */
  signInPoints: z.array(z.int().min(1).max(DAY_POINTS_MAX)).min(1).max(DAYS_MAX).nullable(),
  /** Once, when the profile is complete; 0: nothing. */
  profilePoints: z.int().min(0).max(PROFILE_POINTS_MAX),
  /** Null: nobody is asked for reviews. Versions from before they were known ask nobody. */
  review: reviewTermsSchema.nullable().default(null),
  /** Null: nobody is asked to bring friends. */
  referral: referralTermsSchema.nullable().default(null),
  expiry: pointsExpirySchema,
})
export type ActivityTerms = z.infer<typeof activityTermsSchema>

/** A version of it. */
export const activityRuleSchema = activityTermsSchema.extend({ version: z.int().min(1) })
export type ActivityRule = z.infer<typeof activityRuleSchema>

/** `POST /console/v1/points/activities`, answered by every version. */
export const activityDraftSchema = z.strictObject({
  terms: activityTermsSchema,
  /** From this moment on; not in the past. Null: from now on. */
  effectiveFromMs: epochMsSchema.nullable(),
  /** The version this one was made from: somebody else's, published meanwhile, is not overwritten. */
  basedOnVersion: z.int().min(1),
})
export type ActivityDraft = z.infer<typeof activityDraftSchema>

export const activityVersionSchema = earningVersionSchema.extend({ rule: activityRuleSchema })
export type ActivityVersion = z.infer<typeof activityVersionSchema>
export const activityVersionsSchema = z.object({ versions: z.array(activityVersionSchema) })
export type ActivityVersions = z.infer<typeof activityVersionsSchema>
