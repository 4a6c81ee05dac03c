// The prototype's tables and its micro-batched writer.
import Sqlite from 'better-sqlite3'
import mysql from 'mysql2/promise'
import { MEMBERS, phoneOf } from './sales.js'

export interface Checkout {
  idempotencyKey: string
  storeId: number
  posNo: string
  memberPhone: string
  total: number
  paidAt: string
  lines: { sku: string; name: string; qty: number; price: number }[]
}

export interface Taken {
  orderId: string
  points: number
}

interface Job {
  checkout: Checkout
  orderId: number
  resolve: (taken: Taken) => void
  reject: (reason: unknown) => void
}

type Write = (jobs: readonly Job[]) => Promise<Taken[]>

const BATCH_MAX = 50
const CONNECTIONS = 8
const FLYING_MAX = { sqlite: 1, mariadb: 4 } as const
const FEN_PER_POINT = 100
const CACHE_KIB = 65_536

const TABLES = [
  `CREATE TABLE member (id BIGINT PRIMARY KEY, phone VARCHAR(20) NOT NULL, name VARCHAR(60),
   points BIGINT NOT NULL, version INT NOT NULL, updatedAt VARCHAR(30))`,
  'CREATE UNIQUE INDEX ux_member_phone ON member (phone)',
  `CREATE TABLE idem (k VARCHAR(64) PRIMARY KEY, hash VARCHAR(64) NOT NULL, orderId BIGINT,
   createdAt VARCHAR(30))`,
  `CREATE TABLE orders (id BIGINT PRIMARY KEY, storeId INT NOT NULL, memberId BIGINT NOT NULL,
   posNo VARCHAR(40) NOT NULL, total BIGINT NOT NULL, paidAt VARCHAR(30), status INT NOT NULL)`,
  'CREATE INDEX ix_orders_member ON orders (memberId, paidAt)',
  `CREATE TABLE order_line (id BIGINT PRIMARY KEY, orderId BIGINT NOT NULL, sku VARCHAR(40),
   name VARCHAR(80), qty INT NOT NULL, price BIGINT NOT NULL)`,
  'CREATE INDEX ix_line_order ON order_line (orderId)',
  `CREATE TABLE ledger (id BIGINT PRIMARY KEY, accountId BIGINT NOT NULL, orderId BIGINT NOT NULL,
   delta BIGINT NOT NULL, balanceAfter BIGINT NOT NULL, reason VARCHAR(20), createdAt VARCHAR(30))`,
  'CREATE INDEX ix_ledger_account ON ledger (accountId, id)',
]

let ids = Date.now() * 1_000
const nextId = () => (ids += 1)

/** Creates the tables with members in them and answers what takes checkouts. */
export async function prototypeStore(
  kind: 'sqlite' | 'mariadb',
  url: string,
): Promise<{ take(checkout: Checkout): Promise<Taken> }> {
  const write = kind === 'sqlite' ? openSqlite(url) : await openMysql(url)
  const queue: Job[] = []
  let flying = 0
  const launch = () => {
    while (queue.length > 0 && flying < FLYING_MAX[kind]) {
      const jobs = queue.splice(0, BATCH_MAX)
      flying += 1
      void write(jobs)
        .then(
          (taken) => {
            jobs.forEach((job, index) => {
              const one = taken[index]
              if (one) job.resolve(one)
            })
          },
          (error: unknown) => {
            for (const job of jobs) job.reject(error)
          },
        )
        .finally(() => {
          flying -= 1
          launch()
        })
    }
  }
  return {
    take: (checkout) =>
      new Promise((resolve, reject) => {
        queue.push({ checkout, orderId: nextId(), resolve, reject })
        setImmediate(launch)
      }),
  }
}

