import { reversedPoints } from '@huike/shared/earning'
import type { GrowthGiven } from '@huike/shared/levels'
import { fen, formatFen, points } from '@huike/shared/quantities'
import type { GrowthEntry } from './growth-entry.entity.js'

// What the growth book has of one sale, and what it still has to say. A pure function of how the sale
// stands now and of the entries written before, not of the events in between: events may come twice,
// late, or in any order, and the book ends up saying the same.
//
// - A sale of a member gives growth once; what was given is not worked out again.
// - Refunds take it back in proportion: floor(given × refunded ÷ total) in all, everything with the
//   last fen.
// - A sale that is not the member's any more gives back what stands of it, and starts anew with whom
//   it is given to. Where the two are one person's records, it moves as it stands.

/** How the growth of a sale stands by its entries. */
export interface SaleGrowth {
  /** With whom; null while nobody has any. */
  holderId: string | null
  given: number
  /** What is left of it after refunds. */
  standing: number
  counted: number
  schemeVersion: number
  /** How many entries there are. */
  entries: number
}

/** A sale as it stands now. */
export interface SaleNow {
  totalFen: number
  refundedFen: number
  /** The member who answers for it; null: none. */
  ownerId: string | null
}

/** An entry to be written. */
export type EntryDraft = Pick<
  GrowthEntry,
  'memberId' | 'growth' | 'counted' | 'reason' | 'explanation' | 'schemeVersion'
>

const NOTHING: SaleGrowth = {
  holderId: null,
  given: 0,
  standing: 0,
  counted: 0,
  schemeVersion: 0,
  entries: 0,
}

/** How the entries of a sale, in order, leave it. */
export function growthAfter(
  entries: readonly Pick<
    GrowthEntry,
    'memberId' | 'growth' | 'counted' | 'reason' | 'schemeVersion'
  >[],
): SaleGrowth {
  return entries.reduce<SaleGrowth>((before, entry) => {
    const after = { ...before, entries: before.entries + 1 }
    switch (entry.reason) {
      case 'purchase':
        return {
          ...after,
          holderId: entry.memberId,
          given: entry.growth,
          standing: entry.growth,
          counted: entry.counted,
          schemeVersion: entry.schemeVersion,
        }
      case 'refund':
        return { ...after, standing: before.standing + entry.growth }
      case 'unassigned':
        return { ...NOTHING, entries: after.entries }
      default:
        // Of the pair that moves it, the one that arrives is the second.
        return { ...after, holderId: entry.memberId }
    }
  }, NOTHING)
}

/** What is still standing of a given sum when so much of the sale was refunded. */
export function standingOf(given: number, sale: Pick<SaleNow, 'totalFen' | 'refundedFen'>): number {
  const { totalFen, refundedFen } = sale
  if (refundedFen === 0) return given
  const taken = reversedPoints({
    earned: points(given),
    totalFen: fen(totalFen),
    refundedFen: fen(refundedFen),
    alreadyReversed: points(0),
  })
  return given - taken
}

/**
 * The entries that make the book say what the sale says. `moved` is how the holder and the owner
 * became, or stopped being, one record; `give` works out what a sale gives whom nothing was given yet
 * (null: it gives nothing).
 */
export function entriesDue(
  sale: SaleNow,
  before: SaleGrowth,
  how: {
    moved: 'merge' | 'merge_undo' | null
    give: () => (GrowthGiven & { schemeVersion: number }) | null
  },
): EntryDraft[] {
  const { ownerId } = sale
  const due: EntryDraft[] = []
  let now = before
  if (now.holderId !== null && now.holderId !== ownerId) {
    const { holderId, standing, counted, schemeVersion } = now
    if (ownerId !== null && how.moved !== null) {
      const words = how.moved === 'merge' ? '会员档案合并' : '撤销会员档案合并'
      const explanation = `${words}，转移 ${String(standing)} 成长值`
      const pair = { reason: how.moved, explanation, schemeVersion }
      due.push(
        { ...pair, memberId: holderId, growth: -standing, counted: -counted },
        { ...pair, memberId: ownerId, growth: standing, counted },
      )
      now = { ...now, holderId: ownerId }
    } else {
      due.push({
        ...{ memberId: holderId, growth: -standing, counted: -counted, schemeVersion },
        reason: 'unassigned',
        explanation: `小票记错会员，已撤销，收回 ${String(standing)} 成长值`,
      })
      now = NOTHING
    }
  }
  if (now.holderId === null && ownerId !== null) {
    const given = how.give()
    if (given === null) return due
    const { growth, isCounted, explanation, schemeVersion } = given
    const counted = isCounted ? 1 : 0
    due.push({
      ...{ memberId: ownerId, growth, counted, explanation, schemeVersion },
      reason: 'purchase',
    })
    now = { ...now, holderId: ownerId, given: growth, standing: growth, schemeVersion }
  }
  const taken = now.standing - standingOf(now.given, sale)
  if (now.holderId !== null && taken > 0)
    due.push({
      memberId: now.holderId,
      growth: -taken,
      counted: 0,
      reason: 'refund',
      explanation:
        `已退款 ${formatFen(fen(sale.refundedFen))}` +
        `（原单 ${formatFen(fen(sale.totalFen))} 得 ${String(now.given)} 成长值），` +
        `按比例扣回 ${String(taken)}`,
      schemeVersion: now.schemeVersion,
    })
  return due
}
