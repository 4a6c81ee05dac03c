// What the console's pages of campaigns read: campaigns in every state, one of them with something
// of everything in it, and an audience that depends on what is asked.
import {
  audienceAskSchema,
  audiencePreviewSchema,
  campaignMessagesPageSchema,
  campaignMessagesQuerySchema,
  campaignSchema,
  campaignsPageSchema,
  campaignStartSchema,
  type AudienceAsk,
  type AudiencePreview,
  type Campaign,
  type CampaignMessage,
} from '@huike/shared/contracts/console-campaigns'
import { couponsStandIn, templateId } from './console-coupons-stand-in.js'
import { NOW_MS, STORES } from './console-members-stand-in.js'
import { Refused, STORE_IDS, type Routes } from './console-stand-in.js'

const DAY_MS = 86_400_000
const PAGE_ROWS = 3
const MESSAGES = 46
const COUPONS_LEFT = 2_000

export const CAMPAIGN_IDS = {
  sending: '01JX00000000000000000000C5',
  scheduled: '01JX00000000000000000000C4',
  done: '01JX00000000000000000000C3',
  cancelled: '01JX00000000000000000000C2',
  picking: '01JX00000000000000000000C1',
  started: '01JX00000000000000000000C9',
} as const

const NOBODY = { picked: 0, waiting: 0, sending: 0, sent: 0, failed: 0, skipped: 0, doubtful: 0 }

/** A campaign as the server tells of it. */
export function campaign(changes: object): Campaign {
  return campaignSchema.parse({
    id: CAMPAIGN_IDS.done,
    name: '九月老顾客回店',
    audience: { inactiveDays: 90, storeIds: [STORE_IDS[0]] },
    channels: ['wechat', 'inbox', 'sms'],
    title: '好久不见，来喝一杯',
    body: '凭会员码到人民路店，买一杯送一杯。\n本月 30 日前有效。',
    state: 'done',
    sendAtMs: NOW_MS - 2 * DAY_MS,
    launchedAtMs: NOW_MS - 2 * DAY_MS,
    finishedAtMs: NOW_MS - 2 * DAY_MS + 600_000,
    createdAtMs: NOW_MS - 3 * DAY_MS,
    createdBy: '李店长',
    counts: NOBODY,
    sentByChannel: [],
    reasons: [],
    readCount: 0,
    cameBack: { members: 0, purchases: 0, totalFen: 0 },
    coupon: null,
    ...changes,
  })
}

const DONE = campaign({
  counts: {
    picked: 10_000,
    waiting: 0,
    sending: 0,
    sent: 8_420,
    failed: 130,
    skipped: 1_447,
    doubtful: 3,
  },
  sentByChannel: [
    { channel: 'wechat', count: 5_200 },
    { channel: 'inbox', count: 2_020 },
    { channel: 'sms', count: 1_200 },
  ],
  reasons: [
    { state: 'skipped', reason: 'no_consent', count: 900 },
    { state: 'skipped', reason: 'already_back', count: 47 },
    { state: 'skipped', reason: 'capped', count: 500 },
    { state: 'failed', reason: 'provider_refused', count: 120 },
    { state: 'failed', reason: 'provider_failed', count: 10 },
  ],
  readCount: 3_368,
  cameBack: { members: 421, purchases: 508, totalFen: 999_999_999 },
  couponTemplateId: templateId(3),
  coupon: {
    ...{ name: '满百减十', headline: '满 ¥100 减 ¥10', issued: 8_553, redeemed: 300 },
    ...{ open: 8_000, expired: 250, voided: 3, offFen: 300_000 },
    sales: { members: 298, purchases: 300, totalFen: 4_200_000 },
    without: { members: 131, purchases: 208, totalFen: 995_799_999 },
  },
})

