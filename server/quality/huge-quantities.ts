import type { SqlParameter, Statements } from '../platform/database.js'

/** Thousandths of a piece, or of a kilogram. */
const MILLI = 1_000

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
    Omit<HugeQuantity, 'quantityMilli'> & { quantityMilli: number | string }
  >(
    `SELECT h.purchaseId, p.storeId, p.memberId, p.receiptNo, h.item, h.quantityMilli FROM (
       SELECT l.purchaseId AS purchaseId, MAX(l.name) AS item,
         ABS(SUM(l.quantityMilli)) AS quantityMilli
       FROM purchase_line l WHERE ${asked.where}
       GROUP BY l.purchaseId, COALESCE(l.code, l.name)
       HAVING ABS(SUM(l.quantityMilli)) >= ?) h
     JOIN purchase p ON p.id = h.purchaseId ORDER BY h.purchaseId, h.quantityMilli DESC`,
    [...asked.parameters, asked.pieces * MILLI],
  )
  const largest = new Map<string, HugeQuantity>()
  for (const row of rows)
    if (!largest.has(row.purchaseId))
      largest.set(row.purchaseId, { ...row, quantityMilli: Number(row.quantityMilli) })
  return [...largest.values()]
}
