import { Inject, Injectable } from '@nestjs/common'
import type { ImportTally } from '@huike/shared/contracts/console-imports'
import type { Rejection } from '@huike/shared/import-fields'
import { addTallies, emptyTally } from '@huike/shared/import-tally'
import type { OutcomeCode } from '@huike/shared/outcomes'
import { decodeTime } from 'ulid'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Database, inList, listParameter, type Tx } from '../platform/database.js'
import type { ImportJob } from './import-job.entity.js'
import { IMPORT_KEPT_MS, NEVER_MS, tallyOf } from './import-jobs.js'
import { openPlan, type ImportPlan } from './import-plan.js'
import type { ImportItem } from './import-reading.service.js'
import {
  ImportRejectionsService,
  KEPT_PER_IMPORT_MAX,
  type ImportPhase,
} from './import-rejections.service.js'
import { removeSpooled, spooledHere } from './sealed-file.js'
import { TableError } from './table/table-error.js'

// The right to work on an import, and its place in the file. Every change of the row asks for the
// lease that was given last; the place moves in the very transaction that takes the rows, so that
// whoever goes on after a crash begins behind them. Nothing is taken twice, nothing is skipped.

export const IMPORT_LEASE_MS = 60_000
/** A file that brought so many servers down is not tried again. */
const ATTEMPTS_MAX = 20
/** Another server may have the file. */
const ELSEWHERE_MS = 5_000
/** No upload takes longer. */
const UPLOAD_MS_MAX = 3_600_000
const WORKING = ['checking', 'running']
const ENDS = ['uploaded', 'checked', 'done', 'failed', 'cancelled']

/** Another server has the job now, or somebody called it off, or this server is stopping. */
export class ImportAbandoned extends Error {
  override readonly name = 'ImportAbandoned'
}

/** What a stretch of the file came to. */
export interface Stretch {
  doneRowNo: number
  tally: ImportTally
  refused: readonly { item: ImportItem<unknown>; reason: Rejection }[]
}

/** The right to work on one import. */
export class ImportLease {
  readonly plan: ImportPlan
  tally: ImportTally
  /** The last row of the file that is done. */
  doneRowNo: number
  keptRejections = 0

  constructor(
    readonly job: ImportJob,
    readonly phase: ImportPhase,
    plan: ImportPlan,
    public untilMs: number,
  ) {
    this.plan = plan
    this.tally = (phase === 'take' ? tallyOf(job.takenTally) : null) ?? emptyTally()
    this.doneRowNo = plan.headerRowNo + (phase === 'take' ? job.doneRows : 0)
  }
}

