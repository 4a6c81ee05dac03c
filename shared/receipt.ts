import type { Fen } from './quantities.js'

// Business identity of a checkout. A receipt number alone is not a key (numbers are reset, and
// reused by another till), nor is time + total (two sales share a second). See decision 0003.

export type ReceiptKind = 'sale' | 'refund'

/** What names one document of one till for good. */
export interface ReceiptIdentity {
  storeId: string
  terminalId: string
  /** `YYYY-MM-DD` in the store's calendar. */
  businessDate: string
  /** As printed; null when the document carries none. */
  receiptNo: string | null
  /** Stands in where no number is printed: a hash of the text, minted by the agent. */
  surrogateKey: string | null
  kind: ReceiptKind
}

/** `store|terminal|businessDate|receiptNo|kind`; throws when there is neither number nor surrogate. */
export function businessKey(identity: ReceiptIdentity): string {
  const no = identity.receiptNo ?? (identity.surrogateKey && `~${identity.surrogateKey}`)
  if (!no) throw new Error('a receipt needs a number or a surrogate key')
  const { storeId, terminalId, businessDate, kind } = identity
  return [storeId, terminalId, businessDate, no, kind].join('|')
}

/** What two captures of the same receipt are compared by. */
export interface ReceiptContent {
  sourceKind: string
  totalFen: Fen
  /** Local wall clock as printed, `YYYY-MM-DDTHH:mm:ss`, or null. */
  printedAt: string | null
  /** Hash of `receiptContentText`. */
  contentSha256: string
}

const PRINTED_SKEW_MS_MAX = 10 * 60_000

/**
 * Are two captures under one business key the same document?
 *
 * From the same kind of source the whole content must agree. Sources of different kinds word the
 * same sale differently (a CSV has no change, cuts names), so between them the payable total must
 * agree, and the printed times, where both have one, within ten minutes.
 */
export function isSameContent(a: ReceiptContent, b: ReceiptContent): boolean {
  if (a.sourceKind === b.sourceKind) return a.contentSha256 === b.contentSha256
  if (a.totalFen !== b.totalFen) return false
  if (a.printedAt === null || b.printedAt === null) return true
  const apartMs = Math.abs(Date.parse(`${a.printedAt}Z`) - Date.parse(`${b.printedAt}Z`))
  return apartMs <= PRINTED_SKEW_MS_MAX
}

/** The canonical text of what a receipt says; its SHA-256 is the content hash. */
export function receiptContentText(receipt: {
  kind: ReceiptKind
  printedAt: string | null
  originalReceiptNo: string | null
  totalFen: number
  lines: readonly { name: string; quantityMilli: number; amountFen: number }[]
  payments: readonly { method: string; amountFen: number }[]
}): string {
  return JSON.stringify([
    receipt.kind,
    receipt.printedAt,
    receipt.originalReceiptNo,
    receipt.totalFen,
    receipt.lines.map((line) => [line.name, line.quantityMilli, line.amountFen]),
    receipt.payments.map((payment) => [payment.method, payment.amountFen]),
  ])
}
