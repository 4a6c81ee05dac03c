import { z } from 'zod'
import { epochMsSchema } from './common.js'
import { earningVersionSchema, pointsExpirySchema } from './console-points.js'

// Points without a purchase: what a chain gives for signing in and for a complete profile, in
// versions like the rules of earning.

const DAYS_MAX = 31
const DAY_POINTS_MAX = 1_000
const PROFILE_POINTS_MAX = 100_000

export const activityTermsSchema = z.strictObject({
  /**
   * Points for the first day, the second in a row and so on; after the last it begins anew, and so
   * it does after a day without. Null: nobody is asked to sign in.
   */
  signInPoints: z.array(z.int().min(1).max(DAY_POINTS_MAX)).min(1).max(DAYS_MAX).nullable(),
  /** Once, when the profile is complete; 0: nothing. */
  profilePoints: z.int().min(0).max(PROFILE_POINTS_MAX),
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
