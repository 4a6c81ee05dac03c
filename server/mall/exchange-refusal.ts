import { EXCHANGE_QUANTITY_MAX } from '@huike/shared/contracts/mall'
import { PERIOD_WORDS } from '@huike/shared/mall-words'
import type { MemberPeriod } from '@huike/shared/contracts/console-mall'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { MallItem } from './mall-item.entity.js'
import type { KeptTerms } from './mall-rows.js'

// Whether somebody may exchange something: a pure function of the item, the member and the moment.
// The order is that of what matters: that it is not there comes before that points are missing.

/** How many pieces a member has of an item, ever and in each period. */
export type Held = Record<'ever' | MemberPeriod, number>
export const HELD_NONE: Held = { ever: 0, day: 0, week: 0, month: 0 }

export interface Wish {
  quantity: number
  levelCode: string
  held: Held
  spendablePoints: number
  nowMs: number
}

/**
 * Why this cannot be exchanged; null where it can. Refuses `mall_closed`, `mall_early`, `mall_over`,
 * `mall_level`, `mall_member_max`, `mall_period_max`, `mall_sold_out`, and `points_short`.
 */
export function whyNotExchanged(item: MallItem, { terms }: KeptTerms, wish: Wish): Refusal | null {
  const { quantity, levelCode, spendablePoints, nowMs } = wish
  if (item.state !== 'open') return refuse('mall_closed')
  if (nowMs < item.fromMs) return refuse('mall_early')
  if (item.untilMs !== null && nowMs >= item.untilMs) return refuse('mall_over')
  if (terms.levelCodes.length > 0 && !terms.levelCodes.includes(levelCode))
    return refuse('mall_level')
  const refusal = whyNotSoMany(item, wish)
  if (refusal) return refusal
  const missing = terms.pricePoints * quantity - spendablePoints
  return missing > 0 ? refuse('points_short', `可用积分还差 ${String(missing)} 分`) : null
}

/** The most somebody could ask for in one exchange, points left aside. */
export function quantityMaxOf(item: MallItem, held: Held): number {
  const most = item.kind === 'coupon' ? 1 : EXCHANGE_QUANTITY_MAX
  return Math.max(0, Math.min(most, ...restsOf(item, held).map(({ rest }) => rest)))
}

/** What limits a member, in words. */
export function limitsInWords(
  item: MallItem,
  { terms }: KeptTerms,
  nameOfLevel: (code: string) => string,
): string[] {
  const { memberMax, period, periodMax } = item
  const unit = item.kind === 'coupon' ? '张' : '件'
  return [
    ...(terms.levelCodes.length === 0
      ? []
      : [`仅限${terms.levelCodes.map(nameOfLevel).join('、')}会员`]),
    ...(memberMax === null ? [] : [`每人限兑 ${String(memberMax)} ${unit}`]),
    ...(period === null
      ? []
      : [`每人${PERIOD_WORDS[period as MemberPeriod]}限兑 ${String(periodMax)} ${unit}`]),
  ]
}

function whyNotSoMany(item: MallItem, { quantity, held }: Wish): Refusal | null {
  const few = restsOf(item, held).find(({ rest }) => rest < quantity)
  if (!few) return null
  const left = few.rest > 0 ? `现在最多还能兑 ${String(few.rest)} 件` : undefined
  return refuse(few.code, left)
}

/** How many more each limit allows. */
function restsOf(
  { stock, taken, memberMax, period, periodMax }: MallItem,
  held: Held,
): { code: 'mall_member_max' | 'mall_period_max' | 'mall_sold_out'; rest: number }[] {
  const inPeriod = period === null ? 0 : held[period as MemberPeriod]
  return [
    { code: 'mall_member_max' as const, rest: (memberMax ?? Infinity) - held.ever },
    { code: 'mall_period_max' as const, rest: (periodMax ?? Infinity) - inPeriod },
    { code: 'mall_sold_out' as const, rest: (stock ?? Infinity) - taken },
  ]
}
