import type { GrowthPeriod, Level, LevelScheme, SchemeTerms } from './contracts/levels.js'
import { expiresAtMs, NEVER_EXPIRES_MS } from './earning.js'
import { instantOfLocal, localTime } from './local-time.js'
import { formatFen, formatWhole, points, POINTS_MAX, type Fen, type Points } from './quantities.js'
import { CHAIN_TIME_ZONE } from './time-zone.js'

// Levels: what growth a purchase gives, which level a sum of growth reaches, until when it is kept,
// and what becomes of it then. Schemes are data, in versions; these are the pure functions over them,
// the same for the server, the pages and the phone.
//
// Up at once, down by review. A level that was reached is kept until its day, and then as long again
// if the growth of the period that ends on that day still reaches it. Where it does not, what is
// missing may be made up within the days of grace; after them the level is the one that was reached.

/** What everybody has. */
export const BASE_LEVEL = 'base'

/** The scheme of a new installation: one level, and nothing grows. */
export const FIRST_SCHEME: LevelScheme = {
  version: 1,
  levels: [
    {
      code: BASE_LEVEL,
      name: '普通会员',
      threshold: 0,
      benefits: {
        birthdayPoints: 0,
        birthdayGift: '',
        freeShippingCoupons: 0,
        earlyAccessHours: 0,
        words: [],
      },
    },
  ],
  growth: { growth: 0, perFen: 100 as Fen, perPurchase: 0, purchasesPerDayMax: 0 },
  period: { kind: 'months', months: 12 },
  keep: { kind: 'months', months: 12 },
  graceDays: 30,
  noticeDays: 30,
  pointsNoticeDays: 30,
}

export const DAY_MS = 86_400_000
const MONTHS_PER_YEAR = 12
const DATE_CHARACTERS = 10

type Levels = Pick<LevelScheme, 'levels'>

/** Why a scheme cannot be, in words; null when it can. `before` is the version it was made from. */
export function schemeFault(terms: SchemeTerms, before: Levels): string | null {
  const { levels, growth } = terms
  const [lowest] = levels
  if (lowest?.code !== BASE_LEVEL || lowest.threshold !== 0)
    return `第一级要是人人都有的基础等级：代码 ${BASE_LEVEL}，成长值从 0 起`
  for (const [at, { code, name, threshold }] of levels.entries()) {
    const earlier = levels.slice(0, at)
    const last = earlier.at(-1)
    if (earlier.some((one) => one.code === code)) return `等级代码“${code}”重复了`
    if (earlier.some((one) => one.name === name)) return `等级名称“${name}”重复了`
    if (last !== undefined && threshold <= last.threshold)
      return `“${name}”的成长值要高于“${last.name}”的 ${String(last.threshold)}`
  }
  const gone = before.levels.find(({ code }) => !levels.some((one) => one.code === code))
  if (gone) return `不能去掉已经发布的等级“${gone.name}”（${gone.code}），可以改名或提高成长值`
  if (growth.perPurchase > 0 && growth.purchasesPerDayMax === 0)
    return '每笔消费给成长值时，每天计次的笔数至少是 1'
  if (levels.length > 1 && growth.growth === 0 && growth.perPurchase === 0)
    return '消费不给成长值，就没有人能升级'
  return null
}

/** What a sale gives, and the arithmetic in words. */
export interface GrowthGiven {
  growth: Points
  /** Whether it is one of the purchases of its day that count by themselves. */
  isCounted: boolean
  explanation: string
}

/**
 * Growth of a sale by the terms of the day it was made: floor(paid ÷ perFen) × growth, and so much
 * more for each of the first purchases of a day; `countedBefore` is how many counted on that day.
 * Nothing paid gives nothing.
 */
