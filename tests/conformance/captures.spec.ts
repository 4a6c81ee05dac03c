import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, expect } from '@jest/globals'
import type { CapturedDocument } from '../../pos-agent/parse/document.js'
import { CONFIDENCE_SURE } from '../../pos-agent/parse/document.js'
import { parseCsv } from '../../pos-agent/parse/csv-reader.js'
import { readCapture } from '../../pos-agent/parse/read-capture.js'
import { dataFolder, hasData } from './data-folder.js'

// Every captured file with a known answer is read and compared with it, field by field.

const FLUSH_BYTES = 4
const TRUNCATIONS_MAX = 2_000

interface ExpectedItem {
  name: string
  qty: string | null
  unit_price: string | null
  amount: string | null
}

interface ExpectedReceipt {
  kind: string
  receipt_no: string | null
  store: string | null
  terminal: string | null
  cashier: string | null
  local_time: string | null
  items: ExpectedItem[]
  total: string | null
  payments: { method: string; amount: string }[]
  change: string | null
  member: string | null
}

const fenOf = (decimal: string | null): number | null =>
  decimal === null ? null : Math.round(Number(decimal) * 100)

/** A cancelled order is read as a void; our own name for it. */
const kindOf = (kind: string): string => (kind === 'status_cancelled' ? 'void' : kind)

function expectedOf(receipt: ExpectedReceipt): Record<string, unknown> {
  return {
    kind: kindOf(receipt.kind),
    receiptNo: receipt.receipt_no,
    storeNo: receipt.store,
    terminalNo: receipt.terminal,
    cashier: receipt.cashier,
    // The contract keeps the wall clock and drops an offset.
    printedAt: receipt.local_time?.slice(0, 19) ?? null,
    lines: receipt.items.map((item) => [
      item.name,
      item.qty === null ? null : Number(item.qty),
      fenOf(item.unit_price),
      fenOf(item.amount),
    ]),
    totalFen: fenOf(receipt.total),
    payments: receipt.payments.map(({ method, amount }) => [method, fenOf(amount)]),
    changeFen: fenOf(receipt.change),
    memberHint: receipt.member,
  }
}

function readOf(document: CapturedDocument): Record<string, unknown> {
  const { kind, receiptNo, storeNo, terminalNo, cashier, printedAt } = document
  return {
    kind,
    receiptNo,
    storeNo,
    terminalNo,
    cashier,
    printedAt,
    lines: document.lines.map((l) => [l.name, l.quantity, l.unitPriceFen, l.amountFen]),
    totalFen: document.totalFen,
    payments: document.payments.map(({ method, amountFen }) => [method, amountFen]),
    changeFen: document.changeFen,
    memberHint: document.memberHint,
  }
}

const folder = (name: string): string => join(dataFolder, 'pos', name)
const bytesOf = (kind: string, file: string): Uint8Array => readFileSync(join(folder(kind), file))
function answersOf(file: string): { receipts?: ExpectedReceipt[] } & Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder('expected'), `${file}.json`), 'utf8')) as never
}

const present = hasData()
const filesOf = (kind: string): string[] => (present ? readdirSync(folder(kind)).sort() : ['-'])
const whenPresent = present ? describe : describe.skip

