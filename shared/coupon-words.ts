import type { CouponTerms } from './contracts/coupons.js'
import { hoursInWords, weekdaysInWords } from './coupon-conditions.js'
import { fen, formatFen } from './quantities.js'

// A coupon in words, the same on the phone, at the till and in the console.

const TENTHS_OF_PRICE = 100

/** What a coupon gives: `满 ¥100 减 ¥10`, `8.5 折`, `免费得 面包`, `免运费`. */
export function couponHeadline({ gives, when }: Pick<CouponTerms, 'gives' | 'when'>): string {
  switch (gives.kind) {
    case 'amount':
      return when.leastFen === 0
        ? `立减 ${money(gives.amountFen)}`
        : `满 ${money(when.leastFen)} 减 ${money(gives.amountFen)}`
    case 'percent': {
      // 15 % off is 8.5 折.
      const tenths = (TENTHS_OF_PRICE - gives.percentOff) / 10
      return `${String(tenths)} 折`
    }
    case 'gift':
      return `免费得 ${when.goods?.name ?? ''}`
    case 'shipping':
      return '免运费'
  }
}

/** On which conditions, a sentence each; where and for whom it is good is told by name elsewhere. */
export function couponConditions(terms: CouponTerms): string[] {
  const { gives, when, stacking, perOrderMax, withPoints } = terms
  const words: string[] = []
  if (when.leastFen > 0 && gives.kind !== 'amount') words.push(`满 ${money(when.leastFen)} 可用`)
  if (gives.kind !== 'amount' && gives.mostFen !== null)
    words.push(`最多减 ${money(gives.mostFen)}`)
  if (when.goods !== null && gives.kind !== 'gift') words.push(`限“${when.goods.name}”`)
  if (when.notGoods !== null) words.push(`“${when.notGoods.name}”除外`)
  if (when.channels.length === 1) words.push(when.channels[0] === 'pos' ? '到店用' : '线上用')
  if (when.weekdays.length > 0) words.push(`限${weekdaysInWords(when.weekdays)}`)
  if (when.fromTime !== null || when.toTime !== null) words.push(`限 ${hoursInWords(when)}`)
  if (when.storeIds.length > 0) words.push(`限 ${String(when.storeIds.length)} 家门店`)
  if (when.levelCodes.length > 0) words.push('限部分会员等级')
  if (when.isFirstPurchase) words.push('限第一次购买')
  words.push(perOrderMax > 1 ? `每单最多 ${String(perOrderMax)} 张` : '每单一张')
  if (stacking === 'alone') words.push('不与其他券同用')
  if (!withPoints) words.push('不与积分同用')
  return words
}

function money(amountFen: number): string {
  return formatFen(fen(amountFen)).replace(/\.00$/, '')
}
