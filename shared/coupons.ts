import type {
  BasketLine,
  CouponClass,
  CouponQuote,
  CouponTerms,
  RefusedCoupon,
} from './contracts/coupons.js'
import { couponFault, type CouponFault } from './coupon-conditions.js'
import { asksGoods, linesFor, takeOff, type Counted, type Priced } from './coupon-discount.js'
import type { CouponId } from './ids.js'
import { outcomeSentence, refuse, type Refusal } from './outcomes.js'
import { fen, type Fen } from './quantities.js'

// Which coupons an order takes, and what each takes off each line: a pure function of the basket, the
// member and what the member holds, the same at the till, on the phone and in the server.
//
// Of each class an order takes one template, as many of its coupons as the template allows; a coupon
// that stands alone takes no other. Classes count one after another (goods, order, shipping), each
// from what the ones before left. Among all that is legal the one that takes off most wins; of equals
// the one with fewer coupons, and of those the one whose coupons end first.

const CLASSES: readonly CouponClass[] = ['goods', 'order', 'shipping']

/** A coupon that a member holds. */
export interface CouponInHand {
  couponId: CouponId
  code: string
  templateId: string
  /** Coupons of one template may have been given on different terms. */
  version: number
  terms: CouponTerms
  state: string
  validFromMs: number
  validUntilMs: number
}

export interface CouponOrder {
  atMs: number
  /** The clock on the wall of the store, `YYYY-MM-DDTHH:mm:ss`. */
  localTime: string
  storeId: string
  channel: 'pos' | 'online'
  /** What the goods come to; the sum of the lines where they are known. */
  goodsFen: Fen
  /** Null where only the sum is known, as at a till that cannot be asked. */
  lines: readonly BasketLine[] | null
  shippingFen: Fen
  member: { levelCode: string; isFirstPurchase: boolean }
  /** The member wants to pay a part of it with points. */
  isWithPoints: boolean
  /** Where lines are not known: what the goods of a coupon come to, seen by the cashier. */
  seenFen: ReadonlyMap<CouponId, Fen>
}

/** Coupons of one template on the same terms, those that end first before the others. */
interface Group {
  terms: CouponTerms
  coupons: readonly CouponInHand[]
  /** The lines they are for. */
  own: readonly number[]
}

interface Combination {
  parts: readonly { group: Group; coupons: readonly CouponInHand[] }[]
  priced: Priced
}

/**
 * The best that an order may take of these coupons, what it takes off, and for each other coupon why
 * not. At most `COUPONS_PER_QUOTE_MAX` coupons.
 */
export function quoteCoupons(order: CouponOrder, coupons: readonly CouponInHand[]): CouponQuote {
  const { usable, refused } = sorted(order, coupons)
  const best = combinations(usable).reduce<Combination>(
    (found, parts) => {
      const priced = price(order, parts)
      const combination = { parts, priced }
      return priced.ok && isBetter(combination, found) ? combination : found
    },
    { parts: [], priced: price(order, []) },
  )
  return answer(order, { best, coupons, usable, refused })
}

/**
 * What exactly these coupons take off, chosen by the cashier. Refuses with the reason of the first one
 * that cannot be used, and `coupon_together`.
 */
export function quoteChosen(
  order: CouponOrder,
  coupons: readonly CouponInHand[],
  chosen: readonly CouponId[],
): { ok: true; quote: CouponQuote } | Refusal {
  const wanted = new Set(chosen)
  const { usable, refused } = sorted(order, coupons)
  const known = new Set(coupons.map(({ couponId }) => couponId))
  if (chosen.some((id) => !known.has(id))) return refuse('coupon_not_found')
  const fault = [...refused.values()].find(({ couponId }) => wanted.has(couponId))
  if (fault) return refuse(fault.code, fault.why)
  const parts = usable.flatMap((group) => {
    const own = group.coupons.filter(({ couponId }) => wanted.has(couponId))
    return own.length === 0 ? [] : [{ group, coupons: own }]
  })
  const apart = whyApart(parts)
  if (apart !== null) return refuse('coupon_together', apart)
  const priced = price(order, parts)
  if (!priced.ok) return refuse(priced.code, priced.why)
  return { ok: true, quote: answer(order, { best: { parts, priced }, coupons, usable, refused }) }
}

/** Those that may be used, by template and terms, and the others with their reasons. */
function sorted(
  order: CouponOrder,
  coupons: readonly CouponInHand[],
): { usable: Group[]; refused: Map<CouponId, RefusedCoupon> } {
  const refused = new Map<CouponId, RefusedCoupon>()
  const groups = new Map<string, CouponInHand[]>()
  for (const coupon of coupons) {
    const fault = couponFault(coupon, order)
    if (fault) refused.set(coupon.couponId, refusal(coupon, fault))
    // What the cashier saw is of one coupon: it is not priced with others.
    const apart = order.lines === null && asksGoods(coupon.terms) ? coupon.couponId : ''
    const key = `${coupon.templateId}|${String(coupon.version)}|${apart}`
    if (!fault) groups.set(key, [...(groups.get(key) ?? []), coupon])
  }
  const usable = [...groups.values()].flatMap((own): Group[] => {
    const [first] = own
    if (!first) return []
    const { terms } = first
    return [{ terms, coupons: own.sort(endsFirst), own: linesFor(order, terms) }]
  })
  return { usable, refused }
}

