import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../platform/config.js'
import { inList, listParameter, valuesOf, type Tx } from '../platform/database.js'
import type { AgentEvent } from './agent-event.entity.js'
import { sealContext } from './parked-events.service.js'

// What tills sent and what they were answered. The same event again gets the same answer; the same
// id with other content is a conflict. What cannot be taken waits here, sealed, for a person.

const EVENT_COLUMNS = [
  'eventId',
  'terminalId',
  'type',
  'contentSha256',
  'status',
  'code',
  'purchaseId',
  'memberId',
  'points',
  'balancePoints',
  'receivedAtMs',
  'couponCode',
] as const satisfies (keyof AgentEvent)[]

export interface EventToPark {
  eventId: string
  terminalId: string
  code: string
  /** The event as JSON; sealed before it is stored, since it may hold a phone number. */
  json: string
  receivedAtMs: number
}

@Injectable()
export class TerminalInboxService {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Events answered before, by event id. */
  async find(tx: Tx, eventIds: readonly string[]): Promise<Map<string, AgentEvent>> {
    if (eventIds.length === 0) return new Map()
    const rows = await tx.rows<AgentEvent>(
      `SELECT * FROM agent_event WHERE eventId IN ${inList(tx)}`,
      [listParameter(tx, eventIds)],
    )
    return new Map(rows.map((row) => [row.eventId, row]))
  }

  /** Stores the answers to new events. */
  async insert(tx: Tx, answered: readonly AgentEvent[]): Promise<void> {
    await tx.insert(
      'agent_event',
      EVENT_COLUMNS,
      answered.map((row) => valuesOf(row, EVENT_COLUMNS)),
    )
  }

  /** Marks givings that were taken back, so that none is taken back twice. */
  async markUndone(tx: Tx, eventIds: readonly string[]): Promise<void> {
    if (eventIds.length === 0) return
    const marked = await tx.run(
      `UPDATE agent_event SET status = 'undone'
       WHERE eventId IN ${inList(tx)} AND status = 'accepted'`,
      [listParameter(tx, eventIds)],
    )
    if (marked !== eventIds.length) throw new Error('a giving was taken back by somebody else')
  }

  /** Parks events for a person; one that is parked already stays as it was. */
  async park(tx: Tx, events: readonly EventToPark[]): Promise<void> {
    if (events.length === 0) return
    const ids = events.map((event) => event.eventId)
    const known = await tx.rows<{ eventId: string }>(
      `SELECT eventId FROM parked_event WHERE eventId IN ${inList(tx)}`,
      [listParameter(tx, ids)],
    )
    const parked = new Set(known.map((row) => row.eventId))
    const fresh = events.filter((event) => !parked.has(event.eventId))
    await tx.insert(
      'parked_event',
      ['eventId', 'terminalId', 'code', 'payloadSealed', 'receivedAtMs', 'resolvedAtMs'],
      fresh.map((event) => [
        event.eventId,
        event.terminalId,
        event.code,
        this.config.keyring.seal(event.json, sealContext(event.eventId)),
        event.receivedAtMs,
        null,
      ]),
    )
  }
}