@Injectable()
export class ImportWorkService {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly rejections: ImportRejectionsService,
  ) {}

  /** Takes the import that waits longest, with a lease; null when none is due. */
  async claim(onlyId: string | null = null): Promise<ImportLease | null> {
    const nowMs = this.clock.nowMs()
    const untilMs = nowMs + IMPORT_LEASE_MS
    const due = await this.#due(WORKING, nowMs, onlyId)
    if (!due) return null
    const job = await this.database.write(async (tx) => {
      const [row] = await tx.rows<ImportJob>(
        `SELECT * FROM import_job WHERE id = ? AND state IN ${inList(tx)} AND nextAtMs <= ?
         ${tx.forUpdate}`,
        [due, listParameter(tx, WORKING), nowMs],
      )
      if (!row) return null
      await tx.run('UPDATE import_job SET nextAtMs = ?, attempts = attempts + 1 WHERE id = ?', [
        untilMs,
        row.id,
      ])
      return { ...row, attempts: row.attempts + 1 }
    })
    if (!job) return null
    const phase = job.state === 'checking' ? 'check' : 'take'
    const lease = new ImportLease(job, phase, openPlan(this.config.keyring, job), untilMs)
    if (job.attempts > ATTEMPTS_MAX) {
      await this.fail(lease, 'internal', '多次没有完成，已停止')
      return this.claim(onlyId)
    }
    // A check begins anew: it wrote nothing but these.
    if (phase === 'check') await this.rejections.clear(job.id, 'check')
    return lease
  }

  /**
   * Moves the place of the import within `tx`, with what the stretch came to. Answers the lease as it
   * is once `tx` has committed. Throws ImportAbandoned when the lease was lost: nothing is then taken.
   */
  async advance(tx: Tx, lease: ImportLease, stretch: Stretch): Promise<() => void> {
    const { job, phase, plan } = lease
    const untilMs = this.clock.nowMs() + IMPORT_LEASE_MS
    const tally = addTallies(lease.tally, stretch.tally)
    const doneRows = stretch.doneRowNo - plan.headerRowNo
    const [sets, values] =
      phase === 'take' ? ['takenTally = ?, ', [JSON.stringify(tally)]] : ['', []]
    await this.#change(tx, lease, `${sets}doneRows = ?, attempts = 0, nextAtMs = ?`, [
      ...values,
      doneRows,
      untilMs,
    ])
    const kept = lease.keptRejections < KEPT_PER_IMPORT_MAX ? stretch.refused : []
    const keptRows = kept.reduce((rows, { item }) => rows + item.rows.length, 0)
    await this.rejections.add(tx, { importId: job.id, phase }, kept)
    return () => {
      lease.untilMs = untilMs
      lease.tally = tally
      lease.doneRowNo = stretch.doneRowNo
      lease.keptRejections += keptRows
    }
  }

  /** Every row has been read, or taken. */
  async finish(lease: ImportLease): Promise<void> {
    const nowMs = this.clock.nowMs()
    const { job, phase, tally, plan, doneRowNo } = lease
    await this.database.write(async (tx) => {
      if (phase === 'check')
        return this.#change(
          tx,
          lease,
          "state = 'checked', checkTally = ?, totalRows = ?, doneRows = 0, nextAtMs = ?",
          [JSON.stringify(tally), doneRowNo - plan.headerRowNo, nowMs + IMPORT_KEPT_MS],
        )
      await this.#change(
        tx,
        lease,
        "state = 'done', liveHash = NULL, finishedAtMs = ?, nextAtMs = ?",
        [nowMs, nowMs + IMPORT_KEPT_MS],
      )
    })
    if (phase === 'take') await removeSpooled(this.config.dataDirectory, job.id)
  }

  /** It cannot be done: what is wrong is in the file. */
  async fail(lease: ImportLease, code: OutcomeCode, detail: string | null): Promise<void> {
    const nowMs = this.clock.nowMs()
    await this.database.write((tx) =>
      this.#change(
        tx,
        lease,
        `state = 'failed', liveHash = NULL, failCode = ?, failDetail = ?, finishedAtMs = ?,
         nextAtMs = ?`,
        [code, detail, nowMs, nowMs + IMPORT_KEPT_MS],
      ),
    )
    await removeSpooled(this.config.dataDirectory, lease.job.id)
  }

  /** Fails the import when `error` says what is wrong with its file; false when it says nothing. */
  async failedBy(lease: ImportLease, error: unknown): Promise<boolean> {
    if (!(error instanceof TableError)) return false
    await this.fail(lease, error.code, error.detail ?? null)
    return true
  }

  /** Gives the job back for another to go on: at once, or, without the file, somewhat later. */
  async release(lease: ImportLease, isFileElsewhere: boolean): Promise<void> {
    const atMs = this.clock.nowMs() + (isFileElsewhere ? ELSEWHERE_MS : 0)
    await this.database.write((tx) =>
      tx.run(
        `UPDATE import_job SET nextAtMs = ? WHERE id = ? AND state IN ${inList(tx)} AND nextAtMs = ?`,
        [atMs, lease.job.id, listParameter(tx, WORKING), lease.untilMs],
      ),
    )
  }

  /** Lets one import that had its time go: its file, its rows; false when none has. */
  async expireOne(): Promise<boolean> {
    const nowMs = this.clock.nowMs()
    const id = await this.#due(ENDS, nowMs, null)
    if (id === null) return false
    await removeSpooled(this.config.dataDirectory, id)
    await this.rejections.clear(id, 'check')
    await this.rejections.clear(id, 'take')
    await this.database.write((tx) =>
      tx.run(
        `UPDATE import_job SET liveHash = NULL, nextAtMs = ?,
           state = CASE WHEN finishedAtMs IS NULL THEN 'expired' ELSE state END,
           finishedAtMs = COALESCE(finishedAtMs, ?)
         WHERE id = ? AND state IN ${inList(tx)} AND nextAtMs <= ?`,
        [NEVER_MS, nowMs, id, listParameter(tx, ENDS), nowMs],
      ),
    )
    return true
  }

  /** Removes files here that no import needs: of a crash, or called off on another server. */
  async tidy(): Promise<void> {
    const ids = await spooledHere(this.config.dataDirectory)
    if (ids.length === 0) return
    const rows = await this.database.read((rx) =>
      rx.rows<{ id: string }>(
        `SELECT id FROM import_job WHERE id IN ${inList(rx)} AND finishedAtMs IS NULL`,
        [listParameter(rx, ids)],
      ),
    )
    const needed = new Set(rows.map(({ id }) => id))
    // A file that is just coming in has no row yet.
    const newestMs = this.clock.nowMs() - UPLOAD_MS_MAX
    for (const id of ids)
      if (!needed.has(id) && decodeTime(id) < newestMs)
        await removeSpooled(this.config.dataDirectory, id)
  }

  async #due(
    states: readonly string[],
    nowMs: number,
    onlyId: string | null,
  ): Promise<string | null> {
    const [row] = await this.database.read((rx) =>
      rx.rows<{ id: string }>(
        `SELECT id FROM import_job WHERE state IN ${inList(rx)} AND nextAtMs <= ?
           ${onlyId === null ? '' : 'AND id = ?'} ORDER BY nextAtMs LIMIT 1`,
        [listParameter(rx, states), nowMs, ...(onlyId === null ? [] : [onlyId])],
      ),
    )
    return row?.id ?? null
  }

  async #change(
    tx: Tx,
    { job, untilMs }: ImportLease,
    sets: string,
    values: readonly (string | number | null)[],
  ): Promise<void> {
    const changed = await tx.run(
      `UPDATE import_job SET ${sets} WHERE id = ? AND state = ? AND nextAtMs = ?`,
      [...values, job.id, job.state, untilMs],
    )
    if (changed === 0) throw new ImportAbandoned('the lease of an import was lost')
  }
}
