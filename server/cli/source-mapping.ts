// Which field of which source becomes which column, and which systems are connected. The data
// dictionary prints it; tests/house/dictionary.spec.ts asks the readers whether it is true.

export interface MappedField {
  /** The field's name in the source, or in the reader where sources word it in many ways. */
  field: string
  /** How it looks in the source: labels and headers, some of many. */
  seen: readonly string[]
  /** `table.column`; empty when it is read and not kept. */
  lands: readonly string[]
  note?: string
}

export interface SourceMapping {
  id: 'escpos' | 'csv' | 'json' | 'member_registered' | 'wechat' | 'open_orders'
  zh: string
  en: string
  intro: string
  fields: readonly MappedField[]
}

/** Which way data goes, seen from Huike. */
export type Direction = '入' | '出' | '双向'
export type SyncWord = '实时' | '准实时' | '批量'
export type ConnectedSystem = readonly [
  ...names: [zh: string, en: string],
  direction: Direction,
  mode: SyncWord,
  door: string,
  note: string,
]

/** What every channel calls the same. */
export const FIELD_STANDARD: readonly MappedField[] = [
  maps('customer_id', '会员', 'member.id', '各渠道身份经 identity 归到同一位会员'),
  maps('customer_no', '会员号', 'member.memberNo', '给人看的编号'),
  maps('order_id', '消费', 'purchase.id', '去重看 purchase.businessKey'),
  maps('order_no', '小票号、订单号', 'purchase.receiptNo', '单独不足以去重'),
  maps('channel', '渠道', 'purchase.channel purchase.sourceKind'),
  maps('store_id', '门店', 'store.id'),
  maps('amount', '实付金额', 'purchase.totalFen', '整数，分'),
  maps('points', '积分', 'points_transfer.points', '整数'),
  maps('time', '时刻', 'purchase.occurredAtMs', 'UTC 毫秒，列名以 AtMs 结尾'),
  maps('business_date', '营业日', 'purchase.businessDate', 'YYYY-MM-DD，门店时区'),
]

const BY_TERMINAL = '不采用：以收银台登记的门店和编号为准'
const BY_FULL_NUMBER = '完整手机号或会员码才能认出会员'

const escpos: SourceMapping = {
  id: 'escpos',
  zh: '收银小票（ESC/POS 打印口）',
  en: 'receipts on their way to the printer',
  intro: '收银助手接在打印口旁读取，一笔一笔上报；sourceKind 为 escpos_tap。',
  fields: [
    maps(
      'receiptNo',
      '小票号、单号、流水号',
      'purchase.receiptNo purchase.businessKey',
      '没有号码时用全文的哈希代替',
    ),
    maps(
      'originalReceiptNo',
      '原单号、原小票号',
      'purchase.originalReceiptNo purchase.originalPurchaseId',
    ),
    maps('storeLabelled', '门店号、店名', '', BY_TERMINAL),
    maps('terminalNo', '机号、收银台', '', BY_TERMINAL),
    maps('cashier', '收银员、操作员', 'purchase.cashier'),
    maps('memberHint', '会员手机、会员卡号', 'purchase.memberId', BY_FULL_NUMBER),
    maps(
      'printedAt',
      '交易时间、打印时间',
      'purchase.printedAt purchase.businessDate',
      '发生时间取采集时刻',
    ),
    maps('kind', '销售、退货', 'purchase.kind', '重打、预结、厨打单不入账'),
    maps('lines.name', '品名', 'purchase_line.name purchase.firstLineName'),
    maps('lines.code', '编码、条码', 'purchase_line.code'),
    maps('lines.quantity', '数量', 'purchase_line.quantityMilli', '千分之一'),
    maps('lines.unitPriceFen', '单价', 'purchase_line.unitPriceFen'),
    maps('lines.amountFen', '金额、小计', 'purchase_line.amountFen'),
    maps('totalFen', '实付、应付、合计', 'purchase.totalFen'),
    maps('payments', '现金、微信支付', 'purchase_payment.method purchase_payment.amountFen'),
    maps('changeFen', '找零', 'purchase.changeFen'),
  ],
}

