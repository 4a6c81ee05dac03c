import { DAY_MINUTES } from '../limits.js'

const HOUR_MINUTES = 60

/** `21:00` for minute 1,260 of the day. */
export function clockOfMinute(minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minute / HOUR_MINUTES))}:${two(minute % HOUR_MINUTES)}`
}

/** Minute 1,260 of the day for `21:00`; null for anything that is no time of day. */
export function minuteOfClock(text: string): number | null {
  const match = /^(\d{2}):(\d{2})$/.exec(text)
  if (match === null) return null
  const [hours, minutes] = [Number(match[1]), Number(match[2])]
  const minute = hours * HOUR_MINUTES + minutes
  return minutes < HOUR_MINUTES && minute < DAY_MINUTES ? minute : null
}
