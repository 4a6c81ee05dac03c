// The hand-written loop on MariaDB: mysql2 and nothing else. One checkout is a transaction of
// prepared statements; a batch is a transaction of multi-row statements, as few as there can be.
import mysql from 'mysql2/promise'
import type { IncomingEvent } from '../../server/flows/ingest-state.js'
import type { SqlValue } from '../../server/platform/database.js'
import type { Keyring } from '../../server/platform/keyring.js'
import { INSERTS, keysOf, rowsOf, SELECTS, type AccountRow, type CheckoutRows } from './raw-rows.js'

const DEADLOCK_ERRNO = 1213

export interface RawMysql {
  /** One checkout in a transaction of its own, over any connection that is free. */
  checkout(one: IncomingEvent): Promise<void>
  /** Many checkouts in one transaction. */
  batch(many: readonly IncomingEvent[]): Promise<void>
  close(): Promise<void>
}

/** Opens `connections` connections; no more callers than that at a time. */
export async function openRawMysql(
  url: string,
  keyring: Keyring,
  connections: number,
): Promise<RawMysql> {
  const free = await Promise.all(Array.from({ length: connections }, () => connect(url)))
  const transaction = async (work: (connection: mysql.Connection) => Promise<void>) => {
    const connection = free.pop()
    if (!connection) throw new Error('more callers than connections')
    try {
      for (;;)
        try {
          await connection.query('START TRANSACTION')
          await work(connection)
          await connection.query('COMMIT')
          return
        } catch (error) {
          await connection.query('ROLLBACK')
          if ((error as { errno?: number }).errno !== DEADLOCK_ERRNO) throw error
        }
    } finally {
      free.push(connection)
    }
  }
  return {
    checkout: (one) => transaction((connection) => writeOne(connection, keyring, one)),
    batch: (many) => transaction((connection) => writeMany(connection, keyring, many)),
    close: async () => {
      for (const connection of free) await connection.end()
    },
  }
}

async function connect(url: string): Promise<mysql.Connection> {
  const connection = await mysql.createConnection({ uri: url, supportBigNumbers: true })
  await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
  return connection
}

async function writeOne(
  connection: mysql.Connection,
  keyring: Keyring,
  one: IncomingEvent,
): Promise<void> {
  const select = async <Row>(sql: string, values: SqlValue[]): Promise<Row[]> => {
    const [rows] = await connection.execute(sql, values)
    return rows as Row[]
  }
  const insert = (name: keyof typeof INSERTS, rows: readonly SqlValue[][]) =>
    connection.execute(insertSql(name, rows), rows.flat())
  const keys = keysOf(keyring, one)
  const known = [
    ...(await select(`${SELECTS.answer} = ?`, [one.event.eventId])),
    ...(await select(`${SELECTS.purchase} = ? FOR UPDATE`, [keys.businessKey])),
    ...(await select(`${SELECTS.waiting} = ? AND originalPurchaseId IS NULL FOR UPDATE`, [
      ...[one.from.store.id, keys.receiptNo],
    ])),
  ]
  if (known.length > 0) throw new Error('the sales of the bench are new')
  const [member] = await select<{ id: string }>(`${SELECTS.member} = ?`, [keys.phoneIndex])
  const [account] = await select<AccountRow>(`${SELECTS.account} = ? FOR UPDATE`, [
    member?.id ?? '',
  ])
  if (!account) throw new Error('the members of the bench are known')
  const rows = rowsOf(one, keys, account)
  await insert('purchase', [rows.purchase])
  await insert('line', rows.lines)
  await insert('payment', rows.payments)
  await insert('transfer', [rows.transfer])
  await insert('lot', [rows.lot])
  await connection.execute(
    'UPDATE points_account SET balancePoints = ?, headSeq = ?, headHash = ? WHERE memberId = ?',
    [account.balancePoints, account.headSeq, account.headHash, account.memberId],
  )
  await insert('event', [rows.event])
  await select(SELECTS.webhooks, [])
  await insert('delivery', rows.deliveries)
  await insert('answer', [rows.answer])
}

