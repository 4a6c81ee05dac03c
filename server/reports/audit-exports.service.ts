import { Inject, Injectable } from '@nestjs/common'
import { auditActionWords } from '@huike/shared/audit-actions'
import {
  auditFilterSchema,
  type AuditEntry,
  type AuditExport,
  type AuditFilter,
} from '@huike/shared/contracts/console-audit'
import type { ExportId } from '@huike/shared/ids'
import { localTime } from '@huike/shared/local-time'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { EpochMs } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Database, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { StaffAuditLogService, type AuditPlace } from '../staff/staff-audit-log.service.js'
import { StaffAuditService } from '../staff/staff-audit.service.js'
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
import { BYTE_ORDER_MARK, csvLine } from '../platform/csv-line.js'

// The audit as a file. Asking for it and fetching it are in the audit, too; everybody sees their own
// files only.

const ROWS_PER_READ_MAX = 500
/** After every id: rows of the moment it was asked for belong to it. */
const AFTER_ALL = '~'
/** What the audit calls the conditions. */
const CONDITIONS: Readonly<Record<keyof AuditFilter, string>> = {
  staffId: '谁',
  action: '做了什么',
  from: '从哪天',
  to: '到哪天',
  subjectId: '对象',
}
const TITLES = ['时间', '谁', '做了什么', '对象', '说明', '从哪里', '记录编号']

@Injectable()
export class AuditExportsService {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly log: StaffAuditLogService,
    private readonly audit: StaffAuditService,
  ) {}

  /** Asks for a file. Refuses `rate_limited`. */
  async ask(
    staffId: string,
    filter: AuditFilter,
  ): Promise<{ ok: true; job: AuditExport } | Refusal> {
    const nowMs = this.clock.nowMs()
    const id = mintId<'ExportId'>(nowMs)
    const filterSealed = this.config.keyring.seal(JSON.stringify(filter), sealContext(id))
    return this.database.write(async (tx) => {
      const added = await addExport(tx, { id, staffId, kind: 'audit', filterSealed, nowMs })
      if (!added.ok) return added
      await this.#wrote(tx, { staffId, action: 'audit.exported', id, filter })
      const job = await findExport(tx, 'audit', id)
      if (!job) throw new Error(`export ${id} is gone`)
      return { ok: true as const, job: viewOf(job) }
    })
  }

  /** One's own latest files. */
  async list(staffId: string): Promise<AuditExport[]> {
    const jobs = await this.database.read((rx) => exportsOf(rx, 'audit', staffId))
    return jobs.map(viewOf)
  }

  /**
   * Where the file is; the fetching is written down. Refuses `not_found` (of other people's, too),
   * `export_not_ready` and `export_expired`.
   */
  async file(staffId: string, id: string): Promise<{ ok: true; path: string } | Refusal> {
    const { dataDirectory } = this.config
    return this.database.write(async (tx) => {
      const job = await findExport(tx, 'audit', id)
      if (job?.staffId !== staffId) return refuse('not_found')
      const found = fileOfExport(job, { dataDirectory, nowMs: this.clock.nowMs() })
      if (!found.ok) return found
      const filter = this.#open(job)
      await this.#wrote(tx, { staffId, action: 'audit.export_fetched', id, filter })
      return found
    })
  }

  /** The lines of a file, some at a time, the newest first: what was there when it was asked for. */
  async *lines(job: ExportJob): AsyncGenerator<{ text: string; rows: number }> {
    const filter = this.#open(job)
    let before: AuditPlace = { atMs: job.createdAtMs, id: AFTER_ALL }
    yield { text: BYTE_ORDER_MARK + csvLine(TITLES), rows: 0 }
    for (;;) {
      const place = before
      const entries = await this.database.read((rx) =>
        this.log.page(rx, filter, { before: place, limit: ROWS_PER_READ_MAX }),
      )
      const last = entries.at(-1)
      if (last) {
        before = { atMs: last.atMs, id: last.id }
        yield { text: entries.map(lineOf).join(''), rows: entries.length }
      }
      if (entries.length < ROWS_PER_READ_MAX) return
    }
  }

  #open(job: ExportJob): AuditFilter {
    const text = this.config.keyring.open(job.filterSealed, sealContext(job.id))
    return auditFilterSchema.parse(JSON.parse(text))
  }

  #wrote(
    tx: Tx,
    what: { staffId: string; action: string; id: string; filter: AuditFilter },
  ): Promise<void> {
    return this.audit.append(tx, {
      staffId: what.staffId,
      action: what.action,
      subjectId: what.id,
      detail: conditionsInWords<AuditFilter>(what.filter, CONDITIONS, '全部'),
      atMs: this.clock.nowMs(),
    })
  }
}

function viewOf(job: ExportJob): AuditExport {
  return {
    id: job.id as ExportId,
    state: job.state as AuditExport['state'],
    doneRows: job.doneRows,
    createdAtMs: job.createdAtMs as EpochMs,
    expiresAtMs: expiryOf(job),
  }
}

function lineOf(entry: AuditEntry): string {
  return csvLine([
    localTime(entry.atMs, CHAIN_TIME_ZONE).replace('T', ' '),
    entry.staffName ?? '',
    auditActionWords(entry.action),
    entry.subjectName ?? entry.subjectId ?? '',
    entry.detail ?? '',
    entry.addressMasked ?? '',
    entry.id,
  ])
}
