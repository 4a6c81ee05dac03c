import type { Fen } from '@huike/shared/quantities'

// What reading a capture yields. The reader is pure: bytes and a template in, documents out. It
// never guesses: what a document does not say is null, and what it says ambiguously lowers
// `confidence` below CONFIDENCE_SURE, so that a cashier is asked.

/** At or above this a document is taken as read; below it a person confirms. */
export const CONFIDENCE_SURE = 0.9

/** Only `sale`, `refund` and `void` change points; the rest is told apart so that it does not. */
export type DocumentKind =
  | 'sale'
  | 'refund'
  | 'void'
  | 'reprint'
  | 'duplicate_copy'
  | 'prebill'
  | 'kitchen'
  | 'voucher'
  | 'report'
  | 'control'
  | 'display_sale'
  | 'non_receipt'
  | 'unreadable'

export interface DocumentLine {
  name: string
  code: string | null
  /** As sold: 2, 0.986; negative when taken back; null where the document does not say. */
  quantity: number | null
  unit: string | null
  unitPriceFen: Fen | null
  /** Signed: negative on a refund line. */
  amountFen: Fen | null
}

/** One arithmetic check the reader made, e.g. `sum(items) - discounts = payable`. */
export interface DocumentCheck {
  name: string
  ok: boolean
  detail: string
}

export interface CapturedDocument {
  kind: DocumentKind
  receiptNo: string | null
  /** The store's number, or its name where only that is printed. */
  storeNo: string | null
  terminalNo: string | null
  cashier: string | null
  /** Wall clock as printed, `YYYY-MM-DDTHH:mm:ss`, no zone. */
  printedAt: string | null
  /** The date, `YYYY-MM-DD`, where it is printed without a time of day. */
  printedDate?: string | null
  /**
   * When an order was placed, where that is all a list of orders says. It is not when it was paid,
   * so it is not `printedAt`.
   */
  placedAt?: string | null
  lines: DocumentLine[]
  /** The amount payable; negative on a refund. */
  totalFen: Fen | null
  payments: { method: string; amountFen: Fen }[]
  changeFen: Fen | null
  /** What the document says of the member: a masked or full phone number, a card number. */
  memberHint: string | null
  /** The sale that a refund, a void or a reprint names. */
  originalReceiptNo: string | null
  confidence: number
  checks: DocumentCheck[]
  /** Name of the layout that read it. */
  template: string | null
  /** The printable text, for people and for the surrogate key. */
  text: string
}
