import type { CouponWhen } from './contracts/coupons.js'
import { asksGoods } from './coupon-discount.js'
import type { CouponInHand, CouponOrder } from './coupons.js'
import { weekdayOf } from './earning-conditions.js'
import { outcomeSentence, type OutcomeCode } from './outcomes.js'

// What keeps a coupon from an order, whatever else is in it: its own state and days, and what it asks
// of the place, the hour and the member. What it asks of the goods is decided with the discount.

/** Why a coupon is not applied, with the sentence a cashier reads out. */
export interface CouponFault {
  code: OutcomeCode
  why: string
}

const DATE_CHARACTERS = 10
const CLOCK = { from: 11, to: 16 }
const WEEKDAYS = ['一', '二', '三', '四', '五', '六', '日']

const STATES: Partial<Record<string, OutcomeCode>> = {
  redeemed: 'coupon_redeemed',
  reserved: 'coupon_reserved',
  void: 'coupon_void',
  expired: 'coupon_expired',
}

/** The first thing that keeps a coupon from an order; null where nothing does. */
export function couponFault(coupon: CouponInHand, order: CouponOrder): CouponFault | null {
  const { terms, state, validFromMs, validUntilMs } = coupon
  const { when, withPoints } = terms
  const ended = STATES[state]
  if (ended !== undefined) return fault(ended)
  if (order.atMs >= validUntilMs) return fault('coupon_expired')
  if (order.atMs < validFromMs) return fault('coupon_early')
  const place = placeFault(when, order)
  if (place) return place
  if (isOutside(when.levelCodes, order.member.levelCode)) return fault('coupon_level')
  if (when.isFirstPurchase && !order.member.isFirstPurchase) return fault('coupon_first_purchase')
  const hour = hourFault(when, order)
  if (hour) return hour
  if (order.isWithPoints && !withPoints) return fault('coupon_points')
  if (order.lines === null && asksGoods(terms) && !order.seenFen.has(coupon.couponId))
    return fault('coupon_goods_unseen')
  return null
}

/** Where and when something was bought; `localTime` by the clock of the store. */
export type PlaceAndTime = Pick<CouponOrder, 'storeId' | 'channel' | 'localTime'>
type Place = Pick<CouponWhen, 'storeIds' | 'channels'>
type Hours = Pick<CouponWhen, 'weekdays' | 'fromTime' | 'toTime'>

/** Whether something bought there and then is what conditions of place and hour ask for. */
export function isThereAndThen(when: Place & Hours, bought: PlaceAndTime): boolean {
  return placeFault(when, bought) === null && hourFault(when, bought) === null
}

function placeFault(when: Place, { storeId, channel }: PlaceAndTime): CouponFault | null {
  if (isOutside(when.storeIds, storeId)) return fault('coupon_store')
  if (!isOutside(when.channels, channel)) return null
  return fault('coupon_channel', channel === 'pos' ? '这张券只能线上用' : '这张券只能到店用')
}

function hourFault(when: Hours, { localTime }: PlaceAndTime): CouponFault | null {
  if (isOutside(when.weekdays, weekdayOf(localTime.slice(0, DATE_CHARACTERS))))
    return fault('coupon_day', `这张券只能在${weekdaysInWords(when.weekdays)}用`)
  const clock = localTime.slice(CLOCK.from, CLOCK.to)
  const isOutsideHours =
    clock < (when.fromTime ?? clock) || (when.toTime !== null && clock >= when.toTime)
  return isOutsideHours ? fault('coupon_hour', `这张券只能在 ${hoursInWords(when)} 用`) : null
}

/** `周六、周日`. */
export function weekdaysInWords(weekdays: readonly number[]): string {
  return [...weekdays]
    .sort((a, b) => a - b)
    .map((day) => `周${WEEKDAYS[day - 1] ?? ''}`)
    .join('、')
}

/** `17:00–21:00`. */
export function hoursInWords(hours: { fromTime: string | null; toTime: string | null }): string {
  return `${hours.fromTime ?? '00:00'}–${hours.toTime ?? '24:00'}`
}

function isOutside<Value>(list: readonly Value[], value: Value): boolean {
  return list.length > 0 && !list.includes(value)
}

function fault(code: OutcomeCode, why = outcomeSentence(code)): CouponFault {
  return { code, why }
}
