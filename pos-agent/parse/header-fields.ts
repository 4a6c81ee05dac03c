import { bareLabel } from './money-labels.js'
import { segmentsOf } from './line-cells.js'
import { findMoment } from './printed-time.js'
import { closeSpreadLabels } from './text-fold.js'

// What a receipt says about itself: number, till, cashier, store, member, time. Each field has a
// list of labels; the lower the rank of the label, the better it names the field.

export interface HeaderFields {
  receiptNo: string | null
  originalReceiptNo: string | null
  storeLabelled: string | null
  terminalNo: string | null
  cashier: string | null
  memberHint: string | null
  printedAt: string | null
  /** One label names two numbers: this is more than one receipt. */
  hasSeveralNumbers: boolean
  /** The date where no time of day is printed with it. */
  printedDate: string | null
}

type FieldName = 'receiptNo' | 'originalReceiptNo' | 'store' | 'terminalNo' | 'cashier' | 'member'
type FieldRow = [field: FieldName, rank: number, label: RegExp]

const FIELD_ROWS: readonly FieldRow[] = [
  [
    'originalReceiptNo',
    1,
    /^(?:原|被退|退货原|对应)(?:销售|收银|交易|小票|购物|始)*(?:单号|小票号?|小票号码|流水号?|交易号|订单号|票号|单据号|编号|单)$|^(?:original|orig|ref)(?:receipt|order|invoice|trans)?(?:no|number|#)?$/,
  ],
  [
    'receiptNo',
    1,
    /^(?:销售|收银|购物|结账|结帐|消费|零售|本)?(?:单号|单据号码?|单据编号|单据|小票号码?|小票编号|小票单号|小票no|票号|票据号码?|小票|账单号码?|帐单号|账单编号|账单|收据号码?|水单号|单号no|单编号)$|^退(?:货|款)?单(?:号|编号)$|^(?:receipt|invoice|inv|bill|slip|ticket|check|doc)(?:no|number|num|id|#)?$/,
  ],
  ['receiptNo', 2, /^(?:小票|交易|收银|销售|系统|本机|pos)?流水(?:号|单号|号码|编号)?$/],
  [
    'receiptNo',
    3,
    /^交易(?:号|单号|编号|序号|号码)$|^(?:transaction|trans|txn|trx|tran|seq)(?:no|number|id|#)?$/,
  ],
  ['receiptNo', 4, /^(?:订单|定单)(?:号|编号|号码|流水号)?$|^order(?:no|number|id|#)?$/],
  ['receiptNo', 5, /^(?:no|№|编号|序号|单|号码|number)$/],
  [
    'terminalNo',
    1,
    /^(?:收银|收款|pos)?(?:机号|机台号?|款机号?|机器号|机编号|机)$|^(?:款台|收银台|收款台)(?:号|编号)?$|^(?:收银终端|pos终端|终端|设备)(?:号|编号|id|no)?$|^pos(?:号|机|机号|编号|no|id|#)?$|^(?:terminal|term|till|register|reg|lane|station)(?:no|id|#|number)?$/,
  ],
  [
    'cashier',
    1,
    /^(?:收银|收款)(?:员|人|人员|员号|员工号|员编号|员工|员姓名)?$|^cashier(?:no|id|name)?$/,
  ],
  [
    'cashier',
    2,
    /^(?:操作|营业|结账|结帐|买单|经手|经办|当班)(?:员|人|员号|人员)$|^员工(?:号|编号|姓名)?$|^工号$|^店员$|^(?:clerk|operator|user|staff|associate|employee)(?:no|id|name)?$/,
  ],
  [
    'cashier',
    3,
    /^(?:服务|销售|业务|点单|点菜|开单|下单|制单|理货)(?:员|人|员号|生)$|^导购(?:员|号)?$|^(?:server|servedby|waiter|host)$/,
  ],
  [
    'store',
    1,
    /^(?:门店|店铺|分店|店|商店|机构)(?:号|编号|代码|编码|id|no)$|^(?:store|shop|branch)(?:no|id|#|number)$/,
  ],
  [
    'store',
    2,
    /^店名$|^(?:门店|分店|店铺|商店|商户|商家|机构|网点|专柜|餐厅)(?:名称|名)?$|^(?:store|shop|branch|merchant|location)(?:name)?$/,
  ],
  [
    'member',
    1,
    /^(?:会员|顾客|vip|贵宾)(?:手机|手机号|手机号码|电话|电话号码)$|^手机(?:号|号码)?$|^member(?:phone|mobile)$/,
  ],
  [
    'member',
    2,
    /^(?:会员|vip|贵宾|积分|储值|顾客)(?:卡号|卡|号|号码|编号|卡编号|账号|帐号|id|no|码)?$|^(?:member|loyalty|rewards|customer)(?:no|id|card|cardno|number|#)?$/,
  ],
  ['member', 3, /^卡号$|^cardno$/],
]

/** Labels without a colon: a known one, followed by space or by the value itself. */
const BARE_LABEL =
  /^(POS|[A-Z]{0,4}[\u4e00-\u9fff]{1,10}?)(?:\s+(\S.*)|(?<=[\u4e00-\u9fff])([A-Za-z0-9*#].*))$/
const PRICE = /\d\.\d{2}(?!\d)/
const BARE_NUMBER = /^(No|NO|№)[.\s]*\s?([A-Za-z0-9-]*\d[A-Za-z0-9-]*)$/
const BARE_LATIN =
  /^(receipt|invoice|bill|order|ticket|check|transaction|trans|txn|slip|register|terminal|till|cashier|server|clerk)\s*(?:no|number|num|id)?[.:\s]*#?\s*([A-Z0-9][\w-]*)$/i
const DOCUMENT_NUMBER = /^[#№:\s]*(?:no[.\s]*)?([A-Za-z0-9][A-Za-z0-9\-_/]*)/i
const MEMBER_NUMBER = /\d[\d*xX•]{2,}\d|\*{2,}\d{3,4}/
const BANK_CARD = /^(?:62|4\d|5[1-5])\d{2,4}[*xX]{4,}\d{3,4}$/
const TEXT_VALUE_MAX = 40

const TIME_RANKS: readonly [rank: number | null, pattern: RegExp][] = [
  [
    null,
    /补打|重打|重印|有效|至$|until|valid|expir|生产|预计|送达|生日|营业时间|截止|期限|起$|退换/i,
  ],
  [1, /交易|销售|结账|结帐|收银|收款|消费|付款|支付|买单|埋单|退货|退款|成交|checkout|sale/i],
  [3, /打印|出单|print/i],
  [4, /下单|开台|入座|开单|点单|点菜|就餐|预约|进场|取餐|order/i],
]
const TIME_RANK_PLAIN = 2

interface Found {
  rank: number
  value: string
  label: string
  /** The same label came again with another value. */
  isContradicted: boolean
}

/** Reads the header fields out of the folded lines of a document. */
export function readHeaderFields(lines: readonly string[]): HeaderFields {
  const best = new Map<FieldName, Found>()
  const moments: Moment[] = []
  for (const line of lines.map(closeSpreadLabels)) {
    let rest = line
    for (const segment of segmentsOf(line)) {
      const taken = labelledValues(segment.text).find(([label, value]) => take(best, label, value))
      const known = taken ? firstTokenEnd(segment.text, taken[1]) : 0
      rest = blankRange(rest, segment.start, segment.start + known)
      const moment = momentOf(blankRange(segment.text, 0, known))
      if (moment) moments.push(moment)
    }
    const whole = momentOf(rest)
    if (whole) moments.push(whole)
  }
  const value = (field: FieldName): string | null => best.get(field)?.value ?? null
  return {
    receiptNo: value('receiptNo'),
    originalReceiptNo: value('originalReceiptNo'),
    storeLabelled: value('store'),
    terminalNo: value('terminalNo'),
    cashier: value('cashier'),
    memberHint: value('member'),
    hasSeveralNumbers: best.get('receiptNo')?.isContradicted ?? false,
    ...bestTime(moments),
  }
}

/** Is this line one of labelled header fields (so that it is no item)? */
export function isHeaderLine(folded: string): boolean {
  return segmentsOf(closeSpreadLabels(folded)).some(({ text }) =>
    labelledValues(text).some(([label, value]) => {
      const known = fieldOf(bareLabel(label))
      return known !== null && (value === '' || fieldValue(known.field, value) !== null)
    }),
  )
}

function labelledValues(segment: string): [label: string, value: string][] {
  const colon = /^([^:]{1,20}?)\s*:\s*(.*)$/.exec(segment)
  if (colon) return [[colon[1] ?? '', (colon[2] ?? '').trim()]]
  const bare = BARE_NUMBER.exec(segment) ?? BARE_LATIN.exec(segment)
  if (bare) return [[bare[1] ?? '', (bare[2] ?? '').trim()]]
  const spaced = BARE_LABEL.exec(segment)
  const value = spaced?.[2] ?? spaced?.[3] ?? ''
  // 手机  1  2999.00 is an item.
  return spaced && !PRICE.test(segment) ? [[spaced[1] ?? '', value.trim()]] : []
}

function fieldOf(label: string): { field: FieldName; rank: number } | null {
  const row = FIELD_ROWS.find(([, , pattern]) => pattern.test(label))
  return row ? { field: row[0], rank: row[1] } : null
}

/** Keeps the value if its label is known and better than what is held; says whether it is known. */
function take(best: Map<FieldName, Found>, label: string, raw: string): boolean {
  const known = fieldOf(bareLabel(label))
  if (!known) return false
  const value = fieldValue(known.field, raw)
  if (value === null) return false
  const held = best.get(known.field)
  if (held && held.label === bareLabel(label) && held.value !== value) held.isContradicted = true
  if (!held || known.rank < held.rank)
    best.set(known.field, {
      rank: known.rank,
      value,
      label: bareLabel(label),
      isContradicted: false,
    })
  return true
}

/** Where the first word of a field's value ends: a number made of a timestamp is not the time. */
function firstTokenEnd(segment: string, value: string): number {
  const start = segment.length - value.length
  return start + (/^\S+/.exec(value)?.[0].length ?? 0)
}

function blankRange(text: string, start: number, end: number): string {
  return text.slice(0, start) + ' '.repeat(end - start) + text.slice(end)
}

function fieldValue(field: FieldName, raw: string): string | null {
  const moment = findMoment(raw)
  const isText = field === 'cashier' || field === 'store'
  const own = isText && moment?.date != null ? raw.slice(0, moment.start) : raw
  const first = own.split(/\s{2,}/)[0]?.trim() ?? ''
  switch (field) {
    case 'receiptNo':
    case 'originalReceiptNo': {
      const number = DOCUMENT_NUMBER.exec(first)?.[1]?.replace(/[-_/]+$/, '')
      return number !== undefined && /\d/.test(number) ? number : null
    }
    case 'member': {
      const number = MEMBER_NUMBER.exec(raw)?.[0] ?? /^[A-Za-z]{0,4}\d{3,}$/.exec(first)?.[0]
      return number === undefined || BANK_CARD.test(number) ? null : number
    }
    case 'terminalNo':
      return /^[#\s]*([A-Za-z0-9][\w-]*)/.exec(first)?.[1] ?? null
    default:
      return textValue(first)
  }
}

function textValue(first: string): string | null {
  const value = first.replace(/^[#\s]+|[\s,;|]+$/g, '')
  if (PRICE.test(value)) return null
  return value === '' || value.length > TEXT_VALUE_MAX || /^[-*_.]+$/.test(value) ? null : value
}

interface Moment {
  rank: number
  date: string | null
  time: string | null
}

function momentOf(text: string): Moment | null {
  const moment = findMoment(text)
  if (!moment) return null
  const before = text.slice(0, moment.start)
  const around = before + (before.trim() === '' ? text.slice(moment.end) : '')
  const row = TIME_RANKS.find(([, pattern]) => pattern.test(around))
  const rank = row ? row[0] : TIME_RANK_PLAIN
  if (rank === null) return null
  return { rank, date: moment.date, time: moment.time }
}

function bestTime(moments: Moment[]): Pick<HeaderFields, 'printedAt' | 'printedDate'> {
  const byRank = [...moments].sort((a, b) => a.rank - b.rank)
  const whole = byRank.find(({ date, time }) => date !== null && time !== null)
  const date = byRank.find((moment) => moment.date !== null && moment.time === null)
  const time = byRank.find((moment) => moment.date === null)
  const joined = date && time ? Math.max(date.rank, time.rank) : Infinity
  if (whole && whole.rank <= joined)
    return { printedAt: `${whole.date ?? ''}T${whole.time ?? ''}`, printedDate: null }
  if (date && time) return { printedAt: `${date.date ?? ''}T${time.time ?? ''}`, printedDate: null }
  return { printedAt: null, printedDate: date?.date ?? null }
}
