import type { CouponQuote, HeldCoupon, RefusedCoupon } from '@huike/shared/contracts/coupons'
import type { CouponId } from '@huike/shared/ids'
import { fen, type Fen } from '@huike/shared/quantities'
import type { CouponPanel } from './coupon-model.js'

// The coupons in the panel as the cashier sees them: which rows, in which order, ticked or why not.

/** Coupons on screen at once, each with its number key. */
export const COUPONS_PER_PAGE = 4
/** What may be ticked comes before what may not. */
const RANKS: Partial<Record<RefusedCoupon['code'], number>> = {
  coupon_not_best: 0,
  coupon_together: 0,
  coupon_goods_unseen: 1,
}
const LAST_RANK = 2

/** A coupon in the list. */
export interface CouponRow {
  coupon: HeldCoupon
  isTicked: boolean
  /** What it takes off; null where it is not ticked. */
  offFen: Fen | null
  /** Why it is not ticked, as the server says. */
  refused: RefusedCoupon | null
}

/** The coupons that are ticked. */
export function tickedIn({ picked, told: known }: CouponPanel): readonly CouponId[] {
  return picked ?? known?.answer.quote.applied.map(({ couponId }) => couponId) ?? []
}

/** The coupons on screen, in the order of their number keys, and how many pages there are. */
export function couponRows(panel: CouponPanel): { rows: CouponRow[]; pages: number } {
  const { told: known, order, page } = panel
  if (known === null) return { rows: [], pages: 0 }
  const { coupons, quote } = known.answer
  const ticked = tickedIn(panel)
  const rows = order.slice(page * COUPONS_PER_PAGE, (page + 1) * COUPONS_PER_PAGE)
  return {
    pages: Math.ceil(order.length / COUPONS_PER_PAGE),
    rows: rows.flatMap((id): CouponRow[] => {
      const coupon = coupons.find(({ couponId }) => couponId === id)
      if (coupon === undefined) return []
      const applied = quote.applied.find(({ couponId }) => couponId === id)
      const refused = quote.refused.find(({ couponId }) => couponId === id) ?? null
      return [{ coupon, isTicked: ticked.includes(id), offFen: applied?.offFen ?? null, refused }]
    }),
  }
}

/** What is off and left to pay with what is ticked; null while it is being asked. */
export function couponTotals(
  panel: CouponPanel,
  pointsFen: Fen,
): { offFen: Fen; dueFen: Fen; withPoints: boolean } | null {
  const { told: known, askingSeq } = panel
  if (known === null || askingSeq !== null) return null
  const { quote } = known.answer
  const isNone = tickedIn(panel).length === 0
  const offFen = isNone ? fen(0) : quote.offFen
  const dueFen = fen(Math.max(0, known.goodsFen - offFen - pointsFen))
  return { offFen, dueFen, withPoints: isNone || quote.withPoints }
}

/** All coupons of an answer: those that are taken, those that may be, and the others. */
export function usableFirst({ applied, refused }: CouponQuote): CouponId[] {
  const rank = ({ code }: RefusedCoupon) => RANKS[code] ?? LAST_RANK
  const others = [...refused].sort((one, other) => rank(one) - rank(other))
  return [...applied, ...others].map(({ couponId }) => couponId)
}
