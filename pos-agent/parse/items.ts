import type { Fen } from '@huike/shared/quantities'
import type { DocumentLine } from './document.js'
import type { PrintedLine } from './escpos-layout.js'
import { isHeaderLine } from './header-fields.js'
import { readColumns, type Column, type ColumnName } from './item-columns.js'
import { readItemNumbers, type ItemNumber, type ItemReading } from './item-numbers.js'
import { readItemWords, type ItemWords } from './item-words.js'
import { cellsOf, labelledNumbers } from './line-cells.js'
import { bareLabel, moneyRole, paymentMethod } from './money-labels.js'
import { findMoment } from './printed-time.js'
import { displayWidth, isRule } from './text-fold.js'

// The items of a receipt: what stands between the header and the totals, in one line each or with
// the name on a line of its own. A discount line under an item lowers that item's amount.

export interface ReadItem extends DocumentLine {
  amountFen: Fen | null
  /** The amount before discount lines under the item. */
  grossFen: Fen | null
  /** quantity × price = amount held, or null where there was nothing to check. */
  agrees: boolean | null
}

export interface ItemsReading {
  items: ReadItem[]
  /** Line indexes: the items lie in from (inclusive) … to (exclusive), where the totals begin. */
  from: number
  to: number
  hasColumns: boolean
  /** Lines between `from` and `to` that are charges, for the totals. */
  chargeLines: number[]
}

const ITEMS_MAX = 1_000
/** A name this wide that stands alone was broken to fit, and goes on in the next line. */
const BROKEN_NAME_COLUMNS_MIN = 20
const SUMMARY_ROLES = new Set([
  'total',
  'subtotal',
  'payable',
  'due',
  'count',
  'received',
  'paid',
  'discount_total',
  'change',
  'refund',
])
const SUMMARY_LABEL_CHARACTERS_MAX = 9
const LATIN_SUMMARY =
  /^(?:sub-?total|total|grandtotal|nettotal|amountdue|balancedue|totaldue|amountpayable|qty|totalqty|itemcount|change|totalamount|amount|paid|amountpaid|tendered|totalitems)(?:inclvat|incl|rmb|cny|usd)?$/
const PAYMENT_LABEL_CHARACTERS_MAX = 6
/** Remarks on an item that carry a number but are no item. */
const REMARK =
  /^(?:会员价|原价|特价|单价|售价|促销价|折后价|优惠价|零售价|活动价|净重|皮重|毛重|规格|备注|口味|做法|赠品|条码|编码|货号|保质期|生产日期|批号|地址|电话|tel|was|桌号|台号|人数|牌号|座位|餐段|地点|网址)/i

/** A positive amount is a discount only where the label says nothing else: 优惠装洗衣粉 is goods. */
const DISCOUNT_NAME =
  /^.{0,6}(?:优惠|折扣|折让|折|减免|减|让利|抵扣|抵用|券|红包|抹零|舍零|零头)(?:金额|额|合计)?$|(?:discount|off|coupon|savings)$/

/** Discounts on the whole receipt, also where they stand right under the last item. */
const WHOLE_RECEIPT = /满|券|红包|整单|全单|抹零|舍|积分|平台|商家|订单/

/** Reads the items of a document. */
export function readItems(lines: readonly PrintedLine[]): ItemsReading {
  const header = lines.findIndex(({ folded }) => readColumns(folded) !== null)
  const columns = header < 0 ? null : columnsAt(lines, header)
  const reader = new ItemReader(columns?.map(({ name }) => name) ?? null)
  const start = header < 0 ? 0 : header + 1
  let index = start
  for (; index < lines.length; index++) {
    const line = lines[index]
    if (!line || reader.items.length >= ITEMS_MAX) break
    if (isSummaryStart(line.folded, reader.items.length > 0, reader.hasPendingName)) break
    reader.take(line, index)
  }
  reader.settleLeadingNumbers()
  const from = header >= 0 ? header : (reader.firstLine ?? index)
  const { items, chargeLines } = reader
  return { items, from, to: index, hasColumns: columns !== null, chargeLines }
}

/** Two header lines (品名 / 数量 单价 金额) are one header. */
function columnsAt(lines: readonly PrintedLine[], header: number): Column[] {
  return readColumns(lines[header]?.folded ?? '') ?? []
}

