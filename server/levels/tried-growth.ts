import type { SchemeTerms } from '@huike/shared/contracts/levels'
import { growthOfSale } from '@huike/shared/levels'
import { fen } from '@huike/shared/quantities'
import { inList, listParameter, type Rx } from '../platform/database.js'
import { standingOf } from './sale-growth.js'
import type { TriedGrowth } from './tried-level.js'

// The growth of a page of members by which a draft is tried: what the book has; or, where the draft
// gives growth otherwise than the scheme in force, every sale given its growth anew.

const SALES_PER_PAGE = 500

/** A member whose level is tried. */
export interface TriedMember {
  id: string
  levelCode: string
  /** From when growth counted by which the level was reached or last kept; null where none was. */
  reachedFromMs: number | null
  /** When that was. */
  reachedAtMs: number | null
}

/** What the book has of members: of two periods, and of that by which the level was reached. */
export interface BookGrowth {
  published: number
  draft: number
  reached: number
}

/** Growth as the book has it; who has none is not in it. */
export async function bookGrowth(
  rx: Rx,
  members: readonly TriedMember[],
  from: { publishedMs: number; draftMs: number },
): Promise<Map<string, BookGrowth>> {
  const ids = listParameter(
    rx,
    members.map(({ id }) => id),
  )
  const rows = await rx.rows<{ memberId: string } & Record<keyof BookGrowth, number | string>>(
    `SELECT g.memberId,
       SUM(CASE WHEN g.occurredAtMs >= ? THEN g.growth ELSE 0 END) AS published,
       SUM(CASE WHEN g.occurredAtMs >= ? THEN g.growth ELSE 0 END) AS draft,
       SUM(CASE WHEN g.occurredAtMs >= a.reachedFromMs AND g.occurredAtMs <= c.atMs
         THEN g.growth ELSE 0 END) AS reached
     FROM growth_entry g JOIN growth_account a ON a.memberId = g.memberId
     LEFT JOIN (SELECT memberId, MAX(atMs) AS atMs FROM level_change
       WHERE memberId IN ${inList(rx)} GROUP BY memberId) c ON c.memberId = g.memberId
     WHERE g.memberId IN ${inList(rx)} GROUP BY g.memberId`,
    [from.publishedMs, from.draftMs, ids, ids],
  )
  return new Map(
    rows.map(({ memberId, published, draft, reached }) => [
      memberId,
      { published: Number(published), draft: Number(draft), reached: Number(reached) },
    ]),
  )
}

interface SaleRow {
  id: string
  memberId: string
  totalFen: number
  refundedFen: number
  businessDate: string
  occurredAtMs: number
}

/**
 * Growth of each sale by the terms of a draft, in the order of purchase, less what refunds take of it.
 * `isOfBook`: only of sales the book knows, so that a draft is compared over the same sales.
 */
export async function growthAnew(
  database: { read: <T>(work: (rx: Rx) => Promise<T>) => Promise<T> },
  members: readonly TriedMember[],
  { terms, fromMs, isOfBook }: { terms: SchemeTerms; fromMs: number; isOfBook: boolean },
): Promise<Map<string, TriedGrowth>> {
  const tallies = new Map(members.map((member) => [member.id, new Anew(member, terms, fromMs)]))
  const owners = await database.read((rx) => ownersOf(rx, members))
  const memberIds = [...owners.keys()]
  const since = Math.min(fromMs, ...members.flatMap(({ reachedFromMs }) => reachedFromMs ?? []))
  for (let last: SaleRow | null = null; ;) {
    const after: SaleRow | null = last
    const page: SaleRow[] = await database.read((rx) =>
      salesAfter(rx, { memberIds, since, isOfBook, after }),
    )
    for (const sale of page) tallies.get(owners.get(sale.memberId) ?? '')?.sale(sale)
    if (page.length < SALES_PER_PAGE) break
    last = page.at(-1) ?? null
  }
  return new Map([...tallies].map(([id, tally]) => [id, tally.growth]))
}

class Anew {
  readonly growth: TriedGrowth = { now: 0, reached: 0 }
  readonly #countedOn = new Map<string, number>()

  constructor(
    private readonly member: TriedMember,
    private readonly terms: SchemeTerms,
    private readonly fromMs: number,
  ) {}

  sale({ totalFen, businessDate, occurredAtMs, ...sale }: SaleRow): void {
    const countedBefore = this.#countedOn.get(businessDate) ?? 0
    const given = growthOfSale(this.terms, { totalFen: fen(totalFen), countedBefore })
    if (given.isCounted) this.#countedOn.set(businessDate, countedBefore + 1)
    const standing = standingOf(given.growth, { ...sale, totalFen })
    const { reachedFromMs, reachedAtMs } = this.member
    if (occurredAtMs >= this.fromMs) this.growth.now += standing
    if (reachedFromMs === null || reachedAtMs === null) return
    if (occurredAtMs >= reachedFromMs && occurredAtMs <= reachedAtMs)
      this.growth.reached += standing
  }
}

/** Who answers for the sales of a record: itself, or the one it was merged into. */
async function ownersOf(rx: Rx, members: readonly TriedMember[]): Promise<Map<string, string>> {
  const own = members.map(({ id }): [string, string] => [id, id])
  const absorbed = await rx.rows<{ id: string; mergedIntoId: string }>(
    `SELECT id, mergedIntoId FROM member WHERE mergedIntoId IN ${inList(rx)}`,
    [
      listParameter(
        rx,
        members.map(({ id }) => id),
      ),
    ],
  )
  return new Map([
    ...own,
    ...absorbed.map(({ id, mergedIntoId }): [string, string] => [id, mergedIntoId]),
  ])
}

function salesAfter(
  rx: Rx,
  of: {
    memberIds: readonly string[]
    since: number
    isOfBook: boolean
    after: SaleRow | null
  },
): Promise<SaleRow[]> {
  const { memberId, occurredAtMs, id } = of.after ?? { memberId: '', occurredAtMs: 0, id: '' }
  const known = of.isOfBook
    ? 'AND EXISTS (SELECT 1 FROM growth_entry e WHERE e.purchaseId = purchase.id)'
    : ''
  return rx.rows<SaleRow>(
    `SELECT id, memberId, totalFen, refundedFen, businessDate, occurredAtMs FROM purchase
     WHERE memberId IN ${inList(rx)} AND occurredAtMs >= ? AND kind = 'sale'
       AND sourceKind <> 'import' AND totalFen > 0 ${known}
       AND (memberId > ? OR (memberId = ? AND (occurredAtMs > ? OR (occurredAtMs = ? AND id > ?))))
     ORDER BY memberId, occurredAtMs, id LIMIT ${String(SALES_PER_PAGE)}`,
    [
      ...[listParameter(rx, of.memberIds), of.since],
      ...[memberId, memberId, occurredAtMs, occurredAtMs, id],
    ],
  )
}
