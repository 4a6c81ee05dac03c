// Coupons for whoever comes to fetch an order: told by the orders that are fetched in a store.
import { expect, it } from '@jest/globals'
import { claimableListSchema } from '@huike/shared/contracts/coupons'
import { purchaseDetailSchema } from '@huike/shared/contracts/member'
import { fen, type BusinessDate } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { localDate } from '../../server/platform/clock.js'
import { couponTerms, offersAtTill } from '../rig/coupons.js'
import { freshId } from '../rig/events.js'
import { HERE, THERE, type PickupShop } from '../rig/pickups.js'
import { planFaults } from '../rig/plans.js'
import * as shopper from '../rig/shopper.js'
import { listenAtGate } from '../rig/statements.js'

const DAY_MS = 86_400_000

/** The stories of rules that give once an order is fetched. */
export function pickupCouponStories(theShop: () => PickupShop): void {
  /** A coupon for the till, once a day, for what is fetched here; answers what it gives. */
  async function rule(
    claimHours: number | null = null,
    over: Parameters<typeof couponTerms>[0] = {},
    limits = {},
  ): Promise<string> {
    const { coupons, server } = theShop()
    const terms = couponTerms({ when: { channels: ['pos'], leastFen: fen(0) }, ...over })
    const { id: templateId } = await coupons.template(terms, limits)
    const purchase = {
      ...{ leastFen: 5_000, storeIds: [coupons.till.enrolled.storeId], channels: [] },
      ...{ weekdays: [], fromTime: null, toTime: null, fetched: true, claimHours },
      memberMax: { count: 1, per: 'day' },
    }
    const fromDate = localDate(server.clock.nowMs(), CHAIN_TIME_ZONE)
    const plain = { name: '来取有礼', fromDate, toDate: null, levelCodes: [], daysBefore: 0 }
    const json = { kind: 'purchase', isOn: true, terms: { ...plain, templateId, purchase } }
    const reply = await coupons.owner.post('coupons/rules', { requestId: freshId(), ...json })
    expect([reply.status, reply.body.code]).toEqual([200, undefined])
    return templateId
  }

  /** Somebody's order that was bought a day ago and is fetched now. */
  async function fetchedBy(phone: string) {
    const { coupons, server } = theShop()
    const placed = await theShop().placed(phone)
    server.clock.advance(DAY_MS)
    expect((await theShop().handOver(placed, 0, coupons.owner)).status).toBe(200)
    await server.drain()
    return placed
  }

  async function heldBy(phone: string): Promise<number> {
    const { server, coupons } = theShop()
    await server.drain()
    await server.database.write((tx) =>
      tx.run(
        "UPDATE event_delivery SET state = 'pending', nextAtMs = 0 WHERE consumer = 'purchase-coupons'",
      ),
    )
    await server.drain()
    return (await coupons.wallet(phone)).length
  }

  it('bring a coupon to whoever fetches one, once, by where and when that is', async () => {
    const shop = theShop()
    const { coupons, server } = shop
    await rule()
    const { phone } = await coupons.member()
    const fetches = async (placed: { purchaseId: string }) =>
      (await shop.handOver(placed, 0, coupons.owner)).status
    const [first, second] = [await shop.placed(phone), await shop.placed(phone)]
    const elsewhere = await shop.placed(phone, { pickup: { storeCode: THERE } })
    await shop.ready(first)
    // Bought, even made ready, is not fetched.
    expect(await heldBy(phone)).toBe(0)
    // It may take longer than what is told late is history.
    server.clock.advance(10 * DAY_MS)
    expect([await fetches(first), await fetches(first)]).toEqual([200, 409])
    expect(await heldBy(phone)).toBe(1)
    // Another store's, and one more on the day.
    expect([await fetches(elsewhere), await fetches(second)]).toEqual([200, 200])
    expect(await heldBy(phone)).toBe(1)
    const { get } = await shopper.phoneOf(server, phone)
    const told = (await get('messages?limit=20')).body.messages
    expect(told.filter(({ title }: { title: string }) => title === '消费礼')).toHaveLength(1)
    // Fetched while nobody knew whose it was: given once it is somebody's.
    server.clock.advance(DAY_MS)
    const stray = await shop.placed(null, { pickup: { storeCode: HERE } })
    await fetches(stray)
    expect(await heldBy(phone)).toBe(1)
    await shop.send({ ...stray.order, phone })
    expect(await heldBy(phone)).toBe(2)
    // What is paid back after all takes its coupon along; it stays fetched.
    await shop.refunded(first, 5_000)
    expect(await heldBy(phone)).toBe(1)
    expect(await shop.byCode(first)).toMatchObject({ state: 'fetched' })
  })

  it('are told at a till only while they would be given', async () => {
    const { coupons, server } = theShop()
    const dayIn = (days: number) =>
      localDate(server.clock.nowMs() + days * DAY_MS, CHAIN_TIME_ZONE) as BusinessDate
    const gives = (amount: number) => ({
      gives: { kind: 'amount' as const, amountFen: fen(amount) },
    })
    const daily = await rule(48, gives(1_100), { memberDayMax: 1 })
    const once = await rule(48, gives(1_200), { memberMax: 1 })
    const validity = { kind: 'dates' as const, fromDate: dayIn(0), toDate: dayIn(1) }
    await rule(48, { ...gives(1_300), validity })
    const { id, phone } = await coupons.member()
    await fetchedBy(phone)
    const told = async () => {
      const words = (await offersAtTill(theShop().coupons, { phone }))?.map((one) => one.headline)
      return ['11', '12', '13'].filter((yuan) => words?.join().includes(`减 ¥${yuan}`))
    }
    const sent = listenAtGate(server.database)
    expect(await told()).toEqual(['11', '12', '13'])
    const counts = sent.take().filter(({ sql }) => /FROM coupon WHERE templateId/.test(sql))
    expect(counts).toHaveLength(1)
    if (server.database.dialect === 'sqlite')
      expect(await planFaults(server.database, counts[0] as never)).toEqual([])
    for (const templateId of [daily, once])
      expect((await coupons.give(templateId, id)).status).toBe(200)
    expect(await told()).toEqual(['13'])
    server.clock.advance(DAY_MS)
    // It is another day; what was valid until yesterday is over.
    expect(await told()).toEqual(['11'])
  })

  it('that are to be taken name the store where that was bought, with when', async () => {
    const { coupons, server } = theShop()
    const { phone } = await coupons.member()
    await rule(24)
    const { purchaseId } = await fetchedBy(phone)
    const { get } = await shopper.phoneOf(server, phone)
    const bought = purchaseDetailSchema.parse((await get(`purchases/${purchaseId}`)).body)
    const { offers = [] } = claimableListSchema.parse((await get('coupons/claimable')).body)
    expect(offers.length).toBeGreaterThan(0)
    const { storeName, occurredAtMs: boughtAtMs } = bought
    for (const offer of offers) expect(offer).toMatchObject({ storeName, boughtAtMs })
  })
}
