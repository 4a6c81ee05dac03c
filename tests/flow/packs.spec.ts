import { afterEach, expect, it } from '@jest/globals'
import { packShelfSchema } from '@huike/shared/contracts/packs'
import { fen } from '@huike/shared/quantities'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { couponTerms, NO_LIMITS } from '../rig/coupons.js'
import { describeEachDatabase } from '../rig/databases.js'
import { eraseNow } from '../rig/erasure.js'
import { freshId } from '../rig/events.js'
import { again } from '../rig/manager.js'
import { PackShop } from '../rig/packs.js'
import { planFaults } from '../rig/plans.js'
import type { TestServer } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { listenAtGate, type StatementEar } from '../rig/statements.js'
import { packRefundStories, packStaffStories } from './pack-refunds.js'

// Coupon packs sold by WeChat Pay: whatever WeChat Pay tells, forgets, repeats or makes up, who paid
// gets the coupons once, who did not gets none, and money that goes back takes its coupons along.

const DAY_MS = 86_400_000
const HALF_HOUR_MS = 30 * 60_000
const MINUTE_MS = 60_000
/** The shares of ¥10.01 among 10, 10, 10 and 20. */
const SHARES = [200, 200, 200, 401]

describeEachDatabase('coupon packs', (kit) => {
  let server: TestServer
  let shop: PackShop
  let sent: StatementEar

  shareServer(kit, async (started) => {
    server = started
    sent = listenAtGate(server.database)
    shop = await PackShop.open(server)
  })
  afterEach(() => shop.expectSumsAgree())

  it('are bought once per request, and give their coupons now and when they are due', async () => {
    const pack = await shop.pack()
    const by = await shop.shopper()
    const shelf = packShelfSchema.parse((await by.get('packs')).body).packs
    expect(shelf.find(({ packId }) => packId === pack.id)).toMatchObject({
      ...{ title: '季度券包', priceFen: 1_001, coupons: 4, left: null, why: null },
      contents: [
        { name: '满减券', coupons: 3, when: '付款后马上到账' },
        { name: '下周券', coupons: 1, when: '付款后第 7 天到账' },
      ],
    })
    const requestId = freshId()
    const first = (await shop.ask(by, pack, requestId)).body
    const twice = (await shop.ask(by, pack, requestId)).body
    expect(twice.order).toMatchObject({ orderId: first.order.orderId, state: 'prepaid' })
    expect(twice.payment.package).toBe(first.payment.package)
    const other = await shop.ask(by, await shop.pack(), requestId)
    expect(other.body.code).toBe('idempotency_conflict')
    const ordered = { by, orderId: first.order.orderId, orderNo: `HK${first.order.orderId}`, pack }
    expect(shop.pay.pay(ordered.orderNo)).toBe(true)
    expect((await shop.tell(shop.pay.notice(ordered))).status).toBe(204)
    await shop.work()
    expect(await shop.order(ordered)).toMatchObject({
      ...{ state: 'issued', refundableFen: 1_001 },
      grants: SHARES.map((shareFen, seq) => ({ seq, shareFen, isRefundable: true })),
    })
    expect(await shop.wallet(by)).toHaveLength(3)
    server.clock.advance(7 * DAY_MS)
    await shop.work()
    await shop.work()
    expect((await shop.wallet(by)).map(({ name }) => name)).toContain('下周券')
    expect(await shop.wallet(by)).toHaveLength(4)
    const { send } = await again(server, by)
    const late = await send(`packs/orders/${ordered.orderId}/payment`, {})
    expect(late.body.code).toBe('pack_order_ended')
    const stranger = await shop.shopper()
    expect((await stranger.get(`packs/orders/${ordered.orderId}`)).status).toBe(404)
    const stolen = await shop.refund({ by: stranger, orderId: ordered.orderId }, { refundFen: 200 })
    expect(stolen.status).toBe(404)
  })

  it('are paid once, however often, late and in what order it is told', async () => {
    const ordered = await shop.ordered()
    const { orderNo } = ordered
    const unpaid = shop.pay.notice({ orderNo })
    expect(shop.pay.pay(orderNo)).toBe(true)
    const told = shop.pay.notice({ orderNo }, { id: 'told-once' })
    const other = shop.pay.notice({ orderNo })
    const replies = await Promise.all([told, told, other, told].map((one) => shop.tell(one)))
    expect(replies.map(({ status }) => status)).toEqual([204, 204, 204, 204])
    await Promise.all([shop.work(), shop.tell(unpaid), shop.work()])
    await shop.work()
    expect(await shop.stateOf(ordered)).toBe('issued')
    server.clock.advance(DAY_MS)
    expect((await shop.tell(shop.pay.notice({ orderNo }))).status).toBe(204)
    await shop.work()
    expect(await shop.wallet(ordered.by)).toHaveLength(3)
  })

  it('are given for nothing that is made up', async () => {
    const ordered = await shop.ordered()
    const { orderNo } = ordered
    const paid = { trade_state: 'SUCCESS', transaction_id: '4200', amount: { total: 1_001 } }
    const real = shop.pay.notice({ orderNo }, { content: paid })
    shop.pay.forgeAnswers(true)
    const forged = shop.pay.notice({ orderNo }, { content: paid })
    shop.pay.forgeAnswers(false)
    const signature = real.headers['wechatpay-signature'] ?? ''
    const bad = [
      forged,
      { ...real, body: real.body.replace('支付成功', '支付成功！') },
      {
        ...real,
        headers: { ...real.headers, 'wechatpay-signature': `WECHATPAY/SIGNTEST/${signature}` },
      },
      { ...real, headers: { ...real.headers, 'wechatpay-serial': 'PUB_KEY_ID_0' } },
      { ...real, headers: {} },
      shop.pay.notice({ orderNo }, { content: paid, atMs: server.clock.nowMs() - 6 * MINUTE_MS }),
      shop.pay.notice({ orderNo }, { content: paid, atMs: server.clock.nowMs() + 6 * MINUTE_MS }),
      { ...real, body: '' },
    ]
    for (const one of bad) expect((await shop.tell(one)).status).toBeGreaterThanOrEqual(400)
    await shop.work()
    expect(await shop.stateOf(ordered)).toBe('prepaid')
    expect(await shop.wallet(ordered.by)).toEqual([])
  })

  it('are not forgotten where nobody tells: WeChat Pay is asked', async () => {
    const ordered = await shop.ordered()
    shop.pay.pay(ordered.orderNo)
    shop.pay.trouble('query', { kind: 'code', code: { status: 500, code: 'SYSTEM_ERROR' } })
    server.clock.advance(MINUTE_MS)
    await shop.work()
    expect(await shop.stateOf(ordered)).toBe('prepaid')
    shop.pay.trouble('query', { kind: 'lost' })
    server.clock.advance(2 * MINUTE_MS)
    await shop.work()
    shop.pay.trouble('query', null)
    shop.pay.forgeAnswers(true)
    server.clock.advance(5 * MINUTE_MS)
    await shop.work()
    expect(await shop.stateOf(ordered)).toBe('prepaid')
    shop.pay.forgeAnswers(false)
    server.clock.advance(10 * MINUTE_MS)
    await Promise.all([shop.work(), shop.tell(shop.pay.notice(ordered)), shop.work()])
    await shop.work()
    expect(await shop.stateOf(ordered)).toBe('issued')
    expect(await shop.wallet(ordered.by)).toHaveLength(3)
  })

  it('are ordered once where the answer to the first call is lost', async () => {
    const pack = await shop.pack({}, { memberMax: 1 })
    const by = await shop.shopper()
    const requestId = freshId()
    shop.pay.trouble('prepay', { kind: 'lost' }, 1)
    expect((await shop.ask(by, pack, requestId)).body.code).toBe('wechat_busy')
    shop.pay.trouble(
      'prepay',
      { kind: 'code', code: { status: 429, code: 'FREQUENCY_LIMITED' } },
      1,
    )
    expect((await shop.ask(by, pack, requestId)).body.code).toBe('wechat_busy')
    shop.pay.trouble('prepay', { kind: 'code', code: { status: 400, code: 'PARAM_ERROR' } }, 1)
    expect((await shop.ask(by, pack, requestId)).body.code).toBe('pay_refused')
    expect((await shop.ask(by, pack, requestId)).status).toBe(200)
    expect((await shop.ask(by, pack)).body.code).toBe('pack_member_max')
  })

  it('go back to the shelf where nobody pays in time, and are given where somebody just did', async () => {
    const pack = await shop.pack({}, { stock: 1 })
    const ordered = await shop.ordered(pack)
    const next = await shop.shopper()
    expect((await shop.ask(next, pack)).body.code).toBe('pack_out_of_stock')
    server.clock.advance(HALF_HOUR_MS)
    // It is closed, and the answer is lost.
    shop.pay.trouble('close', { kind: 'lost' }, 1)
    await shop.work()
    server.clock.advance(10 * MINUTE_MS)
    await shop.work()
    expect(await shop.stateOf(ordered)).toBe('closed')
    expect(shop.pay.pay(ordered.orderNo)).toBe(false)

    const second = await shop.ordered(pack, next)
    shop.pay.pay(second.orderNo)
    server.clock.advance(HALF_HOUR_MS)
    await shop.work()
    expect(await shop.stateOf(second)).toBe('issued')
    expect(await shop.wallet(next)).toHaveLength(3)

    // Money for an order that was closed here gives what it bought, stock or not.
    const third = await shop.ordered(await shop.pack({}, { stock: 1 }))
    shop.pay.pay(third.orderNo)
    await server.database.write(async (tx) => {
      await tx.run("UPDATE pack_order SET state = 'closed' WHERE id = ?", [third.orderId])
      await tx.run('UPDATE pack_template SET sold = 0 WHERE id = ?', [third.pack.id])
    })
    await shop.tell(shop.pay.notice(third))
    await shop.work()
    expect(await shop.stateOf(third)).toBe('issued')
  })

  it('are not given for a payment that is not theirs: it is written down', async () => {
    const wrong = [
      { amount: { total: 1, currency: 'CNY' } },
      { amount: { total: 1_001, currency: 'USD' } },
      { appid: 'wxother' },
      { mchid: '1900000009' },
      { payer: { openid: 'somebody-else' } },
    ]
    const pack = await shop.pack()
    for (const content of wrong) {
      const ordered = await shop.ordered(pack)
      shop.pay.pay(ordered.orderNo)
      const { orderNo } = ordered
      expect((await shop.tell(shop.pay.notice({ orderNo }, { content }))).status).toBe(204)
      await shop.work()
      expect(await shop.stateOf(ordered)).toBe('prepaid')
      expect(await shop.findingsOf(orderNo)).toEqual(['mismatch'])
      expect(await shop.wallet(ordered.by)).toEqual([])
      // What was really paid is found out by asking.
      server.clock.advance(MINUTE_MS)
      await shop.work()
      expect(await shop.stateOf(ordered)).toBe('issued')
    }
    const [finding] = (await shop.coupons.owner.fetch('packs/findings?limit=1')).body.findings
    const settle = () =>
      shop.coupons.owner.fetch(`packs/findings/${finding.id}/settle`, { json: { note: '已核对' } })
    expect((await settle()).body).toMatchObject({ note: '已核对', settledBy: expect.any(String) })
    expect((await settle()).status).toBe(404)
  })

  it('are compared with each day’s bill, to the fen', async () => {
    server.clock.advance(2 * DAY_MS)
    await shop.compareBills()
    const known = new Set((await shop.findings()).map(({ number }) => number))
    const fine = await shop.bought()
    const forgotten = await shop.ordered()
    const differs = await shop.bought()
    const missing = await shop.bought()
    shop.pay.pay(forgotten.orderNo)
    await server.database.write(async (tx) => {
      await tx.run("UPDATE pack_order SET state = 'closed', nextAtMs = NULL WHERE id = ?", [
        forgotten.orderId,
      ])
      await tx.run('UPDATE pack_template SET sold = 0 WHERE id = ?', [forgotten.pack.id])
      await tx.run('UPDATE pack_order SET totalFen = 1002 WHERE id = ?', [differs.orderId])
      await tx.run("UPDATE pack_order SET orderNo = 'HKELSEWHERE' WHERE id = ?", [missing.orderId])
    })
    server.clock.advance(2 * DAY_MS)
    shop.pay.trouble('bill', { kind: 'lost' }, 1)
    await shop.compareBills()
    await shop.compareBills()
    const found = (await shop.findings()).filter(({ number }) => !known.has(number))
    expect(found.map(({ kind, number }) => `${kind} ${number}`).sort()).toEqual(
      [
        `bill_amount ${differs.orderNo}`,
        'bill_order_missing HKELSEWHERE',
        `bill_unknown_order ${forgotten.orderNo}`,
        `bill_unknown_order ${missing.orderNo}`,
      ].sort(),
    )
    expect(await shop.findingsOf(fine.orderNo)).toEqual([])
    // Paid, and nobody knew: the bill says so, WeChat Pay is asked, and it is given.
    await shop.work()
    expect(await shop.stateOf(forgotten)).toBe('issued')
    await server.database.write(async (tx) => {
      await tx.run('UPDATE pack_order SET totalFen = 1001 WHERE id = ?', [differs.orderId])
      await tx.run('UPDATE pack_order SET orderNo = ? WHERE id = ?', [
        missing.orderNo,
        missing.orderId,
      ])
    })
  })

  it('are sold no more often than there are, and on the terms that were seen', async () => {
    const pack = await shop.pack({}, { stock: 2, memberMax: 1 })
    const people = await Promise.all(Array.from({ length: 5 }, () => shop.shopper()))
    const replies = await Promise.all([...people, ...people].map((by) => shop.ask(by, pack)))
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(2)
    const { owner } = shop.coupons
    const change = { terms: { ...pack.terms, priceFen: 2_000 }, limits: { ...shop.limits() } }
    const path = `packs/templates/${pack.id}`
    const changed = await owner.fetch(path, { json: { ...change, basedOnVersion: 1 } })
    expect(changed.body).toMatchObject({ version: 2, sold: 2 })
    const terms = { ...pack.terms, priceFen: 3_000 }
    const late = await owner.fetch(path, { json: { ...change, terms, basedOnVersion: 1 } })
    expect(late.body.code).toBe('pack_changed')
    expect((await shop.ask(await shop.shopper(), pack)).body.code).toBe('pack_changed')
    const stopped = { ...change, limits: { ...shop.limits(), state: 'stopped' }, basedOnVersion: 2 }
    expect((await owner.fetch(path, { json: stopped })).status).toBe(200)
    expect((await shop.ask(await shop.shopper(), pack)).body.code).toBe('pack_closed')
  })

  it('promise only coupons that can be given, and give them whatever becomes of those', async () => {
    const limited = await shop.coupons.template(couponTerms(), { stock: 5 })
    const item = { count: 1, when: { kind: 'now' as const }, worthFen: fen(1) }
    const refused = await shop.publish({
      ...{ title: '限量', priceFen: fen(100) },
      items: [{ ...item, templateId: limited.id }],
    })
    expect(refused.body.code).toBe('pack_coupon_limited')
    const template = await shop.coupons.template()
    const pack = await shop.pack({ items: [{ ...item, templateId: template.id }] })
    const ordered = await shop.ordered(pack)
    const change = { limits: { ...NO_LIMITS, state: 'stopped', stock: 1 }, basedOnVersion: 1 }
    const terms = couponTerms({ gives: { kind: 'amount', amountFen: fen(1) } })
    await shop.coupons.owner.fetch(`coupons/templates/${template.id}`, {
      json: { ...change, terms },
    })
    shop.pay.pay(ordered.orderNo)
    await shop.tell(shop.pay.notice(ordered))
    await shop.work()
    expect(await shop.wallet(ordered.by)).toMatchObject([{ headline: '满 ¥50 减 ¥10' }])
  })

  it('go with the person who bought them', async () => {
    const ordered = await shop.bought()
    const survivor = await shop.shopper()
    const merged = await server.app.get(MergeMembersService, { strict: false }).merge({
      ...{ survivorId: survivor.memberId, absorbedId: ordered.by.memberId, moveHistory: true },
      ...{ how: 'chosen', pairId: null, by: shop.coupons.owner.id, idempotency: null },
      nowMs: server.clock.nowMs(),
    })
    expect(merged).toMatchObject({ ok: true })
    expect(await shop.order({ by: survivor, orderId: ordered.orderId })).toMatchObject({
      refundableFen: 1_001,
    })
    server.clock.advance(7 * DAY_MS)
    await shop.work()
    expect(await shop.wallet(survivor)).toHaveLength(4)
    const gone = await shop.bought()
    const unpaid = await shop.ordered(undefined, gone.by)
    shop.pay.pay(unpaid.orderNo)
    const down = { kind: 'code' as const, code: { status: 500, code: 'SYSTEM_ERROR' } }
    shop.pay.trouble('query', down)
    await eraseNow(server, gone.by)
    shop.pay.trouble('query', null)
    await shop.tell(shop.pay.notice(unpaid))
    await shop.work()
    expect(await shop.findingsOf(unpaid.orderNo)).toEqual(['mismatch'])
    const [row] = await server.database.read((rx) =>
      rx.rows('SELECT state, payerIndex FROM pack_order WHERE id = ?', [unpaid.orderId]),
    )
    expect(row).toEqual({ state: 'held', payerIndex: null })
  })

  it('can be tried without WeChat where the sandbox plays it', async () => {
    const pack = await shop.pack()
    const { phone } = await shop.coupons.member()
    const { token, get } = await shopper.phoneOf(server, phone)
    const post = (path: string, json: object) =>
      server.fetch(`/member/v1/packs/orders${path}`, { token, json })
    const json = { requestId: freshId(), packId: pack.id, version: pack.version }
    const { orderId } = (await post('', json)).body.order
    shop.pay.goByItself(true)
    expect((await post(`/${String(orderId)}/sandbox-payment`, {})).status).toBe(200)
    server.clock.advance(MINUTE_MS)
    await shop.work()
    shop.pay.goByItself(false)
    expect((await get(`packs/orders/${String(orderId)}`)).body.state).toBe('issued')
    expect(await shop.coupons.wallet(phone)).toHaveLength(3)
    const again = await post(`/${String(orderId)}/sandbox-payment`, {})
    expect(again.body.code).toBe('pack_order_ended')
  })

  packRefundStories(() => shop)
  packStaffStories(() => shop)

  // The planner of SQLite decides by the indexes there are, however few the rows.
  if (kit.kind === 'sqlite')
    it('are found by keys in all of this, but for the packs there are', async () => {
      const own = sent
        .take()
        .filter(({ sql }) => /\b(pack|pay)_/.test(sql) && !sql.includes(' JOIN '))
      expect(own.length).toBeGreaterThan(100)
      const faults = new Set<string>()
      for (const one of own)
        for (const fault of await planFaults(server.database, one))
          faults.add(`${fault}: ${one.sql}`)
      // A page of all, and the first order there is, go along the key.
      const walked = [...faults].filter(
        (fault) => !fault.startsWith('SCAN pack_template') && !/ORDER BY (id|date)/.test(fault),
      )
      expect(walked).toEqual([])
    })
})
