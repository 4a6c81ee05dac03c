import { Inject, Injectable } from '@nestjs/common'
import type { Logger } from 'pino'
import { isPresent } from '../members/members.service.js'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { Database, type Statements } from '../platform/database.js'
import { EventLogService } from '../platform/event-log.js'
import { LOGGER } from '../platform/tokens.js'
import { GrowthAccounts } from './growth-accounts.js'
import { lockMembers } from './growth-rows.js'
import { LevelSchemesService } from './level-schemes.service.js'
import { LevelTurns } from './level-turns.js'

// Levels whose day has come are looked at in the background, some members in a commit: kept, told of,
// or taken down after the days of grace. So are all, once, when another scheme comes into force. Any
// number of servers may look: members are locked, and who was looked at is not due any more.

const MEMBERS_PER_COMMIT_MAX = 50
/** Levels end at midnight. */
const LOOK_EVERY_MS = 60_000

@Injectable()
export class LevelReviewService extends BackgroundWorker {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly schemes: LevelSchemesService,
    private readonly eventLog: EventLogService,
    @Inject(LOGGER) logger: Logger,
  ) {
    super(logger, 'reviewing levels', LOOK_EVERY_MS)
  }

  /** Looks at those who have waited longest; false when nobody is due. */
  protected async step(): Promise<boolean> {
    const nowMs = this.clock.nowMs()
    const due = await this.database.read(async (rx) => {
      const schemes = await this.schemes.published(rx)
      return schemes.isEmpty ? [] : dueMembers(rx, { version: schemes.at(nowMs).version, nowMs })
    })
    if (due.length === 0) return false
    await this.database.write(async (tx) => {
      const scheme = (await this.schemes.published(tx)).at(nowMs)
      const members = await lockMembers(tx, due)
      const accounts = await GrowthAccounts.open(tx, [...members.keys()].sort(), nowMs)
      const memberIds = due.filter((id) => {
        const { nextAtMs, schemeVersion } = accounts.of(id)
        return nextAtMs <= nowMs || schemeVersion !== scheme.version
      })
      const turns = new LevelTurns(accounts, scheme, nowMs)
      await turns.review(tx, {
        memberIds,
        present: new Set([...members.values()].filter(isPresent).map(({ id }) => id)),
        takenBack: new Set(),
      })
      await accounts.writeAccounts(tx)
      await turns.write(tx, this.eventLog)
    })
    this.eventLog.appended()
    return true
  }
}

async function dueMembers(
  statements: Statements,
  { version, nowMs }: { version: number; nowMs: number },
): Promise<string[]> {
  const limit = `LIMIT ${String(MEMBERS_PER_COMMIT_MAX)}`
  const due = await statements.rows<{ memberId: string }>(
    `SELECT memberId FROM growth_account WHERE nextAtMs <= ? ORDER BY nextAtMs, memberId ${limit}`,
    [nowMs],
  )
  const rows =
    due.length > 0
      ? due
      : await statements.rows<{ memberId: string }>(
          `SELECT memberId FROM growth_account WHERE schemeVersion < ? OR schemeVersion > ? ${limit}`,
          [version, version],
        )
  return rows.map(({ memberId }) => memberId).sort()
}
