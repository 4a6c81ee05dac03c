import type {
  MessageChannel,
  MessageReason,
  MessageSettings,
} from '@huike/shared/contracts/console-campaigns'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'

// The one gate before every channel, as a pure function of what is known now. Nobody is written to
// without a grant for the purpose, oftener than the chain allows, after having come back, or in the
// night where they live; and a channel is only chosen when it can be used for this member.

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440
/** A clock that is put forward skips at most so much of a night's end. */
const GAP_MINUTES_MAX = 180

/** Members that may not have another of a coupon. */
export type CouponReason = Extract<MessageReason, 'coupon_member_max' | 'coupon_day_max'>

/** What a message asks for. */
export interface SendAsk {
  /** Channels still to try, in order; the first that can be used is. */
  channels: readonly MessageChannel[]
  /** Not sent to somebody who bought after this; null when that does not matter. */
  unlessBoughtAfterMs: number | null
}

/** What is known of the member now. */
export interface MemberFacts {
  /** Grants of a record that was merged into another count for nothing. */
  grantsMarketing: boolean
  grantsMarketingSms: boolean
  /** The last sale known; null when there is none. */
  lastBoughtAtMs: number | null
  /** Marketing messages sent, being sent or in doubt in the last `capDays` days, on any channel. */
  messagesLately: number
  /** IANA name of the zone the member lives in. */
  timeZone: string
  hasWechat: boolean
  /** At least one subscription credit of that account is left. */
  hasCredit: boolean
  hasPhone: boolean
  /** Why they can have no more of the coupon that goes with it; null where nothing is in the way. */
  couponReason: CouponReason | null
}

/** What the chain allows, and which channels it has set up. */
export interface SendSettings extends MessageSettings {
  channelsOn: ReadonlySet<MessageChannel>
}

/**
 * send: on this channel now. hold: on this channel, but not before `untilMs`. skip: not at all;
 * `isAboutChannels` when the member may be written to and only no channel can be used.
 */
export type SendDecision =
  | { do: 'send'; channel: MessageChannel }
  | { do: 'hold'; channel: MessageChannel; untilMs: number; reason: 'quiet_hours' }
  | { do: 'skip'; reason: MessageReason; isAboutChannels: boolean }

/** In the order of precedence of the contract: the first that applies is told. */
const CHANNEL_REASONS = [
  'no_consent',
  'no_wechat',
  'no_credit',
  'no_phone',
  'channel_off',
] as const satisfies MessageReason[]
type ChannelReason = (typeof CHANNEL_REASONS)[number]

/** Decides about one message to one member. Somebody no channel reaches is skipped, never held. */
export function decideSend(
  ask: SendAsk,
  member: MemberFacts,
  settings: SendSettings,
  nowMs: number,
): SendDecision {
  if (!member.grantsMarketing) return skip('no_consent')
  if (isBack(ask, member)) return skip('already_back')
  if (member.messagesLately >= settings.capMessages) return skip('capped')
  const refused = new Set<ChannelReason>()
  for (const channel of ask.channels) {
    const reason = unusable(channel, member, settings)
    if (reason === null)
      return member.couponReason === null
        ? whenAwake(channel, member, settings, nowMs)
        : skip(member.couponReason)
    refused.add(reason)
  }
  const reason = CHANNEL_REASONS.find((one) => refused.has(one)) ?? 'channel_off'
  return { do: 'skip', reason, isAboutChannels: true }
}

/** When the quiet hours end that are on at `nowMs` in the zone; null when none are. */
export function quietUntilMs(
  settings: MessageSettings,
  timeZone: string,
  nowMs: number,
): number | null {
  const { quietToMinute } = settings
  const minute = minuteOfDay(nowMs, timeZone)
  if (!isQuiet(settings, minute)) return null
  const thisMinuteMs = nowMs - (nowMs % MINUTE_MS)
  const left = (quietToMinute - minute + DAY_MINUTES) % DAY_MINUTES
  let untilMs = thisMinuteMs + left * MINUTE_MS
  // A clock put forward or back in between moves the end by as much.
  const moved = minuteOfDay(untilMs, timeZone) - quietToMinute
  const movedBack = ((moved + DAY_MINUTES * 1.5) % DAY_MINUTES) - DAY_MINUTES / 2
  untilMs = Math.max(thisMinuteMs + MINUTE_MS, untilMs - movedBack * MINUTE_MS)
  for (let n = 0; n < GAP_MINUTES_MAX; n += 1) {
    if (!isQuiet(settings, minuteOfDay(untilMs, timeZone))) break
    untilMs += MINUTE_MS
  }
  return untilMs
}

function isBack(ask: SendAsk, member: MemberFacts): boolean {
  const { unlessBoughtAfterMs } = ask
  const { lastBoughtAtMs } = member
  return (
    unlessBoughtAfterMs !== null && lastBoughtAtMs !== null && lastBoughtAtMs > unlessBoughtAfterMs
  )
}

/** Why a channel cannot be used for a member; null when it can. */
function unusable(
  channel: MessageChannel,
  member: MemberFacts,
  settings: SendSettings,
): ChannelReason | null {
  const isOff = settings.channelsOn.has(channel) ? null : 'channel_off'
  switch (channel) {
    case 'inbox':
      return isOff
    case 'wechat':
      // Where WeChat is not set up, nothing is known of anybody's account there.
      if (isOff !== null) return isOff
      if (!member.hasWechat) return 'no_wechat'
      return member.hasCredit ? null : 'no_credit'
    case 'sms':
      if (!member.grantsMarketingSms) return 'no_consent'
      return member.hasPhone ? isOff : 'no_phone'
  }
}

/** An inbox does not ring: it takes a message at any hour. */
function whenAwake(
  channel: MessageChannel,
  member: MemberFacts,
  settings: SendSettings,
  nowMs: number,
): SendDecision {
  const untilMs = channel === 'inbox' ? null : quietUntilMs(settings, member.timeZone, nowMs)
  return untilMs === null
    ? { do: 'send', channel }
    : { do: 'hold', channel, untilMs, reason: 'quiet_hours' }
}

function skip(reason: MessageReason): SendDecision {
  return { do: 'skip', reason, isAboutChannels: false }
}

/** A window may go across midnight; one that ends where it begins is none. */
function isQuiet(settings: MessageSettings, minute: number): boolean {
  const { quietFromMinute: from, quietToMinute: to } = settings
  if (from === to) return false
  return from < to ? minute >= from && minute < to : minute >= from || minute < to
}

/** What a clock on the wall shows in the zone, in minutes since midnight. */
function minuteOfDay(atMs: number, timeZone: string): number {
  const [hours = '', minutes = ''] = clockOf(timeZone).format(atMs).split(':')
  return Number(hours) * 60 + Number(minutes)
}

const clocks = new Map<string, Intl.DateTimeFormat>()

/** A zone nobody knows must not stop everybody's messages: it is read as the chain's. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone)
  if (known) return known
  const style = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  let made: Intl.DateTimeFormat
  try {
    made = new Intl.DateTimeFormat('en-GB', { timeZone, ...style })
  } catch {
    made = new Intl.DateTimeFormat('en-GB', { timeZone: CHAIN_TIME_ZONE, ...style })
  }
  clocks.set(timeZone, made)
  return made
}
