import { businessKey } from '@huike/shared/receipt'
import type { CapturedReceipt } from '@huike/shared/contracts/agent'
import { crashPoint } from '../platform/crash-points.js'
import { assignmentOf } from './assignment-rows.js'
import type { StoreContext } from './context.js'
import { appendEvent } from './outbox-rows.js'
import { decideDocument } from './receipt-decision.js'
import type { Decision } from './receipt-decision.js'
import {
  checkoutEvent,
  insertReceipt,
  known,
  liveByKey,
  liveByNumber,
  liveSimilar,
  openPayload,
  receiptRow,
} from './receipt-rows.js'
import type { ReceiptRow, Till } from './receipt-rows.js'
import type {
  ConfirmReason,
  DocumentOutcome,
  PreparedDocument,
  ReceiptPayload,
  SourceKind,
} from './types.js'

// Documents become receipts. All documents of a capture, their outbox rows and the mark "parsed" are
// one commit: after a crash either all of it is there, or the capture is read again from its bytes.

export interface RecordInput {
  captureId: string
  sourceKind: SourceKind
  till: Till
  documents: PreparedDocument[]
  nowMs: number
}

export class Receipts {
  constructor(private readonly context: StoreContext) {}

  /** Records what a capture contained; `known` documents were recorded by an earlier try. */
  record(input: RecordInput): DocumentOutcome[] {
    crashPoint('intake.before_receipt_commit')
    const outcomes = this.context.write((database) => {
      const told = input.documents.map((document) => this.recordOne(input, document))
      database
        .prepare("UPDATE raw_capture SET state = 'parsed' WHERE capture_id = ?")
        .run(input.captureId)
      return told
    })
    crashPoint('intake.after_receipt_commit')
    return outcomes
  }

  private recordOne(input: RecordInput, document: PreparedDocument): DocumentOutcome {
    const { context } = this
    const before = context
      .database()
      .prepare('SELECT 1 FROM receipt WHERE capture_id = ? AND document_index = ?')
      .get(input.captureId, document.documentIndex)
    if (before !== undefined) return 'known'
    const key = document.receipt && this.keyOf(input.till, document.receipt)
    const sameKey = key === null ? undefined : liveByKey(context, key)
    const original = this.originalOf(input.till, document)
    const decision = decideDocument({
      kind: document.kind,
      hasNumber: document.receipt?.receiptNo != null,
      doubt: document.doubt,
      sourceKind: input.sourceKind,
      totalFen: document.totalFen,
      printedAt: document.receipt?.printedAt ?? null,
      contentSha256: document.contentSha256,
      sameKey: known(sameKey),
      original: known(original),
      similar: known(liveSimilar(context, input.sourceKind, document)),
    })
    return this.carryOut(input, document, decision, key)
  }

  private carryOut(
    input: RecordInput,
    document: PreparedDocument,
    decision: Decision,
    key: string | null,
  ): DocumentOutcome {
    const insert = this.inserter(input, document)
    switch (decision.outcome) {
      case 'emit':
        return this.emit(input, document, key, 'sent')
      case 'supersede':
        return this.supersede(input, document, key, decision.receiptId)
      case 'emit_conflicting':
        return this.emit(input, document, null, 'conflict_sent')
      case 'emit_refund_of':
        return this.emitRefundOf(input, document, decision.receiptId)
      case 'attach':
        insert({ state: 'attached', firstReceiptId: decision.receiptId })
        this.tellWhose(input, document, key, decision.receiptId)
        return 'duplicate'
      case 'ask':
        return this.ask(input, document, decision.reason, key)
      case 'ignore':
        insert({ state: 'ignored' })
        return 'ignored'
    }
  }

  private emit(
    input: RecordInput,
    document: PreparedDocument,
    key: string | null,
    outcome: DocumentOutcome,
  ): DocumentOutcome {
    const { receipt } = document
    if (!receipt) throw new Error(`a ${document.kind} without a receipt cannot be sent`)
    const payload = payloadOf(document)
    this.inserter(input, document)({ state: 'waiting', businessIndex: key, payload })
    appendEvent(this.context, sureCheckout(input, document, receipt, payload), input.nowMs)
    return outcome
  }

  /**
   * The first source did not know whose the receipt is and this one does: it is sent as well. The
   * server takes it for the same purchase, by its business key, and learns who.
   */
  private tellWhose(
    input: RecordInput,
    document: PreparedDocument,
    key: string | null,
    firstId: string,
  ): void {
    const { context } = this
    const { receipt } = document
    const first = key === null ? undefined : liveByKey(context, key)
    if (!receipt || document.who === null || first?.receipt_id !== firstId) return
    if (first.source_kind === input.sourceKind || openPayload(context, first)?.who !== null) return
    if (first.state !== 'waiting' && first.state !== 'settled') return
    if (assignmentOf(context, firstId)) return
    const payload = payloadOf(document)
    appendEvent(context, sureCheckout(input, document, receipt, payload), input.nowMs)
  }

