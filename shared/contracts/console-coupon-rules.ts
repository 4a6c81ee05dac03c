import { z } from 'zod'
import { idSchema } from '../ids.js'
import { businessDateSchema, epochMsSchema, levelCodeSchema } from './common.js'
import { couponWhenSchema } from './coupons.js'

// Coupons that are given by themselves: `/console/v1/coupons/rules`.

const NAME_CHARACTERS_MAX = 20
const LEVELS_MAX = 20
export const RULE_DAYS_BEFORE_MAX = 30
export const CLAIM_HOURS_MAX = 720
export const RULE_MEMBER_MAX = 100
/** There are never more of them, on or off. */
export const COUPON_RULES_MAX = 50

/**
 * When one is given. sign_up: somebody becomes a member; people who came by a file do not.
 * first_purchase: of a person, however many records they have. level_up: a level was reached by what
 * was bought; the same one gives once a year. birthday: once a year. purchase: for each that is as
 * the rule wants it.
 */
export const couponRuleKindSchema = z.enum([
  'sign_up',
  'first_purchase',
  'level_up',
  'birthday',
  'purchase',
])
export type CouponRuleKind = z.infer<typeof couponRuleKindSchema>

const { leastFen, storeIds, channels, weekdays, fromTime, toTime } = couponWhenSchema.shape

/** Which purchases give one, how it comes to the member, and how often at most. */
export const purchaseRuleSchema = z
  .strictObject({
    /** What was paid and not returned, at least; whatever it is, something has to be. */
    ...{ leastFen, storeIds, channels, weekdays, fromTime, toTime },
    /**
     * Only once an order is fetched in a store, and then by where and when that is; absent: when it is
     * bought.
     */
    fetched: z.literal(true).optional(),
    /** The member takes it within so many hours; null: it is put into the wallet. */
    claimHours: z.int().min(1).max(CLAIM_HOURS_MAX).nullable(),
    /** For so many purchases of a member at most, by the calendar of the chain. */
    memberMax: z
      .strictObject({
        count: z.int().min(1).max(RULE_MEMBER_MAX),
        per: z.enum(['day', 'week', 'month', 'ever']),
      })
      .nullable(),
  })
  .refine(
    ({ fromTime, toTime }) => fromTime === null || toTime === null || fromTime < toTime,
    'ends before it begins',
  )
  .refine((rule) => rule.fetched === undefined || rule.channels.length === 0, {
    path: ['channels'],
    message: 'what is fetched was ordered online',
  })
export type PurchaseRule = z.infer<typeof purchaseRuleSchema>

export const couponRuleTermsSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(NAME_CHARACTERS_MAX),
    templateId: idSchema('CouponTemplateId'),
    /** Between these days of the chain, both whole; null: without an end. */
    fromDate: businessDateSchema,
    toDate: businessDateSchema.nullable(),
    /** Only members at these levels, or who reach them. Empty: whichever. */
    levelCodes: z.array(levelCodeSchema).max(LEVELS_MAX),
    /** A birthday's coupon is given so many days before it. */
    daysBefore: z.int().min(0).max(RULE_DAYS_BEFORE_MAX),
    /** Of a rule for purchases, and of no other. */
    purchase: purchaseRuleSchema.optional(),
  })
  .refine(({ fromDate, toDate }) => toDate === null || fromDate <= toDate, {
    path: ['toDate'],
    message: 'ends before it begins',
  })
export type CouponRuleTerms = z.infer<typeof couponRuleTermsSchema>

/** `POST /console/v1/coupons/rules`. What it is for never changes. */
export const couponRuleDraftSchema = z
  .strictObject({
    /** The id of the request makes it one rule, however often it is sent. */
    requestId: idSchema('RequestId'),
    kind: couponRuleKindSchema,
    isOn: z.boolean(),
    terms: couponRuleTermsSchema,
  })
  .refine(({ kind, terms }) => kind === 'birthday' || terms.daysBefore === 0, {
    path: ['terms', 'daysBefore'],
    message: 'only a birthday is known before',
  })
  .refine(({ kind, terms }) => (kind === 'purchase') === (terms.purchase !== undefined), {
    path: ['terms', 'purchase'],
    message: 'a rule for purchases says which',
  })
export type CouponRuleDraft = z.infer<typeof couponRuleDraftSchema>

/** `POST /console/v1/coupons/rules/{id}`: refused where somebody else changed it meanwhile. */
export const couponRuleChangeSchema = z.strictObject({
  isOn: z.boolean(),
  terms: couponRuleTermsSchema,
  basedOnVersion: z.int().min(1),
})
export type CouponRuleChange = z.infer<typeof couponRuleChangeSchema>

/**
 * Why somebody got none on their occasion. again: had one for the same level within a year. returned:
 * had one for a purchase that was not theirs after all, or of which too little was kept before it was
 * used. member_max: had one for as many purchases as the rule allows.
 */
export const couponRuleRefusalSchema = z.enum([
  'coupon_member_max',
  'coupon_day_max',
  'coupon_out_of_stock',
  'coupon_stopped',
  'again',
  'returned',
  'member_max',
])
export type CouponRuleRefusal = z.infer<typeof couponRuleRefusalSchema>

export const couponRuleSchema = z.object({
  id: idSchema('CouponRuleId'),
  version: z.int(),
  kind: couponRuleKindSchema,
  isOn: z.boolean(),
  terms: couponRuleTermsSchema,
  /** The coupon as it is given now. */
  couponName: z.string(),
  headline: z.string(),
  given: z.int(),
  /** Offered and not taken: still to be taken, and over by now. */
  waiting: z.int(),
  lapsed: z.int(),
  refused: z.array(z.object({ reason: couponRuleRefusalSchema, count: z.int() })),
  changedAtMs: epochMsSchema,
  changedBy: z.string(),
})
export type CouponRule = z.infer<typeof couponRuleSchema>

/** `GET /console/v1/coupons/rules`: all of them, the newest first. */
export const couponRulesSchema = z.object({ rules: z.array(couponRuleSchema) })
export type CouponRules = z.infer<typeof couponRulesSchema>
