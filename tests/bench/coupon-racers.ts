// What hand-written loops do with coupons: the same rows as the services write, the coupon first and
// the count of its template last, so that it is held for as short as can be; every racer in
// transactions of its own.
import Sqlite from 'better-sqlite3'
import mysql from 'mysql2/promise'
import type { SqlValue } from '../../server/platform/database.js'
import type { BenchDatabase } from './bench-server.js'
import { freshId } from './sales.js'

export const OFF_FEN = 1_000
export const GOODS_FEN = 8_000
const RESERVATION_MS = 30 * 60_000
const VALID_MS = 30 * 86_400_000
const CODE_DIGITS = 12
const ACTOR = 'bench:raw'

/** A coupon that somebody has, and what it is set aside for. */
export interface RacedCoupon {
  id: string
  memberId: string
  reservationId: string
}

/** What racers do by hand; false where they are refused. */
export interface RawRacers {
  claim(memberId: string): Promise<boolean>
  reserve(coupon: RacedCoupon): Promise<boolean>
  redeem(coupon: RacedCoupon): Promise<boolean>
  close(): Promise<void>
}

/** A statement, and whether it decides: then it has to change a row, else all of it is undone. */
export type Step = [sql: string, values: SqlValue[], decides: boolean]

const marks = (count: number) => Array.from({ length: count }, () => '?').join(', ')

/** Inserts a row; what it leaves out stays empty. */
export function insertInto(table: string, row: Record<string, SqlValue>): Step {
  const names = Object.keys(row)
  const sql = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${marks(names.length)})`
  return [sql, Object.values(row), false]
}

let codes = 0

function stepOf(couponId: string, kind: string, atMs: number, aboutId: string | null): Step {
  return insertInto('coupon_step', {
    ...{ id: freshId(), couponId, kind, atMs, actor: ACTOR, aboutId },
  })
}

function claimSteps(templateId: string, memberId: string): Step[] {
  codes += 1
  const nowMs = Date.now()
  const id = freshId()
  return [
    insertInto('coupon', {
      ...{ id, code: String(codes).padStart(CODE_DIGITS, 'b'), templateId, version: 1, memberId },
      ...{ state: 'issued', sourceKey: `raw|${id}`, issuedAtMs: nowMs, validFromMs: nowMs },
      validUntilMs: nowMs + VALID_MS,
    }),
    stepOf(id, 'issued', nowMs, null),
    [
      'UPDATE coupon_template SET issued = issued + 1 WHERE id = ? AND issued < stock',
      [templateId],
      true,
    ],
  ]
}

function reserveSteps(templateId: string, at: RacedCoupon): Step[] {
  const nowMs = Date.now()
  const { id, memberId, reservationId } = at
  return [
    [
      `UPDATE coupon SET state = 'reserved', reservationId = ?, offFen = ?
       WHERE id = ? AND memberId = ? AND state = 'issued'`,
      [reservationId, OFF_FEN, id, memberId],
      true,
    ],
    insertInto('coupon_reservation', {
      ...{ id: reservationId, memberId, storeId: reservationId, terminalId: reservationId },
      ...{ goodsFen: GOODS_FEN, offFen: OFF_FEN, state: 'reserved', createdAtMs: nowMs },
      applied: JSON.stringify([{ couponId: id, offFen: OFF_FEN }]),
      deadlineAtMs: nowMs + RESERVATION_MS,
    }),
    stepOf(id, 'reserved', nowMs, reservationId),
    [
      `UPDATE coupon_template SET uses = uses + 1, spentFen = spentFen + ?
       WHERE id = ? AND uses + 1 <= usesMax`,
      [OFF_FEN, templateId],
      true,
    ],
  ]
}

function redeemSteps({ id, reservationId }: RacedCoupon): Step[] {
  const nowMs = Date.now()
  const purchaseId = freshId()
  return [
    [
      `UPDATE coupon SET state = 'redeemed', purchaseId = ?, endedAtMs = ?
       WHERE id = ? AND state = 'reserved' AND reservationId = ?`,
      [purchaseId, nowMs, id, reservationId],
      true,
    ],
    [
      `UPDATE coupon_reservation SET state = 'redeemed', purchaseId = ?, endedAtMs = ? WHERE id = ?`,
      [purchaseId, nowMs, reservationId],
      true,
    ],
    stepOf(id, 'redeemed', nowMs, reservationId),
  ]
}

/** As many racers as are wanted, over the database itself. */
export async function openRawRacers(
  at: BenchDatabase,
  { templateId, racers }: { templateId: string; racers: number },
): Promise<RawRacers> {
  const { run, close } = await openRunner(at, racers)
  return {
    claim: (memberId) => run(claimSteps(templateId, memberId)),
    reserve: (coupon) => run(reserveSteps(templateId, coupon)),
    redeem: (coupon) => run(redeemSteps(coupon)),
    close,
  }
}

interface Runner {
  run(steps: readonly Step[]): Promise<boolean>
  close(): Promise<void>
}

/** What runs steps, each in a transaction of its own. */
export async function openRunner(at: BenchDatabase, racers: number): Promise<Runner> {
  return at.kind === 'sqlite' ? openSqlite(at.file) : openMysql(at.url, racers)
}

function openSqlite(file: string): Runner {
  const handle = new Sqlite(file)
  handle.pragma('journal_mode = WAL')
  handle.pragma('synchronous = FULL')
  const known = new Map<string, Sqlite.Statement<unknown[]>>()
  const prepared = (sql: string) => {
    const statement = known.get(sql) ?? handle.prepare<unknown[]>(sql)
    known.set(sql, statement)
    return statement
  }
  return {
    run: async (steps) => {
      prepared('BEGIN IMMEDIATE').run()
      const isDone = steps.every(
        ([sql, values, decides]) => prepared(sql).run(...values).changes === 1 || !decides,
      )
      prepared(isDone ? 'COMMIT' : 'ROLLBACK').run()
      return isDone
    },
    close: async () => {
      handle.close()
    },
  }
}

async function openMysql(url: string, racers: number): Promise<Runner> {
  const connections: mysql.Connection[] = []
  for (let n = 0; n < racers; n += 1) {
    const connection = await mysql.createConnection({ uri: url, supportBigNumbers: true })
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
    connections.push(connection)
  }
  const free = [...connections]
  const runOn = async (connection: mysql.Connection, steps: readonly Step[]) => {
    await connection.query('START TRANSACTION')
    let isDone = true
    for (const [sql, values, decides] of steps) {
      const [answer] = await connection.execute<mysql.ResultSetHeader>(sql, values)
      isDone = answer.affectedRows === 1 || !decides
      if (!isDone) break
    }
    await connection.query(isDone ? 'COMMIT' : 'ROLLBACK')
    return isDone
  }
  return {
    run: async (steps) => {
      const connection = free.pop()
      if (!connection) throw new Error('more racers than connections')
      try {
        return await runOn(connection, steps)
      } finally {
        free.push(connection)
      }
    },
    close: async () => {
      for (const connection of connections) await connection.end()
    },
  }
}
