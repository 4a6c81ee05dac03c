// The quote of a basket against every combination there is, priced by a second hand: whole numbers of
// fen kept as BigInt, a fen at a time, nothing left out for speed.
import { describe, expect, it } from '@jest/globals'
import type { BasketLine, CouponTerms } from '@huike/shared/contracts/coupons'
import { couponTermsSchema } from '@huike/shared/contracts/coupons'
import {
  quoteChosen,
  quoteCoupons,
  type CouponInHand,
  type CouponOrder,
} from '@huike/shared/coupons'
import type { CouponId } from '@huike/shared/ids'
import { fen } from '@huike/shared/quantities'
import { IS_LONG } from '../rig/long.js'
import { seededRandom, type Random } from '../rig/random.js'

const SEED = 20_261_122
const BASKETS = IS_LONG ? 10_000 : 400
const NOW_MS = 1_800_000_000_000
const DAY_MS = 86_400_000
const CODES = ['A1', 'A2', 'B1', 'B2', 'C1']
const HOURS = [
  ...Array.from({ length: 6 }, () => ({ fromTime: null, toTime: null })),
  { fromTime: '18:31', toTime: null },
  { fromTime: null, toTime: '18:30' },
  { fromTime: '18:30', toTime: '18:31' },
]
const GOODS = { name: '甲类', codes: [], prefixes: ['A'], words: [] }
const OTHER_GOODS = { name: '乙类', codes: ['B1'], prefixes: [], words: [] }

describe('the quote of a basket', () => {
  it(`is the best of all combinations, on ${String(BASKETS)} baskets (seed ${String(SEED)})`, () => {
    const random = seededRandom(SEED)
    let withSeveral = 0
    for (let basket = 0; basket < BASKETS; basket += 1) {
      const order = anOrder(random)
      const coupons = someCoupons(random)
      const quote = quoteCoupons(order, coupons)
      const ids = quote.applied.map(({ couponId }) => couponId)
      const best = everySubset(coupons).reduce(
        (most, subset) => Math.max(most, worthOf(order, subset) ?? 0),
        0,
      )
      expect([basket, quote.offFen + quote.shippingOffFen]).toEqual([basket, best])
      if (ids.length > 1) withSeveral += 1
      expect(quote.lineOffFen.reduce((sum, one) => sum + one, 0)).toBe(quote.offFen)
      expect(quote.applied.reduce((sum, { offFen }) => sum + offFen, 0)).toBe(best)
      expect(quote.dueFen).toBe(order.goodsFen + order.shippingFen - best)
      for (const [at, off] of quote.lineOffFen.entries())
        expect(off).toBeLessThanOrEqual(order.lines?.[at]?.amountFen ?? 0)
      // Everything that is not applied has its reason, once.
      const told = [...ids, ...quote.refused.map(({ couponId }) => couponId)].sort()
      expect(told).toEqual(coupons.map(({ couponId }) => couponId).sort())
      expect(quote.refused.every(({ why }) => why.length > 0)).toBe(true)
      // The cashier who picks just these is told the same.
      if (ids.length > 0)
        expect(quoteChosen(order, coupons, ids)).toMatchObject({
          ok: true,
          quote: {
            offFen: quote.offFen,
            shippingOffFen: quote.shippingOffFen,
            applied: quote.applied,
          },
        })
    }
    expect(withSeveral).toBeGreaterThan(BASKETS / 20)
  })

  it('takes any choice that is legal, and no other', () => {
    const random = seededRandom(SEED + 1)
    const seen = { legal: 0, not: 0 }
    for (let basket = 0; basket < BASKETS / 8; basket += 1) {
      const order = anOrder(random)
      const coupons = someCoupons(random)
      for (const subset of everySubset(coupons)) {
        if (subset.length === 0) continue
        const chosen = quoteChosen(
          order,
          coupons,
          subset.map(({ couponId }) => couponId),
        )
        const worth = worthOf(order, subset)
        expect(chosen.ok).toBe(worth !== null)
        if (chosen.ok) expect(chosen.quote.offFen + chosen.quote.shippingOffFen).toBe(worth)
        seen[worth === null ? 'not' : 'legal'] += 1
      }
    }
    expect(Math.min(seen.legal, seen.not)).toBeGreaterThan(BASKETS / 8)
  })
})

