import type { EarningBonus, EarningItems, EarningTerms } from './contracts/console-points.js'
import { mulDivFloor, type Fen } from './quantities.js'

// On which sales a bonus is given. What it asks of the sale itself is in the sale for ever. What it
// asks of the member (level, birthday, whether it is their first purchase) is decided once, when the
// points are given: which bonuses held is kept with the purchase, and the sale can be worked out
// again from that, whatever becomes of the member.

/** One line of what was bought. */
export interface SoldLine {
  name: string
  code: string | null
  amountFen: number
}

/** What a bonus may ask of the sale itself. */
export interface SaleConditions {
  totalFen: Fen
  channel: 'pos' | 'online'
  storeId: string
  /** In the store's own calendar, `YYYY-MM-DD`. */
  businessDate: string
  /** Only looked at by rules that ask for goods. */
  lines: readonly SoldLine[]
}

/** What a bonus may ask of who bought, as it was known when the points were given. */
export interface EarningMember {
  levelCode: string
  /** `YYYY-MM-DD`; null where it is not known. */
  birthday: string | null
  /** No other sale of theirs was known. */
  isFirstPurchase: boolean
}

/** What has to be known beside the sale itself. */
export interface AskedBy {
  birthday: boolean
  firstPurchase: boolean
  lines: boolean
  dayPoints: boolean
}

type When = EarningBonus['when']

/** No condition at all. */
export const EVERY_SALE: When = {
  storeIds: [],
  channels: [],
  weekdays: [],
  daysOfMonth: [],
  fromDate: null,
  toDate: null,
  levelCodes: [],
  birthday: null,
  isFirstPurchase: false,
  items: null,
}

/** What terms ask for: nothing else has to be read. */
export function askedBy({ bonuses, dayPointsMax }: EarningTerms): AskedBy {
  return {
    birthday: bonuses.some(({ when }) => when.birthday !== null),
    firstPurchase: bonuses.some(({ when }) => when.isFirstPurchase),
    lines: bonuses.some(({ when }) => when.items !== null),
    dayPoints: dayPointsMax !== null,
  }
}

/** Whether a bonus asks anything of the member. */
export function asksMember({ levelCodes, birthday, isFirstPurchase }: When): boolean {
  return levelCodes.length > 0 || birthday !== null || isFirstPurchase
}

/** The places, from 1, of the bonuses that ask something of the member and hold for this one. */
export function heldBonuses(
  { bonuses }: Pick<EarningTerms, 'bonuses'>,
  member: EarningMember,
  businessDate: string,
): number[] {
  return bonuses.flatMap(({ when }, index) =>
    asksMember(when) && holdsFor(when, member, businessDate) ? [index + 1] : [],
  )
}

/** Whether a bonus is given on this sale, what it asks of the member and of goods left aside. */
export function appliesTo(when: When, sale: SaleConditions): boolean {
  const { businessDate } = sale
  return (
    isAmong(when.storeIds, sale.storeId) &&
    isAmong(when.channels, sale.channel) &&
    isAmong(when.weekdays, weekdayOf(businessDate)) &&
    isAmong(when.daysOfMonth, Number(businessDate.slice(-2))) &&
    (when.fromDate === null || businessDate >= when.fromDate) &&
    (when.toDate === null || businessDate <= when.toDate)
  )
}

/**
 * The part of what was paid that some goods stand for, in fen: floor(total × what their lines cost ÷
 * what all lines cost), so that a discount on the whole falls on them in proportion. Lines that take
 * something off count with what they take off; nothing sold, or more taken off than sold, is no part.
 */
export function shareFen(items: EarningItems, { totalFen, lines }: SaleConditions): number {
  const cost = (some: readonly SoldLine[]) => some.reduce((sum, one) => sum + one.amountFen, 0)
  const all = cost(lines)
  const own = cost(lines.filter((line) => fitsItems(items, line)))
  return all <= 0 || own <= 0 ? 0 : mulDivFloor(totalFen, Math.min(own, all), all)
}

/** Whether a line is of these goods: by its code, how the code begins, or a word of its name. */
export function fitsItems(
  { codes, prefixes, words }: EarningItems,
  { name, code }: Omit<SoldLine, 'amountFen'>,
): boolean {
  if (code !== null && (codes.includes(code) || prefixes.some((one) => code.startsWith(one))))
    return true
  const written = plain(name)
  return words.some((word) => written.includes(plain(word)))
}

/** Full-width or half-width, in capitals or not: the same word. */
function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

function holdsFor(when: When, member: EarningMember, businessDate: string): boolean {
  return (
    isAmong(when.levelCodes, member.levelCode) &&
    (when.birthday === null || isBirthday(when.birthday, member.birthday, businessDate)) &&
    (!when.isFirstPurchase || member.isFirstPurchase)
  )
}

/** Who was born on 29 February has their day on the 28th in a year without it. */
function isBirthday(which: 'day' | 'month', birthday: string | null, date: string): boolean {
  if (birthday === null || birthday.slice(5, 7) !== date.slice(5, 7)) return false
  if (which === 'month') return true
  const day = birthday.slice(5)
  return date.slice(5) === (day === LEAP_DAY && !isLeapYear(date) ? BEFORE_LEAP_DAY : day)
}

const LEAP_DAY = '02-29'
const BEFORE_LEAP_DAY = '02-28'

function isLeapYear(date: string): boolean {
  return new Date(Date.UTC(Number(date.slice(0, 4)), 1, 29)).getUTCDate() === 29
}

function isAmong<Value>(list: readonly Value[], value: Value): boolean {
  return list.length === 0 || list.includes(value)
}

/** 1 Monday to 7 Sunday (ISO 8601). */
export function weekdayOf(businessDate: string): number {
  return new Date(`${businessDate}T00:00:00Z`).getUTCDay() || 7
}
