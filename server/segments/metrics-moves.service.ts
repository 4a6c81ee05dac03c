import { Injectable } from '@nestjs/common'
import { inList, listParameter, type Tx } from '../platform/database.js'
import { applySales } from './member-metrics.service.js'

// Counts that follow purchases from one record of a person to another, in the transaction that moves
// those: what one loses the other gains, whatever events are still on their way to be counted.

/** A sale that changed hands. */
export interface MovedSale {
  id: string
  storeId: string
  totalFen: number
  occurredAtMs: number
  businessDate: string
  channel: string
}

interface Hands {
  fromMemberId: string
  toMemberId: string
}

@Injectable()
export class MetricsMovesService {
  /** Counts sales with another record from now on. The purchases themselves must be moved before. */
  async moveSales(tx: Tx, { fromMemberId, toMemberId }: Hands, sales: readonly MovedSale[]) {
    const counted = sales.flatMap((sale) =>
      ([-1, 1] as const).map((sign) => ({
        ...sale,
        memberId: sign < 0 ? fromMemberId : toMemberId,
        purchaseId: sale.id,
        sign,
        isOnline: sale.channel === 'online',
        // The last purchase is asked of the purchases, which have moved already.
        isTheirs: false,
      })),
    )
    await applySales(tx, counted, [])
  }

  /** Ties a record to the stores another one is tied to; answers those that are new to it. */
  async copyTies(tx: Tx, { fromMemberId, toMemberId }: Hands): Promise<string[]> {
    const rows = await tx.rows<{ storeId: string; memberId: string }>(
      'SELECT storeId, memberId FROM member_store WHERE memberId IN (?, ?) ORDER BY storeId',
      [fromMemberId, toMemberId],
    )
    const storesOf = (id: string) =>
      rows.filter((row) => row.memberId === id).map(({ storeId }) => storeId)
    const known = new Set(storesOf(toMemberId))
    const fresh = storesOf(fromMemberId).filter((storeId) => !known.has(storeId))
    const ties = fresh.map((storeId) => ({ storeId, memberId: toMemberId }))
    await applySales(tx, [], ties)
    return fresh
  }

  /** Unties a record from stores where it never bought. */
  async dropTies(tx: Tx, memberId: string, storeIds: readonly string[]): Promise<void> {
    await tx.run(
      `DELETE FROM member_store WHERE memberId = ? AND storeId IN ${inList(tx)}
       AND purchaseCount = 0 AND lastPurchaseAtMs IS NULL`,
      [memberId, listParameter(tx, storeIds)],
    )
  }
}
