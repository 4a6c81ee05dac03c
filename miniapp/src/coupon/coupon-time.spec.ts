import { describe, expect, it } from '@jest/globals'
import type { CouponState, HeldCoupon } from '@huike/shared/contracts/coupons'
import { epochMs, fen } from '@huike/shared/quantities'
import { couponTime } from './coupon-time.js'

const DAY_MS = 86_400_000
/** Midnight in the stores. */
const TODAY_MS = Date.UTC(2026, 10, 21, 16)

function coupon(days: number, state: CouponState = 'issued', fromDays = -1): HeldCoupon {
  const [validFromMs, validUntilMs] = [TODAY_MS + fromDays * DAY_MS, TODAY_MS + days * DAY_MS]
  return { state, validFromMs, validUntilMs } as HeldCoupon
}

describe('the time of a coupon', () => {
  it.each([
    [1, '今天到期', 'soon'],
    [2, '明天到期', 'soon'],
    [3, '还剩 2 天', 'soon'],
    [4, '还剩 3 天', 'calm'],
    [31, '还剩 30 天', 'calm'],
  ])('counts the days by the calendar of the stores: %d', (days, words, mood) => {
    for (const nowMs of [TODAY_MS, TODAY_MS + DAY_MS - 1])
      expect(couponTime(coupon(days), nowMs)).toMatchObject({ words, mood })
  })

  it('names the last day on which it is good', () => {
    expect(couponTime(coupon(1), TODAY_MS).date).toBe('有效期至 2026-11-22')
    expect(couponTime(coupon(32), TODAY_MS)).toEqual({
      ...{ words: '有效期至 2026-12-23', date: '', mood: 'calm' },
    })
  })

  it('is over at the first moment after that day, before the server has said so', () => {
    const one = coupon(1)
    expect(couponTime(one, TODAY_MS + DAY_MS - 1).words).toBe('今天到期')
    expect(couponTime(one, TODAY_MS + DAY_MS)).toMatchObject({ words: '已过期', mood: 'over' })
  })

  it('says from when it can be used, until that moment', () => {
    const one = coupon(9, 'issued', 2)
    expect(couponTime(one, TODAY_MS + 2 * DAY_MS - 1)).toEqual({
      ...{ words: '2026-11-24 起可用', date: '有效期至 2026-11-30', mood: 'calm' },
    })
    expect(couponTime(one, TODAY_MS + 2 * DAY_MS).words).toBe('还剩 6 天')
  })

  it('says what became of it, whatever the time', () => {
    expect(couponTime(coupon(-3, 'reserved'), TODAY_MS).words).toBe('使用中')
    expect(couponTime(coupon(9, 'redeemed'), TODAY_MS)).toMatchObject({ words: '已使用', date: '' })
    const used = { atMs: epochMs(TODAY_MS), offFen: fen(1_050) }
    expect(couponTime({ ...coupon(9, 'redeemed'), used }, TODAY_MS).date).toMatch(
      /^2026-11-\d\d \d\d:\d\d 用，减了 ¥10\.50$/,
    )
    expect(couponTime(coupon(9, 'void'), TODAY_MS).words).toBe('已作废')
    expect(couponTime(coupon(-3, 'expired'), TODAY_MS)).toMatchObject({
      ...{ words: '已过期', date: '有效期至 2026-11-18' },
    })
  })
})
