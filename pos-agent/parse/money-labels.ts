// What the word before an amount says the amount is. Order is precedence: a label is what the
// first matching row says, so 会员卡余额 is a balance before it is a payment, and 微信立减 is a
// discount before it is WeChat. Labels arrive folded, without spaces, brackets and decoration.

export type MoneyRole =
  | 'payable'
  | 'due'
  | 'total'
  | 'subtotal'
  | 'received'
  | 'paid'
  | 'change'
  | 'refund'
  | 'discount'
  | 'discount_total'
  | 'rounding'
  | 'charge'
  | 'tax_included'
  | 'payment'
  | 'count'
  | 'none'
  | 'unknown'

type Row = [role: MoneyRole, pattern: RegExp]

const ROWS: readonly Row[] = [
  [
    'none',
    /余额(?!支付|付款|抵|扣|消费|$)|账户余额|卡余额|本金余额|累计|剩余|结余|可用|等级|成长|节省|立省|已省|共省|为您省|您省|省了|saved|savings|押金|有效|税率|市场价|参考|面值|面额|张数|人均|单号|编号|流水|卡号|号码|电话|热线|手机|tel|phone|fax|桌号|台号|牌号|取餐|人数|次数|序号|第$|积分(?!抵|支付|兑换抵|付款|折|换购)|points?(?!redeem|discount)|日期|时间|date|time|地址|版本|税号|备注|开票|发票/,
  ],
  ['change', /找零|找回|找赎|找钱|找补|找现|零找|应找|^找$|changedue|^change|cashback/],
  ['tax_included', /税额|税金|其中税|含税|incl.*(?:vat|tax|gst)|vatincl|tax.*incl/],
  [
    'discount_total',
    /(?:优惠|折扣|折让|减免|让利)(?:总额|合计|总计|总金额|小计)|(?:合计|共计|总计|总|累计|共)(?:优惠|折扣|折让|减免|让利)|totaldiscount/,
  ],
  [
    'payable',
    /优惠后|券后|折后|抵扣后|减免后|扣减后|(?:实|应)(?:际)?(?:支)?付(?:款)?(?!现金|微信|支付宝|银联|定金)(?:金额|总额|合计)?$/,
  ],
  [
    'subtotal',
    /sub-?total|优惠前|折前|折扣前|原价|原总价|原金额|商品(?:总额|金额|合计|总价|总计)|菜品(?:合计|金额|小计|总额)|货款/,
  ],
  [
    'rounding',
    /抹零|抹分|抹角|舍零|去零|去尾|四舍五入|舍入|舍去|尾数|零头|圆整|取整|免零|rounding|roundoff/,
  ],
  [
    'discount',
    /优惠|折扣|折让|满减|立减|直减|减免|减价|让利|促销|特价|抵扣|抵用|抵现|红包|随机减|会员价差|会员折|会员减|打折|折$|折\d|满\d+减|赠送|免单|积分(?:抵|支付|兑换|付款|折)|discount|promo|coupon|reward|lessoff|redeem|markdown/,
  ],
  ['refund', /退款|实退|应退|退还|退现|退回|退货金额|退货合计|退货总|refund/],
  [
    'payable',
    /实(?:际)?付(?!现金)|实际支付|应付|应支付|需付|需支付|待付|待支付|实收(?:金额|合计|总额|总计|款额|净额)|实际收入|实销|实际金额|成交(?:金额|价)|结算金额|结账金额|结帐金额|净额|净销售|本单金额|订单金额|本次消费(?:金额)?$|消费净额|amountdue|balancedue|totaldue|grandtotal|nettotal|netamount|nettopay|amountpayable|totalpayable|topay|balancetopay/,
  ],
  ['due', /应收|应缴/],
  ['count', /件数|数量|总数(?!额)|品项|品种|份数|^共$|qty|items?$|itemcount|no\.?ofitems|count/],
  [
    'charge',
    /服务费|茶位|茶水|餐具费|餐盒|餐位|包装费|打包|配送|运费|快递费|外送|加工费|开瓶费|纸巾|湿巾|房费|手续费|附加费|servicecharge|delivery|deliveryfee|surcharge|tip$|gratuity|salestax|localtax|statetax|tax$|^tax|^vat|^gst|hst|pst/,
  ],
  [
    'paid',
    /已付|已支付|已收|付款(?:金额|合计|总额)|支付(?:金额|合计|总额)|收款(?:金额|合计)|付款$|^支付$|amountpaid|totalpaid|^paid|totaltendered/,
  ],
  [
    'received',
    /实收$|实收款$|收您|^收款$|^收$|客付|顾客付|预收|收到|付现|tendered|received|amounttendered|^tender/,
  ],
  [
    'total',
    /合计|总计|总额|总金额|总价|合共|共计|总共|总款|消费(?:金额|总额)|交易金额|销售(?:金额|总额)|^金额$|^总$|^计$|grossamount|^total|total$|^amount$|totalamount|^sum$/,
  ],
  ['subtotal', /小计|itemtotal/],
]

