import { Injectable } from '@nestjs/common'
import type { LevelReason, LevelScheme, MemberLevel } from '@huike/shared/contracts/levels'
import {
  BASE_LEVEL,
  isReviewing,
  keepingPeriodStartMs,
  lastDayBefore,
  levelNameIn,
  nextLevel,
  periodStartMs,
  progressInWords,
  rankOf,
} from '@huike/shared/levels'
import { points, type EpochMs } from '@huike/shared/quantities'
import { Clock } from '../platform/clock.js'
import type { Statements } from '../platform/database.js'
import type { GrowthAccount } from './growth-account.entity.js'
import type { GrowthEntry } from './growth-entry.entity.js'
import { sumSince } from './growth-sums.js'
import type { LevelChange } from './level-change.entity.js'
import { LevelSchemesService } from './level-schemes.service.js'

/** The history of a level is as long as its member stays; this much of it is shown. */
const HISTORY_SHOWN_MAX = 20
const HISTORY_TOLD_MAX = 1_000
const NEVER_LOOKED_AT = { levelUntilMs: Number.MAX_SAFE_INTEGER, neededGrowth: 0 }

/** Reads of growth and levels; writing is the book's and the review's. */
@Injectable()
export class LevelsService {
  constructor(
    private readonly schemes: LevelSchemesService,
    private readonly clock: Clock,
  ) {}

  /** Where a member stands now, by the scheme in force, with the latest of the history. */
  async standingOf(
    statements: Statements,
    member: { id: string; levelCode: string },
  ): Promise<{ scheme: LevelScheme; level: MemberLevel }> {
    const scheme = await this.schemes.now(statements)
    const nowMs = this.clock.nowMs()
    const [account] = await statements.rows<GrowthAccount>(
      'SELECT * FROM growth_account WHERE memberId = ?',
      [member.id],
    )
    const { levelCode: code } = member
    const growth = await sumSince(statements, member.id, periodStartMs(scheme.period, nowMs))
    const next = nextLevel(scheme, { code, growth })
    const known = account ?? { ...NEVER_LOOKED_AT, levelCode: code, noticedUntilMs: null }
    const level: MemberLevel = {
      code,
      name: levelNameIn(scheme, code),
      growth: points(growth),
      validUntil: rankOf(scheme, code) <= 0 ? null : lastDayBefore(known.levelUntilMs),
      next: next && { name: next.level.name, missing: next.missing },
      progress: progressInWords(scheme, { code, growth }),
      keeping: isReviewing(scheme, known, nowMs)
        ? await keepingWords(statements, { scheme, memberId: member.id, growth, account: known })
        : null,
      history: await this.#history(statements, member.id, { scheme, limit: HISTORY_SHOWN_MAX }),
    }
    return { scheme, level }
  }

  /** The level in words, as a member's card tells it. */
  async cardOf(
    statements: Statements,
    member: { id: string; levelCode: string },
  ): Promise<{ levelName: string; levelProgress: string | null }> {
    const scheme = await this.schemes.now(statements)
    const { levelCode: code } = member
    const levelName = levelNameIn(scheme, code)
    if (nextLevel(scheme, { code, growth: 0 }) === null) return { levelName, levelProgress: null }
    const fromMs = periodStartMs(scheme.period, this.clock.nowMs())
    const growth = await sumSince(statements, member.id, fromMs)
    return { levelName, levelProgress: progressInWords(scheme, { code, growth }) }
  }

  /** One change, and the words for the levels it is between; null when there is none. */
  async change(
    statements: Statements,
    id: string,
  ): Promise<(LevelChange & { fromName: string; toName: string }) | null> {
    const [row] = await statements.rows<LevelChange>('SELECT * FROM level_change WHERE id = ?', [
      id,
    ])
    if (!row) return null
    const nameOf = await this.schemes.names(statements)
    return { ...row, fromName: nameOf(row.fromCode), toName: nameOf(row.toCode) }
  }

  /** How many members have each level, by code; whose code the scheme does not know has the lowest. */
  async countsOf(statements: Statements, scheme: LevelScheme): Promise<Map<string, number>> {
    const rows = await statements.rows<{ levelCode: string; members: number | string }>(
      `SELECT levelCode, COUNT(*) AS members FROM member
       WHERE state IN ('pending', 'active') GROUP BY levelCode`,
    )
    const counts = new Map<string, number>()
    for (const { levelCode, members } of rows) {
      const code = rankOf(scheme, levelCode) < 0 ? BASE_LEVEL : levelCode
      counts.set(code, (counts.get(code) ?? 0) + Number(members))
    }
    return counts
  }

  /** A page of a member's growth entries, in the order they were written. */
  async entries(
    statements: Statements,
    ask: { memberId: string; afterSeq: number; limit: number },
  ): Promise<GrowthEntry[]> {
    return statements.rows<GrowthEntry>(
      `SELECT * FROM growth_entry WHERE memberId = ? AND seq > ? ORDER BY seq
       LIMIT ${String(ask.limit)}`,
      [ask.memberId, ask.afterSeq],
    )
  }

  /** The history of a member's level, the latest first, as far as anybody asks. */
  async history(statements: Statements, memberId: string): Promise<MemberLevel['history']> {
    const scheme = await this.schemes.now(statements)
    return this.#history(statements, memberId, { scheme, limit: HISTORY_TOLD_MAX })
  }

  async #history(
    statements: Statements,
    memberId: string,
    { scheme, limit }: { scheme: LevelScheme; limit: number },
  ): Promise<MemberLevel['history']> {
    const rows = await statements.rows<LevelChange>(
      `SELECT * FROM level_change WHERE memberId = ? ORDER BY id DESC
       LIMIT ${String(limit)}`,
      [memberId],
    )
    return rows.map((row) => ({
      id: row.id,
      reason: row.reason as LevelReason,
      fromName: levelNameIn(scheme, row.fromCode),
      toName: levelNameIn(scheme, row.toCode),
      explanation: row.explanation,
      atMs: row.atMs as EpochMs,
    }))
  }
}

/** What is missing to keep a level that may be lost; null where nothing is. */
async function keepingWords(
  statements: Statements,
  of: {
    scheme: LevelScheme
    memberId: string
    growth: number
    account: Pick<GrowthAccount, 'levelCode' | 'levelUntilMs'>
  },
): Promise<string | null> {
  const { scheme, memberId, growth, account } = of
  const fromMs = keepingPeriodStartMs(scheme, account.levelUntilMs)
  const counted = Math.max(growth, await sumSince(statements, memberId, fromMs))
  const level = scheme.levels[rankOf(scheme, account.levelCode)]
  if (level === undefined || counted >= level.threshold) return null
  return `还差 ${String(level.threshold - counted)} 成长值保住${level.name}`
}
