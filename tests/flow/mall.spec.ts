import { afterEach, expect, it } from '@jest/globals'
import { exchangeAnswerSchema, exchangesPageSchema } from '@huike/shared/contracts/mall'
import {
  consoleExchangeSchema,
  consoleExchangesPageSchema,
  foundExchangesSchema,
} from '@huike/shared/contracts/console-mall'
import { pointsPageSchema } from '@huike/shared/contracts/member'
import { epochMs } from '@huike/shared/quantities'
import { signInAs } from '../rig/console-staff.js'
import { couponTerms } from '../rig/coupons.js'
import { describeEachDatabase } from '../rig/databases.js'
import { freshId } from '../rig/events.js'
import { codeOf, GOODS, MallShop } from '../rig/mall.js'
import type { TestServer } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { mallBookStories } from './mall-books.js'
import { mallTillStories } from './mall-tills.js'

// The points mall: points, stock and coupons move together or not at all, whoever asks at the same
// moment, twice or late.

const DAY_MS = 86_400_000

describeEachDatabase('the points mall', (kit) => {
  let server: TestServer
  let shop: MallShop

  shareServer(kit, async (started) => {
    server = started
    shop = await MallShop.open(server)
  })
  afterEach(() => shop.expectSumsAgree())

  it('gives goods for points once per request, to be fetched with a code', async () => {
    const item = await shop.item({}, { stock: 5, memberMax: 3 })
    const by = await shop.member(350)
    const shown = (await shop.shelf(by)).items.find(({ itemId }) => itemId === item.id)
    expect(shown).toMatchObject({
      ...{ kind: 'goods', name: '帆布袋', category: '生活', pricePoints: 100, left: 5 },
      ...{ quantityMax: 3, missingPoints: 0, why: null, limits: ['每人限兑 3 件'] },
      fetch: { days: 7, stores: [], lapse: 'back' },
    })
    const requestId = freshId()
    const first = await shop.ask(by, item, { requestId, quantity: 2 })
    const { exchange, spendablePoints } = exchangeAnswerSchema.strict().parse(first.body)
    expect(exchange).toMatchObject({ state: 'waiting', quantity: 2, points: 200 })
    expect(exchange.code).toMatch(/^\d{10}$/)
    expect(spendablePoints).toBe(150)
    expect((await shop.ask(by, item, { requestId, quantity: 2 })).body).toEqual(first.body)
    const other = await shop.ask(by, item, { requestId, quantity: 1 })
    expect(codeOf(other)).toBe('409 idempotency_conflict')
    expect(await shop.itemNow(item)).toMatchObject({ taken: 2, waiting: 2 })
    const page = exchangesPageSchema.strict().parse((await shop.get(by, '/exchanges')).body)
    expect(page.exchanges).toEqual([exchange])
    const stranger = await shop.member()
    expect((await shop.get(stranger, `/exchanges/${exchange.exchangeId}`)).status).toBe(404)
    expect((await shop.cancel(stranger, exchange)).status).toBe(404)
    expect(codeOf(await shop.cancel(by, exchange))).toBe('ok')
    const { get } = await shopper.phoneOf(server, by.phone)
    const { entries } = pointsPageSchema.parse((await get('points')).body)
    const { exchangeId } = exchange
    expect(entries).toMatchObject([
      { exchangeId, title: '兑换取消，积分退回', explanation: '取消兑换 帆布袋 × 2，积分退回' },
      { exchangeId, title: '积分商城兑换', explanation: '兑换 帆布袋 × 2', points: -200 },
      { exchangeId: null, points: 350 },
    ])
  })

  it('gives what there is and no more, whoever asks at the same moment', async () => {
    const item = await shop.item({}, { stock: 7 })
    const people = await Promise.all(Array.from({ length: 48 }, () => shop.member(150)))
    const replies = await Promise.all(people.map((by) => shop.ask(by, item)))
    const counts = new Map<string, number>()
    for (const reply of replies) counts.set(codeOf(reply), (counts.get(codeOf(reply)) ?? 0) + 1)
    expect(Object.fromEntries(counts)).toEqual({ ok: 7, '409 mall_sold_out': 41 })
    const left = await Promise.all(people.map((by) => shop.spendableOf(by)))
    expect(left.filter((points) => points === 50)).toHaveLength(7)
    expect(left.filter((points) => points === 150)).toHaveLength(41)
  })

  it('takes the last points of a member once, however often they are asked for', async () => {
    const items = await Promise.all([shop.item(), shop.item({ name: '雨伞' })])
    const by = await shop.member(100)
    const asked = Array.from({ length: 20 }, (_, at) => items[at % 2] ?? items[0])
    const replies = await Promise.all(asked.map((item) => shop.ask(by, item)))
    expect(replies.filter((reply) => codeOf(reply) === 'ok')).toHaveLength(1)
    const short = replies.filter((reply) => codeOf(reply) === '409 points_short')
    expect(short).toHaveLength(19)
    expect(short[0]?.body.detail).toBe('可用积分还差 100 分')
    expect(await shop.spendableOf(by)).toBe(0)
  })

  it('holds what one member may have, at the same moment too, and in each period', async () => {
    const twice = await shop.item({}, { memberMax: 2 })
    const by = await shop.member(2_000)
    const replies = await Promise.all(Array.from({ length: 9 }, () => shop.ask(by, twice)))
    expect(replies.filter((reply) => codeOf(reply) === 'ok')).toHaveLength(2)
    expect(replies.filter((reply) => codeOf(reply) === '409 mall_member_max')).toHaveLength(7)
    const daily = await shop.item({}, { periodMax: { period: 'day', count: 2 } })
    const many = await shop.ask(by, daily, { quantity: 3 })
    expect([codeOf(many), many.body.detail]).toEqual(['409 mall_period_max', '现在最多还能兑 2 件'])
    const exchange = await shop.exchanged(by, daily, { quantity: 2 })
    expect(codeOf(await shop.ask(by, daily))).toBe('409 mall_period_max')
    // What was cancelled does not count.
    expect(codeOf(await shop.cancel(by, exchange))).toBe('ok')
    await shop.exchanged(by, daily, { quantity: 2 })
    server.clock.advance(DAY_MS)
    await shop.exchanged(by, daily)
  })

  it('says why not, the most important reason first', async () => {
    const by = await shop.member(50)
    const nowMs = server.clock.nowMs()
    const gold = await shop.item({ levelCodes: ['gold'] })
    const cases = [
      [await shop.item({}, { state: 'draft' }), '404 not_found'],
      [await shop.item({}, { state: 'stopped' }), '409 mall_closed'],
      [await shop.item({}, { fromMs: epochMs(nowMs + DAY_MS) }), '409 mall_early'],
      [await shop.item({}, { untilMs: epochMs(nowMs + 1) }), '409 mall_over'],
      [gold, '409 mall_level'],
      [await shop.item({}, { stock: 0 }), '409 mall_sold_out'],
      [await shop.item(), '409 points_short'],
    ] as const
    server.clock.advance(1)
    for (const [item, code] of cases) expect(codeOf(await shop.ask(by, item))).toBe(code)
    const dear = await shop.item({ pricePoints: 40 })
    expect(codeOf(await shop.ask(by, dear, { pricePoints: 39 }))).toBe('409 mall_price_changed')
    expect(codeOf(await shop.ask(by, dear, { quantity: 0 }))).toBe('422 input_invalid')
    const shelf = await shop.shelf(by)
    const why = new Map(shelf.items.map(({ itemId, why: reason }) => [itemId, reason?.code]))
    const seen = cases.map(([{ id }]) => why.get(id))
    expect(seen).toEqual([
      ...[undefined, undefined, 'mall_early', undefined, 'mall_level', 'mall_sold_out'],
      'points_short',
    ])
    expect(shelf.items.find(({ itemId }) => itemId === gold.id)).toMatchObject({
      ...{ quantityMax: 0, missingPoints: 50 },
      limits: [expect.stringMatching(/^仅限.+会员$/)],
    })
  })

  it('keeps the terms an exchange was made under, and lets one change an item at a time', async () => {
    const item = await shop.item({}, { stock: 9 })
    const by = await shop.member(1_000)
    const before = await shop.exchanged(by, item)
    const requestId = freshId()
    const dearer = { terms: { name: '大帆布袋', pricePoints: 300 } }
    const changed = await shop.change(item, dearer, { requestId })
    expect(changed.body).toMatchObject({ version: 2, terms: dearer.terms })
    expect((await shop.change(item, dearer, { requestId })).body).toEqual(changed.body)
    const otherwise = await shop.change(item, { terms: { pricePoints: 1 } }, { requestId })
    expect(codeOf(otherwise)).toBe('409 idempotency_conflict')
    expect(codeOf(await shop.change(item, dearer))).toBe('409 mall_item_changed')
    expect(codeOf(await shop.ask(by, item))).toBe('409 mall_price_changed')
    expect(await shop.one(by, before)).toMatchObject({ name: '帆布袋', points: 100 })
    expect(codeOf(await shop.cancel(by, before))).toBe('ok')
    expect(await shop.spendableOf(by)).toBe(1_000)
    const coupon = await shop.coupons.template()
    const turned = await shop.change(await shop.itemNow(item), {
      terms: { gives: { kind: 'coupon', templateId: coupon.id } },
    })
    expect(codeOf(turned)).toBe('422 input_invalid')
    const twice = { requestId: freshId(), terms: shop.terms(), limits: shop.limits() }
    const made = await Promise.all(
      [1, 2, 3].map(() => shop.owner.fetch('mall/items', { json: twice })),
    )
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1)
  })

  it('gives a coupon in the same moment, within what its template allows', async () => {
    const template = await shop.coupons.template(couponTerms(), { stock: 2 })
    const gives = { kind: 'coupon' as const, templateId: template.id }
    const item = await shop.item({ name: '满减券', gives }, { stock: 5 })
    const people = await Promise.all([1, 2, 3, 4].map(() => shop.member(120)))
    const replies = await Promise.all(people.map((by) => shop.ask(by, item)))
    expect(replies.map(codeOf).sort()).toEqual([
      ...['409 coupon_out_of_stock', '409 coupon_out_of_stock', 'ok', 'ok'],
    ])
    expect(await shop.itemNow(item)).toMatchObject({ taken: 2, waiting: 0 })
    for (const [at, by] of people.entries()) {
      const isOne = codeOf(replies[at] ?? replies[0]!) === 'ok'
      expect(await shop.spendableOf(by)).toBe(isOne ? 20 : 120)
      expect(await shop.coupons.wallet(by.phone)).toHaveLength(isOne ? 1 : 0)
      if (!isOne) continue
      const { exchange } = exchangeAnswerSchema.parse(replies[at]?.body)
      expect(exchange).toMatchObject({ state: 'given', code: null, fetchUntilMs: null })
      expect(codeOf(await shop.cancel(by, exchange))).toBe('409 mall_coupon_given')
      expect(codeOf(await shop.handOver(exchange))).toBe('409 mall_coupon_given')
    }
    const two = await shop.ask(people[0] ?? people[1]!, item, { quantity: 2 })
    expect(codeOf(two)).toBe('422 input_invalid')
  })

  it('is handed over once, by whoever has the code, where it is fetched', async () => {
    const { till, other } = shop.coupons
    const here = await shop.item({ gives: { ...GOODS, storeIds: [till.enrolled.storeId] } })
    const by = await shop.member(1_000)
    const exchange = await shop.exchanged(by, here)
    expect(exchange.stores.map(({ storeId }) => storeId)).toEqual([till.enrolled.storeId])
    const cashier = await signInAs(server, 'cashier', [till.enrolled.storeId])
    const elsewhere = await signInAs(server, 'cashier', [other.enrolled.storeId])
    const manager = await signInAs(server, 'manager', [till.enrolled.storeId])
    const away = await signInAs(server, 'manager', [other.enrolled.storeId])
    const spaced = exchange.code.replace(/^(...)(...)/, '$1 $2-')
    const found = foundExchangesSchema
      .strict()
      .parse((await cashier.post('mall/exchanges/find', { text: spaced })).body)
    expect(found.exchanges).toMatchObject([{ id: exchange.exchangeId, state: 'waiting' }])
    expect(JSON.stringify(found)).not.toContain(by.phone)
    const phone = await cashier.post('mall/exchanges/find', { text: by.phone })
    expect(phone.body.exchanges).toHaveLength(1)
    expect((await away.post('mall/exchanges/find', { text: by.phone })).body.exchanges).toEqual([])
    const listed = async (who: typeof manager) =>
      consoleExchangesPageSchema
        .strict()
        .parse((await who.get('mall/exchanges?limit=100')).body)
        .exchanges.some(({ id }) => id === exchange.exchangeId)
    expect([await listed(manager), await listed(away)]).toEqual([true, false])
    expect(codeOf(await shop.handOver(exchange, other.enrolled.storeId, elsewhere))).toBe(
      '409 mall_store',
    )
    expect(codeOf(await shop.handOver(exchange, till.enrolled.storeId, elsewhere))).toBe(
      '403 forbidden',
    )
    const both = await Promise.all([
      shop.handOver(exchange, till.enrolled.storeId, cashier),
      shop.handOver(exchange, till.enrolled.storeId, manager),
    ])
    expect(both.map(codeOf).sort()).toEqual(['409 mall_fetched', 'ok'])
    expect(await shop.one(by, exchange)).toMatchObject({ state: 'fetched', code: null })
    expect(codeOf(await shop.cancel(by, exchange))).toBe('409 mall_fetched')
    const audit = (await shop.owner.get('audit?limit=50')).body.entries as { action: string }[]
    expect(audit.filter(({ action }) => action === 'mall.handed_over')).toHaveLength(1)
  })

  it('ends once where it is cancelled and handed over at the same moment', async () => {
    const item = await shop.item({}, { stock: 30 })
    const by = await shop.member(1_000)
    for (let round = 0; round < 4; round += 1) {
      const before = await shop.spendableOf(by)
      const exchange = await shop.exchanged(by, item)
      const json = { reason: '没有货了' }
      const replies = await Promise.all([
        shop.cancel(by, exchange),
        shop.handOver(exchange),
        shop.owner.fetch(`mall/exchanges/${exchange.exchangeId}/cancel`, { json }),
        shop.cancel(by, exchange),
      ])
      const { state, returnedPoints } = await shop.one(by, exchange)
      const spendable = await shop.spendableOf(by)
      expect([spendable, returnedPoints]).toEqual(
        state === 'fetched' ? [before - 100, 0] : [before, 100],
      )
      const [mine, handed, theirs, again] = replies.map(codeOf)
      expect([handed, theirs].filter((code) => code === 'ok').length).toBeLessThanOrEqual(1)
      expect(mine).toBe(again)
      expect(state === 'fetched').toBe(handed === 'ok')
    }
  })

  it('gives points back to the lots they were taken from', async () => {
    const { body } = await shop.owner.get('points/rules')
    const [latest] = (body.versions as { version: number }[]).sort((a, b) => b.version - a.version)
    const terms = {
      ...{ points: 1, perFen: 100, bonuses: [], orderPointsMax: null, dayPointsMax: null },
      ...{ pendingDays: 0, expiry: { kind: 'months', months: 1 } },
    }
    const rule = { terms, effectiveFromMs: null, basedOnVersion: latest?.version ?? 1 }
    expect(codeOf(await shop.owner.post('points/rules', { ...rule, isGenerousMeant: true }))).toBe(
      'ok',
    )
    server.clock.advance(1)
    const by = await shop.member(60)
    server.clock.advance(10 * DAY_MS)
    await shop.earn(by, 70)
    const lots = () =>
      server.database.read((rx) =>
        rx.rows('SELECT id, leftPoints FROM points_lot WHERE memberId = ? ORDER BY id', [by.id]),
      )
    const before = await lots()
    const item = await shop.item()
    const exchange = await shop.exchanged(by, item)
    expect((await lots()).map(({ leftPoints }) => leftPoints)).toEqual([0, 30])
    expect(codeOf(await shop.cancel(by, exchange))).toBe('ok')
    expect(await lots()).toEqual(before)
    // A lot that expires meanwhile does so as soon as it is back, as with a refund.
    const late = await shop.exchanged(by, await shop.item({ gives: { ...GOODS, fetchDays: 90 } }))
    server.clock.advance(80 * DAY_MS)
    expect(codeOf(await shop.cancel(by, late))).toBe('ok')
    expect(await shop.spendableOf(by)).toBe(0)
    const rules = { ...rule, basedOnVersion: (latest?.version ?? 1) + 1 }
    const forEver = { ...rules, terms: { ...terms, expiry: { kind: 'never' } } }
    expect(
      codeOf(await shop.owner.post('points/rules', { ...forEver, isGenerousMeant: true })),
    ).toBe('ok')
    server.clock.advance(1)
  })

  it('lapses where nobody fetches it, with its points or without, as it said', async () => {
    const back = await shop.item({ gives: { ...GOODS, fetchDays: 1 } }, { stock: 3 })
    const gone = await shop.item({ gives: { ...GOODS, fetchDays: 1, lapse: 'gone' } }, { stock: 3 })
    const by = await shop.member(500)
    const [one, other] = [await shop.exchanged(by, back), await shop.exchanged(by, gone)]
    const until = one.fetchUntilMs ?? 0
    server.clock.advance(until - server.clock.nowMs() - 1)
    await shop.lapse()
    expect((await shop.one(by, one)).state).toBe('waiting')
    server.clock.advance(1)
    // Nobody has looked yet: it is over all the same.
    expect(codeOf(await shop.handOver(one))).toBe('409 mall_lapsed')
    expect(codeOf(await shop.cancel(by, other))).toBe('409 mall_lapsed')
    await Promise.all([shop.lapse(), shop.lapse()])
    expect(await shop.one(by, one)).toMatchObject({ state: 'lapsed', returnedPoints: 100 })
    expect(await shop.one(by, other)).toMatchObject({ state: 'lapsed', returnedPoints: 0 })
    expect(await shop.spendableOf(by)).toBe(400)
    expect([(await shop.itemNow(back)).taken, (await shop.itemNow(gone)).taken]).toEqual([0, 0])
  })

  it('is cancelled by the shop with a reason, and says so', async () => {
    const by = await shop.member(200)
    const item = await shop.item({}, { stock: 1 })
    const exchange = await shop.exchanged(by, item)
    const path = `mall/exchanges/${exchange.exchangeId}/cancel`
    const told = await shop.owner.fetch(path, { json: { reason: `请打 ${by.phone}` } })
    expect(codeOf(told)).toBe('422 input_invalid')
    const reply = await shop.owner.fetch(path, { json: { reason: '门店缺货' } })
    expect(consoleExchangeSchema.strict().parse(reply.body)).toMatchObject({
      ...{ state: 'cancelled', returnedPoints: 100, reason: '门店缺货', endedBy: shop.owner.name },
    })
    expect(await shop.one(by, exchange)).toMatchObject({
      ...{ state: 'cancelled', cancelledBy: 'shop', reason: '门店缺货', returnedPoints: 100 },
    })
    expect(codeOf(await shop.owner.fetch(path, { json: { reason: '再来' } }))).toBe(
      '409 mall_cancelled',
    )
    expect(codeOf(await shop.cancel(by, exchange))).toBe('409 mall_cancelled')
    await shop.exchanged(await shop.member(100), item)
  })

  mallBookStories(() => shop)
  mallTillStories(() => shop)
})
