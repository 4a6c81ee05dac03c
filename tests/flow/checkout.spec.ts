import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { memberCode } from '@huike/shared/member-code'
import { verifyBook } from '../../server/points/verify-book.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import {
  assignment,
  checkout,
  freshId,
  freshReceiptNo,
  refundOf,
  registration,
} from '../rig/events.js'
import * as shopper from '../rig/shopper.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'

describeEachDatabase('from the till to the phone', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let till: TestTill

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    till = await enrolTill(server)
  })
  afterAll(async () => {
    const report = await verifyBook(server.database)
    await server.stop()
    await opened.drop()
    expect(report.findings).toEqual([])
    expect(report.memberPoints + report.programmePoints).toBe(0)
  })

  const register = (phone: string) => shopper.register(till, phone)
  const phoneOf = (phone: string) => shopper.phoneOf(server, phone)
  async function balanceOf(phone: string): Promise<number> {
    return (await (await phoneOf(phone)).get('me')).body.balancePoints
  }

  it('registers a shopper, takes a sale, and shows the points and the lines on the phone', async () => {
    const memberId = await register('13800138001')
    const sale = checkout(till, { who: { by: 'phone', phone: '138 0013 8001' } })
    const result = await till.sendOne(sale)
    expect(result).toMatchObject({
      status: 'accepted',
      code: null,
      memberId,
      points: 21,
      balancePoints: 21,
    })
    const phone = await phoneOf('13800138001')
    expect((await phone.get('me')).body).toMatchObject({
      memberId,
      phoneMasked: '138****8001',
      state: 'active',
      balancePoints: 21,
    })
    const points = (await phone.get('points')).body
    expect(points.entries).toHaveLength(1)
    expect(points.entries[0]).toMatchObject({
      points: 21,
      title: '在人民路店消费得积分',
      explanation: '实付 ¥21.32，每满 ¥1.00 得 1 分，共 21 分',
      purchaseId: result.purchaseId,
    })
    const detail = (await phone.get(`purchases/${result.purchaseId}`)).body
    expect(detail).toMatchObject({
      storeName: '人民路店',
      totalFen: 2132,
      lineCount: 3,
      points: 21,
    })
    expect(detail.lines[2]).toEqual({
      name: '散装鸡蛋',
      quantityMilli: 986,
      unitPriceFen: 1300,
      amountFen: 1282,
    })
  })

  it('answers the same event again with the same answer, and awards once', async () => {
    await register('13800138002')
    const sale = checkout(till, { who: { by: 'phone', phone: '13800138002' } })
    const first = await till.sendOne(sale)
    const again = await till.sendOne(sale)
    expect(again).toEqual({ ...first, status: 'duplicate' })
    for (let n = 0; n < 10; n += 1) await till.send([sale, sale], { gzip: true })
    expect(await balanceOf('13800138002')).toBe(21)
  })

  it('refuses the same event id with other content, parks it, and keeps the first', async () => {
    const sale = checkout(till)
    await till.sendOne(sale)
    const other = { ...sale, receipt: { ...sale.receipt, totalFen: 9900 } }
    expect(await till.sendOne(other)).toMatchObject({ status: 'rejected', code: 'event_conflict' })
    expect(await till.sendOne(sale)).toMatchObject({ status: 'duplicate' })
  })

  it('takes one sale from two sources once, and lets the second say whose it is', async () => {
    await register('13800138003')
    const tapped = checkout(till)
    const first = await till.sendOne(tapped)
    const dropped = checkout(till, {
      who: { by: 'phone', phone: '13800138003' },
      receipt: {
        receiptNo: tapped.receipt.receiptNo,
        payments: [],
        changeFen: null,
        cashier: null,
      },
      source: { kind: 'file_drop' },
    })
    const second = await till.sendOne(dropped)
    expect(second).toMatchObject({ status: 'duplicate', purchaseId: first.purchaseId, points: 21 })
    expect(await balanceOf('13800138003')).toBe(21)
  })

  it('parks another sale under a known number, shows the code, and awards nothing for it', async () => {
    await register('13800138004')
    const sale = checkout(till, { who: { by: 'phone', phone: '13800138004' } })
    await till.sendOne(sale)
    const other = checkout(till, {
      who: { by: 'phone', phone: '13800138004' },
      receipt: { receiptNo: sale.receipt.receiptNo, totalFen: 99_900 },
    })
    expect(await till.sendOne(other)).toMatchObject({
      status: 'rejected',
      code: 'receipt_conflict',
    })
    expect(await till.sendOne(other)).toMatchObject({
      status: 'rejected',
      code: 'receipt_conflict',
    })
    expect(await balanceOf('13800138004')).toBe(21)
    const parked = await server.database.read((rx) =>
      rx.rows<{ payloadSealed: string }>(
        'SELECT payloadSealed FROM parked_event WHERE eventId = ?',
        [other.eventId],
      ),
    )
    expect(parked).toHaveLength(1)
    expect(parked[0]?.payloadSealed).not.toContain('13800138004')
  })

  it('takes the same number on another day, or at another till, as another sale', async () => {
    const sale = checkout(till)
    const first = await till.sendOne(sale)
    const nextDay = checkout(till, {
      receipt: { receiptNo: sale.receipt.receiptNo, businessDate: '2026-03-03', printedAt: null },
    })
    const second = await till.sendOne(nextDay)
    const otherTill = await enrolTill(server, { terminalCode: '02' })
    const third = await otherTill.sendOne(
      checkout(otherTill, { receipt: { receiptNo: sale.receipt.receiptNo } }),
    )
    const ids = [first, second, third].map((result) => result.purchaseId)
    expect(new Set(ids).size).toBe(3)
  })

  it('gives a receipt to a member afterwards, once, and never to a second one', async () => {
    const memberId = await register('13800138005')
    await register('13800138006')
    const sale = checkout(till)
    await till.sendOne(sale)
    const assign = assignment(till, sale.eventId, { by: 'member', memberId })
    expect(await till.sendOne(assign)).toMatchObject({ status: 'accepted', points: 21, memberId })
    expect(await till.sendOne(assign)).toMatchObject({ status: 'duplicate', points: 21 })
    const again = assignment(till, sale.eventId, { by: 'phone', phone: '13800138005' })
    expect(await till.sendOne(again)).toMatchObject({ status: 'duplicate', balancePoints: 21 })
    const stolen = assignment(till, sale.eventId, { by: 'phone', phone: '13800138006' })
    expect(await till.sendOne(stolen)).toMatchObject({
      status: 'rejected',
      code: 'receipt_already_claimed',
    })
    expect(await balanceOf('13800138006')).toBe(0)
  })

  it('refuses to give away a receipt of another till', async () => {
    const memberId = await register('13800138007')
    const otherTill = await enrolTill(server, { storeCode: 'S02', storeName: '解放路店' })
    const sale = checkout(otherTill)
    await otherTill.sendOne(sale)
    const assign = assignment(till, sale.eventId, { by: 'member', memberId })
    expect(await till.sendOne(assign)).toMatchObject({ code: 'purchase_not_found' })
  })

  it('settles a day offline in one batch: registration, sale and assignment, each once', async () => {
    const registered = registration(till, '13800138008')
    const sale = checkout(till)
    const assign = assignment(till, sale.eventId, { by: 'member', memberId: registered.memberId })
    const batch = [registered, sale, assign]
    const answers = await Promise.all([till.send(batch), till.send(batch), till.send(batch)])
    for (const answer of answers)
      for (const result of answer.results)
        expect(['accepted', 'duplicate']).toContain(result.status)
    expect(answers.flatMap((a) => a.results).filter((r) => r.status === 'accepted')).toHaveLength(3)
    expect(await balanceOf('13800138008')).toBe(21)
  })

  it('answers a number registered twice with the member it has, under both ids', async () => {
    const first = await register('13800138009')
    const second = registration(till, '13800138009')
    expect(await till.sendOne(second)).toMatchObject({
      status: 'duplicate',
      code: 'member_exists',
      memberId: first,
    })
    const sale = checkout(till, { who: { by: 'member', memberId: second.memberId } })
    expect(await till.sendOne(sale)).toMatchObject({ memberId: first, points: 21 })
  })

  it('takes back points in proportion, conserving them over a hundred partial refunds', async () => {
    await register('13800138010')
    const sale = checkout(till, {
      who: { by: 'phone', phone: '13800138010' },
      receipt: { totalFen: 10_037, lines: [], payments: [], changeFen: null },
    })
    expect(await till.sendOne(sale)).toMatchObject({ points: 100 })
    const parts = [...Array.from({ length: 99 }, () => 100), 137]
    let back = 0
    for (let start = 0; start < parts.length; start += 25) {
      const answer = await till.send(
        parts.slice(start, start + 25).map((fen) => refundOf(till, sale.receipt.receiptNo, fen)),
      )
      for (const result of answer.results) back += result.points ?? 0
    }
    expect(back).toBe(-100)
    expect(await balanceOf('13800138010')).toBe(0)
  })

  it('takes back nothing more when a refund is sent twice or exceeds its sale', async () => {
    await register('13800138011')
    const sale = checkout(till, { who: { by: 'phone', phone: '13800138011' } })
    await till.sendOne(sale)
    const refund = refundOf(till, sale.receipt.receiptNo, 1066)
    expect(await till.sendOne(refund)).toMatchObject({ points: -10, balancePoints: 11 })
    const [correction] = await server.database.read((rx) =>
      rx.rows<{ reason: string; sourceKey: string }>(
        `SELECT earned.reason, earned.sourceKey FROM points_transfer taken
         JOIN points_transfer earned ON earned.id = taken.answersTransferId
         WHERE taken.reason = 'refund' AND taken.points = 10`,
      ),
    )
    expect(correction?.reason).toBe('purchase')
    expect(await till.sendOne(refund)).toMatchObject({ status: 'duplicate', balancePoints: 11 })
    await till.sendOne(refundOf(till, sale.receipt.receiptNo, 999_900))
    expect(await balanceOf('13800138011')).toBe(0)
  })

  it('links a refund that came before its sale, and counts it once the sale is there', async () => {
    await register('13800138012')
    const receiptNo = freshReceiptNo()
    expect(await till.sendOne(refundOf(till, receiptNo, 2132))).toMatchObject({
      status: 'accepted',
    })
    const sale = checkout(till, {
      who: { by: 'phone', phone: '13800138012' },
      receipt: { receiptNo },
    })
    expect(await till.sendOne(sale)).toMatchObject({ points: 0, balancePoints: 0 })
    const phone = await phoneOf('13800138012')
    expect((await phone.get('points')).body.entries.map((e: any) => e.points)).toEqual([-21, 21])
  })

  it('counts refunds made before the receipt was given to a member', async () => {
    const memberId = await register('13800138013')
    const sale = checkout(till)
    await till.sendOne(sale)
    await till.sendOne(refundOf(till, sale.receipt.receiptNo, 1066))
    const assign = assignment(till, sale.eventId, { by: 'member', memberId })
    expect(await till.sendOne(assign)).toMatchObject({ points: 11, balancePoints: 11 })
    await till.sendOne(refundOf(till, sale.receipt.receiptNo, 1066))
    expect(await balanceOf('13800138013')).toBe(0)
  })

  it('records a refund without an original, moving no points', async () => {
    expect(await till.sendOne(refundOf(till, null, 500))).toMatchObject({
      status: 'accepted',
      points: null,
    })
  })

  it('knows a member by the rotating code, refuses a stale one, and still keeps the sale', async () => {
    await register('13800138014')
    const card = (await (await phoneOf('13800138014')).get('me')).body
    const key = Buffer.from(card.codeKey, 'base64url')
    const readAtMs = server.clock.nowMs()
    const shown = memberCode(card.memberNo, key, readAtMs)
    expect(shown).toHaveLength(22)
    const sale = checkout(till, {
      who: { by: 'member_code', memberCode: shown, readAtMs } as never,
    })
    expect(await till.sendOne(sale)).toMatchObject({ points: 21, memberId: card.memberId })
    const stale = checkout(till, {
      who: { by: 'member_code', memberCode: shown, readAtMs: readAtMs + 300_000 } as never,
    })
    expect(await till.sendOne(stale)).toMatchObject({
      status: 'accepted',
      code: 'member_code_expired',
      memberId: null,
    })
  })

  it('keeps a sale of somebody nobody knows, without a member', async () => {
    const sale = checkout(till, { who: { by: 'phone', phone: '13900000000' } })
    expect(await till.sendOne(sale)).toMatchObject({
      status: 'accepted',
      code: 'member_not_found',
      memberId: null,
      points: null,
    })
  })

  it('takes a sale of the future as of now, and says that the clock is ahead', async () => {
    await register('13800138015')
    const sale = checkout(till, {
      occurredAtMs: (server.clock.nowMs() + 86_400_000) as never,
      who: { by: 'phone', phone: '13800138015' },
    })
    expect(await till.sendOne(sale)).toMatchObject({
      status: 'accepted',
      code: 'clock_skew',
      points: 21,
    })
    const phone = await phoneOf('13800138015')
    const [purchase] = (await phone.get('purchases')).body.purchases
    expect(purchase.occurredAtMs).toBe(server.clock.nowMs())
  })

  it('never shows one member the purchases of another', async () => {
    await register('13800138016')
    const sale = checkout(till, { who: { by: 'phone', phone: '13800138016' } })
    const { purchaseId } = await till.sendOne(sale)
    const stranger = await phoneOf('13800138017')
    expect((await stranger.get(`purchases/${purchaseId}`)).status).toBe(404)
    expect((await stranger.get('purchases')).body.purchases).toEqual([])
  })

  it('pages through points and purchases without missing or repeating one', async () => {
    await register('13800138018')
    const sales = Array.from({ length: 45 }, () =>
      checkout(till, { who: { by: 'phone', phone: '13800138018' } }),
    )
    await till.send(sales)
    const phone = await phoneOf('13800138018')
    for (const list of ['points', 'purchases']) {
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const query: string = cursor === null ? '' : `&cursor=${cursor}`
        const page = (await phone.get(`${list}?limit=20${query}`)).body
        seen.push(...(page.entries ?? page.purchases).map((row: any) => row.id))
        cursor = page.nextCursor
      } while (cursor !== null)
      expect(new Set(seen).size).toBe(45)
      expect(seen).toHaveLength(45)
    }
  })

  it('awards each of 300 sales once while ten senders send everything three times', async () => {
    const phones = Array.from({ length: 6 }, (_, n) => `1370000000${String(n)}`)
    for (const phone of phones) await register(phone)
    const sales = Array.from({ length: 300 }, (_, n) =>
      checkout(till, { who: { by: 'phone', phone: phones[n % 6] ?? '' } }),
    )
    const batches = Array.from({ length: 30 }, (_, n) => sales.slice(n * 10, n * 10 + 10))
    await Promise.all([...batches, ...batches, ...batches].map((batch) => till.send(batch)))
    for (const phone of phones) expect(await balanceOf(phone)).toBe(50 * 21)
  })

  it('counts visits and the day from events, once each', async () => {
    await server.drain()
    const id = freshId()
    await till.sendOne(registration(till, '13800138019', { memberId: id as never }))
    await till.sendOne(checkout(till, { who: { by: 'phone', phone: '13800138019' } }))
    await server.drain()
    await server.drain()
    const lookup = await server.fetch('/agent/v1/lookup', {
      token: await till.token(),
      json: { by: 'phone', phone: '13800138019' },
    })
    expect(lookup.body.member).toMatchObject({
      memberId: id,
      purchaseCount: 1,
      lastVisitDate: '2026-03-02',
      balancePoints: 21,
      phoneMasked: '138****8019',
    })
    const [mismatch] = await server.database.read((rx) =>
      rx.rows<{ n: number }>(
        `SELECT COUNT(*) AS n FROM store_day d WHERE d.salesCount <>
         (SELECT COUNT(*) FROM purchase p WHERE p.storeId = d.storeId
          AND p.businessDate = d.businessDate AND p.kind = 'sale')`,
      ),
    )
    expect(Number(mismatch?.n)).toBe(0)
  })
})
