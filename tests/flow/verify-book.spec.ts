import { afterEach, expect, it } from '@jest/globals'
import type { Database, SqlRow, SqlValue } from '../../server/platform/database.js'
import { transferHash } from '../../server/points/chain.js'
import type { PointsTransfer } from '../../server/points/points-transfer.entity.js'
import { verifyBook, type BookFinding, type BookReport } from '../../server/points/verify-book.js'
import { BOOK_PHONES, fillBook } from '../rig/book.js'
import { describeEachDatabase } from '../rig/databases.js'
import { freshId } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

// A small book with every kind of row in it. Then one value is changed by hand, in every column of
// every row: the verifier must name the row, and find nothing more once the value is back.

type Table = BookFinding['table']
/** Its first column names a row in findings. */
const KEY: Record<Table, [string, ...string[]]> = {
  points_transfer: ['id'],
  points_account: ['memberId'],
  points_lot: ['id'],
  points_lot_use: ['transferId', 'lotId'],
  points_hold: ['id'],
  points_activity: ['id'],
  review: ['id'],
  referral: ['id'],
  mall_exchange: ['id'],
  mall_item: ['id'],
  purchase: ['id'],
}

describeEachDatabase('the verifier of the points book', (kit) => {
  let server: TestServer
  let till: TestTill
  let database: Database

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    ;({ database } = server)
    await fillBook(till)
  })
  afterEach(async () => {
    expect((await verifyBook(database)).findings).toEqual([])
  })

  /** The rows of a table as they are, by key. */
  async function rowsOf<Row = SqlRow>(table: Table): Promise<Row[]> {
    return database.read((rx) =>
      rx.rows<Row>(`SELECT * FROM ${table} ORDER BY ${KEY[table].join(', ')}`),
    )
  }

  function whereKey(table: Table, row: SqlRow): [string, SqlValue[]] {
    const key = KEY[table]
    return [
      key.map((column) => `${column} = ?`).join(' AND '),
      key.map((name) => row[name] ?? null),
    ]
  }

  /** Puts `value` in place of what the row has in `column`; answers the row as it is then. */
  async function set(table: Table, row: SqlRow, column: string, value: SqlValue): Promise<SqlRow> {
    const [where, key] = whereKey(table, row)
    const matched = await database.write((tx) =>
      tx.run(`UPDATE ${table} SET ${column} = ? WHERE ${where}`, [value, ...key]),
    )
    expect(matched).toBe(1)
    return { ...row, [column]: value }
  }

  async function remove(table: Table, row: SqlRow): Promise<void> {
    const [where, key] = whereKey(table, row)
    await database.write((tx) => tx.run(`DELETE FROM ${table} WHERE ${where}`, key))
  }

  async function insert(table: Table, row: SqlRow): Promise<void> {
    await database.write((tx) => tx.insert(table, Object.keys(row), [Object.values(row)]))
  }

  /** Verifies while `column` of `row` holds `value`, then puts it back. */
  async function verifyWith(
    table: Table,
    row: SqlRow,
    change: { column: string; value: SqlValue },
  ): Promise<BookReport> {
    const { column, value } = change
    const changed = await set(table, row, column, value)
    const report = await verifyBook(database)
    await set(table, changed, column, row[column] ?? null)
    return report
  }

  /** Changes every column of every row and answers which changes were not named. */
  async function unnoticed(table: Table, columns: readonly string[]): Promise<string[]> {
    const missed: string[] = []
    for (const row of await rowsOf(table))
      for (const column of columns)
        for (const value of otherValues(column, row[column] ?? null)) {
          const report = await verifyWith(table, row, { column, value })
          const named = column === KEY[table][0] ? value : row[KEY[table][0]]
          if (!names(report, table, named ?? null))
            missed.push(`${column}: ${String(row[column])} → ${String(value)}`)
        }
    return missed
  }

  it('finds nothing in a book that is right', async () => {
    const report = await verifyBook(database)
    expect(report).toMatchObject({ ok: true, accounts: BOOK_PHONES.length })
    expect(report.memberPoints).toBeGreaterThan(0)
    expect(report.memberPoints + report.programmePoints).toBe(0)
    const reasons = (await rowsOf<PointsTransfer>('points_transfer')).map((row) =>
      row.reason === 'refund' && row.sourceKey.startsWith('late|') ? 'late' : row.reason,
    )
    expect(new Set(reasons)).toEqual(new Set(['purchase', 'refund', 'late', 'unassigned']))
  })

  it.each([1, 2, 3, 5])('finds the same in pages of %i rows', async (rowsPerPage) => {
    const verify = () => verifyBook(database, () => undefined, { rowsPerPage })
    expect(await verify()).toEqual(await verifyBook(database))
    for (const table of ['points_transfer', 'points_account'] as const)
      for (const row of await rowsOf(table)) {
        await remove(table, row)
        const [inPages, atOnce] = [await verify(), await verifyBook(database)]
        await insert(table, row)
        expect(inPages.findings).not.toEqual([])
        expect(inPages.findings.map(textOf).sort()).toEqual(atOnce.findings.map(textOf).sort())
      }
  })

  it('names a transfer in which any value was changed', async () => {
    const columns = Object.keys((await rowsOf('points_transfer'))[0] ?? {})
    expect(columns).toHaveLength(20)
    expect(await unnoticed('points_transfer', columns)).toEqual([])
  })

  it('names an account in which any value was changed', async () => {
    const columns = Object.keys((await rowsOf('points_account'))[0] ?? {})
    expect(columns).toHaveLength(6)
    expect(await unnoticed('points_account', columns)).toEqual([])
  })

  it('names a lot in which any value was changed, one that is missing and one that is forged', async () => {
    const lots = await rowsOf('points_lot')
    expect(new Set(lots.map((row) => row['state']))).toEqual(new Set(['open', 'used']))
    expect(await unnoticed('points_lot', Object.keys(lots[0] ?? {}))).toEqual([])
    for (const row of lots) {
      await remove('points_lot', row)
      const report = await verifyBook(database)
      await insert('points_lot', row)
      expect(names(report, 'points_lot', row['id'] ?? null)).toBe(true)
    }
    const forged = { ...lots[0], id: freshId() }
    await insert('points_lot', forged)
    const report = await verifyBook(database)
    await remove('points_lot', forged)
    expect(names(report, 'points_lot', forged.id)).toBe(true)
  })

  it('names what was taken of a lot when any of it was changed, is missing or forged', async () => {
    const uses = await rowsOf('points_lot_use')
    expect(uses.some((row) => Number(row['returnedPoints']) > 0)).toBe(true)
    expect(uses.some((row) => row['returnedPoints'] === 0)).toBe(true)
    expect(await unnoticed('points_lot_use', Object.keys(uses[0] ?? {}))).toEqual([])
    for (const row of uses) {
      await remove('points_lot_use', row)
      const report = await verifyBook(database)
      await insert('points_lot_use', row)
      expect(names(report, 'points_lot_use', row['transferId'] ?? null)).toBe(true)
    }
    const forged = { ...uses[0], transferId: freshId() }
    await insert('points_lot_use', forged)
    const report = await verifyBook(database)
    await remove('points_lot_use', forged)
    expect(names(report, 'points_lot_use', forged.transferId)).toBe(true)
  })

  it('names a purchase whose points were changed', async () => {
    expect(await unnoticed('purchase', ['earnedPoints', 'reversedPoints'])).toEqual([])
  })

  it('names a sale that was given to another member by hand', async () => {
    const sales = (await rowsOf('purchase')).filter((row) => Number(row['earnedPoints']) > 0)
    const [other] = await rowsOf('points_account')
    expect(sales.length).toBeGreaterThan(2)
    for (const sale of sales)
      for (const value of [null, freshId(), other?.['memberId'] ?? null]) {
        if (value === sale['memberId']) continue
        const report = await verifyWith('purchase', sale, { column: 'memberId', value })
        expect(names(report, 'purchase', sale['id'] ?? null)).toBe(true)
      }
  })

  it('names a sale whose refunded sum was changed, or whose refund was tied elsewhere', async () => {
    const purchases = await rowsOf('purchase')
    const refunds = purchases.filter(
      (row) => row['originalPurchaseId'] !== null && Number(row['reversedPoints']) > 0,
    )
    expect(refunds.length).toBeGreaterThan(2)
    for (const row of purchases.filter(({ kind }) => kind === 'sale')) {
      const value = Number(row['refundedFen']) + 1
      const report = await verifyWith('purchase', row, { column: 'refundedFen', value })
      expect(names(report, 'purchase', row['id'] ?? null)).toBe(true)
    }
    const [otherSale] = purchases.filter(({ kind }) => kind === 'sale')
    for (const refund of refunds)
      for (const value of [null, freshId(), otherSale?.['id'] ?? null]) {
        if (value === refund['originalPurchaseId']) continue
        const column = 'originalPurchaseId'
        const report = await verifyWith('purchase', refund, { column, value })
        expect(names(report, 'purchase', refund[column] ?? null)).toBe(true)
      }
  })

  it('notices a transfer that was taken out, at the next one or at the account', async () => {
    const transfers = await rowsOf<PointsTransfer & SqlRow>('points_transfer')
    for (const row of transfers) {
      await remove('points_transfer', row)
      const report = await verifyBook(database)
      await insert('points_transfer', row)
      const later = await database.read((rx) =>
        rx.rows<{ id: string }>('SELECT id FROM points_transfer WHERE memberId = ? AND seq = ?', [
          row.memberId,
          row.seq + 1,
        ]),
      )
      const [next] = later
      const isNamed = next
        ? names(report, 'points_transfer', next.id)
        : names(report, 'points_account', row.memberId)
      expect(isNamed).toBe(true)
      const purchaseId = row.sourceKey.replace('late|', '').slice(0, 26)
      const takenBackBy = transfers.find(
        (one) => one.reason === 'unassigned' && one.answersTransferId === row.id,
      )
      expect(
        takenBackBy
          ? names(report, 'points_transfer', takenBackBy.id)
          : names(report, 'purchase', purchaseId),
      ).toBe(true)
    }
  })

  it('names the account that is missing, with transfers and without', async () => {
    const accounts = await rowsOf('points_account')
    expect(accounts.some((row) => Number(row['headSeq']) === 0)).toBe(true)
    for (const row of accounts) {
      await remove('points_account', row)
      const report = await verifyBook(database)
      await insert('points_account', row)
      expect(names(report, 'points_account', row['memberId'] ?? null)).toBe(true)
    }
  })

  it('notices a purchase that is missing by the transfers it caused', async () => {
    const transfers = await rowsOf<PointsTransfer>('points_transfer')
    for (const row of await rowsOf('purchase')) {
      const caused = transfers.filter((transfer) => transfer.sourceKey.includes(String(row['id'])))
      if (caused.length === 0) continue
      await remove('purchase', row)
      const report = await verifyBook(database)
      await insert('purchase', row)
      for (const { id } of caused) expect(names(report, 'points_transfer', id)).toBe(true)
    }
  })

  it('names a forged transfer, even one whose hash is right', async () => {
    const transfers = await rowsOf<PointsTransfer>('points_transfer')
    const { memberId } = transfers[0] as PointsTransfer
    const last = transfers
      .filter((row) => row.memberId === memberId)
      .reduce((a, b) => (a.seq > b.seq ? a : b))
    const content = {
      ...last,
      id: freshId(),
      seq: last.seq + 1,
      sourceKey: freshId(),
      previousHash: last.hash,
    }
    const isIn = last.toAccount === `member:${memberId}`
    content.balanceAfterPoints += isIn ? last.points : -last.points
    const forged = { ...content, hash: transferHash(content) } as PointsTransfer & SqlRow
    await insert('points_transfer', forged)
    const report = await verifyBook(database)
    await remove('points_transfer', forged)
    expect(names(report, 'points_transfer', forged.id)).toBe(true)
    expect(names(report, 'points_account', memberId)).toBe(true)
  })

  it('names a forged account and a forged purchase', async () => {
    const [account] = await rowsOf('points_account')
    const forgedAccount = { ...account, memberId: freshId() }
    await insert('points_account', forgedAccount)
    const first = await verifyBook(database)
    await remove('points_account', forgedAccount)
    expect(names(first, 'points_account', forgedAccount.memberId)).toBe(true)
    const sale = (await rowsOf('purchase')).find((row) => Number(row['earnedPoints']) > 0)
    const forgedSale = { ...sale, id: freshId(), businessKey: freshId() }
    await insert('purchase', forgedSale)
    const second = await verifyBook(database)
    await remove('purchase', forgedSale)
    expect(names(second, 'purchase', forgedSale.id)).toBe(true)
  })

  it('notices two rows that changed places', async () => {
    const transfers = await rowsOf<PointsTransfer>('points_transfer')
    const { memberId } = transfers[0] as PointsTransfer
    const [one, two] = transfers.filter((row) => row.memberId === memberId)
    if (!one || !two) throw new Error('a member with two transfers is needed')
    const swap = async () => {
      const seqs = await Promise.all([one, two].map(({ id }) => seqOf(id)))
      await set('points_transfer', { id: one.id }, 'seq', 1_000)
      await set('points_transfer', { id: two.id }, 'seq', seqs[0] ?? 0)
      await set('points_transfer', { id: one.id }, 'seq', seqs[1] ?? 0)
    }
    await swap()
    const report = await verifyBook(database)
    await swap()
    const isNamed = [one, two].some(({ id }) => names(report, 'points_transfer', id))
    expect(isNamed).toBe(true)
  })

  async function seqOf(id: string): Promise<number> {
    const [row] = await database.read((rx) =>
      rx.rows<{ seq: number }>('SELECT seq FROM points_transfer WHERE id = ?', [id]),
    )
    return Number(row?.seq)
  }

  it('names both accounts whose balances changed places', async () => {
    const [one, two] = (await rowsOf('points_account')).filter((row) => row['balancePoints'] !== 0)
    expect(one?.['balancePoints']).not.toBe(two?.['balancePoints'])
    const put = async (a: SqlValue, b: SqlValue) => {
      await set('points_account', one ?? {}, 'balancePoints', a)
      await set('points_account', two ?? {}, 'balancePoints', b)
    }
    await put(two?.['balancePoints'] ?? 0, one?.['balancePoints'] ?? 0)
    const report = await verifyBook(database)
    await put(one?.['balancePoints'] ?? 0, two?.['balancePoints'] ?? 0)
    expect(names(report, 'points_account', one?.['memberId'] ?? null)).toBe(true)
    expect(names(report, 'points_account', two?.['memberId'] ?? null)).toBe(true)
  })
})

/** Values that a column could hold instead of its own. */
function otherValues(column: string, value: SqlValue): SqlValue[] {
  // Numbers in a chain are unique: far away, nobody has them.
  if (column === 'seq') return [Number(value) + 1_000, -Number(value)]
  if (typeof value === 'number') return [value + 1, value - 1]
  if (value === null) return [/AtMs$|Points$|^ruleVersion$/.test(column) ? 1 : 'x']
  const text = String(value)
  // Ids are minted one after the other: with another end it could be its neighbour's.
  if (column === 'sourceKey') return [`x${text.slice(1)}`]
  const last = text.endsWith('0') ? '1' : '0'
  return /^(memberId|id|transferId|lotId)$/.test(column) ? [freshId()] : [text.slice(0, -1) + last]
}

function textOf({ table, row, what }: BookReport['findings'][number]): string {
  return `${table} ${row} ${what}`
}

function names(report: BookReport, table: Table, row: SqlValue): boolean {
  return report.findings.some((finding) => finding.table === table && finding.row === row)
}
