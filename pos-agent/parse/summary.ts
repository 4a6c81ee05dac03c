import type { PrintedNumber } from './amounts.js'
import type { PrintedLine } from './escpos-layout.js'
import type { ItemsReading } from './items.js'
import { cellsOf, labelledNumbers, segmentsOf, type Labelled } from './line-cells.js'
import { bareLabel, moneyRole, paymentMethod, type MoneyRole } from './money-labels.js'
import { isRule } from './text-fold.js'

// The labelled amounts below the items: totals, discounts, payments, change. Collected here as
// they stand; which of them is the amount payable is decided in payable.ts.

export interface MoneyEntry {
  role: MoneyRole
  fen: number
  /** For payments: the method's code. */
  method: string | null
  label: string
  line: number
  /** Several amounts follow the label and the last one was taken. */
  isAmbiguous: boolean
}

export interface Summary {
  entries: MoneyEntry[]
  /** Payment methods named without an amount: `付款方式: 微信`. */
  namedMethods: string[]
}

const ENTRIES_MAX = 200
const WHOLE_YUAN_DIGITS_MAX = 6
const METHOD_LABEL =
  /^(?:付款|支付|结账|结帐|收款|退款|退货|结算|缴费|退回)(?:方式|类型|渠道|途径|方法)$|^(?:payment|tender|paid)(?:method|type|by|via|with)?$/
const PAID_BY = /^\s*(?:paid|payment)\b[\s:-]*(?:by|with|via)?[\s:-]*([A-Za-z ]+)$/i

/** Collects the labelled amounts of a document. */
export function readSummary(lines: readonly PrintedLine[], items: ItemsReading): Summary {
  const entries: MoneyEntry[] = []
  const namedMethods: string[] = []
  const take = (index: number): void => {
    const folded = lines[index]?.folded ?? ''
    if (isRule(folded)) return
    const pairs = labelledNumbers(folded)
    const filled = pairs.some(({ label }) => bareLabel(label) === '')
      ? withLabelsAbove(pairs, lines, index)
      : pairs
    for (const pair of filled) {
      const entry = entryOf(pair, index)
      if (entry && entries.length < ENTRIES_MAX) entries.push(entry)
    }
    namedMethods.push(...methodsNamedIn(folded))
  }
  items.chargeLines.forEach(take)
  for (let index = items.to; index < lines.length; index++) take(index)
  return { entries: withNegativePayments(entries), namedMethods }
}

/** On a sale, a tender printed with a minus (美团券 -50.00) was taken off the price. */
function withNegativePayments(entries: readonly MoneyEntry[]): MoneyEntry[] {
  const totals = entries.filter(({ role }) =>
    ['payable', 'due', 'total', 'subtotal'].includes(role),
  )
  const isSale = totals.length > 0 && totals.every(({ fen }) => fen > 0)
  return entries.map((entry) => {
    const isOff = isSale && entry.role === 'payment' && entry.fen < 0
    return isOff ? { ...entry, role: 'discount', method: null } : entry
  })
}

function entryOf(pair: Labelled, line: number): MoneyEntry | null {
  const chosen = amountOf(pair.numbers)
  if (!chosen?.number.fen && chosen?.number.fen !== 0) return null
  const role = moneyRole(pair.label)
  if (role === 'none' || role === 'count') return null
  if (role === 'unknown' && !isMoneyLike(chosen.number)) return null
  const method = role === 'payment' ? paymentMethod(pair.label) : null
  const { isAmbiguous } = chosen
  return { role, fen: chosen.number.fen, method, label: pair.label, line, isAmbiguous }
}

/**
 * The amount among the numbers behind one label. A number that another one follows is a quantity
 * (合计: 3  45.00); of several amounts the last is taken and the entry marked.
 */
function amountOf(
  numbers: readonly PrintedNumber[],
): { number: PrintedNumber; isAmbiguous: boolean } | null {
  const possible = numbers.filter(({ unit, fen }) => unit === null && fen !== null)
  const amounts = possible.filter(isMoneyLike)
  const pool = amounts.length > 0 ? amounts : possible
  const number = pool.at(-1)
  if (!number) return null
  const distinct = new Set(pool.map(({ fen }) => fen)).size
  return { number, isAmbiguous: distinct > 1 }
}

function isMoneyLike(number: PrintedNumber): boolean {
  return number.decimals >= 1 || number.isMoney
}

/** Amounts without a label take the labels of the line above, one each from the left. */
function withLabelsAbove(
  pairs: readonly Labelled[],
  lines: readonly PrintedLine[],
  index: number,
): Labelled[] {
  const numbers = pairs.flatMap((pair) => pair.numbers).filter(({ unit }) => unit === null)
  const above = previousText(lines, index)
  if (pairs.length !== 1 || above === null || labelledNumbers(above).length > 0) return [...pairs]
  const labels = cellsOf(above).map(({ text }) => text)
  if (labels.length !== numbers.length) return [...pairs]
  return labels.map((label, at) => ({ label, numbers: numbers.slice(at, at + 1) }))
}

function previousText(lines: readonly PrintedLine[], index: number): string | null {
  for (let at = index - 1; at >= 0 && at >= index - 2; at--) {
    const folded = lines[at]?.folded ?? ''
    if (folded.trim() !== '' && !isRule(folded)) return folded
  }
  return null
}

function methodsNamedIn(folded: string): string[] {
  const methods: string[] = []
  for (const { text } of segmentsOf(folded)) {
    const [label = '', value = ''] = text.split(/:|\s+/, 2)
    const rest = text.slice(text.indexOf(value, label.length)).trim()
    if (!METHOD_LABEL.test(bareLabel(label)) || /\d+\.\d/.test(rest)) continue
    const method = rest === '' ? null : paymentMethod(rest)
    if (method !== null && rest.length <= WHOLE_YUAN_DIGITS_MAX * 2) methods.push(method)
  }
  const paid = PAID_BY.exec(folded)?.[1]
  const method = methods.length === 0 && paid !== undefined ? paymentMethod(paid) : null
  return method === null ? methods : [...methods, method]
}