async function writeMany(
  connection: mysql.Connection,
  keyring: Keyring,
  many: readonly IncomingEvent[],
): Promise<void> {
  const select = async <Row>(sql: string, values: unknown[]): Promise<Row[]> => {
    const [rows] = await connection.query(sql, values)
    return rows as Row[]
  }
  const keys = many.map((one) => keysOf(keyring, one))
  const listOf = (pick: (index: number) => string) => [many.map((_one, index) => pick(index))]
  const known = [
    ...(await select(
      `${SELECTS.answer} IN (?)`,
      listOf((n) => many[n]?.event.eventId ?? ''),
    )),
    ...(await select(
      `${SELECTS.purchase} IN (?) FOR UPDATE`,
      listOf((n) => keys[n]?.businessKey ?? ''),
    )),
    ...(await select(`${SELECTS.waiting} IN (?) AND originalPurchaseId IS NULL FOR UPDATE`, [
      many[0]?.from.store.id,
      ...listOf((n) => keys[n]?.receiptNo ?? ''),
    ])),
  ]
  if (known.length > 0) throw new Error('the sales of the bench are new')
  const members = await select<{ id: string; valueIndex: string }>(
    `${SELECTS.member} IN (?)`,
    listOf((n) => keys[n]?.phoneIndex ?? ''),
  )
  const memberIds = members.map((member) => member.id).sort()
  const found = await select<AccountRow>(`${SELECTS.account} IN (?) FOR UPDATE`, [memberIds])
  const byMember = new Map(found.map((account) => [account.memberId, account]))
  const byPhone = new Map(members.map((member) => [member.valueIndex, byMember.get(member.id)]))
  const rows = many.map((one, index): CheckoutRows => {
    const key = keys[index]
    const account = key && byPhone.get(key.phoneIndex)
    if (!account) throw new Error('the members of the bench are known')
    return rowsOf(one, key, account)
  })
  const insert = (name: keyof typeof INSERTS, values: readonly SqlValue[][]) =>
    connection.query(`INSERT INTO ${INSERTS[name]} VALUES ?`, [values])
  await insert(
    'purchase',
    rows.map((row) => row.purchase),
  )
  await insert(
    'line',
    rows.flatMap((row) => row.lines),
  )
  await insert(
    'payment',
    rows.flatMap((row) => row.payments),
  )
  await insert(
    'transfer',
    rows.map((row) => row.transfer),
  )
  await insert(
    'lot',
    rows.map((row) => row.lot),
  )
  await moveAccounts(connection, found)
  await insert(
    'event',
    rows.map((row) => row.event),
  )
  await select(SELECTS.webhooks, [])
  await insert(
    'delivery',
    rows.flatMap((row) => row.deliveries),
  )
  await insert(
    'answer',
    rows.map((row) => row.answer),
  )
}

async function moveAccounts(
  connection: mysql.Connection,
  accounts: readonly AccountRow[],
): Promise<void> {
  const columns = ['balancePoints', 'headSeq', 'headHash'] as const
  const cases = accounts.map(() => 'WHEN ? THEN ?').join(' ')
  const sets = columns.map((column) => `${column} = CASE memberId ${cases} END`).join(', ')
  await connection.query(`UPDATE points_account SET ${sets} WHERE memberId IN (?)`, [
    ...columns.flatMap((column) => accounts.flatMap((row) => [row.memberId, row[column]])),
    accounts.map((row) => row.memberId),
  ])
}

function insertSql(name: keyof typeof INSERTS, rows: readonly SqlValue[][]): string {
  const row = `(${(rows[0] ?? []).map(() => '?').join(', ')})`
  return `INSERT INTO ${INSERTS[name]} VALUES ${rows.map(() => row).join(', ')}`
}
