// What a till waits for before the cashier sees the best coupons: the quote of a basket of 20 lines for
// a member with 15 coupons, five templates of each class and all of them usable, so that every
// combination is looked at.
import {
  couponTermsSchema,
  type BasketLine,
  type CouponTerms,
} from '@huike/shared/contracts/coupons'
import { quoteCoupons, type CouponInHand, type CouponOrder } from '@huike/shared/coupons'
import type { CouponId } from '@huike/shared/ids'
import { fen } from '@huike/shared/quantities'
import { seededRandom, type Random } from '../rig/random.js'
import { printFigure, quantile } from './measure.js'

const SEED = 20_261_123
const BASKETS = 2_000
const WARM_UP = 200
const LINES = 20
const COUPONS = 15
const CLASSES = ['goods', 'order', 'shipping'] as const
const NOW_MS = 1_800_000_000_000
const DAY_MS = 86_400_000

/** Quotes many baskets, one after another. */
export async function bench(): Promise<void> {
  const random = seededRandom(SEED)
  const tookMs: number[] = []
  for (let n = 0; n < WARM_UP + BASKETS; n += 1) {
    const [order, coupons] = [anOrder(random), someCoupons(random)]
    const beganMs = performance.now()
    const { applied } = quoteCoupons(order, coupons)
    const endedMs = performance.now()
    if (applied.length !== CLASSES.length) throw new Error('a class of coupons was left out')
    if (n >= WARM_UP) tookMs.push(endedMs - beganMs)
  }
  printFigure({
    ...{ bench: 'quote.20-lines-15-coupons', unit: 'ms', figure: quantile(tookMs, 0.5) },
    ...{ p99Ms: quantile(tookMs, 0.99), slowestMs: Math.max(...tookMs), baskets: BASKETS },
  })
}

function anOrder(random: Random): CouponOrder {
  const lines = Array.from({ length: LINES }, (_, at): BasketLine => ({
    ...{ name: '货', code: `A${String(at % 7)}`, quantityMilli: 1_000 },
    amountFen: fen(random.between(1_000, 9_999)),
  }))
  return {
    ...{ atMs: NOW_MS, localTime: '2027-01-15T18:30:00', storeId: 'S', channel: 'online' },
    goodsFen: fen(lines.reduce((sum, { amountFen }) => sum + amountFen, 0)),
    ...{ lines, shippingFen: fen(1_500), isWithPoints: false, seenFen: new Map() },
    member: { levelCode: 'base', isFirstPurchase: false },
  }
}

function someCoupons(random: Random): CouponInHand[] {
  return Array.from({ length: COUPONS }, (_, at) => ({
    couponId: `C${String(at).padStart(2, '0')}` as CouponId,
    ...{ code: '', templateId: `T${String(at)}`, version: 1, terms: termsOf(random, at) },
    ...{ state: 'issued', validFromMs: NOW_MS - DAY_MS, validUntilMs: NOW_MS + (at + 1) * DAY_MS },
  }))
}

function termsOf(random: Random, at: number): CouponTerms {
  const kind = CLASSES[at % CLASSES.length] ?? 'goods'
  const goods = { name: '甲类', codes: [], prefixes: [`A${String(at % 7)}`], words: [] }
  return couponTermsSchema.parse({
    ...{ name: '券', class: kind, stacking: 'classes', perOrderMax: 1, withPoints: true },
    gives: {
      goods: { kind: 'amount', amountFen: random.between(100, 900) },
      order: { kind: 'percent', percentOff: random.between(1, 30), mostFen: null },
      shipping: { kind: 'shipping', mostFen: random.between(100, 900) },
    }[kind],
    when: {
      ...{ leastFen: 0, goods: kind === 'goods' ? goods : null, notGoods: null, storeIds: [] },
      ...{ channels: [], levelCodes: [], isFirstPurchase: false, weekdays: [] },
      ...{ fromTime: null, toTime: null },
    },
    validity: { kind: 'days', afterDays: 0, days: 30 },
    ...{ refund: 'given_back', bearer: 'chain' },
  })
}