/** Does this line begin the totals? */
function isSummaryStart(folded: string, hasItems: boolean, hasPendingName: boolean): boolean {
  if (!hasItems && isHeaderLine(folded)) return false
  const pairs = labelledNumbers(folded)
  const first = pairs[0]
  if (!first) return hasItems && isBareTotal(folded)
  const label = bareLabel(first.label)
  if (first.numbers[0]?.unit != null && /^(?:共|合计|总计|计)$/.test(label)) return true
  if (hasPendingName && pairs.some((pair) => /^(?:单价|数量|重量)$/.test(bareLabel(pair.label))))
    return false
  if (/[\u4e00-\u9fff]/.test(label)) {
    if (label.length > SUMMARY_LABEL_CHARACTERS_MAX) return false
    const role = moneyRole(first.label)
    if (SUMMARY_ROLES.has(role)) return true
    const isPayment = role === 'payment' && paymentMethod(first.label) !== 'voucher'
    return hasItems && isPayment && label.length <= PAYMENT_LABEL_CHARACTERS_MAX
  }
  return LATIN_SUMMARY.test(label) || (hasItems && /^(?:cash|card|creditcard|visa)$/.test(label))
}

/** Labels of totals without amounts: the amounts stand in the next line. */
function isBareTotal(folded: string): boolean {
  const cells = cellsOf(folded)
  return cells.length > 0 && cells.every(({ text }) => isTotalLabel(text))
}

function isTotalLabel(text: string): boolean {
  const label = bareLabel(text)
  if (label.length > SUMMARY_LABEL_CHARACTERS_MAX || /[\d,、]/.test(text)) return false
  if (!/[\u4e00-\u9fff]/.test(label)) return LATIN_SUMMARY.test(label)
  return SUMMARY_ROLES.has(moneyRole(text)) && readColumns(text) === null
}

const ITEM_NUMBER = {
  decimals: 2,
  isCount: false,
  isPrice: false,
  isMoney: false,
  isRate: false,
  unit: null,
}

interface PendingName {
  name: string
  code: string | null
  line: number
}

class ItemReader {
  readonly items: ReadItem[] = []
  readonly chargeLines: number[] = []
  firstLine: number | null = null
  private pending: PendingName | null = null
  /** A rule closed the items: what follows without a price belongs to the whole receipt. */
  private isAfterRule = false
  private readonly leadingNumbers: (number | null)[] = []

  constructor(private readonly columns: readonly ColumnName[] | null) {}

  get hasPendingName(): boolean {
    return this.pending !== null
  }

  take(line: PrintedLine, index: number): void {
    const { folded } = line
    if (folded.trim() === '' || isRule(folded)) {
      this.pending = null
      this.isAfterRule ||= this.items.length > 0
      return
    }
    if (this.takeLabelled(folded, index)) return
    if (this.isOther(folded)) return
    const words = readItemWords(folded)
    if (!words) return this.keepName(line, index)
    const name = line.text.slice(words.nameStart, words.nameEnd).trim()
    if (name === '' || (words.code === null && this.isCodeLine(name))) {
      this.takeNumbersOnly(words, name || words.code, index)
    } else this.takeWhole(line, words, index)
  }

  /** A bare count before every name is the quantity, unless it only counts the lines 1, 2, 3… */
  settleLeadingNumbers(): void {
    const isIndex = this.leadingNumbers.every((value, at) => value === at + 1)
    if (isIndex && this.leadingNumbers.length > 1) return
    this.leadingNumbers.forEach((value, at) => {
      const item = this.items[at]
      if (item && value !== null && item.unitPriceFen === null) item.quantity = value
    })
  }

  private isOther(folded: string): boolean {
    if (REMARK.test(folded.trim())) return true
    if (this.columns) return readColumns(folded) !== null
    return isHeaderLine(folded) || findMoment(folded)?.date != null || readColumns(folded) !== null
  }

  private isCodeLine(name: string): boolean {
    return this.pending !== null && /^[A-Z]{0,4}\d{4,}[A-Z]?$/i.test(name)
  }

  private keepName(line: PrintedLine, index: number): void {
    const name = line.text.trim()
    // With a broken name the earlier part is kept; anything else starts anew.
    this.pending = { name, code: null, line: index }
  }

