import { existsSync } from 'node:fs'
import { Inject, Injectable } from '@nestjs/common'
import {
  memberFilterSchema,
  type ExportJob as ExportJobView,
  type MemberFilter,
} from '@huike/shared/contracts/console-members'
import type { ExportId } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { maskPhone, maskPhonesIn, normalisePhone } from '@huike/shared/phone'
import type { EpochMs } from '@huike/shared/quantities'
import { z } from 'zod'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Database, inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { MemberScope } from '../segments/member-selection.service.js'
import { StaffAuditService } from '../staff/staff-audit.service.js'
import { StaffService } from '../staff/staff.service.js'
import type { ExportJob } from './export-job.entity.js'
import { exportPath } from './export-files.js'

// Exports as people ask for them: a row that says what and for whom, worked off in the background,
// and a file for a week. Asking and fetching are written down. With several servers the folder
// `exports` of the data directory must be one they share: a file that another server has to itself
// is answered with `export_not_ready`.

export const EXPORT_KEPT_MS = 7 * 86_400_000
/** Stores whose ids fit into the sealed filter: a column of 64 KB. */
const SCOPE_STORES_MAX = 1_000
const WAITING_PER_PERSON_MAX = 3
const LISTED_MAX = 20

/** What an export was asked for, with whom the person might see then. Sealed in its row. */
const askedSchema = z.object({
  filter: memberFilterSchema,
  scope: z.array(z.string()).nullable(),
})
export interface AskedExport {
  filter: MemberFilter
  scope: MemberScope
}

/** Who asks; null as a scope is the owner's. */
export interface Exporter {
  readonly id: string
  readonly role: string
  readonly storeIds: MemberScope
}

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

@Injectable()
export class ExportsService {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
  ) {}

  /**
   * Asks for an export of members. Refuses `rate_limited` while three of one's own are waiting, and
   * `input_invalid` for somebody of more stores than a row can hold.
   */
  async ask(
    by: Exporter,
    filter: MemberFilter,
  ): Promise<{ ok: true; job: ExportJobView } | Refusal> {
    if (by.storeIds !== null && by.storeIds.length > SCOPE_STORES_MAX)
      return refuse('input_invalid', '负责的门店太多，请由总部导出')
    const nowMs = this.clock.nowMs()
    const id = mintId<'ExportId'>(nowMs)
    const asked: AskedExport = { filter, scope: by.storeIds }
    const sealed = this.config.keyring.seal(JSON.stringify(asked), sealContext(id))
    return this.database.write(async (tx) => {
      if ((await waitingOf(tx, by.id)) >= WAITING_PER_PERSON_MAX)
        return refuse(
          'rate_limited',
          `同时最多等待 ${String(WAITING_PER_PERSON_MAX)} 个导出，请等前面的完成`,
        )
      await tx.insert('export_job', COLUMNS, [
        [id, by.id, 'members', sealed, 'waiting', 0, null, nowMs, nowMs, null],
      ])
      await this.#writeDown(tx, { by, action: 'members.exported', id, filter, nowMs })
      const [job] = await this.#views(tx, await jobsWhere(tx, 'id = ?', [id]))
      if (!job) throw new Error(`export ${id} is gone`)
      return { ok: true as const, job }
    })
  }

  /** The latest exports: one's own, or everybody's for an owner. */
  async list(by: Exporter): Promise<ExportJobView[]> {
    return this.database.read(async (rx) => {
      const rows =
        by.role === 'owner'
          ? await jobsWhere(rx, '1 = 1', [])
          : await jobsWhere(rx, 'staffId = ?', [by.id])
      return this.#views(
        rx,
        rows.filter((job) => this.#mayHave(by, job)),
      )
    })
  }

  /**
   * The file of an export, which is written down. Refuses `not_found` (of other people's, too),
   * `export_not_ready` and `export_expired`.
   */
  async file(by: Exporter, id: string): Promise<{ ok: true; path: string } | Refusal> {
    const nowMs = this.clock.nowMs()
    return this.database.write(async (tx) => {
      const [job] = await jobsWhere(tx, 'id = ?', [id])
      if (!job || !this.#mayHave(by, job)) return refuse('not_found')
      if (job.state === 'failed') return refuse('export_not_ready', '导出没有成功，请重新导出')
      if (job.state === 'expired' || (expiryOf(job) ?? Infinity) <= nowMs)
        return refuse('export_expired')
      if (job.state !== 'done') return refuse('export_not_ready')
      const path = exportPath(this.config.dataDirectory, id)
      if (!existsSync(path))
        return refuse('export_not_ready', '文件在另一台服务器上，请联系管理员共享导出目录')
      const { filter } = this.open(job)
      await this.#writeDown(tx, { by, action: 'members.export_fetched', id, filter, nowMs })
      return { ok: true as const, path }
    })
  }

  /** An owner all; others their own, while they still act for the stores it was written for. */
  #mayHave(by: Exporter, job: ExportJob): boolean {
    if (by.role === 'owner') return true
    if (job.staffId !== by.id) return false
    const { storeIds } = by
    const { scope } = this.open(job)
    return storeIds === null || (scope?.every((id) => storeIds.includes(id)) ?? false)
  }

  /** What a row asks for. */
  open(job: ExportJob): AskedExport {
    const text = this.config.keyring.open(job.filterSealed, sealContext(job.id))
    return askedSchema.parse(JSON.parse(text))
  }

  async #writeDown(
    tx: Tx,
    what: { by: Exporter; action: string; id: string; filter: MemberFilter; nowMs: number },
  ): Promise<void> {
    // The names of the conditions; what was searched for may be somebody's number.
    const conditions = Object.keys(what.filter).sort()
    await this.audit.append(tx, {
      staffId: what.by.id,
      action: what.action,
      subjectId: what.id,
      detail: conditions.length === 0 ? '全部会员' : `条件：${conditions.join('、')}`,
      atMs: what.nowMs,
    })
  }

  async #views(statements: Statements, jobs: readonly ExportJob[]): Promise<ExportJobView[]> {
    const names = await this.staff.namesOf(statements, [
      ...new Set(jobs.map(({ staffId }) => staffId)),
    ])
    return jobs.map((job) => {
      const { filter } = this.open(job)
      const { search, ...others } = filter
      return {
        id: job.id as ExportId,
        state: job.state as ExportJobView['state'],
        filter: search === undefined ? others : { ...others, search: masked(search) },
        doneRows: job.doneRows,
        totalRows: job.totalRows,
        createdAtMs: job.createdAtMs as EpochMs,
        finishedAtMs: job.finishedAtMs as EpochMs | null,
        expiresAtMs: expiryOf(job),
        by: names.get(job.staffId) ?? '',
      }
    })
  }
}

/** A search that is a number in whatever form is shown masked. */
function masked(search: string): string {
  const phone = normalisePhone(search)
  return phone === null ? maskPhonesIn(search) : maskPhone(phone)
}

function expiryOf({ state, finishedAtMs }: ExportJob): EpochMs | null {
  const hasFile = state === 'done' || state === 'expired'
  return hasFile && finishedAtMs !== null ? ((finishedAtMs + EXPORT_KEPT_MS) as EpochMs) : null
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

function jobsWhere(
  statements: Statements,
  condition: string,
  parameters: readonly string[],
): Promise<ExportJob[]> {
  return statements.rows<ExportJob>(
    `SELECT ${COLUMNS.join(', ')} FROM export_job WHERE ${condition}
     ORDER BY id DESC LIMIT ${String(LISTED_MAX)}`,
    parameters,
  )
}

function sealContext(exportId: string): string {
  return `export_job.filterSealed|${exportId}`
}