function anOrder(random: Random): CouponOrder {
  const lines = Array.from({ length: random.between(1, 6) }, (): BasketLine => {
    const isWeighed = random.next() < 0.2
    return {
      name: '货',
      code: random.pick(CODES),
      quantityMilli: isWeighed ? random.between(1, 2_999) : random.between(1, 4) * 1_000,
      amountFen: fen(random.next() < 0.05 ? 0 : random.between(1, 9_999)),
    }
  })
  return {
    atMs: NOW_MS,
    localTime: '2027-01-15T18:30:00',
    storeId: 'S',
    channel: random.pick(['pos', 'online'] as const),
    goodsFen: fen(lines.reduce((sum, { amountFen }) => sum + amountFen, 0)),
    lines,
    shippingFen: fen(random.next() < 0.5 ? 0 : random.between(1, 1_500)),
    member: { levelCode: random.pick(['base', 'gold']), isFirstPurchase: random.next() < 0.5 },
    isWithPoints: random.next() < 0.3,
    seenFen: new Map(),
  }
}

function someCoupons(random: Random): CouponInHand[] {
  const coupons: CouponInHand[] = []
  const templates = random.between(1, 5)
  for (let template = 0; template < templates && coupons.length < 7; template += 1) {
    const terms = someTerms(random)
    const copies = random.between(1, Math.min(3, 7 - coupons.length))
    for (let copy = 0; copy < copies; copy += 1)
      coupons.push({
        couponId: `C${String(coupons.length).padStart(2, '0')}` as CouponId,
        code: '',
        templateId: `T${String(template)}`,
        version: 1,
        terms,
        state: random.next() < 0.9 ? 'issued' : 'redeemed',
        validFromMs: NOW_MS - (random.next() < 0.95 ? DAY_MS : -DAY_MS),
        validUntilMs: NOW_MS + random.between(0, 3) * DAY_MS,
      })
  }
  return coupons
}

function someTerms(random: Random): CouponTerms {
  const kind = random.pick(['amount', 'amount', 'percent', 'gift', 'shipping'] as const)
  const most = random.next() < 0.4 ? random.between(1, 900) : null
  const isAlone = random.next() < 0.15
  return couponTermsSchema.parse({
    name: '券',
    gives: {
      amount: { kind: 'amount', amountFen: random.between(1, 4_000) },
      percent: { kind: 'percent', percentOff: random.between(1, 99), mostFen: most },
      gift: { kind: 'gift', mostFen: most },
      shipping: { kind: 'shipping', mostFen: most },
    }[kind],
    class: {
      amount: random.pick(['goods', 'order']),
      percent: 'order',
      gift: 'goods',
      shipping: 'shipping',
    }[kind],
    stacking: isAlone ? 'alone' : 'classes',
    perOrderMax: !isAlone && (kind === 'amount' || kind === 'gift') ? random.between(1, 3) : 1,
    withPoints: random.next() < 0.7,
    when: {
      leastFen: random.next() < 0.5 ? 0 : random.between(1, 12_000),
      goods: kind === 'gift' || random.next() < 0.3 ? GOODS : null,
      notGoods: random.next() < 0.2 ? OTHER_GOODS : null,
      storeIds: [],
      channels: random.next() < 0.2 ? ['pos'] : [],
      levelCodes: random.next() < 0.2 ? ['gold'] : [],
      isFirstPurchase: random.next() < 0.2,
      weekdays: random.next() < 0.2 ? [random.between(4, 6)] : [],
      ...random.pick(HOURS),
    },
    validity: { kind: 'days', afterDays: 0, days: 30 },
    refund: 'given_back',
    bearer: 'chain',
  })
}

function everySubset<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: 2 ** items.length }, (_, mask) =>
    items.filter((_item, at) => (mask >> at) % 2 === 1),
  )
}

