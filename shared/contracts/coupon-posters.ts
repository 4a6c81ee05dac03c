import { z } from 'zod'
import { idSchema } from '../ids.js'
import {
  POSTER_CODE_CHARACTERS_MAX,
  POSTER_CODE_CHARACTERS_MIN,
  POSTER_NAME_CHARACTERS_MAX,
  POSTER_TOTAL_MAX,
} from '../poster-codes.js'
import { epochMsSchema, fenSchema, pageQuerySchema } from './common.js'

// Codes on posters: one for everybody at an event or in a store, each of whom takes one coupon with it.
// `/console/v1/coupons/posters`.

/** The id of the request makes it once. */
export const posterDraftSchema = z
  .strictObject({
    requestId: idSchema('RequestId'),
    templateId: idSchema('CouponTemplateId'),
    /** What the event is called. */
    name: z.string().trim().min(1).max(POSTER_NAME_CHARACTERS_MAX),
    /** Where it hangs; null: in no one store. */
    storeId: idSchema('StoreId').nullable(),
    code: z
      .string()
      .regex(/^[0-9A-Z]+$/)
      .min(POSTER_CODE_CHARACTERS_MIN)
      .max(POSTER_CODE_CHARACTERS_MAX),
    fromMs: epochMsSchema,
    untilMs: epochMsSchema,
    /** How many may be taken in all; null: as many as the coupon's own limits allow. */
    total: z.int().min(1).max(POSTER_TOTAL_MAX).nullable(),
  })
  .refine(({ fromMs, untilMs }) => fromMs < untilMs, {
    path: ['untilMs'],
    message: 'ends before it begins',
  })
export type PosterDraft = z.infer<typeof posterDraftSchema>

/** One of them, and what it did. */
export const couponPosterSchema = z.object({
  id: idSchema('CouponPosterId'),
  name: z.string(),
  templateId: idSchema('CouponTemplateId'),
  couponName: z.string(),
  headline: z.string(),
  storeId: idSchema('StoreId').nullable(),
  code: z.string(),
  fromMs: epochMsSchema,
  untilMs: epochMsSchema,
  total: z.int().nullable(),
  state: z.enum(['early', 'open', 'over', 'empty', 'stopped']),
  /** Taken; by whom who had become a member within the day before; used by now. */
  taken: z.int(),
  takenByNew: z.int(),
  used: z.int(),
  /** What was bought with them, in the stores the caller may see, and kept. */
  sales: z.object({ purchases: z.int(), totalFen: fenSchema }),
  createdAtMs: epochMsSchema,
  createdBy: z.string(),
  stopped: z.object({ atMs: epochMsSchema, by: z.string() }).nullable(),
})
export type CouponPosterView = z.infer<typeof couponPosterSchema>

export const postersQuerySchema = pageQuerySchema
export const postersPageSchema = z.object({
  posters: z.array(couponPosterSchema),
  nextCursor: z.string().nullable(),
})
export type PostersPage = z.infer<typeof postersPageSchema>
