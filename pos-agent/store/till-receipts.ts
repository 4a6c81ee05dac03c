import { createHash } from 'node:crypto'
import type { TillReceipt } from '@huike/shared/contracts/cashier'
import {
  UNDO_WITHIN_MS,
  type AssignmentUndone,
  type CapturedReceipt,
  type ReceiptAssigned,
} from '@huike/shared/contracts/agent'
import type { EventId, MemberId } from '@huike/shared/ids'
import { outcomeSentence, OUTCOME_CODES } from '@huike/shared/outcomes'
import { epochMs, fen, points } from '@huike/shared/quantities'
import type { Fen } from '@huike/shared/quantities'
import { businessKey } from '@huike/shared/receipt'
import {
  assignmentOf,
  isTakenBack,
  putAssignment,
  takeBack,
  undoUntilMs,
} from './assignment-rows.js'
import { confirmReasonOf, confirmSentence } from './confirm-reasons.js'
import type { StoreContext } from './context.js'
import { spentOn } from './hold-rows.js'
import { keptOn } from './kept-refunds.js'
import { memberRow, openMember } from './member-rows.js'
import { appendEvent, OUTBOX_ROWS_MAX, pendingCount } from './outbox-rows.js'
import { checkoutEvent, liveByKey, openPayload, receiptRow, sealPayload } from './receipt-rows.js'
import type { ReceiptRow, Till } from './receipt-rows.js'
import { isPaidBesides, payBesides, type PaidBesides } from './paid-besides.js'
import { couponsOn, DIFFERING_RECEIPTS } from './reservation-rows.js'

// Receipts as the cashier sees and handles them: the last few, given to a member, confirmed.

/** The newest receipts of the till on the page. */
export const RECEIPTS_SHOWN = 5
/** Older ones that still need a person come along, up to this many rows in all. */
export const RECEIPTS_SHOWN_MAX = 20

export type TillReceiptResult =
  | { ok: true; receipt: TillReceipt; eventId: EventId | null }
  | {
      ok: false
      code:
        | 'not_found'
        | 'receipt_already_claimed'
        | 'receipt_conflict'
        | 'member_not_found'
        | 'undo_too_late'
        | 'busy'
    }

export class TillReceipts {
  constructor(private readonly context: StoreContext) {}

  /** The last five, newest first, and older ones that wait for a person. */
  list(): TillReceipt[] {
    const shown = "state IN ('needs_confirm', 'waiting', 'settled', 'parked')"
    return this.context
      .database()
      .prepare<[number, number], ReceiptRow>(
        `SELECT * FROM receipt WHERE seq IN
           (SELECT seq FROM receipt WHERE ${shown} ORDER BY seq DESC LIMIT ?)
         OR state = 'needs_confirm' OR receipt_id IN (${DIFFERING_RECEIPTS}) ORDER BY seq DESC LIMIT ?`,
      )
      .all(RECEIPTS_SHOWN, RECEIPTS_SHOWN_MAX)
      .flatMap((row) => this.view(row) ?? [])
  }

  /** How many receipts wait for a person. */
  needsConfirmCount(): number {
    return (
      this.context
        .database()
        .prepare<[], { n: number }>(
          "SELECT count(*) AS n FROM receipt WHERE state = 'needs_confirm'",
        )
        .get()?.n ?? 0
    )
  }

  /**
   * Gives a receipt to a member, with the points and coupons that are set aside of them for it.
   * Giving it again to the same member changes nothing. Outcomes:
   * not_found, member_not_found, receipt_already_claimed, receipt_conflict (the server refused the
   * receipt), busy (outbox full).
   */
  assign(input: {
    receiptId: string
    memberId: string
    eventId: EventId
    nowMs: number
  }): TillReceiptResult {
    const { context } = this
    const row = receiptRow(context, input.receiptId)
    if (!row || !this.isShown(row)) return { ok: false, code: 'not_found' }
    if (row.state === 'parked') return { ok: false, code: 'receipt_conflict' }
    const memberId = this.follow(input.memberId)
    if (!memberRow(context, memberId)) return { ok: false, code: 'member_not_found' }
    const held = assignmentOf(context, row.receipt_id)?.member_id ?? null
    if (held === memberId) return this.payHeld(row, memberId, input)
    if (held !== null && row.state !== 'needs_confirm')
      return { ok: false, code: 'receipt_already_claimed' }
    if (pendingCount(context.database()) >= OUTBOX_ROWS_MAX) return { ok: false, code: 'busy' }
    const sends = row.state !== 'needs_confirm'
    context.write(() => {
      const eventId = sends ? input.eventId : null
      putAssignment(context, { receiptId: row.receipt_id, memberId, eventId, nowMs: input.nowMs })
      if (!sends) return
      const besides = payBesides(context, row, { memberId, eventId: input.eventId })
      appendEvent(context, assignedEvent({ ...input, memberId, besides }), input.nowMs)
    })
    return this.answer(row.receipt_id, sends ? input.eventId : null)
  }

