import { Inject, Injectable } from '@nestjs/common'
import type { Logger } from 'pino'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { Database } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import type { DeletionRequest } from '../rights/deletion-request.entity.js'
import { DeletionsService } from '../rights/deletions.service.js'
import { ErasureService } from './erasure.service.js'

// Carries out deletions whose cooling-off days are over. Any number of servers may look: each request
// is locked and looked at again in the transaction that erases, so it is carried out once.

const REQUESTS_AT_ONCE_MAX = 100
/** One that fails must not hold up the others. */
const PUT_OFF_MS = 600_000

@Injectable()
export class ErasureWorkerService extends BackgroundWorker {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly deletions: DeletionsService,
    private readonly erasure: ErasureService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(logger, 'deletions')
  }

  /** Carries out what is due, some at a time; false when nothing is. */
  protected async step(): Promise<boolean> {
    const due = await this.database.read((rx) =>
      this.deletions.due(rx, this.clock.nowMs(), REQUESTS_AT_ONCE_MAX),
    )
    for (const request of due) {
      if (this.isStopping) return false
      await this.#carryOut(request)
    }
    return due.length > 0
  }

  async #carryOut(request: DeletionRequest): Promise<void> {
    try {
      await this.erasure.carryOut(request)
    } catch (error) {
      // A person asked to be forgotten and is not yet: somebody has to look.
      this.logger.error({ err: error, requestId: request.id }, 'a deletion failed')
      const untilMs = this.clock.nowMs() + PUT_OFF_MS
      await this.database.write((tx) => this.deletions.putOff(tx, request.id, untilMs))
    }
  }
}
