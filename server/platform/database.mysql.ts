import { setTimeout as sleep } from 'node:timers/promises'
import {
  createConnection,
  type Pool,
  type PoolConnection,
  type QueryError,
  type ResultSetHeader,
} from 'mysql2'
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm'
import {
  BusyError,
  Database,
  gateScope,
  refuseClosed,
  refuseNested,
  UniqueViolation,
  type GateScope,
  type Rx,
  type SqlParameter,
  type SqlValue,
  type Tx,
} from './database.js'
import {
  bindToScope,
  gateRunner,
  guardRunners,
  listPendingMigrations,
  runMigrations,
  schemaDriftOf,
  type Migrations,
} from './database.typeorm.js'

// MySQL 8, MariaDB 10.6+ and clusters that speak their protocol. Transactions run at READ COMMITTED
// with lock-then-write or compare-and-set, and the whole unit is retried when the database gives up
// on it (deadlock, lock timeout, failed certification), COMMIT included.

/** More connections than this are slower on two cores. */
const POOL_SIZE = 8
const CONNECT_TIMEOUT_MS = 10_000
const ATTEMPTS_MAX = 6
const RETRY_PAUSE_MS = 5
const MIGRATION_WAIT_S = 60
/** ER_CHECKREAD, ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK. */
const RETRIED_ERRNOS = new Set([1020, 1205, 1213])
const ER_DUP_ENTRY = 1062
const SESSION = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION innodb_lock_wait_timeout = 10, time_zone = '+00:00', " +
    "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
]

/** Opens the database at `url` (`mysql://user:password@host:port/name`). */
export async function openMysql(url: string, schema: Migrations): Promise<Database> {
  const source = await new DataSource({
    type: await flavourOf(url),
    url,
    entities: schema.entities,
    migrations: schema.migrations,
    poolSize: POOL_SIZE,
    connectTimeout: CONNECT_TIMEOUT_MS,
    supportBigNumbers: true,
    bigNumberStrings: false,
    charset: 'utf8mb4_bin',
    timezone: 'Z',
  }).initialize()
  const database = new MysqlDatabase(source)
  await database.prepare()
  return database
}

class MysqlDatabase extends Database {
  readonly dialect = 'mysql'
  readonly dataSource: DataSource
  readonly #source: DataSource
  readonly #pool: Pool

  constructor(source: DataSource) {
    super()
    this.#source = source
    this.dataSource = source
    this.#pool = (source.driver as unknown as { pool: Pool }).pool
    guardRunners(source)
  }

  /** Sets up sessions and refuses a server that acknowledges before it is durable. */
  async prepare(): Promise<void> {
    this.#pool.on('connection', (connection) => {
      for (const statement of SESSION) connection.query(statement)
    })
    const connection = await this.#connection()
    try {
      for (const statement of SESSION) await send(connection, statement, [])
      const rows = (await send(
        connection,
        'SELECT @@innodb_flush_log_at_trx_commit AS flushed',
        [],
      )) as { flushed: number }[]
      if (rows[0]?.flushed !== 1)
        throw new Error('innodb_flush_log_at_trx_commit must be 1: commits would not be durable')
    } finally {
      connection.release()
    }
  }

  async write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    refuseNested('write')
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#transaction(work)
      } catch (error) {
        if (!isRetried(error)) throw error
        if (attempt >= ATTEMPTS_MAX) throw new BusyError(`gave up: ${(error as Error).message}`)
        await sleep(RETRY_PAUSE_MS * attempt * (1 + Math.random()))
      }
    }
  }

  async #transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const scope: GateScope = { kind: 'write', closed: false }
    const connection = await this.#connection()
    let failed = true
    try {
      await send(connection, 'START TRANSACTION', [])
      const manager = this.#managerOn(connection, scope)
      const result = await gateScope.run(scope, () => work(new MysqlTx(connection, manager, scope)))
      scope.closed = true
      await send(connection, 'COMMIT', [])
      failed = false
      return result
    } finally {
      scope.closed = true
      await this.#giveBack(connection, failed)
    }
  }

  async read<T>(work: (rx: Rx) => Promise<T>): Promise<T> {
    refuseNested('read')
    const scope: GateScope = { kind: 'read', closed: false }
    const connection = await this.#connection()
    try {
      const manager = this.#managerOn(connection, scope)
      return await gateScope.run(scope, () => work(new MysqlRx(connection, manager, scope)))
    } finally {
      scope.closed = true
      connection.release()
    }
  }

  migrate(): Promise<string[]> {
    return this.#withRunner(async (runner) => {
      // Several servers may start at once: one migrates, the others wait and find nothing left.
      await runner.query(`SELECT GET_LOCK('huike-migrate', ${String(MIGRATION_WAIT_S)})`)
      try {
        return await runMigrations(this.#source, runner, 'none')
      } finally {
        await runner.query("SELECT RELEASE_LOCK('huike-migrate')")
      }
    })
  }

  pendingMigrations(): Promise<string[]> {
    return this.#withRunner((runner) => listPendingMigrations(this.#source, runner))
  }

  schemaDrift(): Promise<string[]> {
    return schemaDriftOf(this.#source)
  }

  async close(): Promise<void> {
    if (this.#source.isInitialized) await this.#source.destroy()
  }

  async #withRunner<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const runner = gateRunner(this.#source)
    try {
      return await work(runner)
    } finally {
      await runner.release()
    }
  }

  /** A TypeORM manager that speaks over this very connection, made when first asked for. */
  #managerOn(connection: PoolConnection, scope: GateScope): () => EntityManager {
    let manager: EntityManager | undefined
    return () => {
      if (manager) return manager
      const runner = gateRunner(this.#source)
      Object.assign(runner, {
        databaseConnection: connection,
        isTransactionActive: scope.kind === 'write',
        transactionDepth: scope.kind === 'write' ? 1 : 0,
      })
      bindToScope(runner, () => scope)
      manager = runner.manager
      return manager
    }
  }

  #connection(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      this.#pool.getConnection((error, connection) => {
        if (error) reject(error)
        else resolve(connection)
      })
    })
  }

  async #giveBack(connection: PoolConnection, failed: boolean): Promise<void> {
    if (!failed) {
      connection.release()
      return
    }
    try {
      await send(connection, 'ROLLBACK', [])
      connection.release()
    } catch {
      // A connection that cannot roll back may hold a half transaction: never use it again.
      connection.destroy()
    }
  }
}

