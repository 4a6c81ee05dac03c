import type { ImportField, ImportKind } from '@huike/shared/import-fields'

// The files shops really have, by the headers in their first row. A header that is not here is left
// out until somebody maps it; docs/imports.md is printed from this table.

export interface TemplateSource {
  id: string
  name: string
  kind: ImportKind
  /** Where its buyers, cards and hashes are numbered. */
  namespace: string
  refundPrefix: string
  /** Where it comes from and what to know of it, for people. */
  note: string
  /** Each field with the headers it goes by; the first that a file has and that is filled counts. */
  headers: readonly (readonly [ImportField, ...string[]])[]
}

const MEMBERS_GENERIC: TemplateSource = {
  id: 'members',
  name: '会员（通用）',
  kind: 'members',
  namespace: 'chain',
  refundPrefix: '',
  note: '自己整理的会员表，或其他会员系统的导出。',
  headers: [
    ['phone', '手机号', '手机', '手机号码', '电话', '联系电话', '联系手机', 'phone', 'mobile'],
    ['phone', 'phone_raw', '会员手机', '会员手机号'],
    ['card', '会员卡号', '卡号', '会员号', '会员编号', 'card', 'card_no', 'member_card_no'],
    ['buyer', '客户编号', '外部编号', '会员ID', 'customer_id', '客户ID'],
    ['phoneMd5', '手机号MD5', '手机MD5', 'phone_md5'],
    ['phoneSha256', '手机号SHA256', '手机号SHA-256', 'phone_sha256'],
    ['name', '姓名', '会员姓名', '称呼', '客户姓名', 'name'],
    ['gender', '性别', '会员性别', 'gender', 'sex'],
    ['birthday', '生日', '出生日期', '会员生日', 'birthday'],
    ['email', '邮箱', '电子邮箱', '电子邮件', 'email'],
    ['city', '城市', '所在城市', 'city'],
    ['address', '地址', '联系地址', '详细地址', 'address'],
    ['registeredAt', '注册时间', '入会时间', '开卡时间', '注册日期', 'created_at', 'registered_at'],
  ],
}

const ORDERS_GENERIC: TemplateSource = {
  id: 'orders',
  name: '订单（通用）',
  kind: 'orders',
  namespace: 'chain',
  refundPrefix: '',
  note: '一行一张订单，或一行一件商品；同一订单的各行要挨在一起。',
  headers: [
    ['orderNo', '订单号', '订单编号', '单号', '小票号', 'order_no', 'order_id'],
    ['kind', '类型', '交易类型', '单据类型', 'kind', 'type'],
    ['status', '订单状态', '状态', 'status'],
    ['paidAt', '付款时间', '支付时间', '交易时间', '销售时间', 'paid_at'],
    ['placedAt', '下单时间', '订单时间', '创建时间', 'placed_at', 'created_at'],
    ['itemName', '商品名称', '品名', '商品', 'item_name', 'product_name'],
    ['itemCode', '商品编码', '条码', '货号', 'item_code', 'sku'],
    ['quantity', '数量', '商品数量', 'quantity', 'qty'],
    ['unitPrice', '单价', '商品单价', 'unit_price'],
    ['amount', '行金额', '小计', '商品金额', 'amount', 'line_total'],
    ['total', '订单实付', '实付金额', '实付', '订单金额', 'total'],
    ['refunded', '退款金额', '已退款金额', 'refunded'],
    ['originalOrderNo', '原订单号', '原单号', 'original_order_no'],
    ['payment', '支付方式', '付款方式', 'payment'],
    ['phone', '手机号', '买家手机号', '会员手机号', '联系电话', 'phone'],
    ['card', '会员卡号', '会员号', 'card_no'],
    ['buyer', '客户编号', '买家账号', 'customer_id', 'buyer_id'],
    ['phoneMd5', '手机号MD5', 'phone_md5'],
    ['phoneSha256', '手机号SHA256', 'phone_sha256'],
    ['name', '买家姓名', '收货人', '姓名', 'buyer_name'],
  ],
}

