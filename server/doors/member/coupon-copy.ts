import {
  couponStateSchema,
  type CouponState,
  type CouponTerms,
} from '@huike/shared/contracts/coupons'
import { couponConditions, couponHeadline } from '@huike/shared/coupon-words'
import type { Coupon } from '../../coupons/coupon.entity.js'
import { moneyInWords, timeInWords, type CopyRow } from './copy-sections.js'

const COUPON_WORDS: Readonly<Record<CouponState, string>> = {
  issued: '未使用',
  reserved: '使用中',
  redeemed: '已使用',
  expired: '已过期',
  void: '已作废',
}

/** A coupon in a member's copy: what it gives, what became of it, and what it took off. */
export function couponRow(coupon: Coupon, terms: CouponTerms): CopyRow {
  const { code, issuedAtMs, validFromMs, validUntilMs, purchaseId, offFen } = coupon
  const state = couponStateSchema.parse(coupon.state)
  const usedAtMs = state === 'redeemed' ? coupon.endedAtMs : null
  const [gives, conditions] = [couponHeadline(terms), couponConditions(terms).join('，')]
  return {
    facts: {
      ...{ code, name: terms.name, gives, conditions, state, issuedAtMs },
      ...{ validFromMs, validUntilMs, usedAtMs, purchaseId, offFen },
    },
    words: [
      ['优惠券', terms.name],
      ['优惠', gives],
      ['使用条件', conditions],
      ['券码', code],
      ['状态', COUPON_WORDS[state]],
      ['发放时间', timeInWords(issuedAtMs)],
      ['有效期', `${timeInWords(validFromMs)} 至 ${timeInWords(validUntilMs - 1)}`],
      ['使用时间', usedAtMs === null ? '没有使用' : timeInWords(usedAtMs)],
      ...(usedAtMs === null || offFen === null ? [] : [['优惠了', moneyInWords(offFen)] as const]),
    ],
  }
}
