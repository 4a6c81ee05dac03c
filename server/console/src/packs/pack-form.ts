import type { PackLimits, PackTemplateView } from '@huike/shared/contracts/console-packs'
import {
  itemCoupons,
  PACK_COUPONS_MAX,
  type PackItem,
  type PackTerms,
} from '@huike/shared/contracts/packs'
import type { CouponTemplateId } from '@huike/shared/ids'
import { fen, fenFromYuan, FEN_MAX, formatYuan, type Fen } from '@huike/shared/quantities'
import { wholeNumber } from '../whole-number.js'

// What is typed for a pack, and what it says; a field that is not right says nothing.

export const ITEMS_MAX = 10
const COUNT_ENDS = [1, 50] as const
const DAY_ENDS = [1, 366] as const
const MONTH_ENDS = [2, 24] as const
const LIMIT_ENDS = [1, 100_000_000] as const

export interface ItemForm {
  /** Tells the rows of a form apart. */
  key: number
  templateId: CouponTemplateId | null
  count: string
  when: 'now' | 'day' | 'monthly'
  days: string
  months: string
  worth: string
}

export interface PackForm {
  title: string
  price: string
  stock: string
  memberMax: string
  items: ItemForm[]
}

export const NEW_PACK: PackForm = {
  ...{ title: '', price: '', stock: '', memberMax: '' },
  items: [freshItem(0)],
}

export function freshItem(key: number): ItemForm {
  return { key, templateId: null, count: '1', when: 'now', days: '', months: '3', worth: '' }
}

/** An amount of at least one fen; null for what is none. */
export function amountOf(typed: string): Fen | null {
  const amount = fenFromYuan(typed.normalize('NFKC'))
  return amount !== null && amount >= 1 && amount <= FEN_MAX ? amount : null
}

/** null: no limit. undefined: not a number. */
export function limitOf(typed: string): number | null | undefined {
  return typed.trim() === '' ? null : (wholeNumber(typed, LIMIT_ENDS) ?? undefined)
}

export function countOf(item: ItemForm): number | null {
  return wholeNumber(item.count, COUNT_ENDS)
}

/** When the coupons of an item are given; null while that is not said. */
export function whenOf({ when, days, months }: ItemForm): PackItem['when'] | null {
  switch (when) {
    case 'now':
      return { kind: 'now' }
    case 'day': {
      const day = wholeNumber(days, DAY_ENDS)
      return day === null ? null : { kind: 'day', day }
    }
    case 'monthly': {
      const count = wholeNumber(months, MONTH_ENDS)
      return count === null ? null : { kind: 'monthly', months: count }
    }
  }
}

/** What a form says, and what its coupons come to. */
export interface PackSaid {
  terms: PackTerms
  limits: PackLimits
  coupons: number
  worthFen: Fen
}

/** null while something is missing. When and whether it is sold is not asked: it stays as it is. */
export function saidBy(
  form: PackForm,
  { state, fromMs, untilMs }: Pick<PackLimits, 'state' | 'fromMs' | 'untilMs'>,
): PackSaid | null {
  const title = form.title.trim()
  const priceFen = amountOf(form.price)
  const [stock, memberMax] = [limitOf(form.stock), limitOf(form.memberMax)]
  const items = form.items.map(itemOf)
  if (title === '' || priceFen === null || stock === undefined || memberMax === undefined)
    return null
  const whole = items.filter((item) => item !== null)
  const coupons = whole.reduce((sum, item) => sum + itemCoupons(item), 0)
  if (whole.length < items.length || coupons > PACK_COUPONS_MAX) return null
  const worthFen = whole.reduce((sum, item) => sum + item.worthFen * itemCoupons(item), 0)
  const limits = { state, stock, memberMax, fromMs, untilMs }
  return { terms: { title, priceFen, items: whole }, limits, coupons, worthFen: fen(worthFen) }
}

/** The form of a pack, to be changed. */
export function packFormOf({ terms, limits }: PackTemplateView): PackForm {
  const { title, priceFen, items } = terms
  const typed = (limit: number | null) => (limit === null ? '' : String(limit))
  return {
    ...{ title, price: formatYuan(priceFen) },
    ...{ stock: typed(limits.stock), memberMax: typed(limits.memberMax) },
    items: items.map(({ templateId, count, when, worthFen }, key) => ({
      ...freshItem(key),
      ...{ templateId, count: String(count), when: when.kind, worth: formatYuan(worthFen) },
      ...(when.kind === 'day' ? { days: String(when.day) } : {}),
      ...(when.kind === 'monthly' ? { months: String(when.months) } : {}),
    })),
  }
}

export function isSameTerms(said: PackSaid, { terms }: PackTemplateView): boolean {
  return JSON.stringify(plainTerms(said.terms)) === JSON.stringify(plainTerms(terms))
}

export function isSameLimits(said: PackSaid, { limits }: PackTemplateView): boolean {
  return said.limits.stock === limits.stock && said.limits.memberMax === limits.memberMax
}

/** The same fields in the same order, wherever they come from. */
function plainTerms({ title, priceFen, items }: PackTerms): unknown[] {
  const plain = items.map(({ templateId, count, when, worthFen }) => {
    const times = when.kind === 'day' ? when.day : when.kind === 'monthly' ? when.months : 0
    return [templateId, count, when.kind, times, worthFen]
  })
  return [title, priceFen, plain]
}

function itemOf(item: ItemForm): PackItem | null {
  const [count, when, worthFen] = [countOf(item), whenOf(item), amountOf(item.worth)]
  const { templateId } = item
  if (templateId === null || count === null || when === null || worthFen === null) return null
  return { templateId, count, when, worthFen }
}
