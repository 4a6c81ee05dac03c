import { Inject, Injectable } from '@nestjs/common'
import type { Logger } from 'pino'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { Database } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { ReferralsService } from './referrals.service.js'

// Looks at friends who were brought, in the background, one in a commit. Any number of servers may:
// each referral is locked and looked at again, so that it is given for once.

const REFERRALS_AT_ONCE_MAX = 50
const LOOK_EVERY_MS = 60_000
/** One that fails must not hold up the others. */
const PUT_OFF_MS = 600_000

@Injectable()
export class ReferralsWorkerService extends BackgroundWorker {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly referrals: ReferralsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(logger, 'referrals', LOOK_EVERY_MS)
  }

  /** Looks at what is due, some at a time; false when nothing is. */
  protected async step(): Promise<boolean> {
    const nowMs = this.clock.nowMs()
    const due = await this.database.read((rx) =>
      this.referrals.due(rx, nowMs, REFERRALS_AT_ONCE_MAX),
    )
    for (const { id } of due) {
      if (this.isStopping) return false
      await this.#settle(id, nowMs)
    }
    return due.length > 0
  }

  async #settle(id: string, nowMs: number): Promise<void> {
    try {
      await this.database.write((tx) => this.referrals.settle(tx, id, nowMs))
    } catch (error) {
      // Somebody was promised points and does not get them: somebody has to look.
      this.logger.error({ err: error, referralId: id }, 'a referral could not be settled')
      await this.database.write((tx) => this.referrals.putOff(tx, id, nowMs + PUT_OFF_MS))
    }
  }
}
