import type { EarningItems, EarningTerms } from '@huike/shared/contracts/console-points'
import { askedBy, type SoldLine } from '@huike/shared/earning-conditions'
import type { EarningExample } from '@huike/shared/earning'
import type { StoreId } from '@huike/shared/ids'
import { instantOfLocal } from '@huike/shared/local-time'
import { fen, FEN_MAX, fenFromYuan } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { exampleStrings as words } from './strings.js'

/** What the other sales of a day may have given, as far as an example goes. */
const DAY_POINTS = /^\d{1,7}$/
const DAY_POINTS_MAX = 1_000_000
const MONTHS = 12

/** The sale of an example, as typed. */
export interface SaleForm {
  amount: string
  channel: 'pos' | 'online'
  /** Null: the first there is. */
  storeId: StoreId | null
  day: string
  levelCode: string
  birthday: 'other' | 'month' | 'day'
  first: 'later' | 'first'
  dayPoints: string
  /** Of the amount, what certain goods cost, by their name. */
  goods: Readonly<Record<string, string>>
}

/** What the terms that are shown ask for; nothing else has to be filled in. */
export interface Asked {
  /** The levels that are asked for; empty where none is. */
  levelCodes: readonly string[]
  birthday: boolean
  first: boolean
  dayPoints: boolean
  goods: readonly EarningItems[]
}

export type SaleProblems = Partial<Record<'amount' | 'day' | 'dayPoints' | 'goods', string>>

/** What these terms ask for together. */
export function askedByAll(all: readonly EarningTerms[]): Asked {
  const asked = all.map(askedBy)
  const conditions = all.flatMap(({ bonuses }) => bonuses.map(({ when }) => when))
  const goods = conditions.flatMap(({ items }) => items ?? [])
  return {
    levelCodes: [...new Set(conditions.flatMap(({ levelCodes }) => levelCodes))],
    birthday: asked.some(({ birthday }) => birthday),
    first: asked.some(({ firstPurchase }) => firstPurchase),
    dayPoints: asked.some(({ dayPoints }) => dayPoints),
    goods: goods.filter(({ name }, at) => goods.findIndex((one) => one.name === name) === at),
  }
}

/** The sale, or what is wrong with it by field, in words. */
export function saleOf(
  form: SaleForm,
  { firstStoreId, asked }: { firstStoreId: StoreId | undefined; asked: Asked },
): { sale: EarningExample['sale'] | null; problems: SaleProblems } {
  const { channel, storeId, day } = form
  const totalFen = fenOf(form.amount)
  const isDay = instantOfLocal(`${day}T12:00:00`, CHAIN_TIME_ZONE) !== null
  const lines = totalFen === null ? null : linesOf(form, totalFen, asked.goods)
  const dayPoints = asked.dayPoints ? dayPointsOf(form.dayPoints) : 0
  const problems: SaleProblems = {
    ...(totalFen === null ? { amount: words.amountWrong } : {}),
    ...(isDay ? {} : { day: words.dayWrong }),
    ...(totalFen !== null && lines === null ? { goods: words.goodsWrong } : {}),
    ...(dayPoints === null ? { dayPoints: words.dayPointsWrong } : {}),
  }
  if (totalFen === null || lines === null || dayPoints === null || !isDay)
    return { sale: null, problems }
  return {
    sale: {
      ...{ totalFen, channel, lines, dayPoints },
      storeId: storeId ?? firstStoreId ?? '',
      businessDate: day,
      member: {
        levelCode: form.levelCode,
        birthday: birthdayOf(form.birthday, day),
        isFirstPurchase: form.first === 'first',
      },
    },
    problems,
  }
}

function fenOf(typed: string) {
  const amount = fenFromYuan(typed.normalize('NFKC'))
  return amount !== null && amount >= 0 && amount <= FEN_MAX ? amount : null
}

function dayPointsOf(typed: string): number | null {
  const text = typed.normalize('NFKC').trim()
  return DAY_POINTS.test(text) && Number(text) <= DAY_POINTS_MAX ? Number(text) : null
}

/** A line for each of the goods, and one for the rest; null when they cost more than was paid. */
function linesOf(
  form: SaleForm,
  totalFen: number,
  goods: readonly EarningItems[],
): SoldLine[] | null {
  const lines: SoldLine[] = []
  for (const { name, codes, prefixes, words: inName } of goods) {
    const typed = form.goods[name] ?? ''
    const amountFen = typed.trim() === '' ? fen(0) : fenOf(typed)
    if (amountFen === null) return null
    lines.push({ name: inName[0] ?? '', code: codes[0] ?? prefixes[0] ?? null, amountFen })
  }
  const rest = lines.reduce((left, { amountFen }) => left - amountFen, totalFen)
  return rest < 0 ? null : [...lines, { name: '', code: null, amountFen: rest }]
}

/** A birthday that fits the sale's day as it was said. */
function birthdayOf(which: SaleForm['birthday'], day: string): string {
  const [year = '', month = '01', date = '01'] = day.split('-')
  if (which === 'day') return day
  if (which === 'month') return [year, month, date === '01' ? '02' : '01'].join('-')
  return [year, String((Number(month) % MONTHS) + 1).padStart(2, '0'), '01'].join('-')
}
