import { expect, it } from '@jest/globals'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { order, to } from '../rig/coupons.js'
import { eraseNow } from '../rig/erasure.js'
import { freshId } from '../rig/events.js'
import type { PackShop, StaffRefundOver } from '../rig/packs.js'

// Coupon packs that go back: stories of packs.spec.ts, on its server.

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const HALF_HOUR_MS = 30 * MINUTE_MS

/** Money back for coupons nobody used. */
export function packRefundStories(shop: () => PackShop): void {
  it('are refunded in parts, to the fen, and what is used stays paid', async () => {
    const ordered = await shop().bought()
    const reserved = await shop().coupons.reserved(ordered.by.memberId)
    const used = reserved.applied[0]?.couponId
    const inUse = (await shop().order(ordered)).grants.find(({ state }) => state === 'reserved')
    const seq = inUse?.seq ?? -1
    expect((await shop().refund(ordered, { seqs: [seq], refundFen: 200 })).body.code).toBe(
      'pack_nothing_back',
    )
    await shop().coupons.rungUp(ordered.by.memberId, reserved)
    const rest = [0, 1, 2].filter((one) => one !== seq)
    const [first = 0] = rest
    const changed = await shop().refund(ordered, { seqs: [first], refundFen: 201 })
    expect(changed.body.code).toBe('pack_refund_changed')
    const requestId = freshId()
    const ask = () => shop().refund(ordered, { seqs: [first], refundFen: 200, requestId })
    const [one, two] = await Promise.all([ask(), ask()])
    expect([one.status, two.status]).toEqual([200, 200])
    await shop().work()
    expect(
      shop()
        .pay.book.refundNos()
        .filter((no) => shop().pay.settleRefund(no, 'SUCCESS')),
    ).toHaveLength(1)
    shop().server.clock.advance(MINUTE_MS)
    await shop().work()
    expect(await shop().order(ordered)).toMatchObject({ state: 'partly', refundedFen: 200 })
    // All that is left, the coupon of next week included.
    expect((await shop().refund(ordered, { refundFen: 601 })).status).toBe(200)
    expect((await shop().refund(ordered, { refundFen: 601 })).body.code).toBe('pack_nothing_back')
    await shop().work()
    const [, second = ''] = shop().pay.book.refundNos()
    shop().pay.settleRefund(second, 'SUCCESS')
    await shop().tell(shop().pay.notice({ refundNo: second }))
    await shop().tell(shop().pay.notice({ refundNo: second }))
    await shop().work()
    expect(await shop().order(ordered)).toMatchObject({ state: 'partly', refundedFen: 801 })
    expect((await shop().wallet(ordered.by, 'redeemed')).map(({ couponId }) => couponId)).toEqual([
      used,
    ])
    expect(await shop().wallet(ordered.by, 'void')).toHaveLength(2)
    shop().server.clock.advance(7 * DAY_MS)
    await shop().work()
    expect(await shop().wallet(ordered.by)).toEqual([])
  })

  it('have their coupons void before the money goes, which goes once', async () => {
    const before = shop().pay.book.refundNos().length
    const ordered = await shop().bought()
    shop().pay.trouble('refund', { kind: 'lost' }, 2)
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => shop().refund(ordered, { refundFen: 1_001 })),
    )
    const codes = answers.map(({ status, body }) => (status === 200 ? 'asked' : body.code))
    expect(codes.sort()).toEqual(['asked', ...Array(5).fill('pack_nothing_back')])
    const late = await shop().coupons.ask('reservations', order(ordered.by.memberId))
    expect(late.body.code).toBe('coupon_nothing')
    for (let look = 0; look < 5; look += 1) {
      await shop().work()
      shop().server.clock.advance(30 * MINUTE_MS)
    }
    expect(shop().pay.book.refundNos()).toHaveLength(before + 1)
    expect(await shop().stateOf(ordered)).toBe('refunding')
    const [refundNo = ''] = shop().pay.book.refundNos().slice(-1)
    shop().pay.settleRefund(refundNo, 'SUCCESS')
    shop().server.clock.advance(DAY_MS)
    await shop().work()
    expect(await shop().order(ordered)).toMatchObject({ state: 'refunded', refundedFen: 1_001 })
  })

  it('are at one till or back for money, never both', async () => {
    const ordered = await shop().bought()
    const [refunded, ...reserved] = await Promise.all([
      shop().refund(ordered, { refundFen: 1_001 }),
      ...Array.from({ length: 4 }, () =>
        shop().coupons.ask('reservations', order(ordered.by.memberId)),
      ),
    ])
    const inUse = reserved.filter(({ status }) => status === 200).length
    // Of the same till the last reservation replaces the ones before it.
    if (refunded.status === 200) expect(inUse).toBe(0)
    else expect(['pack_refund_changed', 'pack_nothing_back']).toContain(refunded.body.code)
  })

  it('give their coupons back where the refund is closed, and name one that is stuck', async () => {
    const ordered = await shop().bought()
    shop().pay.trouble('refund', { kind: 'code', code: { status: 403, code: 'NOT_ENOUGH' } }, 1)
    await shop().refund(ordered, { refundFen: 1_001 })
    await shop().work()
    const wallet = () => shop().wallet(ordered.by)
    expect(await wallet()).toEqual([])
    shop().server.clock.advance(HALF_HOUR_MS)
    await shop().work()
    const [refundNo = ''] = shop().pay.book.refundNos().slice(-1)
    expect(await shop().findingsOf(refundNo)).toEqual(['refund_refused'])
    shop().pay.settleRefund(refundNo, 'CLOSED')
    await shop().tell(shop().pay.notice({ refundNo }))
    await shop().work()
    expect(await shop().order(ordered)).toMatchObject({ state: 'issued', refundableFen: 1_001 })
    expect(await wallet()).toHaveLength(3)
    // What is over stays over, whatever is told afterwards.
    await shop().tell(shop().pay.notice({ refundNo }, { content: { refund_status: 'SUCCESS' } }))
    await shop().work()
    expect(await wallet()).toHaveLength(3)

    await shop().refund(ordered, { refundFen: 1_001 })
    await shop().work()
    const [stuck = ''] = shop().pay.book.refundNos().slice(-1)
    shop().pay.settleRefund(stuck, 'ABNORMAL')
    shop().server.clock.advance(2 * MINUTE_MS)
    await shop().work()
    expect((await shop().order(ordered)).refunds.map(({ state }) => state)).toEqual([
      ...['closed', 'abnormal'],
    ])
    expect(await shop().findingsOf(stuck)).toEqual(['refund_abnormal'])
    expect(await wallet()).toEqual([])
    shop().pay.settleRefund(stuck, 'SUCCESS')
    shop().server.clock.advance(DAY_MS)
    await shop().work()
    expect(await shop().stateOf(ordered)).toBe('refunded')
  })

  it('cannot be used at a till once they go back', async () => {
    const ordered = await shop().bought()
    const [coupon] = await shop().wallet(ordered.by)
    await shop().refund(ordered, { refundFen: 1_001 })
    const chosen = { who: to(ordered.by.memberId), goodsFen: 8_000, chosen: [coupon?.couponId] }
    expect((await shop().coupons.ask('quote', chosen)).body.code).toBe('coupon_not_found')
  })
}

