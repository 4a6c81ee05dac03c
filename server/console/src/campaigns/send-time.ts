import type { MessageSettings } from '@huike/shared/contracts/console-campaigns'
import { instantOfLocal, zoneOffsetMs } from '@huike/shared/local-time'
import { SEND_AHEAD_DAYS_MAX } from '../limits.js'

// When a campaign goes out: a wall clock in the stores' zone and the instant it stands for.

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const MINUTES_OF_DAY = 1_440
/** A time of this form is what the browser's own field gives. */
const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/

export type QuietHours = Pick<MessageSettings, 'quietFromMinute' | 'quietToMinute'>

/**
 * The instant at which the clock of `timeZone` shows `local` (`YYYY-MM-DDTHH:mm`). Null when it is
 * no time at all, or one that the zone's clock skips.
 */
export function instantOf(local: string, timeZone: string): number | null {
  return LOCAL_TIME.test(local) ? instantOfLocal(`${local}:00`, timeZone) : null
}

/** `YYYY-MM-DDTHH:mm` on the clock of `timeZone`. */
export function localOf(atMs: number, timeZone: string): string {
  return new Date(atMs + zoneOffsetMs(atMs, timeZone)).toISOString().slice(0, 16)
}

/** Does `atMs` lie in the quiet hours, by the clock of `timeZone`? The end is no longer quiet. */
export function isQuiet(atMs: number, timeZone: string, quiet: QuietHours): boolean {
  const { quietFromMinute: from, quietToMinute: to } = quiet
  const minute = Math.floor((atMs + zoneOffsetMs(atMs, timeZone)) / MINUTE_MS) % MINUTES_OF_DAY
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
