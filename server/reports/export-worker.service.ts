import { setTimeout as pause } from 'node:timers/promises'
import { Inject, Injectable } from '@nestjs/common'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import type { Logger } from 'pino'
import type { Member } from '../members/member.entity.js'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { BusyError, Database, inList, listParameter } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { MemberRowsService } from '../segments/member-rows.service.js'
import {
  MemberSelectionService,
  type MemberPlace,
  type Prepared,
} from '../segments/member-selection.service.js'
import { AuditExportsService } from './audit-exports.service.js'
import { ExportFile, exportsWithFiles, removeExport } from './export-files.js'
import type { ExportJob } from './export-job.entity.js'
import { Abandoned, ExportLease, LEASE_MS } from './export-lease.js'
import { ExportsService } from './exports.service.js'
import { csvHead, csvLines } from './member-csv.js'

// Writes exports in the background. A job is claimed by a lease that its progress renews; a server
// that dies leaves it to the next after the lease, which begins the file again. Who lost the lease
// changes nothing more. Members are read a stretch at a time, with a rest between two.

const COUNTED_PER_READ_MAX = 2_000
const ROWS_PER_READ_MAX = 500
/** Progress is written, and the lease renewed, each so many reads. */
const READS_PER_PROGRESS = 4
const REST_MS = 5
/** A job that no server could finish in a day is not tried again. */
const GIVE_UP_AFTER_MS = 86_400_000
const TIDY_EVERY_MS = 3_600_000

