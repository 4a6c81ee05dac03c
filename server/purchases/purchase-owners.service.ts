import { Injectable } from '@nestjs/common'
import { inList, listParameter, type Tx } from '../platform/database.js'
import type { Purchase } from './purchase.entity.js'

// Purchases that go from one record of a person to another, when the two become one or two again.

const IDS_PER_STATEMENT = 1_000

/** What a merge must know of a purchase. */
export type OwnedPurchase = Pick<
  Purchase,
  | 'id'
  | 'kind'
  | 'channel'
  | 'storeId'
  | 'occurredAtMs'
  | 'businessDate'
  | 'totalFen'
  | 'madeUnderId'
  | 'originalPurchaseId'
>

@Injectable()
export class PurchaseOwnersService {
  /** Purchases of one record, locked; one more than `limit` when there are more. */
  ofMember(tx: Tx, memberId: string, limit: number): Promise<OwnedPurchase[]> {
    return tx.rows<OwnedPurchase>(
      `SELECT id, kind, channel, storeId, occurredAtMs, businessDate, totalFen, madeUnderId,
         originalPurchaseId
       FROM purchase WHERE memberId = ? ORDER BY id LIMIT ${String(limit + 1)}${tx.forUpdate}`,
      [memberId],
    )
  }

  /** Gives purchases to another record. */
  async give(tx: Tx, ids: readonly string[], memberId: string): Promise<void> {
    for (let at = 0; at < ids.length; at += IDS_PER_STATEMENT)
      await tx.run(`UPDATE purchase SET memberId = ? WHERE id IN ${inList(tx)}`, [
        memberId,
        listParameter(tx, ids.slice(at, at + IDS_PER_STATEMENT)),
      ])
  }

  /** Forgets by which number or account these members named themselves when they bought. */
  async forgetNames(tx: Tx, memberIds: readonly string[]): Promise<void> {
    await tx.run(`UPDATE purchase SET madeUnderId = NULL WHERE memberId IN ${inList(tx)}`, [
      listParameter(tx, memberIds),
    ])
  }

  /** What the purchases of one record gave, less what refunds took back. */
  async pointsOf(tx: Tx, memberId: string): Promise<number> {
    const [row] = await tx.rows<{ given: number | string | null }>(
      `SELECT SUM(earnedPoints - reversedPoints) AS given FROM purchase
       WHERE memberId = ? AND kind = 'sale'`,
      [memberId],
    )
    return Number(row?.given ?? 0)
  }
}
