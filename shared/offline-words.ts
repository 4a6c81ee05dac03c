import type { OfflineFinding } from './contracts/offline.js'

/** What is to be read of an offline redemption, the same in the console and in a member's copy. */
export const OFFLINE_FINDING_WORDS: Readonly<Record<OfflineFinding['kind'], string>> = {
  refused: '收银台拒绝了一次离线使用',
  points_short: '积分已不够，超出的记成欠分',
  points_over: '用的积分比留给收银台的多',
  coupon_gone: '券已在别处用掉，优惠没有券可抵',
  code_invalid: '会员码核对不上，没有从会员那里扣',
  late: '过了时间才用',
  unknown: '收银台没有这份额度',
}
