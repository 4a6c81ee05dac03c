import { createHash } from 'node:crypto'
import { capturedReceiptSchema } from '@huike/shared/contracts/agent'
import type { CapturedReceipt, Who } from '@huike/shared/contracts/agent'
import { RECEIPT_LINES_MAX, RECEIPT_PAYMENTS_MAX } from '@huike/shared/contracts/agent'
import { instantOfLocal, localTime } from '@huike/shared/local-time'
import { memberNoOfCode } from '@huike/shared/member-code'
import { maskPhonesIn, normalisePhone } from '@huike/shared/phone'
import { epochMs, fen } from '@huike/shared/quantities'
import type { BusinessDate, Fen } from '@huike/shared/quantities'
import { receiptContentText } from '@huike/shared/receipt'
import { mintEventId } from '../platform/mint.js'
import { CONFIDENCE_SURE } from '../parse/document.js'
import type { CapturedDocument, DocumentLine } from '../parse/document.js'
import type { CaptureForParse, ConfirmReason, PreparedDocument } from '../store/types.js'

// A document as read becomes a receipt as the contract wants it: amounts positive and the direction
// in `kind`, quantities in thousandths, a business date. What does not fit is cut, never invented:
// an amount in doubt stays in doubt and a cashier is asked.

const TEXT_CHARS_MAX = 8_000
const NAME_CHARS_MAX = 200
const CODE_CHARS_MAX = 64
const METHOD_CHARS_MAX = 32
const MILLI = 1_000
const MILLI_MAX = 1_000_000_000
const PRINTED = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/
/** A printed time may run ahead of the capture by this much: clocks differ. */
const AHEAD_MS_MAX = 86_400_000

export interface ReadDocument {
  document: CapturedDocument
  /** Stands for the text where no number is printed; from parse/receipt-text. */
  surrogateText: string
}

/** Prepares one read document for the store. `timeZone` is the store's. */
export function prepareDocument(
  read: ReadDocument,
  documentIndex: number,
  capture: CaptureForParse,
  timeZone: string,
): PreparedDocument {
  const { document } = read
  const { capturedAtMs } = capture
  const printedAt = printedOf(document)
  const wall = printedAt ?? datedOf(document) ?? localTime(capturedAtMs, timeZone)
  const direction = directionOf(document)
  const receipt = direction && receiptOf(read, direction, printedAt, wall)
  return {
    documentIndex,
    kind: document.kind,
    receipt,
    totalFen: receipt && positive(document.totalFen),
    contentSha256: receipt ? sha256(receiptContentText(receipt)) : '',
    confidence: Math.min(1, Math.max(0, document.confidence)),
    doubt: receipt ? doubtOf(document, capture.isPartial) : null,
    template: clip(document.template, CODE_CHARS_MAX),
    who: whoOf(document.memberHint, capturedAtMs),
    text: maskPhonesIn(document.text).slice(0, TEXT_CHARS_MAX),
    minute: (printedAt ?? localTime(capturedAtMs, timeZone)).slice(11, 16),
    capturedAtMs,
    occurredAtMs: occurredAt(capture, printedAt, timeZone),
    eventId: mintEventId(capturedAtMs),
  }
}

/** Which way the money went; null for documents that are no checkout. */
function directionOf(document: CapturedDocument): 'sale' | 'refund' | null {
  switch (document.kind) {
    case 'sale':
    case 'display_sale':
      return 'sale'
    case 'refund':
    case 'void':
      return 'refund'
    case 'reprint':
    case 'duplicate_copy':
      return document.totalFen !== null && document.totalFen < 0 ? 'refund' : 'sale'
    case 'prebill':
    case 'kitchen':
    case 'voucher':
    case 'report':
    case 'control':
    case 'non_receipt':
    case 'unreadable':
      return null
  }
}

