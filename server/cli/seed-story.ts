import type { INestApplicationContext } from '@nestjs/common'
import type { AgentEvent } from '@huike/shared/contracts/agent'
import type { CampaignStart } from '@huike/shared/contracts/console-campaigns'
import type { PosterDraft } from '@huike/shared/contracts/coupon-posters'
import type { TemplateDraft } from '@huike/shared/contracts/console-coupons'
import { couponTermsSchema } from '@huike/shared/contracts/coupons'
import type { CouponTemplateId, RequestId, StoreId } from '@huike/shared/ids'
import { midnightMs } from '@huike/shared/local-time'
import type { Phone } from '@huike/shared/phone'
import { epochMs, fen, type EpochMs } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { CampaignRunnerService } from '../campaigns/campaign-runner.service.js'
import { CampaignsService } from '../campaigns/campaigns.service.js'
import { CouponPostersService } from '../coupons/coupon-posters.service.js'
import { PosterClaimsService } from '../coupons/poster-claims.service.js'
import { CouponTemplatesService } from '../coupons/coupon-templates.service.js'
import { CouponsService } from '../coupons/coupons.service.js'
import { SpendCouponsService } from '../flows/spend-coupons.service.js'
import { TakeEventsService } from '../flows/take-events.service.js'
import { MembersService } from '../members/members.service.js'
import { Clock, localDate } from '../platform/clock.js'
import type { Config } from '../platform/config.js'
import type { Database } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { Relay } from '../platform/relay.js'
import type { TerminalContext } from '../stores/terminals.service.js'
import { DEMO_MEMBERS } from './seed-data.js'

// What happened in the demo yesterday: a campaign wrote to those who had stopped coming and gave each
// a coupon, two of them came back with it, and everybody has coupons in several states. All of it goes
// through the flows of the chain, by a clock that stands at yesterday, when nobody's night is.

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const OPENS_AT_MS = 10 * HOUR_MS
const GOODS_FEN = 8_990
const INACTIVE_DAYS = 30
/** Given so long ago that it is over. */
const LONG_AGO_MS = 40 * DAY_MS
/** These bought something with a coupon of theirs; those after them were written to and came back. */
const USED_PHONES = ['13800138000', '13800138001', '13800138003']
const CAME_BACK_PHONES = ['13800138002', '13800138005']

const POSTER = { name: '人民路开业集市', code: 'HUIKE2026' }
const POSTER_DAYS = 30

const ACTOR = 'system:demo'
const TITLE = '好久不见'
const NO_LIMITS: TemplateDraft['limits'] = {
  ...{ state: 'open', stock: null, memberMax: null, memberDayMax: null, counterDayMax: null },
  ...{ budgetFen: null, usesMax: null, claimFromMs: null, claimUntilMs: null },
}
const EVERY_ORDER = {
  ...{ leastFen: fen(5_000), goods: null, notGoods: null, storeIds: [], channels: [] },
  ...{ levelCodes: [], isFirstPurchase: false, weekdays: [], fromTime: null, toTime: null },
}

/** Stands at yesterday, and is moved on by the story. */
export class DemoClock extends Clock {
  constructor(private atMs: number) {
    super()
  }
  /** Ten in the morning of the day before `nowMs`, by the clock of the stores. */
  static yesterday(nowMs: number): DemoClock {
    const day = localDate(nowMs - DAY_MS, CHAIN_TIME_ZONE)
    return new DemoClock(midnightMs(day, CHAIN_TIME_ZONE) + OPENS_AT_MS)
  }
  nowMs(): EpochMs {
    return epochMs(this.atMs)
  }
  advance(ms: number): void {
    this.atMs += ms
  }
}

interface Stage {
  app: INestApplicationContext
  database: Database
  config: Config
  clock: DemoClock
  terminal: TerminalContext
  staffId: string
}

