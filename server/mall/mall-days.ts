import type { MemberPeriod } from '@huike/shared/contracts/console-mall'
import { midnightMs } from '@huike/shared/local-time'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { localDate } from '../platform/clock.js'

// Days of the mall, by the calendar of the chain.

const DAY_MS = 86_400_000
const DATE_CHARACTERS = 10
const MONTH_CHARACTERS = 8
const WEEK_DAYS = 7

/** When the period began that `nowMs` is in; a week begins on Monday. */
export function periodBeganMs(period: MemberPeriod, nowMs: number): number {
  const today = localDate(nowMs, CHAIN_TIME_ZONE)
  switch (period) {
    case 'day':
      return midnightMs(today, CHAIN_TIME_ZONE)
    case 'week':
      return midnightMs(daysAfter(today, -daysSinceMonday(today)), CHAIN_TIME_ZONE)
    case 'month':
      return midnightMs(`${today.slice(0, MONTH_CHARACTERS)}01`, CHAIN_TIME_ZONE)
  }
}

/** The first moment at which goods cannot be fetched any more: after the so-manieth day. */
export function fetchUntilMs(fetchDays: number, nowMs: number): number {
  const today = localDate(nowMs, CHAIN_TIME_ZONE)
  return midnightMs(daysAfter(today, fetchDays + 1), CHAIN_TIME_ZONE)
}

function daysSinceMonday(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + WEEK_DAYS - 1) % WEEK_DAYS
}

function daysAfter(date: string, days: number): string {
  const atMs = Date.parse(`${date}T00:00:00Z`) + days * DAY_MS
  return new Date(atMs).toISOString().slice(0, DATE_CHARACTERS)
}