const csv: SourceMapping = {
  id: 'csv',
  zh: '导出的表格（CSV、TSV、DBF）',
  en: 'exported tables',
  intro:
    '收银机写进文件夹，收银助手约 2 秒看一次；同一单号的各行合为一笔；sourceKind 为 file_drop。',
  fields: [
    maps(
      'receiptNo',
      '订单号、小票号、流水号、invoice_no、order id',
      'purchase.receiptNo purchase.businessKey',
    ),
    maps(
      'originalReceiptNo',
      '原单号、original_receipt_no',
      'purchase.originalReceiptNo purchase.originalPurchaseId',
    ),
    maps('kind', '交易类型、单据类型、type', 'purchase.kind'),
    maps('status', '订单状态、状态、status', 'purchase.kind', '已取消的单作废'),
    maps(
      'paidAt',
      '销售时间、支付时间、invoice_date',
      'purchase.printedAt purchase.businessDate purchase.occurredAtMs',
    ),
    maps('paidTime', '时刻、sj', 'purchase.printedAt', '日期与时间分两列时'),
    maps('placedAt', '下单时间、created_at', '', '下单不等于付款'),
    maps('name', '商品名称、品名、product name', 'purchase_line.name purchase.firstLineName'),
    maps('fallbackName', '小类名称、description', 'purchase_line.name', '没有商品名时'),
    maps('code', '商品编码、条码、sku', 'purchase_line.code'),
    maps('quantity', '数量、qty', 'purchase_line.quantityMilli'),
    maps('unit', '单位、uom', ''),
    maps('unitPrice', '单价、unit price', 'purchase_line.unitPriceFen'),
    maps('amount', '金额、小计、line total', 'purchase_line.amountFen'),
    maps('total', '实付金额、订单金额、total', 'purchase.totalFen', '没有时取各行之和'),
    maps(
      'payment',
      '支付方式、payment method',
      'purchase_payment.method purchase_payment.amountFen',
    ),
    maps('change', '找零、change', 'purchase.changeFen'),
    maps('member', '会员号、手机号、customer id', 'purchase.memberId', BY_FULL_NUMBER),
    maps('store', '门店、store id', '', BY_TERMINAL),
    maps('terminal', '机号、pos no', '', BY_TERMINAL),
    maps('cashier', '收银员、cashier', 'purchase.cashier'),
  ],
}

const json: SourceMapping = {
  id: 'json',
  zh: 'JSON 文件',
  en: 'JSON files',
  intro: '一个对象或一组对象；金额可写 …Yuan（元）或 …Fen（分）。也认得 Shopify 的 order。',
  fields: [
    maps('kind', 'kind', 'purchase.kind'),
    maps('receiptNo', 'receiptNo、order_number', 'purchase.receiptNo purchase.businessKey'),
    maps(
      'printedAt',
      'printedAt、created_at',
      'purchase.printedAt purchase.businessDate purchase.occurredAtMs',
    ),
    maps('storeNo', 'storeNo', '', BY_TERMINAL),
    maps('terminalNo', 'terminalNo', '', BY_TERMINAL),
    maps('cashier', 'cashier', 'purchase.cashier'),
    maps('memberHint', 'member', 'purchase.memberId', BY_FULL_NUMBER),
    maps(
      'originalReceiptNo',
      'originalReceiptNo',
      'purchase.originalReceiptNo purchase.originalPurchaseId',
    ),
    maps(
      'lines',
      'lines[].name、lines[].code、lines[].quantity、lines[].unitPriceYuan、lines[].amountYuan',
      'purchase_line.name purchase_line.code purchase_line.quantityMilli purchase_line.unitPriceFen purchase_line.amountFen',
    ),
    maps('totalFen', 'totalYuan、total_price', 'purchase.totalFen'),
    maps(
      'payments',
      'payments[].method、payments[].amountYuan',
      'purchase_payment.method purchase_payment.amountFen',
    ),
    maps('changeFen', 'changeYuan', 'purchase.changeFen'),
  ],
}

const memberRegistered: SourceMapping = {
  id: 'member_registered',
  zh: '收银台登记会员',
  en: 'registration at the till',
  intro: '事件 member.registered；离线时会员 id 由收银台生成。',
  fields: [
    maps('memberId', 'memberId', 'member.id'),
    maps(
      'phone',
      'phone',
      'identity.valueIndex identity.valueSealed identity.last4Index',
      '规整为 11 位后加密，明文不落盘',
    ),
    maps(
      'notice',
      'policyVersion、textSha256、shownAtMs',
      'consent.policyVersion consent.textSha256 consent.occurredAtMs',
    ),
    maps('occurredAtMs', 'occurredAtMs', 'member.createdAtMs'),
    maps('cashier', 'cashier', ''),
  ],
}

