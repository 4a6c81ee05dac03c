import { setTimeout as pause } from 'node:timers/promises'
import { Inject, Injectable } from '@nestjs/common'
import type { Logger } from 'pino'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { Database } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { expireDue } from './expire.js'
import { PointsBook } from './points-book.service.js'

// Points expire in the background, some members in one commit and a rest after each, so that tills go
// on meanwhile. Any number of servers may look: the accounts are locked, and what another one took is
// not there.

/** Their members have others that expire with them. */
const LOTS_PER_COMMIT_MAX = 50
/** Without it the embedded database would let nothing else happen in this process. */
const REST_MS = 5
/** Points go at midnight. */
const LOOK_EVERY_MS = 60_000

@Injectable()
export class PointsExpiryService extends BackgroundWorker {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    super(logger, 'expiring points', LOOK_EVERY_MS)
  }

  /** Takes what expired longest ago; false when nothing has. */
  protected async step(): Promise<boolean> {
    const nowMs = this.clock.nowMs()
    const due = await this.database.read((rx) =>
      rx.rows<{ memberId: string }>(
        `SELECT memberId FROM points_lot WHERE state = 'open' AND expiresAtMs <= ?
         ORDER BY expiresAtMs LIMIT ${String(LOTS_PER_COMMIT_MAX)}`,
        [nowMs],
      ),
    )
    if (due.length === 0) return false
    const memberIds = [...new Set(due.map(({ memberId }) => memberId))]
    await this.database.write(async (tx) => {
      const book = await PointsBook.open(tx, memberIds)
      await book.readLots(tx, memberIds)
      for (const memberId of memberIds) expireDue(book, memberId, nowMs)
      await book.close(tx)
    })
    await pause(REST_MS)
    return true
  }
}
