// One suite, every database. Each `kit.open()` gives a database of its own that is empty, so that
// suites can run side by side and in any order; what a suite forgets to drop is dropped after it.
import { afterAll, describe } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql from 'mysql2/promise'

export type DatabaseKind = 'sqlite' | 'mariadb'

/** An empty database and an empty folder, both of the test's own. */
export interface OpenedDatabase {
  kind: DatabaseKind
  /** Usable as `HUIKE_DATABASE_URL`. */
  url: string
  /** Usable as `HUIKE_DATA_DIR`. */
  directory: string
  /** Removes both. Close every connection first; calling it twice does no harm. */
  drop(): Promise<void>
}

export interface DatabaseKit {
  kind: DatabaseKind
  open(): Promise<OpenedDatabase>
}

/** Runs the suite on SQLite and on MariaDB; the latter is skipped where there is none. */
export function describeEachDatabase(title: string, suite: (kit: DatabaseKit) => void): void {
  describe(`${title} (sqlite)`, () => {
    withKit('sqlite', suite)
  })
  const mariadb = () => {
    withKit('mariadb', suite)
  }
  if (process.env['TEST_MYSQL_URL']) describe(`${title} (mariadb)`, mariadb)
  else describe.skip(`${title} (mariadb, skipped: no server here)`, mariadb)
}

/** Runs the suite with the kit of one kind, for suites about one dialect; inside a `describe`. */
export function withKit(kind: DatabaseKind, suite: (kit: DatabaseKit) => void): void {
  const opened: OpenedDatabase[] = []
  suite({
    kind,
    open: async () => {
      const database = await openDatabase(kind)
      opened.push(database)
      return database
    },
  })
  // Registered after the suite's own hooks, which may still ask the database.
  afterAll(async () => {
    for (const database of opened) await database.drop()
  })
}

/** A fresh database without a suite around it; the caller drops it. */
export async function openDatabase(kind: DatabaseKind): Promise<OpenedDatabase> {
  const home = mkdtempSync(join(tmpdir(), 'huike-test-'))
  const directory = join(home, 'data')
  mkdirSync(directory)
  const removeHome = () => {
    rmSync(home, { recursive: true, force: true, maxRetries: 3 })
  }
  if (kind === 'sqlite') {
    const url = `sqlite:${join(home, 'huike.sqlite')}`
    return {
      kind,
      url,
      directory,
      drop: async () => {
        removeHome()
      },
    }
  }
  const name = `huike_test_${randomBytes(6).toString('hex')}`
  await onServer(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4`)
  const drop = async () => {
    await onServer(`DROP DATABASE IF EXISTS \`${name}\``)
    removeHome()
  }
  return { kind, url: urlOf(name), directory, drop }
}

function serverUrl(): string {
  const url = process.env['TEST_MYSQL_URL']
  if (!url) throw new Error('there is no MariaDB here: TEST_MYSQL_URL is not set')
  return url
}

function urlOf(databaseName: string): string {
  const url = new URL(serverUrl())
  url.pathname = `/${databaseName}`
  return url.href
}

async function onServer(statement: string): Promise<void> {
  const connection = await mysql.createConnection(serverUrl())
  try {
    await connection.query(statement)
  } finally {
    await connection.end()
  }
}