/** What a choice takes off, in fen; null where it is not legal. */
function worthOf(order: CouponOrder, chosen: readonly CouponInHand[]): number | null {
  if (chosen.some((coupon) => !mayBeUsed(order, coupon))) return null
  if (chosen.some(({ terms }) => terms.stacking === 'alone') && chosen.length > 1) return null
  const left = (order.lines ?? []).map(({ amountFen }) => BigInt(amountFen))
  let total = 0
  for (const kind of ['goods', 'order', 'shipping']) {
    const own = chosen.filter(({ terms }) => terms.class === kind)
    const [first] = own
    if (!first) continue
    const { terms, templateId } = first
    if (own.some((one) => one.templateId !== templateId)) return null
    if (own.length > terms.perOrderMax) return null
    const off = offOf(order, left, { terms, count: own.length })
    if (off === null) return null
    total += off
  }
  return total
}

function mayBeUsed(order: CouponOrder, { terms, state, validFromMs, validUntilMs }: CouponInHand) {
  const { when } = terms
  return (
    state === 'issued' &&
    validFromMs <= order.atMs &&
    order.atMs < validUntilMs &&
    !(when.channels.length === 1 && order.channel === 'online') &&
    !(when.levelCodes.length === 1 && order.member.levelCode === 'base') &&
    !(when.isFirstPurchase && !order.member.isFirstPurchase) &&
    // 2027-01-15 is a Friday, and it is 18:30.
    !(when.weekdays.length === 1 && when.weekdays[0] !== 5) &&
    when.fromTime !== '18:31' &&
    when.toTime !== '18:30' &&
    !(order.isWithPoints && !terms.withPoints)
  )
}

/** Takes a template's coupons off what is left; null where that is not legal. */
function offOf(
  order: CouponOrder,
  left: bigint[],
  { terms, count }: { terms: CouponTerms; count: number },
): number | null {
  const lines = order.lines ?? []
  const own = lines.flatMap(({ code }, at) => {
    const isIn = terms.when.goods === null || code?.startsWith('A')
    return isIn && !(terms.when.notGoods !== null && code === 'B1') ? [at] : []
  })
  const sum = own.reduce((total, at) => total + (left[at] ?? 0n), 0n)
  if (own.length === 0 || sum < BigInt(terms.when.leastFen * count)) return null
  const { gives } = terms
  const capped = (value: bigint, most: number | null) =>
    most !== null && value > BigInt(most) ? BigInt(most) : value
  if (gives.kind === 'shipping') {
    const off = capped(BigInt(order.shippingFen), gives.mostFen)
    return off > 0n ? Number(off) : null
  }
  if (gives.kind === 'gift') {
    let off = 0n
    const pieces = own.flatMap((at) => {
      const { quantityMilli, amountFen } = lines[at] ?? { quantityMilli: 0, amountFen: 0 }
      const number = quantityMilli % 1_000 === 0 ? quantityMilli / 1_000 : 1
      const value = capped(BigInt(amountFen) / BigInt(number), gives.mostFen)
      return Array.from({ length: number }, () => ({ at, value }))
    })
    pieces.sort((a, b) => Number(b.value - a.value) || a.at - b.at)
    if (pieces.length < count) return null
    for (const { at, value } of pieces.slice(0, count)) {
      if (value <= 0n) return null
      left[at] = (left[at] ?? 0n) - value
      off += value
    }
    return Number(off)
  }
  if (gives.kind === 'amount' && BigInt(gives.amountFen) * BigInt(count - 1) >= sum) return null
  const off =
    gives.kind === 'amount'
      ? capped(BigInt(gives.amountFen) * BigInt(count), Number(sum))
      : capped((sum * BigInt(gives.percentOff)) / 100n, gives.mostFen)
  if (off <= 0n) return null
  const shares = own.map((at) => {
    const exact = off * (left[at] ?? 0n)
    return { at, share: exact / sum, cut: exact % sum }
  })
  let rest = off - shares.reduce((total, { share }) => total + share, 0n)
  shares.sort((a, b) => (a.cut === b.cut ? a.at - b.at : a.cut > b.cut ? -1 : 1))
  for (const { at, share } of shares) {
    const more = rest > 0n ? 1n : 0n
    rest -= more
    left[at] = (left[at] ?? 0n) - share - more
  }
  return Number(off)
}
