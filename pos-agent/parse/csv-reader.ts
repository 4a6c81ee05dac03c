import { parse } from 'csv-parse/sync'
import { type Fen } from '@huike/shared/quantities'
import { fenOfDecimal, lineAmountFen } from './amounts.js'
import { readCsvColumns, type CsvField } from './csv-columns.js'
import type { CapturedDocument, DocumentLine } from './document.js'
import { decodeFile, type TextEncodingName } from './encoding.js'
import { readMoment } from './printed-time.js'
import { blankDocument } from './receipt-reader.js'

// Lists of sales as CSV: one row per item or per receipt. Rows of one receipt become one document.
// A row that cannot be right (an impossible date, text for a number, a missing field) is set
// aside with its reason and the rest is read; a receipt that lost a row is never sure.

export interface QuarantinedRow {
  /** 1 for the first row below the header. */
  row: number
  reason: string
}

export interface CsvReading {
  documents: CapturedDocument[]
  quarantined: QuarantinedRow[]
  encoding: TextEncodingName
}

const ROWS_MAX = 100_000
const HEADER_ROWS_MAX = 10
const DELIMITERS = [',', '\t', ';', '|']
const SURE = 0.97
const NO_NUMBER_CONFIDENCE = 0.8
const ROW_LOST_CONFIDENCE = 0.5
const CANCELLED = /^(?:cancel|void|已取消|取消|作废|交易关闭|已关闭)/i
const RETURNED = /退货|退款|refund|return/i
const CANCELLATION_NUMBER = /^C\d+$/

type Columns = ReadonlyMap<CsvField, number>

interface Row {
  number: number
  cell: (field: CsvField) => string
  line: DocumentLine
  moment: { date: string; time: string | null } | null
}

/** Reads the bytes of a CSV file. Never throws: a file that is no list of sales gives a reason. */
export function parseCsv(bytes: Uint8Array): CsvReading {
  const { text, encoding } = decodeFile(bytes)
  return { ...readTable(recordsOf(text), 'csv'), encoding }
}

/** Reads rows of cells, the header among the first of them, whatever file they came from. */
export function readTable(
  records: readonly string[][],
  template: string,
): Omit<CsvReading, 'encoding'> {
  const found = findHeader(records)
  if (!found) {
    const reason = 'no header row with known column names was found'
    return { documents: [], quarantined: [{ row: 0, reason }] }
  }
  const { columns, width, from } = found
  const quarantined: QuarantinedRow[] = []
  const groups = new Map<string, { rows: Row[]; isWhole: boolean }>()
  records.slice(from).forEach((cells, index) => {
    const number = index + 1
    if (cells.every((cell) => cell.trim() === '')) return
    const read = readRow(cells, columns, width, number)
    const key = groupKey(cells, columns, number)
    const group = groups.get(key) ?? { rows: [], isWhole: true }
    if (typeof read === 'string') {
      quarantined.push({ row: number, reason: read })
      group.isWhole = false
    } else group.rows.push(read)
    groups.set(key, group)
  })
  const readable = [...groups.values()].filter(({ rows }) => rows.length > 0)
  const documents = readable.map((group) => ({ ...documentOf(group), template }))
  return { documents, quarantined }
}

function recordsOf(text: string): string[][] {
  const head = text.slice(0, text.search(/\r?\n|$/))
  const counted = DELIMITERS.map((delimiter) => ({
    delimiter,
    count: head.split(delimiter).length,
  }))
  const { delimiter } = counted.reduce((best, next) => (next.count > best.count ? next : best))
  const options = {
    delimiter,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    to: ROWS_MAX,
  }
  try {
    return parse(text, options)
  } catch {
    // Only quotes that never close fail with the relaxed options: then quotes are plain text.
    return parse(text, { ...options, quote: null })
  }
}

function findHeader(
  records: readonly string[][],
): { columns: Columns; width: number; from: number } | null {
  for (const [index, cells] of records.slice(0, HEADER_ROWS_MAX).entries()) {
    const columns = readCsvColumns(cells)
    if (columns) return { columns, width: cells.length, from: index + 1 }
  }
  return null
}

function groupKey(cells: readonly string[], columns: Columns, number: number): string {
  const cell = (field: CsvField): string => (cells[columns.get(field) ?? -1] ?? '').trim()
  const receiptNo = cell('receiptNo')
  if (receiptNo === '') return `row ${String(number)}`
  const day = readMoment(cell('paidAt'))?.date ?? ''
  return [receiptNo, cell('store'), cell('terminal'), day].join('|')
}

