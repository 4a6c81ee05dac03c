import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../platform/config.js'
import type { Rx, Tx } from '../platform/database.js'
import { KeyringError } from '../platform/keyring.js'
import type { ParkedEvent } from './parked-event.entity.js'
import { withinStores, type StoreScope } from './stores.service.js'

// What tills sent and nobody could take: a conflict, a number that is none. A person looks at it
// and settles it. Settling marks the row and moves nothing: no purchase, no points.

/** A parked event with the till and store it came from. */
export interface ParkedRow extends ParkedEvent {
  terminalCode: string
  storeCode: string
  storeName: string
  timeZone: string
}

export interface ParkedCount {
  code: string
  count: number
  oldestAtMs: number
}

@Injectable()
export class ParkedEventsService {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** How many of a scope of stores wait for a person, by reason. */
  async waitingByCode(rx: Rx, scope: StoreScope): Promise<ParkedCount[]> {
    const within = withinStores(rx, 't.storeId', scope)
    const rows = await rx.rows<{ code: string; n: number; oldest: number | string }>(
      `SELECT p.code, COUNT(*) AS n, MIN(p.receivedAtMs) AS oldest FROM parked_event p
       JOIN terminal t ON t.id = p.terminalId
       WHERE p.resolvedAtMs IS NULL${within.sql} GROUP BY p.code ORDER BY p.code`,
      within.parameters,
    )
    return rows.map(({ code, n, oldest }) => ({
      code,
      count: n,
      oldestAtMs: Number(oldest),
    }))
  }

  /** One page, newest first; `beforeId` is the event id the page before ended with. */
  page(
    rx: Rx,
    query: {
      scope: StoreScope
      state: 'waiting' | 'resolved'
      beforeId: string | null
      limit: number
    },
  ): Promise<ParkedRow[]> {
    const within = withinStores(rx, 't.storeId', query.scope)
    const settled = query.state === 'waiting' ? 'IS NULL' : 'IS NOT NULL'
    const older = query.beforeId === null ? '' : 'AND p.eventId < ?'
    return rx.rows<ParkedRow>(
      `SELECT p.*, t.code AS terminalCode, s.code AS storeCode, s.name AS storeName,
         s.timeZone
       FROM parked_event p JOIN terminal t ON t.id = p.terminalId JOIN store s ON s.id = t.storeId
       WHERE p.resolvedAtMs ${settled} ${older}${within.sql} ORDER BY p.eventId DESC LIMIT ${String(query.limit)}`,
      [...(query.beforeId === null ? [] : [query.beforeId]), ...within.parameters],
    )
  }

  /**
   * Marks an event of a scope of stores as settled by a staff member; the first to do so stays
   * named. Answers who and when, or null when there is no such event there.
   */
  async resolve(
    tx: Tx,
    by: { eventId: string; staffId: string; scope: StoreScope; nowMs: number },
  ): Promise<{ resolvedAtMs: number; resolvedBy: string | null } | null> {
    const within = withinStores(tx, 't.storeId', by.scope)
    const [known] = await tx.rows<{ eventId: string }>(
      `SELECT p.eventId FROM parked_event p JOIN terminal t ON t.id = p.terminalId
       WHERE p.eventId = ?${within.sql}`,
      [by.eventId, ...within.parameters],
    )
    if (!known) return null
    await tx.run(
      `UPDATE parked_event SET resolvedAtMs = ?, resolvedBy = ?
       WHERE eventId = ? AND resolvedAtMs IS NULL`,
      [by.nowMs, by.staffId, by.eventId],
    )
    const [row] = await tx.rows<ParkedEvent>(
      'SELECT * FROM parked_event WHERE eventId = ? AND resolvedAtMs IS NOT NULL',
      [by.eventId],
    )
    if (!row || row.resolvedAtMs === null) return null
    return { resolvedAtMs: row.resolvedAtMs, resolvedBy: row.resolvedBy }
  }

  /** The event as the till sent it; null when its key is gone or it is not JSON. */
  open(row: Pick<ParkedEvent, 'eventId' | 'payloadSealed'>): unknown {
    try {
      const context = `parked_event.payloadSealed|${row.eventId}`
      return JSON.parse(this.config.keyring.open(row.payloadSealed, context))
    } catch (error) {
      if (error instanceof KeyringError || error instanceof SyntaxError) return null
      throw error
    }
  }
}