/** Staff who change packs, and give money back. */
export function packStaffStories(shop: () => PackShop): void {
  const deeds = (subjectId: string, action: string) =>
    shop().server.database.read((rx) =>
      rx.rows<{ staffId: string; detail: string }>(
        'SELECT staffId, detail FROM staff_audit WHERE subjectId = ? AND action = ?',
        [subjectId, action],
      ),
    )

  it('are made once per request, and changed on what was read', async () => {
    const { owner } = shop().coupons
    const { terms, limits } = await shop().pack()
    const json = { requestId: freshId(), terms, limits }
    const make = (body: object) => owner.fetch('packs/templates', { json: body })
    const made = await Promise.all([make(json), make(json), make(json)])
    expect(new Set(made.map(({ status, body }) => `${String(status)} ${body.id}`)).size).toBe(1)
    const id: string = made[0].body.id
    expect(await deeds(id, 'pack.created')).toHaveLength(1)
    const other = await make({ ...json, limits: { ...limits, stock: 3 } })
    expect(other.body.code).toBe('idempotency_conflict')

    const change = (body: object) => owner.fetch(`packs/templates/${id}`, { json: body })
    const dearer = { ...terms, priceFen: 1_200 }
    const based = { basedOnVersion: 1, basedOnLimits: limits }
    const changes = [{ terms: dearer, limits, ...based }]
    // The answer was lost: the same once more is so already, and leaves no second trace.
    for (const again of [...changes, ...changes])
      expect((await change(again)).body).toMatchObject({ version: 2, terms: { priceFen: 1_200 } })
    expect(await deeds(id, 'pack.changed')).toHaveLength(1)
    const late = await change({ terms: { ...terms, priceFen: 1_300 }, limits, ...based })
    expect(late.body).toMatchObject({ code: 'pack_changed', detail: expect.any(String) })
    const few = { ...limits, stock: 9 }
    const now = { terms: dearer, basedOnVersion: 2 }
    expect((await change({ ...now, limits: few, basedOnLimits: limits })).status).toBe(200)
    const unread = { ...now, limits: { ...limits, stock: 8 }, basedOnLimits: limits }
    expect((await change(unread)).body.code).toBe('pack_changed')
    expect((await owner.get(`packs/templates/${id}`)).body).toMatchObject({
      ...{ version: 2, limits: { stock: 9 } },
    })
  })

  it('keep the price and the coupons they were bought with, whatever is sold now', async () => {
    const pack = await shop().pack()
    const before = await shop().bought(pack)
    const waiting = await shop().ordered(pack)
    const [item] = pack.terms.items
    const cheaper = { ...pack.terms, priceFen: 100, items: [{ ...item, count: 1 }] }
    const change = { terms: cheaper, limits: pack.limits, basedOnVersion: 1 }
    await shop().coupons.owner.fetch(`packs/templates/${pack.id}`, { json: change })
    shop().pay.pay(waiting.orderNo)
    await shop().tell(shop().pay.notice(waiting))
    await shop().work()
    for (const ordered of [before, waiting])
      expect(await shop().order(ordered)).toMatchObject({ totalFen: 1_001, refundableFen: 1_001 })
    const after = await shop().bought({ ...pack, version: 2 })
    expect(await shop().order(after)).toMatchObject({ totalFen: 100, refundableFen: 100 })
  })

  it('are refunded by staff who may, coupon by coupon, with a reason and one trace', async () => {
    const { owner, till } = shop().coupons
    const operations = await signInAs(shop().server, 'operations')
    const ordered = await shop().bought()
    const back = (by: ConsolePerson, over: StaffRefundOver) =>
      shop().refundByStaff(by, ordered.orderId, over)
    for (const role of ['manager', 'cashier', 'analyst', 'auditor'] as const) {
      const person = await signInAs(shop().server, role, [till.enrolled.storeId])
      expect((await back(person, {})).body.code).toBe('forbidden')
    }
    expect((await back(owner, { reason: 'other' })).status).toBe(422)
    expect((await back(owner, { reason: 'because' as never })).status).toBe(422)
    expect((await back(owner, { seqs: [0], refundFen: 201 })).body.code).toBe('pack_refund_changed')
    const nowhere = await shop().refundByStaff(owner, freshId(), {})
    expect(nowhere.body.code).toBe('not_found')

    const [known, requestId] = [shop().pay.book.refundNos().length, freshId()]
    const why = { reason: 'other' as const, note: '顾客搬家了' }
    const one = { requestId, seqs: [1], refundFen: 200, ...why }
    const replies = await Promise.all([1, 2, 3].map(() => back(operations, one)))
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
    // Another coupon of the same share under the same request is not the same.
    for (const wrong of [{ seqs: [2] }, { note: '别的' }, { refundFen: 400, seqs: [1, 2] }])
      expect((await back(operations, { ...one, ...wrong })).body.code).toBe('idempotency_conflict')
    expect(await deeds(ordered.orderId, 'pack.refunded')).toEqual([
      {
        staffId: operations.id,
        detail: expect.stringMatching(/^1 张，¥2\.00，退款单 HR\w+，其他原因：顾客搬家了$/),
      },
    ])
    // The first call is lost on the way to WeChat Pay; it is asked again with the same number.
    shop().pay.trouble('refund', { kind: 'lost' }, 1)
    await shop().work()
    shop().server.clock.advance(30 * MINUTE_MS)
    await shop().work()
    const [refundNo = '', ...more] = shop().pay.book.refundNos().slice(known)
    expect(more).toEqual([])
    shop().pay.settleRefund(refundNo, 'SUCCESS')
    shop().server.clock.advance(MINUTE_MS)
    await shop().work()
    expect((await owner.get(`packs/orders/${ordered.orderId}`)).body).toMatchObject({
      ...{ state: 'partly', refundedFen: 200, refundableFen: 801 },
      grants: [{ state: 'issued' }, { state: 'void', isRefundable: false }, {}, { state: 'due' }],
      refunds: [{ refundNo, staffName: operations.name, isByShop: true, state: 'done', ...why }],
    })
    expect((await shop().order(ordered)).refunds).toMatchObject([{ isByShop: true }])
    expect(JSON.stringify(await shop().order(ordered))).not.toContain('搬家')
  })

  it('go back once, whether the member or staff asks, and never while a till has them', async () => {
    const { owner } = shop().coupons
    const ordered = await shop().bought()
    const [mine, theirs] = await Promise.all([
      shop().refund(ordered, { refundFen: 1_001 }),
      shop().refundByStaff(owner, ordered.orderId, {}),
    ])
    const codes = [mine, theirs].map(({ status, body }) => (status === 200 ? 'asked' : body.code))
    expect(codes.sort()).toEqual(['asked', 'pack_nothing_back'])
    const inUse = await shop().bought()
    await shop().coupons.reserved(inUse.by.memberId)
    const [grant] = (await shop().order(inUse)).grants.filter(({ state }) => state === 'reserved')
    const seqs = [grant?.seq ?? -1]
    const refused = await shop().refundByStaff(owner, inUse.orderId, { seqs, refundFen: 200 })
    expect(refused.body.code).toBe('pack_nothing_back')
    const unpaid = await shop().ordered()
    const early = await shop().refundByStaff(owner, unpaid.orderId, {})
    expect(early.body.code).toBe('pack_nothing_back')
  })

  it('forget what staff wrote with the person it was about', async () => {
    const ordered = await shop().bought()
    const why = { reason: 'other' as const, note: '王女士搬家' }
    await shop().refundByStaff(shop().coupons.owner, ordered.orderId, why)
    await eraseNow(shop().server, ordered.by)
    const [row] = await shop().server.database.read((rx) =>
      rx.rows('SELECT note, reason FROM pack_refund WHERE orderId = ?', [ordered.orderId]),
    )
    expect(row).toEqual({ note: null, reason: 'other' })
  })
}
