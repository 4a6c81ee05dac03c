// Which level everybody would have under a draft, and what that costs, reckoned by hand: every row is
// read, and nothing is shared with the server.
import type { SchemeTerms } from '@huike/shared/contracts/levels'

const HOUR_MS = 3_600_000
const CHINA_MS = 8 * HOUR_MS

type Rows = <Row>(sql: string) => Promise<Row[]>

export interface ReckonedMove {
  memberId: string
  fromCode: string
  toCode: string
}

interface Sale {
  ownerId: string
  storeName: string
  totalFen: number
  refundedFen: number
  businessDate: string
  occurredAtMs: number
  isKnown: number | null
}

interface Grown {
  memberId: string
  growth: number
  occurredAtMs: number
}

interface Member {
  id: string
  levelCode: string
  reachedFromMs: number | null
  reachedAtMs: number | null
}

/** Both levels of every member; `now` is the scheme in force. */
export async function reckonedMoves(
  rows: Rows,
  { draft, now, nowMs }: { draft: SchemeTerms; now: SchemeTerms; nowMs: number },
): Promise<ReckonedMove[]> {
  const isSame = JSON.stringify(draft.growth) === JSON.stringify(now.growth)
  const book = await rows<Grown>('SELECT memberId, growth, occurredAtMs FROM growth_entry')
  const known = (await salesHere(rows)).filter(({ isKnown }) => isKnown !== null)
  const grown = isSame ? book : grownAnew(known, draft)
  const members = await rows<Member>(
    `SELECT m.id, m.levelCode, a.reachedFromMs, MAX(c.atMs) AS reachedAtMs FROM member m
     LEFT JOIN growth_account a ON a.memberId = m.id LEFT JOIN level_change c ON c.memberId = m.id
     WHERE m.state <> 'merged' GROUP BY m.id, m.levelCode, a.reachedFromMs`,
  )
  return members.map((member) => {
    const then = merited(member, { scheme: draft, grown, nowMs })
    const isAsNow = then === merited(member, { scheme: now, grown: book, nowMs })
    const { id, levelCode } = member
    return { memberId: id, fromCode: levelCode, toCode: isAsNow ? levelCode : then }
  })
}

/** What the sales of the last twelve months of those who move give by store, for either level. */
export async function reckonedCost(
  rows: Rows,
  moves: readonly ReckonedMove[],
  by: {
    nowMs: number
    pointsOf: (levelCode: string, sale: Sale, dayPoints: number) => number
  },
) {
  const sinceMs = periodStart({ kind: 'months', months: 12 }, by.nowMs)
  const stores = new Map<string, { sales: number; nowPoints: number; trialPoints: number }>()
  const days = new Map<string, number>()
  for (const sale of await salesHere(rows)) {
    const move = moves.find(({ memberId }) => memberId === sale.ownerId)
    if (!move || move.fromCode === move.toCode || sale.occurredAtMs < sinceMs) continue
    const points = (levelCode: string, as: string) => {
      const day = `${as}|${sale.ownerId}|${sale.businessDate}`
      const earned = by.pointsOf(levelCode, sale, days.get(day) ?? 0)
      const left = earned - Math.floor((earned * sale.refundedFen) / sale.totalFen)
      days.set(day, (days.get(day) ?? 0) + left)
      return left
    }
    const sum = stores.get(sale.storeName) ?? { sales: 0, nowPoints: 0, trialPoints: 0 }
    sum.sales += 1
    sum.nowPoints += points(move.fromCode, 'now')
    sum.trialPoints += points(move.toCode, 'then')
    stores.set(sale.storeName, sum)
  }
  return [...stores].map(([name, figures]) => ({ name, ...figures }))
}

/** `base silver 3`, for each pair there is. */
export function countedPairs(moves: readonly Omit<ReckonedMove, 'memberId'>[]): string[] {
  const counts = new Map<string, number>()
  for (const { fromCode, toCode } of moves) {
    const pair = `${fromCode} ${toCode}`
    counts.set(pair, (counts.get(pair) ?? 0) + 1)
  }
  return [...counts].map(([pair, members]) => `${pair} ${String(members)}`).sort()
}

function salesHere(rows: Rows): Promise<Sale[]> {
  return rows<Sale>(
    `SELECT COALESCE(m.mergedIntoId, m.id) AS ownerId, s.name AS storeName, p.totalFen,
       p.refundedFen, p.businessDate, p.occurredAtMs,
       (SELECT 1 FROM growth_entry g WHERE g.purchaseId = p.id AND g.number = 1) AS isKnown
     FROM purchase p JOIN member m ON m.id = p.memberId JOIN store s ON s.id = p.storeId
     WHERE p.kind = 'sale' ORDER BY p.memberId, p.occurredAtMs, p.id`,
  )
}

/** What growth of the period reaches, or what reached the level did, which proves no more than it. */
function merited(
  { id, levelCode, reachedFromMs, reachedAtMs }: Member,
  { scheme, grown, nowMs }: { scheme: SchemeTerms; grown: readonly Grown[]; nowMs: number },
): string {
  const sum = (fromMs: number, toMs: number) =>
    grown
      .filter((one) => one.memberId === id)
      .filter(({ occurredAtMs: atMs }) => atMs >= fromMs && atMs <= toMs)
      .reduce((all, { growth }) => all + growth, 0)
  const place = (growth: number) =>
    scheme.levels.filter(({ threshold }) => threshold <= growth).length - 1
  const own = scheme.levels.findIndex(({ code }) => code === levelCode)
  const counted = place(sum(periodStart(scheme.period, nowMs), Infinity))
  const isReached = reachedFromMs !== null && reachedAtMs !== null
  const reached = place(isReached ? sum(reachedFromMs, reachedAtMs) : 0)
  return scheme.levels[Math.max(counted, Math.min(own, reached))]?.code ?? ''
}

/** Growth of each sale by a draft: how often counts so many times a day, in the order of purchase. */
function grownAnew(sales: readonly Sale[], { growth: by }: SchemeTerms): Grown[] {
  const counted = new Map<string, number>()
  return sales.map(({ ownerId, totalFen, refundedFen, businessDate, occurredAtMs }) => {
    const day = `${ownerId}|${businessDate}`
    const times = counted.get(day) ?? 0
    const isCounted = by.perPurchase > 0 && times < by.purchasesPerDayMax
    if (isCounted) counted.set(day, times + 1)
    const given = Math.floor(totalFen / by.perFen) * by.growth + (isCounted ? by.perPurchase : 0)
    const growth = given - Math.floor((given * refundedFen) / totalFen)
    return { memberId: ownerId, growth, occurredAtMs }
  })
}

/** From when growth counts: midnight in China so many months ago, or of the first of January. */
function periodStart(period: SchemeTerms['period'], nowMs: number): number {
  const today = new Date(nowMs + CHINA_MS)
  const [year, month, day] = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()]
  if (period.kind === 'year') return Date.UTC(year, 0, 1) - CHINA_MS
  const lastDay = new Date(Date.UTC(year, month - period.months + 1, 0)).getUTCDate()
  return Date.UTC(year, month - period.months, Math.min(day, lastDay)) - CHINA_MS
}
