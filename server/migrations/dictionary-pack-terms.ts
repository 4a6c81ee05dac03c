import type { PackGrant } from '../packs/pack-grant.entity.js'
import type { PackOrder } from '../packs/pack-order.entity.js'
import type { PackRefund } from '../packs/pack-refund.entity.js'
import type { PackTemplate } from '../packs/pack-template.entity.js'
import type { PackVersion } from '../packs/pack-version.entity.js'
import type { PayBill } from '../packs/pay-bill.entity.js'
import type { PayFinding } from '../packs/pay-finding.entity.js'
import type { PayNoticeRow } from '../packs/pay-notice.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** Coupon packs and their payments. */
export const packTerms: TableTerms[] = [
  termsOf<PackTemplate>('pack_template', ['券包', 'coupon pack'], {
    id: ['券包 id', 'pack id', 'none'],
    state: ['状态：open 在售，stopped 停售', 'state', 'none'],
    version: ['现在卖的是第几版', 'version sold now', 'none'],
    stock: ['总量，空为不限', 'stock, empty: no limit', 'none'],
    memberMax: ['每人最多买几个', 'most for a member', 'none'],
    sold: ['已售，含待支付', 'sold, waiting ones included', 'none'],
    fromMs: ['何时起售', 'sold from', 'none'],
    untilMs: ['售到何时', 'sold until', 'none'],
    createdAtMs: ['创建时间', 'created at', 'none'],
    createdBy: ['谁创建的', 'created by', 'none'],
  }),
  termsOf<PackVersion>('pack_version', ['券包的版本', 'its versions'], {
    packId: ['券包', 'pack', 'none'],
    version: ['版本', 'version', 'none'],
    terms: ['内容（JSON）', 'what it promises (JSON)', 'none'],
    publishedAtMs: ['发布时间', 'published at', 'none'],
    publishedBy: ['谁发布的', 'published by', 'none'],
  }),
  termsOf<PackOrder>('pack_order', ['券包订单', 'order of a pack'], {
    id: ['订单 id', 'order id', 'none'],
    orderNo: ['商户订单号', 'number at WeChat Pay', 'personal'],
    packId: ['券包', 'pack', 'none'],
    version: ['按第几版', 'version of the pack', 'none'],
    memberId: ['会员', 'member', 'personal'],
    identityId: ['付款的微信身份', 'the WeChat account that pays', 'personal'],
    payerIndex: ['付款人的盲索引', 'blind index of who pays', 'sealed'],
    state: [
      '状态：created 已下单，prepaid 待支付，paid 已支付，issued 已发券，closed 已关闭，refunding 退款中，partly 部分退款，refunded 已退款，held 待核对',
      'state',
      'personal',
    ],
    totalFen: ['金额（分）', 'price in fen', 'personal'],
    refundedFen: ['已退金额（分）', 'refunded, in fen', 'personal'],
    prepayId: ['预支付单号', 'prepay id', 'none'],
    transactionId: ['微信支付订单号', 'id of the payment', 'personal'],
    requestKey: ['谁的哪次请求', 'whose request', 'personal'],
    createdAtMs: ['下单时间', 'ordered at', 'personal'],
    expiresAtMs: ['最晚支付时间', 'can be paid until', 'none'],
    paidAtMs: ['支付时间', 'paid at', 'personal'],
    endedAtMs: ['关闭时间', 'closed at', 'none'],
    nextAtMs: ['下次处理时间', 'looked at next', 'none'],
    attempts: ['处理次数', 'times it was looked at', 'none'],
    billedOn: ['对到账单的日期', 'day of the bill', 'none'],
  }),
  termsOf<PackGrant>('pack_grant', ['券包里的券', 'coupon of an order'], {
    id: ['券包内券 id', 'id', 'none'],
    orderId: ['订单', 'order', 'personal'],
    seq: ['第几张', 'which of them', 'none'],
    templateId: ['券模板', 'kind of coupon', 'none'],
    version: ['按第几版', 'its version', 'none'],
    state: ['状态：due 待发，issued 已发，void 已退', 'state', 'personal'],
    dueAtMs: ['何时发', 'given at', 'none'],
    shareFen: ['占价款（分）', 'its share of the price, in fen', 'none'],
    couponId: ['券', 'coupon', 'personal'],
    refundId: ['退款', 'refund', 'personal'],
  }),
  termsOf<PackRefund>('pack_refund', ['券包退款', 'refund of a pack'], {
    id: ['退款 id', 'refund id', 'none'],
    orderId: ['订单', 'order', 'personal'],
    refundNo: ['商户退款单号', 'number at WeChat Pay', 'personal'],
    requestKey: ['谁的哪次请求', 'whose request', 'personal'],
    refundFen: ['退款金额（分）', 'refunded, in fen', 'personal'],
    coupons: ['退了几张', 'how many coupons', 'none'],
    state: [
      '状态：asked 待提交，sent 退款中，done 已到账，abnormal 退款异常，closed 退款关闭',
      'state',
      'personal',
    ],
    createdAtMs: ['申请时间', 'asked at', 'personal'],
    endedAtMs: ['完成时间', 'ended at', 'none'],
    nextAtMs: ['下次处理时间', 'looked at next', 'none'],
    attempts: ['处理次数', 'times it was looked at', 'none'],
    billedOn: ['对到账单的日期', 'day of the bill', 'none'],
  }),
  termsOf<PayNoticeRow>('pay_notice', ['支付通知', 'notification of WeChat Pay'], {
    id: ['通知 id', 'notification id', 'none'],
    kind: ['种类：trade 支付，refund 退款', 'kind', 'none'],
    number: ['单号', 'number of the order or refund', 'personal'],
    facts: ['内容（JSON），付款人只存盲索引', 'what it says (JSON)', 'sealed'],
    receivedAtMs: ['收到时间', 'received at', 'none'],
    nextAtMs: ['下次处理时间，空为已处理', 'acted on at, empty: done', 'none'],
    attempts: ['处理次数', 'times it was tried', 'none'],
  }),
  termsOf<PayFinding>('pay_finding', ['支付差异', 'what does not agree'], {
    id: ['差异 id', 'finding id', 'none'],
    subjectKey: ['关于什么（唯一）', 'what it is about, once', 'personal'],
    kind: ['种类', 'kind', 'none'],
    number: ['单号', 'number of the order or refund', 'personal'],
    ourFen: ['本系统金额（分）', 'here, in fen', 'personal'],
    theirFen: ['微信支付金额（分）', 'there, in fen', 'personal'],
    detail: ['说明', 'in words', 'none'],
    foundAtMs: ['发现时间', 'found at', 'none'],
    settledAtMs: ['处理时间', 'settled at', 'none'],
    settledBy: ['谁处理的', 'settled by', 'none'],
    note: ['怎么处理的', 'what was done', 'personal'],
  }),
  termsOf<PayBill>('pay_bill', ['对过的账单', 'bill that was compared'], {
    date: ['账单日期', 'day', 'none'],
    comparedAtMs: ['对账时间', 'compared at', 'none'],
    trades: ['支付笔数', 'payments', 'none'],
    refunds: ['退款笔数', 'refunds', 'none'],
    findings: ['差异数', 'differences', 'none'],
  }),
]
