import type { LayoutCase } from './layout-case.js'

// Refunds, reprints, bills before payment, reports: what is no sale.

export const KIND_LAYOUTS: readonly LayoutCase[] = [
  {
    title: 'a bill before payment',
    text: `
         川味人家
          预结单
桌号：A08
账单号：202603090018
2026-03-09 12:40
菜名          数量   单价    金额
水煮鱼          1   88.00   88.00
合计：88.00
应付：88.00`,
    kind: 'prebill',
    totalFen: 8800,
    sure: true,
  },
  {
    title: 'a kitchen slip without prices',
    text: `
厨房制作单
桌号：A08    人数：4
2026-03-09 11:32
水煮鱼            1份
宫保鸡丁          1份`,
    kind: 'kitchen',
    totalFen: null,
    sure: true,
  },
  {
    title: 'a kitchen slip without a title',
    text: `
桌号：A08    单号：0018
2026-03-09 11:32
水煮鱼            x1
宫保鸡丁          x1
  少辣`,
    kind: 'kitchen',
    totalFen: null,
    sure: true,
  },
  {
    title: 'a shift report full of totals',
    text: `
天天便利店
交班报表
收银员：小陈
开始时间：2026-03-08 08:00
结束时间：2026-03-08 16:00
销售笔数：128
现金：1,234.50
微信：3,456.70
合计：4,691.20`,
    kind: 'report',
    totalFen: null,
    sure: true,
  },
  {
    title: "the merchant's copy",
    text: `
美佳超市
--商户存根--
小票号:88123
2026-03-15 09:00:00
可口可乐      2    3.00    6.00
合计:6.00
支付宝:6.00`,
    kind: 'duplicate_copy',
    receiptNo: '88123',
    totalFen: 600,
    sure: true,
  },
  {
    title: 'a reprint that says so only at the end',
    text: `
美佳超市
小票号:88123
2026-03-15 09:00:00
可口可乐      2    3.00    6.00
合计:6.00
支付宝:6.00
(重印)`,
    kind: 'reprint',
    receiptNo: '88123',
    totalFen: 600,
    sure: true,
  },
  {
    title: 'a cancelled sale',
    text: `
美佳超市
***作废小票***
小票号:88124
2026-03-15 09:05:00
可口可乐      2    3.00    6.00
合计:6.00`,
    kind: 'void',
    receiptNo: '88124',
    totalFen: 600,
    sure: true,
  },
  {
    title: 'a drawer opened without a sale',
    text: `
开钱箱
收银员：小陈
2026-03-08 12:00:00`,
    kind: 'control',
    totalFen: null,
    sure: true,
  },
  {
    title: 'a stored-value top-up is no purchase',
    text: `
天天便利店
会员充值
会员卡号：8800123456
2026-03-08 12:00:00
充值金额：500.00
赠送金额：50.00
现金：500.00`,
    kind: 'control',
    totalFen: null,
    sure: true,
  },
  {
    title: 'a coupon printed after the sale',
    text: `
天天便利店
满20减3优惠券
券号：CP20260308001
有效期至：2026-04-08
凭此券消费满20元立减3元`,
    kind: 'voucher',
    totalFen: null,
    sure: true,
  },
  {
    title: 'an amount payable in large type below its label',
    text: `
快乐柠檬
订单编号：8866
2026-03-16 13:14:15
柠檬水    1    8.00
椰果奶茶  2   24.00
应付金额
￥32.00
扫码支付 32.00`,
    kind: 'sale',
    receiptNo: '8866',
    printedAt: '2026-03-16T13:14:15',
    totalFen: 3200,
    sure: true,
  },
]
