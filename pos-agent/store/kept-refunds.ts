import type { TillReceipt } from '@huike/shared/contracts/cashier'
import type { EventId, MemberId, RefundId } from '@huike/shared/ids'
import type { OutcomeCode } from '@huike/shared/outcomes'
import { fen, points, type Fen, type Points } from '@huike/shared/quantities'
import { assignmentOf } from './assignment-rows.js'
import type { StoreContext } from './context.js'
import { liveByNumber, openPayload } from './receipt-rows.js'
import type { ReceiptRow, ReceiptState } from './receipt-rows.js'

// Money that a cashier keeps back of a refund, for points that are spent by then. Kept on disk from
// the cashier's word on, so that it is told to the server also where the agent was killed, or had no
// network, before the refund's receipt was there.
//
//   open → matched     the receipt of a refund of this sale came
//   matched → settled  the server has booked it; refused: it would not
//   open → ended       no such receipt came in time, or the cashier took it back or said it anew

/** A refund is made within this time of the cashier's word; a later one is another. */
export const KEPT_MS_MAX = 4 * 3_600_000
/** Of the receipts since, at most so many are looked through. */
const RECEIPTS_SEARCHED_MAX = 200
/** At a time; more refunds than these wait at no till. */
const KEPT_MAX = 20

interface KeptRow {
  refund_id: string
  number_index: string
  kept_fen: number
  confirmed_at_ms: number
  /** The last receipt when the cashier asked: the refund's is a later one. */
  after_receipt_seq: number
  state: 'open' | 'matched' | 'settled' | 'refused' | 'ended'
  receipt_id: string | null
  points: number
  settled_fen: number
}

/** A refund with money kept back that the server has and was not told of that. */
export interface KeptRefund {
  refundId: RefundId
  keptFen: Fen
  checkoutEventId: EventId
  /** Whose points; null where this till does not know. */
  memberId: MemberId | null
}

export class KeptRefunds {
  constructor(private readonly context: StoreContext) {}

  /** The last receipt there is; what a refund that is asked about now prints comes after it. */
  lastReceipt(): number {
    return (
      this.context
        .database()
        .prepare<[], { seq: number | null }>('SELECT max(seq) AS seq FROM receipt')
        .get()?.seq ?? 0
    )
  }

  /** What this till knows of its own sale under a number; null where it knows none. */
  ownSale(receiptNo: string): { receiptId: string; state: ReceiptState } | null {
    const row = liveByNumber(this.context, receiptNo, '', ['sale'])
    return row ? { receiptId: row.receipt_id, state: row.state } : null
  }

  /** Notes that the cashier keeps money back of a refund; the same once more changes nothing. */
  keep(kept: {
    refundId: RefundId
    receiptNo: string
    keptFen: Fen
    afterReceiptSeq: number
    nowMs: number
  }): void {
    const { refundId, keptFen, afterReceiptSeq, nowMs } = kept
    const number = this.context.sealer.index('number', kept.receiptNo)
    this.context.write((database) => {
      database
        .prepare(
          `UPDATE kept_refund SET state = 'ended'
           WHERE number_index = ? AND state = 'open' AND refund_id <> ?`,
        )
        .run(number, refundId)
      database
        .prepare(
          `INSERT INTO kept_refund (refund_id, number_index, kept_fen, confirmed_at_ms,
             after_receipt_seq, state, points, settled_fen)
           VALUES (?, ?, ?, ?, ?, 'open', 0, 0) ON CONFLICT DO NOTHING`,
        )
        .run(refundId, number, keptFen, nowMs, afterReceiptSeq)
    })
  }

  /** The cashier takes it back; false where the refund's receipt is there, or nothing was kept. */
  withdraw(refundId: string): boolean {
    return this.context.write((database) => {
      database
        .prepare("UPDATE kept_refund SET state = 'ended' WHERE refund_id = ? AND state = 'open'")
        .run(refundId)
      const row = database
        .prepare<[string], Pick<KeptRow, 'state'>>(
          'SELECT state FROM kept_refund WHERE refund_id = ?',
        )
        .get(refundId)
      return row?.state === 'ended'
    })
  }

