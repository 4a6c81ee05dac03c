import type { CashierHold, TillReceipt } from '@huike/shared/contracts/cashier'
import type { HoldId, MemberId } from '@huike/shared/ids'
import { epochMs, fen, points } from '@huike/shared/quantities'
import type { StoreContext } from './context.js'
import type { ReceiptRow } from './receipt-rows.js'

// Points set aside for an order, as this till knows them. Kept on disk, so that the order is paid
// with them also where the agent was killed before its receipt was given.
//
//   open → used    the receipt was given: its event carries the hold
//   used → open    the server refused the giving
//   used → undone  the receipt was taken back; the server gives the points back
//   open → ended   given back, or another took its place

/**
 * A receipt printed after the deadline is paid with the points all the same, for so long and only
 * where its total shows that the discount was given; the server takes them as soon as they are there.
 */
const LATE_MS_MAX = 4 * 3_600_000

interface HoldRow {
  hold_id: string
  member_id: string
  points: number
  value_fen: number
  order_fen: number
  deadline_at_ms: number
  /** The last receipt that was known then: only later ones can have the discount on them. */
  after_receipt_seq: number
  state: 'open' | 'used' | 'undone' | 'ended'
  event_id: string | null
}

/** Notes a hold; an earlier one for the same member was given back for it. */
export function putHold(context: StoreContext, hold: CashierHold): void {
  const database = context.database()
  database
    .prepare(
      `UPDATE points_hold SET state = 'ended'
       WHERE member_id = ? AND state = 'open' AND hold_id <> ?`,
    )
    .run(hold.memberId, hold.holdId)
  database
    .prepare(
      `INSERT INTO points_hold (hold_id, member_id, points, value_fen, order_fen, deadline_at_ms,
         after_receipt_seq, state)
       VALUES (?, ?, ?, ?, ?, ?, (SELECT coalesce(max(seq), 0) FROM receipt), 'open')
       ON CONFLICT DO NOTHING`,
    )
    .run(hold.holdId, hold.memberId, hold.points, hold.valueFen, hold.orderFen, hold.deadlineAtMs)
}

/** What is set aside of a member; null where nothing is. */
export function openHold(context: StoreContext, memberId: string): CashierHold | null {
  const row = openRow(context, memberId)
  return row === undefined ? null : viewOf(row)
}

/** A hold was given back. */
export function endHold(context: StoreContext, holdId: string): void {
  context
    .database()
    .prepare("UPDATE points_hold SET state = 'ended' WHERE hold_id = ? AND state = 'open'")
    .run(holdId)
}

/**
 * Has what is set aside of a member pay the receipt that `eventId` gives them; null where nothing is,
 * or not for this receipt. `couponFen`: what their coupons take off besides.
 */
export function useHold(
  context: StoreContext,
  receipt: ReceiptRow,
  given: { memberId: string; eventId: string; couponFen: number },
): HoldId | null {
  const row = openRow(context, given.memberId)
  if (!row || !isFor(row, receipt, given.couponFen)) return null
  context
    .database()
    .prepare(
      "UPDATE points_hold SET state = 'used', receipt_id = ?, event_id = ? WHERE hold_id = ?",
    )
    .run(receipt.receipt_id, given.eventId, row.hold_id)
  return row.hold_id as HoldId
}

/** The server refused a giving: what was set aside for it still is. */
export function reopenHold(context: StoreContext, eventId: string): void {
  context
    .database()
    .prepare(
      `UPDATE points_hold SET state = 'open', receipt_id = NULL, event_id = NULL
       WHERE event_id = ?`,
    )
    .run(eventId)
}

/** A receipt was taken back: what paid it is the member's again. */
export function undoSpending(context: StoreContext, receiptId: string): void {
  moveSpending(context, receiptId, { from: 'used', to: 'undone' })
}

/** The server refused to take a receipt back. */
export function restoreSpending(context: StoreContext, receiptId: string): void {
  moveSpending(context, receiptId, { from: 'undone', to: 'used' })
}

function moveSpending(
  context: StoreContext,
  receiptId: string,
  { from, to }: { from: HoldRow['state']; to: HoldRow['state'] },
): void {
  context
    .database()
    .prepare('UPDATE points_hold SET state = ? WHERE receipt_id = ? AND state = ?')
    .run(to, receiptId, from)
}

/** The points that a receipt was paid with; null where it was not. */
export function spentOn(context: StoreContext, receiptId: string): TillReceipt['spent'] {
  const row = context
    .database()
    .prepare<[string], HoldRow & { code: string | null }>(
      `SELECT points_hold.*, outbox.code AS code
       FROM points_hold LEFT JOIN outbox USING (event_id)
       WHERE points_hold.receipt_id = ? AND points_hold.state = 'used'`,
    )
    .get(receiptId)
  if (row === undefined) return null
  const isOwed = row.code === 'hold_ended'
  const holdId = row.hold_id as HoldId
  return { holdId, points: points(row.points), valueFen: fen(row.value_fen), isOwed }
}

function openRow(context: StoreContext, memberId: string): HoldRow | undefined {
  return context
    .database()
    .prepare<[string], HoldRow>(
      `SELECT * FROM points_hold WHERE member_id = ? AND state = 'open'
       ORDER BY deadline_at_ms DESC LIMIT 1`,
    )
    .get(memberId)
}

function isFor(row: HoldRow, receipt: ReceiptRow, couponFen: number): boolean {
  if (receipt.kind !== 'sale' || receipt.seq <= row.after_receipt_seq) return false
  const lateMs = receipt.captured_at_ms - row.deadline_at_ms
  const leftFen = row.order_fen - row.value_fen
  // The order was typed with or without what coupons take off.
  const isDiscounted = receipt.total_fen === leftFen || receipt.total_fen === leftFen - couponFen
  return lateMs <= 0 || (lateMs <= LATE_MS_MAX && isDiscounted)
}

function viewOf(row: HoldRow): CashierHold {
  return {
    holdId: row.hold_id as HoldId,
    memberId: row.member_id as MemberId,
    points: points(row.points),
    valueFen: fen(row.value_fen),
    orderFen: fen(row.order_fen),
    deadlineAtMs: epochMs(row.deadline_at_ms),
  }
}
