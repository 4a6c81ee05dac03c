import type { SqlValue, Tx } from '../platform/database.js'
import { shopEvents, type EventConsumer, type StoredShopEvent } from '../platform/event-log.js'
import { groupBy } from '../platform/group-by.js'

// Counts per store and day, and per employee, store and day; derived from events. One consumer for
// both: idempotent by the delivery mark, and rebuildable from the log.

type Totals = Record<string, number>

/** In `cashier_day`: nobody was named. */
export const NOBODY = ''

const COLUMNS = {
  store_day: [
    'salesCount',
    'salesFen',
    'memberSalesCount',
    'memberSalesFen',
    'refundCount',
    'refundFen',
    'newMembers',
    'pointsGiven',
  ],
  cashier_day: ['salesCount', 'salesFen', 'memberSalesCount', 'memberSalesFen', 'newMembers'],
} as const

/** Its name is older than the employees: deliveries are kept by it. */
export const storeDayConsumer: EventConsumer = {
  name: 'store-day',
  types: ['purchase.recorded', 'purchase.assigned', 'purchase.unassigned', 'member.registered'],
  consume: async (tx, events) => {
    const inStores = shopEvents(events).filter((event) => event.payload.storeId !== null)
    for (const group of groupBy(inStores, dayOf).values()) {
      const { storeId, businessDate } = group[0].payload
      const key = { storeId: storeId ?? '', businessDate }
      await addTo(tx, { table: 'store_day', key, totals: totalOf(group) })
    }
    for (const group of groupBy(inStores, cashierDayOf).values()) {
      const { storeId, businessDate } = group[0].payload
      const key = { storeId: storeId ?? '', businessDate, cashier: cashierOf(group[0]) }
      await addTo(tx, { table: 'cashier_day', key, totals: totalOf(group) })
    }
  },
}

/** What one event adds to its day. */
function countsOf(event: StoredShopEvent): Totals {
  switch (event.type) {
    case 'member.registered':
      return { newMembers: 1 }
    case 'purchase.unassigned': {
      const { kind, totalFen, points } = event.payload
      return kind === 'sale'
        ? { memberSalesCount: -1, memberSalesFen: -totalFen, pointsGiven: points }
        : { pointsGiven: points }
    }
    case 'purchase.assigned': {
      const { kind, totalFen, points } = event.payload
      return kind === 'sale'
        ? { memberSalesCount: 1, memberSalesFen: totalFen, pointsGiven: points }
        : { pointsGiven: points }
    }
    case 'purchase.recorded': {
      const { kind, totalFen, memberId, points } = event.payload
      if (kind === 'refund') return { refundCount: 1, refundFen: totalFen, pointsGiven: points }
      const ofMember = memberId === null ? 0 : 1
      return {
        salesCount: 1,
        salesFen: totalFen,
        memberSalesCount: ofMember,
        memberSalesFen: ofMember * totalFen,
        pointsGiven: points,
      }
    }
  }
}

function totalOf(events: readonly StoredShopEvent[]): Totals {
  const totals: Totals = {}
  for (const event of events)
    for (const [name, value] of Object.entries(countsOf(event)))
      totals[name] = (totals[name] ?? 0) + value
  return totals
}

/** Adds to the counters of one row, creating it at zero; counters the table lacks are left out. */
async function addTo(
  tx: Tx,
  change: { table: keyof typeof COLUMNS; key: Record<string, string>; totals: Totals },
): Promise<void> {
  const { table, key, totals } = change
  const columns: readonly string[] = COLUMNS[table]
  const names = columns.filter((name) => (totals[name] ?? 0) !== 0)
  if (names.length === 0) return
  const amounts: SqlValue[] = names.map((name) => totals[name] ?? 0)
  const keyNames = Object.keys(key)
  const keyValues = Object.values(key)
  const matched = await tx.run(
    `UPDATE ${table} SET ${names.map((name) => `${name} = ${name} + ?`).join(', ')}
     WHERE ${keyNames.map((name) => `${name} = ?`).join(' AND ')}`,
    [...amounts, ...keyValues],
  )
  if (matched > 0) return
  await tx.insert(
    table,
    [...keyNames, ...columns],
    [[...keyValues, ...columns.map((column) => totals[column] ?? 0)]],
  )
}

function dayOf(event: StoredShopEvent): string {
  return `${event.payload.storeId ?? ''}|${event.payload.businessDate}`
}

function cashierDayOf(event: StoredShopEvent): string {
  return `${dayOf(event)}|${cashierOf(event)}`
}

/** Events of an older version did not say who. */
function cashierOf(event: StoredShopEvent): string {
  const { cashier } = event.payload as { cashier?: string | null }
  return cashier ?? NOBODY
}
