import { setImmediate as breathe, setTimeout as pause } from 'node:timers/promises'
import { Inject, Injectable } from '@nestjs/common'
import type { Logger } from 'pino'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { BusyError, Database } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { ChangedMembersService } from './changed-members.service.js'
import { DuplicatesService, type ScanProgress } from './duplicates.service.js'
import type { MatchingChange } from './matching-change.entity.js'
import { changesDue, changesWaiting, putOffChanges, settleChanges } from './matching-changes.js'
import { LeaseLost, MatchingRunsService, type MatchingLease } from './matching-runs.service.js'
import type { MatchingRun } from './matching-run.entity.js'

// Looks for doubles in the background: members that changed, a handful at a time, and the whole base
// when somebody asks, when its keys are not all there, or when more changed than are compared one by
// one in reasonable time. A server that dies leaves its work to the next one after a minute: changes
// stay on the list until what follows from them is kept, and a search begins again.

const MEMBERS_PER_STEP = 50
/** More changes than this are compared sooner by a search over the whole base. */
const CHANGES_ONE_BY_ONE_MAX = 20_000
/** Changes that a search takes off the list, of those there were when it began. */
const CHANGES_PER_SCAN_MAX = 200_000
const CHANGES_PER_WRITE = 1_000
/** A search nobody asked for is not tried again at once when it fails. */
const OWN_SCAN_EVERY_MS = 3_600_000
const REST_MS = 5
/** In a server that serves: at most so long at a time, and then as long a rest. */
const WORK_MS = 5
const HEARTBEAT_EVERY_MS = 2_000

type Rest = () => Promise<void>

/** The server stops. */
class Stopped extends Error {
  override readonly name = 'Stopped'
}

