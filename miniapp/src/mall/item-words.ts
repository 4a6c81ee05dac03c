import type { MallItem } from '@huike/shared/contracts/mall'
import { points } from '@huike/shared/quantities'
import { formatPoints, formatStoreDate, formatStoreTime } from '../format.js'
import { texts } from '../texts.js'

/** Stores that are called by name in a question, and where there is room; the others are counted. */
const NAMED_IN_QUESTION = 3
const NAMED_ON_PAGE = 30
const DAY_MS = 86_400_000

type Stores = NonNullable<MallItem['fetch']>['stores']

/** What somebody is about to do: what of, how many, and what they have. */
export interface Wish {
  readonly item: Pick<MallItem, 'name' | 'kind' | 'fetch' | 'pricePoints'>
  readonly quantity: number
  readonly spendablePoints: number
}

/** What leaves the account, for what, what stays, and until when and where it is to be fetched. */
export function askSentence({ item, quantity, spendablePoints }: Wish, nowMs: number): string {
  const { fetch, pricePoints } = item
  const cost = pricePoints * quantity
  const rest = Math.max(spendablePoints - cost, 0)
  const first = texts.mallAsk(whatWords(item, quantity), pointsOf(cost), pointsOf(rest))
  if (fetch === null) return first + texts.mallCouponNote
  const date = formatStoreDate(nowMs + fetch.days * DAY_MS)
  const where =
    fetch.stores.length === 0 ? texts.mallAnyStore : storesWords(fetch.stores, NAMED_IN_QUESTION)
  return first + texts.mallAskFetch(date, where) + texts.mallLapse[fetch.lapse]
}

/** `“手冲咖啡”2 件`. */
export function whatWords({ name, kind }: Pick<MallItem, 'name' | 'kind'>, quantity: number) {
  return kind === 'coupon' ? texts.mallCoupons(name, quantity) : texts.mallPieces(name, quantity)
}

/** Why one cannot be had now; null where one can. Missing points are told with their number. */
export function whyWords({ why, missingPoints, fromMs }: MallItem): string | null {
  if (why === null) return null
  if (why.code === 'points_short') return texts.mallMissing(pointsOf(missingPoints))
  if (why.code === 'mall_early') return texts.mallFrom(formatStoreTime(fromMs))
  return why.sentence
}

/** The most that can be had at once with so many points; at least one, for whoever could have one. */
export function quantityMaxOf({ quantityMax, pricePoints }: MallItem, spendable: number): number {
  return Math.max(1, Math.min(quantityMax, Math.floor(spendable / pricePoints)))
}

/** Points of a contract that does not brand them, with thousands apart. */
export function pointsOf(value: number): string {
  return formatPoints(points(value))
}

/** What is to be known beside the price: how many are left, and who may have how many until when. */
export function factsOf({ left, limits, untilMs }: MallItem): string[] {
  return [
    ...(left === null || left === 0 ? [] : [texts.mallLeft(pointsOf(left))]),
    ...limits,
    ...(untilMs === null ? [] : [texts.mallUntil(formatStoreTime(untilMs))]),
  ]
}

/** Where something is fetched, in a sentence. */
export function fetchWhere(stores: Stores): string {
  return stores.length === 0
    ? texts.mallFetchEverywhere
    : texts.mallFetchStores(storesWords(stores, NAMED_ON_PAGE))
}

function storesWords(stores: Stores, namedMax: number): string {
  const named = stores
    .slice(0, namedMax)
    .map(({ name }) => name)
    .join('、')
  return stores.length > namedMax ? texts.mallStoresSome(named, stores.length) : named
}
