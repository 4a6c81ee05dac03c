import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { MessageChannel, MessageSettings } from '@huike/shared/contracts/console-campaigns'
import {
  decideSend,
  quietUntilMs,
  type MemberFacts,
  type SendDecision,
  type SendSettings,
} from './send-gate.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** 2026-03-02 in Shanghai. */
const TEN_MS = Date.UTC(2026, 2, 2, 2)
const ELEVEN_AT_NIGHT_MS = Date.UTC(2026, 2, 2, 15)
const NINE_NEXT_DAY_MS = Date.UTC(2026, 2, 3, 1)
const ALL: MessageChannel[] = ['wechat', 'sms', 'inbox']
const NIGHT = { quietFromMinute: 1_260, quietToMinute: 540 }
const ZONES = [
  'Asia/Shanghai',
  'Asia/Urumqi',
  'America/New_York',
  'Europe/London',
  'Asia/Kathmandu',
]

const settings: SendSettings = {
  ...NIGHT,
  capMessages: 2,
  capDays: 7,
  channelsOn: new Set(ALL),
}
const anybody: MemberFacts = {
  grantsMarketing: true,
  grantsMarketingSms: true,
  lastBoughtAtMs: null,
  messagesLately: 0,
  timeZone: 'Asia/Shanghai',
  hasWechat: true,
  hasCredit: true,
  hasPhone: true,
  couponReason: null,
}

interface Row {
  channels?: MessageChannel[]
  member?: Partial<MemberFacts>
  on?: MessageChannel[]
  boughtAfterMs?: number
  nowMs?: number
}

function decide(row: Row): string {
  const { channels = ALL, member = {}, on = ALL, boughtAfterMs = null, nowMs = TEN_MS } = row
  const decision = decideSend(
    { channels, unlessBoughtAfterMs: boughtAfterMs },
    { ...anybody, ...member },
    { ...settings, channelsOn: new Set(on) },
    nowMs,
  )
  return told(decision)
}

function told(decision: SendDecision): string {
  switch (decision.do) {
    case 'send':
      return decision.channel
    case 'hold':
      return `hold ${decision.channel} ${String(decision.untilMs)}`
    case 'skip':
      return `skip ${decision.reason}`
  }
}

describe('the gate', () => {
  const rows: [why: string, row: Row, outcome: string][] = [
    ['takes the first channel', {}, 'wechat'],
    ['goes on where there is no WeChat account', { member: { hasWechat: false } }, 'sms'],
    ['goes on where no credit is left', { member: { hasCredit: false } }, 'sms'],
    [
      'goes on where SMS were not granted',
      { channels: ['sms', 'inbox'], member: { grantsMarketingSms: false } },
      'inbox',
    ],
    ['goes on where a channel is not set up', { on: ['inbox'] }, 'inbox'],
    ['sends nothing without a grant', { member: { grantsMarketing: false } }, 'skip no_consent'],
    [
      'takes no grant of SMS for one of marketing',
      { channels: ['sms'], member: { grantsMarketing: false, grantsMarketingSms: true } },
      'skip no_consent',
    ],
    [
      'sends nothing to who is back',
      { boughtAfterMs: 5, member: { lastBoughtAtMs: 6 } },
      'skip already_back',
    ],
    [
      'sends to who bought just then',
      { boughtAfterMs: 5, member: { lastBoughtAtMs: 5 } },
      'wechat',
    ],
    ['sends to who bought, where that is no matter', { member: { lastBoughtAtMs: 6 } }, 'wechat'],
    ['allows the last one below the cap', { member: { messagesLately: 1 } }, 'wechat'],
    ['sends nothing above the cap', { member: { messagesLately: 2 } }, 'skip capped'],
    [
      'tells the missing grant before anything else',
      {
        boughtAfterMs: 5,
        member: { grantsMarketing: false, lastBoughtAtMs: 6, messagesLately: 9 },
      },
      'skip no_consent',
    ],
    [
      'tells that somebody is back before that there were too many',
      { boughtAfterMs: 5, member: { lastBoughtAtMs: 6, messagesLately: 9 } },
      'skip already_back',
    ],
    [
      'tells of the channels the first reason in the order of all reasons',
      { channels: ['sms', 'wechat'], member: { hasPhone: false, hasWechat: false } },
      'skip no_wechat',
    ],
    ['says no_credit', { channels: ['wechat'], member: { hasCredit: false } }, 'skip no_credit'],
    ['says no_phone', { channels: ['sms'], member: { hasPhone: false } }, 'skip no_phone'],
    ['says channel_off', { channels: ['sms'], on: ['inbox'] }, 'skip channel_off'],
    [
      'says channel_off where WeChat is not set up, whatever is not known of the account',
      { channels: ['wechat'], on: ['inbox'], member: { hasWechat: false } },
      'skip channel_off',
    ],
    [
      'says no_consent when only SMS is asked for and not granted',
      { channels: ['sms'], member: { grantsMarketingSms: false } },
      'skip no_consent',
    ],
    [
      'holds in the night until the morning',
      { nowMs: ELEVEN_AT_NIGHT_MS },
      `hold wechat ${String(NINE_NEXT_DAY_MS)}`,
    ],
    ['holds no inbox', { nowMs: ELEVEN_AT_NIGHT_MS, channels: ['inbox'] }, 'inbox'],
    [
      'puts in the inbox what no other channel takes, at night',
      { nowMs: ELEVEN_AT_NIGHT_MS, member: { hasCredit: false, hasPhone: false } },
      'inbox',
    ],
    [
      'holds nobody whom no channel reaches',
      { nowMs: ELEVEN_AT_NIGHT_MS, channels: ['sms'], member: { hasPhone: false } },
      'skip no_phone',
    ],
    [
      'looks at the clock where the member lives',
      { nowMs: ELEVEN_AT_NIGHT_MS, member: { timeZone: 'Europe/London' } },
      'wechat',
    ],
    [
      'reads a zone nobody knows as that of the chain',
      { nowMs: ELEVEN_AT_NIGHT_MS, member: { timeZone: 'Mars/Olympus' } },
      `hold wechat ${String(NINE_NEXT_DAY_MS)}`,
    ],
  ]
  it.each(rows)('%s', (_why, row, outcome) => {
    expect(decide(row)).toBe(outcome)
  })

  it('never sends without a grant, above the cap, or on a channel that cannot be used', () => {
    const channels = fc.uniqueArray(fc.constantFrom(...ALL), { minLength: 1, maxLength: 3 })
    const member = fc.record({
      grantsMarketing: fc.boolean(),
      grantsMarketingSms: fc.boolean(),
      lastBoughtAtMs: fc.option(fc.integer({ min: 0, max: 10 })),
      messagesLately: fc.nat(3),
      timeZone: fc.constantFrom(...ZONES),
      hasWechat: fc.boolean(),
      hasCredit: fc.boolean(),
      hasPhone: fc.boolean(),
      couponReason: fc.option(fc.constantFrom('coupon_member_max', 'coupon_day_max')),
    })
    const on = fc.subarray(ALL).map((list) => new Set(list))
    const when = fc.integer({ min: 0, max: 4_000_000 }).map((minutes) => minutes * MINUTE_MS)
    const bound = fc.option(fc.integer({ min: 0, max: 10 }))
    fc.assert(
      fc.property(channels, member, on, when, bound, (list, facts, channelsOn, nowMs, after) => {
        const ask = { channels: list, unlessBoughtAfterMs: after }
        const decision = decideSend(ask, facts, { ...settings, channelsOn }, nowMs)
        const isBack =
          after !== null && facts.lastBoughtAtMs !== null && facts.lastBoughtAtMs > after
        const mayBeWrittenTo = facts.grantsMarketing && !isBack && facts.messagesLately < 2
        const usable = list.filter(
          (channel) =>
            channelsOn.has(channel) &&
            (channel !== 'wechat' || (facts.hasWechat && facts.hasCredit)) &&
            (channel !== 'sms' || (facts.hasPhone && facts.grantsMarketingSms)),
        )
        const hasWay = mayBeWrittenTo && usable.length > 0
        const isReached = hasWay && facts.couponReason === null
        expect(decision.do !== 'skip').toBe(isReached)
        if (decision.do !== 'skip') expect(decision.channel).toBe(usable[0])
        if (decision.do === 'hold') expect(decision.untilMs).toBeGreaterThan(nowMs)
        if (decision.do === 'skip') {
          expect(decision.isAboutChannels).toBe(mayBeWrittenTo && !hasWay)
          if (hasWay) expect(decision.reason).toBe(facts.couponReason)
        }
      }),
    )
  })
})