const wechat: SourceMapping = {
  id: 'wechat',
  zh: '微信小程序登录',
  en: 'WeChat sign-in',
  intro: '手机号授权后与收银台登记的会员合为一人。',
  fields: [
    maps(
      'openid',
      'wx.login',
      'identity.valueIndex identity.valueSealed member_session.openidSealed',
      'kind = wechat_openid，namespace = AppID',
    ),
    maps(
      'unionid',
      'wx.login',
      'identity.valueIndex identity.valueSealed member_session.unionidSealed',
      'kind = wechat_unionid；绑定开放平台后才有',
    ),
    maps(
      'phone',
      'getPhoneNumber',
      'identity.valueIndex identity.valueSealed identity.last4Index',
      'kind = phone，assurance = verified',
    ),
    maps('appId', 'AppID', 'identity.namespace'),
    maps('consent', '手机号授权', 'consent.state consent.policyVersion consent.textSha256'),
    maps('channel', 'wechat', 'member.registeredChannel identity.source'),
  ],
}

const openOrders: SourceMapping = {
  id: 'open_orders',
  zh: '线上订单（/open/v1/orders）',
  en: 'online orders',
  intro: '由商城或中台逐笔送来；channel 为 online，门店取自接入密钥。',
  fields: [
    maps('orderNo', 'orderNo', 'purchase.receiptNo purchase.businessKey'),
    maps('kind', 'kind', 'purchase.kind'),
    maps('channelName', 'channelName', 'online_order.channelName'),
    maps('placedAtMs', 'placedAtMs', 'online_order.placedAtMs'),
    maps('paidAtMs', 'paidAtMs', 'purchase.occurredAtMs purchase.printedAt purchase.businessDate'),
    maps(
      'phone',
      'phone',
      'purchase.memberId stray_purchase.valueIndex',
      '按盲索引找会员；没有这位会员时等本人登录认领',
    ),
    maps(
      'phoneHash',
      'phoneHash',
      'purchase.memberId stray_purchase.kind stray_purchase.namespace stray_purchase.valueIndex',
      '平台给的手机号散列；没有这位会员时等本人登录认领',
    ),
    maps('memberNo', 'memberNo', 'purchase.memberId'),
    maps(
      'lines',
      'lines[]',
      'purchase_line.name purchase_line.code purchase_line.quantityMilli purchase_line.unitPriceFen purchase_line.amountFen',
    ),
    maps('totalFen', 'totalFen', 'purchase.totalFen'),
    maps('payments', 'payments[]', 'purchase_payment.method purchase_payment.amountFen'),
    maps(
      'originalOrderNo',
      'originalOrderNo',
      'purchase.originalReceiptNo purchase.originalPurchaseId',
    ),
    maps(
      'pickup',
      'pickup',
      'order_pickup.storeId order_pickup.expectedAtMs',
      '到店自提的门店和预计可取时间；取货码由服务器抽取',
    ),
  ],
}

export const SOURCE_MAPPINGS: readonly SourceMapping[] = [
  escpos,
  csv,
  json,
  memberRegistered,
  wechat,
  openOrders,
]

export const CONNECTED_SYSTEMS: readonly ConnectedSystem[] = [
  [
    '收银机打印口',
    'till printer (tap)',
    '入',
    '实时',
    '收银助手 → POST /agent/v1/events',
    '断网时存本机，恢复后补传',
  ],
  [
    '收银机导出文件夹',
    'drop folder',
    '入',
    '准实时',
    '收银助手 → POST /agent/v1/events',
    'CSV、TSV、JSON、DBF；约 2 秒看一次',
  ],
  ['收银页面', 'cashier page', '双向', '实时', '收银助手 → /agent/v1', '登记、查会员、补记小票'],
  [
    '收银助手的会员缓存',
    'member cache on the till',
    '出',
    '准实时',
    'GET /agent/v1/snapshot',
    '每 5 秒，只含本店会员，手机号掩码',
  ],
  ['微信小程序', 'mini-program', '双向', '实时', '/member/v1', '登录、积分、消费记录'],
  ['微信服务器', 'WeChat', '双向', '实时', '服务器 → 微信接口', '换取 openid 和手机号'],
  ['店长后台', 'console', '双向', '实时', '/console/v1', '手机号只显示掩码'],
  ['商城、中台', 'online shops, integrations', '双向', '实时', '/open/v1', '接入密钥、幂等键'],
  ['外部系统推送', 'webhooks', '出', '准实时', '服务器 → 订阅的地址', '签名，失败重试'],
  ['监控', 'monitoring', '出', '准实时', 'GET /metrics', 'Prometheus 拉取，只有计数'],
]

/** `seen` is parted by 、 and `lands` by spaces. */
function maps(field: string, seen: string, lands: string, note?: string): MappedField {
  return {
    field,
    seen: seen.split('、'),
    lands: lands === '' ? [] : lands.split(' '),
    ...(note === undefined ? {} : { note }),
  }
}
