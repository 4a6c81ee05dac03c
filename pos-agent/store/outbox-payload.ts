import { agentEventSchema } from '@huike/shared/contracts/agent'
import type { AgentEvent } from '@huike/shared/contracts/agent'
import type { StoreContext } from './context.js'
import { placeOf } from './outbox-rows.js'

// Events that were never sent may still be corrected; one that was sent once never changes again,
// because the server compares a second delivery with the first.

/** Never-sent events of the given types, opened, oldest first. */
export function appendedPayload(
  context: StoreContext,
  ...types: AgentEvent['type'][]
): { event: AgentEvent }[] {
  return context
    .database()
    .prepare<[string], { event_id: string; sealed: Buffer }>(
      `SELECT event_id, sealed FROM outbox WHERE state = 'waiting' AND attempts = 0
         AND type IN (SELECT value FROM json_each(?)) ORDER BY seq`,
    )
    .all(JSON.stringify(types))
    .map((row) => ({
      event: agentEventSchema.parse(context.sealer.openJson(placeOf(row.event_id), row.sealed)),
    }))
}

/** Writes a corrected event over its never-sent row. */
export function reseal(context: StoreContext, event: AgentEvent): void {
  const payload = JSON.stringify(event)
  context
    .database()
    .prepare('UPDATE outbox SET sealed = ?, payload_bytes = ? WHERE event_id = ? AND attempts = 0')
    .run(
      context.sealer.seal(placeOf(event.eventId), payload),
      Buffer.byteLength(payload),
      event.eventId,
    )
}