const LINES_INVOICES: TemplateSource = {
  id: 'invoice_lines',
  name: '发票明细（C 开头为退货）',
  kind: 'orders',
  namespace: 'invoices',
  refundPrefix: 'C',
  note: '一行一件商品的销售明细，退货单的号码以 C 开头；没有客户编号的行记为匿名。',
  headers: [
    ['orderNo', 'invoice_no', 'InvoiceNo', 'Invoice', '发票号'],
    ['paidAt', 'invoice_time', 'InvoiceDate', 'invoice_date', '开票时间'],
    ['itemCode', 'stock_code', 'StockCode', '货号'],
    ['itemName', 'description', 'Description', '品名'],
    ['quantity', 'quantity', 'Quantity', '数量'],
    ['unitPrice', 'unit_price', 'UnitPrice', 'Price', '单价'],
    ['buyer', 'customer_id', 'CustomerID', 'Customer ID', '客户编号'],
  ],
}

const YOUZAN_MEMBERS: TemplateSource = {
  id: 'youzan_members',
  name: '有赞：客户',
  kind: 'members',
  namespace: 'youzan',
  refundPrefix: '',
  note: '有赞后台 客户 → 客户查询 → 导出。',
  headers: [
    ['phone', '手机号', '客户手机号', '手机'],
    ['card', '会员卡号', '权益卡号'],
    ['buyer', '客户ID', '有赞客户ID', '客户编号'],
    ['name', '姓名', '客户姓名', '客户昵称', '微信昵称'],
    ['gender', '性别'],
    ['birthday', '生日'],
    ['city', '城市', '所在城市'],
    ['address', '详细地址', '地址'],
    ['registeredAt', '成为客户时间', '成为会员时间', '客户创建时间'],
  ],
}

const YOUZAN_ORDERS: TemplateSource = {
  id: 'youzan_orders',
  name: '有赞：订单',
  kind: 'orders',
  namespace: 'youzan',
  refundPrefix: '',
  note: '有赞后台 订单 → 导出，订单维度和商品维度都可以；订单维度的商品只有一列名称。',
  headers: [
    ['orderNo', '订单号'],
    ['status', '订单状态', '订单商品状态'],
    ['paidAt', '买家付款时间', '付款时间'],
    ['placedAt', '订单创建时间', '下单时间', '交易成功时间'],
    ['itemName', '商品名称', '全部商品名称'],
    ['itemCode', '规格编码', '商品编码'],
    ['quantity', '商品数量'],
    ['unitPrice', '商品单价'],
    ['amount', '商品实际成交金额'],
    ['total', '订单实付金额', '应收订单金额'],
    ['refunded', '订单已退款金额'],
    ['payment', '付款方式', '支付方式'],
    ['phone', '买家手机号', '收货人手机号/提货人手机号', '收货人/提货人手机号'],
    ['name', '买家姓名', '收货人/提货人', '收货人/提货人姓名'],
  ],
}

const WEIDIAN_ORDERS: TemplateSource = {
  id: 'weidian_orders',
  name: '微店：订单',
  kind: 'orders',
  namespace: 'weidian',
  refundPrefix: '',
  note: '微店 订单管理 → 批量导出。',
  headers: [
    ['orderNo', '订单编号', '订单号'],
    ['status', '订单状态'],
    ['paidAt', '付款时间', '支付时间'],
    ['placedAt', '下单时间', '订单创建时间'],
    ['itemName', '商品名称', '商品标题'],
    ['itemCode', '商品编码', '型号编码', '商品型号'],
    ['quantity', '商品数量', '购买数量', '商品件数'],
    ['unitPrice', '商品单价', '单价'],
    ['total', '订单实付', '实付金额', '实际支付金额', '订单总金额', '订单总价'],
    ['refunded', '退款金额', '已退款金额'],
    ['payment', '支付方式'],
    ['phone', '收货人手机号', '收件人手机', '收件人电话', '收货人/提货人手机号', '买家手机号'],
    ['buyer', '买家ID', '买家微店ID'],
    ['name', '收货人', '收件人', '收件人姓名', '收货人/提货人姓名', '买家姓名'],
  ],
}

