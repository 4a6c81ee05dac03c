import { type Fen, formatYuan } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { strings } from './strings.js'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** `¥9,999,999.99`. */
export function money(amount: Fen): string {
  const [whole = '0', cents = '00'] = formatYuan(Math.abs(amount) as Fen).split('.')
  return `${amount < 0 ? '-' : ''}¥${groupThousands(whole)}.${cents}`
}

/** `12,345`. */
export function count(value: number): string {
  return `${value < 0 ? '-' : ''}${groupThousands(String(Math.abs(value)))}`
}

/** `38%`; `0%` of nothing. */
export function share(part: number, whole: number): string {
  return `${whole === 0 ? '0' : String(Math.round((part / whole) * 100))}%`
}

/** `3 分钟前`: how long ago, in the largest whole unit. */
export function ago(atMs: number, nowMs: number): string {
  const sinceMs = Math.max(0, nowMs - atMs)
  if (sinceMs < MINUTE_MS) return strings.ago.now
  if (sinceMs < HOUR_MS) return strings.ago.minutes(Math.floor(sinceMs / MINUTE_MS))
  if (sinceMs < DAY_MS) return strings.ago.hours(Math.floor(sinceMs / HOUR_MS))
  return strings.ago.days(Math.floor(sinceMs / DAY_MS))
}

/** `3 分钟`: how long, in the largest whole unit. */
export function duration(ms: number): string {
  const { duration: words } = strings
  if (ms < MINUTE_MS) return words.seconds(Math.floor(ms / SECOND_MS))
  if (ms < HOUR_MS) return words.minutes(Math.floor(ms / MINUTE_MS))
  if (ms < DAY_MS) return words.hours(Math.floor(ms / HOUR_MS))
  return words.days(Math.floor(ms / DAY_MS))
}

/** `06-03 14:05` by the store's clock. */
export function clockTime(atMs: number, timeZone: string = CHAIN_TIME_ZONE): string {
  const { month, day, hour, minute } = wallClock(atMs, timeZone)
  return `${month}-${day} ${hour}:${minute}`
}

/** `2026-06-03 14:05` by the store's clock. */
export function dateTime(atMs: number, timeZone: string = CHAIN_TIME_ZONE): string {
  return `${wallClock(atMs, timeZone).year}-${clockTime(atMs, timeZone)}`
}

/** `2026-06-03` by the store's clock: the calendar day, as `<input type="date">` has it. */
export function calendarDay(atMs: number, timeZone: string = CHAIN_TIME_ZONE): string {
  const { year, month, day } = wallClock(atMs, timeZone)
  return `${year}-${month}-${day}`
}

/** `14:05` by the store's clock. */
export function timeOfDay(atMs: number, timeZone: string = CHAIN_TIME_ZONE): string {
  const { hour, minute } = wallClock(atMs, timeZone)
  return `${hour}:${minute}`
}

interface WallClock {
  year: string
  month: string
  day: string
  hour: string
  minute: string
}

function wallClock(atMs: number, timeZone: string): WallClock {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(atMs)
  const part = (type: keyof WallClock) => parts.find((one) => one.type === type)?.value ?? ''
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
  }
}

function groupThousands(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}
