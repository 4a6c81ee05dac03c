// What the derived counts should say, computed from the purchases themselves, to be compared with
// what the consumers of events wrote.
import type { Database, Rx } from '../../server/platform/database.js'

interface SaleOrRefund {
  id: string
  kind: string
  storeId: string
  businessDate: string
  memberId: string | null
  totalFen: number
  earnedPoints: number
  reversedPoints: number
  originalPurchaseId: string | null
}

export interface Counts {
  storeDays: Record<string, Record<string, number>>
  memberStats: Record<string, Record<string, number>>
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

/** The counts as the consumers of events left them. `newMembers` is left out: it has no purchase. */
export async function countsWritten(database: Database): Promise<Counts> {
  return database.read(async (rx) => {
    const days = await rx.rows<Record<string, string | number>>('SELECT * FROM store_day')
    const stats = await rx.rows<Record<string, string | number>>('SELECT * FROM member_stat')
    const storeDays = days.map((row) => [
      `${String(row['storeId'])}|${String(row['businessDate'])}`,
      Object.fromEntries(DAY_COLUMNS.map((name) => [name, Number(row[name])])),
    ])
    const memberStats = stats.map((row) => [
      String(row['memberId']),
      { purchaseCount: Number(row['purchaseCount']), totalFen: Number(row['totalFen']) },
    ])
    return {
      // A day on which members only registered has a row and no purchase.
      storeDays: Object.fromEntries(storeDays.filter(([, day]) => !isEmpty(day))) as never,
      memberStats: Object.fromEntries(memberStats) as never,
    }
  })
}

/** The counts as the purchases say they should be. */
export async function countsExpected(database: Database): Promise<Counts> {
  const purchases = await database.read((rx) => allPurchases(rx))
  const counts: Counts = { storeDays: {}, memberStats: {} }
  for (const purchase of purchases) {
    const dayKey = `${purchase.storeId}|${purchase.businessDate}`
    const day = (counts.storeDays[dayKey] ??= emptyDay())
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
    const stat = (counts.memberStats[purchase.memberId] ??= { purchaseCount: 0, totalFen: 0 })
    add(stat, { purchaseCount: 1, totalFen: purchase.totalFen })
  }
  return counts
}

function allPurchases(rx: Rx): Promise<SaleOrRefund[]> {
  return rx.rows<SaleOrRefund>(
    `SELECT id, kind, storeId, businessDate, memberId, totalFen, earnedPoints, reversedPoints,
     originalPurchaseId FROM purchase ORDER BY id`,
  )
}

function add(to: Record<string, number>, what: Record<string, number>): void {
  for (const [name, value] of Object.entries(what)) to[name] = (to[name] ?? 0) + value
}

function emptyDay(): Record<string, number> {
  return Object.fromEntries(DAY_COLUMNS.map((name) => [name, 0]))
}

function isEmpty(day: unknown): boolean {
  return Object.values(day as Record<string, number>).every((value) => value === 0)
}
