import { Inject, Injectable } from '@nestjs/common'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import {
  Database,
  UniqueViolation,
  valuesOf,
  type Statements,
  type Tx,
} from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { ScanProgress, Scanned } from './duplicates.service.js'
import { REVIEW_BITS } from './matching/judge.js'
import { usualModel } from './matching/model.js'
import { weightsOf, type Learned } from './matching/weights.js'
import { valueHashOf } from './matching-keys.js'
import type { MatchingRun } from './matching-run.entity.js'

// Searches as rows, and the right to compare as one more. One server compares at a time, so that
// nobody writes down what another has seen better since; every commit asks whether the right is
// still its own. At most one search waits or runs.

export const LEASE_MS = 60_000
/** A base that has never been searched is small, or new: counting it again can wait. */
const COUNTED_EVERY_MS = 600_000
const LEASE = 'lease'
/** The key of the search that waits or runs; one that is over has its own id. */
const SCAN = 'scan'
const MILLI = 1_000

const COLUMNS = [
  'id',
  'runKey',
  'kind',
  'state',
  'phase',
  'doneRows',
  'totalRows',
  'step',
  'nextAtMs',
  'report',
  'weights',
  'startedBy',
  'createdAtMs',
  'finishedAtMs',
] as const satisfies (keyof MatchingRun)[]

/**
 * keyed: every member has its keys. unkeyed: a base that is older than them, which is searched
 * without being asked for. left: keys come with the next search that somebody asks for.
 */
export type Keying = 'keyed' | 'unkeyed' | 'left'

/** Another server compares now. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** The right to compare, for a minute from the last time it was held. */
export interface MatchingLease {
  /** The number that no other holder has. */
  step: number
}

@Injectable()
export class MatchingRunsService {
  #learned: { runId: string; learned: Learned } | null = null
  #usual: { learned: Learned; countedAtMs: number } | null = null

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Takes the right to compare; null while another has it. */
  async take(): Promise<MatchingLease | null> {
    const nowMs = this.clock.nowMs()
    return this.database.write(async (tx) => {
      const [row] = await tx.rows<MatchingRun>(
        `SELECT * FROM matching_run WHERE runKey = '${LEASE}'${tx.forUpdate}`,
      )
      if (!row) throw new Error('there is no lease to take')
      if (row.nextAtMs > nowMs) return null
      const lease = { step: row.step + 1 }
      await tx.run('UPDATE matching_run SET step = ?, nextAtMs = ? WHERE id = ?', [
        ...[lease.step, nowMs + LEASE_MS, row.id],
      ])
      return lease
    })
  }

  /** Keeps the right for another minute. Throws LeaseLost. */
  async hold(tx: Tx, lease: MatchingLease): Promise<void> {
    const nextAtMs = this.clock.nowMs() + LEASE_MS
    const matched = await tx.run(
      `UPDATE matching_run SET nextAtMs = ? WHERE runKey = '${LEASE}' AND step = ?`,
      [nextAtMs, lease.step],
    )
    if (matched === 0) throw new LeaseLost('another server compares now')
  }

  /** Gives the right back; nothing when it was lost. */
  async release(lease: MatchingLease): Promise<void> {
    await this.database.write((tx) =>
      tx.run(`UPDATE matching_run SET nextAtMs = 0 WHERE runKey = '${LEASE}' AND step = ?`, [
        lease.step,
      ]),
    )
  }

  /** Asks for a search; answers the one that waits or runs where there is one. */
  async ask(startedBy: string | null): Promise<MatchingRun> {
    const nowMs = this.clock.nowMs()
    const run: MatchingRun = {
      ...{ id: mintId(nowMs), runKey: SCAN, kind: SCAN, state: 'waiting', phase: 'reading' },
      ...{ doneRows: 0, totalRows: null, step: 0, nextAtMs: nowMs, report: null, weights: null },
      ...{ startedBy, createdAtMs: nowMs, finishedAtMs: null },
    }
    try {
      return await this.database.write(async (tx) => {
        const underWay = await this.underWay(tx)
        if (underWay) return underWay
        await tx.insert('matching_run', COLUMNS, [valuesOf(run, COLUMNS)])
        return run
      })
    } catch (error) {
      // Somebody asked at the same moment.
      if (!(error instanceof UniqueViolation)) throw error
      return (await this.database.read((rx) => this.underWay(rx))) ?? run
    }
  }

  /** The search that waits or runs. */
  underWay(statements: Statements): Promise<MatchingRun | null> {
    return this.#one(statements, `runKey = '${SCAN}'`)
  }

