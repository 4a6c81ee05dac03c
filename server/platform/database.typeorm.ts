import {
  MigrationExecutor,
  type DataSource,
  type EntitySchema,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm'
import { EscapedStatementError, gateScope, type GateScope } from './database.js'

// What both databases do to TypeORM: a query runner that the gate did not open refuses every
// statement, so that a repository or the global manager cannot write behind the gate's back.

/** What an open database needs to know of the schema. */
export interface Migrations {
  entities: (EntitySchema | (new () => object))[]
  migrations: (new () => MigrationInterface)[]
}

const opening = new WeakSet<DataSource>()

/** From now on only `gateRunner` makes runners that work. Call once, after `initialize`. */
export function guardRunners(source: DataSource): void {
  const { driver } = source
  const first = driver.createQueryRunner('master')
  const Runner = first.constructor as new (...args: unknown[]) => QueryRunner
  driver.createQueryRunner = (mode) => {
    // A runner of its own each time: the SQLite driver would hand out one shared runner.
    const runner = new Runner(driver, mode)
    if (!opening.has(source)) refuseAll(runner)
    return runner
  }
}

/** Opens a runner through the gate. The caller releases it. */
export function gateRunner(source: DataSource): QueryRunner {
  opening.add(source)
  try {
    return source.createQueryRunner('master')
  } finally {
    opening.delete(source)
  }
}

/**
 * Lets statements through `runner` only while `current()` is the scope of the calling code, so that
 * a manager kept after its transaction, or borrowed by another, is refused.
 */
export function bindToScope(runner: QueryRunner, current: () => GateScope | null): void {
  const query = runner.query.bind(runner) as (...all: unknown[]) => Promise<never>
  const bound: QueryRunner['query'] = (...args: [string, ...unknown[]]) => {
    const scope = current()
    if (scope && !scope.closed && gateScope.getStore() === scope) return query(...args)
    return Promise.reject(
      new EscapedStatementError(`statement outside its transaction: ${args[0].slice(0, 80)}`),
    )
  }
  Object.assign(runner, { query: bound })
}

/** Applies pending migrations through a runner of the gate; answers their names. */
export async function runMigrations(
  source: DataSource,
  runner: QueryRunner,
  transaction: 'each' | 'none',
): Promise<string[]> {
  const executor = new MigrationExecutor(source, runner)
  executor.transaction = transaction
  return (await executor.executePendingMigrations()).map((migration) => migration.name)
}

/** Names of the migrations that have not been applied. */
export async function listPendingMigrations(
  source: DataSource,
  runner: QueryRunner,
): Promise<string[]> {
  const executor = new MigrationExecutor(source, runner)
  return (await executor.getPendingMigrations()).map((migration) => migration.name)
}

/** Statements that would bring the schema to what the entities say. */
export async function schemaDriftOf(source: DataSource): Promise<string[]> {
  opening.add(source)
  try {
    const memory = await source.driver.createSchemaBuilder().log()
    return memory.upQueries.map((query) => query.query)
  } finally {
    opening.delete(source)
  }
}

function refuseAll(runner: QueryRunner): void {
  const refusal = () =>
    Promise.reject(
      new EscapedStatementError('a statement outside the gate: use database.write or .read'),
    )
  Object.assign(runner, { query: refusal, startTransaction: refusal, stream: refusal })
}
