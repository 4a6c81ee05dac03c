import { Injectable } from '@nestjs/common'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import type { PurchaseLine } from './purchase-line.entity.js'
import type { Purchase } from './purchase.entity.js'

// What of a sale was not returned, in goods: for whoever hands them over. Money decides whether the
// whole sale came back. A refund may take money off and leave the goods, or name its goods otherwise
// than the sale did; so lines only show what came back, for somebody to compare.

const SALE_COLUMNS = [
  'id',
  'memberId',
  'storeId',
  'receiptNo',
  'businessDate',
  'totalFen',
  'refundedFen',
] as const satisfies (keyof Purchase)[]
type SaleRow = Pick<Purchase, (typeof SALE_COLUMNS)[number]>

/** A line of a sale, with how much of it came back. */
export interface KeptLine {
  name: string
  code: string | null
  quantityMilli: number
  amountFen: number
  returnedMilli: number
}

/** A sale with its goods as they are now. */
export interface KeptGoods extends SaleRow {
  lines: KeptLine[]
  /** How many refunds answer it: none is ever taken away. */
  refunds: number
  isReturnedWhole: boolean
}

@Injectable()
export class KeptGoodsService {
  /**
   * Sales by id with what is left of them; what is none is not in it. Inside a write they are locked in
   * the order of their ids: a refund holds the sale it answers, so that none comes in between. A read
   * holds nothing: there refunds are read first, so that none is counted whose money is not shown.
   */
  async of(
    statements: Statements | Tx,
    saleIds: readonly string[],
  ): Promise<Map<string, KeptGoods>> {
    if (saleIds.length === 0) return new Map()
    const ids = [...new Set(saleIds)].sort()
    const isLocking = 'forUpdate' in statements
    const lock = isLocking ? statements.forUpdate : ''
    const seen = isLocking ? [] : await this.#refundsOf(statements, ids)
    const sales = await statements.rows<SaleRow>(
      `SELECT ${SALE_COLUMNS.join(', ')} FROM purchase
       WHERE id IN ${inList(statements)} AND kind = 'sale' ORDER BY id${lock}`,
      [listParameter(statements, ids)],
    )
    const refunds = isLocking ? await this.#refundsOf(statements, ids) : seen
    const linesOf = await this.#linesOf(statements, [
      ...sales.map(({ id }) => id),
      ...refunds.map(({ id }) => id),
    ])
    return new Map(
      sales.map((sale) => {
        const own = refunds.filter(({ saleId }) => saleId === sale.id)
        const back = own.flatMap(({ id }) => linesOf.get(id) ?? [])
        const lines = keptLines(linesOf.get(sale.id) ?? [], back)
        const isReturnedWhole = own.length > 0 && isAllBack(sale, lines)
        return [sale.id, { ...sale, lines, refunds: own.length, isReturnedWhole }]
      }),
    )
  }

  #refundsOf(statements: Statements, saleIds: readonly string[]) {
    return statements.rows<{ id: string; saleId: string }>(
      `SELECT r.id, s.id AS saleId FROM purchase s JOIN purchase r
         ON r.storeId = s.storeId AND r.originalReceiptNo = s.receiptNo
         AND r.originalPurchaseId = s.id AND r.kind = 'refund'
       WHERE s.id IN ${inList(statements)} ORDER BY r.id`,
      [listParameter(statements, saleIds)],
    )
  }

  async #linesOf(
    statements: Statements,
    purchaseIds: readonly string[],
  ): Promise<Map<string, PurchaseLine[]>> {
    const rows = await statements.rows<PurchaseLine>(
      `SELECT * FROM purchase_line WHERE purchaseId IN ${inList(statements)}
       ORDER BY purchaseId, lineNo`,
      [listParameter(statements, purchaseIds)],
    )
    const linesOf = new Map<string, PurchaseLine[]>()
    for (const row of rows)
      linesOf.set(row.purchaseId, [...(linesOf.get(row.purchaseId) ?? []), row])
    return linesOf
  }
}

/** What was paid came back; of what cost nothing, the goods did. */
function isAllBack({ totalFen, refundedFen }: SaleRow, lines: readonly KeptLine[]): boolean {
  if (totalFen > 0) return refundedFen >= totalFen
  return lines.every(({ quantityMilli, returnedMilli }) => returnedMilli >= quantityMilli)
}

/** Returned lines are found by the code of the goods where both have one, else by their name. */
function keptLines(sold: readonly PurchaseLine[], back: readonly PurchaseLine[]): KeptLine[] {
  const lines = sold.map(({ name, code, quantityMilli, amountFen }) => ({
    ...{ name, code, quantityMilli, amountFen, returnedMilli: 0 },
  }))
  for (const one of back) {
    // Some tills print what came back below zero.
    let leftMilli = Math.abs(one.quantityMilli)
    for (const line of lines.filter((line) => isSameGoods(line, one))) {
      const taken = Math.max(0, Math.min(leftMilli, line.quantityMilli - line.returnedMilli))
      line.returnedMilli += taken
      leftMilli -= taken
    }
  }
  return lines
}

function isSameGoods(
  one: Pick<PurchaseLine, 'name' | 'code'>,
  other: Pick<PurchaseLine, 'name' | 'code'>,
): boolean {
  if (one.code !== null && other.code !== null) return one.code === other.code
  return one.name === other.name
}
