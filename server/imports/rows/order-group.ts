import type { CapturedReceipt } from '@huike/shared/contracts/agent'
import { localTime } from '@huike/shared/local-time'
import { FEN_MAX, type BusinessDate } from '@huike/shared/quantities'
import type { TableRow } from '../table/table-source.js'
import { isCancelled, isDamagedNumber, kindOf, milliFenOf, roundedFen } from './field-values.js'
import { instantOf } from './member-row.js'
import { lineOf, type OrderLine } from './order-lines.js'
import { personOf, type CellsOf, type ImportedPerson } from './person.js'
import { reject, type RowProblem } from './row-problem.js'

// The rows of one order as what is booked: a sale, a refund, or a sale and what was refunded of it.
// Rows of an order stand together. One row that cannot be read refuses the whole order, because half
// an order is a wrong order.

/** More lines than any order has; the memory an order may take. */
export const ORDER_ROWS_MAX = 5_000
const ORDER_NO = /^[^\s|\p{C}]{1,64}$/u
const PAYMENT_CHARACTERS_MAX = 32

export interface OrderRules {
  namespace: string
  salt: string
  refundPrefix: string
  timeZone: string
}

/** A sale or a refund, as the rules of checkouts take it. */
export interface ImportedDocument {
  receipt: CapturedReceipt
  occurredAtMs: number
}

export interface ImportedOrder {
  ok: true
  /** The sale before its refund; none when the order was called off. */
  documents: ImportedDocument[]
  person: ImportedPerson
  isCancelled: boolean
  roundingMilliFen: number
}

interface ReadRow {
  cells: CellsOf
  line: OrderLine | null
}

