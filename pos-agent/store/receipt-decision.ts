import { isSameContent } from '@huike/shared/receipt'
import type { Fen } from '@huike/shared/quantities'
import type { DocumentKind } from '../parse/document.js'
import type { ConfirmReason, SourceKind } from './types.js'

// What becomes of a captured document, given what this till has seen before. A pure function, so
// that every case is one row of a table in its test.
//
// One policy to know: the same number with other content is still sent. The server holds every
// till's receipts, so it decides, parks it and shows it to a manager; the till shows "conflict".

/** A receipt this till knows already. */
export interface KnownReceipt {
  receiptId: string
  state: 'needs_confirm' | 'waiting' | 'settled' | 'parked'
  sourceKind: SourceKind
  totalFen: Fen | null
  printedAt: string | null
  contentSha256: string
}

export interface DecisionInput {
  kind: DocumentKind
  hasNumber: boolean
  doubt: ConfirmReason | null
  sourceKind: SourceKind
  totalFen: Fen | null
  printedAt: string | null
  contentSha256: string
  /** Under the same business key. */
  sameKey: KnownReceipt | null
  /** The first print of a reprint or copy; the sale a void names. */
  original: KnownReceipt | null
  /** From another kind of source, without a shared number: same total, about the same time. */
  similar: KnownReceipt | null
}

export type Decision =
  | { outcome: 'emit' }
  /** Takes the place of a reading that was in doubt. */
  | { outcome: 'supersede'; receiptId: string }
  /** A refund of the whole original. */
  | { outcome: 'emit_refund_of'; receiptId: string }
  | { outcome: 'emit_conflicting'; receiptId: string }
  | { outcome: 'attach'; receiptId: string }
  | { outcome: 'ask'; reason: ConfirmReason }
  | { outcome: 'ignore' }

/** Decides what becomes of one document. */
export function decideDocument(input: DecisionInput): Decision {
  switch (input.kind) {
    case 'sale':
    case 'refund':
      return decideCheckout(input)
    case 'void':
      return decideVoid(input)
    case 'reprint':
    case 'duplicate_copy':
      return input.original
        ? { outcome: 'attach', receiptId: input.original.receiptId }
        : { outcome: 'ask', reason: 'reprint_unknown' }
    case 'display_sale':
      return { outcome: 'ask', reason: 'display_only' }
    case 'prebill':
    case 'kitchen':
    case 'voucher':
    case 'report':
    case 'control':
    case 'non_receipt':
    case 'unreadable':
      return { outcome: 'ignore' }
  }
}

function decideCheckout(input: DecisionInput): Decision {
  const known = input.sameKey
  if (known) return decideAgainst(input, known)
  if (input.doubt !== null) return { outcome: 'ask', reason: input.doubt }
  if (input.similar) return { outcome: 'ask', reason: 'other_source_similar' }
  return { outcome: 'emit' }
}

function decideAgainst(input: DecisionInput, known: KnownReceipt): Decision {
  const attach: Decision = { outcome: 'attach', receiptId: known.receiptId }
  if (input.totalFen === null) return attach
  const isSame = sameContent(input, known)
  // Without a number, the key is the text itself: twice the same text may be two sales in one second.
  if (isSame && !input.hasNumber && input.sourceKind === known.sourceKind)
    return { outcome: 'ask', reason: 'possible_duplicate' }
  if (known.state === 'needs_confirm' && input.doubt === null)
    return { outcome: 'supersede', receiptId: known.receiptId }
  if (isSame) return attach
  if (input.doubt !== null) return { outcome: 'ask', reason: 'number_reused' }
  return { outcome: 'emit_conflicting', receiptId: known.receiptId }
}

function decideVoid(input: DecisionInput): Decision {
  if (input.sameKey) return { outcome: 'attach', receiptId: input.sameKey.receiptId }
  const original = input.original
  if (!original || original.totalFen === null || original.state === 'needs_confirm')
    return { outcome: 'ask', reason: 'void_unknown' }
  return { outcome: 'emit_refund_of', receiptId: original.receiptId }
}

function sameContent(input: DecisionInput, known: KnownReceipt): boolean {
  if (input.totalFen === null || known.totalFen === null) return false
  return isSameContent(
    { ...input, totalFen: input.totalFen },
    { ...known, totalFen: known.totalFen },
  )
}
