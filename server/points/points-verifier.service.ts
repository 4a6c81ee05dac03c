import { Inject, Injectable } from '@nestjs/common'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { Clock, localDate } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Database, type Statements } from '../platform/database.js'
import type { PointsJob } from './points-job.entity.js'
import { PointsJobsService } from './points-jobs.service.js'
import { verifyBook, type BookFinding } from './verify-book.js'
import { verifyCheckpoints, type CheckpointFinding } from './verify-checkpoints.js'

// Verifying the book as a job: whole, or what moved since it was last found right. Each night by
// itself, whole at least each week, and whole again until nothing differs any more.

/** Small pages: tills are served between two of them. */
const ROWS_PER_PAGE = 500
/** What is recorded is told by the clock of its server, before it is committed. */
const CLOCKS_APART_MS_MAX = 3_600_000
const WHOLE_EVERY_MS = 7 * 86_400_000
const FINDINGS_MAX = 100

export type CheckScope = 'all' | 'since'
/** From when, and from which checkpoint on; what came before was found right. */
export interface CheckAsked {
  scope: CheckScope
  sinceMs: number
  afterCheckpoint: number
}
/** What a check came to. */
export interface CheckResult {
  scope: CheckScope
  accounts: number
  transfers: number
  memberPoints: number
  checkpoints: number
  checkpointAtMs: number | null
  findings: (Pick<BookFinding, 'row' | 'what' | 'memberId'> & {
    table: BookFinding['table'] | CheckpointFinding['table']
  })[]
}

@Injectable()
export class PointsVerifierService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: PointsJobsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Puts down the check of the night. */
  async beginNightly(): Promise<void> {
    const jobKey = `check|${localDate(this.clock.nowMs(), CHAIN_TIME_ZONE)}`
    await this.jobs.addOnce({ kind: 'check', jobKey }, (statements) =>
      this.asked(statements, 'since'),
    )
  }

  /**
   * What a check has to look at. `since`: what moved since the last that found nothing, and everything
   * where none did, or the whole book was not verified for a week.
   */
  async asked(statements: Statements, scope: CheckScope): Promise<CheckAsked> {
    const all = { scope: 'all' as const, sinceMs: 0, afterCheckpoint: 0 }
    const done = (await this.jobs.list(statements, 'check')).filter(({ state }) => state === 'done')
    const [last] = done
    if (scope === 'all' || last === undefined || resultOf(last).findings.length > 0) return all
    const whole = done.find((job) => resultOf(job).scope === 'all')
    const isLongAgo = (startedAtMs: number) =>
      this.clock.nowMs() - startedAtMs > WHOLE_EVERY_MS - CLOCKS_APART_MS_MAX
    if (whole?.startedAtMs == null || isLongAgo(whole.startedAtMs)) return all
    const { checkpoints } = resultOf(last)
    return { scope, sinceMs: last.startedAtMs ?? 0, afterCheckpoint: checkpoints }
  }

  /** Verifies; `onProgress` is told the transfers so far and comes between two pages. */
  async verify(
    asked: CheckAsked,
    onProgress: (transfers: number) => Promise<void>,
  ): Promise<CheckResult> {
    let transfers = 0
    const rest = () => onProgress(transfers)
    const book = await verifyBook(this.database, (so) => (transfers = so), {
      ...{ rowsPerPage: ROWS_PER_PAGE, rest },
      sinceMs: sinceOf(asked),
    })
    const signed = await verifyCheckpoints(this.database, this.config.keyring, {
      ...{ afterNumber: asked.afterCheckpoint, rest },
    })
    const findings = [
      ...book.findings,
      ...signed.findings.map((one) => ({ ...one, memberId: memberOf(one) })),
    ]
    return {
      ...{ scope: asked.scope, accounts: book.accounts, transfers: book.transfers },
      memberPoints: book.memberPoints,
      ...{ checkpoints: signed.checkpoints, checkpointAtMs: signed.takenAtMs },
      findings: findings
        .slice(0, FINDINGS_MAX)
        .map(({ table, row, what, memberId }) => ({ table, row, what, memberId })),
    }
  }
}

/** Before when everything was found right; null where all is to be verified. */
export function sinceOf({ scope, sinceMs }: CheckAsked): number | null {
  return scope === 'all' ? null : Math.max(0, sinceMs - CLOCKS_APART_MS_MAX)
}

/** What a check that is done came to. */
export function resultOf({ result }: PointsJob): CheckResult {
  return JSON.parse(result ?? 'null') as CheckResult
}

/** A head that differs names its member first. */
function memberOf({ table, row }: CheckpointFinding): string | null {
  return table === 'points_transfer' ? (row.split(' ')[0] ?? null) : null
}
