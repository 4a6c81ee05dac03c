import type { MessageSettings } from '@huike/shared/contracts/console-campaigns'
import { SEND_AHEAD_DAYS_MAX } from '../limits.js'

// When a campaign goes out: a wall clock in the stores' zone and the instant it stands for.

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const MINUTES_OF_DAY = 1_440
/** A time of this form is what the browser's own field gives. */
const LOCAL_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/

export type QuietHours = Pick<MessageSettings, 'quietFromMinute' | 'quietToMinute'>

/**
 * The instant at which the clock of `timeZone` shows `local` (`YYYY-MM-DDTHH:mm`). Null when it is
 * no time at all, or one that the zone's clock skips.
 */
export function instantOf(local: string, timeZone: string): number | null {
  const match = LOCAL_TIME.exec(local)
  if (!match) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1).map(Number)
  const asUtcMs = Date.UTC(year, month - 1, day, hour, minute)
  // The zone's offset is looked up where the time would be in UTC, then once more where it lands.
  const nearMs = asUtcMs - offsetMs(asUtcMs, timeZone)
  const atMs = asUtcMs - offsetMs(nearMs, timeZone)
  return localOf(atMs, timeZone) === local ? atMs : null
}

/** `YYYY-MM-DDTHH:mm` on the clock of `timeZone`. */
export function localOf(atMs: number, timeZone: string): string {
  return new Date(atMs + offsetMs(atMs, timeZone)).toISOString().slice(0, 16)
}

/** Does `atMs` lie in the quiet hours, by the clock of `timeZone`? The end is no longer quiet. */
export function isQuiet(atMs: number, timeZone: string, quiet: QuietHours): boolean {
  const { quietFromMinute: from, quietToMinute: to } = quiet
  const minute = Math.floor((atMs + offsetMs(atMs, timeZone)) / MINUTE_MS) % MINUTES_OF_DAY
  if (from === to) return false
  return from < to ? minute >= from && minute < to : minute >= from || minute < to
}

/** `21:00`. */
export function clockOfMinute(minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}

/** Why a campaign cannot go out at `atMs`; null when it can. */
export function sendTimeProblem(
  atMs: number | null,
  nowMs: number,
): 'no_time' | 'past' | 'far' | null {
  if (atMs === null) return 'no_time'
  if (atMs <= nowMs) return 'past'
  return atMs > nowMs + SEND_AHEAD_DAYS_MAX * DAY_MS ? 'far' : null
}

/** What to add to UTC to get what the zone's clock shows, to the minute. */
function offsetMs(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(atMs)
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value)
  const shownMs = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
  )
  return shownMs - Math.floor(atMs / MINUTE_MS) * MINUTE_MS
}