/** Plays yesterday. */
export async function seedStory(stage: Stage): Promise<void> {
  const { app, clock } = stage
  const welcomeBack = await template(stage, { name: '老朋友回店券', amountFen: 1_000, days: 30 })
  const memberDay = await template(stage, { name: '会员日满减券', amountFen: 500, days: 30 })
  const soon = await template(stage, { name: '周末加赠券', amountFen: 300, days: 3 })
  const last = await template(stage, { name: '上月会员券', amountFen: 500, days: 30 })
  await template(stage, { name: '新品尝鲜券', amountFen: 600, days: 14, isClaimed: true })
  await template(stage, { name: '致歉券', amountFen: 500, days: 30, counterDayMax: 20 })
  await give(stage, last, clock.nowMs() - LONG_AGO_MS)
  await give(stage, memberDay, clock.nowMs())
  await give(stage, soon, clock.nowMs())
  await app.get(CouponsService, { strict: false }).drain()
  await poster(stage, await template(stage, { name: '开业集市券', amountFen: 800, days: 30 }))
  await campaign(stage, welcomeBack)
  clock.advance(HOUR_MS)
  for (const phone of USED_PHONES) await buy(stage, phone, memberDay)
  for (const phone of CAME_BACK_PHONES) await buy(stage, phone, welcomeBack)
  await app.get(Relay, { strict: false }).drain()
}

/**
 * So much off ¥50; the members take one for themselves where `isClaimed`, and cashiers give so many a
 * day.
 */
async function template(
  { app, database, clock, staffId }: Stage,
  of: {
    name: string
    amountFen: number
    days: number
    isClaimed?: boolean
    counterDayMax?: number
  },
): Promise<CouponTemplateId> {
  const nowMs = clock.nowMs()
  const terms = couponTermsSchema.parse({
    ...{ name: of.name, gives: { kind: 'amount', amountFen: of.amountFen }, class: 'order' },
    ...{ stacking: 'classes', perOrderMax: 1, withPoints: true, when: EVERY_ORDER },
    validity: { kind: 'days', afterDays: 0, days: of.days },
    ...{ refund: 'given_back', bearer: 'chain' },
  })
  const claim = { claimFromMs: nowMs, memberMax: 1, stock: 500 }
  const { counterDayMax = null } = of
  const limits = { ...NO_LIMITS, counterDayMax, ...(of.isClaimed === true ? claim : {}) }
  const requestId = mintId(nowMs) as RequestId
  const templates = app.get(CouponTemplatesService, { strict: false })
  const made = await database.write((tx) =>
    templates.create(tx, { requestId, terms, limits }, { staffId, nowMs }),
  )
  if (!made.ok) throw new Error(made.code)
  return made.template.id as CouponTemplateId
}

/** One for every member. */
async function give(
  { app, database }: Stage,
  templateId: CouponTemplateId,
  atMs: number,
): Promise<void> {
  const coupons = app.get(CouponsService, { strict: false })
  const members = app.get(MembersService, { strict: false })
  await database.write(async (tx) => {
    const found = await Promise.all(
      DEMO_MEMBERS.map((phone) => members.findByPhone(tx, phone as Phone)),
    )
    const gifts = found.flatMap((member) => {
      if (!member) return []
      const sourceKey = `demo|${templateId}|${member.id}`
      return [{ templateId, memberId: member.id, sourceKey, actor: ACTOR, isClaim: false }]
    })
    await coupons.give(tx, gifts, atMs)
  })
}

/** A code on a poster of the store, and the first who took its coupon. */
async function poster(stage: Stage, templateId: CouponTemplateId): Promise<void> {
  const { app, clock, database, staffId, terminal } = stage
  const nowMs = clock.nowMs()
  const requestId = mintId(nowMs) as RequestId
  const storeId = terminal.store.id as StoreId
  const draft: PosterDraft = {
    ...{ requestId, templateId, total: 300, ...POSTER, storeId, fromMs: nowMs },
    untilMs: epochMs(nowMs + POSTER_DAYS * DAY_MS),
  }
  const posters = app.get(CouponPostersService, { strict: false })
  const made = await database.write((tx) => posters.create(tx, draft, { staffId, nowMs }))
  if (!made.ok) throw new Error(made.code)
  const members = app.get(MembersService, { strict: false })
  const claims = app.get(PosterClaimsService, { strict: false })
  for (const phone of CAME_BACK_PHONES) {
    const member = await database.read((rx) => members.findByPhone(rx, phone as Phone))
    if (member) await claims.claim({ posterId: made.poster.id, memberId: member.id })
  }
}

