import { Injectable, type OnModuleInit } from '@nestjs/common'
import type { Rx } from '../platform/database.js'
import { EventLogService } from '../platform/event-log.js'
import { withinStores, type StoreScope } from '../stores/stores.service.js'
import { storeDayConsumer } from './day-consumers.js'
import type { StoreDay } from './store-day.entity.js'

// Counts per store and business day, as day-consumers.ts derives them from events.

const COUNTERS = [
  'salesCount',
  'salesFen',
  'memberSalesCount',
  'memberSalesFen',
  'newMembers',
  'pointsGiven',
] as const

/** What is counted of one business day over several stores. */
export type DayTotals = Pick<StoreDay, 'businessDate' | (typeof COUNTERS)[number]>

@Injectable()
export class ReportsService implements OnModuleInit {
  constructor(private readonly eventLog: EventLogService) {}

  onModuleInit(): void {
    this.eventLog.register(storeDayConsumer)
  }

  /** The business days from `from` to `to` over a scope of stores; days without any are absent. */
  async days(
    rx: Rx,
    period: { from: string; to: string },
    scope: StoreScope,
  ): Promise<DayTotals[]> {
    const within = withinStores(rx, 's.id', scope)
    // From the stores, so that each is one range of the key.
    const rows = await rx.rows<Record<keyof DayTotals, string | number>>(
      `SELECT d.businessDate, ${COUNTERS.map((name) => `SUM(d.${name}) AS ${name}`).join(', ')}
       FROM store s JOIN store_day d
         ON d.storeId = s.id AND d.businessDate >= ? AND d.businessDate <= ?
       WHERE 1 = 1${within.sql} GROUP BY d.businessDate ORDER BY d.businessDate`,
      [period.from, period.to, ...within.parameters],
    )
    return rows.map((row) => ({
      businessDate: String(row.businessDate),
      ...numbersOf(row, COUNTERS),
    }))
  }
}

/** MySQL gives a sum as a decimal, in text. */
export function numbersOf<Name extends string>(
  row: Record<Name, string | number | null>,
  names: readonly Name[],
): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, Number(row[name] ?? 0)])) as Record<
    Name,
    number
  >
}
