import { Inject, Injectable } from '@nestjs/common'
import type { Logger } from 'pino'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { Database, UniqueViolation } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { RetentionService, type Purge } from '../rights/retention.service.js'
import { PURGES } from './retention-rules.js'

// Deletes what has been kept long enough, each rule once a day, a stretch for each commit. What was
// deleted is counted in the same commit, so that the history says neither more nor less.

const ROWS_PER_COMMIT_MAX = 500
const DAY_MS = 86_400_000

@Injectable()
export class RetentionWorkerService extends BackgroundWorker {
  #isEnsured = false

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly retention: RetentionService,
    @Inject(LOGGER) logger: Logger,
  ) {
    super(logger, 'purges')
  }

  /** Carries out one purge; false when none is due. */
  protected async step(): Promise<boolean> {
    if (!(await this.#isAnyDue())) return false
    const nowMs = this.clock.nowMs()
    let purge = await this.database.write((tx) => this.retention.claim(tx, nowMs))
    if (!purge) return false
    const beforeMs = nowMs - purge.keptDays * DAY_MS
    for (let after: string | null = ''; after !== null;) {
      if (this.isStopping) return false
      const step: { purge: Purge; next: string | null } | null = await this.#some(purge, {
        beforeMs,
        after,
      })
      if (step === null) return true
      purge = step.purge
      after = step.next
    }
    return true
  }

  /** One stretch in one commit; null when the lease was lost. */
  #some(
    purge: Purge,
    from: { beforeMs: number; after: string },
  ): Promise<{ purge: Purge; next: string | null } | null> {
    const nowMs = this.clock.nowMs()
    return this.database.write(async (tx) => {
      const held = await this.retention.renew(tx, purge, nowMs)
      if (!held) return null
      const stretch = { ...from, limit: ROWS_PER_COMMIT_MAX }
      const { deleted, next } = await PURGES[purge.rule](tx, stretch)
      if (deleted > 0) await this.retention.count(tx, held, deleted)
      if (next === null) await this.retention.finish(tx, held, nowMs)
      return { purge: held, next }
    })
  }

  async #isAnyDue(): Promise<boolean> {
    if (!this.#isEnsured) await this.#ensure()
    const rules = await this.database.read((rx) => this.retention.rules(rx))
    return [...rules.values()].some(({ nextAtMs }) => nextAtMs <= this.clock.nowMs())
  }

  async #ensure(): Promise<void> {
    try {
      await this.database.write((tx) => this.retention.ensure(tx))
    } catch (error) {
      // Another server has written them at this moment.
      if (!(error instanceof UniqueViolation)) throw error
    }
    this.#isEnsured = true
  }
}