  /** The receipt is theirs, by its own word or by a giving: what is set aside of them pays it. */
  private payHeld(
    row: ReceiptRow,
    memberId: string,
    input: { receiptId: string; eventId: EventId; nowMs: number },
  ): TillReceiptResult {
    const { context } = this
    const isPaid = row.state === 'needs_confirm' || isPaidBesides(context, row)
    if (isPaid || pendingCount(context.database()) >= OUTBOX_ROWS_MAX)
      return this.answer(row.receipt_id, null)
    const isUsed = context.write(() => {
      const besides = payBesides(context, row, { memberId, eventId: input.eventId })
      if (Object.keys(besides).length === 0) return false
      appendEvent(context, assignedEvent({ ...input, memberId, besides }), input.nowMs)
      return true
    })
    return this.answer(row.receipt_id, isUsed ? input.eventId : null)
  }

  /**
   * Takes a receipt back from the member it was given to, within UNDO_WITHIN_MS; doing so again
   * changes nothing. Outcomes: not_found (no such receipt, or no cashier gave it), undo_too_late,
   * busy (outbox full).
   */
  undo(input: { receiptId: string; eventId: EventId; nowMs: number }): TillReceiptResult {
    const { context } = this
    const row = receiptRow(context, input.receiptId)
    if (!row || !this.isShown(row)) return { ok: false, code: 'not_found' }
    const given = assignmentOf(context, row.receipt_id)
    if (!given && isTakenBack(context, { receiptId: row.receipt_id }))
      return this.answer(row.receipt_id, null)
    if (given?.is_given !== 1 || given.event_id === null) return { ok: false, code: 'not_found' }
    // By either sign: a clock that was put back must not open the window for longer.
    if (Math.abs(input.nowMs - given.assigned_at_ms) > UNDO_WITHIN_MS)
      return { ok: false, code: 'undo_too_late' }
    if (pendingCount(context.database()) >= OUTBOX_ROWS_MAX) return { ok: false, code: 'busy' }
    const event = undoneEvent({ ...input, assignmentEventId: given.event_id })
    context.write(() => {
      takeBack(context, given, input.eventId)
      appendEvent(context, event, input.nowMs)
    })
    return this.answer(row.receipt_id, input.eventId)
  }

  /** What was paid, as the cashier says: sends the receipt, or drops it. Saying so again is fine. */
  confirm(input: {
    receiptId: string
    till: Till
    decision: { decision: 'sale' | 'refund'; totalFen: Fen } | { decision: 'not_a_receipt' }
    nowMs: number
  }): TillReceiptResult {
    const row = receiptRow(this.context, input.receiptId)
    if (!row || (!this.isShown(row) && row.state !== 'dropped'))
      return { ok: false, code: 'not_found' }
    if (row.state !== 'needs_confirm') return this.answer(row.receipt_id, null)
    const { decision } = input
    if (decision.decision === 'not_a_receipt') {
      this.context.write((database) =>
        database
          .prepare("UPDATE receipt SET state = 'dropped', settled_at_ms = ? WHERE receipt_id = ?")
          .run(input.nowMs, row.receipt_id),
      )
      return this.answer(row.receipt_id, null)
    }
    if (pendingCount(this.context.database()) >= OUTBOX_ROWS_MAX) return { ok: false, code: 'busy' }
    this.send(row, input.till, decision.decision, decision.totalFen, input.nowMs)
    return this.answer(row.receipt_id, row.receipt_id as EventId)
  }

  private send(
    row: ReceiptRow,
    till: Till,
    kind: 'sale' | 'refund',
    totalFen: Fen,
    nowMs: number,
  ): void {
    const { context } = this
    const before = openPayload(context, row)
    if (!before) throw new Error(`receipt ${row.receipt_id} has nothing to confirm`)
    const member = assignmentOf(context, row.receipt_id)?.member_id ?? null
    let receipt: CapturedReceipt = { ...before.receipt, kind, totalFen }
    let key = this.keyOf(till, receipt)
    const holder = liveByKey(context, key)
    if (holder && holder.receipt_id !== row.receipt_id && receipt.receiptNo === null) {
      // The same text once more, and a person says it is another sale: a key of its own.
      receipt = {
        ...receipt,
        surrogateKey: sha256(`${receipt.surrogateKey ?? ''}|${row.receipt_id}`),
      }
      key = this.keyOf(till, receipt)
    }
    const isFree = !holder || holder.receipt_id === row.receipt_id || receipt.receiptNo === null
    const payload = {
      ...before,
      receipt,
      totalFen,
      who: member === null ? before.who : { by: 'member' as const, memberId: member as MemberId },
    }
    context.write((database) => {
      sealPayload(context, row.receipt_id, payload)
      database
        .prepare(
          "UPDATE receipt SET state = 'waiting', kind = ?, business_index = ? WHERE receipt_id = ?",
        )
        .run(kind, isFree ? key : null, row.receipt_id)
      appendEvent(
        context,
        checkoutEvent({
          receiptId: row.receipt_id,
          receipt,
          payload,
          sourceKind: row.source_kind,
          confidence: row.confidence,
          confirmed: true,
          capturedAtMs: row.captured_at_ms,
        }),
        nowMs,
      )
    })
  }

