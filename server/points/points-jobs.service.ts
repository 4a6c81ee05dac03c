import { Injectable } from '@nestjs/common'
import { Clock } from '../platform/clock.js'
import {
  Database,
  UniqueViolation,
  valuesOf,
  type Statements,
  type Tx,
} from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { PointsJob } from './points-job.entity.js'

// Work on the whole book as rows: verifying it, what is owed, trying a rule on the past. A job is
// claimed for a minute at a time, and each change of it asks for the number of the last, so that a
// server which was slow changes nothing of what another goes on with. A server that dies leaves its
// job to the next, which begins it again; what can be kept of it by then is with the job, and the next
// may go on from there.

export type JobKind = 'check' | 'owed' | 'trial' | 'levels'

const LEASE_MS = 60_000
/** A job that no server could finish in a day is not tried again. */
const GIVE_UP_AFTER_MS = 86_400_000
const LISTED_MAX = 30

const COLUMNS = [
  'id',
  'jobKey',
  'kind',
  'state',
  'asked',
  'step',
  'doneRows',
  'totalRows',
  'result',
  'nextAtMs',
  'startedBy',
  'createdAtMs',
  'startedAtMs',
  'finishedAtMs',
] as const satisfies (keyof PointsJob)[]

/** Another server has the job now, or this one stops. */
export class JobAbandoned extends Error {
  override readonly name = 'JobAbandoned'
}

