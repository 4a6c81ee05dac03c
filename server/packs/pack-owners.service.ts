import { Injectable } from '@nestjs/common'
import { inList, listParameter, type Tx } from '../platform/database.js'

// Orders that go from one record of a person to another, or whose person goes. Money stays written
// down: what was paid and refunded is kept as the books need it.

@Injectable()
export class PackOwnersService {
  /** Gives orders of one record to another: those named that are still the first one's, or all. */
  async give(
    tx: Tx,
    hands: { fromMemberId: string; toMemberId: string },
    named: readonly string[] | null,
  ): Promise<string[]> {
    const { fromMemberId, toMemberId } = hands
    const rows = await tx.rows<{ id: string }>(
      `SELECT id FROM pack_order WHERE memberId = ? ORDER BY id${tx.forUpdate}`,
      [fromMemberId],
    )
    const wanted = named === null ? null : new Set(named)
    const ids = rows.map(({ id }) => id).filter((id) => wanted?.has(id) ?? true)
    if (ids.length > 0)
      await tx.run(`UPDATE pack_order SET memberId = ? WHERE id IN ${inList(tx)}`, [
        toMemberId,
        listParameter(tx, ids),
      ])
    return ids
  }

  /** Nothing more is given to people who are erased; who paid, and what staff wrote, is forgotten. */
  async forget(tx: Tx, memberIds: readonly string[]): Promise<void> {
    const orders = await tx.rows<{ id: string }>(
      `SELECT id FROM pack_order WHERE memberId IN ${inList(tx)} ORDER BY id${tx.forUpdate}`,
      [listParameter(tx, memberIds)],
    )
    if (orders.length === 0) return
    const ids = listParameter(
      tx,
      orders.map(({ id }) => id),
    )
    await tx.run(
      `UPDATE pack_grant SET state = 'void' WHERE state = 'due' AND orderId IN ${inList(tx)}`,
      [ids],
    )
    await tx.run(`UPDATE pack_refund SET note = NULL WHERE orderId IN ${inList(tx)}`, [ids])
    await tx.run(
      `UPDATE pack_order SET payerIndex = NULL, identityId = NULL WHERE id IN ${inList(tx)}`,
      [ids],
    )
  }
}
