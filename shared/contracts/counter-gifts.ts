import { z } from 'zod'
import { COUNTER_REASONS } from '../counter-reasons.js'
import { idSchema } from '../ids.js'
import { AGENT_PROTOCOL, whoSchema } from './agent.js'
import { couponStateSchema } from './coupons.js'
import { epochMsSchema } from './common.js'

// Coupons a cashier gives at the counter: a kind of coupon says how many a store may give in a day,
// and every one has a reason.

/** See shared/counter-reasons.ts. */
export const counterReasonSchema = z.enum(COUNTER_REASONS)

/** A kind of coupon this store may give now. */
export const counterCouponSchema = z.object({
  templateId: idSchema('CouponTemplateId'),
  name: z.string(),
  headline: z.string(),
  conditions: z.array(z.string()),
  /** How many more the store may give today, what is left of the stock among it. */
  leftToday: z.int(),
})
export type CounterCoupon = z.infer<typeof counterCouponSchema>

const answerHead = {
  protocol: z.literal(AGENT_PROTOCOL),
  serverTimeMs: epochMsSchema,
}

/** `POST /agent/v1/coupons/counter`: what this store may give. */
export const counterListAnswerSchema = z.object({
  ...answerHead,
  coupons: z.array(counterCouponSchema),
})
export type CounterListAnswer = z.infer<typeof counterListAnswerSchema>

/** `POST /agent/v1/coupons/counter/give`: one to a member; the id of the request makes it once. */
export const counterGiftSchema = z.strictObject({
  requestId: idSchema('RequestId'),
  templateId: idSchema('CouponTemplateId'),
  who: whoSchema,
  reason: counterReasonSchema,
})
export type CounterGiftRequest = z.infer<typeof counterGiftSchema>
export const counterGiftAnswerSchema = z.object({
  ...answerHead,
  gift: z.object({
    name: z.string(),
    headline: z.string(),
    state: couponStateSchema,
    validFromMs: epochMsSchema,
    validUntilMs: epochMsSchema,
  }),
})
export type CounterGiftAnswer = z.infer<typeof counterGiftAnswerSchema>

// `POST /cashier/v1/coupons/counter` asks the agent for the list, and `POST /cashier/v1/coupons/give`
// gives one of it. All of it needs the network: `counter_offline` where it was not asked, and
// `counter_unanswered` where nobody knows: the same once more gives no second one.
export const cashierGiftSchema = counterGiftSchema.omit({ requestId: true, who: true }).extend({
  memberId: idSchema('MemberId'),
})
export type CashierGift = z.infer<typeof cashierGiftSchema>
export const cashierCounterSchema = counterListAnswerSchema.pick({ coupons: true })
export type CashierCounter = z.infer<typeof cashierCounterSchema>
export const cashierGivenSchema = counterGiftAnswerSchema.pick({ gift: true })
export type CashierGiven = z.infer<typeof cashierGivenSchema>
