// Which column of an exported table is what, by the names tills and shop systems give them.

export type CsvField =
  | 'receiptNo'
  | 'originalReceiptNo'
  | 'kind'
  | 'status'
  | 'paidAt'
  | 'paidTime'
  | 'placedAt'
  | 'name'
  | 'fallbackName'
  | 'code'
  | 'quantity'
  | 'unit'
  | 'unitPrice'
  | 'amount'
  | 'total'
  | 'payment'
  | 'change'
  | 'member'
  | 'store'
  | 'terminal'
  | 'cashier'

/** Names without spaces, dashes, underscores and case. The first field that matches wins. */
const NAMES: readonly [field: CsvField, pattern: RegExp][] = [
  [
    'originalReceiptNo',
    /^(?:原(?:单号|小票号|订单号|流水号|交易号)|originalreceiptno|originalinvoice|originalorderid)$/,
  ],
  [
    'receiptNo',
    /^(?:订单号|订单编号|订单id|单号|单据号|单据编号|小票号|小票编号|流水号|小票流水号|交易号|交易流水号|销售单号|票号|账单号|djh|xph|lsh|invoiceno|invoice|invoicenumber|receiptno|receipt|receiptnumber|receiptid|orderid|orderno|ordernumber|billno|transactionid|transactionno|transno|ticketno|ticketid|saleid)$/,
  ],
  ['kind', /^(?:交易类型|单据类型|业务类型|销售类型|订单类型|type|transactiontype|kind|doctype)$/],
  ['status', /^(?:订单状态|状态|交易状态|orderstatus|status|state)$/],
  [
    'paidAt',
    /^(?:销售日期|销售时间|交易时间|交易日期|结账时间|结账日期|收银时间|支付时间|付款时间|消费时间|日期|时间|日期时间|营业日期|rq|invoicedate|saledate|saletime|date|datetime|time|timestamp|transactiondate|transactiontime|transdate|paidat|paymenttime|receiptdate|closedat)$/,
  ],
  [
    'placedAt',
    /^(?:下单时间|下单日期|订单时间|订单日期|创建时间|ordertime|orderdate|orderedat|createdat|createtime)$/,
  ],
  [
    'name',
    /^(?:商品名称|商品名|商品|品名|名称|菜品|菜品名称|产品名称|货品名称|项目|spmc|productname|product|itemname|item|name|title|lineitemname)$/,
  ],
  ['fallbackName', /^(?:小类名称|description|desc|规格型号|productdescription)$/],
  [
    'code',
    /^(?:商品编码|商品编号|编码|条码|条形码|货号|商品条码|商品代码|spbm|productid|stockcode|sku|barcode|itemcode|productcode|plu|upc|lineitemsku)$/,
  ],
  [
    'quantity',
    /^(?:数量|销售数量|件数|购买数量|商品数量|份数|sl|quantity|qty|units|lineitemquantity)$/,
  ],
  ['unit', /^(?:单位|计量单位|unit|uom)$/],
  ['unitPrice', /^(?:单价|商品单价|销售单价|售价|价格|成交价|dj|unitprice|price|lineitemprice)$/],
  [
    'amount',
    /^(?:金额|销售金额|小计|小计金额|成交金额|行金额|商品金额|je|amount|lineamount|linetotal|subtotal|salesamount|netamount)$/,
  ],
  [
    'total',
    /^(?:实付|实付金额|实收|实收金额|应付|应付金额|应收|应收金额|合计|总计|总额|总金额|订单金额|订单总额|支付金额|total|totalamount|ordertotal|grandtotal|receipttotal|totalprice)$/,
  ],
  [
    'payment',
    /^(?:支付方式|付款方式|收款方式|结算方式|zffs|paymentmethod|payment|tender|paymenttype|tendertype|paymentgateway)$/,
  ],
  ['change', /^(?:找零|change)$/],
  [
    'member',
    /^(?:会员号|会员卡号|会员编号|会员手机|会员手机号|会员|手机号|手机|顾客编号|客户编号|会员id|用户id|vip|customerid|userid|memberid|memberno|customer|phone|mobile|cardno)$/,
  ],
  [
    'store',
    /^(?:门店|门店编号|门店号|门店编码|门店名称|店号|店铺|store|storeid|storeno|shop|shopid|location|branch)$/,
  ],
  [
    'terminal',
    /^(?:机号|款台|款台号|收银机号|终端号|pos机号|pos|posno|posid|terminal|terminalid|terminalno|register|till)$/,
  ],
  ['cashier', /^(?:收银员|收款员|操作员|营业员|cashier|clerk|operator|cashierid)$/],
  ['paidTime', /^(?:时刻|sj)$/],
]
/** A table is read when it names at least this many columns. */
export const CSV_FIELDS_MIN = 3

/** Maps the cells of a header row to fields; null when it is not the header of a list of sales. */
export function readCsvColumns(header: readonly string[]): Map<CsvField, number> | null {
  const columns = new Map<CsvField, number>()
  header.forEach((cell, index) => {
    const name = cell
      .normalize('NFKC')
      .replace(/[\s_\-.()/]+|元$/g, '')
      .toLowerCase()
    const field = NAMES.find(([, pattern]) => pattern.test(name))?.[0]
    if (field && !columns.has(field)) columns.set(field, index)
    else if (field === 'paidAt' && !columns.has('paidTime')) columns.set('paidTime', index)
  })
  const hasAmount = ['amount', 'total', 'unitPrice'].some((field) => columns.has(field as CsvField))
  return columns.size >= CSV_FIELDS_MIN && hasAmount ? columns : null
}
