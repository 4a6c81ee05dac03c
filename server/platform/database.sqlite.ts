import type BetterSqlite3 from 'better-sqlite3'
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

// The embedded database. One connection writes, behind a FIFO queue, because TypeORM's driver would
// let overlapping transactions share it and lose committed writes; a second, read-only one reads.

const BUSY_TIMEOUT_MS = 5_000
const QUEUE_WAIT_MS_MAX = 10_000
const QUEUE_LENGTH_MAX = 10_000
const HOLD_MS_MAX = 30_000
const CACHE_KIB = 65_536
/** 40 MB of log: a checkpoint writes each page once, however often it changed since the last. */
const CHECKPOINT_PAGES = 10_000
const STATEMENTS_CACHED_MAX = 500

type Handle = BetterSqlite3.Database
type Statement = BetterSqlite3.Statement<unknown[]>

/** Opens (creating if absent) the SQLite database at `path`. */
export async function openSqlite(path: string, schema: Migrations): Promise<Database> {
  const writer = await new DataSource({
    type: 'better-sqlite3',
    database: path,
    entities: schema.entities,
    migrations: schema.migrations,
    timeout: BUSY_TIMEOUT_MS,
    prepareDatabase: (handle: Handle) => {
      handle.pragma('journal_mode = WAL')
      // The library's WAL default is NORMAL, which may drop acknowledged commits on a power cut.
      handle.pragma('synchronous = FULL')
      handle.pragma(`cache_size = -${String(CACHE_KIB)}`)
      handle.pragma('temp_store = MEMORY')
      handle.pragma(`wal_autocheckpoint = ${String(CHECKPOINT_PAGES)}`)
    },
  }).initialize()
  const reader = await new DataSource({
    type: 'better-sqlite3',
    database: path,
    readonly: true,
    entities: schema.entities,
    timeout: BUSY_TIMEOUT_MS,
    prepareDatabase: (handle: Handle) => {
      // The library's 2 MB would be read again for each page of a big chain's members.
      handle.pragma(`cache_size = -${String(CACHE_KIB)}`)
    },
  }).initialize()
  return new SqliteDatabase(writer, reader)
}

class SqliteDatabase extends Database {
  readonly dialect = 'sqlite'
  readonly dataSource: DataSource
  readonly #writer: DataSource
  readonly #reader: DataSource
  readonly #writeStatements: StatementCache
  readonly #readStatements: StatementCache
  readonly #writeRunner: QueryRunner
  readonly #readRunner: QueryRunner
  readonly #lock = new FifoLock()
  /** The transaction that holds the writer now. */
  #writing: GateScope | null = null

  constructor(writer: DataSource, reader: DataSource) {
    super()
    this.#writer = writer
    this.dataSource = writer
    this.#reader = reader
    this.#writeStatements = new StatementCache(handleOf(writer))
    this.#readStatements = new StatementCache(handleOf(reader))
    guardRunners(writer)
    guardRunners(reader)
    this.#writeRunner = gateRunner(writer)
    this.#readRunner = gateRunner(reader)
    bindToScope(this.#writeRunner, () => this.#writing)
    bindToScope(this.#readRunner, () => gateScope.getStore() ?? null)
  }

  async write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    refuseNested('write')
    return this.#alone(async (scope) => {
      this.#begin()
      beginNesting(this.#writeRunner)
      try {
        const tx = new SqliteTx(this.#writeStatements, this.#writeRunner.manager, scope)
        const result = await withinHold(work(tx))
        scope.closed = true
        this.#writeStatements.run('COMMIT', [])
        return result
      } catch (error) {
        scope.closed = true
        if (handleOf(this.#writer).inTransaction) this.#writeStatements.run('ROLLBACK', [])
        throw error
      } finally {
        endNesting(this.#writeRunner)
      }
    })
  }

  /** Another process (an operator's command) may hold the file: waited for, then told as busy. */
  #begin(): void {
    try {
      this.#writeStatements.run('BEGIN IMMEDIATE', [])
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error
      throw new BusyError('another process holds the database')
    }
  }

  async read<T>(work: (rx: Rx) => Promise<T>): Promise<T> {
    refuseNested('read')
    const scope: GateScope = { kind: 'read', closed: false }
    const rx = new SqliteRx(this.#readStatements, this.#readRunner.manager, scope)
    try {
      return await gateScope.run(scope, () => work(rx))
    } finally {
      scope.closed = true
    }
  }

  migrate(): Promise<string[]> {
    return this.#alone(() => runMigrations(this.#writer, this.#writeRunner, 'each'))
  }

  pendingMigrations(): Promise<string[]> {
    return this.#alone(() => listPendingMigrations(this.#writer, this.#writeRunner))
  }

  schemaDrift(): Promise<string[]> {
    return this.#alone(() => schemaDriftOf(this.#writer))
  }

  async close(): Promise<void> {
    await this.#lock.acquire()
    for (const source of [this.#reader, this.#writer])
      if (source.isInitialized) await source.destroy()
  }

  /** Runs `work` as the only user of the writer. */
  async #alone<T>(work: (scope: GateScope) => Promise<T>): Promise<T> {
    await this.#lock.acquire()
    const scope: GateScope = { kind: 'write', closed: false }
    this.#writing = scope
    try {
      return await gateScope.run(scope, () => work(scope))
    } finally {
      scope.closed = true
      this.#writing = null
      this.#lock.release()
    }
  }
}

/** Fails a transaction that holds the writer longer than anyone may. */
async function withinHold<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new BusyError(`a transaction held the writer over ${String(HOLD_MS_MAX)} ms`))
    }, HOLD_MS_MAX)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

/** Tells TypeORM that a transaction is open, so that what it starts becomes a savepoint. */
function beginNesting(runner: QueryRunner): void {
  Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 })
}