export function growthOfSale(
  { growth: terms }: Pick<SchemeTerms, 'growth'>,
  sale: { totalFen: Fen; countedBefore: number },
): GrowthGiven {
  const { totalFen, countedBefore } = sale
  const { growth, perFen, perPurchase, purchasesPerDayMax } = terms
  const words = [`实付 ${formatFen(totalFen)}`]
  let sum = 0
  if (growth > 0) {
    sum = Math.floor(Math.max(0, totalFen) / perFen) * growth
    words.push(`每满 ${formatFen(perFen)} 得 ${String(growth)} 成长值`)
  }
  const isCounted = perPurchase > 0 && totalFen > 0 && countedBefore < purchasesPerDayMax
  if (isCounted) {
    sum += perPurchase
    words.push(`本次消费加 ${String(perPurchase)}`)
  } else if (perPurchase > 0 && totalFen > 0)
    words.push(`当天已计 ${String(purchasesPerDayMax)} 次，不再加`)
  if (sum > POINTS_MAX) {
    sum = POINTS_MAX
    words.push(`每笔最多 ${String(sum)}`)
  }
  const explanation = `${words.join('，')}，共 ${String(sum)} 成长值`
  return { growth: points(sum), isCounted, explanation }
}

/** The highest level a sum of growth reaches. */
export function levelFor({ levels }: Levels, growth: number): Level {
  const [lowest] = levels
  if (!lowest) throw new Error('a scheme has at least one level')
  return levels.reduce((best, level) => (level.threshold <= growth ? level : best), lowest)
}

/** The place of a level, 0 the lowest; -1 for a code the scheme does not know. */
export function rankOf({ levels }: Levels, code: string): number {
  return levels.findIndex((level) => level.code === code)
}

/** The name people read; a code the scheme does not know is the lowest level. */
export function levelNameIn(scheme: Levels, code: string): string {
  return scheme.levels[Math.max(0, rankOf(scheme, code))]?.name ?? ''
}

/** The next level, and how much growth is missing; null at the top. */
export function nextLevel(
  scheme: Levels,
  { code, growth }: { code: string; growth: number },
): { level: Level; missing: number } | null {
  const level = scheme.levels[Math.max(0, rankOf(scheme, code)) + 1]
  return level === undefined ? null : { level, missing: Math.max(1, level.threshold - growth) }
}

/** Progress in words; null at the top. */
export function progressInWords(
  scheme: Levels,
  standing: { code: string; growth: number },
): string | null {
  const next = nextLevel(scheme, standing)
  return next === null ? null : `再积 ${formatWhole(next.missing)} 成长值升为${next.level.name}`
}

/**
 * From when on growth counts, seen at `atMs`: months: from midnight of the same day so many months
 * before (of the last day, where that month is shorter); year: from the first of January.
 */
export function periodStartMs(period: GrowthPeriod, atMs: number): number {
  const today = localTime(atMs, CHAIN_TIME_ZONE).slice(0, DATE_CHARACTERS)
  const [year = 0, month = 0, day = 0] = today.split('-').map(Number)
  if (period.kind === 'year') return midnightMs(year, 0, 1)
  const first = year * MONTHS_PER_YEAR + month - 1 - period.months
  const [inYear, inMonth] = [Math.floor(first / MONTHS_PER_YEAR), first % MONTHS_PER_YEAR]
  const lastDay = new Date(Date.UTC(inYear, inMonth + 1, 0)).getUTCDate()
  return midnightMs(inYear, inMonth, Math.min(day, lastDay))
}

/** What is known of a member's level. */
export interface Standing {
  levelCode: string
  /** When it ends unless it is kept; `NEVER_EXPIRES_MS` for the lowest, and for what never ends. */
  levelUntilMs: number
  /** What was needed when it was last reached or kept; 0 where nothing was. */
  neededGrowth: number
  /** The end of which the member has been told; null: of none. */
  noticedUntilMs: number | null
}