whenPresent('captures with known answers (skipped where ../shared/data is absent)', () => {
  it.each(filesOf('escpos'))('reads what the printer was sent as a person would: %s', (file) => {
    const documents = readCapture(bytesOf('escpos', file), { fileName: file })
    const { receipts = [] } = answersOf(file)
    expect(documents.map(readOf)).toEqual(receipts.map(expectedOf))
  })

  it.each(filesOf('escpos'))('is sure of the totals it may be sure of: %s', (file) => {
    for (const document of readCapture(bytesOf('escpos', file), { fileName: file }))
      expect(document.confidence).toBeGreaterThanOrEqual(CONFIDENCE_SURE)
  })

  it.each(['cn-orders-gbk-slice.csv', 'uci-online-retail-2010-12-01-slice.csv'])(
    'reads a list of sales row by row: %s',
    (file) => {
      const { documents, quarantined } = parseCsv(bytesOf('csv', file))
      const { receipts = [] } = answersOf(file)
      expect(documents.map(readOf)).toEqual(receipts.map(expectedOf))
      expect(quarantined).toEqual([])
    },
  )

  it('keeps when an online order was placed apart from when a receipt was printed', () => {
    const [first] = parseCsv(bytesOf('csv', 'cn-orders-gbk-slice.csv')).documents
    expect(first).toMatchObject({ printedAt: null, placedAt: '2024-01-01T08:41:00' })
  })

  it('sets impossible rows aside with a reason and reads the rest', () => {
    const file = 'cn-retail-named-gbk-but-utf8.csv'
    const { documents, quarantined, encoding } = parseCsv(bytesOf('csv', file))
    expect(encoding).toBe('utf-8')
    expect(quarantined).toEqual([
      { row: 4, reason: 'impossible date: 20250229' },
      { row: 6, reason: 'quantity is empty' },
    ])
    expect(documents.map(({ kind, totalFen }) => [kind, totalFen])).toEqual([
      ['sale', 2000],
      ['sale', 2000],
      ['refund', -1000],
      ['sale', 2400],
    ])
  })

  it('reads a dBase table in GBK without its deleted records', () => {
    const file = 'cn-sales-gbk-derived.dbf'
    const { expected } = answersOf(file) as { expected: { live: Record<string, string>[] } }
    const documents = readCapture(bytesOf('dbf', file), { fileName: file })
    expect(
      documents.map(({ receiptNo, totalFen, printedAt }) => [receiptNo, totalFen, printedAt]),
    ).toEqual(
      expected.live.map(({ DJH = '', JE = '', RQ = '', SJ = '' }) => [
        DJH,
        fenOf(JE),
        `${RQ.slice(0, 4)}-${RQ.slice(4, 6)}-${RQ.slice(6)}T${SJ}`,
      ]),
    )
  })

  it('finds no sale in tables that are no lists of sales', () => {
    for (const file of ['cp1251.dbf', 'northwind-products-vfp.dbf'])
      expect(readCapture(bytesOf('dbf', file), { fileName: file })).toEqual([])
  })

  it('reads a sale off the customer display, for a cashier to confirm', () => {
    const file = 'led8-sale.bin'
    const { receipts = [] } = answersOf(file)
    const documents = readCapture(bytesOf('cfd', file), { fileName: file })
    expect(documents.map(readOf)).toEqual(receipts.map(expectedOf))
    expect(documents[0]?.confidence).toBeLessThan(CONFIDENCE_SURE)
  })

  it.each(['shopify-order.json', 'shopify-refund.json'])('reads a shop system’s %s', (file) => {
    const { receipts = [] } = answersOf(file)
    expect(readCapture(bytesOf('json', file), { fileName: file }).map(readOf)).toEqual(
      receipts.map(expectedOf),
    )
  })

  it.each(filesOf('escpos').filter((file) => !file.startsWith('demo')))(
    'is never sure of a wrong total when the capture is cut short: %s',
    (file) => {
      const bytes = bytesOf('escpos', file)
      const totals = new Set((answersOf(file).receipts ?? []).map(({ total }) => fenOf(total)))
      const wrong: unknown[] = []
      const step = Math.max(1, Math.ceil(bytes.length / TRUNCATIONS_MAX))
      for (let length = 0; length <= bytes.length - FLUSH_BYTES; length += step) {
        for (const document of readCapture(bytes.subarray(0, length), { fileName: file })) {
          const isSure = document.kind === 'sale' && document.confidence >= CONFIDENCE_SURE
          if (isSure && !totals.has(document.totalFen)) wrong.push([length, document.totalFen])
        }
      }
      expect(wrong).toEqual([])
    },
  )
})
