import { setTimeout as pause } from 'node:timers/promises'
import {
  contextIn,
  placeOf,
  sealedColumns,
  type SealedColumn,
} from '../migrations/sealed-columns.js'
import type { Database, SqlValue } from '../platform/database.js'
import { crashPoint } from '../platform/crash-points.js'
import { KeyringError, type Keyring } from '../platform/keyring.js'
import type { KeyRotationLease } from './key-rotation-lease.js'

// Seals every sealed value anew, in the order of the rows' keys, a few at a time with a rest between,
// while servers go on reading and writing. A value is replaced only where it is still what was read:
// what somebody wrote meanwhile is newer, and sealed with the new key already. How far it has come is
// written with each few, so that the next process goes on there.

const ROWS_PER_READ = 200
/** Of sealed text in one statement, which holds it three times. */
const CHARACTERS_PER_WRITE_MAX = 1_000_000
const REST_MS_MIN = 2
const REST_MS_MAX = 100
const FAULTS_TOLD_MAX = 20

export interface Resealed {
  /** Values that do not open: damaged, or sealed with a key that nobody has. */
  faults: number
}

export interface ResealPlan {
  lease: KeyRotationLease
  keyring: Keyring
  /** The key that seals from now on. */
  toKeyId: string
  /** How far it has come, of how many rows. */
  tell: (place: string, doneRows: number, totalRows: number) => void
  /** Names a value that does not open. */
  complain: (place: string, key: string) => void
}

interface SealedRow {
  key: string[]
  sealed: string | null
}

/** One pass over all sealed columns, from where the last process stopped. Throws RotationTaken. */
export async function resealAll(plan: ResealPlan): Promise<Resealed> {
  const { lease } = plan
  const columns = sealedColumns()
  const start = await lease.row()
  const found = columns.findIndex((column) => placeOf(column) === start.place)
  const isFresh = found < 0
  const totalRows = isFresh ? await countAll(lease.database, columns) : start.totalRows
  const progress = { doneRows: isFresh ? 0 : start.doneRows, totalRows, faults: 0 }
  for (const [index, column] of columns.entries()) {
    if (index < found) continue
    const from = index === found && start.lastKey !== null ? keyOf(start.lastKey) : null
    await resealColumn(plan, column, { from, progress })
  }
  await lease.write((tx) => lease.change(tx, { place: null, lastKey: null }))
  return { faults: progress.faults }
}

async function countAll(database: Database, columns: readonly SealedColumn[]): Promise<number> {
  let total = 0
  for (const { table } of columns) {
    const [row] = await database.read((rx) =>
      rx.rows<{ found: number }>(`SELECT COUNT(*) AS found FROM ${table}`),
    )
    total += row?.found ?? 0
  }
  return total
}

interface Progress {
  doneRows: number
  totalRows: number
  faults: number
}

async function resealColumn(
  plan: ResealPlan,
  column: SealedColumn,
  { from, progress }: { from: string[] | null; progress: Progress },
): Promise<void> {
  const place = placeOf(column)
  let lastKey = from
  for (;;) {
    const rows = await nextRows(plan.lease.database, column, lastKey)
    for (const few of inWrites(rows)) {
      lastKey = few.at(-1)?.key ?? lastKey
      progress.doneRows += few.length
      await replaceFew(plan, column, { rows: few, lastKey: lastKey ?? [], progress })
      plan.tell(place, progress.doneRows, progress.totalRows)
    }
    if (rows.length < ROWS_PER_READ) return
  }
}

async function replaceFew(
  plan: ResealPlan,
  column: SealedColumn,
  at: { rows: readonly SealedRow[]; lastKey: readonly string[]; progress: Progress },
): Promise<void> {
  const { lease } = plan
  const { doneRows, totalRows } = at.progress
  const changes = at.rows.flatMap((row) => changeOf(plan, column, row, at.progress))
  const where = {
    ...{ place: placeOf(column), lastKey: JSON.stringify(at.lastKey) },
    ...{ doneRows, totalRows },
  }
  if (changes.length === 0) {
    await lease.beat(where)
    return
  }
  const startedMs = performance.now()
  crashPoint('keys.before-batch')
  await lease.write(async (tx) => {
    const replaced = await tx.replaceEach(column.table, column.key, column.column, changes)
    crashPoint('keys.inside-batch')
    await lease.change(tx, where)
    await tx.run('UPDATE key_rotation SET resealedRows = resealedRows + ? WHERE id = ?', [
      replaced,
      lease.id,
    ])
  })
  crashPoint('keys.after-batch')
  // As long as it worked it rests: half of the time the database is the servers' alone.
  const tookMs = performance.now() - startedMs
  await pause(Math.min(REST_MS_MAX, Math.max(REST_MS_MIN, tookMs)))
}

/** The key, the value before and after; nothing for what is empty, new already, or does not open. */
function changeOf(
  { keyring, toKeyId, complain }: ResealPlan,
  column: SealedColumn,
  { key, sealed }: SealedRow,
  progress: Progress,
): SqlValue[][] {
  if (sealed === null || sealed === '' || sealed.startsWith(`${toKeyId}.`)) return []
  const context = contextIn(column, key)
  try {
    return [[...key, sealed, keyring.seal(keyring.open(sealed, context), context)]]
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error
    progress.faults += 1
    if (progress.faults <= FAULTS_TOLD_MAX) complain(placeOf(column), key.join('|'))
    return []
  }
}

/** The next rows after `last` in the order of their key. */
async function nextRows(
  database: Database,
  { table, column, key }: SealedColumn,
  last: readonly string[] | null,
): Promise<SealedRow[]> {
  const after = last === null ? { sql: '', parameters: [] } : isAfter(key, last)
  const rows = await database.read((rx) =>
    rx.rows<Record<string, string | null>>(
      `SELECT ${key.join(', ')}, ${column} FROM ${table} ${after.sql}
       ORDER BY ${key.join(', ')} LIMIT ${String(ROWS_PER_READ)}`,
      after.parameters,
    ),
  )
  return rows.map((row) => ({
    key: key.map((name) => String(row[name])),
    sealed: row[column] ?? null,
  }))
}

/** `a >= x AND (a > x OR (a = x AND b > y))`: the first half is what the key can be entered by. */
function isAfter(
  key: readonly string[],
  last: readonly string[],
): { sql: string; parameters: string[] } {
  const steps = key.map((name, index) => ({
    sql: [...key.slice(0, index).map((before) => `${before} = ?`), `${name} > ?`].join(' AND '),
    parameters: last.slice(0, index + 1),
  }))
  return {
    sql: `WHERE ${String(key[0])} >= ? AND (${steps.map(({ sql }) => `(${sql})`).join(' OR ')})`,
    parameters: [...last.slice(0, 1), ...steps.flatMap(({ parameters }) => parameters)],
  }
}

/** Rows in portions whose text fits into one statement. */
function inWrites(rows: readonly SealedRow[]): SealedRow[][] {
  const portions: SealedRow[][] = []
  let characters = Infinity
  for (const row of rows) {
    const length = row.sealed?.length ?? 0
    if (characters + length > CHARACTERS_PER_WRITE_MAX) {
      portions.push([])
      characters = 0
    }
    portions.at(-1)?.push(row)
    characters += length
  }
  return portions
}

function keyOf(json: string): string[] {
  return JSON.parse(json) as string[]
}
