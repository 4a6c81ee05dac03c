import { z } from 'zod'
import { idSchema } from '../ids.js'
import { epochMsSchema, fenSchema, pageQuerySchema } from './common.js'

// Campaigns: who is written to, what they read, and what came of it. /console/v1/campaigns.

export const CAMPAIGN_NAME_MAX = 40
export const MESSAGE_TITLE_MAX = 20
export const MESSAGE_BODY_MAX = 200
/** A chain that means more of its stores means all of them. */
export const CAMPAIGN_STORES_MAX = 1_000
/** People who buy within this long of a sent message are counted as come back. */
export const CAME_BACK_WITHIN_DAYS = 30
/** A campaign starts at most so long after it was made. */
export const SEND_AHEAD_DAYS_MAX = 90

export const messageChannelSchema = z.enum(['inbox', 'wechat', 'sms'])
export type MessageChannel = z.infer<typeof messageChannelSchema>

/**
 * Why somebody is not written to, or not on a channel. The order is precedence: the first that
 * applies is told.
 * no_consent: none for the purpose. already_back: bought since the audience was picked.
 * capped: had as many messages lately as the chain allows. quiet_hours: held until the morning.
 * no_wechat: no mini-program account. no_credit: no subscription left to spend. no_phone.
 * channel_off: the chain has not set the channel up. coupon_member_max, coupon_day_max: has all of the
 * campaign's coupons that one may have, ever or today. coupon_out_of_stock: there are no more.
 * coupon_stopped: none are given any more, or it would be over at once. provider_refused: WeChat 43101
 * or the SMS provider said no. provider_failed: tried to the end without an answer. cancelled.
 */
export const messageReasonSchema = z.enum([
  'no_consent',
  'already_back',
  'capped',
  'quiet_hours',
  'no_wechat',
  'no_credit',
  'no_phone',
  'channel_off',
  'coupon_member_max',
  'coupon_day_max',
  'coupon_out_of_stock',
  'coupon_stopped',
  'provider_refused',
  'provider_failed',
  'cancelled',
])
export type MessageReason = z.infer<typeof messageReasonSchema>

/**
 * waiting: not yet due, or held. sending: claimed. sent: the channel took it. failed: refused or
 * given up. skipped: the gate said no. doubtful: claimed, and the server died before it knew; it is
 * not sent again.
 */
export const messageStateSchema = z.enum([
  'waiting',
  'sending',
  'sent',
  'failed',
  'skipped',
  'doubtful',
])
export type MessageState = z.infer<typeof messageStateSchema>

/** People whose last purchase is longer ago than `inactiveDays`, who bought in one of the stores. */
export const audienceSchema = z.strictObject({
  inactiveDays: z.int().min(1).max(3_650),
  /** Empty: all the stores this person may act for. */
  storeIds: z.array(idSchema('StoreId')).max(CAMPAIGN_STORES_MAX),
})
export type Audience = z.infer<typeof audienceSchema>

/** Channels in the order they are tried; the first that may be used for a member is. */
const channelsSchema = z
  .array(messageChannelSchema)
  .min(1)
  .max(3)
  .refine((list) => new Set(list).size === list.length, { message: 'a channel twice' })

/**
 * One of these coupons goes to everybody who is written to; null: none. It is the version that is given
 * when the campaign is made, whatever is published afterwards.
 */
const couponTemplateIdSchema = idSchema('CouponTemplateId').nullable().default(null)

/** `POST /console/v1/campaigns/preview`, answered by audiencePreviewSchema. */
export const audienceAskSchema = z.strictObject({
  audience: audienceSchema,
  channels: channelsSchema,
  couponTemplateId: couponTemplateIdSchema,
})
export type AudienceAsk = z.infer<typeof audienceAskSchema>

