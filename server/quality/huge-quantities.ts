import { inList, listParameter, type SqlParameter, type Statements } from '../platform/database.js'

/** Thousandths in a piece, or in a kilogram. */
export const MILLI = 1_000

export interface HugeQuantity {
  purchaseId: string
  storeId: string
  memberId: string | null
  receiptNo: string | null
  item: string
  quantityMilli: number
}

/**
 * Items of which one purchase has `pieces` or more, over all its lines, the largest of each purchase;
 * `where` says which lines `l` to look at. Refunds count as they were: below zero at most tills.
 */
export async function hugeQuantities(
  statements: Statements,
  asked: { where: string; parameters: readonly SqlParameter[]; pieces: number },
): Promise<HugeQuantity[]> {
  const rows = await statements.rows<
    Pick<HugeQuantity, 'purchaseId' | 'item'> & { quantityMilli: number | string }
  >(
    `SELECT l.purchaseId AS purchaseId, MAX(l.name) AS item,
       ABS(SUM(l.quantityMilli)) AS quantityMilli
     FROM purchase_line l WHERE ${asked.where}
     GROUP BY l.purchaseId, COALESCE(l.code, l.name)
     HAVING ABS(SUM(l.quantityMilli)) >= ?`,
    [...asked.parameters, asked.pieces * MILLI],
  )
  // Hardly ever is there one; only then is it asked whose it is.
  if (rows.length === 0) return []
  const purchases = await statements.rows<
    Pick<HugeQuantity, 'storeId' | 'memberId' | 'receiptNo'> & { id: string }
  >(
    `SELECT id, storeId, memberId, receiptNo FROM purchase WHERE id IN ${inList(statements)}
     ORDER BY id`,
    [listParameter(statements, [...new Set(rows.map(({ purchaseId }) => purchaseId))])],
  )
  return purchases.map(({ id, ...purchase }) => {
    const items = rows
      .filter(({ purchaseId }) => purchaseId === id)
      .map(({ item, quantityMilli }) => ({ item, quantityMilli: Number(quantityMilli) }))
    const largest = items.reduce((a, b) => (b.quantityMilli > a.quantityMilli ? b : a))
    return { purchaseId: id, ...purchase, ...largest }
  })
}
