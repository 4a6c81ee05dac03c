import type { EventId } from '@huike/shared/ids'
import { UNDO_WITHIN_MS } from '@huike/shared/contracts/agent'
import type { StoreContext } from './context.js'
import { restoreSpending, undoSpending } from './hold-rows.js'
import { restoreCoupons, undoCoupons } from './reservation-rows.js'

// Whose receipts are, as this till knows it. A giving that was taken back is kept beside, so that an
// answer of the server that was on its way changes nothing, and a refusal puts everything back.

export interface Assignment {
  receipt_id: string
  member_id: string
  /** The event that gave it; null while the receipt itself has not been sent. */
  event_id: string | null
  assigned_at_ms: number
  /** 1 when a cashier gave it afterwards: only that can be taken back. */
  is_given: 0 | 1
}

/** The assignment of a receipt; undefined when it is nobody's. */
export function assignmentOf(context: StoreContext, receiptId: string): Assignment | undefined {
  return context
    .database()
    .prepare<[string], Assignment>(
      `SELECT receipt_id, member_id, event_id, assigned_at_ms, EXISTS (
           SELECT 1 FROM outbox WHERE outbox.event_id = assignment.event_id
             AND type = 'receipt.assigned' AND state <> 'parked') AS is_given
       FROM assignment WHERE receipt_id = ?`,
    )
    .get(receiptId)
}

/** Until when a giving may be taken back, by the corrected clock; null when it may not be. */
export function undoUntilMs(assignment: Assignment | undefined): number | null {
  return assignment?.is_given === 1 ? assignment.assigned_at_ms + UNDO_WITHIN_MS : null
}

/** Notes a giving; whatever was noted of the receipt before is replaced. */
export function putAssignment(
  context: StoreContext,
  given: { receiptId: string; memberId: string; eventId: EventId | null; nowMs: number },
): void {
  context
    .database()
    .prepare(
      `INSERT OR REPLACE INTO assignment (receipt_id, member_id, event_id, assigned_at_ms)
       VALUES (?, ?, ?, ?)`,
    )
    .run(given.receiptId, given.memberId, given.eventId, given.nowMs)
}

/** Takes a giving back: the receipt is nobody's, and moved no points that are known. */
export function takeBack(context: StoreContext, given: Assignment, undoEventId: EventId): void {
  const database = context.database()
  database
    .prepare(
      `INSERT INTO undone_assignment
         (undo_event_id, assignment_event_id, receipt_id, member_id, assigned_at_ms, points)
       SELECT ?, ?, receipt_id, ?, ?, points FROM receipt WHERE receipt_id = ?`,
    )
    .run(undoEventId, given.event_id, given.member_id, given.assigned_at_ms, given.receipt_id)
  database.prepare('DELETE FROM assignment WHERE receipt_id = ?').run(given.receipt_id)
  undoSpending(context, given.receipt_id)
  undoCoupons(context, given.receipt_id)
  database.prepare('UPDATE receipt SET points = NULL WHERE receipt_id = ?').run(given.receipt_id)
}

/** True when the giving by this event, or any giving of this receipt, was taken back here. */
export function isTakenBack(
  context: StoreContext,
  by: { assignmentEventId: string } | { receiptId: string },
): boolean {
  const [column, value] =
    'receiptId' in by
      ? (['receipt_id', by.receiptId] as const)
      : (['assignment_event_id', by.assignmentEventId] as const)
  return (
    context.database().prepare(`SELECT 1 FROM undone_assignment WHERE ${column} = ?`).get(value) !==
    undefined
  )
}

/** The server named the owner of a receipt that was sent or given. */
export function noteOwner(
  context: StoreContext,
  row: { event_id: string; receiptId: string | null },
  memberId: string,
  nowMs: number,
): void {
  if (isTakenBack(context, { assignmentEventId: row.event_id })) return
  context
    .database()
    .prepare(
      `INSERT INTO assignment (receipt_id, member_id, event_id, assigned_at_ms)
       VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET member_id = excluded.member_id`,
    )
    .run(row.receiptId, memberId, row.event_id, nowMs)
}

/** The server refused a giving: the receipt is `ownerId`'s, or nobody's as far as is known. */
export function dropGiving(
  context: StoreContext,
  row: { event_id: string; receipt_id: string | null },
  ownerId: string | null,
): void {
  const database = context.database()
  if (ownerId === null)
    database
      .prepare('DELETE FROM assignment WHERE receipt_id = ? AND event_id = ?')
      .run(row.receipt_id, row.event_id)
  else
    database
      .prepare('UPDATE assignment SET member_id = ? WHERE receipt_id = ? AND event_id = ?')
      .run(ownerId, row.receipt_id, row.event_id)
}

/** The server refused to take a giving back: it stands, unless the receipt was given on since. */
export function restoreGiving(
  context: StoreContext,
  undoEventId: string,
  ownerId: string | null,
): void {
  const database = context.database()
  const restored = database
    .prepare(
      `INSERT OR IGNORE INTO assignment (receipt_id, member_id, event_id, assigned_at_ms)
       SELECT receipt_id, coalesce(?, member_id), assignment_event_id, assigned_at_ms
       FROM undone_assignment WHERE undo_event_id = ?`,
    )
    .run(ownerId, undoEventId).changes
  if (restored > 0) restoreReceipt(context, undoEventId)
  database.prepare('DELETE FROM undone_assignment WHERE undo_event_id = ?').run(undoEventId)
}

function restoreReceipt(context: StoreContext, undoEventId: string): void {
  const undone = context
    .database()
    .prepare<[string], { receipt_id: string; points: number | null }>(
      'SELECT receipt_id, points FROM undone_assignment WHERE undo_event_id = ?',
    )
    .get(undoEventId)
  if (undone === undefined) return
  context
    .database()
    .prepare('UPDATE receipt SET points = ? WHERE receipt_id = ?')
    .run(undone.points, undone.receipt_id)
  restoreSpending(context, undone.receipt_id)
  restoreCoupons(context, undone.receipt_id)
}
