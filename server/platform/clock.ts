import { epochMs, type EpochMs } from '@huike/shared/quantities'

/** Time as an argument: the real one in production, a settable one in tests. */
export abstract class Clock {
  abstract nowMs(): EpochMs
}

export class SystemClock extends Clock {
  nowMs(): EpochMs {
    return epochMs(Date.now())
  }
}

/** The calendar day of an instant in a time zone, `YYYY-MM-DD`. */
export function localDate(atMs: number, timeZone: string): string {
  return dateFormat(timeZone).format(atMs)
}

/** True when `name` is a time zone this machine knows by its IANA name. */
export function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

function dateFormat(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  // The Canadian locale writes a date as YYYY-MM-DD.
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  formats.set(timeZone, made)
  return made
}