/** Sums of a member's growth that a turn is decided by. */
export interface GrowthSums {
  /** Of the period that counts now. */
  now: number
  /** Of the period that ends when the level does, and since; asked for by `isReviewing`. */
  atEnd: number | null
  /** Of the period by which the level was last reached or kept; null where none of it was taken back. */
  reached: number | null
}

/** What becomes of a level. */
export type LevelTurn =
  | { do: 'up' | 'kept' | 'down' | 'taken_back'; level: Level; untilMs: number; nextAtMs: number }
  /** Told once that it will be lost. */
  | { do: 'notice'; downAtMs: number; missing: number; nextAtMs: number }
  | { do: 'nothing'; nextAtMs: number }

/** True from the day a member may have to be told that the level ends. */
export function isReviewing(scheme: SchemeTerms, standing: Standing, nowMs: number): boolean {
  const { levelUntilMs } = standing
  if (levelUntilMs === NEVER_EXPIRES_MS) return false
  return nowMs >= Math.min(levelUntilMs, noticeAtMs(scheme, levelUntilMs))
}

/** Decides what becomes of a level now. */
export function levelTurn(
  scheme: SchemeTerms,
  standing: Standing,
  sums: GrowthSums,
  nowMs: number,
): LevelTurn {
  const own = rankOf(scheme, standing.levelCode)
  const turnTo = (as: 'up' | 'kept' | 'down' | 'taken_back', level: Level): LevelTurn => {
    const untilMs = levelEndsAtMs(scheme, level, nowMs)
    const nextAtMs = nextLookMs(scheme, { levelUntilMs: untilMs, noticedUntilMs: null }, nowMs)
    return { do: as, level, untilMs, nextAtMs }
  }
  const merited = levelFor(scheme, sums.now)
  if (rankOf(scheme, merited.code) > own) return turnTo('up', merited)
  if (sums.reached !== null && sums.reached < standing.neededGrowth) {
    const left = levelFor(scheme, Math.max(sums.now, sums.reached))
    if (rankOf(scheme, left.code) < own) return turnTo('taken_back', left)
  }
  const { levelUntilMs } = standing
  const nothing = (): LevelTurn => ({
    do: 'nothing',
    nextAtMs: nextLookMs(scheme, standing, nowMs),
  })
  if (levelUntilMs === NEVER_EXPIRES_MS || sums.atEnd === null) return nothing()
  const atEnd = levelFor(scheme, Math.max(sums.now, sums.atEnd))
  const isEarned = rankOf(scheme, atEnd.code) >= own
  const downAtMs = levelUntilMs + scheme.graceDays * DAY_MS
  const ownLevel = scheme.levels[own]
  if (isEarned && nowMs >= levelUntilMs && ownLevel) return turnTo('kept', ownLevel)
  if (isEarned) return nothing()
  if (nowMs >= downAtMs) return turnTo('down', atEnd)
  const isTold = standing.noticedUntilMs === levelUntilMs || scheme.noticeDays === 0
  if (isTold || nowMs < noticeAtMs(scheme, levelUntilMs)) return nothing()
  return {
    do: 'notice',
    downAtMs,
    missing: Math.max(1, (ownLevel?.threshold ?? 0) - Math.max(sums.now, sums.atEnd)),
    nextAtMs: nextLookMs(scheme, { ...standing, noticedUntilMs: levelUntilMs }, nowMs),
  }
}

/** When a level ends that is reached, or kept, at `atMs`: the lowest never does. */
export function levelEndsAtMs(scheme: SchemeTerms, { code }: Level, atMs: number): number {
  return rankOf(scheme, code) <= 0
    ? NEVER_EXPIRES_MS
    : expiresAtMs(scheme.keep, atMs, CHAIN_TIME_ZONE)
}

/** The start of the period whose growth keeps a level that ends at `untilMs`. */
export function keepingPeriodStartMs(scheme: SchemeTerms, untilMs: number): number {
  return periodStartMs(scheme.period, untilMs - 1)
}

