import type {
  AudienceAsk,
  CampaignStart,
  MessageChannel,
} from '@huike/shared/contracts/console-campaigns'
import { bodyWithCoupon } from '@huike/shared/campaign-coupon'
import type { StoreId } from '@huike/shared/ids'
import { epochMs } from '@huike/shared/quantities'
import type { ChosenCoupon } from '../coupons/coupon-choice.js'
import {
  MESSAGE_BODY_MAX,
  CHANNELS,
  INACTIVE_DAYS_MAX,
  CAMPAIGN_NAME_MAX,
  MESSAGE_TITLE_MAX,
} from '../limits.js'
import { lengthOf } from './message-form.js'
import { instantOf, sendTimeProblem } from './send-time.js'
import { campaignStrings } from './strings.js'

// A campaign while somebody writes it: what was typed, what is wrong with it, and what is sent.

const INACTIVE_DAYS_DEFAULT = 90

export interface Draft {
  name: string
  /** As typed. */
  inactiveDays: string
  storeIds: readonly StoreId[]
  /** In the order they are tried. */
  channels: readonly MessageChannel[]
  /** Goes with the message. */
  coupon: ChosenCoupon | null
  title: string
  body: string
  when: 'now' | 'later'
  /** A wall clock, `YYYY-MM-DDTHH:mm`; '' until chosen. */
  sendAt: string
}

export const EMPTY_DRAFT: Draft = {
  name: '',
  inactiveDays: String(INACTIVE_DAYS_DEFAULT),
  storeIds: [],
  channels: [CHANNELS[0], CHANNELS[1]],
  coupon: null,
  title: '',
  body: '',
  when: 'now',
  sendAt: '',
}

/** What is wrong, by field, in words; an empty object when it can be sent. */
export type Problems = Partial<
  Record<'name' | 'inactiveDays' | 'channels' | 'title' | 'body' | 'sendAt', string>
>

/** Looks at every field. `clock` is the zone that `sendAt` is written in, and now. */
export function problemsOf(draft: Draft, clock: { timeZone: string; nowMs: number }): Problems {
  const { problem } = campaignStrings
  const late =
    draft.when === 'now'
      ? null
      : sendTimeProblem(instantOf(draft.sendAt, clock.timeZone), clock.nowMs)
  return {
    ...textProblem('name', draft.name, CAMPAIGN_NAME_MAX),
    ...(daysOf(draft) === null ? { inactiveDays: problem.inactiveDays(INACTIVE_DAYS_MAX) } : {}),
    ...(draft.channels.length === 0 ? { channels: problem.channels } : {}),
    ...textProblem('title', draft.title, MESSAGE_TITLE_MAX),
    ...textProblem('body', draft.body, MESSAGE_BODY_MAX),
    ...(late === null ? {} : { sendAt: problem.sendAt[late] }),
  }
}

/** What is asked to count the audience; null while the inputs make no sense. */
export function audienceAskOf(draft: Draft): AudienceAsk | null {
  const inactiveDays = daysOf(draft)
  if (inactiveDays === null || draft.channels.length === 0) return null
  return {
    audience: { inactiveDays, storeIds: [...draft.storeIds] },
    channels: [...draft.channels],
    couponTemplateId: draft.coupon?.templateId ?? null,
  }
}

/** What is sent; null while something is wrong. */
export function startOf(
  draft: Draft,
  clock: { timeZone: string; nowMs: number },
): CampaignStart | null {
  const ask = audienceAskOf(draft)
  if (ask === null || Object.keys(problemsOf(draft, clock)).length > 0) return null
  const atMs = draft.when === 'now' ? null : instantOf(draft.sendAt, clock.timeZone)
  return {
    ...ask,
    name: draft.name.trim(),
    title: draft.title.trim(),
    body: draft.body.trim(),
    sendAtMs: atMs === null ? null : epochMs(atMs),
  }
}

/** What members will read: with the coupon in words, and without where nothing was written yet. */
export function bodyOf({ coupon, body }: Pick<Draft, 'coupon' | 'body'>): string {
  const written = body.trim()
  return coupon === null ? written : bodyWithCoupon(coupon.headline, written)
}

/** Has anything been written that would be lost? */
export function isWorthKeeping(draft: Draft): boolean {
  return [draft.name, draft.title, draft.body].some((text) => text.trim() !== '')
}

/** `channel` on or off; one that comes on is tried last. */
export function withChannel(draft: Draft, channel: MessageChannel, isOn: boolean): Draft {
  const others = draft.channels.filter((one) => one !== channel)
  return { ...draft, channels: isOn ? [...others, channel] : others }
}

/** `channel` tried one place earlier. */
export function withChannelEarlier(draft: Draft, channel: MessageChannel): Draft {
  const at = draft.channels.indexOf(channel)
  if (at < 1) return draft
  const others = draft.channels.filter((one) => one !== channel)
  return { ...draft, channels: [...others.slice(0, at - 1), channel, ...others.slice(at - 1)] }
}

function textProblem(field: 'name' | 'title' | 'body', text: string, max: number): Problems {
  const length = lengthOf(text)
  const { problem } = campaignStrings
  if (length === 0) return { [field]: problem.empty[field] }
  return length > max ? { [field]: problem.long(length - max) } : {}
}

function daysOf(draft: Draft): number | null {
  const typed = draft.inactiveDays.normalize('NFKC').trim()
  const days = /^\d{1,4}$/.test(typed) ? Number(typed) : 0
  return days >= 1 && days <= INACTIVE_DAYS_MAX ? days : null
}