/** Everything that may be used together, the empty choice left out. */
function combinations(usable: readonly Group[]): Combination['parts'][] {
  const alone = usable.filter(({ terms }) => terms.stacking === 'alone')
  let found: Combination['parts'][] = [[]]
  for (const kind of CLASSES) {
    const options = usable
      .filter(({ terms }) => terms.class === kind && terms.stacking === 'classes')
      .flatMap(countsOf)
    found = found.flatMap((parts) => [parts, ...options.map((option) => [...parts, option])])
  }
  return [...found.slice(1), ...alone.flatMap(countsOf).map((option) => [option])]
}

/** A group's coupons taken one, two … at a time. */
function countsOf(group: Group): Combination['parts'][number][] {
  const most = Math.min(group.coupons.length, group.terms.perOrderMax)
  return Array.from({ length: most }, (_, at) => ({
    group,
    coupons: group.coupons.slice(0, at + 1),
  }))
}

function price(order: CouponOrder, parts: Combination['parts']): Priced {
  const counted = parts.map(({ group, coupons }): Counted => {
    const [first] = coupons
    return {
      terms: group.terms,
      coupons: coupons.map(({ couponId }) => couponId),
      own: group.own,
      seenFen: (first && order.seenFen.get(first.couponId)) ?? null,
    }
  })
  return takeOff(order, counted.sort(byClass))
}

function isBetter(one: Combination, other: Combination): boolean {
  const more = offOf(one.priced) - offOf(other.priced)
  if (more !== 0) return more > 0
  const all = couponsOf(one)
  const others = couponsOf(other)
  if (all.length !== others.length) return all.length < others.length
  for (const [at, coupon] of all.entries()) {
    const rival = others[at]
    const order = rival ? endsFirst(coupon, rival) : 0
    if (order !== 0) return order < 0
  }
  return false
}

function answer(
  order: CouponOrder,
  of: {
    best: Combination
    coupons: readonly CouponInHand[]
    usable: readonly Group[]
    refused: ReadonlyMap<CouponId, RefusedCoupon>
  },
): CouponQuote {
  const { best, coupons, usable, refused } = of
  const { priced } = best
  if (!priced.ok) throw new Error('what is answered is legal')
  const applied = new Set(priced.off.keys())
  const others = coupons.flatMap((coupon) => {
    if (applied.has(coupon.couponId)) return []
    return [
      refused.get(coupon.couponId) ?? refusal(coupon, whyNot(order, coupon, { best, usable })),
    ]
  })
  return {
    applied: [...priced.off].map(([couponId, offFen]) => ({ couponId, offFen: fen(offFen) })),
    refused: others,
    lineOffFen: priced.lineOff.map(fen),
    offFen: fen(priced.lineOff.reduce((sum, one) => sum + one, 0)),
    shippingOffFen: fen(priced.shippingOff),
    dueFen: fen(order.goodsFen + order.shippingFen - offOf(priced)),
    withPoints: best.parts.every(({ group }) => group.terms.withPoints),
  }
}

/** Why a coupon that may be used is not: alone it gives nothing, or beside the others it cannot be. */
function whyNot(
  order: CouponOrder,
  coupon: CouponInHand,
  of: { best: Combination; usable: readonly Group[] },
): CouponFault {
  const group = of.usable.find(({ coupons }) => coupons.includes(coupon))
  if (!group) throw new Error(`coupon ${coupon.couponId} is in no group`)
  const alone = price(order, [{ group, coupons: [coupon] }])
  if (!alone.ok) return alone
  const { parts } = of.best
  const own = parts.find((part) => part.group === group)
  const rest = parts.filter((part) => part.group !== group)
  const more = [...rest, { group, coupons: [...(own?.coupons ?? []), coupon] }]
  const apart = whyApart(more)
  if (apart !== null) return { code: 'coupon_together', why: apart }
  const priced = price(order, more)
  if (!priced.ok) return priced
  return { code: 'coupon_not_best', why: outcomeSentence('coupon_not_best') }
}

/** Why these cannot be used together, in words; null where they can. */
function whyApart(parts: Combination['parts']): string | null {
  for (const [at, { group, coupons }] of parts.entries()) {
    const { terms } = group
    if (coupons.length > terms.perOrderMax)
      return `“${terms.name}”每单最多用 ${String(terms.perOrderMax)} 张`
    const other = parts.find(
      (part, index) =>
        index !== at &&
        (part.group.terms.class === terms.class ||
          terms.stacking === 'alone' ||
          part.group.terms.stacking === 'alone'),
    )
    if (other) return `“${terms.name}”不能与“${other.group.terms.name}”一起用`
  }
  return null
}

function refusal({ couponId }: CouponInHand, { code, why }: CouponFault): RefusedCoupon {
  return { couponId, code, why }
}

function offOf(priced: Priced): number {
  return priced.ok ? priced.shippingOff + priced.lineOff.reduce((sum, one) => sum + one, 0) : 0
}

function couponsOf({ parts }: Combination): CouponInHand[] {
  return parts.flatMap(({ coupons }) => coupons).sort(endsFirst)
}

function endsFirst(one: CouponInHand, other: CouponInHand): number {
  if (one.validUntilMs !== other.validUntilMs) return one.validUntilMs - other.validUntilMs
  return one.couponId < other.couponId ? -1 : Number(one.couponId > other.couponId)
}

function byClass({ terms: one }: Counted, { terms: other }: Counted): number {
  return CLASSES.indexOf(one.class) - CLASSES.indexOf(other.class)
}
