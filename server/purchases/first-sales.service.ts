import { Injectable } from '@nestjs/common'
import { inList, listParameter, type Tx } from '../platform/database.js'

// Which sale of a person was heard of first. Tills are heard of late and out of order: what counts is
// when a sale was recorded, so that of two the later one is never the first as well.

@Injectable()
export class FirstSalesService {
  /**
   * Whether a sale is one of a person's with none before it: a return does not make another the first.
   * Two that were recorded in the same moment are both. False for a sale that is not theirs any more,
   * or was brought back whole.
   */
  async isFirst(tx: Tx, purchaseId: string, personIds: readonly string[]): Promise<boolean> {
    const list = listParameter(tx, personIds)
    const [sale] = await tx.rows<{ recordedAtMs: number }>(
      `SELECT recordedAtMs FROM purchase WHERE id = ? AND memberId IN ${inList(tx)}
       AND kind = 'sale' AND refundedFen < totalFen`,
      [purchaseId, list],
    )
    if (!sale) return false
    const before = await tx.rows(
      `SELECT id FROM purchase WHERE memberId IN ${inList(tx)} AND kind = 'sale'
       AND recordedAtMs < ? LIMIT 1`,
      [list, sale.recordedAtMs],
    )
    return before.length === 0
  }

  /** The sale that a refund answers, where nothing of it is kept by now; else null. */
  async broughtBackWhole(tx: Tx, refundId: string): Promise<string | null> {
    const [sale] = await tx.rows<{ id: string }>(
      `SELECT s.id FROM purchase r JOIN purchase s ON s.id = r.originalPurchaseId
       WHERE r.id = ? AND r.kind = 'refund' AND s.refundedFen >= s.totalFen`,
      [refundId],
    )
    return sale?.id ?? null
  }
}
