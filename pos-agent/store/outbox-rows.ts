import type { AgentEvent } from '@huike/shared/contracts/agent'
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
      receiptOf(event),
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

function receiptOf(event: AgentEvent): string | null {
  switch (event.type) {
    case 'checkout.captured':
      return event.eventId
    case 'receipt.assigned':
      return event.checkoutEventId
    case 'member.registered':
      return null
  }
}

/** Earlier events without which the server cannot take this one. */
function dependenciesOf(context: StoreContext, event: AgentEvent): string[] {
  const who = event.type === 'member.registered' ? null : event.who
  const registration =
    who?.by === 'member'
      ? context
          .database()
          .prepare<[string], { event_id: string }>(
            `SELECT event_id FROM registration JOIN outbox USING (event_id)
             WHERE member_id = ? AND state IN ('waiting', 'sent')`,
          )
          .get(who.memberId)?.event_id
      : undefined
  return [
    ...(event.type === 'receipt.assigned' ? [event.checkoutEventId] : []),
    ...(registration === undefined ? [] : [registration]),
  ]
}
