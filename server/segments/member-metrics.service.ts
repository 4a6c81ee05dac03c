import { Injectable, type OnModuleInit } from '@nestjs/common'
import {
  inList,
  listParameter,
  valuesOf,
  type Rx,
  type Statements,
  type Tx,
} from '../platform/database.js'
import {
  EventLogService,
  shopEvents,
  type EventConsumer,
  type StoredEvent,
} from '../platform/event-log.js'
import { groupBy } from '../platform/group-by.js'
import type { MemberStat } from './member-stat.entity.js'
import type { MemberStore } from './member-store.entity.js'

// What is counted per member, and per member and store. One consumer of events, set by set: counts
// are added and taken back in whatever order events come; when somebody bought last is asked of the
// purchases themselves as soon as one of them is not theirs any more.

const STAT_COLUMNS = [
  'memberId',
  'purchaseCount',
  'totalFen',
  'lastPurchaseAtMs',
  'lastBusinessDate',
  'lastStoreId',
  'onlineCount',
] as const satisfies (keyof MemberStat)[]
const STORE_COLUMNS = [
  'storeId',
  'memberId',
  'purchaseCount',
  'totalFen',
  'lastPurchaseAtMs',
] as const satisfies (keyof MemberStore)[]

@Injectable()
export class MemberMetricsService implements OnModuleInit {
  constructor(private readonly eventLog: EventLogService) {}

  onModuleInit(): void {
    this.eventLog.register(memberStatConsumer)
  }

  /** Visit counts of members, by member id; nobody who never bought. */
  async memberStats(
    rx: Statements,
    memberIds: readonly string[],
  ): Promise<Map<string, MemberStat>> {
    if (memberIds.length === 0) return new Map()
    const rows = await rx.rows<MemberStat>(
      `SELECT ${STAT_COLUMNS.join(', ')} FROM member_stat WHERE memberId IN ${inList(rx)}`,
      [listParameter(rx, memberIds)],
    )
    return new Map(rows.map((row) => [row.memberId, row]))
  }

  /** The stores a member registered or bought in, the latest visited first; `limit` of them. */
  storesOf(rx: Rx, memberId: string, limit: number): Promise<MemberStore[]> {
    return rx.rows<MemberStore>(
      `SELECT ${STORE_COLUMNS.join(', ')} FROM member_store WHERE memberId = ?
       ORDER BY COALESCE(lastPurchaseAtMs, 0) DESC, storeId LIMIT ${String(limit)}`,
      [memberId],
    )
  }
}

/** A sale given to a member (sign 1) or taken back from one (sign −1). */
interface Sale {
  memberId: string
  storeId: string
  purchaseId: string
  sign: 1 | -1
  totalFen: number
  occurredAtMs: number
  businessDate: string
  isOnline: boolean
  /** Still theirs, as the purchase says now. */
  isTheirs: boolean
}

const memberStatConsumer: EventConsumer = {
  name: 'member-stat',
  types: ['purchase.recorded', 'purchase.assigned', 'purchase.unassigned', 'member.registered'],
  consume: async (tx, events) => {
    const sales = await salesIn(tx, events)
    const registered = events.flatMap((event) =>
      event.type === 'member.registered' && event.payload.storeId !== null
        ? [{ storeId: event.payload.storeId, memberId: event.aggregateId }]
        : [],
    )
    await applySales(tx, sales, registered)
  },
}

/** Counts sales given to members and taken from them; `registered`: ties that must be there. */
export async function applySales(
  tx: Tx,
  sales: readonly Sale[],
  registered: readonly Tie[],
): Promise<void> {
  await addToMembers(
    tx,
    groupBy(sales, ({ memberId }) => memberId),
  )
  await addToStores(tx, sales, registered)
}

interface PurchaseNow {
  id: string
  memberId: string | null
  channel: string
  occurredAtMs: number
}

/** The sales of members among the events; what an old event lacks is asked of its purchase. */
async function salesIn(tx: Tx, events: readonly StoredEvent[]): Promise<Sale[]> {
  const ofMembers = shopEvents(events).flatMap((event) => {
    if (event.type === 'member.registered' || event.payload.kind !== 'sale') return []
    const { memberId } = event.payload
    return memberId === null ? [] : [{ event, payload: event.payload, memberId }]
  })
  if (ofMembers.length === 0) return []
  const now = await tx.rows<PurchaseNow>(
    // Locked: a merge that would give them to another record waits, or is waited for.
    `SELECT id, memberId, channel, occurredAtMs FROM purchase
     WHERE id IN ${inList(tx)} ORDER BY id${tx.forUpdate}`,
    [listParameter(tx, [...new Set(ofMembers.map(({ event }) => event.aggregateId))])],
  )
  const purchaseOf = new Map(now.map((row) => [row.id, row]))
  return ofMembers.map(({ event, payload, memberId }) => {
    const purchase = purchaseOf.get(event.aggregateId)
    // Events of the first version carry no channel.
    const channel = (payload.channel as string | undefined) ?? purchase?.channel
    return {
      memberId,
      storeId: payload.storeId,
      purchaseId: event.aggregateId,
      sign: event.type === 'purchase.unassigned' ? -1 : 1,
      totalFen: payload.totalFen,
      // An assignment happens after the sale it is about.
      occurredAtMs: purchase?.occurredAtMs ?? event.occurredAtMs,
      businessDate: payload.businessDate,
      isOnline: channel === 'online',
      isTheirs: purchase?.memberId === memberId,
    }
  })
}

