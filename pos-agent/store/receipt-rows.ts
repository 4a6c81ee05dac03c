import type { CapturedReceipt, CheckoutCaptured } from '@huike/shared/contracts/agent'
import { CONFIDENCE_SURE } from '../parse/document.js'
import { epochMs, fen } from '@huike/shared/quantities'
import type { EventId } from '@huike/shared/ids'
import type { StoreContext } from './context.js'
import type { KnownReceipt } from './receipt-decision.js'
import type { PreparedDocument, ReceiptPayload, SourceKind } from './types.js'

// Rows of captured documents. What is searched by (number, business key) is a keyed index; what the
// document says is sealed.

export type ReceiptState =
  'needs_confirm' | 'waiting' | 'settled' | 'parked' | 'attached' | 'ignored' | 'dropped'

export interface ReceiptRow {
  seq: number
  receipt_id: string
  capture_id: string
  kind: string
  business_index: string | null
  business_date: string
  printed_at: string | null
  total_fen: number | null
  source_kind: SourceKind
  content_sha256: string
  confidence: number
  state: ReceiptState
  confirm_reason: string | null
  code: string | null
  points: number | null
  captured_at_ms: number
  sealed: Buffer
}

/** Whose receipts these are: part of the business key. */
export interface Till {
  storeId: string
  terminalId: string
}

/** States in which a receipt counts as known: what later prints are compared with. */
const LIVE = "state IN ('needs_confirm', 'waiting', 'settled', 'parked')"
/** Two sources tell of one sale within this time of each other, by the printed clock. */
const SIMILAR_SECONDS_MAX = 600

/** Inserts a document's row; call it inside a transaction. */
export function insertReceipt(
  context: StoreContext,
  captureId: string,
  sourceKind: SourceKind,
  document: PreparedDocument,
  fate: {
    state: ReceiptState
    kind: string
    businessIndex: string | null
    confirmReason: string | null
    firstReceiptId: string | null
    payload: ReceiptPayload | null
  },
): void {
  const { receipt } = document
  context
    .database()
    .prepare(
      `INSERT INTO receipt (receipt_id, capture_id, document_index, kind, business_index,
         number_index, business_date, printed_at, total_fen, source_kind, content_sha256, confidence,
         state, confirm_reason, first_receipt_id, captured_at_ms, settled_at_ms, sealed)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      document.eventId,
      captureId,
      document.documentIndex,
      fate.kind,
      fate.businessIndex,
      receipt?.receiptNo == null ? null : context.sealer.index('number', receipt.receiptNo),
      receipt?.businessDate ?? '',
      receipt?.printedAt ?? null,
      fate.payload?.totalFen ?? document.totalFen,
      sourceKind,
      document.contentSha256,
      document.confidence,
      fate.state,
      fate.confirmReason,
      fate.firstReceiptId,
      document.capturedAtMs,
      fate.state === 'attached' || fate.state === 'ignored' ? document.capturedAtMs : null,
      context.sealer.sealJson(place(document.eventId), fate.payload),
    )
}

/** Finds by receipt id; undefined when there is none. */
export function receiptRow(context: StoreContext, receiptId: string): ReceiptRow | undefined {
  return context
    .database()
    .prepare<[string], ReceiptRow>('SELECT * FROM receipt WHERE receipt_id = ?')
    .get(receiptId)
}

/** The live receipt under a business index. */
export function liveByKey(context: StoreContext, index: string): ReceiptRow | undefined {
  return context
    .database()
    .prepare<[string], ReceiptRow>(`SELECT * FROM receipt WHERE business_index = ? AND ${LIVE}`)
    .get(index)
}

/** The first print of a number: of the same day if there is one, else the latest. */
export function liveByNumber(
  context: StoreContext,
  receiptNo: string,
  businessDate: string,
  kinds: readonly ('sale' | 'refund')[],
): ReceiptRow | undefined {
  return context
    .database()
    .prepare<[string, string, string], ReceiptRow>(
      `SELECT * FROM receipt WHERE number_index = ? AND ${LIVE}
         AND kind IN (SELECT value FROM json_each(?))
       ORDER BY business_date = ? DESC, seq DESC LIMIT 1`,
    )
    .get(context.sealer.index('number', receiptNo), JSON.stringify(kinds), businessDate)
}

/** A receipt from another kind of source, same total, printed about the same time, not both numbered. */
export function liveSimilar(
  context: StoreContext,
  sourceKind: SourceKind,
  document: PreparedDocument,
): ReceiptRow | undefined {
  const { receipt, totalFen } = document
  if (!receipt?.printedAt || totalFen === null) return undefined
  return context
    .database()
    .prepare<unknown[], ReceiptRow>(
      `SELECT * FROM receipt WHERE total_fen = ? AND business_date = ? AND kind = ?
         AND source_kind <> ? AND ${LIVE} AND (number_index IS NULL OR ?)
         AND abs(unixepoch(printed_at) - unixepoch(?)) <= ? LIMIT 1`,
    )
    .get(
      totalFen,
      receipt.businessDate,
      receipt.kind,
      sourceKind,
      receipt.receiptNo === null ? 1 : 0,
      receipt.printedAt,
      SIMILAR_SECONDS_MAX,
    )
}

/** What the decision compares with. */
export function known(row: ReceiptRow | undefined): KnownReceipt | null {
  if (!row) return null
  switch (row.state) {
    case 'needs_confirm':
    case 'waiting':
    case 'settled':
    case 'parked':
      return {
        receiptId: row.receipt_id,
        state: row.state,
        sourceKind: row.source_kind,
        totalFen: row.total_fen === null ? null : fen(row.total_fen),
        printedAt: row.printed_at,
        contentSha256: row.content_sha256,
      }
    case 'attached':
    case 'ignored':
    case 'dropped':
      return null
  }
}

/** What the document said. */
export function openPayload(context: StoreContext, row: ReceiptRow): ReceiptPayload | null {
  return context.sealer.openJson(place(row.receipt_id), row.sealed) as ReceiptPayload | null
}

/** Seals a changed payload into its row; call it inside a transaction. */
export function sealPayload(
  context: StoreContext,
  receiptId: string,
  payload: ReceiptPayload,
): void {
  context
    .database()
    .prepare('UPDATE receipt SET sealed = ?, total_fen = ? WHERE receipt_id = ?')
    .run(context.sealer.sealJson(place(receiptId), payload), payload.totalFen, receiptId)
}

/** The event that tells the server of a receipt. Its id is the receipt's id. */
export function checkoutEvent(input: {
  receiptId: string
  receipt: CapturedReceipt
  payload: ReceiptPayload
  sourceKind: SourceKind
  confidence: number
  confirmed: boolean
  capturedAtMs: number
}): CheckoutCaptured {
  const { payload } = input
  return {
    type: 'checkout.captured',
    eventId: input.receiptId as EventId,
    occurredAtMs: epochMs(payload.occurredAtMs),
    receipt: input.receipt,
    source: {
      kind: input.sourceKind,
      template: payload.template,
      confidence: input.confirmed ? input.confidence : Math.max(input.confidence, CONFIDENCE_SURE),
      confirmed: input.confirmed,
      capturedAtMs: epochMs(input.capturedAtMs),
    },
    who: payload.who,
  }
}

function place(receiptId: string): string {
  return `receipt:${receiptId}`
}
