import type { StoreContext } from './context.js'
import { openDamaged } from './database.js'

// After a database was set aside as damaged: events that can still be read out of it, and open with
// our key, are taken over under their own ids. The server answers "duplicate" to those it has.

interface SalvagedRow {
  event_id: string
  aggregate: string
  type: string
  receipt_id: string | null
  depends_on: string
  payload_bytes: number
  sealed: Buffer
  attempts: number
  created_at_ms: number
}

/** Copies readable unsettled events into the new outbox; says how many. */
export function salvageOutbox(context: StoreContext, damagedFile: string): number {
  const damaged = openDamaged(damagedFile)
  if (!damaged) return 0
  let salvaged = 0
  try {
    const rows = damaged
      .prepare<[], SalvagedRow>(
        `SELECT event_id, aggregate, type, receipt_id, depends_on, payload_bytes, sealed, attempts,
           created_at_ms FROM outbox NOT INDEXED WHERE state IN ('waiting', 'sent') ORDER BY seq`,
      )
      .iterate()
    for (const row of rows) salvaged += takeOver(context, row)
  } catch {
    // Damaged from here on; what came before is safe.
  } finally {
    damaged.close()
  }
  return salvaged
}

function takeOver(context: StoreContext, row: SalvagedRow): number {
  try {
    context.sealer.open(`outbox:${row.event_id}`, row.sealed)
  } catch {
    return 0
  }
  return context
    .database()
    .prepare(
      `INSERT OR IGNORE INTO outbox (event_id, aggregate, type, receipt_id, depends_on,
         payload_bytes, sealed, attempts, state, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?)`,
    )
    .run(
      row.event_id,
      row.aggregate,
      row.type,
      row.receipt_id,
      row.depends_on,
      row.payload_bytes,
      row.sealed,
      row.attempts,
      row.created_at_ms,
    ).changes
}
