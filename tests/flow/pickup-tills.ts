import { expect, it } from '@jest/globals'
import { lookupAnswerSchema } from '@huike/shared/contracts/agent'
import { pickupHandedOverSchema, pickupsFoundSchema } from '@huike/shared/contracts/till-pickups'
import { KeptGoodsService } from '../../server/purchases/kept-goods.service.js'
import { freshId } from '../rig/events.js'
import type { PickupShop, Placed } from '../rig/pickups.js'
import { enrolTill, type Reply, type TestTill } from '../rig/server.js'
import { afterStatement } from '../rig/statements.js'

// Orders handed over at tills: stories of pickups.spec.ts, on its server.

const GOODS = [
  { name: '礼盒', code: 'G1', quantityMilli: 2000, unitPriceFen: 2000, amountFen: 4000 },
  { name: '提袋', code: null, quantityMilli: 1000, unitPriceFen: 1000, amountFen: 1000 },
]
const MONEY = { totalFen: 5000, payments: [{ method: 'wechat', amountFen: 5000 }] }
const codeOf = ({ status, body }: Reply): string =>
  status === 200 ? 'ok' : `${String(status)} ${String(body.code)}`

/** Who fetches which order, at which till, and what came back before. */
export function pickupTillStories(shop: () => PickupShop): void {
  const here = () => shop().coupons.till
  const send = async (till: TestTill, path: string, json: object): Promise<Reply> =>
    shop().server.fetch(`/agent/v1/${path}`, { token: await till.token(), json })
  const found = async (till: TestTill, { code }: Placed) => {
    const reply = await send(till, 'pickups/find', { by: 'code', code })
    const [pickup] = pickupsFoundSchema.strict().parse(reply.body).pickups
    if (!pickup) throw new Error('found nothing')
    return pickup
  }
  const handOver = (till: TestTill, { purchaseId }: Placed, over: object = {}) =>
    send(till, 'pickups/hand-over', {
      ...{ requestId: freshId(), kind: 'order', pickupId: purchaseId, refundsSeen: 0, ...over },
    })

  it('are found at a till with what came back, and handed over once per request', async () => {
    const member = await shop().coupons.member()
    const placed = await shop().placed(member.phone, { lines: GOODS, ...MONEY })
    const { orderNo } = placed.order
    const json = { by: 'member', memberId: member.id }
    const counted = async () =>
      lookupAnswerSchema.parse((await send(here(), 'lookup', json)).body).member?.waitingPickups
    expect(await counted()).toBe(1)
    expect(await found(here(), placed)).toMatchObject({
      ...{ kind: 'order', pickupId: placed.purchaseId, memberId: member.id, isPreparing: true },
      ...{ orderName: expect.stringContaining(orderNo), codeTail: placed.code.slice(-4) },
      ...{ refunds: 0, refundedFen: 0, untilMs: null, why: null },
      lines: [
        { name: '礼盒', quantityMilli: 2_000, returnedMilli: 0 },
        { name: '提袋', quantityMilli: 1_000, returnedMilli: 0 },
      ],
    })
    await shop().refunded(placed, 1_000, { lines: GOODS.slice(1) })
    await shop().ready(placed)
    // It was looked at before that.
    expect(codeOf(await handOver(here(), placed))).toBe('409 pickup_changed')
    const waiting = pickupsFoundSchema.parse((await send(here(), 'pickups/find', json)).body)
    expect(waiting.pickups).toMatchObject([
      {
        ...{ refunds: 1, refundedFen: 1_000, isPreparing: false, why: null },
        lines: [{ returnedMilli: 0 }, { returnedMilli: 1_000 }],
      },
    ])
    const request = { requestId: freshId(), refundsSeen: 1 }
    const first = await handOver(here(), placed, request)
    const handed = pickupHandedOverSchema.strict().parse(first.body)
    expect(handed).toMatchObject({ isNew: true, pickup: { why: { code: 'pickup_fetched' } } })
    shop().server.clock.advance(60_000)
    // Asked again after a lost answer, also where something came back meanwhile.
    await shop().refunded(placed, 500)
    const again = pickupHandedOverSchema.parse((await handOver(here(), placed, request)).body)
    expect(again).toMatchObject({ isNew: false, handedAtMs: handed.handedAtMs })
    const other = await handOver(here(), placed, { refundsSeen: 2 })
    expect([codeOf(other), other.body.detail]).toEqual([
      ...['409 pickup_fetched', expect.stringMatching(/^\d+月\d+日 \d\d:\d\d 已由本收银台交付$/)],
    ])
    expect(await shop().byCode(placed)).toMatchObject({ state: 'fetched', endedBy: '收银台 01' })
    expect(await counted()).toBe(0)
    const desk = await shop().handOver(placed, 2)
    expect([codeOf(desk), desk.body.detail]).toEqual([
      ...['409 pickup_fetched', expect.stringContaining('收银台 01交付（人民路店）')],
    ])
  })

  it('are handed over once by two tills and the console at the same moment, or are paid back', async () => {
    const second = await enrolTill(shop().server, { terminalCode: 'T2' })
    for (let round = 0; round < 4; round += 1) {
      const placed = await shop().placed(null, { lines: GOODS, ...MONEY })
      const replies = await Promise.all([
        ...[here(), second, here()].map((till) => handOver(till, placed)),
        shop().handOver(placed),
      ])
      expect(replies.map(codeOf).sort()).toEqual([
        ...['409 pickup_fetched', '409 pickup_fetched', '409 pickup_fetched', 'ok'],
      ])
      const racing = await shop().placed(null, { lines: GOODS, ...MONEY })
      const [reply] = await Promise.all([handOver(second, racing), shop().refunded(racing, 5_000)])
      const { state } = await shop().byCode(racing)
      expect([codeOf(reply), state]).toEqual(
        reply.status === 200 ? ['ok', 'fetched'] : [codeOf(reply), 'cancelled'],
      )
      if (reply.status !== 200)
        expect(['409 pickup_changed', '409 pickup_cancelled']).toContain(codeOf(reply))
    }
  })

  it.each([1, 2])(
    'are looked at anew where a refund comes after statement %d of a look',
    async (at) => {
      const { app, database } = shop().server
      const goods = app.get(KeptGoodsService, { strict: false })
      const placed = await shop().placed(null, { lines: GOODS, ...MONEY })
      const seen = await database.read((rx) => {
        const meanwhile = () => shop().refunded(placed, 1_000, { lines: GOODS.slice(1) })
        return goods.of(afterStatement(rx, at, meanwhile), [placed.purchaseId])
      })
      const refundsSeen = seen.get(placed.purchaseId)?.refunds
      expect(await found(here(), placed)).toMatchObject({ refunds: 1, refundedFen: 1_000 })
      expect(codeOf(await handOver(here(), placed, { refundsSeen }))).toBe('409 pickup_changed')
      expect(codeOf(await handOver(here(), placed, { refundsSeen: 1 }))).toBe('ok')
    },
  )

  it('are not handed over at a till of another store, nor once all was paid back', async () => {
    const { other } = shop().coupons
    const placed = await shop().placed(null)
    const where = '不在本店自提，请到人民路店取'
    expect(await found(other, placed)).toMatchObject({
      ...{ memberId: null, phoneMasked: null, why: { code: 'pickup_store', sentence: where } },
    })
    const wrong = await handOver(other, placed)
    expect([codeOf(wrong), wrong.body.detail]).toEqual(['409 pickup_store', where])
    await shop().refunded(placed, placed.order.totalFen)
    expect((await found(here(), placed)).why?.code).toBe('pickup_cancelled')
    expect(codeOf(await handOver(here(), placed, { refundsSeen: 1 }))).toBe('409 pickup_cancelled')
    const nothing = { ...placed, purchaseId: freshId() }
    expect(codeOf(await handOver(here(), nothing))).toBe('404 not_found')
  })
}
