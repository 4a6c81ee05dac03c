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
import { Database, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { MemberScope } from '../segments/member-selection.service.js'
import { StaffAuditService } from '../staff/staff-audit.service.js'
import { StaffService } from '../staff/staff.service.js'
import { conditionsInWords } from './conditions.js'
import type { ExportJob } from './export-job.entity.js'
import {
  addExport,
  expiryOf,
  exportsOf,
  fileOfExport,
  findExport,
  sealContext,
} from './export-rows.js'

// Exports as people ask for them: a row that says what and for whom, worked off in the background,
// and a file for a week. Asking and fetching are written down. With several servers the folder
// `exports` of the data directory must be one they share: a file that another server has to itself
// is answered with `export_not_ready`.

/** Stores whose ids fit into the sealed filter: a column of 64 KB. */
const SCOPE_STORES_MAX = 1_000

/** What the audit calls the conditions. */
const CONDITIONS: Readonly<Record<keyof MemberFilter, string>> = {
  search: '查找',
  storeId: '门店',
  state: '状态',
  boughtWithinDays: '多久内买过',
  inactiveDays: '多久没来',
  silentDays: '很久没有动静',
  ownerId: '归属员工',
  consent: '营销同意',
}

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
      const fresh = { id, staffId: by.id, kind: 'members' as const, filterSealed: sealed, nowMs }
      const added = await addExport(tx, fresh)
      if (!added.ok) return added
      await this.#writeDown(tx, { by, action: 'members.exported', id, filter, nowMs })
      const [job] = await this.#views(
        tx,
        [await findExport(tx, 'members', id)].flatMap((one) => one ?? []),
      )
      if (!job) throw new Error(`export ${id} is gone`)
      return { ok: true as const, job }
    })
  }

  /** The latest exports: one's own, or everybody's for an owner. */
  async list(by: Exporter): Promise<ExportJobView[]> {
    return this.database.read(async (rx) => {
      const rows = await exportsOf(rx, 'members', by.role === 'owner' ? null : by.id)
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
      const job = await findExport(tx, 'members', id)
      if (!job || !this.#mayHave(by, job)) return refuse('not_found')
      const found = fileOfExport(job, { dataDirectory: this.config.dataDirectory, nowMs })
      if (!found.ok) return found
      const { filter } = this.open(job)
      await this.#writeDown(tx, { by, action: 'members.export_fetched', id, filter, nowMs })
      return found
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
    await this.audit.append(tx, {
      staffId: what.by.id,
      action: what.action,
      subjectId: what.id,
      detail: conditionsInWords<MemberFilter>(what.filter, CONDITIONS, '全部会员'),
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
