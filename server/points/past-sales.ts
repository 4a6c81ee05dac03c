import { reversedPoints } from '@huike/shared/earning'
import { askedBy, type SoldLine } from '@huike/shared/earning-conditions'
import type { EarningTerms } from '@huike/shared/contracts/console-points'
import { fen, points, type Points } from '@huike/shared/quantities'
import type { ProfilesService } from '../members/profiles.service.js'
import type { Rx } from '../platform/database.js'
import type { Purchase } from '../purchases/purchase.entity.js'
import type { PurchasesService } from '../purchases/purchases.service.js'

// Sales that are given their points anew: a page of them, and what the rules ask for beside them.

export const SALES_PER_PAGE = 500
export const PAST_SALE_COLUMNS = `id, memberId, storeId, channel, sourceKind, businessDate,
  occurredAtMs, totalFen, refundedFen, earnedPoints, reversedPoints, earnedAs`

export type PastSale = Pick<
  Purchase,
  | 'id'
  | 'memberId'
  | 'storeId'
  | 'channel'
  | 'sourceKind'
  | 'businessDate'
  | 'occurredAtMs'
  | 'totalFen'
  | 'refundedFen'
  | 'earnedPoints'
  | 'reversedPoints'
  | 'earnedAs'
>

/** What a page of sales is worked out with, as far as anything asks for it. */
export interface PageFacts {
  lines: ReadonlyMap<string, readonly SoldLine[]>
  birthdays: ReadonlyMap<string, string | null>
}

/** Reads what these terms ask of a page of sales. */
export async function factsOf(
  rx: Rx,
  { purchases, profiles }: { purchases: PurchasesService; profiles: ProfilesService },
  page: readonly PastSale[],
  terms: { forLines: readonly EarningTerms[]; forBirthdays: EarningTerms },
): Promise<PageFacts> {
  const memberIds = [...new Set(page.flatMap(({ memberId }) => memberId ?? []))]
  const asksLines = terms.forLines.some((one) => askedBy(one).lines)
  return {
    lines: await purchases.firstLinesOf(
      rx,
      asksLines ? page.map(({ id }) => id) : [],
      Number.MAX_SAFE_INTEGER,
    ),
    birthdays: askedBy(terms.forBirthdays).birthday
      ? await profiles.birthdaysOf(rx, memberIds)
      : new Map<string, string | null>(),
  }
}

/** Orders from before the chain came here, which gave nothing, by whatever rule. */
export function isFromBefore({ sourceKind, earnedPoints }: PastSale): boolean {
  return sourceKind === 'import' && earnedPoints === 0
}

/** What a sale gives, less what its refunds take back of that. */
export function lessRefunds(earned: Points, sale: PastSale): number {
  if (sale.refundedFen === 0) return earned
  // However many refunds there were: together they take what one over their sum would.
  const taken = reversedPoints({
    earned,
    totalFen: fen(sale.totalFen),
    refundedFen: fen(sale.refundedFen),
    alreadyReversed: points(0),
  })
  return earned - taken
}