/** Adds the sales of many members, set by set: a relay round is full of members met once. */
async function addToMembers(tx: Tx, salesOf: Map<string, Sale[]>): Promise<void> {
  if (salesOf.size === 0) return
  const known = await tx.rows<MemberStat>(
    `SELECT ${STAT_COLUMNS.join(', ')} FROM member_stat WHERE memberId IN ${inList(tx)}${tx.forUpdate}`,
    [listParameter(tx, [...salesOf.keys()].sort())],
  )
  const before = new Map(known.map((stat) => [stat.memberId, stat]))
  const unsure = [...salesOf].filter(([, sales]) => sales.some((sale) => !sale.isTheirs))
  const lastOf = await lastSales(
    tx,
    unsure.map(([memberId]) => memberId),
  )
  const after = [...salesOf].map(([memberId, sales]) => {
    const stat = addSales(before.get(memberId) ?? emptyStat(memberId), sales)
    const last = lastOf.get(memberId)
    const row = last === undefined ? stat : { ...stat, ...last }
    return { isNew: !before.has(memberId), values: valuesOf(row, STAT_COLUMNS) }
  })
  const rowsWhere = (isNew: boolean) =>
    after.filter((row) => row.isNew === isNew).map((row) => row.values)
  await tx.insert('member_stat', STAT_COLUMNS, rowsWhere(true))
  await tx.updateEach('member_stat', 'memberId', STAT_COLUMNS.slice(1), rowsWhere(false))
}

function emptyStat(memberId: string): MemberStat {
  return { memberId, purchaseCount: 0, totalFen: 0, ...NEVER, onlineCount: 0 }
}

type LastSale = Pick<MemberStat, 'lastPurchaseAtMs' | 'lastBusinessDate' | 'lastStoreId'>
const NEVER: LastSale = { lastPurchaseAtMs: null, lastBusinessDate: null, lastStoreId: null }

function addSales(stat: MemberStat, sales: readonly Sale[]): MemberStat {
  const given = sales.filter(({ sign }) => sign > 0)
  const last = given.reduce<Sale | null>(
    (best, sale) => (best === null || sale.occurredAtMs > best.occurredAtMs ? sale : best),
    null,
  )
  const isLater = last !== null && (stat.lastPurchaseAtMs ?? -1) < last.occurredAtMs
  return {
    memberId: stat.memberId,
    purchaseCount: stat.purchaseCount + sum(sales, () => 1),
    totalFen: stat.totalFen + sum(sales, ({ totalFen }) => totalFen),
    lastPurchaseAtMs: isLater ? last.occurredAtMs : stat.lastPurchaseAtMs,
    lastBusinessDate: isLater ? last.businessDate : stat.lastBusinessDate,
    lastStoreId: isLater ? last.storeId : stat.lastStoreId,
    onlineCount: (stat.onlineCount ?? 0) + sum(sales, ({ isOnline }) => (isOnline ? 1 : 0)),
  }
}

/** When, and where, these members bought last, as their purchases say. */
async function lastSales(tx: Tx, memberIds: readonly string[]): Promise<Map<string, LastSale>> {
  if (memberIds.length === 0) return new Map()
  const latest = await tx.rows<{ memberId: string; purchaseId: string | null }>(
    `SELECT m.id AS memberId, (SELECT p.id FROM purchase p
       WHERE p.memberId = m.id AND p.kind = 'sale'
       ORDER BY p.occurredAtMs DESC, p.id DESC LIMIT 1) AS purchaseId
     FROM member m WHERE m.id IN ${inList(tx)}`,
    [listParameter(tx, memberIds)],
  )
  const purchases = await tx.rows<{
    id: string
    storeId: string
    occurredAtMs: number
    businessDate: string
  }>(`SELECT id, storeId, occurredAtMs, businessDate FROM purchase WHERE id IN ${inList(tx)}`, [
    listParameter(
      tx,
      latest.flatMap(({ purchaseId }) => purchaseId ?? []),
    ),
  ])
  const byId = new Map(purchases.map((row) => [row.id, row]))
  return new Map(
    latest.map(({ memberId, purchaseId }) => {
      const last = byId.get(purchaseId ?? '')
      if (!last) return [memberId, NEVER]
      const { occurredAtMs, businessDate, storeId } = last
      return [
        memberId,
        { lastPurchaseAtMs: occurredAtMs, lastBusinessDate: businessDate, lastStoreId: storeId },
      ]
    }),
  )
}

