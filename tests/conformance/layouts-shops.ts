import type { LayoutCase } from './layout-case.js'

// Shops, restaurants, chemists: ordinary sales.

export const SHOP_LAYOUTS: readonly LayoutCase[] = [
  {
    title: 'a corner shop with the price first and 件 counts in the totals',
    text: `
      天天便利店
小票号：0000458    款台：02
收款员：小陈
时间：2026-03-08 09:12:44
品名            单价  数量    金额
--------------------------------
统一绿茶500ml   3.50    2     7.00
奥利奥饼干      9.90    1     9.90
--------------------------------
合计：    3件         16.90
实收：20.00    找零：3.10
现金：20.00
谢谢惠顾`,
    kind: 'sale',
    receiptNo: '0000458',
    printedAt: '2026-03-08T09:12:44',
    storeNo: '天天便利店',
    terminalNo: '02',
    cashier: '小陈',
    totalFen: 1690,
    items: [
      ['统一绿茶500ml', 2, 350, 700],
      ['奥利奥饼干', 1, 990, 990],
    ],
    payments: [['cash', 2000]],
    changeFen: 310,
    sure: true,
  },
  {
    title: 'a bakery that prints 合计 followed by the quantity and a member discount after it',
    text: `
好利来蛋糕
门店:五道口店
交易号 A20260308000123
操作员 3306
2026/03/08 17:45:10
商品名称       数量    小计
半熟芝士        1     39.00
吐司面包        2     24.00
合计            3     63.00
会员折扣             -6.30
应付                  56.70
支付宝                56.70
会员卡号 8800123456
本次积分 56`,
    kind: 'sale',
    receiptNo: 'A20260308000123',
    printedAt: '2026-03-08T17:45:10',
    storeNo: '五道口店',
    cashier: '3306',
    totalFen: 5670,
    items: [
      ['半熟芝士', 1, null, 3900],
      ['吐司面包', 2, null, 2400],
    ],
    payments: [['alipay', 5670]],
    memberHint: '8800123456',
    sure: true,
  },
  {
    title: 'a supermarket with a name line, then barcode, count, price and amount',
    text: `
            华联超市
欢迎光临华联超市 望京店
机号:003 收银员:10086 单号:0030012345
日期:2026-03-09 10:01:02
================================
金龙鱼调和油5L
6948195800019   1   69.90   69.90
东北大米10kg
6901234567890   2   45.50   91.00
土鸡蛋(散)
2100123         1.256  11.60  14.57
================================
总数量:4.256   总金额:175.47
优惠金额:0.00  应收金额:175.47
储值卡:175.47
储值卡余额:324.53
================================
电话:010-88886666`,
    kind: 'sale',
    receiptNo: '0030012345',
    terminalNo: '003',
    cashier: '10086',
    printedAt: '2026-03-09T10:01:02',
    totalFen: 17547,
    items: [
      ['金龙鱼调和油5L', 1, 6990, 6990],
      ['东北大米10kg', 2, 4550, 9100],
      ['土鸡蛋(散)', 1.256, 1160, 1457],
    ],
    payments: [['stored_value', 17547]],
    sure: true,
  },
  {
    title: 'a restaurant bill where 应收 is the gross, and 实收 what was paid after a discount',
    text: `
         川味人家
          结账单
桌号：A08      人数：4
账单号：202603090018
开台时间：2026-03-09 11:30
结账时间：2026-03-09 12:48
菜名          数量   单价    金额
水煮鱼          1   88.00   88.00
宫保鸡丁        1   38.00   38.00
米饭            4    3.00   12.00
--------------------------------
应收：                    138.00
优惠：                     13.80
实收：                    124.20
微信支付：                124.20
服务员：阿强`,
    kind: 'sale',
    receiptNo: '202603090018',
    printedAt: '2026-03-09T12:48:00',
    storeNo: '川味人家',
    cashier: '阿强',
    totalFen: 12420,
    items: [
      ['水煮鱼', 1, 8800, 8800],
      ['宫保鸡丁', 1, 3800, 3800],
      ['米饭', 4, 300, 1200],
    ],
    payments: [['wechat', 12420]],
    sure: true,
  },
  {
    title: 'a tea shop with modifiers under the drinks and a cup count',
    text: `
奈茶小铺
取餐号 A032
订单号:20260310A032
下单时间:2026-03-10 15:02:11
--------------------------------
芝芝莓莓             x1    29.00
  少冰/三分糖/+椰果
多肉葡萄             x2    56.00
  去冰
--------------------------------
共3件           小计：85.00
满80减10               -10.00
实付金额：¥75.00
支付方式：微信支付`,
    kind: 'sale',
    receiptNo: '20260310A032',
    printedAt: '2026-03-10T15:02:11',
    totalFen: 7500,
    items: [
      ['芝芝莓莓', 1, null, 2900],
      ['多肉葡萄', 2, null, 5600],
    ],
    payments: [['wechat', 7500]],
    sure: true,
  },
  {
    title: 'full-width digits and colons throughout',
    text: `
新华书店
流水号：００１２３４
日期：２０２６－０３－１１　　１０：２０：３０
书名　　　　　　数量　　单价　　金额
三体全集　　　　１　　９３．００　　９３．００
合计：　９３．００
实付：　９３．００
现金：１００．００　找零：７．００`,
    kind: 'sale',
    receiptNo: '001234',
    printedAt: '2026-03-11T10:20:30',
    totalFen: 9300,
    items: [['三体全集', 1, 9300, 9300]],
    payments: [['cash', 10000]],
    changeFen: 700,
    sure: true,
  },
  {
    title: 'a thousands separator and yuan signs in a jewellery shop',
    text: `
周福珠宝
销售单号：ZF-0099
销售时间：2026年3月12日 14时05分
品名             数量  金额
足金手镯          1  ￥12,880.00
合计                 ￥12,880.00
刷卡                 ￥12,880.00
导购员：王芳`,
    kind: 'sale',
    receiptNo: 'ZF-0099',
    printedAt: '2026-03-12T14:05:00',
    totalFen: 1288000,
    items: [['足金手镯', 1, null, 1288000]],
    payments: [['card', 1288000]],
    cashier: '王芳',
    sure: true,
  },
  {
    title: 'price times count on the second line, written 单价×数量',
    text: `
老李水果店
No.000781
2026.03.13 18:33
红富士苹果
      5.98×3.2斤        19.14
海南香蕉
      3.98×2斤           7.96
合计金额:27.10元
抹零:0.10元
实收金额:27.00元
微信:27.00元`,
    kind: 'sale',
    receiptNo: '000781',
    printedAt: '2026-03-13T18:33:00',
    storeNo: '老李水果店',
    totalFen: 2700,
    items: [
      ['红富士苹果', 3.2, 598, 1914],
      ['海南香蕉', 2, 398, 796],
    ],
    payments: [['wechat', 2700]],
    sure: true,
  },
  {
    title: 'a clothing shop with original price, discount and net in one line',
    text: `
优衣坊旗舰店
小票编号:260314-0021  POS:P02
收银:李雷
2026-03-14 20:15:36
款号      数量  原价   折扣   金额
男士衬衫
MS10021    1   199.00   8折  159.20
合计       1                 159.20
应收                         159.20
银联                         159.20`,
    kind: 'sale',
    receiptNo: '260314-0021',
    terminalNo: 'P02',
    cashier: '李雷',
    totalFen: 15920,
    payments: [['unionpay', 15920]],
    sure: true,
  },
  {
    title: 'a refund with positive amounts and its title in brackets',
    text: `
天天便利店
【退款单】
退货单号：T0000459
原小票号：0000458
时间：2026-03-08 10:12:44
品名            单价  数量    金额
统一绿茶500ml   3.50    1     3.50
退款金额：3.50
退款方式：现金`,
    kind: 'refund',
    receiptNo: 'T0000459',
    originalReceiptNo: '0000458',
    printedAt: '2026-03-08T10:12:44',
    totalFen: -350,
    items: [['统一绿茶500ml', -1, 350, -350]],
    payments: [['cash', -350]],
    sure: true,
  },
  {
    title: 'a sale whose footer speaks of returns',
    text: `
美佳超市
小票号:88123
2026-03-15 09:00:00
可口可乐      2    3.00    6.00
合计:6.00
支付宝:6.00
退货须凭小票，七日内退换
商品如有质量问题请凭此小票退货`,
    kind: 'sale',
    receiptNo: '88123',
    totalFen: 600,
    items: [['可口可乐', 2, 300, 600]],
    payments: [['alipay', 600]],
    sure: true,
  },
]