function openSqlite(file: string): Write {
  const handle = new Sqlite(file)
  handle.pragma('journal_mode = WAL')
  handle.pragma('synchronous = FULL')
  handle.pragma(`cache_size = -${String(CACHE_KIB)}`)
  for (const statement of TABLES) handle.exec(statement)
  const statement = (sql: string) => handle.prepare<unknown[]>(sql)
  const member = statement('INSERT INTO member VALUES (?, ?, ?, 0, 0, NULL)')
  handle.transaction(() => {
    for (let n = 0; n < MEMBERS; n += 1) member.run(n + 1, phoneOf(n), 'n')
  })()
  const idem = statement('INSERT INTO idem VALUES (?, ?, ?, ?)')
  const find = statement('SELECT id, points FROM member WHERE phone = ?')
  const order = statement('INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, 1)')
  const line = statement('INSERT INTO order_line VALUES (?, ?, ?, ?, ?, ?)')
  const ledger = statement("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, 'EARN', ?)")
  const move = statement(
    'UPDATE member SET points = points + ?, version = version + 1, updatedAt = ? WHERE id = ?',
  )
  const one = ({ checkout, orderId }: Job): Taken => {
    const at = new Date().toISOString()
    idem.run(checkout.idempotencyKey, 'h', orderId, at)
    const found = find.get(checkout.memberPhone) as { id: number; points: number }
    const { storeId, posNo, total, paidAt } = checkout
    order.run(orderId, storeId, found.id, posNo, total, paidAt)
    for (const { sku, name, qty, price } of checkout.lines)
      line.run(nextId(), orderId, sku, name, qty, price)
    const points = Math.floor(total / FEN_PER_POINT)
    ledger.run(nextId(), found.id, orderId, points, found.points + points, at)
    move.run(points, at, found.id)
    return { orderId: String(orderId), points: found.points + points }
  }
  const [begin, commit] = [statement('BEGIN IMMEDIATE'), statement('COMMIT')]
  const [savepoint, release] = [statement('SAVEPOINT one'), statement('RELEASE one')]
  return (jobs) => {
    begin.run()
    const taken = jobs.map((job) => {
      savepoint.run()
      const result = one(job)
      release.run()
      return result
    })
    commit.run()
    return Promise.resolve(taken)
  }
}

async function openMysql(url: string): Promise<Write> {
  const pool = mysql.createPool({ uri: url, connectionLimit: CONNECTIONS, supportBigNumbers: true })
  for (const statement of TABLES) await pool.query(statement)
  const members = Array.from({ length: MEMBERS }, (_, n) => [n + 1, phoneOf(n), 'n', 0, 0, null])
  for (let start = 0; start < MEMBERS; start += 2_000)
    await pool.query('INSERT INTO member VALUES ?', [members.slice(start, start + 2_000)])
  return async (jobs) => {
    const connection = await pool.getConnection()
    try {
      await connection.query('START TRANSACTION')
      const taken = await writeSet(connection, jobs)
      await connection.query('COMMIT')
      return taken
    } catch (error) {
      await connection.query('ROLLBACK')
      throw error
    } finally {
      connection.release()
    }
  }
}

async function writeSet(connection: mysql.Connection, jobs: readonly Job[]): Promise<Taken[]> {
  const at = new Date().toISOString()
  const insert = (table: string, rows: readonly unknown[][]) =>
    connection.query(`INSERT INTO ${table} VALUES ?`, [rows])
  await insert(
    'idem',
    jobs.map((job) => [job.checkout.idempotencyKey, 'h', job.orderId, at]),
  )
  const phones = [...new Set(jobs.map((job) => job.checkout.memberPhone))].sort()
  const [rows] = await connection.query(
    `SELECT id, phone, points FROM member FORCE INDEX (ux_member_phone)
     WHERE phone IN (?) FOR UPDATE`,
    [phones],
  )
  const found = rows as { id: number; phone: string; points: number }[]
  const byPhone = new Map(found.map((member) => [member.phone, member]))
  const moved = new Map<number, number>()
  const done = jobs.map((job) => {
    const member = byPhone.get(job.checkout.memberPhone)
    if (!member) throw new Error('the members of the bench are known')
    const points = Math.floor(job.checkout.total / FEN_PER_POINT)
    member.points += points
    moved.set(member.id, (moved.get(member.id) ?? 0) + points)
    return { job, memberId: member.id, points, balance: member.points }
  })
  await insert(
    'orders',
    done.map(({ job: { checkout, orderId }, memberId }) => [
      ...[orderId, checkout.storeId, memberId, checkout.posNo, checkout.total, checkout.paidAt, 1],
    ]),
  )
  await insert(
    'order_line',
    done.flatMap(({ job: { checkout, orderId } }) =>
      checkout.lines.map((line) => [
        ...[nextId(), orderId, line.sku, line.name, line.qty, line.price],
      ]),
    ),
  )
  await insert(
    'ledger',
    done.map((one) => [
      ...[nextId(), one.memberId, one.job.orderId, one.points, one.balance, 'EARN', at],
    ]),
  )
  const memberIds = [...moved.keys()]
  const cases = memberIds.map(() => 'WHEN ? THEN ?').join(' ')
  await connection.query(
    `UPDATE member SET points = points + CASE id ${cases} END, version = version + 1,
     updatedAt = ? WHERE id IN (?)`,
    [...memberIds.flatMap((id) => [id, moved.get(id)]), at, memberIds],
  )
  return done.map(({ job, balance }) => ({ orderId: String(job.orderId), points: balance }))
}