type Tie = Pick<MemberStore, 'storeId' | 'memberId'>

/** Adds to the ties of members to stores; one who registered there has a row of zeros. */
async function addToStores(
  tx: Tx,
  sales: readonly Sale[],
  registered: readonly Tie[],
): Promise<void> {
  const ties = new Map([...registered, ...sales].map((tie) => [keyOf(tie), tie]))
  if (ties.size === 0) return
  const before = new Map((await tiesNow(tx, [...ties.values()])).map((row) => [keyOf(row), row]))
  const salesOf = groupBy(sales, keyOf)
  const lastOf = await lastInStores(
    tx,
    sales.filter((sale) => !sale.isTheirs),
  )
  const changed = [...ties].flatMap(([key, { storeId, memberId }]) => {
    const known = before.get(key)
    const own = salesOf.get(key) ?? []
    if (known && own.length === 0) return []
    const row = addToTie(known ?? { storeId, memberId, ...EMPTY_TIE }, own)
    const last = lastOf.get(key)
    return [{ isNew: !known, row: last === undefined ? row : { ...row, lastPurchaseAtMs: last } }]
  })
  await tx.insert(
    'member_store',
    STORE_COLUMNS,
    changed.flatMap(({ isNew, row }) => (isNew ? [valuesOf(row, STORE_COLUMNS)] : [])),
  )
  const known = changed.flatMap(({ isNew, row }) => (isNew ? [] : [row]))
  for (const [storeId, rows] of groupBy(known, (row) => row.storeId))
    await updateTies(tx, storeId, rows)
}

const EMPTY_TIE = { purchaseCount: 0, totalFen: 0, lastPurchaseAtMs: null }

function addToTie(tie: MemberStore, sales: readonly Sale[]): MemberStore {
  const given = sales.filter(({ sign }) => sign > 0).map(({ occurredAtMs }) => occurredAtMs)
  const last = Math.max(tie.lastPurchaseAtMs ?? -1, ...given)
  return {
    ...tie,
    purchaseCount: tie.purchaseCount + sum(sales, () => 1),
    totalFen: tie.totalFen + sum(sales, ({ totalFen }) => totalFen),
    lastPurchaseAtMs: last < 0 ? null : last,
  }
}

function tiesNow(tx: Tx, ties: readonly Tie[]): Promise<MemberStore[]> {
  // Every store with every member: a few more than asked for, all found by the key.
  return tx.rows<MemberStore>(
    `SELECT ${STORE_COLUMNS.join(', ')} FROM member_store
     WHERE storeId IN ${inList(tx)} AND memberId IN ${inList(tx)}${tx.forUpdate}`,
    [listParameter(tx, distinct(ties, 'storeId')), listParameter(tx, distinct(ties, 'memberId'))],
  )
}

/** When these members bought last in these stores, by tie; null where they have not any more. */
async function lastInStores(tx: Tx, ties: readonly Tie[]): Promise<Map<string, number | null>> {
  if (ties.length === 0) return new Map()
  const rows = await tx.rows<Tie & { lastMs: number }>(
    `SELECT storeId, memberId, MAX(occurredAtMs) AS lastMs FROM purchase
     WHERE memberId IN ${inList(tx)} AND kind = 'sale' GROUP BY storeId, memberId`,
    [listParameter(tx, distinct(ties, 'memberId'))],
  )
  const found = new Map(rows.map((row) => [keyOf(row), row.lastMs]))
  return new Map(ties.map((tie) => [keyOf(tie), found.get(keyOf(tie)) ?? null]))
}

/** Writes the ties of one store in one statement. */
async function updateTies(tx: Tx, storeId: string, rows: readonly MemberStore[]): Promise<void> {
  const columns = ['purchaseCount', 'totalFen', 'lastPurchaseAtMs'] as const
  const cases = rows.map(() => 'WHEN ? THEN ?').join(' ')
  const matched = await tx.run(
    `UPDATE member_store SET ${columns.map((one) => `${one} = CASE memberId ${cases} END`).join(', ')}
     WHERE storeId = ? AND memberId IN ${inList(tx)}`,
    [
      ...columns.flatMap((one) => rows.flatMap((row) => [row.memberId, row[one]])),
      storeId,
      listParameter(tx, distinct(rows, 'memberId')),
    ],
  )
  if (matched !== rows.length) throw new Error('a row is missing in member_store')
}

function keyOf({ storeId, memberId }: Tie): string {
  return `${storeId}|${memberId}`
}

function distinct<K extends string>(rows: readonly Record<K, string>[], name: K): string[] {
  return [...new Set(rows.map((row) => row[name]))].sort()
}

function sum(sales: readonly Sale[], of: (sale: Sale) => number): number {
  return sales.reduce((total, sale) => total + sale.sign * of(sale), 0)
}