/** Answers the campaigns' routes; what was asked and started is remembered in `state`. */
export function campaignsStandIn() {
  const state = {
    campaigns: [
      campaign({
        id: CAMPAIGN_IDS.sending,
        name: '一个名字正好有二十个字那么长的回店活动',
        state: 'sending',
        finishedAtMs: null,
        counts: { ...NOBODY, picked: 1_000, waiting: 700, sending: 20, sent: 260, skipped: 20 },
        reasons: [
          { state: 'waiting', reason: 'quiet_hours', count: 12 },
          { state: 'skipped', reason: 'no_credit', count: 20 },
        ],
        sentByChannel: [{ channel: 'wechat', count: 260 }],
      }),
      campaign({
        id: CAMPAIGN_IDS.scheduled,
        name: '国庆邀约',
        state: 'scheduled',
        sendAtMs: NOW_MS + 5 * DAY_MS,
        launchedAtMs: null,
        finishedAtMs: null,
      }),
      DONE,
      campaign({
        id: CAMPAIGN_IDS.cancelled,
        name: '写错了的活动',
        state: 'cancelled',
        counts: { ...NOBODY, picked: 80, sent: 12, skipped: 68 },
        reasons: [{ state: 'skipped', reason: 'cancelled', count: 68 }],
      }),
      campaign({
        id: CAMPAIGN_IDS.picking,
        name: '正在挑选',
        state: 'picking',
        finishedAtMs: null,
      }),
    ],
    /** By idempotency key. */
    started: new Map<string, Campaign>(),
    /** Does a sending campaign move on each time it is read? */
    isMoving: true,
    previews: [] as AudienceAsk[],
    /** Holds back the answer to a preview, to make it come late. */
    hold: (_ask: AudienceAsk): Promise<void> => Promise.resolve(),
  }
  const coupons = couponsStandIn()
  const find = (id: string | undefined) => state.campaigns.find((one) => one.id === id)
  const put = (next: Campaign) => {
    state.campaigns = state.campaigns.map((one) => (one.id === next.id ? next : one))
    return next
  }
  const routes: Routes = {
    'GET /stores': () => STORES,
    ...coupons.routes,
    'GET /settings/messages': () => ({
      quietFromMinute: 1_260,
      quietToMinute: 540,
      capMessages: 2,
      capDays: 7,
    }),
    'GET /campaigns': ({ query }) => {
      const from = Number(query.get('cursor') ?? 0)
      const end = from + PAGE_ROWS
      return campaignsPageSchema.parse({
        campaigns: state.campaigns.slice(from, end).map(headOf),
        nextCursor: end < state.campaigns.length ? String(end) : null,
      })
    },
    'POST /campaigns/preview': async ({ body }) => {
      const ask = audienceAskSchema.parse(body)
      state.previews.push(ask)
      await state.hold(ask)
      return previewOf(ask)
    },
    'POST /campaigns': ({ body, headers }) => {
      const start = campaignStartSchema.parse(body)
      const key = String(headers['idempotency-key'])
      const before = state.started.get(key)
      if (before !== undefined)
        return before.body === start.body ? before : new Refused('idempotency_conflict')
      const { sendAtMs } = start
      const made = campaign({
        ...start,
        id: CAMPAIGN_IDS.started,
        state: sendAtMs === null ? 'picking' : 'scheduled',
        sendAtMs: sendAtMs ?? NOW_MS,
        finishedAtMs: null,
      })
      state.started.set(key, made)
      state.campaigns.unshift(made)
      return made
    },
    'GET /campaigns/:id': ({ params }) => {
      const found = find(params['id'])
      if (found === undefined) return new Refused('not_found')
      if (state.isMoving) put(moved(found))
      return found
    },
    'POST /campaigns/:id/cancel': ({ params }) => {
      const found = find(params['id'])
      if (found === undefined) return new Refused('not_found')
      if (found.state === 'done') return new Refused('campaign_ended')
      const { counts } = found
      return put(
        campaign({
          ...found,
          state: 'cancelled',
          finishedAtMs: NOW_MS,
          counts: { ...counts, waiting: 0, skipped: counts.skipped + counts.waiting },
          reasons: [{ state: 'skipped', reason: 'cancelled', count: counts.waiting }],
        }),
      )
    },
    'GET /campaigns/:id/messages': ({ query }) => {
      const asked = campaignMessagesQuerySchema.parse(Object.fromEntries(query))
      const wanted = ALL.filter((one) => asked.state === undefined || one.state === asked.state)
      const from = Number(asked.cursor ?? 0)
      const end = from + asked.limit
      return campaignMessagesPageSchema.parse({
        messages: wanted.slice(from, end),
        nextCursor: end < wanted.length ? String(end) : null,
      })
    },
  }
  return { routes, state }
}

