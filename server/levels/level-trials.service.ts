import { Injectable } from '@nestjs/common'
import type { LevelScheme, SchemeTerms } from '@huike/shared/contracts/levels'
import { periodStartMs } from '@huike/shared/levels'
import { Database, type Rx } from '../platform/database.js'
import { LevelSchemesService } from './level-schemes.service.js'
import { bookGrowth, growthAnew, type TriedMember } from './tried-growth.js'
import { triedLevel, type TriedGrowth } from './tried-level.js'

// A draft of the levels tried on members as they are, a page after the other: which level each would
// have. Nothing is written. Where the scheme in force gives growth, the draft is tried on the sales it
// gave growth for; where nothing grows yet, on every sale of the period that was made here.

/** A draft, and the moment it is tried at: the same however long it takes. */
export interface LevelTrial {
  terms: SchemeTerms
  nowMs: number
}

/** A member, the level they have, and the one they would have. */
export interface TriedMove {
  memberId: string
  fromCode: string
  toCode: string
}

@Injectable()
export class LevelTrialsService {
  constructor(
    private readonly database: Database,
    private readonly schemes: LevelSchemesService,
  ) {}

  /** How many members there are to be tried. */
  async count(): Promise<number> {
    const [row] = await this.database.read((rx) =>
      rx.rows<{ members: number | string }>(
        "SELECT COUNT(*) AS members FROM member WHERE state IN ('pending', 'active')",
      ),
    )
    return Number(row?.members ?? 0)
  }

  /** Whether the draft gives growth otherwise than the scheme in force: then it is worked out anew. */
  async isGrownAnew({ terms, nowMs }: LevelTrial): Promise<boolean> {
    return isAnew(terms, await this.#publishedAt(nowMs))
  }

  /** At most `limit` members after `afterId`, each with both levels; `isLast` when no more come. */
  async page(
    trial: LevelTrial,
    { afterId, limit }: { afterId: string; limit: number },
  ): Promise<{ members: TriedMove[]; isLast: boolean }> {
    const { terms, nowMs } = trial
    const published = await this.#publishedAt(nowMs)
    const members = await this.database.read((rx) => membersAfter(rx, afterId, limit))
    const from = {
      publishedMs: periodStartMs(published.period, nowMs),
      draftMs: periodStartMs(terms.period, nowMs),
    }
    const book = await this.database.read((rx) => bookGrowth(rx, members, from))
    const anew = isAnew(terms, published)
      ? await growthAnew(this.database, members, {
          ...{ terms, fromMs: from.draftMs, isOfBook: gives(published) },
        })
      : null
    const moves = members.map(({ id, levelCode }) => {
      const own = book.get(id) ?? { published: 0, draft: 0, reached: 0 }
      const grown: TriedGrowth = anew?.get(id) ?? { now: own.draft, reached: own.reached }
      const toCode = triedLevel(levelCode, {
        published: { scheme: published, growth: { now: own.published, reached: own.reached } },
        draft: { scheme: terms, growth: grown },
      })
      return { memberId: id, fromCode: levelCode, toCode }
    })
    return { members: moves, isLast: members.length < limit }
  }

  #publishedAt(nowMs: number): Promise<LevelScheme> {
    return this.database.read(async (rx) => (await this.schemes.published(rx)).at(nowMs))
  }
}

/** Whether anything grows by a scheme. */
function gives({ growth }: SchemeTerms): boolean {
  return growth.growth > 0 || growth.perPurchase > 0
}

/** Whether the book does not say what the draft would have given. */
function isAnew({ growth: draft }: SchemeTerms, published: SchemeTerms): boolean {
  const { growth: now } = published
  return (
    !gives(published) ||
    draft.growth !== now.growth ||
    draft.perFen !== now.perFen ||
    draft.perPurchase !== now.perPurchase ||
    draft.purchasesPerDayMax !== now.purchasesPerDayMax
  )
}

function membersAfter(rx: Rx, afterId: string, limit: number): Promise<TriedMember[]> {
  return rx.rows<TriedMember>(
    `SELECT m.id, m.levelCode, a.reachedFromMs,
       (SELECT MAX(c.atMs) FROM level_change c WHERE c.memberId = m.id) AS reachedAtMs
     FROM member m LEFT JOIN growth_account a ON a.memberId = m.id
     WHERE m.id > ? AND m.state IN ('pending', 'active')
     ORDER BY m.id LIMIT ${String(limit)}`,
    [afterId],
  )
}