/** Writes to those who stopped coming, with a coupon. */
async function campaign({ app, staffId }: Stage, templateId: CouponTemplateId): Promise<void> {
  const start: CampaignStart = {
    ...{ name: '老朋友回来看看', couponTemplateId: templateId, sendAtMs: null },
    audience: { inactiveDays: INACTIVE_DAYS, storeIds: [] },
    channels: ['inbox'],
    ...{ title: TITLE, body: '好久没来了，回来逛逛吧。' },
  }
  const acting = { id: staffId, storeIds: null }
  const campaigns = app.get(CampaignsService, { strict: false })
  const started = await campaigns.start(acting, start, 'demo-campaign')
  if (!started.ok) throw new Error(started.code)
  await app.get(CampaignRunnerService, { strict: false }).drain()
}

/** Somebody buys with a coupon: it is set aside at the till, and the receipt shows the discount. */
async function buy(stage: Stage, phone: string, templateId: CouponTemplateId): Promise<void> {
  const { app, database, clock, terminal } = stage
  const coupons = app.get(CouponsService, { strict: false })
  const members = app.get(MembersService, { strict: false })
  const nowMs = clock.nowMs()
  const coupon = await database.read(async (rx) => {
    const member = await members.findByPhone(rx, phone as Phone)
    const held = member ? await coupons.inHand(rx, member.id, nowMs) : []
    return held.find((one) => one.templateId === templateId)
  })
  if (!coupon) throw new Error(`${phone} has no coupon`)
  const reservationId = mintId(nowMs)
  const reserved = await app.get(SpendCouponsService, { strict: false }).reserve(terminal, {
    ...{ reservationId: reservationId as never, who: { by: 'phone', phone } },
    ...{ goodsFen: fen(GOODS_FEN), lines: null, seen: [], isWithPoints: false },
    chosen: [coupon.couponId],
  })
  if (!reserved.ok) throw new Error(reserved.code)
  const offFen = coupon.terms.gives.kind === 'amount' ? coupon.terms.gives.amountFen : 0
  const sale = saleOf({ nowMs, totalFen: GOODS_FEN - offFen, receiptNo: `Y${phone.slice(-3)}` })
  const giving = {
    ...{ type: 'receipt.assigned', eventId: mintId(nowMs), occurredAtMs: nowMs, cashier: '1001' },
    ...{ checkoutEventId: sale.eventId, who: { by: 'phone', phone } },
    couponReservationId: reservationId,
  } as AgentEvent
  const flow = app.get(TakeEventsService, { strict: false })
  for (const event of [sale, giving]) {
    const contentSha256 = stage.config.keyring.contentHash(JSON.stringify(event))
    await flow.take([{ from: terminal, event, contentSha256, receivedAtMs: nowMs }])
  }
  clock.advance(HOUR_MS)
}

function saleOf(of: { nowMs: number; totalFen: number; receiptNo: string }): AgentEvent {
  const { nowMs, totalFen, receiptNo } = of
  const line = { name: '金龙鱼花生油 5L', code: null, quantityMilli: 1_000 }
  return {
    ...{ type: 'checkout.captured', eventId: mintId(nowMs), occurredAtMs: nowMs, who: null },
    receipt: {
      ...{ kind: 'sale', receiptNo, surrogateKey: null, printedAt: null, cashier: '1001' },
      businessDate: localDate(nowMs, CHAIN_TIME_ZONE),
      lines: [{ ...line, unitPriceFen: GOODS_FEN, amountFen: GOODS_FEN }],
      ...{ totalFen, payments: [{ method: 'wechat', amountFen: totalFen }] },
      ...{ changeFen: null, originalReceiptNo: null },
    },
    source: {
      ...{ kind: 'escpos_tap', template: 'demo', confidence: 1, confirmed: false },
      capturedAtMs: nowMs,
    },
  } as AgentEvent
}