@Injectable()
export class ExportWorkerService extends BackgroundWorker {
  #tidiedAtMs = -Infinity

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly selection: MemberSelectionService,
    private readonly rows: MemberRowsService,
    private readonly exports: ExportsService,
    private readonly auditExports: AuditExportsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(logger, 'exports')
  }

  protected override async round(): Promise<void> {
    await super.round()
    await this.#tidy()
  }

  /** Does one thing that is due; false when nothing is. */
  protected async step(): Promise<boolean> {
    const due = await this.#claim()
    if (!due) return false
    if (due.state === 'done') await this.#expire(due)
    else await this.#attempt(new ExportLease(this.database, this.clock, due))
    return true
  }

  /** Takes the job that waits longest, with a lease; a done one whose file has had its time too. */
  async #claim(): Promise<ExportJob | null> {
    const nowMs = this.clock.nowMs()
    const states = ['waiting', 'running', 'done']
    const waiting = await this.database.read((rx) =>
      rx.rows(`SELECT id FROM export_job WHERE state IN ${inList(rx)} AND nextAtMs <= ? LIMIT 1`, [
        listParameter(rx, states),
        nowMs,
      ]),
    )
    if (waiting.length === 0) return null
    return this.database.write(async (tx) => {
      const [job] = await tx.rows<ExportJob>(
        `SELECT * FROM export_job WHERE state IN ${inList(tx)} AND nextAtMs <= ?
         ORDER BY nextAtMs LIMIT 1${tx.forUpdate}`,
        [listParameter(tx, states), nowMs],
      )
      if (!job) return null
      const nextAtMs = nowMs + LEASE_MS
      const state = job.state === 'done' ? 'done' : 'running'
      await tx.run(
        'UPDATE export_job SET state = ?, nextAtMs = ?, doneRows = ?, totalRows = ? WHERE id = ?',
        state === 'done'
          ? [state, nextAtMs, job.doneRows, job.totalRows, job.id]
          : [state, nextAtMs, 0, null, job.id],
      )
      return { ...job, state, nextAtMs }
    })
  }

  async #attempt(lease: ExportLease): Promise<void> {
    const { job } = lease
    const { dataDirectory } = this.config
    const nowMs = this.clock.nowMs()
    if (job.createdAtMs + GIVE_UP_AFTER_MS <= nowMs) {
      this.logger.error({ exportId: job.id }, 'an export was given up')
      await this.#fail(lease)
      return
    }
    let file: ExportFile | null = null
    try {
      file = await ExportFile.begin(dataDirectory, job.id, nowMs)
      if (job.kind === 'audit') await this.#writeAudit(file, lease)
      else await this.#write(file, lease)
      await file.finish()
      await lease.finish()
    } catch (error) {
      await file?.giveUp()
      if (error instanceof Abandoned) await lease.release()
      // The database was not there for it: the next attempt comes after the lease.
      else if (error instanceof BusyError) this.logger.warn({ err: error }, 'an export was put off')
      else {
        this.logger.error({ err: error, exportId: job.id }, 'an export failed')
        await this.#fail(lease)
      }
    }
  }

  async #writeAudit(file: ExportFile, lease: ExportLease): Promise<void> {
    let doneRows = 0
    for await (const { text, rows } of this.auditExports.lines(lease.job)) {
      await file.append(text)
      doneRows += rows
      await lease.progress(doneRows, null)
      await this.#rest()
    }
  }

  async #write(file: ExportFile, lease: ExportLease): Promise<void> {
    const { filter, scope } = this.exports.open(lease.job)
    // Days are counted back from when it was asked for, however often it is begun.
    const selection = { filter, scope, nowMs: lease.job.createdAtMs }
    const prepared = await this.database.read((rx) => this.selection.prepare(rx, selection))
    const totalRows = await this.#count(prepared, lease)
    await lease.progress(0, totalRows)
    await file.append(csvHead())
    let doneRows = 0
    let reads = 0
    for await (const members of this.#members(prepared)) {
      const rows = await this.database.read((rx) => this.rows.rowsOf(rx, members))
      await file.append(csvLines(rows, CHAIN_TIME_ZONE))
      doneRows += rows.length
      reads += 1
      if (reads % READS_PER_PROGRESS === 0) await lease.progress(doneRows, totalRows)
      await this.#rest()
    }
    // Whoever was registered or changed meanwhile may make a difference of a few.
    await lease.progress(doneRows, doneRows)
  }

  async #rest(): Promise<void> {
    await pause(REST_MS)
    if (this.isStopping) throw new Abandoned('this server stops')
  }

  async #count(prepared: Prepared, lease: ExportLease): Promise<number> {
    let count = 0
    if (prepared.among !== null) {
      for await (const members of this.#members(prepared)) count += members.length
      return count
    }
    let from: MemberPlace | null = null
    for (;;) {
      const { passing, to }: { passing: number; to: MemberPlace | null } = await this.database.read(
        async (rx) => {
          const end = await this.selection.stretchEnd(rx, from, COUNTED_PER_READ_MAX)
          const stretch = { from, to: end }
          return { passing: await this.selection.countInStretch(rx, prepared, stretch), to: end }
        },
      )
      count += passing
      if (to === null) return count
      from = to
      await lease.progress(0, null)
      await this.#rest()
    }
  }

  /** Everybody who passes, newest first, some at a time. */
  async *#members(prepared: Prepared): AsyncGenerator<Member[]> {
    let from: MemberPlace | null = null
    for (;;) {
      const { members, to }: { members: Member[]; to: MemberPlace | null } = await this.#next(
        prepared,
        from,
      )
      if (members.length > 0) yield members
      if (to === null) return
      from = to
    }
  }

  #next(
    prepared: Prepared,
    from: MemberPlace | null,
  ): Promise<{ members: Member[]; to: MemberPlace | null }> {
    return this.database.read(async (rx) => {
      if (prepared.among === null) {
        const to = await this.selection.stretchEnd(rx, from, ROWS_PER_READ_MAX)
        return { members: await this.selection.inStretch(rx, prepared, { from, to }), to }
      }
      const limit = ROWS_PER_READ_MAX
      const members = await this.selection.page(rx, prepared, { before: from, limit })
      const last = members.at(-1)
      return { members, to: members.length === limit && last ? last : null }
    })
  }

  /** The row first: files of a job that somebody else has are theirs. */
  async #fail(lease: ExportLease): Promise<void> {
    if (await lease.fail()) await removeExport(this.config.dataDirectory, lease.job.id)
  }

  /** The file first: a row that says "expired" has none. */
  async #expire(job: ExportJob): Promise<void> {
    await removeExport(this.config.dataDirectory, job.id)
    await this.database.write((tx) =>
      tx.run("UPDATE export_job SET state = 'expired' WHERE id = ? AND state = 'done'", [job.id]),
    )
  }

  /** Removes files here whose export another server called expired, failed or done. */
  async #tidy(): Promise<void> {
    const nowMs = this.clock.nowMs()
    if (nowMs - this.#tidiedAtMs < TIDY_EVERY_MS) return
    this.#tidiedAtMs = nowMs
    const ids = await exportsWithFiles(this.config.dataDirectory)
    if (ids.length === 0) return
    const kept = await this.database.read((rx) =>
      rx.rows<{ id: string }>(
        `SELECT id FROM export_job WHERE id IN ${inList(rx)}
         AND state IN ('waiting', 'running', 'done')`,
        [listParameter(rx, ids)],
      ),
    )
    const keptIds = new Set(kept.map(({ id }) => id))
    for (const id of ids) if (!keptIds.has(id)) await removeExport(this.config.dataDirectory, id)
  }
}
