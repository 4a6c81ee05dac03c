import { AsyncLocalStorage } from 'node:async_hooks'
import type { DataSource, EntityManager } from 'typeorm'

// The gate. Every statement of the server goes through `write` or `read`.
// - What `write` acknowledged is kept; what failed inside it leaves nothing behind.
// - Writes never see each other's unfinished work, on either database.
// - A statement that would run outside its transaction is an error, never a silent escape.

export type Dialect = 'sqlite' | 'mysql'
export type SqlValue = string | number | null | Buffer
/** A list stands for `(?)` after IN; see `inList`. */
export type SqlParameter = SqlValue | readonly SqlValue[]
export type SqlRow = Record<string, SqlValue>

export interface Statements {
  readonly dialect: Dialect
  /** For cold paths: entities and query builders, bound to this transaction. */
  readonly manager: EntityManager
  rows<Row = SqlRow>(sql: string, parameters?: readonly SqlParameter[]): Promise<Row[]>
}

/** What a `write` may do. It dies with the transaction: later use is an EscapedStatementError. */
export interface Tx extends Statements {
  /** Runs one statement and answers how many rows it matched. */
  run(sql: string, parameters?: readonly SqlParameter[]): Promise<number>
  /** Inserts rows; set-based where that saves round trips. */
  insert(table: string, columns: readonly string[], rows: readonly SqlValue[][]): Promise<void>
  /** Updates many rows by key; each row is `[key, ...values]`. Throws unless every key matched. */
  updateEach(
    table: string,
    key: string,
    columns: readonly string[],
    rows: readonly SqlValue[][],
  ): Promise<void>
  /**
   * Replaces values that are still what they were; each row is `[...key, before, after]`, and no two
   * rows have the same `before`. Answers how many were replaced.
   */
  replaceEach(
    table: string,
    key: readonly string[],
    column: string,
    rows: readonly SqlValue[][],
  ): Promise<number>
  /** `FOR UPDATE` where rows need locking; empty inside the SQLite writer, which is alone anyway. */
  readonly forUpdate: '' | ' FOR UPDATE'
}

export type Rx = Statements

/** The gate as the services know it. */
export abstract class Database {
  abstract readonly dialect: Dialect
  /** For @nestjs/typeorm to know; its runners refuse every statement (see database.typeorm.ts). */
  abstract readonly dataSource: DataSource
  /**
   * Runs `work` in one transaction and commits. `work` may run more than once (deadlock, lock
   * timeout, failed certification: the whole unit is retried), so it must not do anything outside.
   * Throws BusyError when the writer could not be had in time, and whatever `work` throws.
   */
  abstract write<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Runs `work` over committed data. Decisions that lead to a write are read inside `write`. */
  abstract read<T>(work: (rx: Rx) => Promise<T>): Promise<T>
  /** Applies the pending migrations; answers their names. */
  abstract migrate(): Promise<string[]>
  /** Names of migrations that have not been applied. */
  abstract pendingMigrations(): Promise<string[]>
  /** Statements that would bring the schema to the entities; empty when there is no drift. */
  abstract schemaDrift(): Promise<string[]>
  abstract close(): Promise<void>
}

/** A statement ran outside the transaction it belongs to: a bug, found before it loses data. */
export class EscapedStatementError extends Error {
  override readonly name = 'EscapedStatementError'
}

/** The writer was not free within the wait that callers are promised. */
export class BusyError extends Error {
  override readonly name = 'BusyError'
}

/** A unique key refused a row. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation'
}

/** What runs now: set while `work` runs, so that nested or escaped use is noticed. */
export interface GateScope {
  kind: 'write' | 'read'
  closed: boolean
}

export const gateScope = new AsyncLocalStorage<GateScope>()

/** Refuses `write` or `read` inside a `write`: it would deadlock, or decide on stale data. */
export function refuseNested(wanted: 'write' | 'read'): void {
  const scope = gateScope.getStore()
  if (scope?.kind === 'write' && !scope.closed)
    throw new EscapedStatementError(`database.${wanted} inside database.write: use the given tx`)
}

/** Refuses a statement of a transaction that has ended. */
export function refuseClosed(scope: GateScope, sql: string): void {
  if (scope.closed)
    throw new EscapedStatementError(`statement after its transaction ended: ${sql.slice(0, 80)}`)
}

/**
 * `column IN …` for both dialects: `tx.rows(\`… WHERE id IN ${inList(tx)}\`, [listParameter(tx, ids)])`.
 * SQLite takes one JSON parameter, so that the statement text is the same for any length.
 */
export function inList(statements: Pick<Statements, 'dialect'>): string {
  return statements.dialect === 'sqlite' ? '(SELECT value FROM json_each(?))' : '(?)'
}

/** The parameter that goes with `inList`. */
export function listParameter(
  statements: Pick<Statements, 'dialect'>,
  values: readonly SqlValue[],
): SqlParameter {
  if (statements.dialect === 'sqlite') return JSON.stringify(values)
  return values.length === 0 ? [null] : values
}

/** The values of a row in the order of its columns, for `insert` and `updateEach`. */
export function valuesOf<Row>(row: Row, columns: readonly (keyof Row)[]): SqlValue[] {
  return columns.map((column) => row[column] as SqlValue)
}