describe('quiet hours', () => {
  const rows: [why: string, window: [number, number], at: string, until: string | null][] = [
    ['begin on the minute', [1_260, 540], '2026-03-02T21:00+08:00', '2026-03-03T09:00+08:00'],
    ['have not begun the minute before', [1_260, 540], '2026-03-02T20:59+08:00', null],
    ['last through midnight', [1_260, 540], '2026-03-03T00:00+08:00', '2026-03-03T09:00+08:00'],
    ['end on the minute', [1_260, 540], '2026-03-03T09:00+08:00', null],
    ['may lie within a day', [720, 840], '2026-03-02T13:30+08:00', '2026-03-02T14:00+08:00'],
    ['are over after a window within a day', [720, 840], '2026-03-02T14:00+08:00', null],
    ['are none when they end where they begin', [540, 540], '2026-03-02T09:00+08:00', null],
    ['may begin at midnight', [0, 60], '2026-03-02T00:30+08:00', '2026-03-02T01:00+08:00'],
    ['may end at midnight', [1_380, 0], '2026-03-02T23:30+08:00', '2026-03-03T00:00+08:00'],
  ]
  it.each(rows)('%s', (_why, [quietFromMinute, quietToMinute], at, until) => {
    const window = { ...settings, quietFromMinute, quietToMinute }
    const ended = quietUntilMs(window, 'Asia/Shanghai', Date.parse(at))
    expect(ended).toBe(until === null ? null : Date.parse(until))
  })

  it('end at the hour on the wall in nights when the clock is moved', () => {
    const newYork = (at: string) => quietUntilMs(settings, 'America/New_York', Date.parse(at))
    expect(newYork('2026-03-07T23:00-05:00')).toBe(Date.parse('2026-03-08T09:00-04:00'))
    expect(newYork('2026-10-31T23:00-04:00')).toBe(Date.parse('2026-11-01T09:00-05:00'))
  })

  it('end within a day, at a moment that is not quiet, in every zone and window', () => {
    const minute = fc.integer({ min: 0, max: 1_439 })
    const when = fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2028, 0, 1) })
    fc.assert(
      fc.property(minute, minute, when, fc.constantFrom(...ZONES), (from, to, nowMs, zone) => {
        const window: MessageSettings = { ...settings, quietFromMinute: from, quietToMinute: to }
        const untilMs = quietUntilMs(window, zone, nowMs)
        if (untilMs === null) return
        expect(untilMs).toBeGreaterThan(nowMs)
        expect(untilMs - nowMs).toBeLessThanOrEqual(26 * HOUR_MS)
        expect(quietUntilMs(window, zone, untilMs)).toBeNull()
      }),
    )
  })
})
