import { Injectable } from '@nestjs/common'
import { askedBy } from '@huike/shared/earning-conditions'
import { ProfilesService } from '../members/profiles.service.js'
import { Database, inList, listParameter, type Rx } from '../platform/database.js'
import { PurchasesService } from '../purchases/purchases.service.js'
import { EarningRules } from './earning-rules.js'
import {
  factsOf,
  isFromBefore,
  lessRefunds,
  PAST_SALE_COLUMNS,
  SALES_PER_PAGE,
  type PageFacts,
  type PastSale,
} from './past-sales.js'
import { PointsRulesService } from './points-rules.service.js'

// What it costs that members have another level: their sales since a moment are given points twice by
// one rule, as for the level they have and as for the other, less what refunds take of each. Of the
// rest both are told the same: the birthday of today, the first sale there is, and what the day would
// have given by then.

/** A member whose level is another one. */
export interface LevelMove {
  memberId: string
  fromCode: string
  toCode: string
}

/** Sales, and the points they give for the level members have, and for the other; net of refunds. */
export interface LevelPoints {
  sales: number
  nowPoints: number
  trialPoints: number
}

export type StoreLevelPoints = LevelPoints & { storeId: string }

type Levels = Pick<LevelMove, 'fromCode' | 'toCode'>

@Injectable()
export class LevelPointsService {
  constructor(
    private readonly database: Database,
    private readonly rules: PointsRulesService,
    private readonly purchases: PurchasesService,
    private readonly profiles: ProfilesService,
  ) {}

  /** Whether the rule in force at a moment gives by level at all: else no level costs anything. */
  async asksLevel(nowMs: number): Promise<boolean> {
    const rule = await this.#ruleAt(nowMs)
    return rule.bonuses.some(({ when }) => when.levelCodes.length > 0)
  }

  /**
   * What the sales of these members, and of the records merged into them, give since `fromMs` by the
   * rule in force at `nowMs`, by store. Read a page at a time.
   */
  async compare(
    moves: readonly LevelMove[],
    { fromMs, nowMs }: { fromMs: number; nowMs: number },
  ): Promise<StoreLevelPoints[]> {
    if (moves.length === 0) return []
    const rule = await this.#ruleAt(nowMs)
    const levels = await this.database.read((rx) => levelsByRecord(rx, moves))
    const memberIds = [...levels.keys()]
    const buyers = askedBy(rule).firstPurchase
      ? await this.database.read((rx) => buyersBefore(rx, memberIds, fromMs))
      : new Set<string>()
    const tally = new Tally(new EarningRules([], rule), levels, buyers)
    const services = { purchases: this.purchases, profiles: this.profiles }
    for (let last: PastSale | null = null; ;) {
      const after: PastSale | null = last
      const page: PastSale[] = await this.database.read((rx) =>
        salesOf(rx, { memberIds, fromMs, after }),
      )
      const asking = { forLines: [rule], forBirthdays: rule }
      const facts = await this.database.read((rx) => factsOf(rx, services, page, asking))
      for (const sale of page) tally.sale(sale, facts)
      if (page.length < SALES_PER_PAGE) return tally.stores()
      last = page.at(-1) ?? null
    }
  }

  async #ruleAt(nowMs: number) {
    return (await this.database.read((rx) => this.rules.published(rx))).at(nowMs)
  }
}

/** The levels of each record of these members: their own and those merged into it. */
async function levelsByRecord(
  rx: Rx,
  moves: readonly LevelMove[],
): Promise<ReadonlyMap<string, Levels>> {
  const levels = new Map<string, Levels>(moves.map((move) => [move.memberId, move]))
  const absorbed = await rx.rows<{ id: string; mergedIntoId: string }>(
    `SELECT id, mergedIntoId FROM member WHERE mergedIntoId IN ${inList(rx)}`,
    [listParameter(rx, [...levels.keys()])],
  )
  for (const { id, mergedIntoId } of absorbed) {
    const own = levels.get(mergedIntoId)
    if (own) levels.set(id, own)
  }
  return levels
}

/** Those of them who bought before a moment. */
async function buyersBefore(
  rx: Rx,
  memberIds: readonly string[],
  beforeMs: number,
): Promise<Set<string>> {
  const rows = await rx.rows<{ id: string }>(
    `SELECT m.id FROM member m WHERE m.id IN ${inList(rx)} AND EXISTS (
       SELECT 1 FROM purchase p
       WHERE p.memberId = m.id AND p.occurredAtMs < ? AND p.kind = 'sale')`,
    [listParameter(rx, memberIds), beforeMs],
  )
  return new Set(rows.map(({ id }) => id))
}

/** A page of their sales, each record's in a row. */
function salesOf(
  rx: Rx,
  of: { memberIds: readonly string[]; fromMs: number; after: PastSale | null },
): Promise<PastSale[]> {
  const { memberId, occurredAtMs, id } = of.after ?? { memberId: '', occurredAtMs: 0, id: '' }
  return rx.rows<PastSale>(
    `SELECT ${PAST_SALE_COLUMNS} FROM purchase
     WHERE memberId IN ${inList(rx)} AND occurredAtMs >= ? AND kind = 'sale'
       AND (memberId > ? OR (memberId = ? AND (occurredAtMs > ? OR (occurredAtMs = ? AND id > ?))))
     ORDER BY memberId, occurredAtMs, id LIMIT ${String(SALES_PER_PAGE)}`,
    [
      ...[listParameter(rx, of.memberIds), of.fromMs],
      ...[memberId, memberId, occurredAtMs, occurredAtMs, id],
    ],
  )
}

const EITHER = ['fromCode', 'toCode'] as const

class Tally {
  readonly #stores = new Map<string, StoreLevelPoints>()
  /** What the day would have given so far, for either level. */
  readonly #dayPoints = new Map<string, number>()
  #memberId: string | null = null

  constructor(
    private readonly rules: EarningRules,
    private readonly levels: ReadonlyMap<string, Levels>,
    /** Those who bought before: nothing is their first purchase. */
    private readonly buyers: ReadonlySet<string>,
  ) {}

  sale(sale: PastSale, facts: PageFacts): void {
    const { memberId, storeId, businessDate } = sale
    const levels = this.levels.get(memberId ?? '')
    if (memberId === null || levels === undefined) return
    const isFirst = memberId !== this.#memberId && !this.buyers.has(memberId)
    if (memberId !== this.#memberId) this.#dayPoints.clear()
    this.#memberId = memberId
    if (isFromBefore(sale)) return
    const [now = 0, trial = 0] = EITHER.map((which) => {
      const day = `${which}|${businessDate}`
      const dayPoints = this.#dayPoints.get(day) ?? 0
      const member = {
        levelCode: levels[which],
        birthday: facts.birthdays.get(memberId) ?? null,
        isFirstPurchase: isFirst,
      }
      const lines = facts.lines.get(sale.id) ?? []
      const earned = this.rules.earnedBy(sale, { lines, member, dayPoints }).points
      const given = lessRefunds(earned, sale)
      this.#dayPoints.set(day, dayPoints + given)
      return given
    })
    const store = this.#stores.get(storeId) ?? { storeId, sales: 0, nowPoints: 0, trialPoints: 0 }
    this.#stores.set(storeId, store)
    store.sales += 1
    store.nowPoints += now
    store.trialPoints += trial
  }

  stores(): StoreLevelPoints[] {
    return [...this.#stores.values()]
  }
}
