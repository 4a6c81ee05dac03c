import type { HeldCoupon } from '@huike/shared/contracts/coupons'
import { formatFen } from '@huike/shared/quantities'
import { formatStoreDate, formatStoreTime, storeDay } from '../format.js'
import { texts } from '../texts.js'

/** From so many days on, people think in dates. */
const COUNTED_DAYS_MAX = 30
/** What ends within so many days after today is told with emphasis. */
const SOON_DAYS = 2

/** How it stands with a coupon, in a word or two; `soon` calls for attention, `over` for none. */
export interface CouponTime {
  readonly words: string
  /** The day it ends, or when it was used and what for; empty where the words say it already. */
  readonly date: string
  readonly mood: 'calm' | 'soon' | 'over'
}

/**
 * A coupon's state and time at `nowMs`, by the calendar of the stores. The day a coupon ends is a day
 * on which it can still be used.
 */
export function couponTime(coupon: HeldCoupon, nowMs: number): CouponTime {
  const { state, validFromMs, validUntilMs } = coupon
  const date = texts.couponUntil(formatStoreDate(validUntilMs - 1))
  if (state === 'reserved') return { words: texts.couponState.reserved, date, mood: 'calm' }
  if (state === 'redeemed' || state === 'void')
    return { words: texts.couponState[state], date: usedWords(coupon), mood: 'over' }
  // The server ends what is past its time a little later.
  if (state === 'expired' || nowMs >= validUntilMs)
    return { words: texts.couponState.expired, date, mood: 'over' }
  if (nowMs < validFromMs)
    return { words: texts.couponFrom(formatStoreDate(validFromMs)), date, mood: 'calm' }
  const daysLeft = storeDay(validUntilMs - 1) - storeDay(nowMs)
  if (daysLeft > COUNTED_DAYS_MAX) return { words: date, date: '', mood: 'calm' }
  return { words: daysWords(daysLeft), date, mood: daysLeft <= SOON_DAYS ? 'soon' : 'calm' }
}

/** When it was used and what it took off; a page kept from an earlier version does not know. */
function usedWords({ used }: HeldCoupon): string {
  return used ? texts.couponUsed(formatStoreTime(used.atMs), formatFen(used.offFen)) : ''
}

function daysWords(days: number): string {
  if (days === 0) return texts.couponEndsToday
  return days === 1 ? texts.couponEndsTomorrow : texts.couponDaysLeft(days)
}
