import type { Fen } from '@huike/shared/quantities'
import type { CapturedDocument, DocumentCheck, DocumentKind } from './document.js'
import { hasRefundLabel, readMark, type DocumentMark } from './document-class.js'
import type { PrintedLine, PrintJob } from './escpos-layout.js'
import { readHeaderFields, type HeaderFields } from './header-fields.js'
import { readHeadingName } from './heading.js'
import { readItems, type ItemsReading } from './items.js'
import { choosePayable, type Payable } from './payable.js'
import { readPayments, readChange } from './payments.js'
import { readSummary, type Summary } from './summary.js'

// Reads one printed document: lines in, a document out. Pure and total: whatever the lines say,
// the answer is a document, if need be one that says it is no receipt. Work is bounded by the
// bounds on lines and columns.

export interface PrintedPage {
  lines: readonly PrintedLine[]
  /** The paper was seen to end: a cut, paper fed, the drawer opened. */
  ended: boolean
  /** Rows of dots printed as pictures. */
  rasterRows: number
  encoding: string
}

/** A picture with no text beside it and at least this high may be a receipt we cannot read. */
export const RASTER_ROWS_MIN = 64
const LINE_CHARACTERS_MAX = 400
const NOT_ENDED_CONFIDENCE_MAX = 0.85
const NO_TOTAL_CONFIDENCE = 0.3
/** Two receipts on one paper: one of them would be lost. */
const SEVERAL_CONFIDENCE_MAX = 0.5
const OTHER_KIND_CONFIDENCE = 0.95
const THANKS = /谢谢|感谢|欢迎(?:再次|下次)?(?:光临|惠顾)|多谢|再见|thank you|please come again/i
const VOUCHER_CODE = /(?:code|券码|券号|兑换码|编号|核销码)\s*[::]\s*([A-Za-z0-9-]{4,32})/i

/** Reads the lines of one print job. */
export function readReceipt(page: PrintedPage): CapturedDocument {
  const lines = page.lines.filter(({ text }) => text.length <= LINE_CHARACTERS_MAX)
  const folded = lines.map((line) => line.folded)
  const text = page.lines
    .map((line) => line.text)
    .join('\n')
    .trim()
  if (text === '') return emptyDocument(page)
  const items = readItems(lines)
  const summary = readSummary(lines, items)
  const payable = choosePayable(summary.entries, items)
  const mark = readMark(folded, items, payable !== null)
  const header = readHeaderFields(folded)
  const kind = kindOf({ mark, payable, items, header, folded, summary })
  const base = { ...blankDocument(), ...headerPart(header, lines), text }
  return documentOf(kind, base, { page, folded, items, summary, payable, header })
}

interface KindEvidence {
  mark: DocumentMark | null
  payable: Payable | null
  items: ItemsReading
  header: HeaderFields
  folded: readonly string[]
  summary: Summary
}

function kindOf({ mark, payable, items, header, folded, summary }: KindEvidence): DocumentKind {
  if (mark !== null && mark !== 'refund') return mark === 'voucher' && payable ? 'sale' : mark
  const isIdentified = header.receiptNo !== null || header.printedAt !== null
  const hasItems = items.items.length > 0
  if (!payable) {
    if (mark === 'refund' && isIdentified) return 'refund'
    if (hasItems && isIdentified && items.hasColumns) return 'sale'
    return isKitchen(folded, items, header) ? 'kitchen' : 'non_receipt'
  }
  const hasPayments = summary.entries.some(({ role }) => role === 'payment')
  if (!hasItems && !hasPayments && !isIdentified) return 'non_receipt'
  const isNegative = summary.entries.some(
    ({ role, fen }) => fen < 0 && ['payable', 'due', 'total', 'refund'].includes(role),
  )
  return mark === 'refund' || isNegative || isRefundByLabel(folded, summary) ? 'refund' : 'sale'
}

/** 退款金额 and no sum to pay: a refund without a title. */
function isRefundByLabel(folded: readonly string[], summary: Summary): boolean {
  const roles = new Set(summary.entries.map(({ role }) => role))
  if (!roles.has('refund') || roles.has('payable') || roles.has('change')) return false
  return (
    hasRefundLabel(folded) &&
    summary.entries.some(({ role, fen }) => role === 'refund' && fen !== 0)
  )
}

/** Dishes with counts and no price anywhere. */
function isKitchen(folded: readonly string[], items: ItemsReading, header: HeaderFields): boolean {
  if (items.items.length > 0 || folded.some((line) => /\d+\.\d{2}(?!\d)/.test(line))) return false
  const counted = folded.filter(
    (line) =>
      /\S\s+[x×*]?\s?\d{1,2}\s*(?:份|个|杯|碗|盘|例|瓶)?\s*$/i.test(line) &&
      /[\u4e00-\u9fff]{2}/.test(line),
  )
  const isTable = folded.some((line) => /桌号|台号|桌台|包厢|牌号|取餐号/.test(line))
  return counted.length > 0 && (isTable || header.printedAt !== null)
}

interface Read {
  page: PrintedPage
  folded: readonly string[]
  items: ItemsReading
  summary: Summary
  payable: Payable | null
  header: HeaderFields
}