function receiptOf(
  read: ReadDocument,
  kind: 'sale' | 'refund',
  printedAt: string | null,
  wall: string,
): CapturedReceipt | null {
  const { document } = read
  const receiptNo = clipNo(document.receiptNo)
  // On a refund written with minus signs everything turns round together.
  const sign = kind === 'refund' && (document.totalFen ?? 0) < 0 ? -1 : 1
  const draft = {
    kind,
    receiptNo,
    surrogateKey: receiptNo === null ? sha256(`${read.surrogateText}\n${printedAt ?? ''}`) : null,
    businessDate: wall.slice(0, 10) as BusinessDate,
    printedAt,
    cashier: clip(document.cashier, CODE_CHARS_MAX),
    lines: document.lines.slice(0, RECEIPT_LINES_MAX).flatMap((line) => lineOf(line, sign)),
    totalFen: positive(document.totalFen) ?? fen(0),
    payments: document.payments.slice(0, RECEIPT_PAYMENTS_MAX).map((payment) => ({
      method: clip(payment.method, METHOD_CHARS_MAX) ?? '其他',
      amountFen: positive(payment.amountFen) ?? fen(0),
    })),
    changeFen: positive(document.changeFen),
    originalReceiptNo: clipNo(document.originalReceiptNo),
  }
  const checked = capturedReceiptSchema.safeParse(draft)
  if (checked.success) return checked.data
  // Lines are for people; the total is what counts. Without them it may still be a receipt.
  const bare = capturedReceiptSchema.safeParse({ ...draft, lines: [], payments: [] })
  return bare.success ? bare.data : null
}

function lineOf(line: DocumentLine, sign: 1 | -1): CapturedReceipt['lines'] {
  if (line.amountFen === null) return []
  const milli = Math.round((line.quantity ?? 1) * MILLI) * sign
  return [
    {
      name: line.name.slice(0, NAME_CHARS_MAX),
      code: clip(line.code, CODE_CHARS_MAX),
      quantityMilli: Math.max(-MILLI_MAX, Math.min(MILLI_MAX, milli)) + 0,
      unitPriceFen: positive(line.unitPriceFen),
      amountFen: fen(line.amountFen * sign + 0),
    },
  ]
}

function doubtOf(document: CapturedDocument, isPartial: boolean): ConfirmReason | null {
  if (document.totalFen === null) return document.kind === 'void' ? null : 'total_missing'
  if (document.kind === 'sale' && document.totalFen < 0) return 'amount_doubtful'
  return isPartial || document.confidence < CONFIDENCE_SURE ? 'amount_doubtful' : null
}

function whoOf(hint: string | null, readAtMs: number): Who | null {
  if (hint === null) return null
  const phone = normalisePhone(hint)
  if (phone !== null) return { by: 'phone', phone }
  const isCode = memberNoOfCode(hint) !== null
  return isCode ? { by: 'member_code', memberCode: hint, readAtMs: epochMs(readAtMs) } : null
}

/** A tap sees a sale when it happens; a file may come a day later and says itself when. */
function occurredAt(capture: CaptureForParse, printedAt: string | null, timeZone: string): number {
  if (capture.sourceKind === 'escpos_tap' || printedAt === null) return capture.capturedAtMs
  const printedMs = instantOfLocal(printedAt, timeZone)
  const isBelievable =
    printedMs !== null && printedMs >= 0 && printedMs <= capture.capturedAtMs + AHEAD_MS_MAX
  return isBelievable ? printedMs : capture.capturedAtMs
}

function printedOf(document: CapturedDocument): string | null {
  const { printedAt } = document
  const isReal =
    printedAt !== null && PRINTED.test(printedAt) && !Number.isNaN(Date.parse(`${printedAt}Z`))
  return isReal ? printedAt : null
}

/** A document without a printed time may still say which day it is of, or when it was ordered. */
function datedOf(document: CapturedDocument): string | null {
  const wall =
    document.placedAt ?? (document.printedDate ? `${document.printedDate}T00:00:00` : null)
  return wall !== null && PRINTED.test(wall) && !Number.isNaN(Date.parse(`${wall}Z`)) ? wall : null
}

function positive(amount: Fen | null): Fen | null {
  return amount === null ? null : fen(Math.abs(amount))
}

/** A number is cut to nothing rather than to another number. */
function clipNo(text: string | null): string | null {
  const trimmed = text?.trim() ?? ''
  return trimmed === '' || trimmed.length > CODE_CHARS_MAX ? null : trimmed
}

function clip(text: string | null, charsMax: number): string | null {
  const clipped = text?.trim().slice(0, charsMax).trim() ?? ''
  return clipped === '' ? null : clipped
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
