import { expect, it } from '@jest/globals'
import {
  holdAnswerSchema,
  refundPreviewAnswerSchema,
  spendingQuoteAnswerSchema,
  type HoldRequest,
  type PointsSettings,
} from '@huike/shared/contracts/spending'
import { memberCardSchema, pointsPageSchema } from '@huike/shared/contracts/member'
import { fen } from '@huike/shared/quantities'
import { SpendPointsService } from '../../server/flows/spend-points.service.js'
import { HOLD_MS, UNPAID_AGAIN_MS } from '../../server/points/open-holds.js'
import { PointsHoldsService } from '../../server/points/points-holds.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import type { TerminalContext } from '../../server/stores/terminals.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { assignment, checkout, freshId, refundOf, undo } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { SPENDING_TERMS } from '../rig/spending.js'

// Points as cash: set aside while the cashier takes the discount off, then paid with the receipt, or
// given back; never more than there are, never twice, and given back with the sale.

describeEachDatabase('points as cash', (kit) => {
  let server: TestServer
  let till: TestTill
  let other: TestTill
  let owner: ConsolePerson
  let phones = 0

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    other = await enrolTill(server, { storeCode: '0002' })
    owner = await signInAs(server, 'owner')
    expect(await set({ spending: SPENDING_TERMS, refunds: 'negative' })).toBe(200)
  })

  const set = async (settings: PointsSettings) =>
    (await owner.fetch('settings/points', { method: 'PUT', json: settings })).status
  const ask = async (path: string, json: object, from = till) =>
    server.fetch(`/agent/v1/points/${path}`, { token: await from.token(), json })
  /** A member with so many points. */
  async function member(count: number): Promise<{ id: string; phone: string }> {
    phones += 1
    const phone = String(13_600_000_000 + phones)
    const id = await shopper.register(till, phone)
    if (count > 0) {
      const who = { by: 'phone' as const, phone }
      const receipt = { totalFen: count * 100 }
      expect((await till.sendOne(checkout(till, { who, receipt }))).points).toBe(count)
    }
    return { id, phone }
  }
  const aside = (id: string, points: number, change: object = {}) => ({
    holdId: freshId(),
    who: { by: 'member', memberId: id },
    points,
    orderFen: 2_000,
    ...change,
  })
  async function held(id: string, points: number) {
    const reply = await ask('holds', aside(id, points))
    expect([reply.status, reply.body.code]).toEqual([200, undefined])
    return holdAnswerSchema.parse(reply.body).hold
  }
  /** A sale of ¥20.00 less what the points take off, given to the member with them. */
  async function paid(id: string, hold: { holdId: string; valueFen: number }) {
    const sale = checkout(till, { receipt: { totalFen: 2_000 - hold.valueFen } })
    await till.sendOne(sale)
    const giving = { ...assignment(till, sale.eventId, to(id)), holdId: hold.holdId }
    return { sale, giving, result: await till.sendOne(giving) }
  }
  const to = (id: string) => ({ by: 'member', memberId: id })
  const worker = () => server.app.get(PointsHoldsService, { strict: false })
  async function pageOf(phone: string) {
    const { get } = await shopper.phoneOf(server, phone)
    const card = memberCardSchema.parse((await get('me')).body)
    const { entries } = pointsPageSchema.parse((await get('points?limit=20')).body)
    const told = entries.map(({ points, title, explanation }) => [points, title, explanation])
    return { balance: card.balancePoints, told }
  }
  const clean = async () => {
    expect((await verifyBook(server.database)).findings).toEqual([])
  }

  it('are told before they are taken: how many, and why none', async () => {
    const { id } = await member(250)
    const quote = async (orderFen: number) => {
      const reply = await ask('quote', { who: to(id), orderFen })
      return spendingQuoteAnswerSchema.parse(reply.body).quote
    }
    expect(await quote(2_000)).toEqual({
      ...{ spendablePoints: 250, mostPoints: 200, mostFen: 200, leastPoints: 100, stepPoints: 100 },
      why: null,
    })
    expect(await quote(150)).toMatchObject({ mostPoints: 0, why: '每次至少使用 100 积分' })
    await held(id, 200)
    expect(await quote(2_000)).toMatchObject({ mostPoints: 200, why: null })
    const elsewhere = await ask('quote', { who: to(id), orderFen: 2_000 }, other)
    expect(elsewhere.body.quote).toMatchObject({ mostPoints: 0, spendablePoints: 50 })
    const poor = await member(99)
    const none = await ask('quote', { who: to(poor.id), orderFen: 2_000 })
    expect(none.body.quote).toMatchObject({ why: '可用积分不足：现有 99 分可用', mostPoints: 0 })
  })

  it('are set aside, pay the order with its receipt, and are told in words', async () => {
    const { id, phone } = await member(500)
    const hold = await held(id, 300)
    expect(hold).toMatchObject({
      points: 300,
      valueFen: 300,
      state: 'reserved',
      balancePoints: 200,
    })
    const { result } = await paid(id, hold)
    expect(result).toMatchObject({ status: 'accepted', code: null, points: 17, balancePoints: 217 })
    expect(await pageOf(phone)).toEqual({
      balance: 217,
      told: [
        [17, '在人民路店消费得积分', '实付 ¥17.00，每满 ¥1.00 得 1 分，共 17 分'],
        [-300, '积分抵现', '为 ¥20.00 的订单预留 300 分，抵 ¥3.00'],
        [500, '在人民路店消费得积分', '实付 ¥500.00，每满 ¥1.00 得 1 分，共 500 分'],
      ],
    })
    const { get } = await shopper.phoneOf(server, phone)
    const cash = async (path: string) => pointsPageSchema.parse((await get(path)).body).asCash
    const worth = { points: 200, worthFen: 200, leastPoints: 100, isCodeNeeded: false }
    expect(await cash('points?limit=1')).toEqual(worth)
    expect(await cash('points?limit=1&cursor=2')).toBeNull()
    await set({ spending: { ...SPENDING_TERMS, leastPoints: 300 }, refunds: 'negative' })
    expect(await cash('points')).toMatchObject({ points: 0, worthFen: 0, leastPoints: 300 })
    await set({ spending: null, refunds: 'negative' })
    expect(await cash('points')).toBeNull()
    await set({ spending: SPENDING_TERMS, refunds: 'negative' })
    await clean()
  })

  it('are not taken twice, whatever comes twice', async () => {
    const { id } = await member(500)
    const wanted = aside(id, 300)
    const replies = await Promise.all([1, 2, 3].map(() => ask('holds', wanted)))
    expect(replies.map(({ body }) => body.hold?.balancePoints)).toEqual([200, 200, 200])
    expect((await ask('holds', { ...wanted, points: 200 })).body.code).toBe('idempotency_conflict')
    expect((await ask('holds', wanted, other)).body.code).toBe('idempotency_conflict')
    const { giving, result } = await paid(id, { ...wanted, valueFen: 300 })
    expect(result.balancePoints).toBe(217)
    for (let again = 1; again <= 10; again += 1)
      expect(await till.sendOne(giving)).toMatchObject({ status: 'duplicate', balancePoints: 217 })
    const second = await paid(id, { ...wanted, valueFen: 300 })
    expect(second.result).toMatchObject({ status: 'accepted', code: 'hold_ended', points: 17 })
    expect((await ask('holds/release', { holdId: wanted.holdId })).body.hold.state).toBe('spent')
    await clean()
  })

  it('of 200 tills that want the last points at once exactly those get them that can', async () => {
    const { id } = await member(5_000)
    const spending = server.app.get(SpendPointsService, { strict: false })
    const { storeId } = till.enrolled
    const from = () =>
      ({ terminal: { id: freshId() }, store: { id: storeId } }) as unknown as TerminalContext
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => spending.reserve(from(), aside(id, 100) as HoldRequest)),
    )
    expect(answers.filter((answer) => answer.ok)).toHaveLength(50)
    expect(new Set(answers.flatMap((answer) => (answer.ok ? [] : [answer.code])))).toEqual(
      new Set(['points_short']),
    )
    const balances = answers.flatMap((answer) => (answer.ok ? [answer.balancePoints] : []))
    expect(new Set(balances).size).toBe(50)
    expect(Math.min(...balances)).toBe(0)
    await clean()
  })

  it('are refused with the reason, and nothing is taken', async () => {
    const { id } = await member(300)
    const refused = async (points: number, change: object = {}) => {
      const reply = await ask('holds', aside(id, points, change))
      return [reply.status, reply.body.code]
    }
    expect(await refused(400)).toEqual([409, 'points_short'])
    expect(await refused(50)).toEqual([422, 'spending_too_few'])
    expect(await refused(150)).toEqual([422, 'spending_step'])
    expect(await refused(300, { orderFen: 400 })).toEqual([409, 'spending_too_many'])
    for (const points of [-100, 0, 1.5, 1e12, Number.NaN, '100', null])
      expect(await refused(100, { points })).toEqual([422, 'input_invalid'])
    expect(await refused(100, { who: to(freshId()) })).toEqual([404, 'member_not_found'])
    await set({ spending: { ...SPENDING_TERMS, leastOrderFen: fen(3_000) }, refunds: 'negative' })
    expect(await refused(100)).toEqual([409, 'spending_order_small'])
    await set({ spending: { ...SPENDING_TERMS, isCodeNeeded: true }, refunds: 'negative' })
    expect(await refused(100)).toEqual([403, 'spending_code_needed'])
    const beforehand = await ask('quote', { who: to(id), orderFen: 2_000 })
    expect(beforehand.body.quote).toMatchObject({
      ...{ spendablePoints: 300, mostPoints: 0, mostFen: 0 },
      why: '请会员出示会员码，扫码后再使用积分',
    })
    await set({ spending: null, refunds: 'negative' })
    expect(await refused(100)).toEqual([409, 'spending_off'])
    await set({ spending: SPENDING_TERMS, refunds: 'negative' })
    const broken = { ...SPENDING_TERMS, points: 100, fen: 33, stepPoints: 10 }
    expect(await set({ spending: broken, refunds: 'negative' })).toBe(422)
    expect(await held(id, 300)).toMatchObject({ balancePoints: 0 })
    await clean()
  })

  it('come back when the shopper changes their mind, or nobody says anything more', async () => {
    const { id, phone } = await member(500)
    const first = await held(id, 300)
    const back = await ask('holds/release', { holdId: first.holdId })
    expect(back.body.hold).toMatchObject({ state: 'released', balancePoints: 500 })
    expect((await ask('holds/release', { holdId: first.holdId })).body.hold.balancePoints).toBe(500)
    const second = await held(id, 200)
    expect((await ask('holds/release', { holdId: second.holdId }, other)).status).toBe(404)
    server.clock.advance(HOLD_MS)
    await worker().drain()
    expect((await pageOf(phone)).balance).toBe(500)
    await clean()
  })

  it('pay an order whose receipt came after the deadline, once they are there', async () => {
    const { id, phone } = await member(500)
    const hold = await held(id, 400)
    server.clock.advance(HOLD_MS)
    await worker().drain()
    const spent = await held(id, 200)
    await paid(id, spent)
    const late = await paid(id, hold)
    expect(late.result).toMatchObject({ status: 'accepted', code: 'hold_ended' })
    await worker().drain()
    expect((await pageOf(phone)).balance).toBe(300 + 18 + 16)
    await till.sendOne(
      checkout(till, { who: { by: 'phone', phone }, receipt: { totalFen: 10_000 } }),
    )
    server.clock.advance(UNPAID_AGAIN_MS)
    await worker().drain()
    expect((await pageOf(phone)).balance).toBe(300 + 18 + 16 + 100 - 400)
    await clean()
  })

  it('come back with what is refunded, exactly, however many refunds there are', async () => {
    const { id, phone } = await member(500)
    const { sale } = await paid(id, await held(id, 300))
    const balances: number[] = []
    for (let part = 1; part <= 17; part += 1) {
      const refund = refundOf(till, sale.receipt.receiptNo, 100)
      await till.sendOne(refund)
      expect((await till.sendOne(refund)).status).toBe('duplicate')
      balances.push((await pageOf(phone)).balance)
    }
    // 300 points came back over ¥17.00, less one point for each yuan.
    expect(balances.slice(0, 3)).toEqual([217 + 17 - 1, 217 + 35 - 2, 217 + 52 - 3])
    expect(balances.at(-1)).toBe(500)
    await clean()
  })

  it('go back to the right member when the receipt was given to the wrong one', async () => {
    const [wrong, right] = [await member(500), await member(500)]
    const hold = await held(wrong.id, 300)
    const { sale, giving } = await paid(wrong.id, hold)
    expect((await till.sendOne(undo(till, giving.eventId))).balancePoints).toBe(500)
    const next = await held(right.id, 300)
    const again = { ...assignment(till, sale.eventId, to(right.id)), holdId: next.holdId }
    expect(await till.sendOne(again)).toMatchObject({ code: null, balancePoints: 217 })
    const stolen = { ...assignment(till, freshId(), to(right.id)), holdId: hold.holdId }
    expect((await till.sendOne(stolen)).code).toBe('purchase_not_found')
    await clean()
  })

  it('are spent by their own member only', async () => {
    const [rich, poor] = [await member(500), await member(0)]
    const hold = await held(rich.id, 300)
    const { result } = await paid(poor.id, hold)
    expect(result).toMatchObject({ status: 'accepted', code: 'hold_ended', balancePoints: 17 })
    expect((await pageOf(rich.phone)).balance).toBe(200)
    server.clock.advance(HOLD_MS)
    await worker().drain()
    expect((await pageOf(rich.phone)).balance).toBe(500)
    await clean()
  })

  /** A member who bought for ¥500.00, and spent the 500 points on another order. */
  async function spender() {
    const { id, phone } = await member(0)
    const sale = checkout(till, { who: { by: 'phone', phone }, receipt: { totalFen: 50_000 } })
    await till.sendOne(sale)
    const hold = await held(id, 500)
    await paid(id, hold)
    return { id, phone, sale, hold }
  }
  const previewOf = async (receiptNo: string | null, refundFen: number) => {
    const reply = await ask('refunds/preview', { receiptNo, refundFen })
    return refundPreviewAnswerSchema.parse(reply.body).preview
  }

  it('that are spent by the time of a refund make a debt, where the chain lets it stand', async () => {
    const { id, phone, sale } = await spender()
    expect(await previewOf(sale.receipt.receiptNo, 50_000)).toMatchObject({
      ...{ takenPoints: 500, missingPoints: 485, keptBackFen: 0, balanceAfterPoints: -485 },
      words: '收回积分 500 分，其中 485 分会员已经用掉，余额将为负。',
    })
    const refund = refundOf(till, sale.receipt.receiptNo, 50_000)
    expect((await till.sendOne(refund)).balancePoints).toBe(-485)
    expect((await ask('holds', aside(id, 100))).body.code).toBe('points_short')
    expect((await pageOf(phone)).balance).toBe(-485)
    await clean()
  })

  it('that are spent by then are taken from what is earned next, where the chain wants that', async () => {
    await set({ spending: SPENDING_TERMS, refunds: 'next_earn' })
    const { id, phone, sale } = await spender()
    expect((await previewOf(sale.receipt.receiptNo, 50_000)).words).toBe(
      '收回积分 500 分，其中 485 分会员已经用掉，从以后的积分中扣。',
    )
    const refund = refundOf(till, sale.receipt.receiptNo, 50_000)
    expect((await till.sendOne(refund)).balancePoints).toBe(0)
    await clean()
    const buy = async (totalFen: number) =>
      till.sendOne(checkout(till, { who: { by: 'phone', phone }, receipt: { totalFen } }))
    expect(await buy(40_000)).toMatchObject({ points: 400, balancePoints: 0 })
    expect(await buy(10_000)).toMatchObject({ points: 100, balancePoints: 15 })
    const { told } = await pageOf(phone)
    expect(told.slice(0, 2)).toEqual([
      [-85, '补扣此前待扣的积分', '补扣此前欠的 85 分'],
      [100, '在人民路店消费得积分', '实付 ¥100.00，每满 ¥1.00 得 1 分，共 100 分'],
    ])
    expect((await ask('holds', aside(id, 100))).body.code).toBe('points_short')
    await set({ spending: SPENDING_TERMS, refunds: 'negative' })
    await clean()
  })

  it('that are spent by then are kept back from the money, once the cashier says so', async () => {
    await set({ spending: SPENDING_TERMS, refunds: 'cash' })
    const { sale } = await spender()
    expect(await previewOf(sale.receipt.receiptNo, 50_000)).toMatchObject({
      ...{ missingPoints: 485, keptBackFen: 485, balanceAfterPoints: 0 },
      words: '收回积分 500 分，其中 485 分会员已经用掉，请从退款中扣下 ¥4.85。',
    })
    const refund = refundOf(till, sale.receipt.receiptNo, 50_000)
    expect((await till.sendOne(refund)).balancePoints).toBe(-485)
    const settle = (checkoutEventId: string, from = till) =>
      ask('refunds/settle', { checkoutEventId, keptFen: 485 }, from)
    const replies = await Promise.all([1, 2, 3].map(() => settle(refund.eventId)))
    for (const { body } of replies)
      expect(body).toMatchObject({ settledPoints: 485, settledFen: 485, balancePoints: 0 })
    for (const [eventId, from] of [[sale.eventId], [refund.eventId, other], [freshId()]] as const)
      expect((await settle(eventId, from)).body.code).toBe('purchase_not_found')
    await set({ spending: SPENDING_TERMS, refunds: 'negative' })
    expect((await settle(refund.eventId)).body.code).toBe('spending_off')
    await clean()
  })

  it('bring no shopper anything who buys, spends, and gives everything back', async () => {
    for (const refunds of ['negative', 'next_earn'] as const) {
      await set({ spending: SPENDING_TERMS, refunds })
      const { id, phone } = await member(0)
      const first = checkout(till, { who: { by: 'phone', phone }, receipt: { totalFen: 50_000 } })
      await till.sendOne(first)
      const { sale } = await paid(id, await held(id, 500))
      await till.sendOne(refundOf(till, first.receipt.receiptNo, 50_000))
      await till.sendOne(refundOf(till, sale.receipt.receiptNo, 1_500))
      // Whoever pays ¥515.00 and gets ¥515.00 back has the points of the beginning: none.
      expect((await pageOf(phone)).balance).toBe(0)
      expect((await ask('holds', aside(id, 100))).body.code).toBe('points_short')
    }
    await set({ spending: SPENDING_TERMS, refunds: 'negative' })
    await clean()
  })

  it('and debts go along when two records become one, and come back when they are two again', async () => {
    await set({ spending: SPENDING_TERMS, refunds: 'next_earn' })
    const { id, sale } = await spender()
    await till.sendOne(refundOf(till, sale.receipt.receiptNo, 50_000))
    const rich = await member(1_000)
    const open = await held(rich.id, 300)
    const merged = await owner.fetch('merges', {
      json: { survivorId: rich.id, absorbedId: id },
      headers: { 'idempotency-key': freshId() },
    })
    expect([merged.status, merged.body.code]).toEqual([200, undefined])
    expect((await pageOf(rich.phone)).balance).toBe(1_000 - 485)
    expect((await ask('holds/release', { holdId: open.holdId })).body.hold.state).toBe('released')
    await clean()
    const undone = await owner.post(`merges/${String(merged.body.id)}/undo`)
    expect([undone.status, undone.body.code]).toEqual([200, undefined])
    expect((await pageOf(rich.phone)).balance).toBe(1_000)
    await set({ spending: SPENDING_TERMS, refunds: 'negative' })
    await clean()
  })
})
