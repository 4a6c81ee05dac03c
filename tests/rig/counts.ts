// What the derived counts should say, computed from the purchases themselves, to be compared with
// what the consumers of events wrote.
import type { Database, Rx } from '../../server/platform/database.js'

interface SaleOrRefund {
  id: string
  kind: string
  channel: string
  storeId: string
  businessDate: string
  occurredAtMs: number
  memberId: string | null
  totalFen: number
  earnedPoints: number
  reversedPoints: number
  originalPurchaseId: string | null
}

export interface Counts {
  storeDays: Record<string, Record<string, number>>
  memberStats: Record<string, Record<string, number>>
  memberStores: Record<string, Record<string, number>>
}

const DAY_COLUMNS = [
  'salesCount',
  'salesFen',
  'memberSalesCount',
  'memberSalesFen',
  'refundCount',
  'refundFen',
  'pointsGiven',
] as const
const TIE_COLUMNS = ['purchaseCount', 'totalFen', 'lastPurchaseAtMs'] as const
const STAT_COLUMNS = [...TIE_COLUMNS, 'onlineCount'] as const

/** The counts as the consumers of events left them. `newMembers` is left out: it has no purchase. */
export async function countsWritten(database: Database): Promise<Counts> {
  return database.read(async (rx) => {
    const days = await rx.rows<Record<string, string | number>>('SELECT * FROM store_day')
    const stats = await rx.rows<Record<string, string | number>>('SELECT * FROM member_stat')
    const ties = await rx.rows<Record<string, string | number>>('SELECT * FROM member_store')
    const storeDays = days.map((row) => [
      `${String(row['storeId'])}|${String(row['businessDate'])}`,
      Object.fromEntries(DAY_COLUMNS.map((name) => [name, Number(row[name])])),
    ])
    const memberStats = stats.map((row) => [
      String(row['memberId']),
      Object.fromEntries(STAT_COLUMNS.map((name) => [name, Number(row[name])])),
    ])
    const memberStores = ties.map((row) => [
      `${String(row['storeId'])}|${String(row['memberId'])}`,
      Object.fromEntries(TIE_COLUMNS.map((name) => [name, Number(row[name])])),
    ])
    return {
      // A day on which members only registered has a row and no purchase.
      storeDays: Object.fromEntries(storeDays.filter(([, day]) => !isEmpty(day))) as never,
      // One whose only sale was taken back has a row too, and who registered has a tie.
      memberStats: Object.fromEntries(memberStats.filter(([, one]) => !isEmpty(one))) as never,
      memberStores: Object.fromEntries(memberStores.filter(([, one]) => !isEmpty(one))) as never,
    }
  })
}

/** The counts as the purchases say they should be. */
export async function countsExpected(database: Database): Promise<Counts> {
  const purchases = await database.read((rx) => allPurchases(rx))
  const counts: Counts = { storeDays: {}, memberStats: {}, memberStores: {} }
  for (const purchase of purchases) {
    const dayKey = `${purchase.storeId}|${purchase.businessDate}`
    const day = (counts.storeDays[dayKey] ??= emptyOf(DAY_COLUMNS))
    if (purchase.kind === 'refund') {
      add(day, { refundCount: 1, refundFen: purchase.totalFen })
      add(day, { pointsGiven: -purchase.reversedPoints })
      continue
    }
    add(day, { salesCount: 1, salesFen: purchase.totalFen })
    // What refunds took is on their own day; the rest was taken when the sale got its member.
    const byRefunds = purchases
      .filter((other) => other.originalPurchaseId === purchase.id)
      .reduce((sum, refund) => sum + refund.reversedPoints, 0)
    const late = purchase.reversedPoints - byRefunds
    add(day, { pointsGiven: purchase.earnedPoints - late })
    if (purchase.memberId === null) continue
    add(day, { memberSalesCount: 1, memberSalesFen: purchase.totalFen })
    const stat = (counts.memberStats[purchase.memberId] ??= emptyOf(STAT_COLUMNS))
    addSale(stat, purchase)
    add(stat, { onlineCount: purchase.channel === 'online' ? 1 : 0 })
    const tie = `${purchase.storeId}|${purchase.memberId}`
    addSale((counts.memberStores[tie] ??= emptyOf(TIE_COLUMNS)), purchase)
  }
  return counts
}

function allPurchases(rx: Rx): Promise<SaleOrRefund[]> {
  return rx.rows<SaleOrRefund>(
    `SELECT id, kind, channel, storeId, businessDate, occurredAtMs, memberId, totalFen,
     earnedPoints, reversedPoints, originalPurchaseId FROM purchase ORDER BY id`,
  )
}

function add(to: Record<string, number>, what: Record<string, number>): void {
  for (const [name, value] of Object.entries(what)) to[name] = (to[name] ?? 0) + value
}

function addSale(to: Record<string, number>, { totalFen, occurredAtMs }: SaleOrRefund): void {
  add(to, { purchaseCount: 1, totalFen })
  to['lastPurchaseAtMs'] = Math.max(to['lastPurchaseAtMs'] ?? 0, occurredAtMs)
}

function emptyOf(columns: readonly string[]): Record<string, number> {
  return Object.fromEntries(columns.map((name) => [name, 0]))
}

function isEmpty(day: unknown): boolean {
  return Object.values(day as Record<string, number>).every((value) => value === 0)
}