  /** `单价:3.00 数量:2 金额:6.00` under a name. */
  private takeLabelled(folded: string, index: number): boolean {
    const pending = this.pending
    if (!pending || !/(?:单价|数量|重量)\s*:/.test(folded)) return false
    const fields = new Map(
      labelledNumbers(folded).map(({ label, numbers }) => [bareLabel(label), numbers[0]]),
    )
    const quantity = fields.get('数量') ?? fields.get('重量')
    const amount = fields.get('金额') ?? fields.get('小计') ?? fields.get('合计')
    const price = fields.get('单价')
    if (amount?.fen == null || !quantity) return false
    const reading: ItemReading = {
      quantity: quantity.value,
      unit: quantity.unit,
      unitPriceFen: price?.fen ?? null,
      amountFen: amount.fen,
      agrees: null,
    }
    this.push(pending.name, pending.code, reading, pending.line, index)
    return true
  }

  private takeNumbersOnly(words: ItemWords, code: string | null, index: number): void {
    const pending = this.pending
    if (!pending) return this.detailLast(words.numbers)
    const reading = readItemNumbers(words.numbers, this.numericColumns(words.numbers))
    if (!reading) return
    const named = splitName(pending.name, null)
    this.push(named.name, code ?? named.code, reading, pending.line, index)
  }

  /** `2 x 3.00` under an item that has its amount already. */
  private detailLast(numbers: readonly ItemNumber[]): void {
    const item = this.items.at(-1)
    if (!item || item.unitPriceFen !== null || item.amountFen === null || numbers.length !== 2)
      return
    const amount = {
      ...ITEM_NUMBER,
      text: String(item.amountFen / 100),
      value: item.amountFen / 100,
    }
    const reading = readItemNumbers([...numbers, amount], null)
    if (reading?.agrees !== true) return
    item.quantity = reading.quantity
    item.unit = reading.unit
    item.unitPriceFen = reading.unitPriceFen as Fen | null
    item.agrees = true
  }

  private takeWhole(line: PrintedLine, words: ItemWords, index: number): void {
    const label = line.folded.slice(words.nameStart, words.nameEnd).trim()
    if (label.endsWith(':')) return
    if (this.takeDiscount(label, words, index)) return
    const role = moneyRole(label)
    if (role === 'none' && !this.columns) return
    if (role === 'charge' && words.numbers.length === 1) {
      this.chargeLines.push(index)
      return
    }
    const chosen = this.chooseNumbers(line, words)
    if (!chosen) return
    const { name, code, leadingNumber } = splitName(chosen.name, this.columns)
    const full = this.withBrokenName(name)
    if (!/[\p{L}]/u.test(full)) return
    this.leadingNumbers[this.items.length] = leadingNumber
    this.push(full, code, chosen.reading, index, index)
  }

  /** Decides whether a number right behind the name is part of it (`Item 1`) or the quantity. */
  private chooseNumbers(
    line: PrintedLine,
    words: ItemWords,
  ): { name: string; reading: ItemReading } | null {
    const name = line.text.slice(words.nameStart, words.nameEnd).trim()
    const { numbers } = words
    const all = readItemNumbers(numbers, this.numericColumns(numbers))
    const [first, ...rest] = numbers
    if (words.firstIsClose && first && rest.length > 0 && !first.isCount && all?.agrees !== true) {
      const isColumn = this.numericColumns(numbers) !== null
      const shorter = readItemNumbers(rest, this.numericColumns(rest))
      if (shorter && !isColumn && first.decimals === 0 && isSetApart(line.folded, words))
        return { name: `${name} ${first.text}`, reading: shorter }
    }
    if (!all || !this.isBelievable(numbers, all)) return null
    return this.withGluedQuantity(name, numbers) ?? { name, reading: all }
  }

  /** `农夫山泉550ml2  2.00  4.00`: the quantity column ran into the name. */
  private withGluedQuantity(
    name: string,
    numbers: readonly ItemNumber[],
  ): { name: string; reading: ItemReading } | null {
    const wanted = this.columns?.filter(
      (column) => !['name', 'code', 'unit'].includes(column),
    ).length
    if (wanted !== 3 || numbers.length !== 2) return null
    const tail = /\d{1,4}(?:\.\d{1,3})?$/.exec(name)?.[0] ?? ''
    for (let length = 1; length <= tail.length; length++) {
      const text = name.slice(-length)
      if (!/^\d/.test(text) || length >= name.length) continue
      const decimals = text.includes('.') ? text.length - text.indexOf('.') - 1 : 0
      const quantity = { ...ITEM_NUMBER, text, value: Number(text), decimals, isCount: true }
      const reading = readItemNumbers(
        [quantity, ...numbers],
        this.numericColumns([quantity, ...numbers]),
      )
      if (reading?.agrees === true) return { name: name.slice(0, -length).trim(), reading }
    }
    return null
  }

