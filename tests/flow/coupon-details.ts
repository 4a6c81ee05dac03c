import { expect, it } from '@jest/globals'
import { couponTerms, NO_LIMITS, to, type CouponShop } from '../rig/coupons.js'
import { assignment, checkout, freshId } from '../rig/events.js'

// What is told of coupons: stories of coupons.spec.ts, on its server.

/** Both reasons to the till, when and for what to the holder, once to whoever makes one. */
export function couponDetailStories(shop: () => CouponShop): void {
  it('and points: both reasons are told where a receipt has neither', async () => {
    const { id, code } = await shop().holder()
    const { reservationId, ...reservation } = await shop().reserved(id)
    const sale = checkout(shop().till, { receipt: { totalFen: reservation.goodsFen } })
    await shop().till.sendOne(sale)
    const giving = {
      ...assignment(shop().till, sale.eventId, to(id)),
      ...{ couponReservationId: reservationId, holdId: freshId() },
    }
    const result = await shop().till.sendOne(giving)
    expect(result).toMatchObject({
      ...{ status: 'accepted', code: 'hold_ended', couponCode: 'coupon_differs' },
      message: expect.stringMatching(/积分.*；.*券/),
    })
    expect(await shop().till.sendOne(giving)).toEqual({ ...result, status: 'duplicate' })
    expect((await shop().kindsOf(code)).at(-1)).toBe('reserved')
    await shop().ask('reservations/settle', { reservationId, isUsed: false })
  })

  it('say in the wallet when they were used, and what they took off', async () => {
    const { id, phone } = await shop().holder()
    const reservation = await shop().reserved(id)
    expect(await shop().wallet(phone, 'reserved')).toMatchObject([{ state: 'reserved' }])
    const { sale } = await shop().rungUp(id, reservation)
    const [coupon] = await shop().wallet(phone, 'redeemed')
    const atMs = sale.occurredAtMs
    expect(coupon).toMatchObject({ state: 'redeemed', used: { atMs, offFen: 1_000 } })
    expect(coupon).not.toHaveProperty('leftWords')
  })

  it('of one kind are made once per request', async () => {
    const json = { requestId: freshId(), terms: couponTerms(), limits: NO_LIMITS }
    const make = (over: object = {}) =>
      shop().owner.fetch('coupons/templates', { json: { ...json, ...over } })
    const made = await Promise.all([make(), make(), make()])
    expect(made.map(({ status, body }) => [status, body.id])).toEqual(
      Array(3).fill([200, made[0].body.id]),
    )
    const deeds = await shop().server.database.read((rx) =>
      rx.rows('SELECT id FROM staff_audit WHERE subjectId = ?', [made[0].body.id]),
    )
    expect(deeds).toHaveLength(1)
    for (const over of [
      { terms: couponTerms({ name: '别的' }) },
      { limits: { ...NO_LIMITS, stock: 5 } },
    ])
      expect((await make(over)).body.code).toBe('idempotency_conflict')
    expect((await make({ requestId: undefined })).status).toBe(422)
    for (const terms of [
      { ...couponTerms(), when: { ...couponTerms().when, leastFen: -1 } },
      { ...couponTerms(), gives: { kind: 'percent', percentOff: 120, mostFen: null } },
      { ...couponTerms(), name: '' },
    ])
      expect((await make({ requestId: freshId(), terms })).status).toBe(422)
  })
}
