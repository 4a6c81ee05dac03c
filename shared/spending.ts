import type { SpendingQuote, SpendingTerms } from './contracts/spending.js'
import { outcomeSentence, refuse, type Refusal } from './outcomes.js'
import {
  fen,
  formatFen,
  mulDivFloor,
  points,
  POINTS_MAX,
  type Fen,
  type Points,
} from './quantities.js'

// Points as cash: how many an order may take, and what they are worth. A pure function of the chain's
// terms, the order and what the member holds; the till, the server and the phone say the same.

const PERCENT = 100

/** What is to be paid, and with how much at hand. */
export interface SpendingOrder {
  /** What the order comes to before points. */
  orderFen: Fen
  /** What the member may spend now. */
  spendablePoints: Points
}

/** What points are worth: whole fen, since a step is. */
export function worthOf(terms: SpendingTerms, count: number): Fen {
  return fen(mulDivFloor(count, terms.fen, terms.points))
}

/** The most points that are worth no more than this, by `worthOf`. */
export function coveredBy(terms: SpendingTerms, worthFen: Fen): Points {
  if (worthOf(terms, POINTS_MAX) <= worthFen) return points(POINTS_MAX)
  const atMost = mulDivFloor(worthFen + 1, terms.points, terms.fen)
  return points(worthOf(terms, atMost) > worthFen ? atMost - 1 : atMost)
}

/** How many of these points may be spent in all, in whole steps; 0 where they are too few. */
export function wholeSteps(terms: SpendingTerms, spendablePoints: Points): Points {
  const whole = spendablePoints - (spendablePoints % terms.stepPoints)
  return points(whole >= terms.leastPoints ? whole : 0)
}

/** How many points an order may take, in whole steps, and why none where it may take none. */
export function quoteSpending(terms: SpendingTerms | null, order: SpendingOrder): SpendingQuote {
  const { spendablePoints } = order
  const mostPoints = terms === null ? points(0) : mostOf(terms, order)
  const refusal = terms === null ? refuse('spending_off') : whyNone(terms, order, mostPoints)
  return {
    spendablePoints,
    mostPoints: refusal ? points(0) : mostPoints,
    mostFen: terms === null || refusal ? fen(0) : worthOf(terms, mostPoints),
    leastPoints: points(terms?.leastPoints ?? 0),
    stepPoints: points(terms?.stepPoints ?? 0),
    why: refusal ? (refusal.detail ?? outcomeSentence(refusal.code)) : null,
  }
}

/**
 * What `wanted` points take off an order. Refuses `spending_off`, `spending_order_small`,
 * `points_short` (the member has not so many), `spending_too_few`, `spending_step` and
 * `spending_too_many` (the order may not take so many).
 */
export function spend(
  terms: SpendingTerms | null,
  order: SpendingOrder,
  wanted: number,
): { ok: true; valueFen: Fen } | Refusal {
  if (terms === null) return refuse('spending_off')
  if (order.orderFen < terms.leastOrderFen) return orderSmall(terms)
  if (wanted > order.spendablePoints) return short(order)
  if (wanted < terms.leastPoints) return tooFew(terms)
  if (wanted % terms.stepPoints !== 0)
    return refuse('spending_step', `每次使用的积分应是 ${String(terms.stepPoints)} 的倍数`)
  const most = mostOf(terms, { ...order, spendablePoints: points(wanted) })
  if (wanted > most) return refuse('spending_too_many', `这一单最多可用 ${String(most)} 积分`)
  return { ok: true, valueFen: worthOf(terms, wanted) }
}

function mostOf(terms: SpendingTerms, { orderFen, spendablePoints }: SpendingOrder): Points {
  const partFen = mulDivFloor(orderFen, terms.orderPercentMax, PERCENT)
  const most = Math.min(
    Math.max(0, spendablePoints),
    mulDivFloor(partFen, terms.points, terms.fen),
    terms.orderPointsMax ?? Number.MAX_SAFE_INTEGER,
  )
  return points(most - (most % terms.stepPoints))
}

function whyNone(terms: SpendingTerms, order: SpendingOrder, most: Points): Refusal | null {
  if (order.orderFen < terms.leastOrderFen) return orderSmall(terms)
  if (order.spendablePoints < Math.max(terms.leastPoints, terms.stepPoints)) return short(order)
  return most < Math.max(terms.leastPoints, 1) ? tooFew(terms) : null
}

function orderSmall({ leastOrderFen }: SpendingTerms): Refusal {
  return refuse('spending_order_small', `满 ${formatFen(fen(leastOrderFen))} 才可使用积分`)
}

function short({ spendablePoints }: SpendingOrder): Refusal {
  return refuse('points_short', `可用积分不足：现有 ${String(Math.max(0, spendablePoints))} 分可用`)
}

function tooFew({ leastPoints }: SpendingTerms): Refusal {
  return refuse('spending_too_few', `每次至少使用 ${String(leastPoints)} 积分`)
}
