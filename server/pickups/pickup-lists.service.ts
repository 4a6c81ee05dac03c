import { Injectable } from '@nestjs/common'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import { withinStores, type StoreScope } from '../stores/stores.service.js'
import type { OrderPickup } from './order-pickup.entity.js'

// Orders that are fetched in a store, as members and staff read them.

/** What nobody fetched for so long stands in nobody's way; it stays in the detail of the purchase. */
const WAITING_SHOWN_MS = 180 * 86_400_000
const WAITING_MAX = 20

/** Where and when an order was fetched. */
export interface Fetched {
  storeId: string
  fetchedAtMs: number
  timeZone: string
}

@Injectable()
export class PickupListsService {
  /** Those of these purchases that are fetched in a store, by purchase. */
  async of(
    statements: Statements,
    purchaseIds: readonly string[],
  ): Promise<Map<string, OrderPickup>> {
    if (purchaseIds.length === 0) return new Map()
    const rows = await statements.rows<OrderPickup>(
      `SELECT * FROM order_pickup WHERE purchaseId IN ${inList(statements)}`,
      [listParameter(statements, purchaseIds)],
    )
    return new Map(rows.map((row) => [row.purchaseId, row]))
  }

  /** Where and when those of these sales were fetched that were, by sale. */
  async fetchedOf(
    statements: Statements,
    sales: readonly { id: string }[],
  ): Promise<Map<string, Fetched>> {
    if (sales.length === 0) return new Map()
    const rows = await statements.rows<Fetched & { purchaseId: string }>(
      `SELECT k.purchaseId, k.storeId, k.endedAtMs AS fetchedAtMs, s.timeZone
       FROM order_pickup k JOIN store s ON s.id = k.storeId
       WHERE k.purchaseId IN ${inList(statements)} AND k.state = 'fetched'`,
      [
        listParameter(
          statements,
          sales.map(({ id }) => id),
        ),
      ],
    )
    return new Map(rows.map(({ purchaseId, ...row }) => [purchaseId, row]))
  }

  /** What waits for a member, the oldest first. */
  waitingOf(
    statements: Statements,
    memberId: string,
    at: { scope: StoreScope; nowMs: number },
  ): Promise<OrderPickup[]> {
    const within = withinStores(statements, 'k.storeId', at.scope)
    return statements.rows<OrderPickup>(
      `SELECT k.* FROM purchase p JOIN order_pickup k ON k.purchaseId = p.id
       WHERE p.memberId = ? AND p.occurredAtMs >= ? AND k.state IN ('preparing', 'ready')
         ${within.sql} ORDER BY p.occurredAtMs, p.id LIMIT ${String(WAITING_MAX)}`,
      [memberId, at.nowMs - WAITING_SHOWN_MS, ...within.parameters],
    )
  }

  /** How many wait for each of these members in a store. */
  async waitingCounts(
    statements: Statements,
    memberIds: readonly string[],
    at: { storeId: string; nowMs: number },
  ): Promise<Map<string, number>> {
    if (memberIds.length === 0) return new Map()
    const rows = await statements.rows<{ memberId: string }>(
      `SELECT p.memberId FROM purchase p JOIN order_pickup k ON k.purchaseId = p.id
       WHERE p.memberId IN ${inList(statements)} AND p.occurredAtMs >= ?
         AND k.state IN ('preparing', 'ready') AND k.storeId = ?`,
      [listParameter(statements, memberIds), at.nowMs - WAITING_SHOWN_MS, at.storeId],
    )
    const counts = new Map<string, number>()
    for (const { memberId } of rows) counts.set(memberId, (counts.get(memberId) ?? 0) + 1)
    return counts
  }

  /** A page of orders in one state: those that wait the oldest first, the others the newest. */
  listed(
    statements: Statements,
    asked: { scope: StoreScope; state: string; after: string | null; limit: number },
  ): Promise<OrderPickup[]> {
    const { scope, state, after, limit } = asked
    const [order, beyond] = ['preparing', 'ready'].includes(state) ? ['ASC', '>'] : ['DESC', '<']
    const within = withinStores(statements, 'storeId', scope)
    return statements.rows<OrderPickup>(
      `SELECT * FROM order_pickup WHERE state = ?
         ${after === null ? '' : `AND purchaseId ${beyond} ?`} ${within.sql}
       ORDER BY purchaseId ${order} LIMIT ${String(limit)}`,
      [state, ...(after === null ? [] : [after]), ...within.parameters],
    )
  }

  /** What a code stands for: whoever has it shows it, in whatever store. */
  async byCode(statements: Statements, code: string): Promise<OrderPickup | null> {
    const [pickup] = await statements.rows<OrderPickup>(
      'SELECT * FROM order_pickup WHERE code = ?',
      [code],
    )
    return pickup ?? null
  }

  /** Whether any order waits to be fetched. */
  async isAnyWaiting(tx: Tx): Promise<boolean> {
    const waiting = await tx.rows(
      "SELECT 1 FROM order_pickup WHERE state IN ('preparing', 'ready') LIMIT 1",
    )
    return waiting.length > 0
  }
}
