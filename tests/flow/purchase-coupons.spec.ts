import { afterEach, describe, expect, it } from '@jest/globals'
import { TILL_OFFERS_MAX } from '@huike/shared/till-limits'
import {
  couponRuleSchema,
  couponRulesSchema,
  type CouponRule,
  type PurchaseRule,
} from '@huike/shared/contracts/console-coupon-rules'
import { heldCouponSchema, claimableListSchema } from '@huike/shared/contracts/coupons'
import { memberCardSchema, purchaseDetailSchema } from '@huike/shared/contracts/member'
import type { CouponOffer } from '@huike/shared/contracts/coupon-offers'
import { DAY_MS } from '@huike/shared/levels'
import { fen } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { isPeriodFull } from '../../server/coupons/purchase-periods.js'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { localDate } from '../../server/platform/clock.js'
import { CouponShop, couponTerms, offersAtTill, to } from '../rig/coupons.js'
import { describeEachDatabase } from '../rig/databases.js'
import { aKnownShopper, eraseNow } from '../rig/erasure.js'
import { assignment, checkout, freshId, refundOf, undo } from '../rig/events.js'
import { onlineOrder, openShop, type TestShop } from '../rig/open.js'
import { planFaults } from '../rig/plans.js'
import type { TestServer } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { listenAtGate, type StatementEar } from '../rig/statements.js'
import { expectProblem } from '../rig/wechat-shopper.js'

// Coupons for purchases: into the wallet, or to be taken on leaving the store. One for each purchase,
// to whom it belongs, and never without it.

const HOUR_MS = 3_600_000
interface Person {
  id: string
  phone: string
}

