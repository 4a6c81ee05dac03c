import type { BasketLine, CouponQuote, CouponTerms } from '@huike/shared/contracts/coupons'
import { quoteCoupons, type CouponInHand, type CouponOrder } from '@huike/shared/coupons'
import type { CouponId, StoreId } from '@huike/shared/ids'
import { fen, type Fen } from '@huike/shared/quantities'
import { fenOf, wholeOf } from '../points/typed.js'
import { basketStrings as words } from './form-strings.js'

// A basket beside the coupon that is being written: what was typed, and what the coupon takes off it,
// by the function that tills and phones count by.

export const LINES_MAX = 10
const PIECES = { least: 1, most: 9_999 }
const IN_HAND = { least: 1, most: 40 }
const MILLI = 1_000
/** Where the coupon does not ask when. */
const ANY_MOMENT = '2026-01-05T12:00'
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/

/** One line of it, as typed. */
export interface LineForm {
  /** Tells it from the others. */
  key: string
  name: string
  code: string
  amount: string
  pieces: string
}

/** The basket, and what the coupon may ask of who buys, where and when. */
export interface BasketForm {
  lines: readonly LineForm[]
  shipping: string
  inHand: string
  channel: 'pos' | 'online'
  /** Null: the first there is. */
  storeId: StoreId | null
  levelCode: string
  first: 'later' | 'first'
  /** `YYYY-MM-DDTHH:mm`, by the clock of the store. */
  at: string
  points: 'without' | 'with'
}

/** What the coupon asks for; nothing else has to be filled in. */
export interface AskedOfBasket {
  codes: boolean
  shipping: boolean
  several: boolean
  channel: boolean
  store: boolean
  level: boolean
  first: boolean
  at: boolean
  points: boolean
}

/** What is wrong, by field, in words; fields of a line are named by `lineField`. */
export type BasketProblems = Readonly<Record<string, string>>

/** What a coupon does to a basket. */
export interface Outcome {
  lines: readonly BasketLine[]
  shippingFen: Fen
  inHand: number
  quote: CouponQuote
}

/** What problems and inputs call a field of a line. */
export function lineField(key: string, field: string): string {
  return `${key}-${field}`
}

/** What these terms ask for. */
export function askedOf({ gives, perOrderMax, withPoints, when }: CouponTerms): AskedOfBasket {
  const goods = [when.goods, when.notGoods].flatMap((one) => one ?? [])
  return {
    codes: goods.some(({ codes, prefixes }) => codes.length + prefixes.length > 0),
    shipping: gives.kind === 'shipping',
    several: perOrderMax > 1,
    channel: when.channels.length > 0,
    store: when.storeIds.length > 0,
    level: when.levelCodes.length > 0,
    first: when.isFirstPurchase,
    at: when.weekdays.length > 0 || when.fromTime !== null || when.toTime !== null,
    points: !withPoints,
  }
}

/** What the coupon takes off the basket, or what is wrong with the basket. */
export function outcomeOf(
  form: BasketForm,
  terms: CouponTerms,
  firstStoreId: StoreId | undefined,
): { outcome: Outcome | null; problems: BasketProblems } {
  const asked = askedOf(terms)
  const problems = problemsOf(form, asked)
  if (Object.keys(problems).length > 0) return { outcome: null, problems }
  const lines = form.lines.map(lineOf)
  const shippingFen = asked.shipping ? (fenOf(form.shipping, 0) ?? fen(0)) : fen(0)
  const inHand = asked.several ? (wholeOf(form.inHand, IN_HAND) ?? 1) : 1
  const order: CouponOrder = {
    atMs: 0,
    localTime: `${asked.at ? form.at : ANY_MOMENT}:00`,
    storeId: form.storeId ?? firstStoreId ?? '',
    channel: form.channel,
    goodsFen: fen(lines.reduce((sum, { amountFen }) => sum + amountFen, 0)),
    ...{ lines, shippingFen },
    member: { levelCode: form.levelCode, isFirstPurchase: form.first === 'first' },
    isWithPoints: asked.points && form.points === 'with',
    seenFen: new Map(),
  }
  const coupons = Array.from({ length: inHand }, (_one, at) => inHandOf(terms, String(at)))
  return { outcome: { lines, shippingFen, inHand, quote: quoteCoupons(order, coupons) }, problems }
}

/** A coupon on these terms that is good at any time. */
function inHandOf(terms: CouponTerms, id: string): CouponInHand {
  return {
    couponId: id as CouponId,
    ...{ code: id, templateId: '', version: 1, terms, state: 'issued' },
    ...{ validFromMs: 0, validUntilMs: 1 },
  }
}

function problemsOf(form: BasketForm, asked: AskedOfBasket): BasketProblems {
  const { problem } = words
  const isShipping = !asked.shipping || fenOf(form.shipping, 0) !== null
  const isInHand = !asked.several || wholeOf(form.inHand, IN_HAND) !== null
  const isAt = !asked.at || MOMENT.test(form.at)
  return {
    ...Object.fromEntries(form.lines.flatMap((line) => Object.entries(lineProblems(line)))),
    ...(isShipping ? {} : { shipping: problem.amount }),
    ...(isInHand ? {} : { inHand: problem.inHand }),
    ...(isAt ? {} : { at: problem.at }),
  }
}

function lineProblems({ key, amount, pieces }: LineForm): BasketProblems {
  const { problem } = words
  return {
    ...(fenOf(amount, 0) === null ? { [lineField(key, 'amount')]: problem.amount } : {}),
    ...(wholeOf(pieces, PIECES) === null ? { [lineField(key, 'pieces')]: problem.pieces } : {}),
  }
}

function lineOf({ name, code, amount, pieces }: LineForm): BasketLine {
  return {
    name: name.trim(),
    code: code.trim() === '' ? null : code.trim(),
    quantityMilli: (wholeOf(pieces, PIECES) ?? 1) * MILLI,
    amountFen: fenOf(amount, 0) ?? fen(0),
  }
}
