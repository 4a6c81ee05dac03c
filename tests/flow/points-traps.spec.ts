import { expect, it } from '@jest/globals'
import { verifyBook } from '../../server/points/verify-book.js'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { describeEachDatabase } from '../rig/databases.js'
import { assignment, checkout, refundOf, registration, undo } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { askToHold, held, setPoints, SPENDING_TERMS } from '../rig/spending.js'

// What went wrong with points elsewhere, each told as the story of it; here it does not.

describeEachDatabase('points elsewhere', (kit) => {
  let server: TestServer
  let till: TestTill
  let other: TestTill
  let phones = 0

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    other = await enrolTill(server, { storeCode: '0002' })
    await setPoints(server, { spending: SPENDING_TERMS, refunds: 'negative' })
  })

  async function member() {
    phones += 1
    const phone = String(13_700_000_000 + phones)
    return { id: await shopper.register(till, phone), phone }
  }
  const saleTo = (phone: string, totalFen: number, receipt: object = {}) =>
    checkout(till, {
      who: { by: 'phone', phone },
      receipt: { totalFen, ...receipt },
    })
  const rowsOf = (memberId: string) =>
    server.database.read((rx) =>
      rx.rows<{ id: string; reason: string; points: number; toAccount: string; hash: string }>(
        'SELECT * FROM points_transfer WHERE memberId = ? ORDER BY seq',
        [memberId],
      ),
    )
  const balanceOf = async (memberId: string) => {
    const [row] = await server.database.read((rx) =>
      rx.rows<{ balancePoints: number }>(
        'SELECT balancePoints FROM points_account WHERE memberId = ?',
        [memberId],
      ),
    )
    return row?.balancePoints
  }
  /** What the log says, added up by itself. */
  const loggedOf = async (memberId: string) =>
    (await rowsOf(memberId))
      .filter(({ reason }) => reason !== 'spent' && reason !== 'spend_undone')
      .reduce(
        (sum, row) => sum + (row.toAccount === `member:${memberId}` ? row.points : -row.points),
        0,
      )

  it('an answer was lost, the till sent the sale again, and the points were doubled', async () => {
    const { id, phone } = await member()
    const sale = saleTo(phone, 5_000)
    await till.sendOne(sale)
    for (let again = 1; again <= 10; again += 1)
      expect(await till.sendOne(sale)).toMatchObject({ status: 'duplicate', points: 50 })
    expect(await balanceOf(id)).toBe(50)
  })

  it('a day without a network was sent three times over, and counted each time', async () => {
    const { id, phone } = await member()
    const day = [1_000, 2_000, 3_000].map((totalFen) => saleTo(phone, totalFen))
    const lines = [...day, refundOf(till, day[0]?.receipt.receiptNo ?? null, 1_000)]
    for (let again = 1; again <= 3; again += 1) await till.send(lines)
    expect([await balanceOf(id), (await rowsOf(id)).length]).toEqual([50, 4])
  })

  it('a receipt number was taken for the only one of its kind, and tomorrow’s sale was lost', async () => {
    const { id, phone } = await member()
    await till.sendOne(saleTo(phone, 1_000, { receiptNo: '0001' }))
    const tomorrow = { receiptNo: '0001', businessDate: '2026-03-03' }
    expect((await till.sendOne(saleTo(phone, 1_000, tomorrow))).status).toBe('accepted')
    const elsewhere = { who: { by: 'phone' as const, phone: phone as never } }
    const same = checkout(other, { ...elsewhere, receipt: { totalFen: 1_000, receiptNo: '0001' } })
    expect((await other.sendOne(same)).status).toBe('accepted')
    expect(await balanceOf(id)).toBe(30)
  })

  it('the goods came back and the points stayed', async () => {
    const { id, phone } = await member()
    const sale = saleTo(phone, 5_000)
    await till.sendOne(sale)
    await till.sendOne(refundOf(till, sale.receipt.receiptNo, 5_000))
    expect(await balanceOf(id)).toBe(0)
  })

  it('one refund, told by two sources, took the points twice', async () => {
    const { id, phone } = await member()
    const sale = saleTo(phone, 10_000)
    await till.sendOne(sale)
    const refund = refundOf(till, sale.receipt.receiptNo, 5_000)
    await till.sendOne(refund)
    const fromFile = {
      ...refundOf(till, sale.receipt.receiptNo, 5_000, { source: { kind: 'file_drop' } }),
      receipt: refund.receipt,
    }
    expect((await till.sendOne(fromFile)).status).toBe('duplicate')
    expect(await balanceOf(id)).toBe(50)
  })

  it('a hundred partial refunds were rounded a hundred times, and points were left over', async () => {
    const { id, phone } = await member()
    const sale = saleTo(phone, 9_973)
    await till.sendOne(sale)
    const parts = Array.from({ length: 99 }, () => refundOf(till, sale.receipt.receiptNo, 100))
    await till.send(parts)
    expect(await balanceOf(id)).toBe(99 - Math.floor((99 * 9_900) / 9_973))
    await till.sendOne(refundOf(till, sale.receipt.receiptNo, 73))
    expect(await balanceOf(id)).toBe(0)
  })

  it('the balance was held at zero while the log took the whole amount', async () => {
    const { id, phone } = await member()
    const sale = saleTo(phone, 30_000)
    await till.sendOne(sale)
    await spend(id, 300)
    for (const refunds of ['negative', 'next_earn'] as const) {
      await setPoints(server, { spending: SPENDING_TERMS, refunds })
      await till.sendOne(refundOf(till, sale.receipt.receiptNo, 15_000))
      expect(await loggedOf(id)).toBe(await balanceOf(id))
    }
    expect(await balanceOf(id)).toBe(0)
    await setPoints(server, { spending: SPENDING_TERMS, refunds: 'negative' })
  })

  it('there were too few points, nobody said so, and the discount was given', async () => {
    const { id } = await member()
    const reply = await askToHold(till, id, 100)
    expect([reply.status, reply.body.code, reply.body.detail]).toEqual([
      ...[409, 'points_short'],
      '可用积分不足：现有 0 分可用',
    ])
    expect(await rowsOf(id)).toEqual([])
  })

  it('an input was wrong, the error was swallowed, and the till went on as if it were paid', async () => {
    const { id, phone } = await member()
    await till.sendOne(saleTo(phone, 50_000))
    for (const points of [-100, 0.5, Number.NaN, 1e15]) {
      const reply = await askToHold(till, id, points)
      expect([reply.status, reply.body.code]).toEqual([422, 'input_invalid'])
    }
    expect([await balanceOf(id), (await rowsOf(id)).length]).toEqual([500, 1])
  })

  it('the balance was lowered without looking, and went below what there was', async () => {
    const { id, phone } = await member()
    await till.sendOne(saleTo(phone, 10_000))
    const replies = await Promise.all([till, other].map((one) => askToHold(one, id, 100)))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(await balanceOf(id)).toBe(0)
  })

  it('points were earned on what was paid with points', async () => {
    const { id, phone } = await member()
    await till.sendOne(saleTo(phone, 50_000))
    const result = await spend(id, 500)
    // ¥20.00 less ¥5.00: fifteen points, not twenty.
    expect(result).toMatchObject({ points: 15, balancePoints: 15 })
  })

  it('points that paid for an order did not come back with its refund', async () => {
    const { id, phone } = await member()
    await till.sendOne(saleTo(phone, 50_000))
    const { receiptNo } = await spend(id, 500)
    await till.sendOne(refundOf(till, receiptNo, 1_500))
    expect(await balanceOf(id)).toBe(500)
  })

  it('the cashier was told one thing about a refund, and the refund did another', async () => {
    for (const refunds of ['negative', 'next_earn', 'cash'] as const) {
      await setPoints(server, { spending: SPENDING_TERMS, refunds })
      const { id, phone } = await member()
      const first = saleTo(phone, 50_000)
      await till.sendOne(first)
      const { receiptNo } = await spend(id, 500)
      for (const [sale, part] of [
        [first.receipt.receiptNo, 20_000],
        [receiptNo, 700],
        [first.receipt.receiptNo, null],
        [receiptNo, null],
      ] as const) {
        const { preview } = (await previewOf(sale, part)).body
        const refund = refundOf(till, sale, preview.refundFen)
        expect(await till.sendOne(refund)).toMatchObject({ points: -preview.takenPoints })
        if (preview.keptBackFen > 0)
          expect((await settle(refund.eventId, preview.keptBackFen)).body).toMatchObject({
            ...{ settledPoints: preview.missingPoints, settledFen: preview.keptBackFen },
          })
        expect([refunds, await balanceOf(id)]).toEqual([refunds, preview.balanceAfterPoints])
      }
      // ¥2.59 was kept back of the money, for points that the other refund brought back.
      const owned = { negative: 0, next_earn: 0, cash: 259 }
      expect(await balanceOf(id)).toBe(owned[refunds])
    }
    await setPoints(server, { spending: SPENDING_TERMS, refunds: 'negative' })
  })

  it('a receipt was refunded twice, for more than it was, or by another store, and nobody said so', async () => {
    const { phone } = await member()
    const sale = saleTo(phone, 10_000)
    await till.sendOne(sale)
    const { receiptNo } = sale.receipt
    await till.sendOne(refundOf(till, receiptNo, 4_000))
    const refused = async (...asked: Parameters<typeof previewOf>) => {
      const { status, body } = await previewOf(...asked)
      return [status, body.code, body.detail]
    }
    expect(await refused(receiptNo, 6_001)).toEqual([
      ...[422, 'refund_too_much'],
      '最多还能退 ¥60.00（原单 ¥100.00，已退 ¥40.00）',
    ])
    expect((await previewOf(receiptNo, null)).body.preview).toMatchObject({
      ...{ saleFen: 10_000, refundedFen: 4_000, refundFen: 6_000, takenPoints: 60 },
    })
    expect(await refused(receiptNo, 1, other)).toEqual([409, 'refund_elsewhere', undefined])
    expect((await refused('没有这张', null)).slice(0, 2)).toEqual([404, 'purchase_not_found'])
    for (const wrong of [0, -100, 0.5, 1e15])
      expect((await refused(receiptNo, wrong)).slice(0, 2)).toEqual([422, 'input_invalid'])
    await till.sendOne(refundOf(till, receiptNo, 6_000))
    for (const amount of [null, 1])
      expect((await refused(receiptNo, amount)).slice(0, 2)).toEqual([409, 'refund_done'])
  })

  it('a number was used again, and the refund of the other till’s sale was shown', async () => {
    const [mine, theirs] = [await member(), await member()]
    const second = await enrolTill(server, { terminalCode: 'T2' })
    await till.sendOne(saleTo(mine.phone, 1_000, { receiptNo: '7001' }))
    const who = { by: 'phone' as const, phone: theirs.phone }
    const later = { who, receipt: { totalFen: 2_000, receiptNo: '7001' } }
    await second.sendOne(checkout(second, later))
    for (const [at, memberId] of [
      [till, mine.id],
      [second, theirs.id],
    ] as const)
      expect((await previewOf('7001', null, at)).body.preview).toMatchObject({ memberId })
  })

  it('money was kept back for spent points, others were earned meanwhile, and it was lost', async () => {
    await setPoints(server, { spending: SPENDING_TERMS, refunds: 'cash' })
    const { id, phone } = await member()
    const sale = saleTo(phone, 50_000)
    await till.sendOne(sale)
    await spend(id, 500)
    const refund = refundOf(till, sale.receipt.receiptNo, 50_000)
    await till.sendOne(refund)
    await till.sendOne(saleTo(phone, 100_000))
    expect(await balanceOf(id)).toBe(515)
    // It pays for what was missing then, and once.
    for (const keptFen of [485, 485, 900])
      expect((await settle(refund.eventId, keptFen)).body).toMatchObject({
        ...{ settledPoints: 485, balancePoints: 1_000 },
      })
    const none = refundOf(till, null, 100)
    await till.sendOne(none)
    expect((await settle(none.eventId, 100)).body.code).toBe('purchase_not_found')
    await setPoints(server, { spending: SPENDING_TERMS, refunds: 'negative' })
  })

  it('less money was kept back than the points were worth, and all of them were forgiven', async () => {
    await setPoints(server, { spending: SPENDING_TERMS, refunds: 'cash' })
    const { id, phone } = await member()
    const sale = saleTo(phone, 50_000)
    await till.sendOne(sale)
    await spend(id, 500)
    const refund = refundOf(till, sale.receipt.receiptNo, 50_000)
    await till.sendOne(refund)
    for (const wrong of [0, -1, 0.5])
      expect((await settle(refund.eventId, wrong)).body.code).toBe('input_invalid')
    expect((await settle(refund.eventId, 100)).body).toMatchObject({
      ...{ settledPoints: 100, settledFen: 100, balancePoints: -385 },
    })
    await setPoints(server, { spending: SPENDING_TERMS, refunds: 'negative' })
  })

  it('a cancelled gift deleted its lines in the log', async () => {
    const { id } = await member()
    const sale = checkout(till)
    const giving = assignment(till, sale.eventId, { by: 'member', memberId: id })
    await till.send([sale, giving])
    const before = await rowsOf(id)
    await till.sendOne(undo(till, giving.eventId))
    const after = await rowsOf(id)
    expect(after.slice(0, before.length)).toEqual(before)
    expect([after.length, await balanceOf(id)]).toEqual([2, 0])
  })

  it('two records became one, and the points of one were gone', async () => {
    const [one, two] = [await member(), await member()]
    await till.send([saleTo(one.phone, 3_000), saleTo(two.phone, 4_000)])
    await merge(one.id, two.id)
    expect([await balanceOf(one.id), await balanceOf(two.id)]).toEqual([70, 0])
  })

  it('the old record lived on after a merge, and its points went nowhere', async () => {
    const [one, two] = [await member(), await member()]
    const alias = registration(till, two.phone)
    await till.sendOne(alias)
    await merge(one.id, two.id)
    await till.sendOne(saleTo(two.phone, 2_000))
    const byId = checkout(till, { who: { by: 'member', memberId: two.id as never } })
    expect(await till.sendOne(byId)).toMatchObject({ memberId: one.id, points: 21 })
    expect([await balanceOf(one.id), await balanceOf(two.id)]).toEqual([41, 0])
  })

  it('the balance said one thing and the log another', async () => {
    const accounts = await server.database.read((rx) =>
      rx.rows<{ memberId: string; balancePoints: number }>('SELECT * FROM points_account'),
    )
    expect(accounts.length).toBeGreaterThan(10)
    for (const { memberId, balancePoints } of accounts)
      expect([memberId, await loggedOf(memberId)]).toEqual([memberId, balancePoints])
    expect((await verifyBook(server.database)).findings).toEqual([])
  })

  /** An order of ¥20.00, paid with points and money. */
  async function spend(memberId: string, points: number) {
    const { holdId, valueFen } = await held(till, memberId, points)
    const sale = checkout(till, { receipt: { totalFen: 2_000 - valueFen } })
    await till.sendOne(sale)
    const giving = { ...assignment(till, sale.eventId, { by: 'member', memberId }), holdId }
    return { ...(await till.sendOne(giving)), receiptNo: sale.receipt.receiptNo }
  }

  async function previewOf(receiptNo: string | null, refundFen: number | null, from = till) {
    const json = { receiptNo, refundFen }
    return server.fetch('/agent/v1/points/refunds/preview', { token: await from.token(), json })
  }

  async function settle(checkoutEventId: string, keptFen: number) {
    const json = { checkoutEventId, keptFen }
    return server.fetch('/agent/v1/points/refunds/settle', { token: await till.token(), json })
  }

  async function merge(survivorId: string, absorbedId: string): Promise<void> {
    const merged = await server.app.get(MergeMembersService, { strict: false }).merge({
      ...{ survivorId, absorbedId, moveHistory: true, how: 'chosen', pairId: null },
      ...{ by: null, idempotency: null, nowMs: server.clock.nowMs() },
    })
    expect(merged.ok).toBe(true)
  }
})
