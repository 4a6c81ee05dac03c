import { afterAll, expect, it } from '@jest/globals'
import { onlineOrderAnswerSchema, webhookMessageSchema } from '@huike/shared/contracts/open'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { WebhookSenderService } from '../../server/integrations/webhook-sender.service.js'
import { signInAs } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { aKnownShopper, deletionOf, eraseNow } from '../rig/erasure.js'
import { freshId, refundOf } from '../rig/events.js'
import { onlineOrder, openShop, startReceiver, type Receiver } from '../rig/open.js'
import { HERE, PickupShop, THERE } from '../rig/pickups.js'
import { planFaults } from '../rig/plans.js'
import type { Reply, TestServer } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { listenAtGate, type StatementEar } from '../rig/statements.js'
import { newWechatShopper } from '../rig/wechat-shopper.js'
import { pickupCouponStories } from './pickup-coupons.js'
import { pickupTillStories } from './pickup-tills.js'

// Orders that are placed online and fetched in a store: once, by whoever has the code, and not where
// the money went back.

const DAY_MS = 86_400_000
const GOODS = [
  { name: '礼盒', code: 'G1', quantityMilli: 2000, unitPriceFen: 2000, amountFen: 4000 },
  { name: '提袋', code: null, quantityMilli: 1000, unitPriceFen: 1000, amountFen: 1000 },
]
const codeOf = ({ status, body }: Reply): string =>
  status === 200 ? 'ok' : `${String(status)} ${String(body.code)}`

