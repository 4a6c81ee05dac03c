import { displayWidth } from '../../pos-agent/parse/text-fold.js'

// Makes receipts with known answers in layouts put together at random: labels, order of columns,
// one or two lines per item, discounts, tenders, widths. Same seed, same receipts.

export interface MadeReceipt {
  text: string
  kind: 'sale' | 'refund'
  receiptNo: string
  printedAt: string
  totalFen: number
  amountsFen: number[]
}

type Random = () => number

/** A small, fast generator of numbers in [0, 1): mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const SHOPS = [
  '家家乐超市',
  '老王粮油店',
  '青青花店',
  '大众药房',
  '阳光书屋',
  '鲜果时光',
  '一品面馆',
  '金鼎火锅城',
  'ABC便利店',
]
const NAMES = [
  '可口可乐330ml',
  '乐事薯片(原味)',
  '维达抽纸3包装',
  '五常大米5kg',
  '红富士苹果',
  '手撕面包',
  '蒙牛纯牛奶250ml*12',
  '酸菜鱼',
  '招牌奶茶(大杯)',
  '卡通贴纸',
  '高露洁牙膏120g',
  '香煎小黄鱼',
  'USB充电线1米',
  '散称花生',
  '优惠装洗衣粉',
  '套餐A',
  '豆浆',
  '2号电池',
  '84消毒液',
]
const NUMBER_LABELS = [
  '单号',
  '小票号',
  '流水号',
  '交易号',
  '小票编号',
  '销售单号',
  '单据号',
  '订单号',
  '票号',
  '账单号',
  '收银单号',
  'No',
  '小票流水号',
]
const TIME_LABELS = [
  '日期',
  '时间',
  '交易时间',
  '销售时间',
  '收银时间',
  '结账时间',
  '消费时间',
  '日期时间',
  '',
]
const CASHIER_LABELS = ['收银员', '收款员', '操作员', '营业员', '收银']
const TERMINAL_LABELS = ['机号', '款台', 'POS', '收银机', 'POS号', '机台', '终端号']
const TOTAL_LABELS = [
  '合计',
  '总计',
  '合计金额',
  '总金额',
  '消费合计',
  '金额合计',
  '总额',
  '共计',
  '商品合计',
]
const PAYABLE_LABELS = [
  '应付',
  '实付',
  '应付金额',
  '实付金额',
  '应收',
  '应收金额',
  '实付款',
  '应付款',
  '实收金额',
  '折后金额',
  '应付总额',
  '实际支付',
]
const DISCOUNT_LABELS = [
  '优惠',
  '折扣',
  '会员优惠',
  '整单折让',
  '优惠券',
  '满减',
  '优惠金额',
  '促销优惠',
  '折扣金额',
  '立减',
  '会员折扣',
  '优惠合计',
]
const ROUNDING_LABELS = ['抹零', '舍零', '抹零金额', '零头处理']
const TENDERS = [
  '微信',
  '微信支付',
  '支付宝',
  '支付宝支付',
  '银联',
  '银行卡',
  '储值卡',
  '会员卡支付',
  '云闪付',
  '扫码支付',
  '数字人民币',
  '美团支付',
  '刷卡',
]
const CHANGE_LABELS = ['找零', '找回', '找赎', '找零金额']
const FOOTERS = [
  '谢谢惠顾',
  '欢迎下次光临',
  '请保留小票，七日内凭票退换',
  '客服电话:400-800-1234',
  '开票请扫描下方二维码',
]

interface Item {
  name: string
  quantity: number
  priceFen: number
  amountFen: number
}

/** Makes one receipt from the seed. */
export function makeReceipt(seed: number): MadeReceipt {
  const random = seeded(seed)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  const chance = (odds: number): boolean => random() < odds
  const width = pick([32, 40, 48])
  const colon = pick([':', '：', ': ', ' '])
  const rule = pick(['-', '=', '*', '. '])
    .repeat(pick([16, 24, 32]))
    .slice(0, width)
  const items = Array.from({ length: 1 + Math.floor(random() * 6) }, () => makeItem(random, pick))
  const isRefund = chance(0.06)
  const grossFen = items.reduce((sum, { amountFen }) => sum + amountFen, 0)
  const moment = makeMoment(random, pick)
  const receiptNo = makeNumber(random, pick)
  const header = headerLines({ pick, chance, colon, width, moment, receiptNo, isRefund })
  const body = itemLines({ items, pick, chance, width })
  const totals = totalLines({ grossFen, items, pick, chance, colon, width, isRefund, random })
  const footer = chance(0.7) ? [pick(FOOTERS), pick(FOOTERS)] : []
  const ruled = chance(0.8) ? [rule] : []
  const lines = [...header, ...ruled, ...body, ...ruled, ...totals.lines, ...ruled, ...footer]
  const sign = isRefund ? -1 : 1
  return {
    text: lines.join('\n'),
    kind: isRefund ? 'refund' : 'sale',
    receiptNo,
    printedAt: moment.iso,
    totalFen: sign * totals.payableFen,
    amountsFen: items.map(({ amountFen }) => sign * amountFen),
  }
}

