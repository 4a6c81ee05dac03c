import {
  appliesTo,
  asksMember,
  heldBonuses,
  shareFen,
  type EarningMember,
  type SaleConditions,
} from './earning-conditions.js'
import { instantOfLocal, localTime, midnightMs } from './local-time.js'
import {
  fen,
  formatFen,
  mulDivFloor,
  points,
  POINTS_MAX,
  type BusinessDate,
  type Fen,
  type Points,
} from './quantities.js'
import type {
  EarningBonus,
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
// Base points are floor(total ÷ perFen) × points. Of bonuses that multiply, the one that gives most
// counts; it adds floor(base × (times − 1)). One for certain goods takes the base of their share of
// the total (see `shareFen`). Bonuses of points add up, for a sale that earns at all: nothing paid
// gives nothing; one for certain goods wants some of them paid for. Then come the cap per order, the
// cap per member and day, and what one transfer may move.
//
// Points that wait for the return window are a lot that is not available yet; their life is counted
// from the day on which they are, so that no point goes before it could be used.

/** The rule a new installation starts with: one point for every whole yuan paid, for ever. */
export const FIRST_RULE: EarningRule = {
  version: 1,
  points: 1,
  perFen: 100 as Fen,
  bonuses: [],
  orderPointsMax: null,
  dayPointsMax: null,
  pendingDays: 0,
  expiry: { kind: 'never' },
}

/** What must be known of a sale. */
export interface EarningSale extends SaleConditions {
  /** Of the bonuses that ask something of the member, those that hold; see `heldBonuses`. */
  heldBonuses: readonly number[]
  /** What the member's other sales of this business date gave; for rules with a cap per day. */
  dayPoints: number
}

/** What a rule gives, and the arithmetic in words a shopper can check. */
export interface Earned {
  points: Points
  explanation: string
}

/** What terms are tried on, and what they give. */
export interface EarningExample {
  terms: EarningTerms
  sale: Omit<EarningSale, 'heldBonuses'> & { member: EarningMember }
}
export interface EarningExampleAnswer extends Earned {
  /** The last day on which the points are good; null when they never expire. */
  expiresOn: BusinessDate | null
  /** The first day on which they may be spent; null when that is at once. */
  availableOn: BusinessDate | null
}

/** The largest time the databases and JavaScript keep exactly: what never expires. */
export const NEVER_EXPIRES_MS = Number.MAX_SAFE_INTEGER
const TENTHS = 10
const MONTHS_PER_YEAR = 12
const DATE_CHARACTERS = 10

/** What a sale earns by a rule. */
export function earnedPoints(rule: EarningRule, sale: EarningSale): Earned {
  const { totalFen } = sale
  const base = basePoints(rule, totalFen)
  const words = [
    `实付 ${formatFen(totalFen)}`,
    `每满 ${formatFen(rule.perFen)} 得 ${String(rule.points)} 分`,
  ]
  let sum = base
  for (const one of base > 0 ? givenBy(rule, sale) : []) {
    sum += one.points
    words.push(bonusInWords(one))
  }
  const cap = (most: number, why: string) => {
    if (sum <= most) return
    sum = most
    words.push(why)
  }
  const orderMax = Math.min(rule.orderPointsMax ?? POINTS_MAX, POINTS_MAX)
  cap(orderMax, `每单最多 ${String(orderMax)} 分`)
  if (rule.dayPointsMax !== null)
    cap(
      Math.max(0, rule.dayPointsMax - sale.dayPoints),
      `每人每天最多 ${String(rule.dayPointsMax)} 分，当天已得 ${String(sale.dayPoints)} 分`,
    )
  return { points: points(sum), explanation: `${words.join('，')}，共 ${String(sum)} 分` }
}

/** The most that a sale of just `perFen` can give: the base, the highest times, every bonus of points. */
export function mostPointsOf(terms: EarningTerms): number {
  const { points, bonuses, orderPointsMax, dayPointsMax } = terms
  const tenths = Math.max(TENTHS, ...bonuses.map(tenthsOf))
  const more = bonuses.map(({ gives }) => (gives.kind === 'points' ? gives.points : 0))
  const extra = points === 0 ? 0 : more.reduce((sum, one) => sum + one, 0)
  const most = Math.floor((points * tenths) / TENTHS) + extra
  return Math.min(most, orderPointsMax ?? POINTS_MAX, dayPointsMax ?? POINTS_MAX)
}

/**
 * When points of a sale made at `earnedAtMs` may be spent: at once, or at midnight by the chain's own
 * calendar, once so many whole days have passed after its day.
 */
export function availableAtMs(pendingDays: number, earnedAtMs: number, timeZone: string): number {
  if (pendingDays === 0) return earnedAtMs
  const [year = 0, month = 1, day = 1] = localTime(earnedAtMs, timeZone)
    .slice(0, DATE_CHARACTERS)
    .split('-')
    .map(Number)
  const first = new Date(Date.UTC(year, month - 1, day + pendingDays + 1)).toISOString()
  return midnightMs(first.slice(0, DATE_CHARACTERS), timeZone)
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
  const firstOfNext = new Date(Date.UTC(year, months, 1)).toISOString().slice(0, DATE_CHARACTERS)
  return midnightMs(firstOfNext, timeZone)
}

/**
 * What terms give for a sale at noon of its day, the arithmetic in words, and by the chain's calendar
 * from which day to which the points are good.
 */
export function exampleOf({ terms, sale }: EarningExample): EarningExampleAnswer {
  const { member, businessDate } = sale
  const held = heldBonuses(terms, member, businessDate)
  const earned = earnedPoints({ ...terms, version: 0 }, { ...sale, heldBonuses: held })
  const noonMs = instantOfLocal(`${businessDate}T12:00:00`, CHAIN_TIME_ZONE)
  if (noonMs === null) throw new Error(`no noon on ${businessDate} in ${CHAIN_TIME_ZONE}`)
  const fromMs = availableAtMs(terms.pendingDays, noonMs, CHAIN_TIME_ZONE)
  const untilMs = expiresAtMs(terms.expiry, fromMs, CHAIN_TIME_ZONE)
  const dayOf = (atMs: number) =>
    localTime(atMs, CHAIN_TIME_ZONE).slice(0, DATE_CHARACTERS) as BusinessDate
  return {
    ...earned,
    availableOn: fromMs === noonMs ? null : dayOf(fromMs),
    expiresOn: untilMs === NEVER_EXPIRES_MS ? null : dayOf(untilMs - 1),
  }
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

/** A bonus that holds for a sale, the points it adds, and the goods it is for. */
interface Given {
  bonus: EarningBonus
  points: number
  share: { name: string; fen: Fen } | null
}

/** What is added: by the one that multiplies and gives most, then by those of points. */
function givenBy(rule: EarningRule, sale: EarningSale): Given[] {
  const all = applying(rule, sale)
  const times = all.filter(({ bonus }) => bonus.gives.kind === 'times')
  const best = times.reduce<Given | null>(
    (found, one) => (found !== null && found.points >= one.points ? found : one),
    null,
  )
  return [
    ...(best === null ? [] : [best]),
    ...all.filter(({ bonus }) => bonus.gives.kind === 'points'),
  ]
}

/** What each bonus would add; one that adds nothing is left out. */
function applying(rule: EarningRule, sale: EarningSale): Given[] {
  return rule.bonuses.flatMap((bonus, index) => {
    const { when, gives } = bonus
    if (!appliesTo(when, sale)) return []
    if (asksMember(when) && !sale.heldBonuses.includes(index + 1)) return []
    const share =
      when.items === null ? null : { name: when.items.name, fen: fen(shareFen(when.items, sale)) }
    if (share?.fen === 0) return []
    const base = basePoints(rule, share?.fen ?? sale.totalFen)
    const more =
      gives.kind === 'points' ? gives.points : mulDivFloor(base, gives.tenths - TENTHS, TENTHS)
    return more > 0 ? [{ bonus, points: more, share }] : []
  })
}

function basePoints({ points, perFen }: EarningTerms, paidFen: Fen): number {
  return Math.floor(paidFen / perFen) * points
}

/** `会员日 2 倍加 21 分`, `生鲜节 2 倍加 12 分（生鲜 ¥12.30）`. */
function bonusInWords({ bonus: { name, gives }, points: more, share }: Given): string {
  const times = gives.kind === 'times' ? ` ${timesInWords(gives.tenths)} 倍` : ''
  const goods = share === null ? '' : `（${share.name} ${formatFen(share.fen)}）`
  return `${name}${times}加 ${String(more)} 分${goods}`
}

function tenthsOf({ gives }: EarningBonus): number {
  return gives.kind === 'times' ? gives.tenths : 0
}
