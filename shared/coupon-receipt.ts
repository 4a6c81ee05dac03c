import { fen, type Fen } from './quantities.js'

// Whether the receipt of an order shows the coupons that were set aside for it, the same at the till
// and in the server.

/** Orders are rounded down to the yuan at the till (抹零); so much less is no difference. */
const ROUNDING_FEN_MAX = 99

/** An order with coupons: what its goods come to, and what coupons and points take off. */
export interface CouponedOrder {
  goodsFen: number
  offFen: number
  pointsFen: number
}

/** What the receipt of the order should come to, in fen. */
export function expectedTotalFen({ goodsFen, offFen, pointsFen }: CouponedOrder): Fen {
  return fen(Math.max(0, goodsFen - offFen - pointsFen))
}

/** What was paid beside what was told, in fen, more is positive; null where the receipt shows it. */
export function receiptDifferenceFen(order: CouponedOrder, totalFen: number): number | null {
  const differenceFen = totalFen - expectedTotalFen(order)
  return differenceFen <= 0 && differenceFen >= -ROUNDING_FEN_MAX ? null : differenceFen
}
