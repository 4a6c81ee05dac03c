import { instantOfLocal, localTime } from './local-time.js'
import {
  formatFen,
  mulDivFloor,
  points,
  POINTS_MAX,
  type BusinessDate,
  type Fen,
  type Points,
} from './quantities.js'
import type {
  EarningRule,
  EarningTerms,
  PointsExpiry,
} from './contracts/console-points.js'
import { CHAIN_TIME_ZONE } from './time-zone.js'

// What a sale earns. Rules are data, in versions with a day from which they hold; what they give is
// decided here, by a pure function that tells its arithmetic, the same for every channel and for
// trying a rule on what was sold before.
//
// What counts is what was paid: the total of the receipt, which is net of coupons, points and 抹零.
// Base points are floor(total ÷ perFen) × points. Of bonuses that multiply, the highest counts; it
// adds floor(base × (times − 1)). Bonuses of points add up, for a sale that earns at all: nothing paid
// gives nothing. A cap per order comes last; what one transfer may move is a cap of its own.

/** The rule a new installation starts with: one point for every whole yuan paid, for ever. */
export const FIRST_RULE: EarningRule = {
  version: 1,
  points: 1,
  perFen: 100 as Fen,
  bonuses: [],
  orderPointsMax: null,
  expiry: { kind: 'never' },
}

/** What must be known of a sale. */
export interface EarningSale {
  totalFen: Fen
  channel: 'pos' | 'online'
  storeId: string
  /** In the store's own calendar, `YYYY-MM-DD`. */
  businessDate: string
}

/** What a rule gives, and the arithmetic in words a shopper can check. */
export interface Earned {
  points: Points
  explanation: string
}

/** What terms are tried on, and what they give. */
export interface EarningExample {
  terms: EarningTerms
  sale: EarningSale
}
export interface EarningExampleAnswer extends Earned {
  /** The last day on which the points are good; null when they never expire. */
  expiresOn: BusinessDate | null
}

/** The largest time the databases and JavaScript keep exactly: what never expires. */
export const NEVER_EXPIRES_MS = Number.MAX_SAFE_INTEGER
const TENTHS = 10
const MONTHS_PER_YEAR = 12
const MIDNIGHTS_KEPT_MAX = 1_000

/** What a sale earns by a rule. */
export function earnedPoints(rule: EarningRule, sale: EarningSale): Earned {
  const { totalFen } = sale
  const base = Math.floor(totalFen / rule.perFen) * rule.points
  const words = [
    `实付 ${formatFen(totalFen)}`,
    `每满 ${formatFen(rule.perFen)} 得 ${String(rule.points)} 分`,
  ]
  const applying = rule.bonuses.filter(({ when }) => applies(when, sale))
  let sum = base
  const times = applying.flatMap((bonus) => (bonus.gives.kind === 'times' ? [bonus] : []))
  const best = times.reduce<(typeof times)[number] | null>(
    (found, one) => (found !== null && tenthsOf(found) >= tenthsOf(one) ? found : one),
    null,
  )
  if (best !== null && base > 0) {
    const more = mulDivFloor(base, tenthsOf(best) - TENTHS, TENTHS)
    sum += more
    words.push(`${best.name} ${timesInWords(tenthsOf(best))} 倍加 ${String(more)} 分`)
  }
  for (const { name, gives } of applying)
    if (gives.kind === 'points' && base > 0) {
      sum += gives.points
      words.push(`${name}加 ${String(gives.points)} 分`)
    }
  const most = Math.min(rule.orderPointsMax ?? POINTS_MAX, POINTS_MAX)
  if (sum > most) {
    sum = most
    words.push(`每单最多 ${String(sum)} 分`)
  }
  return { points: points(sum), explanation: `${words.join('，')}，共 ${String(sum)} 分` }
}

/** The most that a sale of just `perFen` can give: the base, the highest times, every bonus of points. */
export function mostPointsOf({ points, bonuses, orderPointsMax }: EarningTerms): number {
  const tenths = Math.max(TENTHS, ...bonuses.map(tenthsOf))
  const more = bonuses.map(({ gives }) => (gives.kind === 'points' ? gives.points : 0))
  const extra = points === 0 ? 0 : more.reduce((sum, one) => sum + one, 0)
  return Math.min(Math.floor((points * tenths) / TENTHS) + extra, orderPointsMax ?? POINTS_MAX)
}

