import type {
  ConsoleMallItem,
  MallLimits,
  MemberPeriod,
} from '@huike/shared/contracts/console-mall'
import type { MallKind, MallTerms } from '@huike/shared/contracts/mall'
import type { StoreId } from '@huike/shared/ids'
import { epochMs } from '@huike/shared/quantities'
import type { ChosenCoupon } from '../coupons/coupon-choice.js'
import { instantOf, momentOf } from '../coupons/template-form.js'
import type { Problems } from '../points/typed.js'
import { wholeNumber } from '../whole-number.js'
import { formStrings as words } from './strings.js'

// What is typed for an item of the mall, what it says, and what is wrong with it.

const PRICE_ENDS = [1, 10_000_000] as const
const DAY_ENDS = [1, 365] as const
const STOCK_ENDS = [0, 100_000_000] as const
const COUNT_ENDS = [1, 100_000_000] as const
const SORT_ENDS = [0, 9_999] as const

export interface ItemForm {
  kind: MallKind
  name: string
  words: string
  category: string
  price: string
  coupon: ChosenCoupon | null
  storeIds: readonly StoreId[]
  days: string
  lapse: 'back' | 'gone'
  stock: string
  memberMax: string
  period: MemberPeriod | 'none'
  periodMax: string
  levelCodes: readonly string[]
  from: string
  until: string
  sort: string
  state: MallLimits['state']
  basedOnVersion: number
}

export const NEW_ITEM: ItemForm = {
  ...{ kind: 'goods', name: '', words: '', category: '', price: '', coupon: null },
  ...{ storeIds: [], days: '30', lapse: 'back', stock: '', memberMax: '' },
  ...{ period: 'none', periodMax: '1', levelCodes: [], from: '', until: '', sort: '100' },
  ...{ state: 'open', basedOnVersion: 0 },
}

/** What an item says, as a form is filled with it. */
export function formOf({ version, terms, limits, coupon }: ConsoleMallItem): ItemForm {
  const { gives } = terms
  const typed = (value: number | null) => (value === null ? '' : String(value))
  return {
    ...NEW_ITEM,
    ...{ kind: gives.kind, name: terms.name, words: terms.words, category: terms.category },
    ...{ price: String(terms.pricePoints), levelCodes: terms.levelCodes },
    ...(gives.kind === 'goods'
      ? { storeIds: gives.storeIds, days: String(gives.fetchDays), lapse: gives.lapse }
      : {
          coupon: {
            ...{ templateId: gives.templateId, name: coupon?.name ?? '' },
            headline: coupon?.headline ?? '',
          },
        }),
    ...{ stock: typed(limits.stock), memberMax: typed(limits.memberMax) },
    period: limits.periodMax?.period ?? 'none',
    periodMax: String(limits.periodMax?.count ?? 1),
    ...{ from: momentOf(limits.fromMs), sort: String(limits.sort), state: limits.state },
    until: limits.untilMs === null ? '' : momentOf(limits.untilMs),
    basedOnVersion: version,
  }
}

/** What is wrong, by field. */
export function problemsOf(form: ItemForm): Problems {
  const missing = (name: 'name' | 'category' | 'price' | 'days') =>
    form[name].trim() === '' ? { [name]: words.empty } : {}
  const bad = (name: string, isRight: boolean, sentence: string) =>
    isRight ? {} : { [name]: sentence }
  const isGoods = form.kind === 'goods'
  const [fromMs, untilMs] = [instantOf(form.from), instantOf(form.until)]
  const optional = (typed: string, ends: readonly [number, number]) =>
    typed.trim() === '' || wholeNumber(typed, ends) !== null
  return {
    ...bad('price', wholeNumber(form.price, PRICE_ENDS) !== null, words.priceBad),
    ...(isGoods ? bad('days', wholeNumber(form.days, DAY_ENDS) !== null, words.daysBad) : {}),
    ...bad('stock', optional(form.stock, STOCK_ENDS), words.stockBad),
    ...bad('memberMax', optional(form.memberMax, COUNT_ENDS), words.wholeBad),
    ...(form.period === 'none'
      ? {}
      : bad('periodMax', wholeNumber(form.periodMax, COUNT_ENDS) !== null, words.periodBad)),
    ...bad('sort', wholeNumber(form.sort, SORT_ENDS) !== null, words.sortBad),
    ...bad('until', fromMs === null || untilMs === null || fromMs < untilMs, words.untilBad),
    ...missing('name'),
    ...missing('category'),
    ...missing('price'),
    ...(isGoods ? missing('days') : {}),
    ...(isGoods || form.coupon !== null ? {} : { coupon: words.empty }),
  }
}

/** What a form says; null while something is wrong with it. Without a beginning it begins now. */
export function draftOf(
  form: ItemForm,
  nowMs: number,
): { terms: MallTerms; limits: MallLimits } | null {
  const givesOf = (): MallTerms['gives'] | null => {
    if (form.kind === 'coupon')
      return form.coupon && { kind: 'coupon', templateId: form.coupon.templateId }
    const fetchDays = wholeNumber(form.days, DAY_ENDS)
    if (fetchDays === null) return null
    return { kind: 'goods', fetchDays, storeIds: [...form.storeIds], lapse: form.lapse }
  }
  const [gives, pricePoints] = [givesOf(), wholeNumber(form.price, PRICE_ENDS)]
  if (Object.keys(problemsOf(form)).length > 0 || gives === null || pricePoints === null)
    return null
  const untilMs = instantOf(form.until)
  return {
    terms: {
      ...{ name: form.name.trim(), words: form.words.trim(), category: form.category.trim() },
      ...{ gives, pricePoints, levelCodes: [...form.levelCodes] },
    },
    limits: {
      state: form.state,
      stock: wholeNumber(form.stock, STOCK_ENDS),
      memberMax: wholeNumber(form.memberMax, COUNT_ENDS),
      periodMax:
        form.period === 'none'
          ? null
          : { period: form.period, count: wholeNumber(form.periodMax, COUNT_ENDS) ?? 1 },
      fromMs: epochMs(instantOf(form.from) ?? nowMs),
      untilMs: untilMs === null ? null : epochMs(untilMs),
      sort: wholeNumber(form.sort, SORT_ENDS) ?? 0,
    },
  }
}