describeEachDatabase('coupons for purchases', (kit) => {
  let server: TestServer
  let shop: CouponShop
  let web: TestShop
  let sent: StatementEar
  const rules: CouponRule[] = []

  shareServer(kit, async (started) => {
    server = started
    sent = listenAtGate(server.database)
    shop = await CouponShop.open(server)
    web = await openShop(server)
  })
  afterEach(async () => {
    await shop.expectSumsAgree()
    for (const rule of rules.splice(0)) await change(await read(rule.id), { isOn: false })
  })

  const day = () => localDate(server.clock.nowMs(), CHAIN_TIME_ZONE)
  const rule = async (over: Partial<PurchaseRule> = {}, limits = {}, terms = couponTerms()) => {
    const { id: templateId } = await shop.template(terms, limits)
    // What is told once more of the stories before is older than the rule.
    server.clock.advance(1)
    const purchase: PurchaseRule = {
      ...{ leastFen: fen(5_000), storeIds: [], channels: [], weekdays: [] },
      ...{ fromTime: null, toTime: null, claimHours: 24, memberMax: null, ...over },
    }
    const plain = { name: '规则', fromDate: day(), toDate: null, levelCodes: [], daysBefore: 0 }
    const json = {
      ...{ requestId: freshId(), kind: 'purchase', isOn: true },
      terms: { ...plain, templateId, purchase },
    }
    const reply = await shop.owner.fetch('coupons/rules', { json })
    expect([reply.status, reply.body.code]).toEqual([200, undefined])
    const made = couponRuleSchema.strict().parse(reply.body)
    rules.push(made)
    return made
  }
  const read = async (id: string): Promise<CouponRule> => {
    const all = couponRulesSchema.strict().parse((await shop.owner.fetch('coupons/rules')).body)
    const found = all.rules.find((one) => one.id === id)
    if (!found) throw new Error('no such rule')
    return found
  }
  const change = ({ id, terms, isOn, version }: CouponRule, over: { isOn?: boolean } = {}) =>
    shop.owner.fetch(`coupons/rules/${id}`, {
      json: { isOn, terms, basedOnVersion: version, ...over },
    })
  const sale = ({ phone }: Person, totalFen = 5_000, over: object = {}) =>
    checkout(shop.till, { who: { by: 'phone', phone } as never, receipt: { totalFen }, ...over })
  const buys = async (person: Person, totalFen = 5_000, over: object = {}) => {
    const bought = sale(person, totalFen, over)
    const { status, purchaseId } = await shop.till.sendOne(bought)
    expect(status).toBe('accepted')
    await server.drain()
    return { ...bought, purchaseId: purchaseId ?? '' }
  }
  const returns = async (receiptNo: string | null, totalFen: number) => {
    await shop.till.sendOne(refundOf(shop.till, receiptNo, totalFen))
    await server.drain()
  }
  const phoneOf = ({ phone }: Person) => shopper.phoneOf(server, phone)
  const offersOf = async (person: Person): Promise<CouponOffer[]> => {
    const { get } = await phoneOf(person)
    const { offers = [] } = claimableListSchema.parse((await get('coupons/claimable')).body)
    expect(memberCardSchema.parse((await get('me')).body).couponsToClaim).toBe(offers.length)
    const told = offers.map(({ headline, claimUntilMs }) => ({ headline, claimUntilMs }))
    expect(await offersAtTill(shop, person)).toEqual(told.slice(0, TILL_OFFERS_MAX))
    return offers
  }
  const claim = async (person: Person, json: object) => {
    const { token } = await phoneOf(person)
    return server.fetch('/member/v1/coupons/offers/claims', { token, json })
  }
  const keyOf = ({ ruleId, purchaseId }: CouponOffer) => ({ ruleId, purchaseId })
  const onlyOffer = async (person: Person) => {
    const offers = await offersOf(person)
    expect(offers).toHaveLength(1)
    return keyOf(offers[0] as CouponOffer)
  }
  const held = async ({ phone }: Person) => (await shop.wallet(phone)).length
  const atPurchase = async (person: Person, purchaseId: string) => {
    const { get } = await phoneOf(person)
    return purchaseDetailSchema.parse((await get(`purchases/${purchaseId}`)).body).offers
  }
  const replay = async () => {
    await server.database.write((tx) =>
      tx.run(
        "UPDATE event_delivery SET state = 'pending', nextAtMs = 0 WHERE consumer = 'purchase-coupons'",
      ),
    )
    await server.drain()
  }
  const merging = () => server.app.get(MergeMembersService, { strict: false })

  it('wait to be taken after a purchase, are taken once, and begin the day after', async () => {
    const terms = couponTerms({ validity: { kind: 'days', afterDays: 1, days: 7 } })
    const { id } = await rule({}, {}, terms)
    const [person, other] = [await shop.member(), await shop.member()]
    const { purchaseId } = await buys(person)
    await replay()
    const offer = await onlyOffer(person)
    expect(offer).toEqual({ ruleId: id, purchaseId })
    expect(await read(id)).toMatchObject({ given: 0, waiting: 1, lapsed: 0 })
    const { get } = await phoneOf(person)
    expect((await get('messages?limit=20')).body.messages).toMatchObject([
      { title: '离店领券', body: expect.stringContaining('「满 ¥50 减 ¥10」') },
    ])
    expect(await atPurchase(person, purchaseId)).toMatchObject([{ state: 'waiting' }])
    // Not another's, not for another purchase, and not for none.
    expectProblem(await claim(other, offer), 404, 'not_found')
    expectProblem(await claim(person, { ...offer, purchaseId: freshId() }), 404, 'not_found')
    expectProblem(await claim(person, { ...offer, ruleId: freshId() }), 404, 'not_found')
    expectProblem(await claim(person, { ruleId: id }), 422, 'input_invalid')
    const taken = await Promise.all([1, 2, 3].map(() => claim(person, offer)))
    const coupons = taken.map(({ body }) => heldCouponSchema.parse(body))
    expect(new Set(coupons.map(({ couponId }) => couponId)).size).toBe(1)
    const [coupon] = coupons
    const tomorrow = localDate(server.clock.nowMs() + DAY_MS, CHAIN_TIME_ZONE)
    expect(localDate(coupon?.validFromMs ?? 0, CHAIN_TIME_ZONE)).toBe(tomorrow)
    expect([await held(person), await offersOf(person)]).toEqual([1, []])
    expect(await atPurchase(person, purchaseId)).toMatchObject([{ state: 'claimed' }])
    await replay()
    expect(await read(id)).toMatchObject({ given: 1, waiting: 0, lapsed: 0, refused: [] })
  })

  it('cannot be taken when their time is over', async () => {
    const { id } = await rule({ claimHours: 2 })
    const person = await shop.member()
    const { purchaseId } = await buys(person)
    server.clock.advance(2 * HOUR_MS)
    expectProblem(await claim(person, { ruleId: id, purchaseId }), 409, 'coupon_offer_over')
    expect([await offersOf(person), await held(person)]).toEqual([[], 0])
    expect(await atPurchase(person, purchaseId)).toMatchObject([{ state: 'over' }])
    expect(await read(id)).toMatchObject({ given: 0, waiting: 0, lapsed: 1 })
  })

  it('are given for what a rule asks: what was paid, where, when, and how late it is told', async () => {
    const here = shop.till.enrolled.storeId as never
    await rule({ claimHours: null, channels: ['pos'], storeIds: [here] })
    const person = await shop.member()
    await buys(person, 4_999)
    const nowMs = server.clock.nowMs()
    await buys(person, 5_000, { occurredAtMs: nowMs - 8 * DAY_MS })
    const order = onlineOrder(server, { phone: person.phone, totalFen: 9_900 })
    expect((await web.call('POST', 'orders', order)).status).toBe(200)
    const elsewhere = checkout(shop.other, {
      ...{ who: { by: 'phone', phone: person.phone } as never, receipt: { totalFen: 9_900 } },
    })
    await shop.other.sendOne(elsewhere)
    await shop.till.sendOne(checkout(shop.till, { receipt: { totalFen: 9_900 } }))
    await server.drain()
    expect(await held(person)).toBe(0)
    // A sale that comes twice, and a day late.
    const late = sale(person, 5_000, { occurredAtMs: nowMs - 3 * HOUR_MS })
    await Promise.all([shop.till.sendOne(late), shop.till.sendOne(late)])
    await server.drain()
    await replay()
    expect(await held(person)).toBe(1)
  })

  it('bring who bought online to the store', async () => {
    const terms = couponTerms({ when: { channels: ['pos'], leastFen: fen(0) } })
    await rule({ channels: ['online'], claimHours: null }, {}, terms)
    const person = await shop.member()
    await buys(person)
    expect(await held(person)).toBe(0)
    const order = onlineOrder(server, { phone: person.phone })
    await web.call('POST', 'orders', order)
    await web.call('POST', 'orders', order)
    await server.drain()
    expect(await held(person)).toBe(1)
    const reserved = await shop.reserved(person.id)
    expect(reserved.offFen).toBe(1_000)
    // The order comes back whole while the coupon is in use: it stays used.
    await shop.rungUp(person.id, reserved)
    const refund = { ...order, kind: 'refund', orderNo: 'WEB-R1', originalOrderNo: order.orderNo }
    expect((await web.call('POST', 'orders', refund)).status).toBe(200)
    await server.drain()
    expect(await shop.wallet(person.phone, 'redeemed')).toHaveLength(1)
  })

  it('go back with what is returned, taken or not, unless they are used', async () => {
    const { id } = await rule()
    const people = [await shop.member(), await shop.member(), await shop.member()]
    const [waits, takes, uses] = people as [Person, Person, Person]
    const sales = [await buys(waits, 8_000), await buys(takes, 8_000), await buys(uses, 8_000)]
    const offer = await onlyOffer(waits)
    for (const person of [takes, uses]) await claim(person, await onlyOffer(person))
    await shop.reserved(uses.id)
    // What is kept is enough still.
    for (const { receipt } of sales) await returns(receipt.receiptNo, 3_000)
    expect([await offersOf(waits), await held(takes)]).toMatchObject([[{ ruleId: id }], 1])
    for (const { receipt } of sales) await returns(receipt.receiptNo, 1)
    await replay()
    expect([await offersOf(waits), await held(takes)]).toEqual([[], 0])
    expect(await shop.wallet(uses.phone, 'reserved')).toHaveLength(1)
    expectProblem(await claim(waits, offer), 409, 'coupon_offer_returned')
    expect(await read(id)).toMatchObject({
      ...{ given: 1, waiting: 0, refused: [{ reason: 'returned', count: 2 }] },
    })
  })

  it('are refused to who was quicker than the relay with a refund, and taken back from who was not', async () => {
    await rule()
    const [late, early] = [await shop.member(), await shop.member()]
    const [first, second] = [await buys(late), await buys(early)]
    const offers = [await onlyOffer(late), await onlyOffer(early)]
    expect((await claim(early, offers[1] as object)).status).toBe(200)
    for (const { receipt } of [first, second])
      await shop.till.sendOne(refundOf(shop.till, receipt.receiptNo, 5_000))
    expectProblem(await claim(late, offers[0] as object), 409, 'coupon_offer_returned')
    await server.drain()
    expect([await held(late), await held(early)]).toEqual([0, 0])
  })

  it('are taken back while the rule is off, and stay to be taken', async () => {
    const made = await rule()
    const [keeps, brings] = [await shop.member(), await shop.member()]
    await buys(keeps)
    const { receipt } = await buys(brings)
    const offer = await onlyOffer(keeps)
    expect((await change(made, { isOn: false })).status).toBe(200)
    await returns(receipt.receiptNo, 5_000)
    expect(await offersOf(brings)).toEqual([])
    expect((await claim(keeps, offer)).status).toBe(200)
    await buys(keeps)
    expect(await offersOf(keeps)).toEqual([])
  })

  it('follow a receipt to whom it is given, and end with the mistake', async () => {
    await rule()
    const [wrong, right] = [await shop.member(), await shop.member()]
    const receipt = checkout(shop.till, { receipt: { totalFen: 5_000 } })
    await shop.till.sendOne(receipt)
    const giving = assignment(shop.till, receipt.eventId, to(wrong.id))
    await shop.till.sendOne(giving)
    await server.drain()
    expect((await claim(wrong, await onlyOffer(wrong))).status).toBe(200)
    await shop.till.sendOne(undo(shop.till, giving.eventId))
    await shop.till.sendOne(assignment(shop.till, receipt.eventId, to(right.id)))
    await server.drain()
    await replay()
    expect([await held(wrong), await offersOf(wrong)]).toEqual([0, []])
    expect((await claim(right, await onlyOffer(right))).status).toBe(200)
  })

  it('stop at what a member may have in a day', async () => {
    const { id } = await rule({ memberMax: { count: 2, per: 'day' }, claimHours: null })
    const person = await shop.member()
    await shop.till.send([sale(person), sale(person), sale(person)])
    await server.drain()
    await buys(person)
    expect(await held(person)).toBe(2)
    expect((await read(id)).refused).toEqual([{ reason: 'member_max', count: 2 }])
    server.clock.advance(DAY_MS)
    await buys(person)
    expect(await held(person)).toBe(3)
  })

  it('say why not where the coupons are gone, and offer none in vain', async () => {
    const { id } = await rule({}, { stock: 1 })
    const [first, second, third] = [await shop.member(), await shop.member(), await shop.member()]
    await buys(first)
    await buys(second)
    const offers = [await onlyOffer(first), await onlyOffer(second)]
    const taken = await Promise.all([
      claim(first, offers[0] as object),
      claim(second, offers[1] as object),
    ])
    expect(taken.map(({ status }) => status).sort()).toEqual([200, 409])
    await buys(third)
    expect(await offersOf(third)).toEqual([])
    expect((await read(id)).refused).toEqual([{ reason: 'coupon_out_of_stock', count: 1 }])
  })

  it('go with the person when records become one, and with the purchases when two again', async () => {
    await rule()
    const [survivor, absorbed] = [await shop.member(), await shop.member()]
    await buys(absorbed)
    const before = await onlyOffer(absorbed)
    expect(await offersOf(survivor)).toEqual([])
    const by = { by: shop.owner.id, nowMs: server.clock.nowMs() }
    const merged = await merging().merge({
      ...{ survivorId: survivor.id, absorbedId: absorbed.id, moveHistory: true },
      ...{ how: 'chosen', pairId: null, idempotency: null, ...by },
    })
    if (!merged.ok) throw new Error(merged.code)
    expect(await onlyOffer(survivor)).toEqual(before)
    // Bought since, under the number of the absorbed record.
    const since = await buys(absorbed)
    await replay()
    expect(await offersOf(survivor)).toHaveLength(2)
    expect((await claim(survivor, before)).status).toBe(200)
    const undone = await merging().undo({ mergeId: merged.merge.id, ...by })
    expect(undone.ok).toBe(true)
    await replay()
    expect(await offersOf(survivor)).toEqual([])
    expect(await onlyOffer(absorbed)).toMatchObject({ purchaseId: since.purchaseId })
    // It was taken once, and stays with the survivor.
    expectProblem(await claim(absorbed, before), 404, 'not_found')
    expect([await held(survivor), await held(absorbed)]).toEqual([1, 0])
    await returns(since.receipt.receiptNo, 5_000)
    expect(await offersOf(absorbed)).toEqual([])
  })

  it('are forgotten with somebody who is erased', async () => {
    await rule()
    const person = await aKnownShopper(server, shop.till)
    await buys({ id: person.memberId, phone: person.phone })
    await eraseNow(server, person)
    const rows = await server.database.read((rx) =>
      rx.rows('SELECT ruleId FROM coupon_rule_award WHERE memberId = ?', [person.memberId]),
    )
    expect(rows).toEqual([])
  })

  it('are of rules for purchases alone', async () => {
    const { id } = await rule()
    const now = await read(id)
    const terms = { ...now.terms, purchase: undefined }
    const json = { isOn: true, terms, basedOnVersion: now.version }
    expectProblem(await shop.owner.fetch(`coupons/rules/${id}`, { json }), 422, 'input_invalid')
    const draft = { requestId: freshId(), kind: 'birthday', isOn: true, terms: now.terms }
    expectProblem(await shop.owner.fetch('coupons/rules', { json: draft }), 422, 'input_invalid')
  })

  if (kit.kind === 'sqlite')
    it('are found by keys', async () => {
      await rule({ memberMax: { count: 9, per: 'ever' } })
      const person = await shop.member()
      sent.take()
      const { receipt } = await buys(person)
      await claim(person, await onlyOffer(person))
      await returns(receipt.receiptNo, 5_000)
      const about = sent.take().filter(({ sql }) => /coupon_rule|timeZone FROM purchase/.test(sql))
      expect(about.length).toBeGreaterThan(8)
      const faults = await Promise.all(about.map((one) => planFaults(server.database, one)))
      expect(faults.flat()).toEqual([])
    })
})

