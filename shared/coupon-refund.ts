import type { CouponTerms } from './contracts/coupons.js'
import { linesFor, spread } from './coupon-discount.js'
import { fen, mulDivFloor, type Fen } from './quantities.js'

// An order with coupons that comes back in parts. A part takes its share of what coupons took off along:
// what is left of a coupon follows from all that was returned by now, so that parts, in whatever number
// and order, add up to the whole, to the fen.

/** What was paid for a sale, and what of it was returned. */
export interface RefundedSale {
  totalFen: number
  refundedFen: number
}

/** What a coupon still takes off; the fen that do not divide stay with what is kept. */
export function keptOffFen(offFen: number, { totalFen, refundedFen }: RefundedSale): number {
  if (refundedFen <= 0) return offFen
  if (refundedFen >= totalFen) return 0
  return offFen - mulDivFloor(offFen, refundedFen, totalFen)
}

/** One line of a receipt. */
export interface ReceiptLine {
  name: string
  code: string | null
  amountFen: number
}

/** A coupon that a sale was paid with, and what it took off. */
export interface PaidCoupon {
  terms: CouponTerms
  offFen: number
}

/**
 * What was really paid for each line: what it cost, less its share of each coupon that was for it, less
 * its share of whatever else was taken off (points, rounding, a discount of the till). The lines add up
 * to the total, where they cost so much. A line that takes something off is nothing that can be returned.
 */
export function paidByLine(
  lines: readonly ReceiptLine[],
  { totalFen, coupons }: { totalFen: number; coupons: readonly PaidCoupon[] },
): Fen[] {
  const left = lines.map(({ amountFen }) => Math.max(0, amountFen))
  const all = lines.map((_line, at) => at)
  const worth = (own: readonly number[]) => own.reduce((sum, at) => sum + (left[at] ?? 0), 0)
  const takeOff = (own: readonly number[], sum: number) => {
    const most = Math.min(sum, worth(own))
    if (most > 0) spread(left, own, most)
  }
  const basket = lines.map((line) => ({
    ...line,
    quantityMilli: 1,
    amountFen: fen(line.amountFen),
  }))
  for (const { terms, offFen } of coupons) {
    const own = linesFor({ lines: basket }, terms)
    // What the till calls its goods may not be what the coupon calls them.
    takeOff(worth(own) >= offFen ? own : all, offFen)
  }
  takeOff(all, worth(all) - totalFen)
  return left.map(fen)
}
