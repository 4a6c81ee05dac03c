import type { CapturedReceipt, CheckoutCaptured, Who } from '@huike/shared/contracts/agent'
import type { EventId } from '@huike/shared/ids'
import type { Fen } from '@huike/shared/quantities'
import type { DocumentKind } from '../parse/document.js'

// What passes between the store and the rest of the agent.

export type SourceKind = CheckoutCaptured['source']['kind']

/** One capture as a source took it. */
export interface RawCapture {
  captureId: string
  sourceKind: SourceKind
  sourceId: string
  /** The source's own name for it: a capture that comes again under it is taken once. */
  jobId: string | null
  /** True when bytes are known to be missing: it is not taken at its word. */
  isPartial: boolean
  /** Corrected by the server offset known at that time. */
  capturedAtMs: number
  wallMs: number
  monotonicMs: number
  fileName: string | null
  bytes: Uint8Array
}

/** How far a source has been taken. `item` is '' where a source has one cursor only. */
export interface CursorUpdate {
  sourceId: string
  item: string
  value: string
}

export interface CaptureForParse {
  captureId: string
  sourceKind: SourceKind
  capturedAtMs: number
  isPartial: boolean
  fileName: string | null
  bytes: Uint8Array
  /** This try included. */
  attempts: number
}

/** Why a cashier is asked; the sentences are in confirm-reasons.ts. */
export type ConfirmReason =
  | 'amount_doubtful'
  | 'total_missing'
  | 'reprint_unknown'
  | 'void_unknown'
  | 'display_only'
  | 'possible_duplicate'
  | 'other_source_similar'
  | 'number_reused'

/** A document made ready by intake: normalised, not yet compared with what is known. */
export interface PreparedDocument {
  documentIndex: number
  kind: DocumentKind
  /** Amounts positive. Null for kinds that carry no checkout. */
  receipt: CapturedReceipt | null
  /** Null when the total was not read; `receipt.totalFen` is then 0 and means nothing. */
  totalFen: Fen | null
  contentSha256: string
  confidence: number
  /** Null when sure. */
  doubt: ConfirmReason | null
  template: string | null
  who: Who | null
  /** The text for the cashier, phone numbers masked. */
  text: string
  /** `HH:mm` as printed, else when captured, on the store's wall. */
  minute: string
  capturedAtMs: number
  occurredAtMs: number
  /** Minted now; the outbox row and the receipt carry it. */
  eventId: EventId
}

/** A row of a file that could not be read. */
export interface QuarantinedRow {
  /** 1 for the first row below the header. */
  row: number
  reason: string
}

/** What became of a document. */
export type DocumentOutcome =
  'sent' | 'needs_confirm' | 'duplicate' | 'conflict_sent' | 'ignored' | 'known'

/** What the store seals of a receipt. */
export interface ReceiptPayload {
  receipt: CapturedReceipt
  totalFen: Fen | null
  template: string | null
  who: Who | null
  text: string
  minute: string
  occurredAtMs: number
}
