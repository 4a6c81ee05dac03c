import { Injectable } from '@nestjs/common'
import { inList, listParameter, type SqlParameter, type Tx } from '../platform/database.js'
import type { Purchase } from './purchase.entity.js'

// Purchases that go from one record of a person to another, when the two become one or two again.

const IDS_PER_STATEMENT = 1_000

const OWNED_COLUMNS = [
  'id',
  'kind',
  'channel',
  'storeId',
  'occurredAtMs',
  'businessDate',
  'totalFen',
  'madeUnderId',
] as const satisfies (keyof Purchase)[]
const OWNED = OWNED_COLUMNS.join(', ')

/** What a merge must know of a purchase. */
export type OwnedPurchase = Pick<Purchase, (typeof OWNED_COLUMNS)[number]>

@Injectable()
export class PurchaseOwnersService {
  /** Purchases of one record, locked; one more than `limit` when there are more. */
  ofMember(tx: Tx, memberId: string, limit: number): Promise<OwnedPurchase[]> {
    return tx.rows<OwnedPurchase>(
      `SELECT ${OWNED} FROM purchase WHERE memberId = ?
       ORDER BY id LIMIT ${String(limit + 1)}${tx.forUpdate}`,
      [memberId],
    )
  }

  /** Those of `ids` that are purchases of one record, locked. */
  async amongOf(tx: Tx, memberId: string, ids: readonly string[]): Promise<OwnedPurchase[]> {
    return inParts(tx, ids, (list, parameter) =>
      tx.rows<OwnedPurchase>(
        `SELECT ${OWNED} FROM purchase WHERE id IN ${list} AND memberId = ?${tx.forUpdate}`,
        [parameter, memberId],
      ),
    )
  }

  /** Purchases of one record that were made under these identities, ids and numbers; locked. */
  async madeUnder(tx: Tx, memberId: string, underIds: readonly string[]): Promise<OwnedPurchase[]> {
    return inParts(tx, underIds, (list, parameter) =>
      tx.rows<OwnedPurchase>(
        `SELECT ${OWNED} FROM purchase WHERE memberId = ? AND madeUnderId IN ${list}${tx.forUpdate}`,
        [memberId, parameter],
      ),
    )
  }

  /** Refunds of one record that answer these sales, locked. */
  async refundsOf(tx: Tx, memberId: string, saleIds: readonly string[]): Promise<OwnedPurchase[]> {
    return inParts(tx, saleIds, (list, parameter) =>
      tx.rows<OwnedPurchase>(
        `SELECT ${OWNED} FROM purchase
         WHERE memberId = ? AND kind = 'refund' AND originalPurchaseId IN ${list}${tx.forUpdate}`,
        [memberId, parameter],
      ),
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
      `SELECT SUM(earnedPoints - reversedPoints
         - COALESCE(spentPoints, 0) + COALESCE(returnedPoints, 0)) AS given FROM purchase
       WHERE memberId = ? AND kind = 'sale'`,
      [memberId],
    )
    return Number(row?.given ?? 0)
  }
}

/** Asks about some ids at a time; answers everything that was found. */
async function inParts(
  tx: Tx,
  ids: readonly string[],
  ask: (list: string, parameter: SqlParameter) => Promise<OwnedPurchase[]>,
): Promise<OwnedPurchase[]> {
  const found: OwnedPurchase[] = []
  for (let at = 0; at < ids.length; at += IDS_PER_STATEMENT)
    found.push(...(await ask(inList(tx), listParameter(tx, ids.slice(at, at + IDS_PER_STATEMENT)))))
  return found
}
