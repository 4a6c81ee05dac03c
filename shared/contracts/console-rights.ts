import { z } from 'zod'
import { businessDateSchema } from './common.js'

// How consents came about, counted for a stretch of days, as staff see it.

export const CONSENT_DAYS_MAX = 31

/**
 * `GET /console/v1/consents/counts`: both days are within, at most CONSENT_DAYS_MAX. Without them,
 * the last of so many days.
 */
export const consentCountsQuerySchema = z.strictObject({
  from: businessDateSchema.optional(),
  to: businessDateSchema.optional(),
})
export type ConsentCountsQuery = z.infer<typeof consentCountsQuerySchema>

/** How often each was said, by purpose and by the way it was said; what was never said is absent. */
export const consentCountsSchema = z.object({
  from: businessDateSchema,
  to: businessDateSchema,
  counts: z.array(
    z.object({
      purpose: z.string(),
      purposeTitle: z.string(),
      how: z.string(),
      noticed: z.int(),
      granted: z.int(),
      withdrawn: z.int(),
    }),
  ),
})
export type ConsentCounts = z.infer<typeof consentCountsSchema>
