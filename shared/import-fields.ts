// What a file of members or of orders may say: the fields of an import, their names on the screen,
// and why a row is not taken. Server, console and documentation share this vocabulary.

export const IMPORT_KINDS = ['members', 'orders'] as const
export type ImportKind = (typeof IMPORT_KINDS)[number]

/** What a kind of file is called on every screen. */
export const IMPORT_KIND_NAMES: Readonly<Record<ImportKind, string>> = {
  members: '会员',
  orders: '订单',
}

/** Fields that say who somebody is; in files of either kind. */
export const PERSON_FIELDS = ['phone', 'card', 'buyer', 'phoneMd5', 'phoneSha256', 'name'] as const
export const MEMBER_FIELDS = [
  ...PERSON_FIELDS,
  'gender',
  'birthday',
  'email',
  'city',
  'address',
  'registeredAt',
] as const
export const ORDER_FIELDS = [
  'orderNo',
  'kind',
  'status',
  'paidAt',
  'placedAt',
  'itemName',
  'itemCode',
  'quantity',
  'unitPrice',
  'amount',
  'total',
  'refunded',
  'originalOrderNo',
  'payment',
  ...PERSON_FIELDS,
] as const
export const IMPORT_FIELDS = [...new Set([...MEMBER_FIELDS, ...ORDER_FIELDS])] as const
export type ImportField = (typeof MEMBER_FIELDS)[number] | (typeof ORDER_FIELDS)[number]

/** What each field is called on every screen. */
export const IMPORT_FIELD_NAMES: Readonly<Record<ImportField, string>> = {
  phone: '手机号',
  card: '会员卡号',
  buyer: '平台账号、客户编号',
  phoneMd5: '手机号 MD5',
  phoneSha256: '手机号 SHA-256',
  name: '姓名',
  gender: '性别',
  birthday: '生日',
  email: '邮箱',
  city: '城市',
  address: '地址',
  registeredAt: '注册时间',
  orderNo: '订单号',
  kind: '类型（销售、退款）',
  status: '订单状态',
  paidAt: '付款时间',
  placedAt: '下单时间',
  itemName: '商品名称',
  itemCode: '商品编码',
  quantity: '数量',
  unitPrice: '单价（元）',
  amount: '行金额（元）',
  total: '订单实付（元）',
  refunded: '退款金额（元）',
  originalOrderNo: '原订单号',
  payment: '支付方式',
}

/** The fields of a kind of file, in the order they are offered. */
export function fieldsOf(kind: ImportKind): readonly ImportField[] {
  return kind === 'members' ? MEMBER_FIELDS : ORDER_FIELDS
}

/** Which fields a mapping lacks: each group asks for one of its fields. */
export function missingFields(
  kind: ImportKind,
  mapped: ReadonlySet<ImportField>,
): readonly (readonly ImportField[])[] {
  return NEEDED[kind].filter((group) => !group.some((field) => mapped.has(field)))
}

const NEEDED: Record<ImportKind, readonly (readonly ImportField[])[]> = {
  members: [['phone', 'card', 'buyer', 'phoneMd5', 'phoneSha256']],
  orders: [['orderNo'], ['paidAt', 'placedAt'], ['total', 'amount', 'unitPrice']],
}

/** Why a row is not taken, and the sentence for it. */
export const REJECTIONS = {
  garbled: '有乱码，文件的编码前后不一致',
  too_many_cells: '列数比表头多出太多，可能错位',
  no_identity: '没有可用的手机号、卡号或平台账号',
  phone_masked: '手机号被平台打了星号，又没有其他身份',
  phone_invalid: '手机号不正确',
  hash_invalid: '手机号散列的格式不正确',
  identity_conflict: '卡号或账号属于另一位手机号不同的会员，需要人工核对',
  name_conflict: '手机号属于另一位姓名不同的会员，需要人工核对',
  order_no_missing: '没有订单号',
  order_no_damaged: '订单号被表格软件改成了科学计数，请重新导出',
  order_no_invalid: '订单号太长或含有不能识别的字符',
  time_invalid: '时间无法识别',
  amount_invalid: '金额无法识别',
  quantity_invalid: '数量无法识别',
  kind_unknown: '类型无法识别，应为销售或退款',
  lines_too_many: '一张订单的行数太多',
  total_differs: '同一订单各行的实付金额不一致',
  order_conflict: '同一订单号已有另一内容的订单',
} as const satisfies Record<string, string>
export type Rejection = keyof typeof REJECTIONS