/** What giving a coupon to everybody who is written to comes to. */
export const couponForecastSchema = z.object({
  name: z.string(),
  headline: z.string(),
  /** Taken off if each of them uses it; null: the coupon itself sets no limit. */
  mostFen: fenSchema.nullable(),
  /** How many are left to give, to use, and to take off. Null: no limit. */
  stockLeft: z.int().nullable(),
  usesLeft: z.int().nullable(),
  budgetLeftFen: fenSchema.nullable(),
})
export type CouponForecast = z.infer<typeof couponForecastSchema>

export const audiencePreviewSchema = z.object({
  /** People who match the audience. */
  matchedCount: z.int(),
  /** Of those, people who would be written to now. */
  reachableCount: z.int(),
  /** By which channel; where coupons are too few, those who are left out for that are still in it. */
  byChannel: z.array(z.object({ channel: messageChannelSchema, count: z.int() })),
  /** Of those matched, who is left out and why. Sums up with `reachableCount` to `matchedCount`. */
  leftOut: z.array(z.object({ reason: messageReasonSchema, count: z.int() })),
  /** Quiet hours are on now in the zone of so many of the reachable: they get it in the morning. */
  heldCount: z.int(),
  coupon: couponForecastSchema.nullable(),
  /** Up to ten of the reachable. */
  sample: z.array(
    z.object({
      memberId: idSchema('MemberId'),
      memberNo: z.string(),
      phoneMasked: z.string(),
      nameMasked: z.string().nullable(),
      lastPurchaseAtMs: epochMsSchema,
      lastStoreName: z.string().nullable(),
      channel: messageChannelSchema,
    }),
  ),
})
export type AudiencePreview = z.infer<typeof audiencePreviewSchema>

export const campaignContentSchema = z.strictObject({
  name: z.string().trim().min(1).max(CAMPAIGN_NAME_MAX),
  audience: audienceSchema,
  channels: channelsSchema,
  title: z.string().trim().min(1).max(MESSAGE_TITLE_MAX),
  body: z.string().trim().min(1).max(MESSAGE_BODY_MAX),
  couponTemplateId: couponTemplateIdSchema,
})

/**
 * `POST /console/v1/campaigns` with header `idempotency-key` (1 to 64 characters): makes and starts
 * it in one call. `sendAtMs` null: now; else at most 90 days ahead. Answered by campaignSchema.
 */
export const campaignStartSchema = campaignContentSchema.extend({
  sendAtMs: epochMsSchema.nullable(),
})
export type CampaignStart = z.infer<typeof campaignStartSchema>

/**
 * scheduled: waits for its time. picking: its audience is being written down. sending. done: nobody
 * waits any more. cancelled: stopped by a person; what was sent stays sent.
 */
export const campaignStateSchema = z.enum(['scheduled', 'picking', 'sending', 'done', 'cancelled'])
export type CampaignState = z.infer<typeof campaignStateSchema>

/** What became of the coupons of a campaign. */
export const campaignCouponSchema = z.object({
  name: z.string(),
  headline: z.string(),
  /** Given, whatever became of them since: the sum of the next four. */
  issued: z.int(),
  redeemed: z.int(),
  /** Can still be used, or are set aside at a till. */
  open: z.int(),
  expired: z.int(),
  voided: z.int(),
  /** Taken off by those that were redeemed. */
  offFen: fenSchema,
  /** Sales they were redeemed with, and what was kept of them, at any time. */
  sales: z.object({ members: z.int(), purchases: z.int(), totalFen: fenSchema }),
  /** Of `cameBack`, the purchases without one of these coupons. */
  without: z.object({ members: z.int(), purchases: z.int(), totalFen: fenSchema }),
})
export type CampaignCoupon = z.infer<typeof campaignCouponSchema>

