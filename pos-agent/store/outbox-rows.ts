import type { AgentEvent, Who } from '@huike/shared/contracts/agent'
import type { StoreContext } from './context.js'
import type { SqlDatabase } from './database.js'

// The outbox's rows. A row enters in the commit of what it tells of, and leaves only when the
// server has settled it. At most OUTBOX_ROWS_MAX wait; beyond that, capture stops loudly.

export const OUTBOX_ROWS_MAX = 100_000

/** Every event of a till is in one order. */
const AGGREGATE = 'terminal'

/** Adds an event; call it inside the transaction of what it tells of. */
export function appendEvent(context: StoreContext, event: AgentEvent, nowMs: number): void {
  const payload = JSON.stringify(event)
  context
    .database()
    .prepare(
      `INSERT INTO outbox (event_id, aggregate, type, receipt_id, depends_on, payload_bytes, sealed,
         attempts, state, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 'waiting', ?)`,
    )
    .run(
      event.eventId,
      AGGREGATE,
      event.type,
      receiptOf(context, event),
      JSON.stringify(dependenciesOf(context, event)),
      Buffer.byteLength(payload),
      context.sealer.seal(placeOf(event.eventId), payload),
      nowMs,
    )
}

/** Where an event is sealed to. */
export function placeOf(eventId: string): string {
  return `outbox:${eventId}`
}

/** Rows that have not been settled or parked. */
export function pendingCount(database: SqlDatabase): number {
  const row = database
    .prepare<[], { n: number }>(
      "SELECT count(*) AS n FROM outbox WHERE state IN ('waiting', 'sent')",
    )
    .get()
  return row?.n ?? 0
}

function receiptOf(context: StoreContext, event: AgentEvent): string | null {
  switch (event.type) {
    case 'checkout.captured':
      return event.eventId
    case 'receipt.assigned':
      return event.checkoutEventId
    case 'receipt.assignment_undone':
      return (
        context
          .database()
          .prepare<[string], { receipt_id: string | null }>(
            'SELECT receipt_id FROM outbox WHERE event_id = ?',
          )
          .get(event.assignmentEventId)?.receipt_id ?? null
      )
    case 'member.registered':
      return null
  }
}

/** Earlier events without which the server cannot take this one. */
function dependenciesOf(context: StoreContext, event: AgentEvent): string[] {
  switch (event.type) {
    case 'checkout.captured':
      return registrationOf(context, event.who)
    case 'receipt.assigned':
      return [
        event.checkoutEventId,
        ...registrationOf(context, event.who),
        ...takenBackBefore(context, event.checkoutEventId),
      ]
    case 'receipt.assignment_undone':
      return [event.assignmentEventId]
    case 'member.registered':
      return []
  }
}

/** The registration of a member that the server does not have yet. */
function registrationOf(context: StoreContext, who: Who | null): string[] {
  if (who?.by !== 'member') return []
  const row = context
    .database()
    .prepare<[string], { event_id: string }>(
      `SELECT event_id FROM registration JOIN outbox USING (event_id)
       WHERE member_id = ? AND state IN ('waiting', 'sent')`,
    )
    .get(who.memberId)
  return row === undefined ? [] : [row.event_id]
}

/** A receipt that was taken back is given on after that, and not before. */
function takenBackBefore(context: StoreContext, receiptId: string): string[] {
  return context
    .database()
    .prepare<[string], { assignment_event_id: string; undo_event_id: string }>(
      'SELECT assignment_event_id, undo_event_id FROM undone_assignment WHERE receipt_id = ?',
    )
    .all(receiptId)
    .flatMap((row) => [row.assignment_event_id, row.undo_event_id])
}
