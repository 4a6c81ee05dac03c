import type { PackGrantView, PackOrderState } from './contracts/packs.js'
import type { PayFindingKind, StaffRefundReason } from './contracts/console-packs.js'

// Packs in words, the same on the phone, in the console and in a member's copy.

/** What became of an order. */
export const PACK_ORDER_WORDS: Readonly<Record<PackOrderState, string>> = {
  created: '待支付',
  prepaid: '待支付',
  paid: '已支付，券正在到账',
  issued: '已支付',
  closed: '已关闭',
  refunding: '退款中',
  partly: '已部分退款',
  refunded: '已退款',
  held: '待门店核对',
}

/** What became of a refund. */
export const PACK_REFUND_WORDS = {
  asked: '退款处理中',
  sent: '退款处理中',
  done: '已退回',
  abnormal: '没有到账，门店正在处理',
  closed: '没有退成，券已还给您',
} as const

/** The same as staff are told it. */
export const PACK_REFUND_STAFF_WORDS = {
  asked: '退款处理中',
  sent: '退款处理中',
  done: '已退回',
  abnormal: '退款异常，请到微信支付商户平台处理',
  closed: '没有退成，券已还给会员',
} as const

/** What became of a coupon of an order; one that is given later is told with its day. */
export const PACK_GRANT_WORDS: Readonly<Record<Exclude<PackGrantView['state'], 'due'>, string>> = {
  issued: '可用',
  reserved: '使用中',
  redeemed: '已使用',
  expired: '已过期',
  void: '已退',
}

/** Why staff gave money back. */
export const STAFF_REFUND_WORDS: Readonly<Record<StaffRefundReason, string>> = {
  customer_asked: '顾客要求退',
  bought_by_mistake: '买错或重复购买',
  coupons_unusable: '券用不了',
  service_failed: '门店服务原因',
  other: '其他原因',
}

/** What does not agree about money. */
export const PAY_FINDING_WORDS: Readonly<Record<PayFindingKind, string>> = {
  mismatch: '支付与订单不符',
  refund_abnormal: '退款异常',
  refund_refused: '退款被拒绝',
  bill_unknown_order: '账单多出一笔支付',
  bill_unknown_refund: '账单多出一笔退款',
  bill_order_missing: '账单缺一笔支付',
  bill_refund_missing: '账单缺一笔退款',
  bill_amount: '账单金额不一致',
}
