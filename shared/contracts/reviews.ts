import { z } from 'zod'
import { idSchema } from '../ids.js'
import {
  businessDateSchema,
  epochMsSchema,
  fenSchema,
  pageQuerySchema,
  pointsSchema,
} from './common.js'

// What shoppers say of a purchase of their own, and what becomes of it.

export const REVIEW_CHARACTERS_MAX = 200
const REASON_CHARACTERS_MAX = 100
const STARS_MAX = 5

const starsSchema = z.int().min(1).max(STARS_MAX)

/**
 * `POST /member/v1/purchases/:id/review`, answered by ownReviewSchema: once for a purchase. The same
 * words again are told as they stand.
 */
export const reviewDraftSchema = z.strictObject({
  stars: starsSchema,
  /** May be empty. */
  text: z.string().trim().max(REVIEW_CHARACTERS_MAX),
})
export type ReviewDraft = z.infer<typeof reviewDraftSchema>

/**
 * waiting: nobody has looked yet. withdrawn: by the shopper, who may do so at any time
 * (`DELETE /member/v1/purchases/:id/review`, answered by ownReviewSchema).
 */
export const reviewStateSchema = z.enum(['waiting', 'approved', 'declined', 'withdrawn'])
export type ReviewState = z.infer<typeof reviewStateSchema>

/** A shopper's own review of a purchase, or that one may be written. */
export const ownReviewSchema = z.object({
  /** open: none was written yet. */
  state: z.enum(['open', ...reviewStateSchema.options]),
  /** What it would give when it is approved; of an approved one, what it gave. */
  points: pointsSchema,
  /** The last day on which it may be written; null once it is. */
  untilDate: businessDateSchema.nullable(),
  /** Null of one that is not there any more. */
  stars: starsSchema.nullable(),
  text: z.string().nullable(),
  /** Why it was declined. */
  reason: z.string().nullable(),
})
export type OwnReview = z.infer<typeof ownReviewSchema>

/** `GET /console/v1/reviews`, newest first. */
export const reviewQuerySchema = pageQuerySchema.extend({
  state: z.enum(['waiting', 'approved', 'declined']).default('waiting'),
})
export type ReviewQuery = z.infer<typeof reviewQuerySchema>

export const reviewRowSchema = z.object({
  id: idSchema('ReviewId'),
  state: reviewStateSchema,
  memberId: idSchema('MemberId'),
  memberNo: z.string(),
  phoneMasked: z.string(),
  storeName: z.string(),
  businessDate: businessDateSchema,
  totalFen: fenSchema,
  stars: starsSchema.nullable(),
  /** Phone numbers in it are masked. */
  text: z.string().nullable(),
  /** What approving would give now: 0 where the purchase came back, or is not the member's any more. */
  pointsNow: pointsSchema,
  /** What approving gave; null before. */
  givenPoints: pointsSchema.nullable(),
  reason: z.string().nullable(),
  writtenAtMs: epochMsSchema,
  decidedAtMs: epochMsSchema.nullable(),
  decidedBy: z.string().nullable(),
})
export type ReviewRow = z.infer<typeof reviewRowSchema>

export const reviewPageSchema = z.object({
  reviews: z.array(reviewRowSchema),
  nextCursor: z.string().nullable(),
})
export type ReviewPage = z.infer<typeof reviewPageSchema>

/** `POST /console/v1/reviews/:id/decide`, answered by reviewRowSchema. */
export const reviewVerdictSchema = z.discriminatedUnion('verdict', [
  z.strictObject({ verdict: z.literal('approved') }),
  z.strictObject({
    verdict: z.literal('declined'),
    /** The shopper reads it. */
    reason: z.string().trim().min(2).max(REASON_CHARACTERS_MAX),
  }),
])
export type ReviewVerdict = z.infer<typeof reviewVerdictSchema>
