import type {
  EarningBonus,
  EarningDraft,
  EarningTerms,
  PointsExpiry,
} from '@huike/shared/contracts/console-points'
import type { StoreId } from '@huike/shared/ids'
import { instantOfLocal } from '@huike/shared/local-time'
import { epochMs, type BusinessDate } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { ALL_GOODS, goodsFormOf, goodsOf, goodsProblems, type GoodsForm } from './goods-form.js'
import { editorStrings } from './strings.js'
import { fenOf, fieldOf, problem, tenthsOf, wholeOf, wholeProblem, type Problems } from './typed.js'

// A rule while somebody writes it: what was typed, what is wrong with it, and what is published. The
// spec holds its ends to those of the contract.

const { problem: words } = editorStrings

export const BONUSES_MAX = 20
export const BONUS_NAME_MAX = 12
const RATE_POINTS = { least: 0, most: 1_000 }
const BONUS_POINTS = { least: 1, most: 100_000 }
const ORDER_POINTS = { least: 1, most: 1_000_000 }
const PENDING_DAYS = { least: 0, most: 90 }
const MONTHS = { least: 1, most: 120 }
const YEARS = { least: 0, most: 10 }
const TIMES_TENTHS = { least: 11, most: 100 }
const YUAN_FEN = 100
const PER_FEN_LEAST = 1
const TENTHS = 10
const MONTHS_OFFERED = 12
const YEARS_OFFERED = 1
const TIMES_OFFERED = 2
const POINTS_OFFERED = 10

/** One way to get more, as typed. */
export interface BonusForm extends GoodsForm {
  /** Tells it from the others while it is written. */
  key: string
  name: string
  kind: 'times' | 'points'
  times: string
  points: string
  storeIds: readonly StoreId[]
  channel: 'all' | 'pos' | 'online'
  weekdays: readonly number[]
  daysOfMonth: readonly number[]
  /** `YYYY-MM-DD`; '' sets no end. */
  fromDate: string
  toDate: string
  levelCodes: readonly string[]
  birthday: 'any' | 'day' | 'month'
  buyer: 'any' | 'first'
}

/** The fields as they are typed. */
export interface RuleForm {
  basedOnVersion: number
  yuan: string
  points: string
  bonuses: readonly BonusForm[]
  hasCap: boolean
  cap: string
  hasDayCap: boolean
  dayCap: string
  /** Whole days until points may be spent; 0: at once. */
  pendingDays: string
  expiry: PointsExpiry['kind']
  months: string
  years: string
  start: 'now' | 'day'
  startDay: string
}

/** The form of a version, to be changed into the next one. */
export function formOf(terms: EarningTerms, basedOnVersion: number): RuleForm {
  const { expiry } = terms
  return {
    basedOnVersion,
    yuan: String(terms.perFen / YUAN_FEN),
    points: String(terms.points),
    bonuses: terms.bonuses.map((bonus, index) => bonusFormOf(bonus, `b${String(index)}`)),
    hasCap: terms.orderPointsMax !== null,
    cap: terms.orderPointsMax === null ? '' : String(terms.orderPointsMax),
    hasDayCap: terms.dayPointsMax !== null,
    dayCap: terms.dayPointsMax === null ? '' : String(terms.dayPointsMax),
    pendingDays: String(terms.pendingDays),
    ...expiryFormOf(expiry),
    start: 'now',
    startDay: '',
  }
}

/** The fields of an expiry. */
export function expiryFormOf(expiry: PointsExpiry): Pick<RuleForm, 'expiry' | 'months' | 'years'> {
  return {
    expiry: expiry.kind,
    months: String(expiry.kind === 'months' ? expiry.months : MONTHS_OFFERED),
    years: String(expiry.kind === 'year_end' ? expiry.years : YEARS_OFFERED),
  }
}

