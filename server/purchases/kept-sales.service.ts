import { Injectable } from '@nestjs/common'
import { localTime } from '@huike/shared/local-time'
import { inList, listParameter, type Statements } from '../platform/database.js'

// Sales as they are now: whose, and what of them was not returned.

/** A sale, whatever was bought with it. */
export interface KeptSale {
  id: string
  memberId: string | null
  storeId: string
  channel: 'pos' | 'online'
  occurredAtMs: number
  recordedAtMs: number
  /** The clock on the wall of the store then, `YYYY-MM-DDTHH:mm:ss`. */
  localTime: string
  /** What was paid in money, less what was returned. */
  keptFen: number
}

@Injectable()
export class KeptSalesService {
  /** The sales that these purchases are, or answer as refunds. */
  async idsBehind(statements: Statements, purchaseIds: readonly string[]): Promise<string[]> {
    if (purchaseIds.length === 0) return []
    const rows = await statements.rows<{ id: string; kind: string; saleId: string | null }>(
      `SELECT id, kind, originalPurchaseId AS saleId FROM purchase WHERE id IN ${inList(statements)}`,
      [listParameter(statements, purchaseIds)],
    )
    return [
      ...new Set(rows.flatMap(({ id, kind, saleId }) => (kind === 'sale' ? id : (saleId ?? [])))),
    ]
  }

  /** Sales by id; what is none is not in it. */
  async byIds(statements: Statements, ids: readonly string[]): Promise<Map<string, KeptSale>> {
    if (ids.length === 0) return new Map()
    const rows = await statements.rows<SaleRow>(
      `SELECT p.id, p.memberId, p.storeId, p.channel, p.occurredAtMs, p.recordedAtMs,
         p.totalFen, p.refundedFen, s.timeZone FROM purchase p JOIN store s ON s.id = p.storeId
       WHERE p.id IN ${inList(statements)} AND p.kind = 'sale'`,
      [listParameter(statements, ids)],
    )
    return new Map(
      rows.map(({ timeZone, totalFen, refundedFen, ...row }) => [
        row.id,
        {
          ...row,
          localTime: localTime(row.occurredAtMs, timeZone),
          keptFen: totalFen - refundedFen,
        },
      ]),
    )
  }
}

interface SaleRow extends Omit<KeptSale, 'localTime' | 'keptFen'> {
  totalFen: number
  refundedFen: number
  timeZone: string
}
