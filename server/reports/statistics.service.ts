import { Injectable } from '@nestjs/common'
import { LOST_AFTER_DAYS } from '@huike/shared/contracts/console-members'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { Clock, localDate } from '../platform/clock.js'
import { Database, type Rx, type SqlParameter } from '../platform/database.js'
import { withinStores, type StoreScope } from '../stores/stores.service.js'
import { NOBODY } from './day-consumers.js'
import { numbersOf, ReportsService, type DayTotals } from './reports.service.js'

// What happened in a period, over a scope of stores. Five statements, however long the period and
// however many the rows. Sales and employees come from counted days. Members come from who bought
// last when: that is kept, so purchases are asked only of members who also bought after the period,
// and of each of those one place in the index. With a scope, only what happened in its stores counts.

const DAY_MS = 86_400_000
/** Of the chain's calendar: China has kept UTC+8 without summer time since 1991. */
const CHAIN_OFFSET = '+08:00'
const EMPLOYEES_LISTED_MAX = 2_000

const EMPLOYEE_COUNTERS = [
  'newMembers',
  'salesCount',
  'memberSalesCount',
  'salesFen',
  'memberSalesFen',
] as const

/** Business days, both within. */
export interface Period {
  from: string
  to: string
}

export interface MemberCounts {
  total: number
  new: number
  active: number
  lost: number
}

/** What one employee did in one store; `cashier` is null where nobody was named. */
export type EmployeeTotals = Record<(typeof EMPLOYEE_COUNTERS)[number], number> & {
  cashier: string | null
  storeName: string
}

export interface StatisticsOfPeriod {
  members: MemberCounts
  days: DayTotals[]
  employees: EmployeeTotals[]
}

@Injectable()
export class StatisticsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly reports: ReportsService,
  ) {}

  /** The figures of a period over a scope of stores, with a row for every day of it. */
  of(period: Period, scope: StoreScope): Promise<StatisticsOfPeriod> {
    return this.database.read(async (rx) => {
      const counted = await this.reports.days(rx, period, scope)
      const elsewhere = scope === null ? await registeredNowhere(rx, period) : new Map()
      const registered = await registeredCounts(rx, period, scope)
      const bought = await this.#boughtCounts(rx, period, scope)
      const employees = await employeesOf(rx, period, scope)
      return {
        members: { ...registered, ...bought },
        days: everyDay(period, counted, elsewhere),
        employees,
      }
    })
  }

  /** Members who bought in the period, and those who became lost in it. */
  async #boughtCounts(
    rx: Rx,
    period: Period,
    scope: StoreScope,
  ): Promise<{ active: number; lost: number }> {
    const startMs = startOf(period.from)
    const endMs = startOf(period.to) + DAY_MS
    // Nobody is lost by a day that has not come.
    const today = localDate(this.clock.nowMs(), CHAIN_TIME_ZONE)
    const lostUpTo = period.to < today ? period.to : today
    const lostStartMs = startMs - LOST_AFTER_DAYS * DAY_MS
    const lostEndMs = startOf(lostUpTo) + DAY_MS - LOST_AFTER_DAYS * DAY_MS
    const lasts = lastPurchases(rx, { sinceMs: lostStartMs, beforeMs: endMs, scope })
    const [row] = await rx.rows<{ active: number | string; lost: number | string }>(
      `SELECT SUM(CASE WHEN t.lastMs >= ? THEN 1 ELSE 0 END) AS active,
         SUM(CASE WHEN t.lastMs >= ? AND t.lastMs < ? THEN 1 ELSE 0 END) AS lost
       FROM (${lasts.sql}) t`,
      [startMs, lostStartMs, lostEndMs, ...lasts.parameters],
    )
    return numbersOf(row ?? { active: 0, lost: 0 }, ['active', 'lost'])
  }
}

/**
 * When each member last bought before an instant, in `lastMs`; members whose last purchase is older
 * than `sinceMs` are left out.
 */
function lastPurchases(
  rx: Rx,
  asked: { sinceMs: number; beforeMs: number; scope: StoreScope },
): { sql: string; parameters: SqlParameter[] } {
  const { sinceMs, beforeMs, scope } = asked
  const ofPurchase = withinStores(rx, 'p.storeId', scope)
  const lastBefore = `(SELECT p.occurredAtMs FROM purchase p
    WHERE p.memberId = k.memberId AND p.occurredAtMs < ? AND p.kind = 'sale'${ofPurchase.sql}
    ORDER BY p.occurredAtMs DESC LIMIT 1)`
  const probe = [beforeMs, ...ofPurchase.parameters]
  if (scope === null)
    return {
      sql: `SELECT k.lastPurchaseAtMs AS lastMs FROM member_stat k
          WHERE k.lastPurchaseAtMs >= ? AND k.lastPurchaseAtMs < ?
        UNION ALL SELECT ${lastBefore} FROM member_stat k WHERE k.lastPurchaseAtMs >= ?`,
      parameters: [sinceMs, beforeMs, ...probe, beforeMs],
    }
  const ofStore = withinStores(rx, 'k.storeId', scope)
  const visits = `SELECT k.memberId, MAX(k.lastPurchaseAtMs) AS lastMs FROM member_store k
    WHERE k.lastPurchaseAtMs >= ?${ofStore.sql} GROUP BY k.memberId`
  return {
    sql: `SELECT v.lastMs FROM (${visits}) v WHERE v.lastMs < ?
      UNION ALL SELECT ${lastBefore} FROM (${visits}) k WHERE k.lastMs >= ?`,
    parameters: [
      ...[sinceMs, ...ofStore.parameters, beforeMs],
      ...probe,
      ...[beforeMs, ...ofStore.parameters, beforeMs],
    ],
  }
}

