import { STATISTICS_DAYS_MAX } from '../limits.js'
import type { Place } from '../router.js'
import { statisticsStrings as words } from './strings.js'

const DAY_MS = 86_400_000
/** Periods that are one tap away, in days up to today. */
export const PERIOD_DAYS = [7, 30, 90] as const
const DAYS_AT_FIRST = 30

/** Which days, and of which store. The page's address says it, so that a reload stays. */
export interface Choice {
  /** So many days up to today; null when the days were picked. */
  days: number | null
  /** `YYYY-MM-DD`, both within; empty while one is being picked. */
  from: string
  to: string
  storeId: string | null
}

/** Reads the choice out of the page's address. `today` is the chain's day. */
export function choiceOf({ query }: Place, today: string): Choice {
  const storeId = query.get('store')
  const [from, to] = [query.get('from'), query.get('to')]
  if (from !== null && to !== null) return { days: null, from, to, storeId }
  const asked = Number(query.get('days'))
  const days = PERIOD_DAYS.find((one) => one === asked) ?? DAYS_AT_FIRST
  return { days, from: addDays(today, 1 - days), to: today, storeId }
}

/** What the page's address says of a choice. */
export function wordsOf({ days, from, to, storeId }: Choice): Record<string, string | null> {
  const period = days === null ? { from, to } : { days: String(days) }
  return { ...period, store: storeId }
}

/** Why the days cannot be asked for, in words; null when they can. */
export function faultOf({ from, to }: Choice): string | null {
  if (!isDay(from) || !isDay(to)) return words.noDate
  if (to < from) return words.wrongOrder
  return daysWithin(from, to) > STATISTICS_DAYS_MAX ? words.tooLong(STATISTICS_DAYS_MAX) : null
}

/** How many days from `from` to `to`, both within. */
export function daysWithin(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1
}

/** The day so many days later. */
function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length)
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))
}
