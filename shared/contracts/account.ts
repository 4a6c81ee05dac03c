import { z } from 'zod'
import { idSchema } from '../ids.js'
import { CONSENT_PURPOSES } from '../purposes.js'
import { businessDateSchema, epochMsSchema, pageQuerySchema } from './common.js'
import { ASKABLE_FIELDS } from './console-quality.js'

// The shopper's own corner of /member/v1: messages, profile, what is held of them, consents, and
// the permission to be written to once in WeChat.

export const NAME_CHARACTERS_MAX = 20
const EMAIL_CHARACTERS_MAX = 100
const CITY_CHARACTERS_MAX = 30
const ADDRESS_CHARACTERS_MAX = 100

/** `GET /member/v1/messages`, newest first; paged as everywhere. */
export const inboxQuerySchema = pageQuerySchema
export const inboxMessageSchema = z.object({
  id: idSchema('MessageId'),
  title: z.string(),
  body: z.string(),
  sentAtMs: epochMsSchema,
  isRead: z.boolean(),
})
export type InboxMessage = z.infer<typeof inboxMessageSchema>
export const inboxPageSchema = z.object({
  messages: z.array(inboxMessageSchema),
  unreadCount: z.int().min(0),
  nextCursor: z.string().nullable(),
})
export type InboxPage = z.infer<typeof inboxPageSchema>

/** `POST /member/v1/messages/read`: marks these as read; those of others are left alone. 204. */
export const inboxReadSchema = z.strictObject({
  ids: z.array(idSchema('MessageId')).min(1).max(100),
})

const genderSchema = z.enum(['female', 'male'])

/** `GET /member/v1/profile`, and the answer to a change. What was never said is null. */
export const profileSchema = z.object({
  phoneMasked: z.string(),
  name: z.string().nullable(),
  birthday: businessDateSchema.nullable(),
  gender: genderSchema.nullable().default(null),
  email: z.string().nullable().default(null),
  city: z.string().nullable().default(null),
  address: z.string().nullable().default(null),
  /** When the member changed it last; null when never. */
  updatedAtMs: epochMsSchema.nullable(),
  /** What the chain would like to know and does not, what it lacks most first. Telling it is free. */
  askFor: z.array(z.enum(ASKABLE_FIELDS)).default([]),
})
export type Profile = z.infer<typeof profileSchema>

const wordsSchema = (most: number) => z.string().trim().min(1).max(most)

/**
 * `PUT /member/v1/profile`: null takes a field back. A mini-program of before knows name and birthday
 * alone: what it leaves out stays.
 */
export const profileChangeSchema = z.strictObject({
  name: wordsSchema(NAME_CHARACTERS_MAX).nullable(),
  birthday: businessDateSchema.nullable(),
  gender: genderSchema.nullable().optional(),
  email: wordsSchema(EMAIL_CHARACTERS_MAX).nullable().optional(),
  city: wordsSchema(CITY_CHARACTERS_MAX).nullable().optional(),
  address: wordsSchema(ADDRESS_CHARACTERS_MAX).nullable().optional(),
})
export type ProfileChange = z.infer<typeof profileChangeSchema>

export const consentPurposeSchema = z.enum(CONSENT_PURPOSES)
/** never_asked and withdrawn both mean no. */
export const consentStateSchema = z.enum(['never_asked', 'granted', 'withdrawn'])
export type ConsentState = z.infer<typeof consentStateSchema>

/** `GET /member/v1/privacy`: what is held, in words, and the consents. */
export const privacySchema = z.object({
  held: z.array(
    z.object({
      /** "手机号". */
      what: z.string(),
      /** Masked, counted or described: "138****5678", "12 笔消费". */
      value: z.string(),
      /** "用来识别会员身份". */
      why: z.string(),
    }),
  ),
  consents: z.array(
    z.object({
      purpose: consentPurposeSchema,
      title: z.string(),
      text: z.string(),
      policyVersion: z.string(),
      state: consentStateSchema,
      changedAtMs: epochMsSchema.nullable(),
    }),
  ),
})
export type Privacy = z.infer<typeof privacySchema>

/** `POST /member/v1/consents`, answered by privacySchema. `policyVersion` is the one shown. */
export const consentChangeSchema = z.strictObject({
  purpose: consentPurposeSchema,
  isGranted: z.boolean(),
  policyVersion: z.string().min(1).max(32),
})
export type ConsentChange = z.infer<typeof consentChangeSchema>

/**
 * `GET /member/v1/subscriptions`: the templates to ask for in wx.requestSubscribeMessage, and how
 * often the member may still be written to with each. Empty where the chain has no templates.
 */
export const subscriptionsSchema = z.object({
  templates: z.array(
    z.object({
      templateId: z.string(),
      /** What it is for: "优惠与活动提醒". */
      title: z.string(),
      credits: z.int().min(0),
    }),
  ),
})
export type Subscriptions = z.infer<typeof subscriptionsSchema>

/**
 * `POST /member/v1/subscriptions`, answered by subscriptionsSchema: what WeChat said to one prompt.
 * An accept is worth one message. `askId` is minted per prompt: told twice, it counts once.
 */
export const subscriptionAnswerSchema = z.strictObject({
  askId: idSchema('AskId'),
  answers: z
    .array(
      z.strictObject({
        templateId: z.string().min(1).max(64),
        result: z.enum(['accept', 'reject', 'ban', 'filter']),
      }),
    )
    .min(1)
    .max(5),
})
export type SubscriptionAnswer = z.infer<typeof subscriptionAnswerSchema>
