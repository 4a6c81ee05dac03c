import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../platform/config.js'
import { maskPhonesIn } from '@huike/shared/phone'
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

const FORGOTTEN_PER_READ_MAX = 200

@Injectable()
export class ParkedEventsService {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /**
   * Masks every phone number in parked events that name one of `phones`: what is left to decide is
   * about the receipt. Reads all of them, a page at a time; they are few. What nobody can open any more
   * tells nobody a number.
   */
  async forget(tx: Tx, phones: readonly string[]): Promise<void> {
    let after = ''
    for (;;) {
      const rows = await tx.rows<Pick<ParkedEvent, 'eventId' | 'payloadSealed'>>(
        `SELECT eventId, payloadSealed FROM parked_event WHERE eventId > ?
         ORDER BY eventId LIMIT ${String(FORGOTTEN_PER_READ_MAX)}`,
        [after],
      )
      for (const { eventId, payloadSealed } of rows) {
        const json = this.#text({ eventId, payloadSealed })
        const digits = json?.replace(/[\s-]/g, '') ?? ''
        if (json === null || !phones.some((phone) => digits.includes(phone))) continue
        await tx.run('UPDATE parked_event SET payloadSealed = ? WHERE eventId = ?', [
          this.config.keyring.seal(maskPhonesIn(json), sealContext(eventId)),
          eventId,
        ])
      }
      const last = rows.at(-1)
      if (!last || rows.length < FORGOTTEN_PER_READ_MAX) return
      after = last.eventId
    }
  }

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
   * named. Answers who, when and whether it was now, or null when there is no such event there.
   */
  async resolve(
    tx: Tx,
    by: { eventId: string; staffId: string; scope: StoreScope; nowMs: number },
  ): Promise<{ resolvedAtMs: number; resolvedBy: string | null; isFirst: boolean } | null> {
    const within = withinStores(tx, 't.storeId', by.scope)
    const [known] = await tx.rows<{ eventId: string }>(
      `SELECT p.eventId FROM parked_event p JOIN terminal t ON t.id = p.terminalId
       WHERE p.eventId = ?${within.sql}`,
      [by.eventId, ...within.parameters],
    )
    if (!known) return null
    const marked = await tx.run(
      `UPDATE parked_event SET resolvedAtMs = ?, resolvedBy = ?
       WHERE eventId = ? AND resolvedAtMs IS NULL`,
      [by.nowMs, by.staffId, by.eventId],
    )
    const [row] = await tx.rows<ParkedEvent>(
      'SELECT * FROM parked_event WHERE eventId = ? AND resolvedAtMs IS NOT NULL',
      [by.eventId],
    )
    if (!row || row.resolvedAtMs === null) return null
    return { resolvedAtMs: row.resolvedAtMs, resolvedBy: row.resolvedBy, isFirst: marked > 0 }
  }

  /** The event as the till sent it; null when its key is gone or it is not JSON. */
  open(row: Pick<ParkedEvent, 'eventId' | 'payloadSealed'>): unknown {
    try {
      return JSON.parse(this.#text(row) ?? 'null')
    } catch (error) {
      if (error instanceof SyntaxError) return null
      throw error
    }
  }

  /** Null when its key is gone. */
  #text({ eventId, payloadSealed }: Pick<ParkedEvent, 'eventId' | 'payloadSealed'>): string | null {
    try {
      return this.config.keyring.open(payloadSealed, sealContext(eventId))
    } catch (error) {
      if (error instanceof KeyringError) return null
      throw error
    }
  }
}

/** What the payload of a parked event is sealed to. */
export function sealContext(eventId: string): string {
  return `parked_event.payloadSealed|${eventId}`
}
