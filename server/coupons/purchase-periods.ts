import type { PurchaseRule } from '@huike/shared/contracts/console-coupon-rules'
import { weekdayOf } from '@huike/shared/earning-conditions'
import { dayOf } from './coupon-rows.js'

// For how many purchases of a member a rule gives, in a day, a week, a month of the chain's calendar.

const MONTH_CHARACTERS = 7
const DAY_MS = 86_400_000

/** That a rule gave somebody something for a purchase made then. */
export interface SoldAward {
  ruleId: string
  memberId: string
  soldAtMs: number | null
}

/** Whether a member was given as many as the rule allows in the time of a purchase. */
export function isPeriodFull(
  max: PurchaseRule['memberMax'],
  given: readonly SoldAward[],
  soldAtMs: number,
): boolean {
  if (max === null) return false
  const period = periodOf(max.per, soldAtMs)
  const within = given.filter(
    (one) => one.soldAtMs !== null && periodOf(max.per, one.soldAtMs) === period,
  )
  return within.length >= max.count
}

function periodOf(per: NonNullable<PurchaseRule['memberMax']>['per'], atMs: number): string {
  const day = dayOf(atMs)
  switch (per) {
    case 'day':
      return day
    case 'week':
      // A week begins with its Monday.
      return dayOf(atMs - (weekdayOf(day) - 1) * DAY_MS)
    case 'month':
      return day.slice(0, MONTH_CHARACTERS)
    case 'ever':
      return ''
  }
}
