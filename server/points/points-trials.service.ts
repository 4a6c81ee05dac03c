import { Injectable } from '@nestjs/common'
import type { PointsTrialAsked } from '@huike/shared/contracts/console-points-report'
import { Database, type Rx } from '../platform/database.js'
import { ProfilesService } from '../members/profiles.service.js'
import { PurchasesService } from '../purchases/purchases.service.js'
import { earnedAgain, EarningRules } from './earning-rules.js'
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

// A rule tried on the past: the sales of a period are given their points anew, by the function that
// gives them at the till, and taken back for what was refunded of each. The same is done by the rules
// of the time and from what was kept with each sale, which must come to what the book has. What is
// tried may ask more: it is told the level and the birthday of today, the first sale there is, and what
// the day would have given by then. Sales come member by member, a page after the other, so that what
// is kept is one member, some figures for each store and the largest differences.

const LARGEST_MAX = 10
const STORES_MAX = 200

type Sale = PastSale & { levelCode: string | null }

/** Sales, and the points they gave: by the book, and under what is tried. Net of refunds. */
export interface Given {
  sales: number
  bookPoints: number
  trialPoints: number
}

/** What a trial came to; see `pointsTrialSchema`. */
export interface TrialResult extends Given {
  importedSales: number
  replayedPoints: number
  differingSales: number
  members: number
  moreMembers: number
  fewerMembers: number
  stores: (Given & { storeId: string })[]
  otherStores: Given | null
  largest: Pick<MemberGiven, 'memberId' | 'bookPoints' | 'trialPoints'>[]
}

interface MemberGiven extends Given {
  memberId: string
}

@Injectable()
export class PointsTrialsService {
  constructor(
    private readonly database: Database,
    private readonly rules: PointsRulesService,
    private readonly purchases: PurchasesService,
    private readonly profiles: ProfilesService,
  ) {}

  /** Tries terms; `onProgress` is told the sales so far and comes between two pages. */
  async run(
    { terms, fromDate, toDate }: PointsTrialAsked,
    onProgress: (sales: number) => Promise<void>,
  ): Promise<{ result: TrialResult; rows: number }> {
    const trial = new EarningRules([], { ...terms, version: 0 })
    const published = await this.database.read((rx) => this.rules.published(rx))
    const tally = new TrialTally(published, trial)
    const asking = {
      forLines: [terms, ...published.published.map(({ rule }) => rule)],
      forBirthdays: terms,
    }
    const services = { purchases: this.purchases, profiles: this.profiles }
    let rows = 0
    for (let last: Sale | null = null; ;) {
      const after: Sale | null = last
      const page: Sale[] = await this.database.read((rx) => salesAfter(rx, after))
      const facts = await this.database.read((rx) => factsOf(rx, services, page, asking))
      let before = after
      for (const sale of page) {
        const isFirst = sale.memberId !== before?.memberId
        if (sale.businessDate >= fromDate && sale.businessDate <= toDate)
          tally.sale(sale, { facts, isFirst })
        before = sale
      }
      rows += page.length
      await onProgress(rows)
      if (page.length < SALES_PER_PAGE) break
      last = page.at(-1) ?? null
    }
    return { result: tally.result(), rows }
  }
}

const BEFORE_ALL = { memberId: '', occurredAtMs: 0, id: '' }

/** Sales of members, each member's in a row. */
function salesAfter(rx: Rx, last: Sale | null): Promise<Sale[]> {
  const { memberId, occurredAtMs, id } = last ?? BEFORE_ALL
  return rx.rows<Sale>(
    `SELECT ${PAST_SALE_COLUMNS},
       (SELECT m.levelCode FROM member m WHERE m.id = purchase.memberId) AS levelCode
     FROM purchase WHERE memberId >= ? AND kind = 'sale'
       AND (memberId > ? OR (memberId = ? AND occurredAtMs >= ?))
       AND (memberId > ? OR occurredAtMs > ? OR id > ?)
     ORDER BY memberId, occurredAtMs, id LIMIT ${String(SALES_PER_PAGE)}`,
    [memberId, memberId, memberId, occurredAtMs, memberId, occurredAtMs, id],
  )
}