function endNesting(runner: QueryRunner): void {
  Object.assign(runner, { isTransactionActive: false, transactionDepth: 0 })
}

function handleOf(source: DataSource): Handle {
  return (source.driver as unknown as { databaseConnection: Handle }).databaseConnection
}

class SqliteRx implements Rx {
  readonly dialect = 'sqlite'
  constructor(
    protected readonly statements: StatementCache,
    readonly manager: EntityManager,
    protected readonly scope: GateScope,
  ) {}

  rows<Row>(sql: string, parameters: readonly SqlParameter[] = []): Promise<Row[]> {
    return attempt(() => {
      refuseClosed(this.scope, sql)
      return this.statements.get(sql).all(...parameters) as Row[]
    })
  }
}

class SqliteTx extends SqliteRx implements Tx {
  readonly forUpdate = ''

  run(sql: string, parameters: readonly SqlParameter[] = []): Promise<number> {
    return attempt(() => {
      refuseClosed(this.scope, sql)
      return this.statements.run(sql, parameters)
    })
  }

  insert(table: string, columns: readonly string[], rows: readonly SqlValue[][]): Promise<void> {
    return attempt(() => {
      const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks(columns.length)})`
      refuseClosed(this.scope, sql)
      const statement = this.statements.get(sql)
      for (const row of rows) statement.run(...row)
    })
  }

  updateEach(
    table: string,
    key: string,
    columns: readonly string[],
    rows: readonly SqlValue[][],
  ): Promise<void> {
    return attempt(() => {
      const sets = columns.map((column) => `${column} = ?`).join(', ')
      const sql = `UPDATE ${table} SET ${sets} WHERE ${key} = ?`
      refuseClosed(this.scope, sql)
      const statement = this.statements.get(sql)
      for (const [keyValue, ...values] of rows)
        if (statement.run(...values, keyValue).changes !== 1)
          throw new Error(`no row ${String(keyValue)} in ${table}`)
    })
  }

  replaceEach(
    table: string,
    key: readonly string[],
    column: string,
    rows: readonly SqlValue[][],
  ): Promise<number> {
    return attempt(() => {
      const where = [...key, column].map((name) => `${name} = ?`).join(' AND ')
      const sql = `UPDATE ${table} SET ${column} = ? WHERE ${where}`
      refuseClosed(this.scope, sql)
      const statement = this.statements.get(sql)
      return rows.reduce((count, row) => {
        const [after, ...found] = [row.at(-1), ...row.slice(0, -1)]
        return count + statement.run(after, ...found).changes
      }, 0)
    })
  }
}

/** Runs synchronous work as a promise; a unique key's refusal gets its own type. */
function attempt<T>(work: () => T): Promise<T> {
  try {
    return Promise.resolve(work())
  } catch (error) {
    const code = (error as { code?: unknown }).code
    const isUnique = code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY'
    const reason = isUnique ? new UniqueViolation((error as Error).message) : (error as Error)
    return Promise.reject(reason)
  }
}

function marks(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ')
}

class StatementCache {
  readonly #handle: Handle
  readonly #cache = new Map<string, Statement>()

  constructor(handle: Handle) {
    this.#handle = handle
  }

  get(sql: string): Statement {
    const cached = this.#cache.get(sql)
    if (cached) return cached
    const prepared: Statement = this.#handle.prepare(sql)
    if (this.#cache.size >= STATEMENTS_CACHED_MAX) this.#cache.clear()
    this.#cache.set(sql, prepared)
    return prepared
  }

  run(sql: string, parameters: readonly SqlParameter[]): number {
    return this.get(sql).run(...parameters).changes
  }
}

class FifoLock {
  #held = false
  readonly #waiting: (() => void)[] = []

  async acquire(): Promise<void> {
    if (!this.#held) {
      this.#held = true
      return
    }
    if (this.#waiting.length >= QUEUE_LENGTH_MAX) throw new BusyError('the write queue is full')
    await new Promise<void>((resolve, reject) => {
      const turn = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1)
        reject(new BusyError(`no turn to write within ${String(QUEUE_WAIT_MS_MAX)} ms`))
      }, QUEUE_WAIT_MS_MAX)
      this.#waiting.push(turn)
    })
  }

  release(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#held = false
  }
}