@Injectable()
export class PointsJobsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Puts down a job that is due by itself, such as today's; nothing when its key is there. `asked` is
   * worked out only when it is not.
   */
  async addOnce(
    job: { kind: JobKind; jobKey: string },
    asked: (statements: Statements) => Promise<object>,
  ): Promise<void> {
    const isThere = () =>
      this.database.read((rx) =>
        rx.rows('SELECT id FROM points_job WHERE jobKey = ?', [job.jobKey]),
      )
    if ((await isThere()).length > 0) return
    try {
      await this.database.write(async (tx) =>
        this.#add(tx, { ...job, startedBy: null, asked: await asked(tx) }),
      )
    } catch (error) {
      // Another server was first.
      if (!(error instanceof UniqueViolation)) throw error
    }
  }

  /** Puts down what somebody asks for; the one of its kind that is under way, where there is one. */
  async ask(
    tx: Tx,
    { kind, asked, by }: { kind: JobKind; asked: object; by: string },
  ): Promise<{ job: PointsJob; isNew: boolean }> {
    // Who asks at the same time waits here and finds it.
    await tx.rows(`SELECT number FROM points_checkpoint WHERE number = 0${tx.forUpdate}`)
    const underWay = await this.current(tx, kind)
    if (underWay !== null) return { job: underWay, isNew: false }
    return { job: await this.#add(tx, { kind, asked, startedBy: by }), isNew: true }
  }

  async #add(
    tx: Tx,
    fresh: { kind: JobKind; jobKey?: string; asked: object; startedBy: string | null },
  ): Promise<PointsJob> {
    const nowMs = this.clock.nowMs()
    const { kind, startedBy } = fresh
    const id = mintId(nowMs)
    const last = await this.last(tx, kind)
    const job: PointsJob = {
      ...{ id, jobKey: fresh.jobKey ?? `asked|${id}`, kind, state: 'waiting', startedBy },
      ...{ asked: JSON.stringify(fresh.asked), step: 0, doneRows: 0 },
      ...{ totalRows: last?.doneRows ?? null, result: null, nextAtMs: nowMs },
      ...{ createdAtMs: nowMs, startedAtMs: null, finishedAtMs: null },
    }
    await tx.insert('points_job', COLUMNS, [valuesOf(job, COLUMNS)])
    return job
  }

  /** Takes the job that waits longest, for a minute; null when none is due. */
  async claim(): Promise<PointsJob | null> {
    const nowMs = this.clock.nowMs()
    const due = `FROM points_job WHERE state IN ('waiting', 'running') AND nextAtMs <= ?`
    const waiting = await this.database.read((rx) => rx.rows(`SELECT id ${due} LIMIT 1`, [nowMs]))
    if (waiting.length === 0) return null
    return this.database.write(async (tx) => {
      const [job] = await tx.rows<PointsJob>(
        `SELECT * ${due} ORDER BY nextAtMs, id LIMIT 1${tx.forUpdate}`,
        [nowMs],
      )
      if (!job) return null
      const isTooOld = job.createdAtMs + GIVE_UP_AFTER_MS <= nowMs && job.state === 'running'
      const claimed: PointsJob = {
        ...{ ...job, state: isTooOld ? 'failed' : 'running', step: job.step + 1, doneRows: 0 },
        ...{ startedAtMs: nowMs, nextAtMs: nowMs + LEASE_MS },
        finishedAtMs: isTooOld ? nowMs : null,
      }
      await this.#write(tx, job, claimed)
      return claimed
    })
  }

  /**
   * Tells how far a job has come, and keeps it for another minute; `kept` is what the next server goes
   * on from, should this one die. Throws JobAbandoned when lost.
   */
  async progress(
    job: PointsJob,
    doneRows: number,
    kept: Partial<Pick<PointsJob, 'totalRows' | 'result'>> = {},
  ): Promise<PointsJob> {
    const next = { ...job, ...kept, doneRows, nextAtMs: this.clock.nowMs() + LEASE_MS }
    return this.database.write((tx) => this.#moveOn(tx, job, next))
  }

  /** What it came to. Throws JobAbandoned when it was lost. */
  async finish(
    job: PointsJob,
    { result, doneRows }: { result: object; doneRows: number },
  ): Promise<void> {
    const finishedAtMs = this.clock.nowMs()
    const done = { ...job, state: 'done', result: JSON.stringify(result), doneRows, finishedAtMs }
    await this.database.write((tx) => this.#moveOn(tx, job, done))
  }

  /** It cannot be done. */
  async fail(job: PointsJob): Promise<void> {
    const failed = { ...job, state: 'failed', finishedAtMs: this.clock.nowMs() }
    await this.database.write((tx) => this.#moveOn(tx, job, failed))
  }

  /** Ends one that waits or runs, whoever works on it; false when it was over. */
  async cancel(tx: Tx, kind: JobKind, id: string): Promise<boolean> {
    const cancelled = await tx.run(
      `UPDATE points_job SET state = 'cancelled', step = step + 1, result = NULL, finishedAtMs = ?
       WHERE id = ? AND kind = ? AND state IN ('waiting', 'running')`,
      [this.clock.nowMs(), id, kind],
    )
    return cancelled > 0
  }

  /** Gives it back, for somebody else to begin at once. */
  async release(job: PointsJob): Promise<void> {
    const waiting = { ...job, state: 'waiting', nextAtMs: this.clock.nowMs() }
    await this.database.write((tx) => this.#write(tx, job, { ...waiting, step: job.step + 1 }))
  }

  /** The one of a kind that waits or runs. */
  async current(statements: Statements, kind: JobKind): Promise<PointsJob | null> {
    const [job] = await statements.rows<PointsJob>(
      `SELECT * FROM points_job WHERE state IN ('waiting', 'running') AND kind = ?
       ORDER BY createdAtMs LIMIT 1`,
      [kind],
    )
    return job ?? null
  }

  /** The last of a kind that was done. */
  async last(statements: Statements, kind: JobKind): Promise<PointsJob | null> {
    const [job] = await statements.rows<PointsJob>(
      `SELECT * FROM points_job WHERE kind = ? AND state = 'done'
       ORDER BY createdAtMs DESC, id DESC LIMIT 1`,
      [kind],
    )
    return job ?? null
  }

  /** The latest of a kind, newest first. */
  list(statements: Statements, kind: JobKind): Promise<PointsJob[]> {
    return statements.rows<PointsJob>(
      `SELECT * FROM points_job WHERE kind = ? ORDER BY createdAtMs DESC, id DESC
       LIMIT ${String(LISTED_MAX)}`,
      [kind],
    )
  }

  /** One of a kind by its id. */
  async find(statements: Statements, kind: JobKind, id: string): Promise<PointsJob | null> {
    const [job] = await statements.rows<PointsJob>(
      'SELECT * FROM points_job WHERE id = ? AND kind = ?',
      [id, kind],
    )
    return job ?? null
  }

  async #moveOn(tx: Tx, before: PointsJob, after: PointsJob): Promise<PointsJob> {
    const next = { ...after, step: before.step + 1 }
    if ((await this.#write(tx, before, next)) === 0) throw new JobAbandoned('the job was lost')
    return next
  }

  #write(tx: Tx, before: PointsJob, after: PointsJob): Promise<number> {
    const changed = COLUMNS.slice(COLUMNS.indexOf('state'))
    return tx.run(
      `UPDATE points_job SET ${changed.map((name) => `${name} = ?`).join(', ')}
       WHERE id = ? AND step = ?`,
      [...valuesOf(after, changed), before.id, before.step],
    )
  }
}
