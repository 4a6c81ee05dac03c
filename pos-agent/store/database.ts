import { renameSync, existsSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { MIGRATIONS } from './migrations.js'

// The one file that knows SQLite. A commit is on disk when it returns: WAL with synchronous=FULL,
// said explicitly because the library's default for WAL is NORMAL (a power cut would lose commits).
// A file that SQLite calls damaged is set aside, never deleted, and capture goes on in a new one.

/** A handle on the agent's database; types only, so that nothing else imports the driver. */
export type SqlDatabase = Sqlite.Database

/** "HUIK": tells our file from any other SQLite file. */
export const APPLICATION_ID = 0x4855494b
const BUSY_TIMEOUT_MS = 5_000
const WAL_PAGES_PER_CHECKPOINT = 1_000

/** The database was made by a newer agent, or another agent holds it. */
export class DatabaseRefusedError extends Error {
  override readonly name = 'DatabaseRefusedError'
}

export interface OpenedDatabase {
  database: SqlDatabase
  /** Where a damaged file was set aside just now; null when the file was sound. */
  quarantinedTo: string | null
}

/** Opens and migrates the agent's database, setting a damaged file aside first. */
export function openDatabase(path: string, nowMs: number): OpenedDatabase {
  try {
    return { database: openSound(path), quarantinedTo: null }
  } catch (error) {
    if (!isDamaged(error)) throw error
  }
  const quarantinedTo = quarantine(path, nowMs)
  return { database: openSound(path), quarantinedTo }
}

/** Opens a set-aside file for reading what can still be read; null when nothing can. */
export function openDamaged(path: string): SqlDatabase | null {
  try {
    return new Sqlite(path, { readonly: true, fileMustExist: true })
  } catch {
    return null
  }
}

/** Moves a damaged database with its WAL out of the way and says where it is now. */
export function quarantine(path: string, nowMs: number): string {
  const target = `${path}.damaged-${String(nowMs)}`
  for (const suffix of ['', '-wal', '-shm'])
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix)
  return target
}

/** True when SQLite failed because there is no room left. */
export function isDiskFull(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE' || code === 'ENOSPC'
}

/** True when SQLite says the file is damaged or is no database. */
export function isDamaged(error: unknown): boolean {
  const code = codeOf(error)
  return error instanceof DamagedError || /^SQLITE_(CORRUPT|NOTADB)/.test(code)
}

class DamagedError extends Error {
  override readonly name = 'DamagedError'
}

function openSound(path: string): SqlDatabase {
  const database = new Sqlite(path, { timeout: BUSY_TIMEOUT_MS })
  try {
    // One agent per data directory: the lock is held for as long as the agent lives. It also keeps
    // the WAL index in memory, so that a full disk cannot kill us through a mapped file.
    database.pragma('locking_mode = EXCLUSIVE')
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma(`wal_autocheckpoint = ${String(WAL_PAGES_PER_CHECKPOINT)}`)
    database.pragma('foreign_keys = ON')
    // Spilled sorts would be another place where data lands on disk.
    database.pragma('temp_store = MEMORY')
    checkSound(database)
    migrate(database)
    return database
  } catch (error) {
    database.close()
    if (codeOf(error) === 'SQLITE_BUSY')
      throw new DatabaseRefusedError('another agent is using this data directory')
    throw error
  }
}

function checkSound(database: SqlDatabase): void {
  const id = database.pragma('application_id', { simple: true })
  const version = database.pragma('user_version', { simple: true })
  if (id !== APPLICATION_ID && !(id === 0 && version === 0))
    throw new DamagedError('not a database of this agent')
  if (Number(version) > MIGRATIONS.length)
    throw new DatabaseRefusedError('the data directory belongs to a newer agent')
  const findings = database.pragma('quick_check(1)', { simple: true })
  if (findings !== 'ok') throw new DamagedError(String(findings))
}

function migrate(database: SqlDatabase): void {
  const from = Number(database.pragma('user_version', { simple: true }))
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < from) continue
    // One transaction per step, version included: a crash leaves either all of it or nothing.
    database.transaction(() => {
      database.exec(sql)
      database.pragma(`application_id = ${String(APPLICATION_ID)}`)
      database.pragma(`user_version = ${String(index + 1)}`)
    })()
  }
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}
