import { askedBy, type AskedBy } from '@huike/shared/earning-conditions'
import type { Member } from '../members/member.entity.js'
import type { ProfilesService } from '../members/profiles.service.js'
import type { Tx } from '../platform/database.js'
import type { EarningRules, SaleFacts } from '../points/earning-rules.js'
import type { PurchaseLine } from '../purchases/purchase-line.entity.js'
import type { Purchase } from '../purchases/purchase.entity.js'
import type { PurchasesService } from '../purchases/purchases.service.js'

// What the rules in force ask of members and sales beside the sale itself: read once for a whole
// group, and only what is asked for. Their accounts are locked by then, so that what the other sales
// of a member gave is all there is; sales of the group itself are counted as they are decided.

export interface EarningServices {
  purchases: PurchasesService
  profiles: ProfilesService
}

/** Sales of a group that may give points. */
export type MaybeEarning = Pick<Purchase, 'occurredAtMs' | 'businessDate'> & {
  /** Of one that is stored already: its lines have to be read. */
  storedId: string | null
}

/** What is known in the working set of a group. */
export interface Known {
  /** By id, merges followed. */
  ownerId(memberId: string): string
  memberById(id: string): Member | undefined
  purchases(): Iterable<Purchase>
  freshLines(purchaseId: string): readonly PurchaseLine[] | undefined
}

export class EarningFacts {
  #buyers = new Set<string>()
  #birthdays = new Map<string, string | null>()
  #lines = new Map<string, PurchaseLine[]>()
  /** Member and business date → points of sales outside the group. */
  readonly #dayPoints = new Map<string, number>()

  private constructor(
    readonly rules: EarningRules,
    private readonly known: Known,
  ) {}

  /** Reads what rules ask for. `gatheredIds` are the purchases of the group that are stored. */
  static async read(
    tx: Tx,
    services: EarningServices,
    of: {
      rules: EarningRules
      known: Known
      sales: readonly MaybeEarning[]
      memberIds: readonly string[]
      gatheredIds: readonly string[]
    },
  ): Promise<EarningFacts> {
    const facts = new EarningFacts(of.rules, of.known)
    const { sales, memberIds, gatheredIds } = of
    if (memberIds.length === 0) return facts
    const asked = sales.map((sale) => ({ sale, by: askedBy(of.rules.at(sale.occurredAtMs)) }))
    const asking = (what: keyof AskedBy) =>
      asked.flatMap(({ sale, by }) => (by[what] ? [sale] : []))
    if (asking('birthday').length > 0)
      facts.#birthdays = await services.profiles.birthdaysOf(tx, memberIds)
    if (asking('firstPurchase').length > 0)
      facts.#buyers = await services.purchases.buyersAmong(tx, memberIds, gatheredIds)
    const stored = asking('lines').flatMap(({ storedId }) => storedId ?? [])
    facts.#lines = await services.purchases.firstLinesOf(tx, stored, Number.MAX_SAFE_INTEGER)
    const capped = asking('dayPoints')
    if (capped.length > 0) {
      const businessDates = [...new Set(capped.map(({ businessDate }) => businessDate))]
      const atMs = capped.map(({ occurredAtMs }) => occurredAtMs)
      const days = { memberIds, businessDates, atMs }
      for (const one of await services.purchases.pointsByDay(tx, days, gatheredIds))
        facts.#dayPoints.set(`${one.memberId}|${one.businessDate}`, one.points)
    }
    return facts
  }

  /** What is known of a sale of the group that gives its points to its member now. */
  of(sale: Purchase): SaleFacts {
    const memberId = this.known.ownerId(sale.memberId ?? '')
    const member = this.known.memberById(memberId)
    if (!member) throw new Error(`member ${memberId} was not gathered`)
    const asked = askedBy(this.rules.at(sale.occurredAtMs))
    const others = asked.firstPurchase || asked.dayPoints ? this.#othersOf(memberId, sale) : []
    const sameDay = others.filter(({ businessDate }) => businessDate === sale.businessDate)
    return {
      lines: asked.lines ? this.#linesOf(sale.id) : [],
      member: {
        levelCode: member.levelCode,
        birthday: this.#birthdays.get(memberId) ?? null,
        isFirstPurchase: others.length === 0 && !this.#buyers.has(memberId),
      },
      dayPoints: sameDay.reduce(
        (sum, { earnedPoints, reversedPoints }) => sum + earnedPoints - reversedPoints,
        this.#dayPoints.get(`${memberId}|${sale.businessDate}`) ?? 0,
      ),
    }
  }

  #linesOf(saleId: string): readonly PurchaseLine[] {
    return this.known.freshLines(saleId) ?? this.#lines.get(saleId) ?? []
  }

  /** The other sales of a member in the group, as they stand by now. */
  #othersOf(memberId: string, { id }: Purchase): Purchase[] {
    return [...this.known.purchases()].filter(
      (other) =>
        other.kind === 'sale' &&
        other.id !== id &&
        other.memberId !== null &&
        this.known.ownerId(other.memberId) === memberId,
    )
  }
}
