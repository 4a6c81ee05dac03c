import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { UNDO_WITHIN_MS } from '@huike/shared/contracts/agent'
import { UNDO_SLACK_MS } from '../../server/flows/undo-assignment.js'
import { PointsBook } from '../../server/points/points-book.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { countsExpected, countsWritten } from '../rig/counts.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import {
  assignment,
  checkout,
  refundOf,
  registration,
  undo,
  type CheckoutOverrides,
} from '../rig/events.js'
import * as shopper from '../rig/shopper.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'

// A cashier gave a receipt to the wrong member and takes it back within a minute: nobody keeps a
// point that is not theirs, the right member gets theirs, and the book says how it came about.

describeEachDatabase('taking a receipt back from the wrong member', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let till: TestTill
  let phones = 0

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    till = await enrolTill(server)
  })
  afterAll(async () => {
    await server.drain()
    const [report, written, expected] = [
      await verifyBook(server.database),
      await countsWritten(server.database),
      await countsExpected(server.database),
    ]
    await server.stop()
    await opened.drop()
    expect(report.findings).toEqual([])
    expect(report.memberPoints + report.programmePoints).toBe(0)
    expect(written.storeDays).toEqual(expected.storeDays)
  })

  /** A new member: id and phone number. */
  async function member(): Promise<{ id: string; phone: string }> {
    phones += 1
    const phone = String(13_500_000_000 + phones)
    return { id: await shopper.register(till, phone), phone }
  }
  const to = (id: string) => ({ by: 'member', memberId: id })
  /** A sale of ¥21.32, sent, and given to `id`. */
  async function given(id: string, overrides: CheckoutOverrides = {}) {
    const sale = checkout(till, overrides)
    await till.sendOne(sale)
    const giving = assignment(till, sale.eventId, to(id))
    expect(await till.sendOne(giving)).toMatchObject({ status: 'accepted', memberId: id })
    return { sale, giving }
  }
  async function phoneOf(phone: string) {
    const { get } = await shopper.phoneOf(server, phone)
    return {
      balance: (await get('me')).body.balancePoints as number,
      moved: (await get('points')).body.entries.map((entry: any) => entry.points) as number[],
      titles: (await get('points')).body.entries.map((entry: any) => entry.title) as string[],
      purchases: (await get('purchases')).body.purchases as { kind: string }[],
    }
  }

  it('finds who it was given to by a merged id, in the same batch too', async () => {
    const wrong = await member()
    const alias = registration(till, wrong.phone)
    const right = await member()
    const sale = checkout(till)
    const mistake = assignment(till, sale.eventId, to(alias.memberId))
    const { results } = await till.send([
      ...[alias, sale, mistake, undo(till, mistake.eventId)],
      assignment(till, sale.eventId, to(right.id)),
    ])
    expect(results.slice(2)).toMatchObject([
      { status: 'accepted', memberId: wrong.id, points: 21 },
      { status: 'accepted', memberId: wrong.id, points: -21 },
      { status: 'accepted', memberId: right.id, points: 21 },
    ])
    const later = checkout(till)
    await till.send([later])
    const again = assignment(till, later.eventId, to(alias.memberId))
    const third = await till.send([again, undo(till, again.eventId)])
    expect(third.results).toMatchObject([{ points: 21 }, { status: 'accepted', points: -21 }])
  })

  it('takes the points and the purchase back, and tells the till the new balance', async () => {
    const wrong = await member()
    const { giving } = await given(wrong.id)
    const result = await till.sendOne(undo(till, giving.eventId))
    expect(result).toMatchObject({
      ...{ status: 'accepted', code: null, memberId: wrong.id, points: -21, balancePoints: 0 },
    })
    const phone = await phoneOf(wrong.phone)
    expect(phone).toMatchObject({ balance: 0, moved: [-21, 21], purchases: [] })
    expect(phone.titles[0]).toBe('在人民路店消费记错会员，积分已撤回')
  })

  it('gives it to the right member afterwards, and to the first one again', async () => {
    const [wrong, right] = [await member(), await member()]
    const { sale, giving } = await given(wrong.id)
    await till.sendOne(undo(till, giving.eventId))
    const second = assignment(till, sale.eventId, to(right.id))
    expect(await till.sendOne(second)).toMatchObject({ status: 'accepted', points: 21 })
    expect(await phoneOf(right.phone)).toMatchObject({ balance: 21, moved: [21] })
    expect((await phoneOf(right.phone)).purchases).toHaveLength(1)
    await till.sendOne(undo(till, second.eventId))
    const third = assignment(till, sale.eventId, to(wrong.id))
    expect(await till.sendOne(third)).toMatchObject({ status: 'accepted', points: 21 })
    expect((await phoneOf(wrong.phone)).moved).toEqual([21, -21, 21])
    expect((await phoneOf(right.phone)).moved).toEqual([-21, 21])
  })

  it('does all of it in one batch, and says the same when the batch comes again', async () => {
    const [wrong, right] = [await member(), await member()]
    const sale = checkout(till)
    const first = assignment(till, sale.eventId, to(wrong.id))
    const batch = [
      sale,
      first,
      undo(till, first.eventId),
      assignment(till, sale.eventId, to(right.id)),
    ]
    const answers = await Promise.all([till.send(batch), till.send(batch), till.send(batch)])
    for (const answer of answers)
      expect(answer.results.map(({ points }) => points)).toEqual([null, 21, -21, 21])
    const statuses = answers.flatMap(({ results }) => results.map(({ status }) => status))
    expect(statuses.filter((status) => status === 'accepted')).toHaveLength(4)
    expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(8)
    expect(await phoneOf(wrong.phone)).toMatchObject({ balance: 0, moved: [-21, 21] })
    expect(await phoneOf(right.phone)).toMatchObject({ balance: 21, moved: [21] })
  })

  it('takes back once, however often and in however many words it is asked', async () => {
    const wrong = await member()
    const { sale, giving } = await given(wrong.id)
    const again = Array.from({ length: 6 }, () => undo(till, giving.eventId))
    const results = await Promise.all(again.map((event) => till.sendOne(event)))
    expect(results.filter(({ status }) => status === 'accepted')).toHaveLength(1)
    expect(results.filter(({ status }) => status === 'duplicate')).toHaveLength(5)
    // A late repetition must not touch a giving that came since.
    const kept = assignment(till, sale.eventId, to(wrong.id))
    await till.sendOne(kept)
    expect(await till.sendOne(undo(till, giving.eventId))).toMatchObject({
      ...{ status: 'duplicate', points: null, balancePoints: 21 },
    })
    expect(await phoneOf(wrong.phone)).toMatchObject({ balance: 21, moved: [21, -21, 21] })
  })

  it('answers the giving that was taken back as it did before', async () => {
    const wrong = await member()
    const { giving } = await given(wrong.id)
    await till.sendOne(undo(till, giving.eventId))
    expect(await till.sendOne(giving)).toMatchObject({ status: 'duplicate', points: 21 })
    expect((await phoneOf(wrong.phone)).balance).toBe(0)
  })

  it.each([
    ['in the last second of the minute', UNDO_WITHIN_MS, 'accepted', null],
    ['while clocks may differ', UNDO_WITHIN_MS + UNDO_SLACK_MS, 'accepted', null],
    ['later', UNDO_WITHIN_MS + UNDO_SLACK_MS + 1, 'rejected', 'undo_too_late'],
    ['by a clock that was put back a little', -UNDO_SLACK_MS, 'accepted', null],
    ['by a clock that was put back far', -UNDO_SLACK_MS - 1, 'rejected', 'undo_too_late'],
  ])('counts the minute by the till: %s', async (_title, afterMs, status, code) => {
    const wrong = await member()
    const { giving } = await given(wrong.id)
    const occurredAtMs = (server.clock.nowMs() + afterMs) as never
    const result = await till.sendOne(undo(till, giving.eventId, { occurredAtMs }))
    expect(result).toMatchObject({ status, code, memberId: wrong.id })
    expect((await phoneOf(wrong.phone)).balance).toBe(status === 'accepted' ? 0 : 21)
  })

  it('takes an undo that a till without a network brings a day later', async () => {
    const wrong = await member()
    const sale = checkout(till)
    const giving = assignment(till, sale.eventId, to(wrong.id))
    const taken = undo(till, giving.eventId)
    server.clock.advance(86_400_000)
    const { results } = await till.send([sale, giving, taken])
    expect(results.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted'])
    expect((await phoneOf(wrong.phone)).balance).toBe(0)
  })

  it('knows no giving of another till, none that never was, and none that is a sale', async () => {
    const wrong = await member()
    const { sale, giving } = await given(wrong.id)
    const otherTill = await enrolTill(server, { terminalCode: '07' })
    const unknown = { status: 'rejected', code: 'purchase_not_found', memberId: null }
    expect(await otherTill.sendOne(undo(till, giving.eventId))).toMatchObject(unknown)
    const never = assignment(till, sale.eventId, to(wrong.id)).eventId
    expect(await till.sendOne(undo(till, never))).toMatchObject(unknown)
    expect(await till.sendOne(undo(till, sale.eventId))).toMatchObject(unknown)
    expect((await phoneOf(wrong.phone)).balance).toBe(21)
  })

  it('leaves a receipt with the member whom the till itself named', async () => {
    const named = await member()
    const sale = checkout(till, { who: { by: 'phone', phone: named.phone } as never })
    await till.sendOne(sale)
    const giving = assignment(till, sale.eventId, to(named.id))
    expect(await till.sendOne(giving)).toMatchObject({ status: 'duplicate' })
    expect(await till.sendOne(undo(till, giving.eventId))).toMatchObject({
      ...{ status: 'rejected', code: 'not_found', memberId: named.id, points: null },
    })
    expect((await phoneOf(named.phone)).balance).toBe(21)
  })

  it('has nothing to take back where the giving was refused', async () => {
    const [owner, other] = [await member(), await member()]
    const { sale } = await given(owner.id)
    const refused = assignment(till, sale.eventId, to(other.id))
    expect(await till.sendOne(refused)).toMatchObject({ code: 'receipt_already_claimed' })
    expect(await till.sendOne(undo(till, refused.eventId))).toMatchObject({
      ...{ status: 'duplicate', code: null, points: null },
    })
    expect((await phoneOf(owner.phone)).balance).toBe(21)
  })

  it('gives back what a refund took meanwhile, and counts the refund for the next member', async () => {
    const [wrong, right] = [await member(), await member()]
    const { sale, giving } = await given(wrong.id)
    await till.sendOne(refundOf(till, sale.receipt.receiptNo, 1066))
    expect(await till.sendOne(undo(till, giving.eventId))).toMatchObject({
      ...{ status: 'accepted', points: -11, balancePoints: 0 },
    })
    expect(await phoneOf(wrong.phone)).toMatchObject({ moved: [10, -21, -10, 21], purchases: [] })
    const second = assignment(till, sale.eventId, to(right.id))
    expect(await till.sendOne(second)).toMatchObject({ points: 11, balancePoints: 11 })
    expect(await till.sendOne(refundOf(till, sale.receipt.receiptNo, 1066))).toMatchObject({
      ...{ points: -11, balancePoints: 0 },
    })
  })

  it('takes nothing where a sale was wholly refunded before it was given', async () => {
    const [wrong, right] = [await member(), await member()]
    const sale = checkout(till)
    await till.sendOne(sale)
    await till.sendOne(refundOf(till, sale.receipt.receiptNo, 2132))
    const first = assignment(till, sale.eventId, to(wrong.id))
    expect(await till.sendOne(first)).toMatchObject({ status: 'accepted', points: 0 })
    expect(await till.sendOne(undo(till, first.eventId))).toMatchObject({ points: 0 })
    const second = assignment(till, sale.eventId, to(right.id))
    expect(await till.sendOne(second)).toMatchObject({ status: 'accepted', points: 0 })
    expect(await till.sendOne(undo(till, second.eventId))).toMatchObject({ points: 0 })
    expect((await phoneOf(right.phone)).moved).toEqual([21, -21, -21, 21])
  })

  it('takes back a sale too small for a point, and a refund that was given by itself', async () => {
    const wrong = await member()
    const { giving } = await given(wrong.id, { receipt: { totalFen: 99 } })
    expect(await till.sendOne(undo(till, giving.eventId))).toMatchObject({
      ...{ status: 'accepted', points: 0 },
    })
    const refund = refundOf(till, null, 500)
    await till.sendOne(refund)
    const second = assignment(till, refund.eventId, to(wrong.id))
    await till.sendOne(second)
    expect((await phoneOf(wrong.phone)).purchases).toMatchObject([{ kind: 'refund' }])
    expect(await till.sendOne(undo(till, second.eventId))).toMatchObject({ status: 'accepted' })
    expect((await phoneOf(wrong.phone)).purchases).toEqual([])
  })

  it('tells consumers of events the member, and points with a minus', async () => {
    const wrong = await member()
    const { giving } = await given(wrong.id)
    const { purchaseId } = await till.sendOne(undo(till, giving.eventId))
    const rows = await server.database.read((rx) =>
      rx.rows<{ payload: string }>(
        "SELECT payload FROM event_log WHERE type = 'purchase.unassigned' AND aggregateId = ?",
        [purchaseId],
      ),
    )
    expect(rows.map(({ payload }) => JSON.parse(payload))).toMatchObject([
      { kind: 'sale', memberId: wrong.id, totalFen: 2132, points: -21 },
    ])
  })
})