/** One more way to get more, as it is offered first. */
export function newBonus(key: string): BonusForm {
  return {
    ...{ key, name: editorStrings.firstName, kind: 'times' },
    ...{ times: String(TIMES_OFFERED), points: String(POINTS_OFFERED), storeIds: [] },
    ...{ channel: 'all', weekdays: [], daysOfMonth: [], fromDate: '', toDate: '' },
    ...{ levelCodes: [], birthday: 'any', buyer: 'any' },
    ...ALL_GOODS,
  }
}

/** What the terms of a form have wrong; empty when they can be published. */
export function termsProblems(form: RuleForm): Problems {
  return {
    ...problem('yuan', form.yuan, fenOf(form.yuan, PER_FEN_LEAST) !== null, words.yuan),
    ...wholeProblem('points', form.points, RATE_POINTS, words.points),
    ...Object.fromEntries(form.bonuses.flatMap((one) => Object.entries(bonusProblems(one)))),
    ...(form.hasCap ? wholeProblem('cap', form.cap, ORDER_POINTS, words.cap) : {}),
    ...(form.hasDayCap ? wholeProblem('dayCap', form.dayCap, ORDER_POINTS, words.cap) : {}),
    ...wholeProblem('pendingDays', form.pendingDays, PENDING_DAYS, words.pendingDays),
    ...expiryProblems(form),
  }
}

/** What the fields of the expiry have wrong. */
export function expiryProblems(form: Pick<RuleForm, 'expiry' | 'months' | 'years'>): Problems {
  return {
    ...(form.expiry === 'months' ? wholeProblem('months', form.months, MONTHS, words.months) : {}),
    ...(form.expiry === 'year_end' ? wholeProblem('years', form.years, YEARS, words.years) : {}),
  }
}

/** What a form has wrong; `today` is the chain's own day. */
export function problemsOf(form: RuleForm, today: string): Problems {
  return { ...termsProblems(form), ...startProblems(form, today) }
}

/** What is wrong with the day from which a form holds. */
export function startProblems(form: Pick<RuleForm, 'start' | 'startDay'>, today: string): Problems {
  const { start, startDay } = form
  const begins =
    start === 'now' ? {} : problem('startDay', startDay, startDay > today, words.dayPast)
  const isDay = start === 'now' || startDay === '' || startOf(form) !== null
  return isDay ? begins : { startDay: words.dayWrong }
}

/** The terms of a form; null while something is wrong with them. */
export function termsOf(form: RuleForm): EarningTerms | null {
  const perFen = fenOf(form.yuan, PER_FEN_LEAST)
  const points = wholeOf(form.points, RATE_POINTS)
  if (perFen === null || points === null || Object.keys(termsProblems(form)).length > 0) return null
  return {
    ...{ points, perFen, bonuses: form.bonuses.map(bonusOf) },
    orderPointsMax: form.hasCap ? wholeOf(form.cap, ORDER_POINTS) : null,
    dayPointsMax: form.hasDayCap ? wholeOf(form.dayCap, ORDER_POINTS) : null,
    pendingDays: wholeOf(form.pendingDays, PENDING_DAYS) ?? PENDING_DAYS.least,
    expiry: expiryOf(form),
  }
}

/** What is published; null while something is wrong. */
export function draftOf(
  form: RuleForm,
  { today, isGenerousMeant }: { today: string; isGenerousMeant: boolean },
): EarningDraft | null {
  const terms = termsOf(form)
  if (terms === null || Object.keys(problemsOf(form, today)).length > 0) return null
  const atMs = form.start === 'now' ? null : startOf(form)
  return {
    ...{ terms, isGenerousMeant, basedOnVersion: form.basedOnVersion },
    effectiveFromMs: atMs === null ? null : epochMs(atMs),
  }
}

/** The instant from which a form holds; null for from now on, and for what is no day. */
export function startOf({ start, startDay }: Pick<RuleForm, 'start' | 'startDay'>): number | null {
  return start === 'now' ? null : instantOfLocal(`${startDay}T00:00:00`, CHAIN_TIME_ZONE)
}