/** Reads the number a row belongs to, so that rows can be put together, or the one it answers. */
export function orderNoOf(
  cells: CellsOf,
  field: 'orderNo' | 'originalOrderNo' = 'orderNo',
): { ok: true; orderNo: string } | RowProblem {
  const orderNo = cells(field).normalize('NFKC').replace(/^'/, '').trim()
  if (orderNo === '') return reject('order_no_missing')
  if (isDamagedNumber(orderNo)) return reject('order_no_damaged')
  return ORDER_NO.test(orderNo) ? { ok: true, orderNo } : reject('order_no_invalid')
}

/** Reads one order from its rows. */
export function orderOf(
  orderNo: string,
  rows: readonly { row: TableRow; cells: CellsOf }[],
  rules: OrderRules,
): ImportedOrder | RowProblem {
  const person = personAmong(
    rows.map(({ cells }) => cells),
    rules,
  )
  const paid = rows.filter(({ cells }) => !isCancelled(cells('status')))
  const nothing = { ok: true as const, documents: [], person, roundingMilliFen: 0 }
  if (paid.length === 0) return { ...nothing, isCancelled: true }
  const read: ReadRow[] = []
  for (const { cells } of paid) {
    const found = lineOf(cells)
    if (!found.ok) return found
    read.push({ cells, line: found.line })
  }
  const time = timeAmong(read, rules)
  if (time === null) return reject('time_invalid')
  const sums = sumsOf(read)
  if (!sums.ok) return sums
  const kind = kindAmong(orderNo, read, { rules, totalFen: sums.totalFen })
  if (!kind.ok) return kind
  const original = kind.kind === 'refund' ? originalAmong(read) : null
  if (original && !original.ok) return original
  const originalReceiptNo = original?.orderNo ?? null
  const first = documentOf(orderNo, read, { ...time, ...sums, kind: kind.kind, originalReceiptNo })
  if (first === null) return reject('amount_invalid')
  const refund =
    kind.kind === 'sale' && sums.refundedFen > 0 ? refundOf(first, sums.refundedFen) : null
  return {
    ok: true,
    documents: refund ? [first, refund] : [first],
    person,
    isCancelled: false,
    roundingMilliFen: sums.roundingMilliFen,
  }
}

/** The first row that knows somebody tells who; a number that is wrong does not lose the order. */
function personAmong(rows: readonly CellsOf[], rules: OrderRules): ImportedPerson {
  let isPhoneMasked = false
  for (const cells of rows) {
    const person = personOf(cells, rules)
    if ('ok' in person) continue
    if (person.identities.length > 0) return person
    isPhoneMasked ||= person.isPhoneMasked
  }
  return { identities: [], name: null, isPhoneMasked }
}

function timeAmong(
  rows: readonly ReadRow[],
  { timeZone }: OrderRules,
): { occurredAtMs: number; local: string } | null {
  for (const field of ['paidAt', 'placedAt'] as const) {
    const cell = rows.map(({ cells }) => cells(field)).find((one) => one !== '')
    if (cell === undefined) continue
    const occurredAtMs = instantOf(cell, timeZone)
    return occurredAtMs === null || occurredAtMs < 0
      ? null
      : { occurredAtMs, local: localTime(occurredAtMs, timeZone) }
  }
  return null
}

interface Sums {
  ok: true
  /** Signed, as the file has it. */
  totalFen: number
  refundedFen: number
  roundingMilliFen: number
}

function sumsOf(rows: readonly ReadRow[]): Sums | RowProblem {
  const total = sameAmount(rows, 'total')
  if (!total.ok) return total
  const refunded = sameAmount(rows, 'refunded')
  if (!refunded.ok) return refunded
  const lines = rows.flatMap(({ line }) => line ?? [])
  const linesFen = lines.reduce((sum, { amountFen }) => sum + amountFen, 0)
  const rounding = lines.reduce((sum, { roundingMilliFen }) => sum + roundingMilliFen, 0)
  if (
    total.amount === null &&
    (lines.length === 0 || lines.every(({ isPriceless }) => isPriceless))
  )
    return reject('amount_invalid')
  const totalFen = total.amount?.fen ?? linesFen
  const refundedFen = Math.abs(refunded.amount?.fen ?? 0)
  if (Math.abs(totalFen) > FEN_MAX) return reject('amount_invalid')
  return {
    ok: true,
    totalFen,
    refundedFen: Math.min(refundedFen, Math.abs(totalFen)),
    roundingMilliFen:
      rounding + (total.amount?.roundingMilliFen ?? 0) + (refunded.amount?.roundingMilliFen ?? 0),
  }
}

/** An amount of the whole order: on each of its rows, or on some, and then the same. */
function sameAmount(
  rows: readonly ReadRow[],
  field: 'total' | 'refunded',
): { ok: true; amount: { fen: number; roundingMilliFen: number } | null } | RowProblem {
  const cells = rows.map((row) => row.cells(field)).filter((cell) => cell !== '')
  const amounts = cells.map(milliFenOf)
  const [first] = amounts
  if (first === undefined) return { ok: true, amount: null }
  if (first === null || amounts.some((amount) => amount === null)) return reject('amount_invalid')
  if (amounts.some((amount) => amount !== first)) return reject('total_differs')
  return { ok: true, amount: roundedFen(first) }
}

function kindAmong(
  orderNo: string,
  rows: readonly ReadRow[],
  by: { rules: OrderRules; totalFen: number },
): { ok: true; kind: 'sale' | 'refund' } | RowProblem {
  const { refundPrefix } = by.rules
  const cell = rows.map(({ cells }) => cells('kind')).find((one) => one !== '') ?? ''
  const written = cell === '' ? null : kindOf(cell)
  if (cell !== '' && written === null) return reject('kind_unknown')
  const isMarked = refundPrefix !== '' && orderNo.startsWith(refundPrefix)
  const kind = written ?? (isMarked || by.totalFen < 0 ? 'refund' : 'sale')
  return kind === 'sale' && by.totalFen < 0 ? reject('amount_invalid') : { ok: true, kind }
}

/** The order a refund answers, written like any number of an order; null where no row names one. */
function originalAmong(
  rows: readonly ReadRow[],
): { ok: true; orderNo: string } | RowProblem | null {
  const named = rows.find(({ cells }) => cells('originalOrderNo') !== '')
  return named ? orderNoOf(named.cells, 'originalOrderNo') : null
}

/** The document of the rows, its amounts positive; null when they cannot be. */
function documentOf(
  orderNo: string,
  rows: readonly ReadRow[],
  as: {
    kind: 'sale' | 'refund'
    totalFen: number
    occurredAtMs: number
    local: string
    originalReceiptNo: string | null
  },
): ImportedDocument | null {
  const lines = rows.flatMap(({ line }) => line ?? [])
  const pieces = lines.reduce((sum, { quantityMilli }) => sum + quantityMilli, 0)
  const isTurned = as.kind === 'refund' && (as.totalFen < 0 || (as.totalFen === 0 && pieces < 0))
  const sign = isTurned ? -1 : 1
  const totalFen = sign * as.totalFen || 0
  if (totalFen < 0) return null
  const [only, ...others] = lines
  const isTotalOfOne = only?.isPriceless === true && others.length === 0
  const payment = rows.map(({ cells }) => cells('payment')).find((cell) => cell !== '')
  const receipt = {
    kind: as.kind,
    receiptNo: orderNo,
    surrogateKey: null,
    businessDate: as.local.slice(0, 10) as BusinessDate,
    printedAt: as.local,
    cashier: null,
    lines: lines.map(({ name, code, quantityMilli, unitPriceFen, amountFen }) => ({
      name,
      code,
      quantityMilli: sign * quantityMilli || 0,
      unitPriceFen,
      amountFen: isTotalOfOne ? totalFen : sign * amountFen || 0,
    })),
    totalFen,
    payments:
      payment === undefined
        ? []
        : [{ method: [...payment].slice(0, PAYMENT_CHARACTERS_MAX).join(''), amountFen: totalFen }],
    changeFen: null,
    originalReceiptNo: as.originalReceiptNo,
  }
  return { receipt: receipt as CapturedReceipt, occurredAtMs: as.occurredAtMs }
}

/** What was refunded of an order, as a document of its own that answers it. */
function refundOf(
  { receipt, occurredAtMs }: ImportedDocument,
  refundedFen: number,
): ImportedDocument {
  return {
    occurredAtMs,
    receipt: {
      ...receipt,
      kind: 'refund',
      lines: [],
      totalFen: refundedFen as CapturedReceipt['totalFen'],
      payments: [],
      originalReceiptNo: receipt.receiptNo,
    },
  }
}