function documentOf(kind: DocumentKind, base: CapturedDocument, read: Read): CapturedDocument {
  switch (kind) {
    case 'non_receipt':
      return { ...blankDocument(), text: base.text, kind, confidence: OTHER_KIND_CONFIDENCE }
    case 'voucher': {
      const code = VOUCHER_CODE.exec(read.folded.join('\n'))?.[1] ?? base.receiptNo
      return { ...base, kind, receiptNo: code, printedAt: null, confidence: OTHER_KIND_CONFIDENCE }
    }
    case 'report':
    case 'control':
      return { ...base, kind, confidence: OTHER_KIND_CONFIDENCE }
    case 'kitchen':
      return { ...base, kind, lines: documentLines(read.items), confidence: OTHER_KIND_CONFIDENCE }
    default:
      return moneyDocument(kind, base, read)
  }
}

function moneyDocument(kind: DocumentKind, base: CapturedDocument, read: Read): CapturedDocument {
  const { payable, items, summary } = read
  const isRefund = kind === 'refund' || isRefundReprint(kind, summary)
  const sign = isRefund ? -1 : 1
  const totalFen = payable ? signed(payable.fen, sign) : null
  const payments = payable ? readPayments(summary, payable.fen, sign) : []
  return {
    ...base,
    kind,
    lines: isRefund ? negated(documentLines(items)) : documentLines(items),
    totalFen,
    payments,
    changeFen: readChange(summary),
    confidence: round(confidenceOf(read)),
    checks: checksOf(read),
    template: items.hasColumns ? 'auto/columns' : 'auto/lines',
  }
}

function isRefundReprint(kind: DocumentKind, summary: Summary): boolean {
  return (
    (kind === 'reprint' || kind === 'duplicate_copy') &&
    summary.entries.some(({ role, fen }) => fen < 0 && (role === 'total' || role === 'payable'))
  )
}

function confidenceOf(read: Read): number {
  const { payable, page, folded, header } = read
  if (!payable) return NO_TOTAL_CONFIDENCE
  if (header.hasSeveralNumbers) return Math.min(payable.confidence, SEVERAL_CONFIDENCE_MAX)
  const isWhole = page.ended || folded.some((line) => THANKS.test(line))
  if (isWhole || payable.paymentsAgree === true) return payable.confidence
  return Math.min(payable.confidence, NOT_ENDED_CONFIDENCE_MAX)
}

function checksOf({ payable, items }: Read): DocumentCheck[] {
  const checks: DocumentCheck[] = []
  const products = items.items.filter(({ agrees }) => agrees !== null)
  if (products.length > 0) {
    const ok = products.filter(({ agrees }) => agrees === true).length
    const detail = `${String(ok)} of ${String(products.length)} lines`
    checks.push({ name: 'quantity × price = amount', ok: ok === products.length, detail })
  }
  if (!payable) return checks
  const detail = `payable ${String(payable.fen)} fen`
  if (payable.itemsAgree !== null)
    checks.push({ name: 'sum(items) - discounts = payable', ok: payable.itemsAgree, detail })
  if (payable.paymentsAgree !== null)
    checks.push({ name: 'sum(payments) - change = payable', ok: payable.paymentsAgree, detail })
  checks.push({ name: 'one payable amount', ok: !payable.isAmbiguous, detail })
  return checks
}

function headerPart(
  header: HeaderFields,
  lines: readonly PrintedLine[],
): Partial<CapturedDocument> {
  const { receiptNo, originalReceiptNo, terminalNo, cashier, memberHint, printedAt } = header
  const storeNo = header.storeLabelled ?? readHeadingName(lines)
  const printedDate = header.printedDate
  return {
    receiptNo,
    originalReceiptNo,
    storeNo,
    terminalNo,
    cashier,
    memberHint,
    printedAt,
    printedDate,
  }
}

function documentLines({ items }: ItemsReading): CapturedDocument['lines'] {
  return items.map(({ name, code, quantity, unit, unitPriceFen, amountFen }) => ({
    name,
    code,
    quantity,
    unit,
    unitPriceFen,
    amountFen,
  }))
}

/** On a refund everything is taken back, whichever sign the till prints. */
function negated(lines: CapturedDocument['lines']): CapturedDocument['lines'] {
  const isPrintedNegative = lines.some(({ amountFen }) => (amountFen ?? 0) < 0)
  if (isPrintedNegative) return lines
  return lines.map((line) => ({
    ...line,
    quantity: line.quantity === null ? null : -line.quantity,
    amountFen: line.amountFen === null ? null : signed(line.amountFen, -1),
  }))
}

function signed(fen: number, sign: 1 | -1): Fen {
  return (fen === 0 ? 0 : sign * Math.abs(fen)) as Fen
}

function round(confidence: number): number {
  return Math.round(confidence * 100) / 100
}

function emptyDocument(page: PrintedPage): CapturedDocument {
  const isPicture = page.rasterRows >= RASTER_ROWS_MIN
  const kind = isPicture ? 'unreadable' : 'non_receipt'
  return { ...blankDocument(), kind, confidence: isPicture ? 0 : OTHER_KIND_CONFIDENCE }
}

/** A document that says nothing. */
export function blankDocument(): CapturedDocument {
  return {
    kind: 'non_receipt',
    receiptNo: null,
    storeNo: null,
    terminalNo: null,
    cashier: null,
    printedAt: null,
    lines: [],
    totalFen: null,
    payments: [],
    changeFen: null,
    memberHint: null,
    originalReceiptNo: null,
    confidence: 0,
    checks: [],
    template: null,
    text: '',
  }
}

/** The page of a print job. */
export function pageOf(job: PrintJob): PrintedPage {
  const { lines, ended, rasterRows, encoding } = job
  return { lines, ended, rasterRows, encoding }
}