const TAOBAO_ORDERS: TemplateSource = {
  id: 'taobao_orders',
  name: '淘宝、天猫：订单报表',
  kind: 'orders',
  namespace: 'taobao',
  refundPrefix: '',
  note: '千牛 已卖出的宝贝 → 批量导出 → 订单报表。手机号多半打了星号，按买家会员名认人。',
  headers: [
    ['orderNo', '订单编号', '主订单编号'],
    ['status', '订单状态'],
    ['paidAt', '订单付款时间', '付款时间'],
    ['placedAt', '订单创建时间'],
    ['itemName', '宝贝标题', '商品标题', '标题'],
    ['itemCode', '商家编码', '外部系统编号'],
    ['quantity', '宝贝总数量', '购买数量'],
    ['total', '买家实际支付金额', '买家实付金额', '总金额'],
    ['refunded', '退款金额'],
    ['phone', '联系手机', '联系电话', '收货人手机号'],
    ['buyer', '买家会员名', '买家昵称', '买家openUid'],
    ['name', '收货人姓名'],
  ],
}

const JD_ORDERS: TemplateSource = {
  id: 'jd_orders',
  name: '京东：订单',
  kind: 'orders',
  namespace: 'jd',
  refundPrefix: '',
  note: '京麦 订单管理 → 订单导出。一行一件商品，应付金额是整单的。',
  headers: [
    ['orderNo', '订单号', '订单编号'],
    ['status', '订单状态'],
    ['paidAt', '付款确认时间', '付款时间'],
    ['placedAt', '下单时间'],
    ['itemName', '商品名称'],
    ['itemCode', '商家SKUID', '货号', '商品ID'],
    ['quantity', '订购数量', '商品数量'],
    ['unitPrice', '京东价'],
    ['total', '应付金额', '结算金额', '订单金额'],
    ['payment', '支付方式'],
    ['phone', '联系电话', '客户电话', '手机号'],
    ['buyer', '下单帐号', '下单账号', '用户PIN'],
    ['name', '客户姓名', '收货人姓名'],
  ],
}

const DOUYIN_ORDERS: TemplateSource = {
  id: 'douyin_orders',
  name: '抖店：订单',
  kind: 'orders',
  namespace: 'douyin',
  refundPrefix: '',
  note: '抖店 订单管理 → 导出订单。一行一张子订单，应付金额是这一行的；手机号多半打了星号。',
  headers: [
    ['orderNo', '主订单编号', '主订单号'],
    ['status', '订单状态'],
    ['paidAt', '支付完成时间', '支付时间'],
    ['placedAt', '订单提交时间'],
    ['itemName', '选购商品', '商品名称'],
    ['itemCode', '商家编码', '货号', '商品ID'],
    ['quantity', '商品数量'],
    ['unitPrice', '商品单价', '商品金额'],
    ['amount', '订单应付金额', '应付金额'],
    ['payment', '支付方式'],
    ['phone', '收件人手机号', '收件人手机', '手机号'],
    ['buyer', '买家ID', '抖音账号', '用户ID'],
    ['name', '收件人', '收件人姓名'],
  ],
}

const MEITUAN_ORDERS: TemplateSource = {
  id: 'meituan_orders',
  name: '美团：订单',
  kind: 'orders',
  namespace: 'meituan',
  refundPrefix: '',
  note: '美团外卖、闪购商家端 订单管理 → 导出。电话是隐私号或打了星号时记为匿名。',
  headers: [
    ['orderNo', '订单编号', '订单号', '美团订单号'],
    ['status', '订单状态'],
    ['paidAt', '支付时间', '付款时间'],
    ['placedAt', '下单时间', '订单时间'],
    ['itemName', '商品信息', '菜品', '商品名称'],
    ['quantity', '商品数量', '菜品数量'],
    ['total', '用户实付金额', '顾客实付', '用户实付', '顾客实付金额', '实付金额'],
    ['refunded', '退款金额', '用户退款金额', '部分退款金额'],
    ['payment', '支付方式', '支付类型'],
    ['phone', '顾客电话', '收货人电话', '顾客手机号'],
    ['buyer', '用户ID', '顾客ID'],
    ['name', '顾客姓名', '收货人姓名'],
  ],
}

/** Every template that comes with the product; the generic ones last, for they fit many files. */
export const PLATFORM_TEMPLATES: readonly TemplateSource[] = [
  YOUZAN_MEMBERS,
  YOUZAN_ORDERS,
  WEIDIAN_ORDERS,
  TAOBAO_ORDERS,
  JD_ORDERS,
  DOUYIN_ORDERS,
  MEITUAN_ORDERS,
  LINES_INVOICES,
  MEMBERS_GENERIC,
  ORDERS_GENERIC,
]
