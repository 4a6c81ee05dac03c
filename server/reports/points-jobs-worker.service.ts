import { setTimeout as pause } from 'node:timers/promises'
import { Inject, Injectable } from '@nestjs/common'
import type { PointsTrialAsked } from '@huike/shared/contracts/console-points-report'
import { localTime } from '@huike/shared/local-time'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import type { Logger } from 'pino'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { BusyError } from '../platform/database.js'
import { Pace } from '../platform/pace.js'
import { LOGGER } from '../platform/tokens.js'
import type { PointsJob } from '../points/points-job.entity.js'
import { JobAbandoned, PointsJobsService, type JobKind } from '../points/points-jobs.service.js'
import { PointsTrialsService } from '../points/points-trials.service.js'
import { PointsVerifierService, type CheckAsked } from '../points/points-verifier.service.js'
import { LevelTrialRunsService } from './level-trial-runs.service.js'
import { PointsOwedService } from './points-owed.service.js'

// Does the work on the whole points book, one job at a time, a page after the other with a rest
// between two. What falls due with the night is put down by whoever looks first.

const REST_MS = 5
/** How often progress is written and the lease renewed, by the machine's own clock. */
const PROGRESS_EVERY_MS = 1_000
const NIGHTLY_LOOK_EVERY_MS = 60_000
/** The chain sleeps. */
const NIGHTLY_HOUR = 3

type OnProgress = (
  doneRows: number,
  kept?: Partial<Pick<PointsJob, 'totalRows' | 'result'>>,
) => Promise<void>

@Injectable()
export class PointsJobsWorkerService extends BackgroundWorker {
  readonly #nightly = new Pace(NIGHTLY_LOOK_EVERY_MS)

  constructor(
    private readonly clock: Clock,
    private readonly jobs: PointsJobsService,
    private readonly verifier: PointsVerifierService,
    private readonly owed: PointsOwedService,
    private readonly trials: PointsTrialsService,
    private readonly levelTrials: LevelTrialRunsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(logger, 'work on the points book')
  }

  /** Puts down what the night asks for, once its hour has come, and works off everything. For tests. */
  async drainNightly(): Promise<void> {
    await this.#beginNightly()
    await this.drain()
  }

  protected override async round(): Promise<void> {
    if (this.#nightly.isDue()) await this.#beginNightly()
    await super.round()
  }

  async #beginNightly(): Promise<void> {
    const hour = Number(localTime(this.clock.nowMs(), CHAIN_TIME_ZONE).slice(11, 13))
    if (hour < NIGHTLY_HOUR) return
    await this.verifier.beginNightly()
    await this.owed.beginNightly()
  }

  protected async step(): Promise<boolean> {
    const claimed = await this.jobs.claim()
    if (claimed === null) return false
    if (claimed.state === 'failed') {
      this.logger.error({ jobId: claimed.id, kind: claimed.kind }, 'a job was given up')
      return true
    }
    const at = { job: claimed, toldAtMs: performance.now() }
    const onProgress: OnProgress = async (doneRows, kept) => {
      await pause(REST_MS)
      if (this.isStopping) throw new JobAbandoned('this server stops')
      if (performance.now() - at.toldAtMs < PROGRESS_EVERY_MS) return
      at.toldAtMs = performance.now()
      at.job = await this.jobs.progress(at.job, doneRows, kept)
    }
    try {
      await this.#work(at, onProgress)
    } catch (error) {
      if (error instanceof JobAbandoned) await this.jobs.release(at.job)
      // The database was not there for it: the next attempt comes after the lease.
      else if (error instanceof BusyError) this.logger.warn({ err: error }, 'a job was put off')
      else {
        this.logger.error({ err: error, jobId: at.job.id }, 'a job failed')
        await this.jobs.fail(at.job)
      }
    }
    return true
  }

  async #work(at: { job: PointsJob }, onProgress: OnProgress): Promise<void> {
    const asked: unknown = JSON.parse(at.job.asked)
    switch (at.job.kind as JobKind) {
      case 'check': {
        const result = await this.verifier.verify(asked as CheckAsked, onProgress)
        if (result.findings.length > 0)
          this.logger.error(
            { jobId: at.job.id, findings: result.findings.length },
            'the points book does not add up',
          )
        await this.jobs.finish(at.job, { result, doneRows: result.transfers })
        return
      }
      case 'owed': {
        const { owed: result, rows: doneRows } = await this.owed.count(onProgress)
        await this.jobs.finish(at.job, { result, doneRows })
        return
      }
      case 'trial': {
        const { result, rows } = await this.trials.run(asked as PointsTrialAsked, onProgress)
        await this.jobs.finish(at.job, { result, doneRows: rows })
        return
      }
      case 'levels': {
        const { result, rows } = await this.levelTrials.run(at.job, ({ doneRows, ...kept }) =>
          onProgress(doneRows, kept),
        )
        await this.jobs.finish(at.job, { result, doneRows: rows })
      }
    }
  }
}
