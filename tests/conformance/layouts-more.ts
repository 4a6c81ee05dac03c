import type { LayoutCase } from './layout-case.js'

// Labels spread out, bars, gifts, vouchers, English shops.

export const MORE_LAYOUTS: readonly LayoutCase[] = [
  {
    title: 'items with 单价, 数量 and 小计 labelled under the name',
    text: `
数码之家
订单号：SM1001
2026-03-27 14:00:00
无线鼠标
单价:89.00  数量:2  小计:178.00
数据线
单价:19.90  数量:1  小计:19.90
订单金额:197.90
实付金额:197.90
支付宝支付:197.90`,
    kind: 'sale',
    receiptNo: 'SM1001',
    totalFen: 19790,
    items: [
      ['无线鼠标', 2, 8900, 17800],
      ['数据线', 1, 1990, 1990],
    ],
    payments: [['alipay', 19790]],
    sure: true,
  },
  {
    title: 'an exchange: one item back, one sold, the difference paid',
    text: `
优衣坊旗舰店
单号:260328-0003
2026-03-28 10:00:00
品名      数量   单价    金额
衬衫       -1   199.00  -199.00
外套        1   399.00   399.00
合计        0            200.00
微信                     200.00`,
    kind: 'sale',
    receiptNo: '260328-0003',
    totalFen: 20000,
    payments: [['wechat', 20000]],
    sure: true,
  },
  {
    title: 'a negative total is a refund even without the word',
    text: `
美佳超市
小票号:88130
2026-03-29 09:00:00
可口可乐      -2    3.00    -6.00
合计:-6.00
现金:-6.00`,
    kind: 'refund',
    receiptNo: '88130',
    totalFen: -600,
    items: [['可口可乐', -2, 300, -600]],
    payments: [['cash', -600]],
    sure: true,
  },
  {
    title: 'a kitchen towel is an item, not a kitchen slip',
    text: `
美佳超市
小票号:88131
2026-03-29 09:10:00
厨房纸巾
6901111111111   2   12.90   25.80
合计:25.80
微信:25.80`,
    kind: 'sale',
    receiptNo: '88131',
    totalFen: 2580,
    items: [['厨房纸巾', 2, 1290, 2580]],
    sure: true,
  },
  {
    title: 'labels spread with spaces to look even',
    text: `
      惠  民  副  食
单  号：000778    机  号：03
收 银 员：张 敏
日  期：2026-04-01 10:11:12
品  名          数  量   单  价   金  额
老陈醋              1      6.50     6.50
生抽                2      8.00    16.00
合  计：22.50
实  收：30.00
找  零：7.50`,
    kind: 'sale',
    receiptNo: '000778',
    terminalNo: '03',
    printedAt: '2026-04-01T10:11:12',
    totalFen: 2250,
    items: [
      ['老陈醋', 1, 650, 650],
      ['生抽', 2, 800, 1600],
    ],
    changeFen: 750,
    sure: true,
  },
  {
    title: 'columns set apart by bars',
    text: `
建材五金店
编号:WJ-3001
2026-04-02 09:00
品名|数量|单价|金额
螺丝刀|1|15.00|15.00
水龙头|2|45.00|90.00
总额:105.00
微信收款:105.00`,
    kind: 'sale',
    receiptNo: 'WJ-3001',
    totalFen: 10500,
    items: [
      ['螺丝刀', 1, 1500, 1500],
      ['水龙头', 2, 4500, 9000],
    ],
    payments: [['wechat', 10500]],
    sure: true,
  },
  {
    title: 'the detail line below an amount, and weights with a price per kg',
    text: `
鲜丰生鲜
小票号:XF0091
2026-04-03 18:18:18
矿泉水                    6.00
   3 x 2.00
五花肉                   27.61
   0.986kg×28.00元/kg
合计:33.61
实付:33.61
支付宝:33.61`,
    kind: 'sale',
    receiptNo: 'XF0091',
    totalFen: 3361,
    items: [
      ['矿泉水', 3, 200, 600],
      ['五花肉', 0.986, 2800, 2761],
    ],
    sure: true,
  },
  {
    title: 'a platform coupon printed as a negative tender',
    text: `
小龙坎火锅
单号:8820
结账时间:2026-04-04 20:40
锅底       1   68.00   68.00
肥牛       2   38.00   76.00
合计:144.00
美团券:-50.00
微信:94.00`,
    kind: 'sale',
    receiptNo: '8820',
    totalFen: 9400,
    sure: true,
  },
  {
    title: 'amounts for the invoice and what was saved are not the total',
    text: `
盒小马鲜生
订单号:HX2026040500123
交易时间:2026-04-05 19:00:00
三文鱼刺身     1   59.90   59.90
鲜牛奶         2   12.50   25.00
商品总额              84.90
优惠合计              14.90
应付金额              70.00
支付宝                70.00
本单为您节省:14.90元
可开票金额:70.00元`,
    kind: 'sale',
    receiptNo: 'HX2026040500123',
    totalFen: 7000,
    payments: [['alipay', 7000]],
    sure: true,
  },
  {
    title: 'quantity and amount labelled in the total line',
    text: `
学府文具
票号:20260406-11
日期:2026-4-6 8:05
中性笔      5    2.00    10.00
笔记本      2    8.80    17.60
合计  数量:7  金额:27.60
收现:30.00  找零:2.40`,
    kind: 'sale',
    receiptNo: '20260406-11',
    printedAt: '2026-04-06T08:05:00',
    totalFen: 2760,
    changeFen: 240,
    sure: true,
  },
  {
    title: 'a card slip for signature is not a sale',
    text: `
银联POS签购单
商户名称:学府文具
终端编号:12345678
卡号:622202******1234
交易类型:消费
日期/时间:2026/04/06 08:05:30
金额:RMB 27.60`,
    kind: 'control',
    totalFen: null,
    sure: true,
  },
  {
    title: 'an afternoon time on a twelve-hour clock and a two-digit year',
    text: `
街角花艺
单号:FH-22
26-04-07 下午 03:20
玫瑰花束     1   128.00   128.00
总计:128.00元
现金:128.00元`,
    kind: 'sale',
    receiptNo: 'FH-22',
    printedAt: '2026-04-07T15:20:00',
    totalFen: 12800,
    sure: true,
  },
  {
    title: 'gifts at zero and a service charge',
    text: `
粤小馆
桌台:B12  人数:3
账单编号:YX0406
结账时间:2026-04-08 21:00:10
菜品           数量   金额
白切鸡            1   68.00
凤爪              2   44.00
赠送水果          1    0.00
消费金额            112.00
服务费               11.20
应收金额            123.20
抹零                  0.20
实收金额            123.00
银行卡              123.00`,
    kind: 'sale',
    receiptNo: 'YX0406',
    totalFen: 12300,
    payments: [['card', 12300]],
    sure: true,
  },
  {
    title: 'the same labels as a voucher tender: a person decides what was payable',
    text: `
衣之家
单号:YZ0101
2026-04-09 10:00:00
衬衫       1   120.00   120.00
合计:120.00
代金券:20.00
微信:100.00`,
    kind: 'sale',
    receiptNo: 'YZ0101',
    totalFen: 12000,
    sure: false,
  },
  {
    title: 'numbers first, the name behind them',
    text: `
快餐窗口
单号:KC-7
2026-04-10 12:00:00
数量  单价   金额  品名
1  12.00  12.00  红烧肉套餐
2   3.00   6.00  紫菜汤
合计:18.00
微信:18.00`,
    kind: 'sale',
    receiptNo: 'KC-7',
    totalFen: 1800,
    items: [
      ['红烧肉套餐', 1, 1200, 1200],
      ['紫菜汤', 2, 300, 600],
    ],
    sure: true,
  },
  {
    title: 'price and amount run together',
    text: `
粮油批发部
单号:LY-5
2026-04-11 07:30:00
品名          数量   单价   金额
东北大米25kg     2  1280.002560.00
面粉             1    98.00  98.00
合计:2658.00
挂账:2658.00`,
    kind: 'sale',
    receiptNo: 'LY-5',
    totalFen: 265800,
    items: [
      ['东北大米25kg', 2, 128000, 256000],
      ['面粉', 1, 9800, 9800],
    ],
    payments: [['on_account', 265800]],
    sure: true,
  },
  {
    title: 'goods whose names sound like labels',
    text: `
百货商场
单号:BH-9
2026-04-12 15:00:00
品名            数量   单价   金额
现金收纳盒         1   25.00   25.00
优惠装牙膏         2   10.00   20.00
总汇三明治         1   18.00   18.00
积分卡套           1    5.00    5.00
合计:68.00
支付宝:68.00`,
    kind: 'sale',
    receiptNo: 'BH-9',
    totalFen: 6800,
    items: [
      ['现金收纳盒', 1, 2500, 2500],
      ['优惠装牙膏', 2, 1000, 2000],
      ['总汇三明治', 1, 1800, 1800],
      ['积分卡套', 1, 500, 500],
    ],
    sure: true,
  },
  {
    title: 'an English diner: guest check before payment',
    text: `
JOE'S DINER
GUEST CHECK
Check: 5512   Server: Kim
Date: 2026-04-13 19:30
1 Burger                    12.00
2 Cola                       6.00
Subtotal                    18.00
Tax                          1.44
Amount Due                  19.44`,
    kind: 'prebill',
    totalFen: 1944,
    sure: true,
  },
  {
    title: 'an English shop: cash tendered and change',
    text: `
CORNER STORE
Invoice #A-778
13 Apr 2026 10:30
Item               Qty   Price   Amount
Notebook             2    3.50     7.00
Pen                  1    1.25     1.25
Discount                          -0.25
TOTAL                              8.00
Cash                              10.00
Change                             2.00`,
    kind: 'sale',
    receiptNo: 'A-778',
    printedAt: '2026-04-13T10:30:00',
    totalFen: 800,
    payments: [['cash', 1000]],
    changeFen: 200,
    sure: true,
  },
]