function headOf(one: Campaign): object {
  const { id, name, state, sendAtMs, finishedAtMs, createdBy, channels, counts } = one
  return { id, name, state, sendAtMs, finishedAtMs, createdBy, channels, counts }
}

/** The longer ago, the fewer; more channels reach more of them. */
function previewOf({ audience, channels, couponTemplateId }: AudienceAsk): AudiencePreview {
  const matchedCount = Math.floor(360_000 / audience.inactiveDays)
  const unreached = Math.floor(matchedCount / 4 / channels.length)
  const noConsent = Math.floor(matchedCount / 5)
  const capped = Math.floor(matchedCount / 50)
  const passing = audience.inactiveDays > 3_000 ? 0 : matchedCount - unreached - noConsent - capped
  // There are fewer coupons than people.
  const short = couponTemplateId === null ? 0 : Math.max(0, passing - COUPONS_LEFT)
  const reachableCount = passing - short
  const first = Math.ceil(passing / channels.length)
  return audiencePreviewSchema.parse({
    matchedCount,
    reachableCount,
    byChannel: channels.map((channel, index) => ({
      channel,
      count: index === 0 ? passing - first * (channels.length - 1) : first,
    })),
    leftOut: [
      { reason: 'no_consent', count: matchedCount - passing - unreached - capped },
      { reason: 'capped', count: capped },
      { reason: 'no_wechat', count: unreached },
      { reason: 'coupon_out_of_stock', count: short },
    ],
    coupon:
      couponTemplateId === null
        ? null
        : {
            ...{ name: '满百减十', headline: '满 ¥100 减 ¥10', mostFen: reachableCount * 1_000 },
            ...{ stockLeft: COUPONS_LEFT, usesLeft: null, budgetLeftFen: 1_000_000 },
          },
    heldCount: channels.includes('sms') ? 12 : 0,
    sample: Array.from({ length: Math.min(10, reachableCount) }, (_, index) => ({
      memberId: `01JX000000000000000000SA0${String(index)}`,
      memberNo: String(800_000_000_000 + index),
      phoneMasked: `138****${String(1_000 + index)}`,
      nameMasked: index === 3 ? null : '王**',
      lastPurchaseAtMs: NOW_MS - (audience.inactiveDays + index) * DAY_MS,
      lastStoreName: index === 5 ? null : '人民路店',
      channel: channels[index % channels.length],
    })),
  })
}

/** One that is sending comes nearer to its end. */
function moved(one: Campaign): Campaign {
  const { counts } = one
  if (one.state !== 'sending') return one
  const step = Math.min(360, counts.waiting)
  const next = { ...counts, waiting: counts.waiting - step, sent: counts.sent + step }
  const isOver = next.waiting === 0
  return campaign({
    ...one,
    state: isOver ? 'done' : 'sending',
    finishedAtMs: isOver ? NOW_MS : null,
    counts: isOver ? { ...next, sending: 0, sent: next.sent + next.sending } : next,
    reasons: one.reasons.filter(({ state }) => state !== 'waiting'),
  })
}

const ALL: readonly CampaignMessage[] = campaignMessagesPageSchema.parse({
  messages: Array.from({ length: MESSAGES }, (_, index) => ({
    id: `01JX0000000000000000000N${String(10 + index)}`,
    memberId: `01JX0000000000000000000M${String(10 + index)}`,
    memberNo: String(800_000_000_000 + index),
    phoneMasked: `138****${String(1_000 + index)}`,
    atMs: NOW_MS - index * 60_000,
    readAtMs: index % 8 === 0 ? NOW_MS - 1_000 : null,
    cameBackAtMs: index % 8 === 0 ? NOW_MS : null,
    ...outcome(index),
  })),
  nextCursor: null,
}).messages

function outcome(index: number): object {
  switch (index % 8) {
    case 2:
      return { channel: null, state: 'skipped', reason: 'no_consent' }
    case 4:
      return { channel: 'wechat', state: 'failed', reason: 'provider_refused' }
    case 6:
      return { channel: 'sms', state: 'doubtful', reason: null }
    case 7:
      return { channel: 'sms', state: 'waiting', reason: 'quiet_hours' }
    default:
      return { channel: 'wechat', state: 'sent', reason: null }
  }
}
