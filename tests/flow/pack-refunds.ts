import { expect, it } from '@jest/globals'
import { order, to } from '../rig/coupons.js'
import { freshId } from '../rig/events.js'
import type { PackShop } from '../rig/packs.js'

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
