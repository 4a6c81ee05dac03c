import { z } from 'zod'
import type { Fen } from '@huike/shared/quantities'
import { fenOfDecimal } from './amounts.js'
import type { CapturedDocument } from './document.js'
import { decodeFile } from './encoding.js'
import { readMoment } from './printed-time.js'
import { blankDocument } from './receipt-reader.js'

// JSON files dropped by a till or a shop system.
//
// Our own shape, for whoever writes an export: one object, or an array of objects, each
//   { "kind": "sale" | "refund" | "void", "receiptNo": "0012", "printedAt": "2026-03-05 18:21:07",
//     "storeNo"?, "terminalNo"?, "cashier"?, "member"?, "originalReceiptNo"?,
//     "lines": [{ "name", "code"?, "quantity"?, "unit"?, "unitPriceYuan"?, "amountYuan" }],
//     "totalYuan": 21.32, "payments": [{ "method": "cash", "amountYuan": 50 }], "changeYuan"? }
// Every …Yuan may be a number or a decimal string, or be given as …Fen, a whole number. On a
// refund amounts may be written positive: they are taken back. Shopify's `order` and `refund`
// objects are read as they come.

export interface QuarantinedObject {
  /** 1 for the first object of the file. */
  row: number
  reason: string
}

export interface JsonReading {
  documents: CapturedDocument[]
  quarantined: QuarantinedObject[]
}

const OBJECTS_MAX = 10_000
const TEXT_MAX = 200
const LINES_MAX = 1_000
const PAYMENTS_MAX = 20
const SURE = 0.97
const UNSURE = 0.8

const yuan = z.union([z.number(), z.string().max(20)]).optional()
const fen = z.int().optional()
const text = z.union([z.string().max(TEXT_MAX), z.number()]).nullish()

const lineSchema = z.looseObject({
  name: z.string().max(TEXT_MAX),
  code: text,
  quantity: z.number().nullish(),
  unit: text,
  unitPriceYuan: yuan,
  unitPriceFen: fen,
  amountYuan: yuan,
  amountFen: fen,
})
const receiptSchema = z.looseObject({
  kind: z.enum(['sale', 'refund', 'void']).default('sale'),
  receiptNo: text,
  printedAt: text,
  storeNo: text,
  terminalNo: text,
  cashier: text,
  member: text,
  originalReceiptNo: text,
  lines: z.array(lineSchema).max(LINES_MAX).default([]),
  totalYuan: yuan,
  totalFen: fen,
  payments: z
    .array(z.looseObject({ method: z.string().max(32), amountYuan: yuan, amountFen: fen }))
    .max(PAYMENTS_MAX)
    .default([]),
  changeYuan: yuan,
  changeFen: fen,
})
const shopifyLineSchema = z.looseObject({
  name: z.string(),
  sku: z.string().nullish(),
  price: z.string(),
  quantity: z.number(),
})
const shopifyOrderSchema = z.looseObject({
  order_number: z.number(),
  created_at: z.string(),
  total_price: z.string(),
  line_items: z.array(shopifyLineSchema).max(LINES_MAX),
})
const shopifyRefundSchema = z.looseObject({
  id: z.number(),
  order_id: z.number(),
  created_at: z.string(),
  refund_line_items: z
    .array(z.looseObject({ quantity: z.number(), line_item: shopifyLineSchema }))
    .max(LINES_MAX),
})

/** Reads the bytes of a JSON file. Never throws; what cannot be read is set aside with a reason. */
export function parseJson(bytes: Uint8Array): JsonReading {
  const parsed = parseText(decodeFile(bytes).text)
  if (parsed === undefined)
    return { documents: [], quarantined: [{ row: 0, reason: 'not valid JSON' }] }
  const documents: CapturedDocument[] = []
  const quarantined: QuarantinedObject[] = []
  const objects: unknown[] = Array.isArray(parsed) ? parsed.slice(0, OBJECTS_MAX) : [parsed]
  objects.forEach((object, index) => {
    const read = readObject(object)
    if (typeof read === 'string') quarantined.push({ row: index + 1, reason: read })
    else documents.push(read)
  })
  return { documents, quarantined }
}

function parseText(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch {
    return undefined
  }
}

function readObject(object: unknown): CapturedDocument | string {
  const wrapped = z.looseObject({ order: shopifyOrderSchema }).safeParse(object)
  if (wrapped.success) return shopifyOrder(wrapped.data.order)
  const refund = z.looseObject({ refund: shopifyRefundSchema }).safeParse(object)
  if (refund.success) return shopifyRefund(refund.data.refund)
  const own = receiptSchema.safeParse(object)
  if (!own.success) return own.error.issues[0]?.message ?? 'not a receipt'
  return ownReceipt(own.data)
}