class MysqlRx implements Rx {
  readonly dialect = 'mysql'
  constructor(
    protected readonly connection: PoolConnection,
    private readonly managerOf: () => EntityManager,
    protected readonly scope: GateScope,
  ) {}

  get manager(): EntityManager {
    return this.managerOf()
  }

  async rows<Row>(sql: string, parameters: readonly SqlParameter[] = []): Promise<Row[]> {
    refuseClosed(this.scope, sql)
    if (this.scope.kind === 'read' && !/^\s*(?:\(?\s*select|with|explain|show)\b/i.test(sql))
      throw new Error(`only reading in database.read: ${sql.slice(0, 80)}`)
    return (await send(this.connection, sql, parameters)) as Row[]
  }
}

class MysqlTx extends MysqlRx implements Tx {
  readonly forUpdate = ' FOR UPDATE'

  async run(sql: string, parameters: readonly SqlParameter[] = []): Promise<number> {
    refuseClosed(this.scope, sql)
    return ((await send(this.connection, sql, parameters)) as ResultSetHeader).affectedRows
  }

  async insert(
    table: string,
    columns: readonly string[],
    rows: readonly SqlValue[][],
  ): Promise<void> {
    if (rows.length === 0) return
    const row = `(${columns.map(() => '?').join(', ')})`
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${rows.map(() => row).join(', ')}`
    await this.run(sql, rows.flat())
  }

  async updateEach(
    table: string,
    key: string,
    columns: readonly string[],
    rows: readonly SqlValue[][],
  ): Promise<void> {
    if (rows.length === 0) return
    const sets = columns.map((column, index) => {
      const cases = rows.map(() => 'WHEN ? THEN ?').join(' ')
      const values = rows.flatMap((row) => [row[0] ?? null, row[index + 1] ?? null])
      return { sql: `${column} = CASE ${key} ${cases} END`, values }
    })
    const matched = await this.run(
      `UPDATE ${table} SET ${sets.map((set) => set.sql).join(', ')} WHERE ${key} IN (?)`,
      [...sets.flatMap((set) => set.values), rows.map((row) => row[0] ?? null)],
    )
    if (matched !== rows.length) throw new Error(`a row is missing in ${table}`)
  }

  async replaceEach(
    table: string,
    key: readonly string[],
    column: string,
    rows: readonly SqlValue[][],
  ): Promise<number> {
    if (rows.length === 0) return 0
    const changes = rows.map((row) => row.slice(key.length))
    // Found by the first column of the key, which narrows enough, and by the value that is replaced.
    return this.run(
      `UPDATE ${table} SET ${column} = CASE ${column} ${rows.map(() => 'WHEN ? THEN ?').join(' ')} END
       WHERE ${String(key[0])} IN (?) AND ${column} IN (?)`,
      [
        ...changes.flat(),
        rows.map((row) => row[0] ?? null),
        changes.map(([before]) => before ?? null),
      ],
    )
  }
}

/** TypeORM reads the two servers' catalogues differently, so it must be told which one it is. */
async function flavourOf(url: string): Promise<'mysql' | 'mariadb'> {
  const connection = createConnection(url).promise()
  try {
    const [rows] = await connection.query('SELECT VERSION() AS version')
    const version = (rows as { version: string }[])[0]?.version ?? ''
    return version.includes('MariaDB') ? 'mariadb' : 'mysql'
  } finally {
    await connection.end()
  }
}

/** One round trip; values are escaped by the driver. */
function send(
  connection: PoolConnection,
  sql: string,
  parameters: readonly SqlParameter[],
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const values = parameters as unknown[]
    connection.query(sql, values, (error: QueryError | null, result: unknown) => {
      if (!error) resolve(result)
      else if (error.errno === ER_DUP_ENTRY) reject(new UniqueViolation(error.message))
      else reject(error)
    })
  })
}

function isRetried(error: unknown): boolean {
  const { errno, driverError } = error as { errno?: number; driverError?: { errno?: number } }
  return RETRIED_ERRNOS.has(errno ?? driverError?.errno ?? 0)
}
