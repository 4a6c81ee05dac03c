import type { OutcomeCode } from '@huike/shared/outcomes'
import { OUTCOME_CODES } from '@huike/shared/outcomes'
import type { StoreContext } from './context.js'

// Events that the server puts off again and again. One of them must not hold up a till for ever, and
// a server in trouble must not cost a till its events: a refusal counts only when the server took
// another event at the same time or after it. When nothing at all is taken, everything waits.

/** Counted refusals, and the time they must span, before an event is parked for a person. */
export const REFUSALS_MAX = 20
export const REFUSED_MS_MIN = 600_000

/** Notes that the server would not take an event now; it counts once others are seen to pass. */
export function suspect(context: StoreContext, eventId: string, code: OutcomeCode | null): void {
  context
    .database()
    .prepare("UPDATE outbox SET state = 'waiting', is_suspect = 1, code = ? WHERE event_id = ?")
    .run(code, eventId)
}

/** The server took something: whatever it put off since the last time has been refused once more. */
export function countRefusals(context: StoreContext, nowMs: number): void {
  context
    .database()
    .prepare(
      `UPDATE outbox SET is_suspect = 0, refusals = refusals + 1,
         refused_since_ms = coalesce(refused_since_ms, ?)
       WHERE is_suspect = 1 AND state IN ('waiting', 'sent')`,
    )
    .run(nowMs)
}

/** Events refused often enough for long enough, and the last code each was refused with. */
export function stuckEvents(
  context: StoreContext,
  nowMs: number,
): { eventId: string; code: OutcomeCode }[] {
  return context
    .database()
    .prepare<[number, number], { event_id: string; code: string | null }>(
      `SELECT event_id, code FROM outbox
       WHERE refusals >= ? AND refused_since_ms <= ? AND refusals > 0
         AND state IN ('waiting', 'sent') ORDER BY seq`,
    )
    .all(REFUSALS_MAX, nowMs - REFUSED_MS_MIN)
    .map((row) => ({
      eventId: row.event_id,
      code: OUTCOME_CODES.find((code) => code === row.code) ?? 'internal',
    }))
}