function ownReceipt(receipt: z.infer<typeof receiptSchema>): CapturedDocument | string {
  const { kind } = receipt
  const sign = kind === 'refund' ? -1 : 1
  const total = amount(receipt.totalFen, receipt.totalYuan)
  if (total === null) return 'neither totalYuan nor totalFen is an amount'
  const lines = receipt.lines.map((line) => ({
    name: line.name,
    code: word(line.code),
    quantity:
      line.quantity == null ? null : sign * Math.abs(line.quantity) * keep(line.quantity, sign),
    unit: word(line.unit),
    unitPriceFen: amount(line.unitPriceFen, line.unitPriceYuan),
    amountFen: taken(amount(line.amountFen, line.amountYuan), sign),
  }))
  const totalFen = taken(total, sign)
  const sum = lines.reduce((all, { amountFen }) => all + (amountFen ?? 0), 0)
  const moment = readMoment(word(receipt.printedAt) ?? '')
  return {
    ...blankDocument(),
    kind,
    receiptNo: word(receipt.receiptNo),
    storeNo: word(receipt.storeNo),
    terminalNo: word(receipt.terminalNo),
    cashier: word(receipt.cashier),
    printedAt: moment && moment.time !== null ? `${moment.date}T${moment.time}` : null,
    printedDate: moment && moment.time === null ? moment.date : null,
    lines,
    totalFen,
    payments: receipt.payments.flatMap(({ method, amountFen, amountYuan }) => {
      const paid = taken(amount(amountFen, amountYuan), sign)
      return paid === null ? [] : [{ method, amountFen: paid }]
    }),
    changeFen: amount(receipt.changeFen, receipt.changeYuan),
    memberHint: word(receipt.member),
    originalReceiptNo: word(receipt.originalReceiptNo),
    // The document names its total: lines may leave out discounts, so they do not lower trust.
    confidence: SURE,
    checks: [itemsCheck(sum, totalFen)],
    template: 'json',
    text: lines.map(({ name }) => name).join('\n'),
  }
}

function shopifyOrder(order: z.infer<typeof shopifyOrderSchema>): CapturedDocument {
  const lines = order.line_items.map((line) => shopifyLine(line, line.quantity))
  const totalFen = fenOfDecimal(order.total_price)
  const sum = lines.reduce((all, { amountFen }) => all + (amountFen ?? 0), 0)
  const check = itemsCheck(sum, totalFen)
  return {
    ...blankDocument(),
    kind: 'sale',
    receiptNo: String(order.order_number),
    printedAt: wallClock(order.created_at),
    lines,
    totalFen,
    confidence: totalFen === null ? 0 : check.ok ? SURE : UNSURE,
    checks: [check],
    template: 'json/shopify',
    text: lines.map(({ name }) => name).join('\n'),
  }
}

/** Shopify's refund names lines, not what was paid back for them: no total can be read. */
function shopifyRefund(refund: z.infer<typeof shopifyRefundSchema>): CapturedDocument {
  const lines = refund.refund_line_items.map(({ quantity, line_item }) => ({
    ...shopifyLine(line_item, -quantity),
    amountFen: null,
  }))
  return {
    ...blankDocument(),
    kind: 'refund',
    receiptNo: String(refund.id),
    printedAt: wallClock(refund.created_at),
    lines,
    originalReceiptNo: String(refund.order_id),
    confidence: UNSURE,
    template: 'json/shopify',
    text: lines.map(({ name }) => name).join('\n'),
  }
}

function shopifyLine(
  line: z.infer<typeof shopifyLineSchema>,
  quantity: number,
): CapturedDocument['lines'][number] {
  const unitPriceFen = fenOfDecimal(line.price)
  const amountFen = unitPriceFen === null ? null : (Math.round(unitPriceFen * quantity) as Fen)
  return { name: line.name, code: line.sku ?? null, quantity, unit: null, unitPriceFen, amountFen }
}

function itemsCheck(sum: number, totalFen: number | null): CapturedDocument['checks'][number] {
  const detail = `${String(sum)} against ${String(totalFen)} fen`
  return { name: 'sum(items) = payable', ok: sum === totalFen, detail }
}

function wallClock(stamp: string): string | null {
  const moment = readMoment(stamp)
  return moment && moment.time !== null ? `${moment.date}T${moment.time}` : null
}

function amount(fenValue: number | undefined, yuanValue: number | string | undefined): Fen | null {
  if (fenValue !== undefined) return fenValue as Fen
  return yuanValue === undefined ? null : fenOfDecimal(String(yuanValue))
}

function taken(value: Fen | null, sign: 1 | -1): Fen | null {
  return value === null || sign === 1 || value === 0 ? value : (-Math.abs(value) as Fen)
}

/** On a sale a negative quantity stays negative. */
function keep(quantity: number, sign: 1 | -1): 1 | -1 {
  return sign === 1 && quantity < 0 ? -1 : 1
}

function word(value: string | number | null | undefined): string | null {
  const plain = value == null ? '' : String(value).trim()
  return plain === '' ? null : plain
}
