import { z } from 'zod'
import { idSchema } from '../ids.js'
import { FEN_MAX } from '../quantities.js'
import { epochMsSchema, fenSchema, pageQuerySchema } from './common.js'
import { counterReasonSchema } from './counter-gifts.js'
import { couponStateSchema, couponTermsSchema } from './coupons.js'

// Coupons in the console: `/console/v1/coupons`.

const COUNT_MAX = 100_000_000

/** How many are given and used, of a template as a whole. Null sets no limit. */
export const templateLimitsSchema = z
  .strictObject({
    /** stopped: none are given any more; those that were given stay good. */
    state: z.enum(['open', 'stopped']),
    stock: z.int().min(1).max(COUNT_MAX).nullable(),
    memberMax: z.int().min(1).max(COUNT_MAX).nullable(),
    memberDayMax: z.int().min(1).max(COUNT_MAX).nullable(),
    /** How many a store may give at its counter in a day; null: none. */
    counterDayMax: z.int().min(1).max(COUNT_MAX).nullable().default(null),
    /** How much may be taken off with them in all, and how often. */
    budgetFen: fenSchema.min(1).max(FEN_MAX).nullable(),
    usesMax: z.int().min(1).max(COUNT_MAX).nullable(),
    /** Between these, members take one for themselves; both null: they cannot. */
    claimFromMs: epochMsSchema.nullable(),
    claimUntilMs: epochMsSchema.nullable(),
  })
  .refine(
    ({ claimFromMs, claimUntilMs }) =>
      claimFromMs === null
        ? claimUntilMs === null
        : claimUntilMs === null || claimFromMs < claimUntilMs,
    { path: ['claimUntilMs'], message: 'ends before it begins' },
  )
export type TemplateLimits = z.infer<typeof templateLimitsSchema>

/** `POST /console/v1/coupons/templates`: the id of the request makes it once. */
export const templateDraftSchema = z.strictObject({
  requestId: idSchema('RequestId'),
  terms: couponTermsSchema,
  limits: templateLimitsSchema,
})
export type TemplateDraft = z.infer<typeof templateDraftSchema>

/**
 * `POST /console/v1/coupons/templates/{id}`: refused where another version was published meanwhile, or
 * other limits were set than those it was begun with.
 */
export const templateChangeSchema = z.strictObject({
  terms: couponTermsSchema,
  limits: templateLimitsSchema,
  basedOnVersion: z.int().min(1),
  basedOnLimits: templateLimitsSchema.optional(),
})
export type TemplateChange = z.infer<typeof templateChangeSchema>

export const couponTemplateSchema = z.object({
  id: idSchema('CouponTemplateId'),
  version: z.int(),
  terms: couponTermsSchema,
  limits: templateLimitsSchema,
  headline: z.string(),
  conditions: z.array(z.string()),
  /** Given; used, what is set aside for orders included; and what that took off. */
  issued: z.int(),
  uses: z.int(),
  spentFen: fenSchema,
  createdAtMs: epochMsSchema,
})
export type CouponTemplateView = z.infer<typeof couponTemplateSchema>

export const templatesQuerySchema = pageQuerySchema
export const templatesPageSchema = z.object({
  templates: z.array(couponTemplateSchema),
  nextCursor: z.string().nullable(),
})
export type TemplatesPage = z.infer<typeof templatesPageSchema>

/** `POST /console/v1/coupons/given`: one to a member, with why; the id of the request makes it once. */
export const giveCouponSchema = z.strictObject({
  requestId: idSchema('RequestId'),
  templateId: idSchema('CouponTemplateId'),
  memberId: idSchema('MemberId'),
  reason: z.string().trim().min(1).max(100),
})
export type GiveCoupon = z.infer<typeof giveCouponSchema>

/** What happened to one coupon, from its birth to now. */
export const couponStorySchema = z.object({
  couponId: idSchema('CouponId'),
  code: z.string(),
  name: z.string(),
  headline: z.string(),
  memberId: idSchema('MemberId'),
  state: couponStateSchema,
  /** Where it was taken with a code on a poster. */
  poster: z.object({ name: z.string(), code: z.string() }).nullable(),
  /** Why, where a cashier gave it at the counter. */
  counterReason: counterReasonSchema.nullable(),
  validFromMs: epochMsSchema,
  validUntilMs: epochMsSchema,
  steps: z.array(
    z.object({
      kind: z.string(),
      atMs: epochMsSchema,
      /** Who did it, in words. */
      by: z.string(),
      aboutId: z.string().nullable(),
    }),
  ),
})
export type CouponStory = z.infer<typeof couponStorySchema>

/** `GET /console/v1/coupons/templates/{id}/counter`: how many each store gave at its counter. */
export const counterCountsSchema = z.object({
  stores: z.array(
    z.object({ storeId: idSchema('StoreId'), name: z.string(), today: z.int(), ever: z.int() }),
  ),
})
export type CounterCounts = z.infer<typeof counterCountsSchema>