export const campaignSchema = campaignContentSchema.extend({
  /** As it was sent: with its coupon in words. */
  body: z.string(),
  /** Null where the campaign has none. */
  coupon: campaignCouponSchema.nullable(),
  id: idSchema('CampaignId'),
  state: campaignStateSchema,
  sendAtMs: epochMsSchema,
  launchedAtMs: epochMsSchema.nullable(),
  finishedAtMs: epochMsSchema.nullable(),
  createdAtMs: epochMsSchema,
  createdBy: z.string(),
  counts: z.object({
    picked: z.int(),
    waiting: z.int(),
    sending: z.int(),
    sent: z.int(),
    failed: z.int(),
    skipped: z.int(),
    doubtful: z.int(),
  }),
  sentByChannel: z.array(z.object({ channel: messageChannelSchema, count: z.int() })),
  /** Why some wait, failed or were skipped. */
  reasons: z.array(
    z.object({ state: messageStateSchema, reason: messageReasonSchema, count: z.int() }),
  ),
  /** Of those sent to: how many read it in the mini-program. */
  readCount: z.int(),
  /** Of those sent to: who bought within CAME_BACK_WITHIN_DAYS, and for how much. */
  cameBack: z.object({ members: z.int(), purchases: z.int(), totalFen: fenSchema }),
})
export type Campaign = z.infer<typeof campaignSchema>

/** `GET /console/v1/campaigns`, newest first: the head of each, without the results. */
export const campaignHeadSchema = campaignSchema.pick({
  id: true,
  name: true,
  state: true,
  sendAtMs: true,
  finishedAtMs: true,
  createdBy: true,
  channels: true,
  counts: true,
})
export type CampaignHead = z.infer<typeof campaignHeadSchema>
export const campaignsPageSchema = z.object({
  campaigns: z.array(campaignHeadSchema),
  nextCursor: z.string().nullable(),
})
export type CampaignsPage = z.infer<typeof campaignsPageSchema>

/** Query of `GET /console/v1/campaigns/:id/messages`. */
export const campaignMessagesQuerySchema = pageQuerySchema.extend({
  state: messageStateSchema.optional(),
})
export type CampaignMessagesQuery = z.infer<typeof campaignMessagesQuerySchema>
export const campaignMessageSchema = z.object({
  id: idSchema('MessageId'),
  memberId: idSchema('MemberId'),
  memberNo: z.string(),
  phoneMasked: z.string(),
  channel: messageChannelSchema.nullable(),
  state: messageStateSchema,
  reason: messageReasonSchema.nullable(),
  /** When it changed last; for one that waits, when it is due. */
  atMs: epochMsSchema,
  readAtMs: epochMsSchema.nullable(),
  cameBackAtMs: epochMsSchema.nullable(),
})
export type CampaignMessage = z.infer<typeof campaignMessageSchema>
export const campaignMessagesPageSchema = z.object({
  messages: z.array(campaignMessageSchema),
  nextCursor: z.string().nullable(),
})
export type CampaignMessagesPage = z.infer<typeof campaignMessagesPageSchema>

// `POST /console/v1/campaigns/:id/cancel` answers campaignSchema: who waits is not written to.

/** Minutes of the day, 0 to 1439, in the member's zone. */
const minuteSchema = z.int().min(0).max(1_439)
/**
 * `GET /console/v1/settings/messages`, for whoever sees campaigns, and `PUT` (owner): the one gate
 * before every channel.
 */
export const messageSettingsSchema = z.strictObject({
  quietFromMinute: minuteSchema,
  /** Equal to `quietFromMinute`: no quiet hours. */
  quietToMinute: minuteSchema,
  /** At most so many marketing messages to one member in `capDays` days, over all channels. */
  capMessages: z.int().min(1).max(100),
  capDays: z.int().min(1).max(365),
})
export type MessageSettings = z.infer<typeof messageSettingsSchema>
/** 21:00 to 09:00; two a week. */
export const MESSAGE_SETTINGS_DEFAULT: MessageSettings = {
  quietFromMinute: 1_260,
  quietToMinute: 540,
  capMessages: 2,
  capDays: 7,
}
