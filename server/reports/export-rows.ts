import { existsSync } from 'node:fs'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { EpochMs } from '@huike/shared/quantities'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import type { ExportJob } from './export-job.entity.js'
import { exportPath } from './export-files.js'

// The rows of exports, of whatever kind: asked for, a few at a time for each person, and fetched
// while their file is there.

export const EXPORT_KEPT_MS = 7 * 86_400_000
const WAITING_PER_PERSON_MAX = 3
const LISTED_MAX = 20

/** What an export holds: its filter is read by its kind. */
export type ExportKind = 'members' | 'audit'

const COLUMNS = [
  'id',
  'staffId',
  'kind',
  'filterSealed',
  'state',
  'doneRows',
  'totalRows',
  'nextAtMs',
  'createdAtMs',
  'finishedAtMs',
] as const satisfies (keyof ExportJob)[]

/** Adds an export that is due at once. Refuses `rate_limited` while three of one's own are waiting. */
export async function addExport(
  tx: Tx,
  fresh: { id: string; staffId: string; kind: ExportKind; filterSealed: string; nowMs: number },
): Promise<{ ok: true } | Refusal> {
  const { id, staffId, kind, filterSealed, nowMs } = fresh
  if ((await waitingOf(tx, staffId)) >= WAITING_PER_PERSON_MAX)
    return refuse(
      'rate_limited',
      `同时最多等待 ${String(WAITING_PER_PERSON_MAX)} 个导出，请等前面的完成`,
    )
  await tx.insert('export_job', COLUMNS, [
    [id, staffId, kind, filterSealed, 'waiting', 0, null, nowMs, nowMs, null],
  ])
  return { ok: true }
}

/** The latest exports of a kind: of one person, or of everybody. */
export function exportsOf(
  statements: Statements,
  kind: ExportKind,
  staffId: string | null,
): Promise<ExportJob[]> {
  const whose = staffId === null ? '' : 'AND staffId = ?'
  return statements.rows<ExportJob>(
    `SELECT ${COLUMNS.join(', ')} FROM export_job WHERE kind = ? ${whose}
     ORDER BY id DESC LIMIT ${String(LISTED_MAX)}`,
    staffId === null ? [kind] : [kind, staffId],
  )
}

/** One export of a kind, or null. */
export async function findExport(
  statements: Statements,
  kind: ExportKind,
  id: string,
): Promise<ExportJob | null> {
  const [job] = await statements.rows<ExportJob>(
    `SELECT ${COLUMNS.join(', ')} FROM export_job WHERE id = ? AND kind = ?`,
    [id, kind],
  )
  return job ?? null
}

/** Where the file of an export is. Refuses `export_not_ready` and `export_expired`. */
export function fileOfExport(
  job: ExportJob,
  at: { dataDirectory: string; nowMs: number },
): { ok: true; path: string } | Refusal {
  if (job.state === 'failed') return refuse('export_not_ready', '导出没有成功，请重新导出')
  if (job.state === 'expired' || (expiryOf(job) ?? Infinity) <= at.nowMs)
    return refuse('export_expired')
  if (job.state !== 'done') return refuse('export_not_ready')
  const path = exportPath(at.dataDirectory, job.id)
  return existsSync(path)
    ? { ok: true, path }
    : refuse('export_not_ready', '文件在另一台服务器上，请联系管理员共享导出目录')
}

/** Until when the file is there; null while there is none. */
export function expiryOf({ state, finishedAtMs }: ExportJob): EpochMs | null {
  const hasFile = state === 'done' || state === 'expired'
  return hasFile && finishedAtMs !== null ? ((finishedAtMs + EXPORT_KEPT_MS) as EpochMs) : null
}

/** What the filter of an export is sealed for. */
export function sealContext(exportId: string): string {
  return `export_job.filterSealed|${exportId}`
}

/** How many exports of a person are not done; asks of one person wait for each other. */
async function waitingOf(tx: Tx, staffId: string): Promise<number> {
  await tx.rows(`SELECT id FROM staff WHERE id = ?${tx.forUpdate}`, [staffId])
  const rows = await tx.rows(
    `SELECT id FROM export_job WHERE staffId = ? AND state IN ${inList(tx)}
     LIMIT ${String(WAITING_PER_PERSON_MAX)}`,
    [staffId, listParameter(tx, ['waiting', 'running'])],
  )
  return rows.length
}