/** Do these terms say the same, in whatever order? */
export function isSameTerms(one: EarningTerms, other: EarningTerms): boolean {
  const said = (terms: EarningTerms) => JSON.stringify(termsOf(formOf(terms, 1)))
  return said(one) === said(other)
}

function bonusFormOf({ name, when, gives }: EarningBonus, key: string): BonusForm {
  const [channel = 'all', ...others] = when.channels
  return {
    ...newBonus(key),
    ...{ name, kind: gives.kind, storeIds: when.storeIds },
    ...(gives.kind === 'times' ? { times: String(gives.tenths / TENTHS) } : {}),
    ...(gives.kind === 'points' ? { points: String(gives.points) } : {}),
    channel: others.length > 0 ? 'all' : channel,
    weekdays: when.weekdays,
    daysOfMonth: when.daysOfMonth,
    fromDate: when.fromDate ?? '',
    toDate: when.toDate ?? '',
    levelCodes: when.levelCodes,
    birthday: when.birthday ?? 'any',
    buyer: when.isFirstPurchase ? 'first' : 'any',
    ...goodsFormOf(when.items),
  }
}

function bonusProblems(bonus: BonusForm): Problems {
  const { key, name, kind, fromDate, toDate } = bonus
  const length = name.trim().length
  const isOrdered = fromDate === '' || toDate === '' || fromDate <= toDate
  return {
    ...problem(
      fieldOf(key, 'name'),
      name,
      length <= BONUS_NAME_MAX,
      words.name(String(BONUS_NAME_MAX)),
    ),
    ...(kind === 'times'
      ? problem(
          fieldOf(key, 'times'),
          bonus.times,
          tenthsOf(bonus.times, TIMES_TENTHS) !== null,
          words.times,
        )
      : wholeProblem(fieldOf(key, 'points'), bonus.points, BONUS_POINTS, words.bonusPoints)),
    ...(isOrdered ? {} : { [fieldOf(key, 'toDate')]: words.dates }),
    ...goodsProblems(key, bonus),
  }
}

function bonusOf(bonus: BonusForm): EarningBonus {
  const inOrder = (values: readonly number[]) => [...values].sort((one, other) => one - other)
  const dayOf = (day: string) => (day === '' ? null : (day as BusinessDate))
  return {
    name: bonus.name.trim(),
    when: {
      storeIds: [...bonus.storeIds].sort(),
      channels: bonus.channel === 'all' ? [] : [bonus.channel],
      weekdays: inOrder(bonus.weekdays),
      daysOfMonth: inOrder(bonus.daysOfMonth),
      ...{ fromDate: dayOf(bonus.fromDate), toDate: dayOf(bonus.toDate) },
      levelCodes: [...bonus.levelCodes].sort(),
      birthday: bonus.birthday === 'any' ? null : bonus.birthday,
      isFirstPurchase: bonus.buyer === 'first',
      items: goodsOf(bonus),
    },
    gives:
      bonus.kind === 'times'
        ? { kind: 'times', tenths: tenthsOf(bonus.times, TIMES_TENTHS) ?? TIMES_TENTHS.least }
        : { kind: 'points', points: wholeOf(bonus.points, BONUS_POINTS) ?? BONUS_POINTS.least },
  }
}

/** What the fields of the expiry say. */
export function expiryOf({
  expiry,
  months,
  years,
}: Pick<RuleForm, 'expiry' | 'months' | 'years'>): PointsExpiry {
  switch (expiry) {
    case 'never':
      return { kind: 'never' }
    case 'months':
      return { kind: 'months', months: wholeOf(months, MONTHS) ?? MONTHS.least }
    case 'year_end':
      return { kind: 'year_end', years: wholeOf(years, YEARS) ?? YEARS.least }
  }
}