/** How a shop is paid, as the method codes that documents carry. Order is precedence. */
const METHODS: readonly [method: string, pattern: RegExp][] = [
  ['points', /积分(?:抵|支付|付款|兑)|pointspayment/],
  ['wechat', /微信|财付通|we-?chat|wei-?xin|^wx(?:pay)?$/],
  ['alipay', /支付宝|花呗|ali-?pay|^zfb$/],
  ['ecny', /数字人民币|数币|数字货币|e-?cny/],
  ['meituan', /美团|大众点评|点评/],
  ['douyin', /抖音/],
  ['eleme', /饿了么/],
  ['jd', /京东/],
  ['unionpay', /银联|云闪付|闪付|union-?pay|quick-?pass/],
  [
    'stored_value',
    /储值|会员卡(?!号|折|优惠)|会员(?:余额|钱包|支付|账户|储值)|余额|预付卡|预存|购物卡|充值卡|礼品卡|提货卡|钱包|一卡通|卡支付|卡付|卡消费|卡扣|卡金|本金|赠金|giftcard|storedvalue|memberaccount|wallet/,
  ],
  ['voucher', /券|代金|礼券|voucher|coupon/],
  ['on_account', /挂账|挂帐|赊账|赊|签单|记账|月结|onaccount|housecharge/],
  [
    'card',
    /银行卡|刷卡|信用卡|借记卡|储蓄卡|^pos(?:机)?(?:刷卡|支付)?$|[工农建中交招]行|^卡$|^card|debit|credit|visa|master|amex|eftpos/,
  ],
  [
    'mobile',
    /聚合|扫码|移动支付|在线支付|线上支付|网络支付|手机支付|第三方支付|二维码|收钱吧|拉卡拉|applepay|qrpay/,
  ],
  ['cash', /现金|收现|付现|现收|现付|人民币|^现$|(?<![a-z])cash(?!ier|back)|rmb/],
]

/** What the amount behind this label is. */
export function moneyRole(label: string): MoneyRole {
  const text = bareLabel(label)
  if (text === '') return 'unknown'
  const role = ROWS.find(([, pattern]) => pattern.test(text))?.[0]
  const method = paymentMethod(label)
  if (method !== null && (role === undefined || isTender(role, text, method))) return 'payment'
  return role ?? 'unknown'
}

/** The payment method a label names, or null. */
export function paymentMethod(label: string): string | null {
  const text = bareLabel(label)
  if (
    /优惠|立减|折扣|满减|随机减|单号|流水|卡号|订单|余额[::]?$/.test(text) &&
    !/^余额$/.test(text)
  )
    return null
  return METHODS.find(([, pattern]) => pattern.test(text))?.[0] ?? null
}

/** The label without spaces, brackets and what stands in them, decoration and case. */
export function bareLabel(label: string): string {
  return label
    .replace(/[((【[][^))】\]]*[))】\]]?/g, '')
    .replace(/[\s::*=¥$€£.,、。|>《》<·…"'~-]+/g, '')
    .toLowerCase()
}

/**
 * Is an amount whose label also says 实付, 实收, 付款… and names a method that method's payment?
 * 实收现金, 微信支付, 付款方式现金: yes. 现金找零, 代金券优惠: no.
 */
function isTender(role: MoneyRole, text: string, method: string): boolean {
  switch (role) {
    case 'received':
    case 'paid':
    case 'payable':
    case 'total':
      return true
    case 'discount':
      return method === 'voucher' && /券(?:支付|付款)/.test(text)
    case 'none':
      return method === 'stored_value' && /余额(?:支付|付款|消费)/.test(text)
    default:
      return false
  }
}
