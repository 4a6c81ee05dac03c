import type { PurchaseRule } from './contracts/console-coupon-rules.js'
import { hoursInWords, weekdaysInWords } from './coupon-conditions.js'
import { fen, formatFen } from './quantities.js'

// For which purchases a rule gives a coupon, in words.

const STORES_NAMED_MAX = 3
const PER: Readonly<Record<NonNullable<PurchaseRule['memberMax']>['per'], string>> = {
  day: '每天',
  week: '每周',
  month: '每月',
  ever: '一共',
}

/**
 * What a purchase has to be, how the coupon comes, and how often, a few words each. `nameOf` names a
 * store; '' where its name is not known.
 */
export function purchaseRuleWords(
  rule: PurchaseRule,
  nameOf: (storeId: string) => string,
): string[] {
  const { leastFen, storeIds, channels, weekdays, fromTime, toTime, claimHours, memberMax } = rule
  const names = storeIds.map(nameOf)
  const isNamed = names.length <= STORES_NAMED_MAX && !names.includes('')
  const where = isNamed ? names.join('、') : `${String(storeIds.length)} 家门店`
  return [
    leastFen === 0 ? '实付多少都算' : `实付满 ${formatFen(fen(leastFen)).replace(/\.00$/, '')}`,
    ...(rule.fetched === true ? ['到店自提后'] : []),
    ...(channels.length === 1 ? [channels[0] === 'pos' ? '限到店消费' : '限线上订单'] : []),
    ...(storeIds.length > 0 ? [`限${where}`] : []),
    ...(weekdays.length > 0 ? [`限${weekdaysInWords(weekdays)}`] : []),
    ...(fromTime === null && toTime === null ? [] : [`限 ${hoursInWords({ fromTime, toTime })}`]),
    claimHours === null ? '直接放进卡包' : `${String(claimHours)} 小时内自己领`,
    ...(memberMax === null ? [] : [`每人${PER[memberMax.per]}最多 ${String(memberMax.count)} 次`]),
  ]
}