describe('how often a rule gives for purchases of one member', () => {
  const at = (text: string) => Date.parse(`${text}+08:00`)
  it.each([
    ['day', '2026-03-02T00:00:00', '2026-03-02T23:59:59', true],
    ['day', '2026-03-02T23:59:59', '2026-03-03T00:00:00', false],
    // Monday to Sunday.
    ['week', '2026-03-02T00:00:00', '2026-03-08T23:59:59', true],
    ['week', '2026-03-08T23:59:59', '2026-03-09T00:00:00', false],
    ['week', '2025-12-29T12:00:00', '2026-01-01T12:00:00', true],
    ['month', '2026-03-01T00:00:00', '2026-03-31T23:59:59', true],
    ['month', '2026-02-28T23:59:59', '2026-03-01T00:00:00', false],
    ['ever', '2020-01-01T00:00:00', '2026-03-01T00:00:00', true],
  ] as const)('counts a %s from %s to %s', (per, before, now, isFull) => {
    const given = [{ ruleId: '', memberId: '', soldAtMs: at(before) }]
    expect(isPeriodFull({ count: 1, per }, given, at(now))).toBe(isFull)
    expect(isPeriodFull({ count: 2, per }, given, at(now))).toBe(false)
    expect(isPeriodFull(null, given, at(now))).toBe(false)
  })
})
