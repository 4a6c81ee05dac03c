import type { BasketLine, CouponTerms } from './contracts/coupons.js'
import type { CouponFault } from './coupon-conditions.js'
import { fitsItems } from './earning-conditions.js'
import type { CouponId } from './ids.js'
import { outcomeSentence, type OutcomeCode } from './outcomes.js'
import { fen, formatFen, mulDivFloor, type Fen } from './quantities.js'

// What coupons take off the lines of a basket. A sum is spread over the lines it is for in proportion
// to what is left of them; the fen that do not divide go to the largest fractions first, the earlier
// line first among equals, so that the lines add up to the sum exactly and none falls below zero.

const PERCENT = 100
const MILLI = 1_000

/** Coupons of one template used together. */
export interface Counted {
  terms: CouponTerms
  coupons: readonly CouponId[]
  /** The lines they are for; see `linesFor`. */
  own: readonly number[]
  /** What its goods come to, seen by the cashier; null where the lines say it. */
  seenFen: Fen | null
}

/** What is taken off, or why these cannot be used. */
export type Priced =
  | {
      ok: true
      /** By coupon, in the order in which they count. */
      off: ReadonlyMap<CouponId, number>
      lineOff: readonly number[]
      shippingOff: number
    }
  | ({ ok: false } & CouponFault)

export interface Basket {
  goodsFen: Fen
  lines: readonly BasketLine[] | null
  shippingFen: Fen
}

/** Whether a coupon asks for goods at all. */
export function asksGoods({ when: { goods, notGoods } }: CouponTerms): boolean {
  return goods !== null || notGoods !== null
}

/** What coupons take off, counted one after another in the order given. */
export function takeOff(basket: Basket, counted: readonly Counted[]): Priced {
  const left = basket.lines?.map(({ amountFen }) => Number(amountFen)) ?? [basket.goodsFen]
  const whole = [...left]
  const off = new Map<CouponId, number>()
  let shippingOff = 0
  for (const one of counted) {
    const { own } = one
    if (own.length === 0) return faulty('coupon_goods', noGoods(one.terms))
    const goodsFen = own.reduce((sum, at) => sum + (left[at] ?? 0), 0)
    const fromFen = one.seenFen === null ? goodsFen : Math.min(one.seenFen, goodsFen)
    const short = one.terms.when.leastFen * one.coupons.length - fromFen
    if (short > 0) return faulty('coupon_threshold', `还差 ${formatFen(fen(short))} 可用`)
    const each =
      one.terms.gives.kind === 'shipping'
        ? [Math.min(basket.shippingFen - shippingOff, one.terms.gives.mostFen ?? Infinity)]
        : eachOff(basket, one, { left, fromFen })
    if (each.length < one.coupons.length || each.some((value) => value <= 0))
      return faulty('coupon_nothing')
    one.coupons.forEach((id, at) => off.set(id, each[at] ?? 0))
    const sum = each.reduce((total, value) => total + value, 0)
    if (one.terms.gives.kind === 'shipping') shippingOff += sum
    else if (one.terms.gives.kind !== 'gift' || basket.lines === null) spread(left, own, sum)
  }
  return {
    ok: true,
    off,
    lineOff: whole.map((amount, at) => amount - (left[at] ?? 0)),
    shippingOff,
  }
}

/** What each coupon of a template takes off; fewer than there are coupons where no more is left. */
function eachOff(
  { lines }: Basket,
  { terms: { gives }, coupons, own }: Counted,
  { left, fromFen }: { left: number[]; fromFen: number },
): number[] {
  switch (gives.kind) {
    case 'percent':
      return [Math.min(mulDivFloor(fromFen, gives.percentOff, PERCENT), gives.mostFen ?? Infinity)]
    case 'amount': {
      let rest = fromFen
      return coupons.map(() => {
        const value = Math.min(gives.amountFen, rest)
        rest -= value
        return value
      })
    }
    case 'gift': {
      const most = gives.mostFen ?? Infinity
      if (lines === null) return coupons.length === 1 ? [Math.min(fromFen, most)] : []
      return giftsOff(lines, own, { left, count: coupons.length, most })
    }
    case 'shipping':
      throw new Error('shipping is not of the goods')
  }
}

/** The dearest pieces for nothing, each taken off its own line. */
function giftsOff(
  lines: readonly BasketLine[],
  own: readonly number[],
  { left, count, most }: { left: number[]; count: number; most: number },
): number[] {
  const pieces = own.flatMap((at) => {
    const line = lines[at]
    if (!line) return []
    const { amountFen, quantityMilli } = line
    // What is weighed is one piece.
    const isCounted = quantityMilli >= MILLI && quantityMilli % MILLI === 0
    const number = isCounted ? quantityMilli / MILLI : 1
    const value = Math.min(Math.floor(amountFen / number), most)
    return Array.from({ length: Math.min(number, count) }, () => ({ at, value }))
  })
  const given = pieces.toSorted((a, b) => b.value - a.value || a.at - b.at).slice(0, count)
  for (const { at, value } of given) left[at] = (left[at] ?? 0) - value
  return given.map(({ value }) => value)
}

/**
 * Takes a sum off some lines in proportion; none falls below zero, and the sum comes out exactly, where
 * they come to so much.
 */
export function spread(left: number[], own: readonly number[], sum: number): void {
  const base = own.reduce((total, at) => total + (left[at] ?? 0), 0)
  const shares = own.map((at) => {
    const amount = left[at] ?? 0
    const share = mulDivFloor(sum, amount, base)
    return { at, share, cut: cutOff(sum, amount, base) }
  })
  let rest = sum - shares.reduce((total, { share }) => total + share, 0)
  for (const one of shares.toSorted((a, b) => b.cut - a.cut || a.at - b.at)) {
    const more = rest > 0 ? 1 : 0
    rest -= more
    left[one.at] = (left[one.at] ?? 0) - one.share - more
  }
}

/** What a division cuts off, as a whole number: (a × b) mod c, exact where the product passes 2^53. */
function cutOff(a: number, b: number, c: number): number {
  const product = a * b
  return Number.isSafeInteger(product) ? product % c : Number((BigInt(a) * BigInt(b)) % BigInt(c))
}

/** The places of the lines a coupon is for; the one sum where lines are not known. */
export function linesFor(
  { lines }: Pick<Basket, 'lines'>,
  { when: { goods, notGoods } }: CouponTerms,
): number[] {
  if (lines === null) return [0]
  return lines.flatMap((line, at) => {
    const isIn = goods === null || fitsItems(goods, line)
    return isIn && !(notGoods !== null && fitsItems(notGoods, line)) ? [at] : []
  })
}

function noGoods({ when: { goods } }: CouponTerms): string {
  return goods === null ? outcomeSentence('coupon_goods') : `还没有选“${goods.name}”的商品`
}

function faulty(code: OutcomeCode, why = outcomeSentence(code)): Priced {
  return { ok: false, code, why }
}
