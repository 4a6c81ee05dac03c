import type { SqlValue } from '../platform/database.js'
import { cashierName, type Joining, type ScalePlan, type SeededSale } from './seed-scale-rows.js'

// What the consumers of events would have counted of the purchases, kept while they are written.

interface Visits {
  memberId: string
  purchaseCount: number
  totalFen: number
  lastPurchaseAtMs: number | null
}

interface MemberVisits extends Visits {
  lastBusinessDate: string | null
  lastStoreId: string | null
}

interface DayCounts {
  salesCount: number
  salesFen: number
  memberSalesCount: number
  memberSalesFen: number
  newMembers: number
  pointsGiven: number
}

interface TableOfRows {
  table: string
  columns: string[]
  rows: Iterable<SqlValue[]>
}

export class ScaleTallies {
  readonly #members = new Map<string, MemberVisits>()
  /** By store and member. */
  readonly #visits = new Map<string, Visits & { storeId: string }>()
  readonly #days = new Map<string, DayCounts & { storeId: string; businessDate: string }>()
  readonly #cashiers = new Map<
    string,
    DayCounts & { storeId: string; businessDate: string; cashier: string }
  >()

  constructor(private readonly plan: ScalePlan) {}

  /** Counts somebody who joined. */
  joined({ member, storeIndex, businessDate, cashierIndex }: Joining): void {
    if (storeIndex === null || cashierIndex === null) return
    this.#visitsOf(storeIndex, member.id)
    for (const counts of this.#countsOf(storeIndex, businessDate, cashierIndex))
      counts.newMembers += 1
  }

  /** Counts a sale. */
  sold({ purchase, storeIndex, cashierIndex, posting }: SeededSale): void {
    const { memberId, totalFen, businessDate, occurredAtMs, storeId } = purchase
    for (const counts of this.#countsOf(storeIndex, businessDate, cashierIndex)) {
      counts.salesCount += 1
      counts.salesFen += totalFen
      counts.memberSalesCount += memberId === null ? 0 : 1
      counts.memberSalesFen += memberId === null ? 0 : totalFen
      counts.pointsGiven += posting?.points ?? 0
    }
    if (memberId === null) return
    const stat = this.#members.get(memberId) ?? { ...NEVER, memberId }
    this.#members.set(memberId, stat)
    for (const visits of [stat, this.#visitsOf(storeIndex, memberId)]) {
      visits.purchaseCount += 1
      visits.totalFen += totalFen
      visits.lastPurchaseAtMs = occurredAtMs
    }
    stat.lastBusinessDate = businessDate
    stat.lastStoreId = storeId
  }

  /** The rows of the counting tables, in the order of their keys. */
  tables(): TableOfRows[] {
    const counted = Object.keys(EMPTY) as (keyof DayCounts)[]
    const ofCashier = counted.filter((name) => name !== 'pointsGiven')
    return [
      {
        table: 'member_stat',
        columns: [...VISIT_COLUMNS, 'lastBusinessDate', 'lastStoreId', 'onlineCount'],
        rows: rowsOf(this.#members, (row) => [
          ...visitValues(row),
          row.lastBusinessDate,
          row.lastStoreId,
          0,
        ]),
      },
      {
        table: 'member_store',
        columns: ['storeId', ...VISIT_COLUMNS],
        rows: rowsOf(this.#visits, (row) => [row.storeId, ...visitValues(row)]),
      },
      {
        table: 'store_day',
        columns: ['storeId', 'businessDate', ...counted, 'refundCount', 'refundFen'],
        rows: rowsOf(this.#days, (row) => [
          ...[row.storeId, row.businessDate],
          ...counted.map((name) => row[name]),
          ...[0, 0],
        ]),
      },
      {
        table: 'cashier_day',
        columns: ['storeId', 'businessDate', 'cashier', ...ofCashier],
        rows: rowsOf(this.#cashiers, (row) => [
          ...[row.storeId, row.businessDate, row.cashier],
          ...ofCashier.map((name) => row[name]),
        ]),
      },
    ]
  }

  #visitsOf(storeIndex: number, memberId: string): Visits {
    const storeId = this.#storeId(storeIndex)
    const key = `${storeId}|${memberId}`
    const known = this.#visits.get(key)
    if (known) return known
    const fresh = { storeId, memberId, purchaseCount: 0, totalFen: 0, lastPurchaseAtMs: null }
    this.#visits.set(key, fresh)
    return fresh
  }

  #countsOf(storeIndex: number, businessDate: string, cashierIndex: number): DayCounts[] {
    const storeId = this.#storeId(storeIndex)
    const cashier = cashierName(cashierIndex)
    const dayKey = `${storeId}|${businessDate}`
    const cashierKey = `${dayKey}|${cashier}`
    const day = this.#days.get(dayKey) ?? { ...EMPTY, storeId, businessDate }
    this.#days.set(dayKey, day)
    const own = this.#cashiers.get(cashierKey) ?? { ...EMPTY, storeId, businessDate, cashier }
    this.#cashiers.set(cashierKey, own)
    return [day, own]
  }

  #storeId(storeIndex: number): string {
    const store = this.plan.stores[storeIndex]
    if (!store) throw new Error('there is no such store')
    return store.id
  }
}

const VISIT_COLUMNS = ['memberId', 'purchaseCount', 'totalFen', 'lastPurchaseAtMs']

function visitValues(row: Visits): SqlValue[] {
  return [row.memberId, row.purchaseCount, row.totalFen, row.lastPurchaseAtMs]
}

const NEVER: Omit<MemberVisits, 'memberId'> = {
  purchaseCount: 0,
  totalFen: 0,
  lastPurchaseAtMs: null,
  lastBusinessDate: null,
  lastStoreId: null,
}

const EMPTY: DayCounts = {
  salesCount: 0,
  salesFen: 0,
  memberSalesCount: 0,
  memberSalesFen: 0,
  newMembers: 0,
  pointsGiven: 0,
}

function* rowsOf<Row>(
  rows: ReadonlyMap<string, Row>,
  valuesOf: (row: Row) => SqlValue[],
): Iterable<SqlValue[]> {
  for (const key of [...rows.keys()].sort()) {
    const row = rows.get(key)
    if (row !== undefined) yield valuesOf(row)
  }
}
