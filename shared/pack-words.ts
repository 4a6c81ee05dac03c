import type { PackOrderState } from './contracts/packs.js'
import type { PayFindingKind } from './contracts/console-packs.js'

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