/** Members who registered in the stores up to the end of the period, and within it. */
async function registeredCounts(
  rx: Rx,
  period: Period,
  scope: StoreScope,
): Promise<{ total: number; new: number }> {
  const within = withinStores(rx, 'registeredStoreId', scope)
  const [row] = await rx.rows<{ total: number | string; fresh: number | string | null }>(
    `SELECT COUNT(*) AS total, SUM(CASE WHEN createdAtMs >= ? THEN 1 ELSE 0 END) AS fresh
     FROM member WHERE createdAtMs < ? AND state <> 'merged'${within.sql}`,
    [startOf(period.from), startOf(period.to) + DAY_MS, ...within.parameters],
  )
  return { total: Number(row?.total ?? 0), new: Number(row?.fresh ?? 0) }
}

/** Members who registered without a store (on their phone), by day. */
async function registeredNowhere(rx: Rx, period: Period): Promise<Map<string, number>> {
  const startMs = startOf(period.from)
  const rows = await rx.rows<{ sinceMs: number | string; n: number | string }>(
    `SELECT (createdAtMs - ?) - (createdAtMs - ?) % ${String(DAY_MS)} AS sinceMs, COUNT(*) AS n
     FROM member WHERE registeredStoreId IS NULL AND state <> 'merged'
       AND createdAtMs >= ? AND createdAtMs < ? GROUP BY sinceMs`,
    [startMs, startMs, startMs, startOf(period.to) + DAY_MS],
  )
  return new Map(
    rows.map(({ sinceMs, n }) => [
      localDate(startMs + Number(sinceMs), CHAIN_TIME_ZONE),
      Number(n),
    ]),
  )
}

/** The employees of the stores who did anything in the period, those who sold most first. */
async function employeesOf(rx: Rx, period: Period, scope: StoreScope): Promise<EmployeeTotals[]> {
  const within = withinStores(rx, 's.id', scope)
  const sums = EMPLOYEE_COUNTERS.map((name) => `SUM(k.${name}) AS ${name}`).join(', ')
  const rows = await rx.rows<
    Record<(typeof EMPLOYEE_COUNTERS)[number], number | string> & {
      cashier: string
      storeName: string
    }
  >(
    `SELECT k.cashier, s.id, s.name AS storeName, ${sums}
     FROM store s JOIN cashier_day k
       ON k.storeId = s.id AND k.businessDate >= ? AND k.businessDate <= ?
     WHERE 1 = 1${within.sql} GROUP BY s.id, s.name, k.cashier
     ORDER BY salesFen DESC, s.id, k.cashier LIMIT ${String(EMPLOYEES_LISTED_MAX)}`,
    [period.from, period.to, ...within.parameters],
  )
  return rows.map((row) => ({
    cashier: row.cashier === NOBODY ? null : row.cashier,
    storeName: row.storeName,
    ...numbersOf(row, EMPLOYEE_COUNTERS),
  }))
}

/** One row for each day of the period, zeros where nothing was counted. */
function everyDay(
  period: Period,
  counted: readonly DayTotals[],
  elsewhere: ReadonlyMap<string, number>,
): DayTotals[] {
  const byDate = new Map(counted.map((day) => [day.businessDate, day]))
  const days: DayTotals[] = []
  for (let atMs = startOf(period.from); atMs <= startOf(period.to); atMs += DAY_MS) {
    const businessDate = localDate(atMs, CHAIN_TIME_ZONE)
    const day = byDate.get(businessDate) ?? { ...EMPTY_DAY, businessDate }
    days.push({ ...day, newMembers: day.newMembers + (elsewhere.get(businessDate) ?? 0) })
  }
  return days
}

const EMPTY_DAY: Omit<DayTotals, 'businessDate'> = {
  salesCount: 0,
  salesFen: 0,
  memberSalesCount: 0,
  memberSalesFen: 0,
  newMembers: 0,
  pointsGiven: 0,
}

function startOf(date: string): number {
  return Date.parse(`${date}T00:00:00${CHAIN_OFFSET}`)
}
