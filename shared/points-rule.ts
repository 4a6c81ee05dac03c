import { formatFen, mulDivFloor, points, type Fen, type Points } from './quantities.js'

// Earning rules are data; what they give is decided here, the same for every channel.

/** The base rate: `points` for every whole `perFen` of the paid total, rounded down. */
export interface BaseRule {
  id: string
  version: number
  points: number
  perFen: number
}

/** The rule a new installation starts with: one point for every whole yuan paid. */
export const BASE_RULE: BaseRule = { id: 'base', version: 1, points: 1, perFen: 100 }

/** What a rule gives, and the arithmetic in words a shopper can check. */
export interface Earned {
  points: Points
  explanation: string
}

/** Points for a paid total: floor(total ÷ perFen) × points. */
export function earnedPoints(rule: BaseRule, totalFen: Fen): Earned {
  const earned = points(Math.floor(totalFen / rule.perFen) * rule.points)
  const rate = `每满 ${formatFen(rule.perFen as Fen)} 得 ${String(rule.points)} 分`
  return {
    points: earned,
    explanation: `实付 ${formatFen(totalFen)}，${rate}，共 ${String(earned)} 分`,
  }
}

/**
 * Points to take back when a refund brings the refunded sum of a sale to `refundedFen`.
 *
 * The part taken back so far is always floor(earned × refunded ÷ total), and everything once the
 * whole total is refunded, so that any series of partial refunds conserves points exactly.
 *
 * @param alreadyReversed what earlier refunds of the same sale took back.
 */
export function reversedPoints(sale: {
  earned: Points
  totalFen: Fen
  refundedFen: Fen
  alreadyReversed: Points
}): Points {
  const { earned, totalFen, refundedFen, alreadyReversed } = sale
  if (totalFen <= 0 || refundedFen >= totalFen) return points(earned - alreadyReversed)
  const due = mulDivFloor(earned, Math.max(0, refundedFen), totalFen)
  return points(Math.max(0, due - alreadyReversed))
}