  /** Without a header, a lone whole number is more likely a table or a floor than a price. */
  private isBelievable(numbers: readonly ItemNumber[], reading: ItemReading): boolean {
    if (this.columns || reading.agrees === true) return true
    return numbers.some(({ decimals, isMoney, isCount }) => decimals > 0 || isMoney || isCount)
  }

  private takeDiscount(label: string, words: ItemWords, index: number): boolean {
    const role = moneyRole(label)
    if (role !== 'discount' && role !== 'rounding') return false
    const money = words.numbers.filter(({ isRate }) => !isRate)
    const last = money.at(-1)
    const item = this.items.at(-1)
    if (!last || !item || (money.length > 1 && last.value >= 0)) return false
    if (last.value > 0 && /价$/.test(label)) return true
    if (last.value >= 0 && !DISCOUNT_NAME.test(bareLabel(label))) return false
    if (this.isAfterRule || WHOLE_RECEIPT.test(label)) {
      this.chargeLines.push(index)
      return true
    }
    const off = Math.round(Math.abs(last.value) * 100)
    const isNet = item.agrees === false && isNetOf(item, off)
    if (item.amountFen !== null && !isNet) item.amountFen = (item.amountFen - off) as Fen
    return true
  }

  private withBrokenName(name: string): string {
    const pending = this.pending?.name
    this.pending = null
    if (pending === undefined || displayWidth(pending) < BROKEN_NAME_COLUMNS_MIN) return name
    return /[\s:[\]【】]/.test(pending) ? name : pending + name
  }

  private numericColumns(numbers: readonly ItemNumber[]): readonly ColumnName[] | null {
    const { columns } = this
    if (!columns) return null
    const numeric = columns.filter((column) => !['name', 'code', 'unit'].includes(column))
    return numeric.length === numbers.length ? columns : null
  }

  private push(
    name: string,
    code: string | null,
    reading: ItemReading,
    firstLine: number,
    lastLine: number,
  ): void {
    this.isAfterRule = false
    this.firstLine ??= Math.min(firstLine, lastLine)
    this.pending = null
    this.items.push({
      name,
      code,
      quantity: reading.quantity,
      unit: reading.unit,
      unitPriceFen: reading.unitPriceFen as Fen | null,
      amountFen: reading.amountFen as Fen,
      grossFen: reading.amountFen as Fen,
      agrees: reading.agrees,
    })
  }
}

function isNetOf(item: ReadItem, off: number): boolean {
  const { quantity, unitPriceFen, amountFen } = item
  if (quantity === null || unitPriceFen === null || amountFen === null) return false
  return Math.abs(Math.round(quantity * unitPriceFen) - off - amountFen) <= 1
}

/** The number after the first stands behind a wide gap: `Item 1          10.00`. */
function isSetApart(folded: string, words: ItemWords): boolean {
  return /^\s?\S+\s{2,}/.test(folded.slice(words.nameEnd))
}

/** Takes a barcode or a line number off the front of a name. */
function splitName(
  printed: string,
  columns: readonly ColumnName[] | null,
): { name: string; code: string | null; leadingNumber: number | null } {
  const listed = printed.replace(/^\d{1,2}[.、))]\s*(?=\D)/, '').replace(/^[*·•\-]\s*(?=\S)/, '')
  const counted = /^(\d{1,3})\s*[xX×*]\s*(\D.*)$/.exec(listed)
  if (counted) return { name: counted[2] ?? '', code: null, leadingNumber: Number(counted[1]) }
  const coded = /^(\d{6,14})\s*(\D.*)$/.exec(listed)
  if (coded) return { name: coded[2] ?? '', code: coded[1] ?? null, leadingNumber: null }
  const first = columns?.[0]
  const marked = /^([A-Za-z0-9-]*\d[A-Za-z0-9-]*)\s+(\S.*)$/.exec(listed)
  if (first === 'code' && marked)
    return { name: marked[2] ?? '', code: marked[1] ?? null, leadingNumber: null }
  const bare = /^(\d{1,3})\s+(\D.*)$/.exec(listed)
  if (bare) return { name: bare[2] ?? '', code: null, leadingNumber: Number(bare[1]) }
  return { name: listed, code: null, leadingNumber: null }
}