  /** The sure reading replaces the doubtful one, and takes its member along. */
  private supersede(
    input: RecordInput,
    document: PreparedDocument,
    key: string | null,
    doubtfulId: string,
  ): DocumentOutcome {
    const database = this.context.database()
    database
      .prepare(
        `UPDATE receipt SET state = 'attached', business_index = NULL, first_receipt_id = ?,
           settled_at_ms = ? WHERE receipt_id = ?`,
      )
      .run(document.eventId, input.nowMs, doubtfulId)
    const assigned = database
      .prepare<[string], { member_id: string }>(
        'SELECT member_id FROM assignment WHERE receipt_id = ?',
      )
      .get(doubtfulId)
    if (!assigned) return this.emit(input, document, key, 'sent')
    database
      .prepare('UPDATE assignment SET receipt_id = ? WHERE receipt_id = ?')
      .run(document.eventId, doubtfulId)
    const who = { by: 'member' as const, memberId: assigned.member_id as never }
    return this.emit(input, { ...document, who }, key, 'sent')
  }

  private emitRefundOf(
    input: RecordInput,
    document: PreparedDocument,
    originalId: string,
  ): DocumentOutcome {
    const row = receiptRow(this.context, originalId)
    const original = row && openPayload(this.context, row)
    if (!original || !document.receipt) throw new Error('the original of a void has gone')
    const receipt: CapturedReceipt = {
      ...document.receipt,
      kind: 'refund',
      receiptNo: document.receipt.receiptNo ?? original.receipt.receiptNo,
      originalReceiptNo: original.receipt.receiptNo,
      lines: original.receipt.lines,
      totalFen: original.receipt.totalFen,
      payments: [],
      changeFen: null,
    }
    const refund = { ...document, receipt, totalFen: receipt.totalFen }
    return this.emit(input, refund, this.keyOf(input.till, receipt), 'sent')
  }

  private ask(
    input: RecordInput,
    document: PreparedDocument,
    reason: ConfirmReason,
    key: string | null,
  ): DocumentOutcome {
    const isKeyFree = key !== null && liveByKey(this.context, key) === undefined
    this.inserter(
      input,
      document,
    )({
      state: 'needs_confirm',
      confirmReason: reason,
      businessIndex: isKeyFree ? key : null,
      payload: payloadOf(document),
    })
    return 'needs_confirm'
  }

  private inserter(input: RecordInput, document: PreparedDocument) {
    const kind = document.receipt?.kind ?? document.kind
    return (
      fate: Partial<Parameters<typeof insertReceipt>[4]> &
        Pick<Parameters<typeof insertReceipt>[4], 'state'>,
    ): void => {
      insertReceipt(this.context, input.captureId, input.sourceKind, document, {
        kind,
        businessIndex: null,
        confirmReason: null,
        firstReceiptId: null,
        payload: null,
        ...fate,
      })
    }
  }

  /** What a reprint repeats, or a void takes back. */
  private originalOf(till: Till, document: PreparedDocument): ReceiptRow | undefined {
    const { receipt, kind } = document
    if (!receipt) return undefined
    const { businessDate } = receipt
    const no = receipt.originalReceiptNo ?? receipt.receiptNo
    if (kind === 'void')
      return no === null ? undefined : liveByNumber(this.context, no, businessDate, ['sale'])
    if (kind !== 'reprint' && kind !== 'duplicate_copy') return undefined
    if (no !== null) return liveByNumber(this.context, no, businessDate, ['sale', 'refund'])
    return liveByKey(this.context, this.keyOf(till, receipt))
  }

  private keyOf(till: Till, receipt: CapturedReceipt): string {
    const key = businessKey({
      ...till,
      businessDate: receipt.businessDate,
      receiptNo: receipt.receiptNo,
      surrogateKey: receipt.surrogateKey,
      kind: receipt.kind,
    })
    return this.context.sealer.index('business', key)
  }
}

/** The event of a document that nobody had to confirm. */
function sureCheckout(
  input: RecordInput,
  document: PreparedDocument,
  receipt: CapturedReceipt,
  payload: ReceiptPayload,
): ReturnType<typeof checkoutEvent> {
  return checkoutEvent({
    receiptId: document.eventId,
    receipt,
    payload,
    sourceKind: input.sourceKind,
    confidence: document.confidence,
    confirmed: false,
    capturedAtMs: document.capturedAtMs,
  })
}

function payloadOf(document: PreparedDocument): ReceiptPayload {
  const { receipt } = document
  if (!receipt) throw new Error(`a ${document.kind} without a receipt cannot be kept`)
  return {
    receipt,
    totalFen: document.totalFen,
    template: document.template,
    who: document.who,
    text: document.text,
    minute: document.minute,
    occurredAtMs: document.occurredAtMs,
  }
}
