import { expect, it } from '@jest/globals'
import type { PointsHold } from '../../server/points/points-hold.entity.js'
import { PointsHoldsService } from '../../server/points/points-holds.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { describeEachDatabase } from '../rig/databases.js'
import { assignment, checkout, freshId, refundOf } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { held, setPoints, SPENDING_TERMS } from '../rig/spending.js'

// Points that are set aside, that paid an order and that came back, as the verifier sees them.

describeEachDatabase('points as cash', (kit) => {
  let server: TestServer
  let till: TestTill

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    await setPoints(server, { spending: SPENDING_TERMS, refunds: 'negative' })
  })

  it('are found and named where anybody changes by hand what counts', async () => {
    await server.app.get(PointsHoldsService, { strict: false }).stop()
    const phone = '13600000001'
    const id = await shopper.register(till, phone)
    const who = { by: 'phone' as const, phone }
    await till.sendOne(checkout(till, { who, receipt: { totalFen: 50_000 } }))
    const { holdId, valueFen } = await held(till, id, 300)
    const sale = checkout(till, { receipt: { totalFen: 2_000 - valueFen } })
    await till.send([sale, { ...assignment(till, sale.eventId, who), holdId }])
    const refund = refundOf(till, sale.receipt.receiptNo, 700)
    await till.sendOne(refund)
    const open = await held(till, id, 100)
    const changed = async (table: string, set: string, where: string, undo: string) => {
      const run = (sql: string) => server.database.write((tx) => tx.run(sql, []))
      expect(await run(`UPDATE ${table} SET ${set} WHERE ${where}`)).toBe(1)
      const { findings } = await verifyBook(server.database)
      await run(`UPDATE ${table} SET ${undo} WHERE ${where}`)
      return findings.map((finding) => finding.table)
    }
    const [spent] = await server.database.read((rx) =>
      rx.rows<PointsHold>("SELECT * FROM points_hold WHERE memberId = ? AND state = 'spent'", [id]),
    )
    const [reserved] = await server.database.read((rx) =>
      rx.rows<PointsHold>('SELECT * FROM points_hold WHERE id = ?', [open.holdId]),
    )
    if (!spent || !reserved) throw new Error('no hold')
    const values: Partial<Record<keyof PointsHold, string | number>> = {
      ...{ memberId: freshId(), terminalId: freshId(), heldTransferId: freshId() },
      ...{ purchaseId: freshId(), state: 'unpaid', points: 299, valueFen: 1, orderFen: 1 },
      ...{ round: 2, createdAtMs: 1 },
    }
    for (const row of [spent, reserved])
      for (const [column, value] of Object.entries(values)) {
        const before = row[column as keyof PointsHold]
        const undo = before === null ? 'NULL' : `'${String(before)}'`
        const where = `id = '${row.id}'`
        expect(
          await changed('points_hold', `${column} = '${value}'`, where, `${column} = ${undo}`),
        ).toContain('points_hold')
      }
    for (const column of ['spentPoints', 'returnedPoints']) {
      const where = `receiptNo = '${String(sale.receipt.receiptNo)}'`
      expect(
        await changed('purchase', `${column} = ${column} + 1`, where, `${column} = ${column} - 1`),
      ).toContain('purchase')
    }
    expect(
      await changed('points_account', 'owedPoints = 5', `memberId = '${id}'`, 'owedPoints = NULL'),
    ).toEqual(['points_account'])
    expect((await verifyBook(server.database)).findings).toEqual([])
    await server.database.write((tx) => tx.run('DELETE FROM points_hold WHERE id = ?', [spent.id]))
    const { findings } = await verifyBook(server.database)
    expect(findings.map(({ what }) => what)).toEqual(['its hold is missing', 'its hold is missing'])
  })
})