describeEachDatabase('orders that are fetched in a store', (kit) => {
  let server: TestServer
  let shop: PickupShop
  let sent: StatementEar
  let receiver: Receiver | undefined

  shareServer(kit, async (started) => {
    server = started
    sent = listenAtGate(server.database)
    shop = await PickupShop.open(server)
  })
  afterAll(() => receiver?.close())

  const rows = (sql: string) => server.database.read((rx) => rx.rows(sql))
  const count = async (table: string) => (await rows(`SELECT * FROM ${table}`)).length

  it('have one code, however often they are handed in', async () => {
    const { phone } = await shop.coupons.member()
    const readyAtMs = server.clock.nowMs() + DAY_MS
    const placed = await shop.placed(phone, { pickup: { storeCode: HERE, readyAtMs } })
    expect(placed).toMatchObject({ storeCode: HERE, state: 'preparing' })
    expect(placed.code).toMatch(/^\d{10}$/)
    const again = onlineOrderAnswerSchema.strict().parse((await shop.send(placed.order)).body)
    expect(again).toMatchObject({
      ...{ status: 'duplicate', purchaseId: placed.purchaseId },
      pickup: { storeCode: HERE, code: placed.code, state: 'preparing' },
    })
    const elsewhere = { ...placed.order, pickup: { storeCode: THERE } }
    const without = { ...placed.order, pickup: undefined }
    for (const other of [elsewhere, without])
      expect(codeOf(await shop.send(other))).toBe('409 receipt_conflict')
    const plain = onlineOrder(server, { phone })
    expect((await shop.send(plain)).body.pickup).toBeUndefined()
    const late = { ...plain, pickup: { storeCode: HERE } }
    expect(codeOf(await shop.send(late))).toBe('409 receipt_conflict')
    expect(await shop.atPurchase(phone, placed.purchaseId)).toMatchObject({
      ...{ storeName: '人民路店', state: 'preparing', code: placed.code, expectedAtMs: readyAtMs },
      lines: [{ name: '礼盒', quantityMilli: 1000, returnedMilli: 0, amountFen: 5000 }],
    })
  })

  it('are one order where twenty calls hand it in at the same moment', async () => {
    const order = shop.order()
    const replies = await Promise.all(Array.from({ length: 20 }, () => shop.send(order)))
    expect(new Set(replies.map(codeOf))).toEqual(new Set(['ok']))
    expect(new Set(replies.map(({ body }) => body.pickup.code)).size).toBe(1)
  })

  it('are refused, and nothing is written, where there is no such store, and for a refund', async () => {
    const before = [await count('purchase'), await count('order_pickup'), await count('event_log')]
    const nowhere = shop.order({ pickup: { storeCode: 'S99' } })
    const reply = await shop.send(nowhere)
    expect([codeOf(reply), reply.body.title]).toEqual([
      '422 pickup_store_unknown',
      '没有这个编号的自提门店',
    ])
    const refund = shop.order({ kind: 'refund', originalOrderNo: 'WEB-1' })
    expect(codeOf(await shop.send(refund))).toBe('422 input_invalid')
    expect(codeOf(await shop.send(shop.order({ pickup: { storeCode: '' } })))).toBe(
      '422 input_invalid',
    )
    const after = [await count('purchase'), await count('order_pickup'), await count('event_log')]
    expect(after).toEqual(before)
  })

  it('are made ready, told to their owner, and handed over once', async () => {
    const { id, phone } = await shop.coupons.member()
    const placed = await shop.placed(phone, { lines: GOODS })
    expect(await shop.waiting(phone)).toMatchObject([{ state: 'preparing', code: placed.code }])
    expect(codeOf(await shop.ready(placed))).toBe('ok')
    // Twice is once.
    expect(codeOf(await shop.ready(placed))).toBe('ok')
    await server.drain()
    const { get } = await shopper.phoneOf(server, phone)
    expect((await get('messages?limit=20')).body.messages).toMatchObject([
      {
        title: '可以自提了',
        body: '您的订单已在人民路店备好。到店出示“消费记录”里的取货码即可取走。',
      },
    ])
    expect(await shop.waiting(phone)).toMatchObject([{ state: 'ready', code: placed.code }])
    expect(await shop.listed('ready')).toContain(placed.purchaseId)
    expect(await shop.byCode(placed)).toMatchObject({
      ...{ state: 'ready', memberId: id, channelName: '有赞商城', readyBy: shop.here.name },
      ...{ phoneMasked: `${phone.slice(0, 3)}****${phone.slice(-4)}`, refunds: 0 },
      lines: [
        { name: '礼盒', quantityMilli: 2000 },
        { name: '提袋', quantityMilli: 1000 },
      ],
    })
    const handed = await shop.handOver(placed)
    expect(handed.body).toMatchObject({ state: 'fetched', endedBy: shop.here.name })
    const again = await shop.handOver(placed)
    expect(codeOf(again)).toBe('409 pickup_fetched')
    expect(again.body.detail).toMatch(
      new RegExp(`^\\d\\d-\\d\\d \\d\\d:\\d\\d 已由${shop.here.name}交付（人民路店）$`),
    )
    expect(codeOf(await shop.ready(placed))).toBe('409 pickup_fetched')
    expect(await shop.waiting(phone)).toEqual([])
    const shown = await shop.atPurchase(phone, placed.purchaseId)
    expect(shown).toMatchObject({ state: 'fetched', code: null })
    expect(await shop.listed('fetched')).toContain(placed.purchaseId)
    const written = await rows(
      `SELECT action FROM staff_audit WHERE subjectId = '${placed.purchaseId}' ORDER BY seq`,
    )
    expect(written).toEqual([{ action: 'pickup.ready' }, { action: 'pickup.handed_over' }])
  })

  it('go to one of many who hand them over at the same moment', async () => {
    const placed = await shop.placed()
    const colleague = await signInAs(server, 'owner')
    await colleague.token()
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        shop.handOver(placed, 0, at % 2 === 0 ? shop.here : colleague),
      ),
    )
    expect(replies.filter((reply) => codeOf(reply) === 'ok')).toHaveLength(1)
    expect(replies.filter((reply) => codeOf(reply) === '409 pickup_fetched')).toHaveLength(11)
    expect(await count('event_log')).toBeGreaterThan(0)
    const told = await rows(
      `SELECT id FROM event_log WHERE type = 'order.fetched' AND aggregateId = '${placed.purchaseId}'`,
    )
    expect(told).toHaveLength(1)
  })

  it('are handed over where they are fetched, and nowhere else', async () => {
    const { phone } = await shop.coupons.member()
    const placed = await shop.placed(phone)
    // Found by its code in every store: the words say where it is fetched.
    const [found] = await shop.find(placed.code, shop.there)
    expect(found).toMatchObject({ purchaseId: placed.purchaseId, storeName: '人民路店' })
    for (const refused of [
      await shop.handOver(placed, 0, shop.there),
      await shop.ready(placed, shop.there),
    ])
      expect([codeOf(refused), refused.body.detail]).toEqual([
        '409 pickup_store',
        '请到 人民路店 取货',
      ])
    expect(await shop.listed('preparing', shop.there)).not.toContain(placed.purchaseId)
    const beyond = `&storeId=${shop.coupons.till.enrolled.storeId}`
    expect(await shop.listed('preparing', shop.there, beyond)).toEqual([])
    expect(await shop.listed('preparing', shop.here, beyond)).toContain(placed.purchaseId)
    // By the phone only what waits in their own stores.
    expect(await shop.find(phone, shop.there)).toEqual([])
    expect(await shop.find(phone)).toMatchObject([{ purchaseId: placed.purchaseId }])
    expect(await shop.find('0'.repeat(10))).toEqual([])
    expect(codeOf(await shop.handOver({ purchaseId: freshId() }))).toBe('404 not_found')
    const auditor = await signInAs(server, 'auditor')
    expect(codeOf(await shop.handOver(placed, 0, auditor))).toBe('403 forbidden')
  })

  it('end where everything is paid back before, whatever comes first, and twice', async () => {
    const { phone } = await shop.coupons.member()
    const placed = await shop.placed(phone)
    const refund = await shop.refunded(placed, 5000)
    await shop.send(refund)
    await server.drain()
    expect(codeOf(await shop.handOver(placed, 1))).toBe('409 pickup_cancelled')
    expect(codeOf(await shop.ready(placed))).toBe('409 pickup_cancelled')
    expect(await shop.byCode(placed)).toMatchObject({ state: 'cancelled', endedBy: '全部退款' })
    expect(await shop.waiting(phone)).toEqual([])
    expect(await shop.atPurchase(phone, placed.purchaseId)).toMatchObject({ state: 'cancelled' })
    // The refund is told before the order.
    const order = shop.order({ phone })
    await shop.refunded({ order }, 5000)
    const { pickup, purchaseId } = (await shop.send(order)).body
    await server.drain()
    expect(await shop.byCode(pickup)).toMatchObject({ purchaseId, state: 'cancelled' })
    // Of what cost nothing, the goods come back.
    const free = await shop.placed(phone, { totalFen: 0, payments: [], lines: GOODS })
    await shop.refunded(free, 0, { payments: [], lines: GOODS.slice(1) })
    expect(await shop.byCode(free)).toMatchObject({ state: 'preparing', refunds: 1 })
    await shop.refunded(free, 0, { payments: [], lines: GOODS.slice(0, 1) })
    expect(await shop.byCode(free)).toMatchObject({ state: 'cancelled', refunds: 2 })
  })

  it('wait where a part is paid back, and show what is left of them', async () => {
    const { phone } = await shop.coupons.member()
    const placed = await shop.placed(phone, { lines: GOODS })
    const back = [{ ...GOODS[0], name: '礼盒（退）', quantityMilli: 1000, amountFen: 2000 }]
    await shop.refunded(placed, 2000, { lines: back })
    // Looked at before the refund, what is handed over is not what is left.
    expect(codeOf(await shop.handOver(placed, 0))).toBe('409 pickup_changed')
    const lines = [
      { name: '礼盒', quantityMilli: 2000, returnedMilli: 1000 },
      { name: '提袋', quantityMilli: 1000, returnedMilli: 0 },
    ]
    expect(await shop.byCode(placed)).toMatchObject({ refunds: 1, refundedFen: 2000, lines })
    expect(await shop.waiting(phone)).toMatchObject([{ lines, refundedFen: 2000 }])
    expect(codeOf(await shop.handOver(placed, 1))).toBe('ok')
    await shop.refunded(placed, 3000)
    // What was fetched stays fetched.
    expect(await shop.byCode(placed)).toMatchObject({ state: 'fetched', refunds: 2 })
  })

  it('end by a refund at the till of the shop, too', async () => {
    const own = await shop.placed(null, { pickup: { storeCode: HERE } })
    const till = shop.coupons.till
    // The shop's own store has a till: it takes back what was ordered online.
    const keyed = await openShop(server, { code: HERE, name: '人民路店' })
    const order = onlineOrder(server, { pickup: { storeCode: HERE } })
    const placed = (await keyed.call('POST', 'orders', order)).body
    await till.sendOne(refundOf(till, order.orderNo, 5000))
    await server.drain()
    expect(await shop.byCode(placed.pickup)).toMatchObject({ state: 'cancelled' })
    expect(await shop.byCode(own)).toMatchObject({ state: 'preparing' })
  })

  it('are either handed over or paid back first, where both happen at the same moment', async () => {
    for (let round = 0; round < 12; round += 1) {
      const placed = await shop.placed()
      const refund = onlineOrder(server, {
        ...{ kind: 'refund', originalOrderNo: placed.order.orderNo, lines: [] },
      })
      const both = [() => shop.handOver(placed), () => shop.send(refund)]
      if (round % 2 === 0) both.reverse()
      const replies = await Promise.all(both.map((one) => one()))
      const handed = codeOf(replies[round % 2 === 0 ? 1 : 0] as Reply)
      expect(codeOf(replies[round % 2 === 0 ? 0 : 1] as Reply)).toBe('ok')
      await server.drain()
      const { state, refunds } = await shop.byCode(placed)
      expect([state, refunds]).toEqual([handed === 'ok' ? 'fetched' : 'cancelled', 1])
      if (handed !== 'ok') expect(handed).toBe('409 pickup_cancelled')
    }
  })

  it('are of whoever owns the purchase: found later, merged, and taken apart again', async () => {
    const stray = await shop.placed('13700990001')
    expect(await shop.byCode(stray)).toMatchObject({ memberId: null, phoneMasked: null })
    const [kept, gone] = [await shop.coupons.member(), await shop.coupons.member()]
    const order = { ...stray.order, phone: null }
    const claimed = await shop.send({ ...order, phone: gone.phone })
    expect(claimed.body).toMatchObject({ status: 'duplicate', pickup: { code: stray.code } })
    expect(await shop.waiting(gone.phone)).toMatchObject([{ code: stray.code }])
    expect(await shop.waiting(kept.phone)).toEqual([])
    const by = { by: shop.coupons.owner.id, nowMs: server.clock.nowMs() }
    const merging = server.app.get(MergeMembersService, { strict: false })
    const merged = await merging.merge({
      ...{ survivorId: kept.id, absorbedId: gone.id, moveHistory: true },
      ...{ how: 'chosen', pairId: null, idempotency: null, ...by },
    })
    if (!merged.ok) throw new Error(merged.code)
    expect(await shop.waiting(kept.phone)).toMatchObject([{ code: stray.code }])
    expect(await shop.byCode(stray)).toMatchObject({ memberId: kept.id })
    expect((await merging.undo({ mergeId: merged.merge.id, ...by })).ok).toBe(true)
    expect(await shop.waiting(kept.phone)).toEqual([])
    expect(await shop.waiting(gone.phone)).toMatchObject([{ code: stray.code }])
  })

  it('wait for whoever proves by signing in that the number is theirs', async () => {
    const order = shop.order({ phone: '13700990002' })
    const { code, pickup } = (await shop.send(order)).body
    expect(code).toBe('member_not_found')
    const person = await newWechatShopper(server, '13700990002')
    expect((await person.get('pickups')).body.pickups).toMatchObject([{ code: pickup.code }])
  })

  it('are in the copy of what is held, and outlive a membership that is deleted', async () => {
    const person = await aKnownShopper(server, shop.coupons.till)
    const placed = await shop.placed(person.phone)
    const { jsonPath } = (await person.send('copies', {})).body
    const copy = await server.fetch(String(jsonPath))
    const held = copy.body.purchases.find(({ id }: { id: string }) => id === placed.purchaseId)
    expect(held.pickup).toMatchObject([{ storeName: '人民路店', state: 'preparing' }])
    expect(JSON.stringify(held)).toContain(placed.code)
    expect(await deletionOf(person)).toMatchObject({ waitingOrders: 1 })
    await eraseNow(server, person)
    // It is paid for: whoever has the code fetches it, and nothing says any more who that was.
    const left = await shop.byCode(placed)
    expect(left).toMatchObject({ state: 'preparing', nameMasked: null, phoneMasked: null })
    expect(codeOf(await shop.handOver(placed))).toBe('ok')
  })

  it('tell the shop that they are ready and were fetched, once each', async () => {
    receiver = await startReceiver()
    const eventTypes = ['order.ready', 'order.fetched']
    const made = await shop.web.call('POST', 'webhooks', { url: receiver.url, eventTypes })
    expect(made.status).toBe(200)
    const { id, phone } = await shop.coupons.member()
    const placed = await shop.placed(phone)
    await shop.ready(placed)
    await shop.ready(placed)
    await shop.handOver(placed)
    await shop.handOver(placed)
    await server.drain()
    await server.app.get(WebhookSenderService, { strict: false }).drain()
    const told = receiver.received.map(({ body }) => webhookMessageSchema.parse(JSON.parse(body)))
    const data = {
      ...{ purchaseId: placed.purchaseId, orderNo: placed.order.orderNo, memberId: id },
      ...{ storeId: shop.web.storeId, pickupStoreCode: HERE },
    }
    expect(told).toMatchObject([
      { type: 'order.ready', data },
      { type: 'order.fetched', data },
    ])
  })

  pickupCouponStories(() => shop)

  it('are read by keys alone', async () => {
    const { id: memberId, phone } = await shop.coupons.member()
    const placed = await shop.placed(phone)
    const columns = ['purchaseId', 'storeId', 'code', 'state', 'orderedAtMs']
    const many = Array.from({ length: 3_000 }, (_, at) => [
      ...[`01P${String(at).padStart(23, '0')}`, shop.coupons.till.enrolled.storeId],
      ...[String(at).padStart(10, 'x'), at % 100 === 0 ? 'preparing' : 'fetched', at],
    ])
    await server.database.write((tx) => tx.insert('order_pickup', columns, many))
    sent.take()
    await shop.waiting(phone)
    await shop.atPurchase(phone, placed.purchaseId)
    await shop.byCode(placed)
    await shop.listed('preparing')
    await shop.listed('preparing', shop.coupons.owner)
    const { till } = shop.coupons
    // MariaDB reads a table from end to end where there is nothing in it.
    const about = kit.kind === 'sqlite' ? /order_pickup|mall_exchange/ : /order_pickup/
    for (const path of ['lookup', 'pickups/find']) {
      const json = { by: 'member', memberId }
      const reply = await server.fetch(`/agent/v1/${path}`, { token: await till.token(), json })
      expect(reply.status).toBe(200)
    }
    const asked = sent.take().filter(({ sql }) => about.test(sql))
    expect(asked.length).toBeGreaterThan(6)
    for (const one of asked) expect(await planFaults(server.database, one)).toEqual([])
  })

  pickupTillStories(() => shop)
})