/** Reads one row; a string is the reason why it cannot be. */
function readRow(
  cells: readonly string[],
  columns: Columns,
  width: number,
  number: number,
): Row | string {
  if (cells.length !== width) return `${String(cells.length)} fields, ${String(width)} expected`
  const cell = (field: CsvField): string => cells[columns.get(field) ?? -1] ?? ''
  const read = (field: CsvField): number | null | undefined => decimalOf(cell(field))
  const [quantity, unitPrice, amount, total] = [
    read('quantity'),
    read('unitPrice'),
    read('amount'),
    read('total'),
  ]
  if (quantity === null && columns.has('quantity')) return 'quantity is empty'
  if (quantity === undefined) return `quantity is not a number: ${cell('quantity')}`
  if (unitPrice === undefined) return `unit price is not a number: ${cell('unitPrice')}`
  if (amount === undefined || total === undefined) return 'amount is not a number'
  const time = cell('paidAt').trim() || cell('placedAt').trim()
  const moment = readMoment(`${time} ${cell('paidTime')}`.trim())
  if (!moment && /^\d{8}(?!\d)|^\d{4}[-/.年]/.test(time)) return `impossible date: ${time}`
  const unitPriceFen = unitPrice === null ? null : fenOfDecimal(String(unitPrice))
  const amountFen = amountOf({ quantity, unitPrice, amount, total })
  if (amountFen === null) return 'neither an amount nor quantity and price'
  const name = cell('name') || cell('fallbackName')
  const code = cell('code').trim() || null
  const unit = cell('unit').trim() || null
  return { number, cell, line: { name, code, quantity, unit, unitPriceFen, amountFen }, moment }
}

/** A decimal; null for an empty cell, undefined for something else. */
function decimalOf(text: string): number | null | undefined {
  const plain = text.normalize('NFKC').replace(/[¥$,\s元]/g, '')
  if (plain === '') return null
  return /^[-+]?\d+(?:\.\d+)?$/.test(plain) ? Number(plain) : undefined
}

function amountOf(
  row: Record<'quantity' | 'unitPrice' | 'amount' | 'total', number | null>,
): Fen | null {
  const printed = row.amount ?? (row.quantity === null ? row.total : null)
  if (printed !== null) return fenOfDecimal(printed.toFixed(2))
  if (row.quantity === null || row.unitPrice === null) return null
  const fen = lineAmountFen(row.quantity, Number((row.unitPrice * 100).toFixed(4)))
  return Number.isSafeInteger(fen) ? (fen as Fen) : null
}

function documentOf({ rows, isWhole }: { rows: Row[]; isWhole: boolean }): CapturedDocument {
  const [first] = rows
  if (!first) return blankDocument()
  const text = (field: CsvField): string | null => first.cell(field).trim() || null
  const lines = rows.map(({ line }) => line)
  const sum = lines.reduce((total, { amountFen }) => total + (amountFen ?? 0), 0)
  const printedTotal = decimalOf(first.cell('total'))
  const total = printedTotal == null ? null : fenOfDecimal(printedTotal.toFixed(2))
  const receiptNo = text('receiptNo')
  const kind = kindOf(first, total ?? sum)
  const sign = kind === 'refund' && (total ?? sum) > 0 ? -1 : 1
  const totalFen = (sign * (total ?? sum)) as Fen
  const method = text('payment')
  const at = first.moment
  const stamp = at && at.time !== null ? `${at.date}T${at.time}` : null
  const isPaidTime = first.cell('paidAt').trim() !== ''
  return {
    ...blankDocument(),
    kind,
    receiptNo,
    storeNo: text('store'),
    terminalNo: text('terminal'),
    cashier: text('cashier'),
    printedAt: isPaidTime ? stamp : null,
    placedAt: isPaidTime ? null : stamp,
    printedDate: at && at.time === null ? at.date : null,
    lines: sign === 1 ? lines : lines.map(takenBack),
    totalFen,
    payments: method === null ? [] : [{ method, amountFen: totalFen }],
    changeFen: fenOfDecimal(first.cell('change')),
    memberHint: text('member')?.replace(/^(\d+)\.0+$/, '$1') ?? null,
    originalReceiptNo: text('originalReceiptNo') ?? (kind === 'void' ? receiptNo : null),
    confidence: confidenceOf(isWhole, receiptNo),
    checks: [
      {
        name: 'every row of the receipt was read',
        ok: isWhole,
        detail: `${String(rows.length)} rows`,
      },
    ],
    text: rows
      .map(
        ({ line }) => `${line.name} ${String(line.quantity ?? '')} ${String(line.amountFen ?? '')}`,
      )
      .join('\n'),
  }
}

function kindOf(row: Row, totalFen: number): 'sale' | 'refund' | 'void' {
  const receiptNo = row.cell('receiptNo').trim()
  if (CANCELLED.test(row.cell('status').trim())) return 'void'
  if (RETURNED.test(row.cell('kind')) || RETURNED.test(row.cell('status'))) return 'refund'
  return totalFen < 0 || CANCELLATION_NUMBER.test(receiptNo) ? 'refund' : 'sale'
}

function takenBack(line: DocumentLine): DocumentLine {
  return {
    ...line,
    quantity: line.quantity === null ? null : -Math.abs(line.quantity),
    amountFen: line.amountFen === null ? null : (-Math.abs(line.amountFen) as Fen),
  }
}

function confidenceOf(isWhole: boolean, receiptNo: string | null): number {
  if (!isWhole) return ROW_LOST_CONFIDENCE
  return receiptNo === null ? NO_NUMBER_CONFIDENCE : SURE
}