type Pick = <T>(values: readonly T[]) => T
type Chance = (odds: number) => boolean

function makeItem(random: Random, pick: Pick): Item {
  const isWeighed = random() < 0.15
  const quantity = isWeighed ? Math.ceil(random() * 3000) / 1000 : 1 + Math.floor(random() * 4)
  const priceFen = pick([150, 350, 990, 1280, 1990, 2500, 4550, 6000, 12800])
  return { name: pick(NAMES), quantity, priceFen, amountFen: Math.round(quantity * priceFen) }
}

const two = (value: number): string => String(value).padStart(2, '0')
const yuan = (fen: number): string => (fen / 100).toFixed(2)

function makeMoment(random: Random, pick: Pick): { iso: string; printed: string } {
  const [month, day] = [1 + Math.floor(random() * 12), 1 + Math.floor(random() * 28)]
  const [hour, minute, second] = [
    8 + Math.floor(random() * 14),
    Math.floor(random() * 60),
    Math.floor(random() * 60),
  ]
  const hasSeconds = random() < 0.7
  const date = pick([
    `2026-${two(month)}-${two(day)}`,
    `2026/${two(month)}/${two(day)}`,
    `2026.${two(month)}.${two(day)}`,
    `2026年${two(month)}月${two(day)}日`,
    `2026-${String(month)}-${String(day)}`,
  ])
  const clock = `${two(hour)}:${two(minute)}${hasSeconds ? `:${two(second)}` : ''}`
  const iso = `2026-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${hasSeconds ? two(second) : '00'}`
  return { iso, printed: `${date} ${clock}` }
}

function makeNumber(random: Random, pick: Pick): string {
  const serial = String(Math.floor(random() * 1e6)).padStart(6, '0')
  return pick([serial, `20260305${serial}`, `S01-${serial}`, `A${serial}`, `01${serial}99`])
}

function headerLines(it: {
  pick: Pick
  chance: Chance
  colon: string
  width: number
  moment: { printed: string }
  receiptNo: string
  isRefund: boolean
}): string[] {
  const { pick, chance, colon, moment, receiptNo, isRefund } = it
  const timeLabel = pick(TIME_LABELS)
  const number = `${pick(NUMBER_LABELS)}${colon}${receiptNo}`
  const time = timeLabel === '' ? moment.printed : `${timeLabel}${colon}${moment.printed}`
  const cashier = `${pick(CASHIER_LABELS)}${colon}${pick(['1002', '小王', '李娜', '08'])}`
  const terminal = `${pick(TERMINAL_LABELS)}${colon}${pick(['01', '003', 'A2'])}`
  const fields = [
    number,
    time,
    ...(chance(0.7) ? [cashier] : []),
    ...(chance(0.7) ? [terminal] : []),
  ]
  const lines =
    chance(0.4) && fields.length > 2
      ? [`${fields[0] ?? ''}  ${fields[2] ?? ''}`, fields[1] ?? '', ...fields.slice(3)]
      : fields
  const title = isRefund
    ? [pick(['退货单', '【退款】', '*** 退货 ***', '退款小票'])]
    : chance(0.3)
      ? [pick(['销售小票', '收银小票', '结账单'])]
      : []
  return [pick(SHOPS), ...title, ...lines]
}

function row(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, at) => {
      const space = Math.max(0, (widths[at] ?? 8) - displayWidth(cell))
      return at === 0 ? cell + ' '.repeat(space) : ' '.repeat(Math.max(1, space)) + cell
    })
    .join('')
}

