import { Injectable } from '@nestjs/common'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import type { MallExchange } from './mall-exchange.entity.js'
import { itemsBy, piecesOf, putBack } from './mall-rows.js'

// Exchanges that go from one record of a person to another, or whose person goes. Their points stay in
// the book of whoever spent them; what comes back later goes to whoever has the exchange by then.

const ERASURE_ACTOR = 'system:erasure'

interface Hands {
  fromMemberId: string
  toMemberId: string
}

@Injectable()
export class MallOwnersService {
  /** Gives exchanges of one record to another: those named that are still the first one's, or all. */
  async give(
    tx: Tx,
    { fromMemberId, toMemberId }: Hands,
    named: readonly string[] | null,
  ): Promise<string[]> {
    const rows = await tx.rows<{ id: string }>(
      `SELECT id FROM mall_exchange WHERE memberId = ? ORDER BY id${tx.forUpdate}`,
      [fromMemberId],
    )
    const wanted = named === null ? null : new Set(named)
    const ids = rows.map(({ id }) => id).filter((id) => wanted?.has(id) ?? true)
    if (ids.length > 0)
      await tx.run(`UPDATE mall_exchange SET memberId = ? WHERE id IN ${inList(tx)}`, [
        toMemberId,
        listParameter(tx, ids),
      ])
    return ids
  }

  /**
   * How many points came back to a member for these exchanges since a merge: they are of the record
   * that the exchanges go back to.
   */
  async returnedSince(
    statements: Statements,
    of: { memberId: string; mergeId: string },
    ids: readonly string[],
  ): Promise<number> {
    if (ids.length === 0) return 0
    const [row] = await statements.rows<{ points: number | string | null }>(
      `SELECT SUM(t.points) AS points FROM mall_exchange x
       JOIN points_transfer t ON t.id = x.returnTransferId
       WHERE x.id IN ${inList(statements)} AND t.memberId = ? AND t.id > ?`,
      [listParameter(statements, ids), of.memberId, of.mergeId],
    )
    return Number(row?.points ?? 0)
  }

  /** How many pieces wait for a member: what is lost where the membership is deleted. */
  async waitingOf(statements: Statements, memberId: string): Promise<number> {
    const [row] = await statements.rows<{ pieces: number | string | null }>(
      "SELECT SUM(quantity) AS pieces FROM mall_exchange WHERE memberId = ? AND state = 'waiting'",
      [memberId],
    )
    return Number(row?.pieces ?? 0)
  }

  /** What waits for people who are erased is given to nobody, and goes back to the stock. */
  async forget(tx: Tx, memberIds: readonly string[], nowMs: number): Promise<void> {
    const ids = listParameter(tx, memberIds)
    const hints = await tx.rows<{ itemId: string }>(
      `SELECT DISTINCT itemId FROM mall_exchange
       WHERE memberId IN ${inList(tx)} AND state = 'waiting'`,
      [ids],
    )
    await itemsBy(
      tx,
      hints.map(({ itemId }) => itemId),
    )
    const waiting = await tx.rows<MallExchange>(
      `SELECT * FROM mall_exchange WHERE memberId IN ${inList(tx)} AND state = 'waiting'
       ORDER BY id${tx.forUpdate}`,
      [ids],
    )
    await putBack(tx, piecesOf(waiting))
    if (waiting.length > 0)
      await tx.run(
        `UPDATE mall_exchange SET state = 'lapsed', endedAtMs = ?, endedBy = ?
         WHERE id IN ${inList(tx)}`,
        [
          ...[nowMs, ERASURE_ACTOR],
          listParameter(
            tx,
            waiting.map(({ id }) => id),
          ),
        ],
      )
    // Staff may have written of whom it was, and why.
    await tx.run(
      `UPDATE mall_exchange SET reason = NULL, code = NULL WHERE memberId IN ${inList(tx)}`,
      [ids],
    )
  }
}