  private answer(receiptId: string, eventId: EventId | null): TillReceiptResult {
    const row = receiptRow(this.context, receiptId)
    const receipt = row && this.view(row)
    return receipt ? { ok: true, receipt, eventId } : { ok: false, code: 'not_found' }
  }

  private view(row: ReceiptRow): TillReceipt | null {
    const payload = openPayload(this.context, row)
    if (!payload) return null
    const { receipt } = payload
    const assignment = assignmentOf(this.context, row.receipt_id)
    const until = undoUntilMs(assignment)
    const spent = spentOn(this.context, row.receipt_id)
    return {
      receiptId: row.receipt_id as EventId,
      kind: receipt.kind,
      receiptNo: receipt.receiptNo,
      businessDate: receipt.businessDate,
      minute: payload.minute,
      totalFen: payload.totalFen === null ? null : fen(payload.totalFen),
      lineCount: receipt.lines.length,
      text: payload.text,
      state: shownState(row),
      confirmReason: reasonOf(row),
      member: assignment ? this.memberOf(assignment.member_id) : null,
      points: row.points === null ? null : points(row.points),
      spent,
      kept: keptOn(this.context, row.receipt_id),
      coupons: couponsOn(this.context, row, spent?.valueFen ?? 0),
      undoUntilMs: until === null ? null : epochMs(until),
      capturedAtMs: epochMs(row.captured_at_ms),
    }
  }

  private memberOf(memberId: string): NonNullable<TillReceipt['member']> {
    const row = memberRow(this.context, memberId)
    return {
      memberId: memberId as MemberId,
      phoneMasked: row ? openMember(this.context, row).phoneMasked : '***********',
    }
  }

  private follow(memberId: string): string {
    const row = this.context
      .database()
      .prepare<[string], { member_id: string }>(
        'SELECT member_id FROM member_alias WHERE minted_id = ?',
      )
      .get(memberId)
    return row?.member_id ?? memberId
  }

  private isShown(row: ReceiptRow): boolean {
    return ['needs_confirm', 'waiting', 'settled', 'parked'].includes(row.state)
  }

  private keyOf(till: Till, receipt: CapturedReceipt): string {
    const { businessDate, receiptNo, surrogateKey, kind } = receipt
    const key = businessKey({ ...till, businessDate, receiptNo, surrogateKey, kind })
    return this.context.sealer.index('business', key)
  }
}

function assignedEvent(input: {
  receiptId: string
  memberId: string
  eventId: EventId
  nowMs: number
  besides: PaidBesides
}): ReceiptAssigned {
  return {
    type: 'receipt.assigned',
    eventId: input.eventId,
    occurredAtMs: epochMs(input.nowMs),
    checkoutEventId: input.receiptId as EventId,
    who: { by: 'member', memberId: input.memberId as MemberId },
    cashier: null,
    // A server of before knows no such fields.
    ...input.besides,
  }
}

function undoneEvent(input: {
  eventId: EventId
  assignmentEventId: string
  nowMs: number
}): AssignmentUndone {
  return {
    type: 'receipt.assignment_undone',
    eventId: input.eventId,
    occurredAtMs: epochMs(input.nowMs),
    assignmentEventId: input.assignmentEventId as EventId,
    cashier: null,
  }
}

function shownState(row: ReceiptRow): TillReceipt['state'] {
  switch (row.state) {
    case 'needs_confirm':
    case 'dropped':
      return 'needs_confirm'
    case 'waiting':
    case 'settled':
      return row.state
    case 'parked':
      return 'conflict'
    case 'attached':
    case 'ignored':
      return 'settled'
  }
}

function reasonOf(row: ReceiptRow): string | null {
  if (row.state === 'needs_confirm') {
    const reason = confirmReasonOf(row.confirm_reason)
    return reason && confirmSentence(reason)
  }
  const code = OUTCOME_CODES.find((known) => known === row.code)
  return row.state === 'parked' && code !== undefined ? outcomeSentence(code) : null
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
