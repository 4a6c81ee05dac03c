import { afterEach, expect, it } from '@jest/globals'
import { earningTermsSchema } from '@huike/shared/contracts/console-points'
import { FIRST_RULE, NEVER_EXPIRES_MS } from '@huike/shared/earning'
import { points } from '@huike/shared/quantities'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import type { Database, SqlRow } from '../../server/platform/database.js'
import { chainStart, transferHash } from '../../server/points/chain.js'
import type { PointsAccount } from '../../server/points/points-account.entity.js'
import { PointsBook } from '../../server/points/points-book.service.js'
import type { PointsLot } from '../../server/points/points-lot.entity.js'
import { PointsRulesService } from '../../server/points/points-rules.service.js'
import type { PointsTransfer } from '../../server/points/points-transfer.entity.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { BOOK_PHONES, fillBook } from '../rig/book.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout, freshId } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'

// What the points book promises over its life: points taken before their time are named, a merge
// keeps the days on which they expire, and a book of before lots were kept becomes one that is right.

const EARNED = 21
const DAY_MS = 86_400_000
const EARLY_TERMS = earningTermsSchema.strip().parse(FIRST_RULE)

describeEachDatabase('the life of a points book', (kit) => {
  let server: TestServer
  let till: TestTill
  let database: Database
  let merging: MergeMembersService
  let phones = 0

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    ;({ database } = server)
    merging = server.app.get(MergeMembersService, { strict: false })
    await fillBook(till)
  })
  afterEach(async () => {
    expect((await verifyBook(database)).findings).toEqual([])
  })

  const rows = <Row = SqlRow>(sql: string, parameters: (string | number)[] = []) =>
    database.read((rx) => rx.rows<Row>(sql, parameters))
  interface Person {
    id: string
    phone: string
  }
  async function person(): Promise<Person> {
    phones += 1
    const phone = String(13_400_000_000 + phones)
    return { id: await shopper.register(till, phone), phone }
  }
  const buys = ({ phone }: Person) => till.sendOne(checkout(till, { who: { by: 'phone', phone } }))
  async function merge(survivor: Person, absorbed: Person): Promise<string> {
    const merged = await merging.merge({
      ...{ survivorId: survivor.id, absorbedId: absorbed.id, moveHistory: true, how: 'chosen' },
      ...{ pairId: null, by: null, idempotency: null, nowMs: server.clock.nowMs() },
    })
    if (!merged.ok) throw new Error(merged.code)
    return merged.merge.id
  }

  it('names points that were taken as expired and were not due', async () => {
    const tables = ['points_account', 'points_transfer', 'points_lot', 'points_lot_use'] as const
    const before = await Promise.all(tables.map((table) => rows(`SELECT * FROM ${table}`)))
    const [lot] = await rows<PointsLot>("SELECT * FROM points_lot WHERE state = 'open'")
    if (!lot) throw new Error('somebody has points')
    const nowMs = server.clock.nowMs()
    const id = await database.write(async (tx) => {
      const book = await PointsBook.open(tx, [lot.memberId])
      const posted = book.post({
        ...{ memberId: lot.memberId, direction: 'out', points: points(lot.leftPoints) },
        ...{ reason: 'expired', sourceKey: `${lot.id}|99`, rule: null, explanation: '到期' },
        ...{ actor: 'system:expiry', occurredAtMs: nowMs, recordedAtMs: nowMs },
        answersTransferId: lot.id,
      })
      await book.close(tx)
      return posted
    })
    const report = await verifyBook(database)
    await database.write(async (tx) => {
      for (const [at, table] of tables.entries()) {
        const kept = before[at] ?? []
        await tx.run(`DELETE FROM ${table}`)
        await tx.insert(
          table,
          Object.keys(kept[0] ?? {}),
          kept.map((row) => Object.values(row)),
        )
      }
    })
    expect(report.findings).toEqual([
      {
        ...{ table: 'points_transfer', row: id, what: 'takes what had not expired' },
        ...{ memberId: lot.memberId, purchaseId: null, holdId: null },
      },
    ])
  })

  it('moves many lots as one transfer for each day on which they expire', async () => {
    const published = server.app.get(PointsRulesService, { strict: false })
    const draft = {
      ...{ basedOnVersion: 1, effectiveFromMs: null, isGenerousMeant: false },
      terms: earningTermsSchema.parse({ ...EARLY_TERMS, expiry: { kind: 'months', months: 12 } }),
    }
    const by = { staffId: freshId(), nowMs: server.clock.nowMs() }
    const outcome = await server.database.write((tx) => published.publish(tx, draft, by))
    expect(outcome.ok).toBe(true)
    const [a, b] = [await person(), await person()]
    for (const one of [a, a, a]) await buys(one)
    const lotsOf = ({ id }: Person) =>
      rows<{ leftPoints: number; expiresAtMs: number }>(
        `SELECT leftPoints, expiresAtMs FROM points_lot WHERE memberId = ? AND state = 'open'
         ORDER BY expiresAtMs`,
        [id],
      )
    const cameIn = ({ id }: Person) =>
      rows<{ points: number; explanation: string; expiresAtMs: number; availableAtMs: number }>(
        `SELECT points, explanation, expiresAtMs, availableAtMs FROM points_transfer
         WHERE memberId = ? AND reason LIKE 'merge%' AND expiresAtMs IS NOT NULL ORDER BY seq`,
        [id],
      )
    const [march] = await lotsOf(a)
    const first = await merge(b, a)
    const nowMs = server.clock.nowMs()
    expect(await cameIn(b)).toEqual([
      {
        points: 3 * EARNED,
        explanation: `会员档案合并，转移 ${String(3 * EARNED)} 分`,
        ...{ expiresAtMs: march?.expiresAtMs, availableAtMs: nowMs },
      },
    ])
    await merging.undo({ mergeId: first, by: null, nowMs: server.clock.nowMs() })
    server.clock.advance(40 * DAY_MS)
    await buys(a)
    await buys(a)
    const days = await lotsOf(a)
    expect(new Set(days.map(({ expiresAtMs }) => expiresAtMs)).size).toBe(2)
    const c = await person()
    await merge(c, a)
    const whole = `会员档案合并，转移 ${String(5 * EARNED)} 分`
    expect((await cameIn(c)).map(({ points, explanation }) => [points, explanation])).toEqual([
      [3 * EARNED, `${whole}，其中这一笔 ${String(3 * EARNED)} 分`],
      [2 * EARNED, `${whole}，其中这一笔 ${String(2 * EARNED)} 分`],
    ])
    expect((await lotsOf(c)).map(({ expiresAtMs }) => expiresAtMs)).toEqual([
      ...new Set(days.map(({ expiresAtMs }) => expiresAtMs)),
    ])
  })

  it('finds nothing in a book of before lots were kept, once it is upgraded', async () => {
    const lotsNow = () => rows<PointsLot>('SELECT * FROM points_lot ORDER BY id')
    await withoutLots(database)
    expect(await database.migrate()).toEqual([expect.stringMatching(/^points-lots-/)])
    const holders = await rows<PointsAccount>(
      'SELECT * FROM points_account WHERE balancePoints > 0 ORDER BY memberId',
    )
    expect(holders.length).toBeGreaterThan(1)
    expect(await lotsNow()).toEqual(
      holders.map(({ memberId, balancePoints, openedAtMs }) => ({
        ...{ id: memberId, memberId, leftPoints: balancePoints, state: 'open' },
        ...{ availableAtMs: openedAtMs, expiresAtMs: NEVER_EXPIRES_MS },
      })),
    )
    // A refund of then takes from it; what comes next is a lot of its own.
    const before = new Set((await lotsNow()).map(({ id }) => id))
    const [phone = ''] = BOOK_PHONES
    await till.sendOne(checkout(till, { who: { by: 'phone', phone } }))
    const fresh = (await lotsNow()).filter(({ id }) => !before.has(id))
    expect(fresh).toHaveLength(1)
  })
})

/** The book as it was written before lots were kept: transfers say nothing of them. */
async function withoutLots(database: Database): Promise<void> {
  await database.write(async (tx) => {
    const transfers = await tx.rows<PointsTransfer>(
      'SELECT * FROM points_transfer ORDER BY memberId, seq',
    )
    const heads = new Map<string, string>()
    for (const row of transfers) {
      const previousHash = heads.get(row.memberId) ?? chainStart(row.memberId)
      const undated = { ...row, previousHash, availableAtMs: null, expiresAtMs: null }
      const hash = transferHash(undated)
      heads.set(row.memberId, hash)
      await tx.run(
        `UPDATE points_transfer SET previousHash = ?, hash = ?, availableAtMs = NULL,
           expiresAtMs = NULL WHERE id = ?`,
        [previousHash, hash, row.id],
      )
    }
    for (const [memberId, hash] of heads)
      await tx.run('UPDATE points_account SET headHash = ? WHERE memberId = ?', [hash, memberId])
    await tx.run('DELETE FROM points_lot')
    await tx.run('DELETE FROM points_lot_use')
    await tx.run("DELETE FROM migrations WHERE name LIKE 'points-lots-%'")
  })
}
