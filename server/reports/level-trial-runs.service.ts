import { Injectable } from '@nestjs/common'
import type { LevelTrialAsked } from '@huike/shared/contracts/console-level-trials'
import { periodStartMs } from '@huike/shared/levels'
import { LevelTrialsService } from '../levels/level-trials.service.js'
import { LevelPointsService } from '../points/level-points.service.js'
import type { PointsJob } from '../points/points-job.entity.js'
import { LevelTally, type LevelCost, type LevelTallied } from './level-tally.js'

// A draft of the levels tried on every member: who would go up and down, and what the sales of the
// last twelve months of those who move would have given by the rule of points in force. A page of
// members after the other; after each, what was found so far goes with the job, so that the server
// that takes over goes on from there. All of it is seen from the moment it was asked for.

/** What a column of the job holds; what is larger is not kept, and a server begins at the last that was. */
const KEPT_BYTES_MAX = 60_000
const POINTS_MONTHS = 12
const MEMBERS_PER_PAGE = 200

/** What a trial of levels came to; see `levelTrialSchema`. */
export interface LevelTrialResult extends Pick<LevelTallied, 'members' | 'pairs'> {
  isGrownAnew: boolean
  /** From when sales were given points; null where no rule in force asks for a level. */
  cost: (LevelCost & { fromMs: number; toMs: number }) | null
}

/** How far a trial has come. */
export interface LevelTrialProgress {
  doneRows: number
  totalRows: number
  /** What the next server goes on from; left out while it is too large. */
  result?: string
}

interface Kept {
  afterId: string
  totalRows: number
  tallied: LevelTallied
}

@Injectable()
export class LevelTrialRunsService {
  constructor(
    private readonly levels: LevelTrialsService,
    private readonly points: LevelPointsService,
  ) {}

  /** Goes on with a trial to its end; `onProgress` comes between two pages of members. */
  async run(
    job: Pick<PointsJob, 'asked' | 'result' | 'createdAtMs'>,
    onProgress: (progress: LevelTrialProgress) => Promise<void>,
    membersPerPage = MEMBERS_PER_PAGE,
  ): Promise<{ result: LevelTrialResult; rows: number }> {
    const { terms } = JSON.parse(job.asked) as LevelTrialAsked
    const nowMs = job.createdAtMs
    const since = { fromMs: periodStartMs({ kind: 'months', months: POINTS_MONTHS }, nowMs), nowMs }
    const asksLevel = await this.points.asksLevel(nowMs)
    const kept = keptOf(job) ?? { ...nothingKept(), totalRows: await this.levels.count() }
    const tally = new LevelTally(kept.tallied)
    const { totalRows } = kept
    const limit = membersPerPage
    for (let { afterId } = kept; ;) {
      const { members, isLast } = await this.levels.page({ terms, nowMs }, { afterId, limit })
      for (const move of members) tally.member(move)
      const moves = members.filter(({ fromCode, toCode }) => fromCode !== toCode)
      if (asksLevel) for (const store of await this.points.compare(moves, since)) tally.store(store)
      if (isLast) break
      afterId = members.at(-1)?.memberId ?? afterId
      await onProgress({
        ...{ doneRows: tally.members, totalRows },
        ...keptAs({ afterId, totalRows, tallied: tally.kept() }),
      })
    }
    const { members, pairs } = tally.kept()
    const isGrownAnew = await this.levels.isGrownAnew({ terms, nowMs })
    const cost = asksLevel ? { ...tally.cost(), fromMs: since.fromMs, toMs: nowMs } : null
    return { result: { members, pairs, isGrownAnew, cost }, rows: members }
  }
}

function nothingKept(): Omit<Kept, 'totalRows'> {
  return { afterId: '', tallied: { members: 0, pairs: [], stores: [] } }
}

/** What the server before left; null where it left nothing. */
function keptOf({ result }: Pick<PointsJob, 'result'>): Kept | null {
  return result === null ? null : (JSON.parse(result) as Kept)
}

function keptAs(kept: Kept): { result?: string } {
  const result = JSON.stringify(kept)
  return Buffer.byteLength(result) > KEPT_BYTES_MAX ? {} : { result }
}
