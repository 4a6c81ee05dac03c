import type { LayoutCase } from './layout-case.js'

// Unusual columns, totals and discounts.

export const ODD_LAYOUTS: readonly LayoutCase[] = [
  {
    title: 'labels in one row and their amounts in the next',
    text: `
万家超市
流水:5566  款台:01  收银员:003
2026-03-17 08:08:08
蒙牛纯牛奶      2   5.50   11.00
--------------------------------
应收        实收        找零
11.00       20.00       9.00
现金 20.00`,
    kind: 'sale',
    receiptNo: '5566',
    totalFen: 1100,
    payments: [['cash', 2000]],
    changeFen: 900,
    sure: true,
  },
  {
    title: 'coupons, points and rounding taken off one after another',
    text: `
衣之家
单号:YZ0087
2026-03-18 16:20:00
品名          数量  单价   金额
风衣            1  599.00  599.00
衬衫            2  129.50  259.00
商品总额               858.00
满减优惠              -100.00
优惠券                 -50.00
积分抵扣                -8.00
抹零                    -0.00
实付款                 700.00
现金                   200.00
银行卡                 500.00`,
    kind: 'sale',
    receiptNo: 'YZ0087',
    totalFen: 70000,
    payments: [
      ['cash', 20000],
      ['card', 50000],
    ],
    sure: true,
  },
  {
    title: 'a takeaway order with packing and delivery',
    text: `
#15 美团外卖
张记麻辣烫
下单时间:2026-03-19 12:01
************************
麻辣烫(中份)     x1    22.80
冰粉             x2    10.00
************************
餐盒费                  2.00
配送费                  4.00
满30减6                -6.00
************************
合计                   32.80
(已在线支付)`,
    kind: 'sale',
    receiptNo: null,
    printedAt: '2026-03-19T12:01:00',
    totalFen: 3280,
    items: [
      ['麻辣烫(中份)', 1, null, 2280],
      ['冰粉', 2, null, 1000],
    ],
    sure: true,
  },
  {
    title: 'an unknown discount label must not make the gross total certain',
    text: `
某某商行
单号:7001
2026-03-20 10:00:00
电风扇      1   100.00   100.00
合计:100.00
老友价让:10.00
结:90.00`,
    kind: 'sale',
    receiptNo: '7001',
    totalFen: 10000,
    sure: false,
  },
  {
    title: 'two amounts payable that disagree are not guessed between',
    text: `
某某商行
单号:7002
2026-03-20 10:05:00
电水壶      1   80.00   80.00
应付:80.00
应付:72.00`,
    kind: 'sale',
    receiptNo: '7002',
    totalFen: 8000,
    sure: false,
  },
  {
    title: 'pharmacy with a line number, spec column and medical card',
    text: `
    康健大药房
销售小票
单据号:XS20260321001
收银员:09  日期:2026-03-21  时间:11:22:33
序号 品名/规格   数量  单价   金额
1 阿莫西林胶囊    2  12.80   25.60
2 创可贴          1   5.00    5.00
合计:30.60  实收:30.60
银联云闪付:30.60`,
    kind: 'sale',
    receiptNo: 'XS20260321001',
    printedAt: '2026-03-21T11:22:33',
    cashier: '09',
    totalFen: 3060,
    items: [
      ['阿莫西林胶囊', 2, 1280, 2560],
      ['创可贴', 1, 500, 500],
    ],
    payments: [['unionpay', 3060]],
    sure: true,
  },
  {
    title: 'traditional characters',
    text: `
好味茶餐廳
單號：HK0012
日期：2026-03-22 13:00:00
菠蘿油        2    18.00    36.00
凍檸茶        1    20.00    20.00
總計：56.00
現金：60.00
找續：4.00`,
    kind: 'sale',
    receiptNo: 'HK0012',
    totalFen: 5600,
    items: [
      ['菠蘿油', 2, 1800, 3600],
      ['凍檸茶', 1, 2000, 2000],
    ],
    payments: [['cash', 6000]],
    changeFen: 400,
    sure: true,
  },
  {
    title: 'whole yuan without decimals',
    text: `
阿婆面馆
单号：33
2026-03-23 12:12:12
牛肉面    x2   36
卤蛋      x2   4
合计：40元
微信：40元`,
    kind: 'sale',
    receiptNo: '33',
    totalFen: 4000,
    items: [
      ['牛肉面', 2, null, 3600],
      ['卤蛋', 2, null, 400],
    ],
    payments: [['wechat', 4000]],
    sure: true,
  },
  {
    title: 'the quantity column runs into a long name',
    text: `
惠客隆超市
单号:66001
2026-03-24 09:09:09
品名            数量   单价   金额
农夫山泉天然饮用水550ml2   2.00   4.00
洗衣液                1  29.90  29.90
合计:33.90
现金:50.00
找零:16.10`,
    kind: 'sale',
    receiptNo: '66001',
    totalFen: 3390,
    items: [
      ['农夫山泉天然饮用水550ml', 2, 200, 400],
      ['洗衣液', 1, 2990, 2990],
    ],
    payments: [['cash', 5000]],
    changeFen: 1610,
    sure: true,
  },
  {
    title: 'discount lines under the items, negative',
    text: `
屈氏个护
交易流水号:1029384756
2026-03-25 19:30:00
洗面奶             1   59.00   59.00
  会员价优惠               -9.00
面膜               3   15.00   45.00
  买三减五                 -5.00
应付总额:90.00
微信支付:90.00`,
    kind: 'sale',
    receiptNo: '1029384756',
    totalFen: 9000,
    payments: [['wechat', 9000]],
    sure: true,
  },
  {
    title: 'an English receipt with tax and counts in front',
    text: `
HARBOUR COFFEE
Receipt No: HC-2001
Cashier: Amy      Reg: 2
03/25/2026 08:15 AM
2 Latte                      9.00
1 Croissant                  3.50
Subtotal                    12.50
Tax                          1.00
TOTAL                      $13.50
VISA                       $13.50
Thank you!`,
    kind: 'sale',
    receiptNo: 'HC-2001',
    cashier: 'Amy',
    terminalNo: '2',
    printedAt: '2026-03-25T08:15:00',
    totalFen: 1350,
    items: [
      ['Latte', 2, null, 900],
      ['Croissant', 1, null, 350],
    ],
    payments: [['card', 1350]],
    sure: true,
  },
  {
    title: 'member, points and balances around the totals',
    text: `
百果庄园(中关村店)
单号：BG99001  收银机：2号
时间：2026-03-26 18:00:05
猫山王榴莲    2.35kg   88.00   206.80
车厘子        1        59.90    59.90
件数：2    总计：266.70
应付：266.70
会员余额支付：266.70
会员：138****1234
支付前余额：500.00
支付后余额：233.30
本次获得积分：266
累计积分：1888`,
    kind: 'sale',
    receiptNo: 'BG99001',
    totalFen: 26670,
    items: [
      ['猫山王榴莲', 2.35, 8800, 20680],
      ['车厘子', 1, 5990, 5990],
    ],
    payments: [['stored_value', 26670]],
    memberHint: '138****1234',
    sure: true,
  },
]