  /** The refunds to be told of now. Finds the receipts of those that were confirmed before. */
  due(nowMs: number): KeptRefund[] {
    const waiting = this.rows('open')
    if (waiting.length > 0)
      this.context.write(() => {
        for (const row of waiting) this.match(row, nowMs)
      })
    return this.rows('matched').flatMap((row) => this.dueOf(row) ?? [])
  }

  /** The server has booked it. */
  settle(refundId: string, by: { points: Points; settledFen: Fen }): void {
    this.context.write((database) =>
      database
        .prepare(
          `UPDATE kept_refund SET state = 'settled', points = ?, settled_fen = ?
           WHERE refund_id = ?`,
        )
        .run(by.points, by.settledFen, refundId),
    )
  }

  /** The server would not book it, and never will. */
  refuse(refundId: string, code: OutcomeCode): void {
    this.context.write((database) =>
      database
        .prepare("UPDATE kept_refund SET state = 'refused', code = ? WHERE refund_id = ?")
        .run(code, refundId),
    )
  }

  private rows(state: KeptRow['state']): KeptRow[] {
    return this.context
      .database()
      .prepare<[string, number], KeptRow>(
        'SELECT * FROM kept_refund WHERE state = ? ORDER BY refund_id LIMIT ?',
      )
      .all(state, KEPT_MAX)
  }

  private match(row: KeptRow, nowMs: number): void {
    const receipt = this.receiptOf(row)
    const database = this.context.database()
    if (receipt)
      database
        .prepare("UPDATE kept_refund SET state = 'matched', receipt_id = ? WHERE refund_id = ?")
        .run(receipt.receipt_id, row.refund_id)
    else if (Math.abs(nowMs - row.confirmed_at_ms) > KEPT_MS_MAX)
      database
        .prepare("UPDATE kept_refund SET state = 'ended' WHERE refund_id = ?")
        .run(row.refund_id)
  }

  /** The first refund of the sale since the cashier asked. */
  private receiptOf(row: KeptRow): ReceiptRow | undefined {
    return this.context
      .database()
      .prepare<[number, number], ReceiptRow>(
        `SELECT * FROM receipt WHERE seq > ? AND kind = 'refund'
           AND state IN ('waiting', 'settled', 'parked')
           AND receipt_id NOT IN
             (SELECT receipt_id FROM kept_refund WHERE receipt_id IS NOT NULL)
         ORDER BY seq LIMIT ?`,
      )
      .all(row.after_receipt_seq, RECEIPTS_SEARCHED_MAX)
      .find((receipt) => this.isRefundOf(receipt, row))
  }

  private isRefundOf(receipt: ReceiptRow, row: KeptRow): boolean {
    if (receipt.captured_at_ms - row.confirmed_at_ms > KEPT_MS_MAX) return false
    const original = openPayload(this.context, receipt)?.receipt.originalReceiptNo ?? null
    return original !== null && this.context.sealer.index('number', original) === row.number_index
  }

  private dueOf(row: KeptRow): KeptRefund | null {
    const { receipt_id: receiptId } = row
    if (receiptId === null) return null
    const state = this.context
      .database()
      .prepare<[string], Pick<ReceiptRow, 'state'>>(
        'SELECT state FROM receipt WHERE receipt_id = ?',
      )
      .get(receiptId)?.state
    if (state === 'waiting') return null
    if (state !== 'settled') {
      this.refuse(row.refund_id, 'receipt_conflict')
      return null
    }
    return {
      refundId: row.refund_id as RefundId,
      keptFen: fen(row.kept_fen),
      checkoutEventId: receiptId as EventId,
      memberId: (assignmentOf(this.context, receiptId)?.member_id ?? null) as MemberId | null,
    }
  }
}

/** The money that was kept back of a refund; null where none was. */
export function keptOn(context: StoreContext, receiptId: string): TillReceipt['kept'] {
  const row = context
    .database()
    .prepare<[string], KeptRow>('SELECT * FROM kept_refund WHERE receipt_id = ?')
    .get(receiptId)
  if (row === undefined) return null
  const state = row.state === 'settled' || row.state === 'refused' ? row.state : 'waiting'
  return {
    state,
    keptFen: fen(row.kept_fen),
    points: points(row.points),
    settledFen: fen(row.settled_fen),
  }
}