function itemLines(it: { items: Item[]; pick: Pick; chance: Chance; width: number }): string[] {
  const { items, pick, chance, width } = it
  const layout = pick(['one', 'one', 'price-first', 'two', 'code', 'times', 'amount-only', 'x'])
  const name = width - 24
  const count = (q: number): string => (Number.isInteger(q) ? String(q) : q.toFixed(3))
  const titles = chance(0.75)
  const lines: string[] = []
  if (titles && layout === 'one')
    lines.push(
      row(
        [pick(['品名', '商品名称', '名称']), '数量', '单价', pick(['金额', '小计'])],
        [name, 8, 8, 8],
      ),
    )
  if (titles && layout === 'price-first')
    lines.push(row(['商品', '单价', '数量', '小计'], [name, 8, 8, 8]))
  if (titles && layout === 'two') lines.push(row(['品名', '数量', '单价', '金额'], [name, 8, 8, 8]))
  for (const item of items) {
    const [q, p, a] = [count(item.quantity), yuan(item.priceFen), yuan(item.amountFen)]
    if (layout === 'one') lines.push(row([item.name, q, p, a], [name, 8, 8, 8]))
    else if (layout === 'price-first') lines.push(row([item.name, p, q, a], [name, 8, 8, 8]))
    else if (layout === 'two') lines.push(item.name, row(['', q, p, a], [name, 8, 8, 8]))
    else if (layout === 'code')
      lines.push(item.name, row(['6901234567892', q, p, a], [name, 8, 8, 8]))
    else if (layout === 'times')
      lines.push(item.name, row([`${p}${pick(['x', '×', '*'])}${q}`, a], [name, 12]))
    else if (layout === 'x') lines.push(row([item.name, `x${q}`, a], [name, 8, 10]))
    else lines.push(row([item.name, a], [name, 14]))
  }
  return lines
}

function totalLines(it: {
  grossFen: number
  items: Item[]
  pick: Pick
  chance: Chance
  colon: string
  width: number
  isRefund: boolean
  random: Random
}): { lines: string[]; payableFen: number } {
  const { grossFen, pick, chance, colon, width, isRefund, items } = it
  const money = (label: string, fen: number): string => {
    const value = `${pick(['', '', '¥', '￥'])}${yuan(fen)}${pick(['', '', '元'])}`
    const gap = Math.max(2, width - displayWidth(label) - displayWidth(value))
    return chance(0.5) ? `${label}${colon}${value}` : `${label}${' '.repeat(gap)}${value}`
  }
  const lines: string[] = []
  if (isRefund) {
    const sign = pick([1, -1])
    lines.push(money(pick(['合计', '总计', '退款金额', '应退金额']), sign * grossFen))
    lines.push(money(pick(['退款', '退现金', '退款金额', '实退']), grossFen))
    return { lines, payableFen: grossFen }
  }
  const hasDiscount = chance(0.4)
  const discountFen = hasDiscount ? Math.floor(grossFen * pick([0.05, 0.1, 0.2])) : 0
  const roundingFen = chance(0.2) ? (grossFen - discountFen) % 10 : 0
  const payableFen = grossFen - discountFen - roundingFen
  if (chance(0.3))
    lines.push(`${pick(['件数', '数量合计', '总数量', '商品件数'])}${colon}${String(items.length)}`)
  const counted = chance(0.15) ? `${colon}${String(items.length)}     ` : ''
  lines.push(
    counted
      ? `${pick(TOTAL_LABELS)}${counted}${yuan(grossFen)}`
      : money(pick(TOTAL_LABELS), grossFen),
  )
  if (discountFen > 0) lines.push(money(pick(DISCOUNT_LABELS), pick([1, -1]) * discountFen))
  if (roundingFen > 0) lines.push(money(pick(ROUNDING_LABELS), pick([1, -1]) * roundingFen))
  if (discountFen + roundingFen > 0 || chance(0.6))
    lines.push(money(pick(PAYABLE_LABELS), payableFen))
  lines.push(...tenderLines({ payableFen, pick, chance, money }))
  if (chance(0.3))
    lines.push(
      `${pick(['会员号', '会员卡号', '手机'])}${colon}138****8000`,
      `本次积分${colon}${String(Math.floor(payableFen / 100))}`,
    )
  return { lines, payableFen }
}

function tenderLines(it: {
  payableFen: number
  pick: Pick
  chance: Chance
  money: (label: string, fen: number) => string
}): string[] {
  const { payableFen, pick, chance, money } = it
  const form = pick(['cash', 'cash', 'one', 'one', 'mixed', 'named', 'none'])
  if (form === 'none') return []
  if (form === 'named') return [`支付方式：${pick(TENDERS)}`]
  if (form === 'one') return [money(pick(TENDERS), payableFen)]
  if (form === 'mixed') {
    const first = Math.floor(payableFen / 3)
    return [money('现金', first), money(pick(TENDERS), payableFen - first)]
  }
  const handedFen = Math.ceil((payableFen + 1) / 5000) * 5000
  const change = money(pick(CHANGE_LABELS), handedFen - payableFen)
  const label = pick(['现金', '实收', '现金支付', '收款', '实收现金', '收您', '客付'])
  return chance(0.3) && label !== '现金'
    ? [money(label, handedFen), money('现金', handedFen), change]
    : [money(label, handedFen), change]
}