  /** One search; null when there is none. */
  byId(statements: Statements, id: string): Promise<MatchingRun | null> {
    return this.#one(statements, `kind = '${SCAN}' AND id = ?`, [id])
  }

  /** The latest search, whatever became of it. */
  latest(statements: Statements): Promise<MatchingRun | null> {
    return this.#one(statements, `kind = '${SCAN}' ORDER BY createdAtMs DESC, id DESC`)
  }

  /** The latest search that is over: done, or failed. */
  lastOver(statements: Statements): Promise<MatchingRun | null> {
    return this.#one(
      statements,
      `kind = '${SCAN}' AND runKey <> '${SCAN}' ORDER BY createdAtMs DESC, id DESC`,
    )
  }

  /** The latest search that was done. */
  lastDone(statements: Statements): Promise<MatchingRun | null> {
    return this.#one(
      statements,
      `kind = '${SCAN}' AND state = 'done' ORDER BY createdAtMs DESC, id DESC`,
    )
  }

  /** Whether every member has its keys. */
  async keying(statements: Statements): Promise<Keying> {
    const row = await this.#one(statements, `runKey = '${LEASE}'`)
    return (row?.state ?? 'keyed') as Keying
  }

  /**
   * Takes every change off the list: for a base that is filled wholesale, by nobody else meanwhile.
   * Its members have their keys when somebody asks for a search.
   */
  async leaveToSearch(tx: Tx): Promise<void> {
    await tx.run('DELETE FROM matching_change')
    await tx.run(`UPDATE matching_run SET state = 'left' WHERE runKey = '${LEASE}'`)
  }

  /** Writes how far a search has come, and keeps the right. Throws LeaseLost. */
  async progress(lease: MatchingLease, runId: string, at: ScanProgress): Promise<void> {
    await this.database.write(async (tx) => {
      await this.hold(tx, lease)
      await tx.run(
        `UPDATE matching_run SET state = 'running', phase = ?, doneRows = ?, totalRows = ?
         WHERE id = ? AND runKey = '${SCAN}'`,
        [at.phase, at.done, at.total, runId],
      )
    })
  }

  /** Writes what a search came to. Throws LeaseLost. */
  async finish(
    lease: MatchingLease,
    runId: string,
    { scanned, isKeying }: { scanned: Scanned; isKeying: boolean },
  ): Promise<void> {
    const { report, weights } = scanned
    await this.database.write(async (tx) => {
      await this.hold(tx, lease)
      await tx.run(
        `UPDATE matching_run SET runKey = id, state = 'done', report = ?, weights = ?,
           finishedAtMs = ? WHERE id = ?`,
        [JSON.stringify(report), weights, this.clock.nowMs(), runId],
      )
      if (isKeying)
        await tx.run(`UPDATE matching_run SET state = 'keyed' WHERE runKey = '${LEASE}'`)
    })
  }

  /** Notes that a search cannot be done. */
  async fail(runId: string): Promise<void> {
    await this.database.write((tx) =>
      tx.run(
        `UPDATE matching_run SET runKey = id, state = 'failed', finishedAtMs = ?
         WHERE id = ? AND runKey = '${SCAN}'`,
        [this.clock.nowMs(), runId],
      ),
    )
  }

  /** What the latest search learned; before the first one, what is usual. */
  async learned(): Promise<Learned> {
    const last = await this.database.read((rx) => this.lastDone(rx))
    if (last?.weights == null) return this.#whatIsUsual()
    if (this.#learned?.runId === last.id) return this.#learned.learned
    const learned = weightsOf(last.weights, valueHashOf(this.config.keyring))
    if (!learned) return this.#whatIsUsual()
    this.#learned = { runId: last.id, learned }
    return learned
  }

  async #whatIsUsual(): Promise<Learned> {
    const nowMs = performance.now()
    if (this.#usual && nowMs - this.#usual.countedAtMs < COUNTED_EVERY_MS)
      return this.#usual.learned
    const [row] = await this.database.read((rx) =>
      rx.rows<{ count: number | string }>('SELECT COUNT(*) AS count FROM member'),
    )
    const model = usualModel(Number(row?.count ?? 0))
    const learned = { model, reviewFloor: REVIEW_BITS * MILLI }
    this.#usual = { learned, countedAtMs: nowMs }
    return learned
  }

  async #one(
    statements: Statements,
    where: string,
    parameters: readonly string[] = [],
  ): Promise<MatchingRun | null> {
    const [run] = await statements.rows<MatchingRun>(
      `SELECT * FROM matching_run WHERE ${where} LIMIT 1`,
      parameters,
    )
    return run ?? null
  }
}
