import { Injectable, type OnModuleInit } from '@nestjs/common'
import type { Rx, Tx } from '../platform/database.js'
import { inList, listParameter, valuesOf } from '../platform/database.js'
import { EventLogService, type EventConsumer, type StoredEvent } from '../platform/event-log.js'
import type { MemberStat } from './member-stat.entity.js'
import type { StoreDay } from './store-day.entity.js'

// Counts derived from events: per member (visits) and per store and day (sales). Both are consumers:
// idempotent by the delivery mark, and rebuildable from the log.

type Totals = Record<string, number>

const STAT_COLUMNS = [
  'memberId',
  'purchaseCount',
  'totalFen',
  'lastPurchaseAtMs',
  'lastBusinessDate',
] as const satisfies (keyof MemberStat)[]

@Injectable()
export class ReportsService implements OnModuleInit {
  constructor(private readonly eventLog: EventLogService) {}

  onModuleInit(): void {
    this.eventLog.register(memberStatConsumer)
    this.eventLog.register(storeDayConsumer)
  }

  /** Visit counts of members, by member id. */
  async memberStats(rx: Rx, memberIds: readonly string[]): Promise<Map<string, MemberStat>> {
    if (memberIds.length === 0) return new Map()
    const rows = await rx.rows<MemberStat>(
      `SELECT * FROM member_stat WHERE memberId IN ${inList(rx)}`,
      [listParameter(rx, memberIds)],
    )
    return new Map(rows.map((row) => [row.memberId, row]))
  }

  /** All stores' counts of one business day. */
  storeDays(rx: Rx, businessDate: string): Promise<StoreDay[]> {
    return rx.rows<StoreDay>('SELECT * FROM store_day WHERE businessDate = ?', [businessDate])
  }
}

const memberStatConsumer: EventConsumer = {
  name: 'member-stat',
  types: ['purchase.recorded', 'purchase.assigned'],
  consume: async (tx, events) => {
    const sales = events.filter(
      (event) =>
        event.type !== 'member.registered' &&
        event.payload.kind === 'sale' &&
        event.payload.memberId !== null,
    )
    await addToMembers(tx, groupBy(sales, memberOf))
  },
}

/** Adds the sales of many members, set by set: a relay round is full of members met once. */
async function addToMembers(tx: Tx, salesOf: Map<string, StoredEvent[]>): Promise<void> {
  if (salesOf.size === 0) return
  const known = await tx.rows<MemberStat>(
    `SELECT ${STAT_COLUMNS.join(', ')} FROM member_stat WHERE memberId IN ${inList(tx)}${tx.forUpdate}`,
    [listParameter(tx, [...salesOf.keys()].sort())],
  )
  const before = new Map(known.map((stat) => [stat.memberId, stat]))
  const after = [...salesOf].map(([memberId, sales]) => {
    const stat = before.get(memberId) ?? emptyStat(memberId)
    return { isNew: !before.has(memberId), values: valuesOf(addSales(stat, sales), STAT_COLUMNS) }
  })
  const rowsWhere = (isNew: boolean) =>
    after.filter((row) => row.isNew === isNew).map((row) => row.values)
  await tx.insert('member_stat', STAT_COLUMNS, rowsWhere(true))
  await tx.updateEach('member_stat', 'memberId', STAT_COLUMNS.slice(1), rowsWhere(false))
}

function emptyStat(memberId: string): MemberStat {
  return { memberId, purchaseCount: 0, totalFen: 0, lastPurchaseAtMs: null, lastBusinessDate: null }
}

function addSales(stat: MemberStat, sales: readonly StoredEvent[]): MemberStat {
  const last = sales.reduce((a, b) => (a.occurredAtMs >= b.occurredAtMs ? a : b))
  const isLater = stat.lastPurchaseAtMs === null || stat.lastPurchaseAtMs < last.occurredAtMs
  return {
    memberId: stat.memberId,
    purchaseCount: stat.purchaseCount + sales.length,
    totalFen: stat.totalFen + sum(sales.map(totalOf)),
    lastPurchaseAtMs: isLater ? last.occurredAtMs : stat.lastPurchaseAtMs,
    lastBusinessDate: isLater ? last.payload.businessDate : stat.lastBusinessDate,
  }
}

const storeDayConsumer: EventConsumer = {
  name: 'store-day',
  types: ['purchase.recorded', 'purchase.assigned', 'member.registered'],
  consume: async (tx, events) => {
    const inStores = events.filter((event) => event.payload.storeId !== null)
    for (const [key, group] of groupBy(inStores, dayOf)) {
      const [storeId = '', businessDate = ''] = key.split('|')
      const totals: Totals = {}
      for (const event of group)
        for (const [name, value] of Object.entries(countsOf(event)))
          totals[name] = (totals[name] ?? 0) + value
      await addTo(tx, { table: 'store_day', key: { storeId, businessDate }, totals })
    }
  },
}

/** What one event adds to its store's day. */
function countsOf(event: StoredEvent): Totals {
  switch (event.type) {
    case 'member.registered':
      return { newMembers: 1 }
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

const EMPTY_ROWS: Record<'store_day', string[]> = {
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
}

/** Adds to the counters of one row, creating it at zero. */
async function addTo(
  tx: Tx,
  change: { table: 'store_day'; key: Record<string, string>; totals: Totals },
): Promise<void> {
  const { table, key, totals } = change
  const names = Object.keys(totals)
  const keyNames = Object.keys(key)
  const keyValues = Object.values(key)
  const matched = await tx.run(
    `UPDATE ${table} SET ${names.map((name) => `${name} = ${name} + ?`).join(', ')}
     WHERE ${keyNames.map((name) => `${name} = ?`).join(' AND ')}`,
    [...Object.values(totals), ...keyValues],
  )
  if (matched > 0) return
  const columns = EMPTY_ROWS[table]
  await tx.insert(
    table,
    [...keyNames, ...columns],
    [[...keyValues, ...columns.map((column) => totals[column] ?? 0)]],
  )
}

function memberOf(event: StoredEvent): string {
  return event.type === 'member.registered' ? event.aggregateId : (event.payload.memberId ?? '')
}

function dayOf(event: StoredEvent): string {
  return `${event.payload.storeId ?? ''}|${event.payload.businessDate}`
}

function totalOf(event: StoredEvent): number {
  return event.type === 'member.registered' ? 0 : event.payload.totalFen
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    const group = groups.get(keyOf(value)) ?? []
    group.push(value)
    groups.set(keyOf(value), group)
  }
  return groups
}