describeEachDatabase('taking back points that were spent', (kit) => {
  it('goes below zero, as a refund does, and the next sale fills it up', async () => {
    const opened = await kit.open()
    const server = await startTestServer(opened)
    const till = await enrolTill(server)
    const memberId = await shopper.register(till, '13500000099')
    const sale = checkout(till)
    const giving = assignment(till, sale.eventId, { by: 'member', memberId })
    await till.send([sale, giving])
    await spend(server, memberId, 15)
    expect(await till.sendOne(undo(till, giving.eventId))).toMatchObject({
      ...{ status: 'accepted', points: -21, balancePoints: -15 },
    })
    const next = checkout(till, { who: { by: 'member', memberId } as never })
    expect(await till.sendOne(next)).toMatchObject({ points: 21, balancePoints: 6 })
    await server.stop()
    await opened.drop()
  })
})

/** Points that left a member's account for something; nothing in Huike spends points yet. */
async function spend(server: TestServer, memberId: string, points: number): Promise<void> {
  await server.database.write(async (tx) => {
    const book = await PointsBook.open(tx, [memberId])
    const nowMs = server.clock.nowMs()
    book.post({
      ...{ memberId, direction: 'out', points: points as never, reason: 'refund' },
      ...{ sourceKey: 'spent', rule: null, explanation: '花掉', actor: 'test' },
      ...{ occurredAtMs: nowMs, recordedAtMs: nowMs, answersTransferId: null },
    })
    await book.close(tx)
  })
}
