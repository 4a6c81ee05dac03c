// Earning alone: one sale's points in a transaction of its own through the points book, against a
// hand-written driver loop that sends the same statements, on the same database, in the same process,
// turn by turn. (`checkout` measures the whole of a checkout so.) What the hash chain asks for is made
// by the same function in both: it is data and not overhead.
import Sqlite from 'better-sqlite3'
import mysql from 'mysql2/promise'
import { NEVER_EXPIRES_MS } from '@huike/shared/earning'
import { points } from '@huike/shared/quantities'
import type { SqlValue } from '../../server/platform/database.js'
import { mintId } from '../../server/platform/ids.js'
import { ISSUED_ACCOUNT, memberAccount, transferHash } from '../../server/points/chain.js'
import { PointsBook } from '../../server/points/points-book.service.js'
import {
  databaseKinds,
  withBenchServer,
  type BenchDatabase,
  type BenchServer,
} from './bench-server.js'
import {
  medianRatio,
  medianRound,
  printFigure,
  roundFields,
  runRound,
  takeTurns,
} from './measure.js'
import { freshId } from './sales.js'

const ROUND_MS = 700
const ROUNDS = 5
const EARNED = 21
const COLUMNS = [
  ...['id', 'memberId', 'seq', 'fromAccount', 'toAccount', 'points', 'balanceAfterPoints'],
  ...['reason', 'sourceKey', 'ruleId', 'ruleVersion', 'explanation', 'actor', 'occurredAtMs'],
  ...['recordedAtMs', 'answersTransferId', 'availableAtMs', 'expiresAtMs', 'previousHash', 'hash'],
] as const
const marks = (count: number) => Array.from({ length: count }, () => '?').join(', ')
const FIND =
  'SELECT memberId, balancePoints, headSeq, headHash FROM points_account WHERE memberId = ?'
const INSERT = `INSERT INTO points_transfer (${COLUMNS.join(', ')}) VALUES (${marks(COLUMNS.length)})`
const MOVE =
  'UPDATE points_account SET balancePoints = ?, headSeq = ?, headHash = ? WHERE memberId = ?'
const LOT = `INSERT INTO points_lot (id, memberId, leftPoints, availableAtMs, expiresAtMs, state)
  VALUES (${marks(6)})`

interface Account {
  memberId: string
  balancePoints: number
  headSeq: number
  headHash: string
}

/** Runs the comparison on every database there is. */
export async function bench(): Promise<void> {
  for (const kind of databaseKinds())
    await withBenchServer(kind, async (at, server) => {
      const members = await server.database.read((rx) =>
        rx.rows<{ id: string }>('SELECT id FROM member ORDER BY id'),
      )
      const anybody = () => members[Math.floor(Math.random() * members.length)]?.id ?? ''
      const raw = await openRaw(at)
      const turn = (once: () => Promise<void>) => () =>
        runRound({ callers: 1, forMs: ROUND_MS }, once)
      try {
        const rounds = await takeTurns(ROUNDS, {
          raw: turn(() => raw.earn(anybody())),
          service: turn(() => earn(server, anybody())),
        })
        const service = medianRound(rounds.service)
        printFigure({
          ...{ bench: 'earn.1-caller', database: kind, figure: service.perSecond, unit: 'earns/s' },
          ratio: medianRatio(rounds.service, rounds.raw),
          ...roundFields('service', service),
          ...roundFields('raw', medianRound(rounds.raw)),
        })
      } finally {
        await raw.close()
      }
    })
}

async function earn({ database }: BenchServer, memberId: string): Promise<void> {
  const nowMs = Date.now()
  await database.write(async (tx) => {
    const book = await PointsBook.open(tx, [memberId])
    book.post({
      ...{ memberId, direction: 'in', points: points(EARNED), reason: 'purchase' },
      ...{ sourceKey: freshId(), rule: { id: 'base', version: 1 }, actor: 'terminal:bench' },
      ...{ explanation: '实付 ¥21.32，每满 ¥1.00 得 1 分，共 21 分' },
      ...{ occurredAtMs: nowMs, recordedAtMs: nowMs, answersTransferId: null },
    })
    await book.close(tx)
  })
}

/** The rows of one earning, and the account after it. */
function rowsOf(account: Account) {
  const { memberId, balancePoints, headSeq, headHash } = account
  const nowMs = Date.now()
  const content = {
    ...{ id: mintId(nowMs), memberId, seq: headSeq + 1, fromAccount: ISSUED_ACCOUNT },
    ...{ toAccount: memberAccount(memberId), points: EARNED, reason: 'purchase' },
    ...{ balanceAfterPoints: balancePoints + EARNED, sourceKey: freshId(), ruleId: 'base' },
    ...{ ruleVersion: 1, explanation: '实付 ¥21.32，每满 ¥1.00 得 1 分，共 21 分' },
    ...{ actor: 'terminal:bench', occurredAtMs: nowMs, recordedAtMs: nowMs },
    ...{ answersTransferId: null, availableAtMs: nowMs, expiresAtMs: NEVER_EXPIRES_MS },
    previousHash: headHash,
  }
  const transfer = { ...content, hash: transferHash(content) }
  const values: SqlValue[] = COLUMNS.map((name) => transfer[name])
  const lot = [content.id, memberId, EARNED, nowMs, NEVER_EXPIRES_MS, 'open']
  const moved = [content.balanceAfterPoints, content.seq, transfer.hash, memberId]
  return { transfer: values, lot, moved }
}

interface RawLoop {
  earn(memberId: string): Promise<void>
  close(): Promise<void>
}

async function openRaw(at: BenchDatabase): Promise<RawLoop> {
  return at.kind === 'sqlite' ? openRawSqlite(at.file) : openRawMysql(at.url)
}

function openRawSqlite(file: string): RawLoop {
  const handle = new Sqlite(file)
  handle.pragma('journal_mode = WAL')
  handle.pragma('synchronous = FULL')
  const [begin, commit] = [handle.prepare('BEGIN IMMEDIATE'), handle.prepare('COMMIT')]
  const [find, insert] = [handle.prepare(FIND), handle.prepare<unknown[]>(INSERT)]
  const [move, lot] = [handle.prepare<unknown[]>(MOVE), handle.prepare<unknown[]>(LOT)]
  return {
    earn: async (memberId) => {
      begin.run()
      const rows = rowsOf(find.get(memberId) as Account)
      insert.run(...rows.transfer)
      move.run(...rows.moved)
      lot.run(...rows.lot)
      commit.run()
    },
    close: async () => {
      handle.close()
    },
  }
}

async function openRawMysql(url: string): Promise<RawLoop> {
  const connection = await mysql.createConnection({ uri: url, supportBigNumbers: true })
  await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
  return {
    earn: async (memberId) => {
      await connection.query('START TRANSACTION')
      const [found] = await connection.execute(`${FIND} FOR UPDATE`, [memberId])
      const rows = rowsOf((found as Account[])[0] as Account)
      await connection.execute(INSERT, rows.transfer)
      await connection.execute(MOVE, rows.moved)
      await connection.execute(LOT, rows.lot)
      await connection.query('COMMIT')
    },
    close: () => connection.end(),
  }
}