/**
 * When points earned at `earnedAtMs` expire: at midnight by the chain's own calendar, so that the
 * last day is a whole one. `months`: at the end of the month that many months later. `year_end`: at
 * the end of the year that many years later.
 */
export function expiresAtMs(expiry: PointsExpiry, earnedAtMs: number, timeZone: string): number {
  if (expiry.kind === 'never') return NEVER_EXPIRES_MS
  const [year = 0, month = 0] = localTime(earnedAtMs, timeZone).split('-').map(Number)
  const months =
    expiry.kind === 'months' ? month + expiry.months : MONTHS_PER_YEAR * (expiry.years + 1)
  return midnightMs(new Date(Date.UTC(year, months, 1)).toISOString().slice(0, 10), timeZone)
}

/**
 * What terms give for a sale at noon of its day, the arithmetic in words, and the last day by the
 * chain's calendar on which the points are good; null when they never expire.
 */
export function exampleOf({ terms, sale }: EarningExample): EarningExampleAnswer {
  const earned = earnedPoints({ ...terms, version: 0 }, sale)
  const noonMs = instantOfLocal(`${sale.businessDate}T12:00:00`, CHAIN_TIME_ZONE)
  if (noonMs === null) throw new Error(`no noon on ${sale.businessDate} in ${CHAIN_TIME_ZONE}`)
  const untilMs = expiresAtMs(terms.expiry, noonMs, CHAIN_TIME_ZONE)
  const lastDay = () => localTime(untilMs - 1, CHAIN_TIME_ZONE).slice(0, 10) as BusinessDate
  return { ...earned, expiresOn: untilMs === NEVER_EXPIRES_MS ? null : lastDay() }
}

/**
 * Points to take back when a refund brings the refunded sum of a sale to `refundedFen`.
 *
 * The part taken back so far is always floor(earned × refunded ÷ total), and everything once the
 * whole total is refunded, so that any series of partial refunds conserves points exactly.
 *
 * @param alreadyReversed what earlier refunds of the same sale took back.
 */
export function reversedPoints(sale: {
  earned: Points
  totalFen: Fen
  refundedFen: Fen
  alreadyReversed: Points
}): Points {
  const { earned, totalFen, refundedFen, alreadyReversed } = sale
  if (totalFen <= 0 || refundedFen >= totalFen) return points(earned - alreadyReversed)
  const due = mulDivFloor(earned, Math.max(0, refundedFen), totalFen)
  return points(Math.max(0, due - alreadyReversed))
}

/** `1.5` for 15 tenths. */
export function timesInWords(tenths: number): string {
  return tenths % TENTHS === 0 ? String(tenths / TENTHS) : (tenths / TENTHS).toFixed(1)
}

const midnights = new Map<string, number>()

/** When a day begins. The few days there are at a time are looked up once: each sale asks for them. */
function midnightMs(day: string, timeZone: string): number {
  const key = `${timeZone}|${day}`
  const known = midnights.get(key)
  if (known !== undefined) return known
  const atMs = instantOfLocal(`${day}T00:00:00`, timeZone)
  if (atMs === null) throw new Error(`no midnight on ${day} in ${timeZone}`)
  if (midnights.size >= MIDNIGHTS_KEPT_MAX) midnights.clear()
  midnights.set(key, atMs)
  return atMs
}

function applies(when: EarningRule['bonuses'][number]['when'], sale: EarningSale): boolean {
  const { businessDate } = sale
  const isAmong = <Value>(list: readonly Value[], value: Value) =>
    list.length === 0 || list.includes(value)
  return (
    isAmong(when.storeIds, sale.storeId) &&
    isAmong(when.channels, sale.channel) &&
    isAmong(when.weekdays, weekdayOf(businessDate)) &&
    isAmong(when.daysOfMonth, Number(businessDate.slice(-2))) &&
    (when.fromDate === null || businessDate >= when.fromDate) &&
    (when.toDate === null || businessDate <= when.toDate)
  )
}

/** 1 Monday to 7 Sunday (ISO 8601). */
function weekdayOf(businessDate: string): number {
  return new Date(`${businessDate}T00:00:00Z`).getUTCDay() || 7
}

function tenthsOf({ gives }: EarningRule['bonuses'][number]): number {
  return gives.kind === 'times' ? gives.tenths : 0
}
