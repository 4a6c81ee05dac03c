import type { ImportMapping, ImportTally } from '@huike/shared/contracts/console-imports'
import { emptyTally } from '@huike/shared/import-tally'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import type { ImportJob } from './import-job.entity.js'

// The rows of jobs: reading and writing them, and nothing else.

/** A file that nobody goes on with, and rows that were not taken, are kept so long. */
export const IMPORT_KEPT_MS = 7 * 86_400_000
/** There is nothing left to do for a job. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER

const JOB_COLUMNS = [
  'id',
  'staffId',
  'state',
  'kind',
  'templateId',
  'storeId',
  'planSealed',
  'fileKeySealed',
  'fileBytes',
  'fileHash',
  'liveHash',
  'checkTally',
  'takenTally',
  'doneRows',
  'totalRows',
  'failCode',
  'failDetail',
  'nextAtMs',
  'attempts',
  'createdAtMs',
  'finishedAtMs',
] as const satisfies (keyof ImportJob)[]

/** Inserts a job; throws UniqueViolation when the same file is alive already. */
export async function insertJob(tx: Tx, job: ImportJob): Promise<void> {
  await tx.insert('import_job', JOB_COLUMNS, [valuesOf(job, JOB_COLUMNS)])
}

/** One job, locked where `tx` locks; null when there is none. */
export async function jobById(
  statements: Statements & { forUpdate?: string },
  id: string,
): Promise<ImportJob | null> {
  const [job] = await statements.rows<ImportJob>(
    `SELECT * FROM import_job WHERE id = ?${statements.forUpdate ?? ''}`,
    [id],
  )
  return job ?? null
}

/** The import that has this very file in hand; null when none has. */
export async function jobAlive(
  statements: Statements,
  fileHash: string,
): Promise<ImportJob | null> {
  const [job] = await statements.rows<ImportJob>('SELECT * FROM import_job WHERE liveHash = ?', [
    fileHash,
  ])
  return job ?? null
}

/** When the very files of these jobs were last imported to their end before; none for the others. */
export async function importedBefore(
  statements: Statements,
  jobIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await statements.rows<{ id: string; beforeAtMs: number | null }>(
    `SELECT j.id, (
       SELECT b.createdAtMs FROM import_job b
       WHERE b.fileHash = j.fileHash AND b.createdAtMs <= j.createdAtMs AND b.id < j.id
         AND b.state = 'done'
       ORDER BY b.createdAtMs DESC LIMIT 1
     ) AS beforeAtMs
     FROM import_job j WHERE j.id IN ${inList(statements)}`,
    [listParameter(statements, jobIds)],
  )
  return new Map(
    rows.flatMap(({ id, beforeAtMs }) => (beforeAtMs === null ? [] : [[id, beforeAtMs]])),
  )
}

/** A page of jobs, newest first. */
export function jobsPage(
  statements: Statements,
  before: { atMs: number; id: string } | null,
  limit: number,
): Promise<ImportJob[]> {
  const place = before ?? { atMs: Number.MAX_SAFE_INTEGER, id: '' }
  return statements.rows<ImportJob>(
    `SELECT * FROM import_job WHERE createdAtMs <= ? AND (createdAtMs < ? OR id < ?)
     ORDER BY createdAtMs DESC, id DESC LIMIT ${String(limit)}`,
    [place.atMs, place.atMs, place.id],
  )
}

/** Sends a job to be checked, by this mapping; false when it is past that. */
export async function sendToCheck(
  tx: Tx,
  job: ImportJob,
  as: { mapping: ImportMapping; planSealed: string; nowMs: number },
): Promise<boolean> {
  const { kind, templateId, storeId } = as.mapping
  const changed = await tx.run(
    `UPDATE import_job SET state = 'checking', kind = ?, templateId = ?, storeId = ?,
       planSealed = ?, checkTally = NULL, doneRows = 0, totalRows = NULL, attempts = 0, nextAtMs = ?
     WHERE id = ? AND state IN ('uploaded', 'checked')`,
    [kind, templateId, storeId, as.planSealed, as.nowMs, job.id],
  )
  return changed > 0
}

/** Lets a checked job begin; false when it is not checked. */
export async function sendToTake(tx: Tx, id: string, nowMs: number): Promise<boolean> {
  const changed = await tx.run(
    `UPDATE import_job SET state = 'running', doneRows = 0, takenTally = ?, attempts = 0,
       nextAtMs = ? WHERE id = ? AND state = 'checked'`,
    [JSON.stringify(emptyTally()), nowMs, id],
  )
  return changed > 0
}

/** Calls a job off; false when it is over. What was taken stays. */
export async function callOff(tx: Tx, id: string, nowMs: number): Promise<boolean> {
  const changed = await tx.run(
    `UPDATE import_job SET state = 'cancelled', liveHash = NULL, finishedAtMs = ?, nextAtMs = ?
     WHERE id = ? AND state IN ('uploaded', 'checking', 'checked', 'running')`,
    [nowMs, nowMs + IMPORT_KEPT_MS, id],
  )
  return changed > 0
}

/** A tally as its column keeps it. */
export function tallyOf(text: string | null): ImportTally | null {
  return text === null ? null : (JSON.parse(text) as ImportTally)
}