/** When somebody has to look at a level again, if no growth comes before. */
export function nextLookMs(
  scheme: SchemeTerms,
  { levelUntilMs, noticedUntilMs }: Pick<Standing, 'levelUntilMs' | 'noticedUntilMs'>,
  nowMs: number,
): number {
  if (levelUntilMs === NEVER_EXPIRES_MS) return NEVER_EXPIRES_MS
  const downAtMs = levelUntilMs + scheme.graceDays * DAY_MS
  const isTold = noticedUntilMs === levelUntilMs || scheme.noticeDays === 0
  const looks = [levelUntilMs, downAtMs, ...(isTold ? [] : [noticeAtMs(scheme, levelUntilMs)])]
  const ahead = looks.filter((atMs) => atMs > nowMs)
  return ahead.length === 0 ? downAtMs : Math.min(...ahead)
}

/** When a member is told that the level will be lost. */
function noticeAtMs(scheme: SchemeTerms, untilMs: number): number {
  return untilMs + (scheme.graceDays - scheme.noticeDays) * DAY_MS
}

/** The last whole day before `untilMs`; null when it never ends. */
export function lastDayBefore(untilMs: number): string | null {
  if (untilMs === NEVER_EXPIRES_MS) return null
  return localTime(untilMs - 1, CHAIN_TIME_ZONE).slice(0, DATE_CHARACTERS)
}

/** What a level gives, each in words. */
export function benefitsInWords({ benefits }: Pick<Level, 'benefits'>): string[] {
  const { birthdayPoints, birthdayGift, freeShippingCoupons, earlyAccessHours, words } = benefits
  return [
    ...(birthdayPoints > 0 ? [`生日当月送 ${formatWhole(birthdayPoints)} 积分`] : []),
    ...(birthdayGift === '' ? [] : [`生日礼：${birthdayGift}`]),
    ...(freeShippingCoupons > 0 ? [`每月 ${String(freeShippingCoupons)} 张包邮券`] : []),
    ...(earlyAccessHours > 0 ? [`新品提前 ${String(earlyAccessHours)} 小时购买`] : []),
    ...words,
  ]
}

/** How growth comes, how long it counts and how long a level is kept, in words. */
export function schemeInWords(scheme: SchemeTerms): string[] {
  const { growth, period, keep, graceDays } = scheme
  const words: string[] = []
  if (growth.growth > 0)
    words.push(`消费每满 ${formatFen(growth.perFen)} 得 ${String(growth.growth)} 成长值`)
  if (growth.perPurchase > 0)
    words.push(
      `每笔消费另得 ${String(growth.perPurchase)} 成长值，每天最多计 ${String(growth.purchasesPerDayMax)} 笔`,
    )
  words.push('退款按比例扣回成长值')
  words.push(
    period.kind === 'year'
      ? '等级按当年（1 月 1 日起）的成长值计算'
      : `等级按最近 ${String(period.months)} 个月的成长值计算`,
  )
  const grace = graceDays > 0 ? `，未达到时有 ${String(graceDays)} 天可以补足` : ''
  if (keep.kind === 'never') words.push('达到的等级一直有效')
  else if (keep.kind === 'months')
    words.push(`达到的等级保留到 ${String(keep.months)} 个月后的月底，届时重新核算${grace}`)
  else
    words.push(
      keep.years === 0
        ? `达到的等级保留到当年年底，届时重新核算${grace}`
        : `达到的等级保留到之后第 ${String(keep.years)} 年的年底，届时重新核算${grace}`,
    )
  return words
}

function midnightMs(year: number, month: number, day: number): number {
  const date = new Date(Date.UTC(year, month, day)).toISOString().slice(0, DATE_CHARACTERS)
  const atMs = instantOfLocal(`${date}T00:00:00`, CHAIN_TIME_ZONE)
  if (atMs === null) throw new Error(`no midnight on ${date} in ${CHAIN_TIME_ZONE}`)
  return atMs
}