class TrialTally {
  readonly #stores = new Map<string, Given & { storeId: string }>()
  readonly #sum: Given = nothing()
  #largest: MemberGiven[] = []
  #member: MemberGiven | null = null
  /** What the member's days would have given so far. */
  readonly #dayPoints = new Map<string, number>()
  #members = 0
  #moreMembers = 0
  #fewerMembers = 0
  #importedSales = 0
  #replayedPoints = 0
  #differingSales = 0

  constructor(
    private readonly published: EarningRules,
    private readonly trial: EarningRules,
  ) {}

  sale(sale: Sale, known: { facts: PageFacts; isFirst: boolean }): void {
    const { memberId, storeId, businessDate } = sale
    if (memberId === null) return
    if (isFromBefore(sale)) {
      this.#importedSales += 1
      return
    }
    const bookPoints = sale.earnedPoints - sale.reversedPoints
    const lines = known.facts.lines.get(sale.id) ?? []
    const rule = this.published.at(sale.occurredAtMs)
    const kept = { earnedAs: sale.earnedAs, lines }
    const replayed = lessRefunds(earnedAgain(rule, sale, kept).points, sale)
    this.#replayedPoints += replayed
    if (replayed !== bookPoints) this.#differingSales += 1
    if (this.#member?.memberId !== memberId) this.#endMember()
    const dayPoints = this.#dayPoints.get(businessDate) ?? 0
    const member = {
      levelCode: sale.levelCode ?? '',
      birthday: known.facts.birthdays.get(memberId) ?? null,
      isFirstPurchase: known.isFirst,
    }
    const tried = this.trial.earnedBy(sale, { lines, member, dayPoints }).points
    const given = { sales: 1, bookPoints, trialPoints: lessRefunds(tried, sale) }
    this.#dayPoints.set(businessDate, dayPoints + given.trialPoints)
    this.#member ??= { memberId, ...nothing() }
    const store = this.#stores.get(storeId) ?? { storeId, ...nothing() }
    this.#stores.set(storeId, store)
    for (const sum of [this.#sum, this.#member, store]) addTo(sum, given)
  }

  result(): TrialResult {
    this.#endMember()
    const stores = [...this.#stores.values()].sort(byDifference)
    const others = stores.slice(STORES_MAX)
    const otherStores = nothing()
    for (const store of others) addTo(otherStores, store)
    return {
      ...this.#sum,
      ...{ importedSales: this.#importedSales, replayedPoints: this.#replayedPoints },
      ...{ differingSales: this.#differingSales, members: this.#members },
      ...{ moreMembers: this.#moreMembers, fewerMembers: this.#fewerMembers },
      stores: stores.slice(0, STORES_MAX),
      otherStores: others.length === 0 ? null : otherStores,
      largest: this.#largest.map(({ memberId, bookPoints, trialPoints }) => ({
        ...{ memberId, bookPoints, trialPoints },
      })),
    }
  }

  #endMember(): void {
    const member = this.#member
    this.#member = null
    this.#dayPoints.clear()
    if (member === null) return
    this.#members += 1
    if (member.trialPoints > member.bookPoints) this.#moreMembers += 1
    if (member.trialPoints < member.bookPoints) this.#fewerMembers += 1
    if (member.trialPoints === member.bookPoints) return
    this.#largest = [...this.#largest, member].sort(byDifference).slice(0, LARGEST_MAX)
  }
}

function nothing(): Given {
  return { sales: 0, bookPoints: 0, trialPoints: 0 }
}

function addTo(sum: Given, more: Given): void {
  sum.sales += more.sales
  sum.bookPoints += more.bookPoints
  sum.trialPoints += more.trialPoints
}

/** The largest difference first. */
function byDifference(one: Given, other: Given): number {
  const apart = ({ bookPoints, trialPoints }: Given) => Math.abs(trialPoints - bookPoints)
  return apart(other) - apart(one)
}