@Injectable()
export class MatchingWorkerService extends BackgroundWorker {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly runs: MatchingRunsService,
    private readonly changed: ChangedMembersService,
    private readonly duplicates: DuplicatesService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(logger, 'comparing members')
  }

  /**
   * Does the search that waits, as fast as this process can; false when another process compares.
   * For the command line.
   */
  async scanHere(tell: (progress: ScanProgress) => unknown): Promise<boolean> {
    const run = await this.database.read((rx) => this.runs.underWay(rx))
    if (!run) return false
    return this.#withLease((lease) => this.#scan(lease, run, { rest: () => breathe(), tell }))
  }

  protected override async round(): Promise<void> {
    while (!this.isStopping && (await this.step())) await pause(REST_MS)
  }

  protected async step(): Promise<boolean> {
    const due = await this.#due()
    if (due === null) return false
    return this.#withLease((lease) =>
      'runKey' in due
        ? this.#scan(lease, due, { rest: paced(), tell: () => undefined })
        : this.#compare(lease, due.changes),
    )
  }

  /** The search that is to be done, or else the changes that are. */
  async #due(): Promise<MatchingRun | { changes: MatchingChange[] } | null> {
    const nowMs = this.clock.nowMs()
    const found = await this.database.read(async (rx) => ({
      run: await this.runs.underWay(rx),
      keying: await this.runs.keying(rx),
      changes: await changesDue(rx, nowMs, MEMBERS_PER_STEP),
    }))
    if (found.run) return found.run
    const isFull = found.changes.length === MEMBERS_PER_STEP
    if (
      (found.keying === 'unkeyed' || (isFull && (await this.#isTooMuch()))) &&
      (await this.#mayScan(nowMs))
    )
      return this.runs.ask(null)
    return found.changes.length > 0 ? { changes: found.changes } : null
  }

  #isTooMuch(): Promise<boolean> {
    return this.database.read(
      async (rx) => (await changesWaiting(rx, CHANGES_ONE_BY_ONE_MAX + 1)) > CHANGES_ONE_BY_ONE_MAX,
    )
  }

  async #mayScan(nowMs: number): Promise<boolean> {
    const latest = await this.database.read((rx) => this.runs.latest(rx))
    return latest === null || latest.createdAtMs + OWN_SCAN_EVERY_MS <= nowMs
  }

  async #withLease(work: (lease: MatchingLease) => Promise<void>): Promise<boolean> {
    const lease = await this.runs.take()
    if (!lease) return false
    try {
      await work(lease)
      return true
    } catch (error) {
      if (error instanceof Stopped) return false
      if (!(error instanceof LeaseLost) && !(error instanceof BusyError)) throw error
      this.logger.warn({ err: error }, 'comparing members was put off')
      return false
    } finally {
      await this.runs.release(lease)
    }
  }

  /** Compares the members of some changes; where that fails, one after the other. */
  async #compare(lease: MatchingLease, changes: readonly MatchingChange[]): Promise<void> {
    try {
      await this.#compareTogether(lease, changes)
    } catch (error) {
      if (error instanceof LeaseLost || error instanceof BusyError) throw error
      if (changes.length > 1) for (const change of changes) await this.#compare(lease, [change])
      else await this.#putOff(lease, changes, error)
    }
  }

  async #compareTogether(lease: MatchingLease, changes: readonly MatchingChange[]): Promise<void> {
    const ids = changes.map(({ id }) => id)
    const memberIds = [...new Set(changes.map(({ memberId }) => memberId))]
    const compared = await this.changed.compare(memberIds, await this.runs.learned(), {
      hold: (tx) => this.runs.hold(tx, lease),
      settle: (tx) => settleChanges(tx, ids),
      rest: paced(),
    })
    this.logger.debug({ ...compared }, 'members that changed were compared')
  }

  async #putOff(
    lease: MatchingLease,
    changes: readonly MatchingChange[],
    error: unknown,
  ): Promise<void> {
    const memberIds = changes.map(({ memberId }) => memberId)
    this.logger.warn({ err: error, memberIds }, 'a member could not be compared')
    const givenUp = await this.database.write(async (tx) => {
      await this.runs.hold(tx, lease)
      return putOffChanges(tx, changes, this.clock.nowMs())
    })
    if (givenUp.length > 0) this.logger.error({ memberIds }, 'a member was given up comparing')
  }

  async #scan(
    lease: MatchingLease,
    run: MatchingRun,
    { rest, tell }: { rest: Rest; tell: (progress: ScanProgress) => unknown },
  ): Promise<void> {
    const { before, keying } = await this.database.read(async (rx) => ({
      before: await changesDue(rx, null, CHANGES_PER_SCAN_MAX),
      keying: await this.runs.keying(rx),
    }))
    // Few changes are compared one by one when the search is over.
    const isKeying = keying !== 'keyed' || before.length > CHANGES_ONE_BY_ONE_MAX
    let at: ScanProgress = { phase: 'reading', done: 0, total: 0 }
    const beat = this.#heartbeat(() => this.runs.progress(lease, run.id, at))
    try {
      const scanned = await this.duplicates.scan({
        isKeying,
        tell: (progress) => {
          at = progress
          return tell(progress)
        },
        rest: async () => {
          if (this.isStopping) throw new Stopped('this server stops')
          await beat()
          await rest()
        },
      })
      if (isKeying) await this.#settleAll(before)
      await this.runs.finish(lease, run.id, { scanned, isKeying })
      const { unreadable } = scanned.report
      if (unreadable.members > 0)
        this.logger.error({ runId: run.id, ...unreadable }, 'members do not open and were left out')
    } catch (error) {
      const isPutOff = [Stopped, LeaseLost, BusyError].some((kind) => error instanceof kind)
      if (!isPutOff) {
        this.logger.error({ err: error, runId: run.id }, 'a search for doubles failed')
        await this.runs.fail(run.id)
      }
      throw error
    }
  }

  /** Does something now and then: when it was called long enough after the last time. */
  #heartbeat(work: () => Promise<void>): () => Promise<void> {
    let lastMs = -Infinity
    return async () => {
      if (performance.now() - lastMs < HEARTBEAT_EVERY_MS) return
      lastMs = performance.now()
      try {
        await work()
      } catch (error) {
        // The lease lasts for many beats.
        if (!(error instanceof BusyError)) throw error
      }
    }
  }

  /** Changes that were there when a search began to read are in what it found. */
  async #settleAll(changes: readonly MatchingChange[]): Promise<void> {
    for (let from = 0; from < changes.length; from += CHANGES_PER_WRITE) {
      const ids = changes.slice(from, from + CHANGES_PER_WRITE).map(({ id }) => id)
      await this.database.write((tx) => settleChanges(tx, ids))
    }
  }
}

/** A rest that leaves half of the machine's time to others. */
function paced(): Rest {
  let sinceMs = performance.now()
  return async () => {
    const workedMs = performance.now() - sinceMs
    if (workedMs < WORK_MS) return
    await pause(workedMs)
    sinceMs = performance.now()
  }
}
