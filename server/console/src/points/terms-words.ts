import type {
  EarningBonus,
  EarningTerms,
  PointsExpiry,
} from '@huike/shared/contracts/console-points'
import { timesInWords } from '@huike/shared/earning'
import { count } from '../format.js'
import { termsStrings as words } from './strings.js'

// The terms of a rule as a person says them. The same sentences stand over what holds now, what is
// to come, what was, and what is being written.

const YUAN_FEN = 100
/** More stores than this are counted. */
const STORES_NAMED_MAX = 3
/** From so many in a row on, the first and the last are named. */
const RUN_MIN = 3

/** `每满 1 元得 1 分`. */
export function baseWords({ points, perFen }: Pick<EarningTerms, 'points' | 'perFen'>): string {
  return points === 0 ? words.baseNone : words.base(yuanWords(perFen), count(points))
}

/** What stores and levels are called; '' for what is not known. */
export interface NamesOf {
  stores: { nameOf: (id: string) => string }
  levels: { nameOf: (code: string) => string }
}

/** `每周三，到店：基本积分的 2 倍`. */
export function bonusWords({ when, gives }: EarningBonus, { stores, levels }: NamesOf): string {
  const levelNames = when.levelCodes.map((code) => levels.nameOf(code) || code)
  const conditions = [
    when.storeIds.length === 0 ? '' : storeWords(when.storeIds, stores.nameOf),
    when.channels.length === 1 ? when.channels.map((one) => words.channel[one]).join('') : '',
    dateWords(when.fromDate, when.toDate),
    runWords(when.weekdays, words.weekday, words.weekdaysRun),
    when.daysOfMonth.length === 0
      ? ''
      : words.daysOfMonth(runWords(when.daysOfMonth, String, words.daysRun)),
    levelNames.length === 0 ? '' : words.levels(levelNames.join(words.listed)),
    when.birthday === null ? '' : words.birthday[when.birthday],
    when.isFirstPurchase ? words.firstPurchase : '',
    when.items === null ? '' : words.goods(when.items.name),
  ].filter((one) => one !== '')
  const given =
    gives.kind === 'times'
      ? words.times(timesInWords(gives.tenths))
      : words.points(count(gives.points))
  return words.bonus(conditions.join(words.and) || words.always, given)
}

/** `每单最多 500 分，每人每天最多 800 分`. */
export function capWords({
  orderPointsMax,
  dayPointsMax,
}: Pick<EarningTerms, 'orderPointsMax' | 'dayPointsMax'>): string {
  const order = orderPointsMax === null ? words.capNone : words.cap(count(orderPointsMax))
  return dayPointsMax === null ? order : `${order}${words.and}${words.dayCap(count(dayPointsMax))}`
}

/** `消费那天之后满 7 天才可用`. */
export function pendingWords(pendingDays: number): string {
  return pendingDays === 0 ? words.pendingNone : words.pending(count(pendingDays))
}

/** `得分后 12 个月，到当月月底`. */
export function expiryWords(expiry: PointsExpiry): string {
  switch (expiry.kind) {
    case 'never':
      return words.never
    case 'months':
      return words.months(count(expiry.months))
    case 'year_end':
      return words.yearEnd(expiry.years)
  }
}

/** `1.5` for 150 fen, `100` for 10,000. */
export function yuanWords(fen: number): string {
  return fen % YUAN_FEN === 0 ? count(fen / YUAN_FEN) : String(fen / YUAN_FEN)
}

function storeWords(ids: readonly string[], nameOf: (id: string) => string): string {
  const names = ids.map(nameOf).filter((name) => name !== '')
  if (names.length === 0) return words.storesUnknown(count(ids.length))
  if (names.length === ids.length && ids.length <= STORES_NAMED_MAX) return words.storesNamed(names)
  return words.storesMany(names.slice(0, STORES_NAMED_MAX), count(ids.length))
}

function dateWords(from: string | null, to: string | null): string {
  if (from !== null && to !== null) return from === to ? words.onDay(from) : words.between(from, to)
  if (from !== null) return words.fromDay(from)
  return to === null ? '' : words.toDay(to)
}

/** `周一至周五、周日`; '' for none. */
function runWords(
  values: readonly number[],
  wordsOf: (value: number) => string,
  runOf: (first: string, last: string) => string,
): string {
  const runs: number[][] = []
  for (const value of [...new Set(values)].sort((one, other) => one - other)) {
    const last = runs.at(-1)
    if (last?.at(-1) === value - 1) last.push(value)
    else runs.push([value])
  }
  return runs
    .map((run) =>
      run.length < RUN_MIN
        ? run.map(wordsOf).join(words.listed)
        : runOf(wordsOf(run[0] ?? 0), wordsOf(run.at(-1) ?? 0)),
    )
    .join(words.listed)
}
