import { Injectable } from '@nestjs/common'
import {
  inList,
  listParameter,
  valuesOf,
  type Rx,
  type Statements,
  type Tx,
} from '../platform/database.js'
import type { PurchaseLine } from './purchase-line.entity.js'
import type { PurchasePayment } from './purchase-payment.entity.js'
import type { Purchase } from './purchase.entity.js'

// Purchases from every channel: sales and refunds with lines and payments. A purchase is written
// once; afterwards only its member, its refunded sum and its points change.

const PURCHASE_COLUMNS = [
  'id',
  'businessKey',
  'contentSha256',
  'kind',
  'channel',
  'sourceKind',
  'storeId',
  'terminalId',
  'receiptNo',
  'businessDate',
  'printedAt',
  'occurredAtMs',
  'recordedAtMs',
  'clockSuspect',
  'memberId',
  'madeUnderId',
  'totalFen',
  'changeFen',
  'refundedFen',
  'earnedPoints',
  'reversedPoints',
  'spentPoints',
  'couponFen',
  'returnedPoints',
  'earnedAs',
  'cashier',
  'originalReceiptNo',
  'originalPurchaseId',
  'lineCount',
  'firstLineName',
] as const satisfies (keyof Purchase)[]
const LINE_COLUMNS = [
  'purchaseId',
  'lineNo',
  'name',
  'code',
  'quantityMilli',
  'unitPriceFen',
  'amountFen',
] as const satisfies (keyof PurchaseLine)[]
const PAYMENT_COLUMNS = [
  'purchaseId',
  'lineNo',
  'method',
  'amountFen',
] as const satisfies (keyof PurchasePayment)[]
const CHANGING_COLUMNS = [
  'memberId',
  'madeUnderId',
  'refundedFen',
  'earnedPoints',
  'reversedPoints',
  'spentPoints',
  'couponFen',
  'returnedPoints',
  'earnedAs',
  'originalPurchaseId',
] as const satisfies (keyof Purchase)[]

/** Tills whose clock and calendar agree to a few days. */
const DAY_SEARCHED_MS = 7 * 86_400_000

export interface NewPurchase {
  purchase: Purchase
  lines: PurchaseLine[]
  payments: PurchasePayment[]
}

/** What tells whether a document is the same once more. */
export type KnownContent = Pick<
  Purchase,
  'businessKey' | 'sourceKind' | 'totalFen' | 'printedAt' | 'contentSha256'
>

@Injectable()
export class PurchasesService {
  /** Purchases by business key, locked: a second capture may give one its member. */
  findByBusinessKeys(tx: Tx, keys: readonly string[]): Promise<Purchase[]> {
    return this.#where(tx, 'businessKey', keys)
  }

  /** What is known under business keys, for comparing; nothing is locked. */
  async knownContents(
    statements: Statements,
    keys: readonly string[],
  ): Promise<Map<string, KnownContent>> {
    if (keys.length === 0) return new Map()
    const rows = await statements.rows<KnownContent>(
      `SELECT businessKey, sourceKind, totalFen, printedAt, contentSha256 FROM purchase
       WHERE businessKey IN ${inList(statements)}`,
      [listParameter(statements, keys)],
    )
    return new Map(rows.map((row) => [row.businessKey, row]))
  }

  /** Purchases by id, locked for a change. */
  findByIds(tx: Tx, ids: readonly string[]): Promise<Purchase[]> {
    return this.#where(tx, 'id', ids)
  }

  /**
   * The sale of a store that a refund at this till would answer: of those that carry the receipt
   * number the till's own, of these the latest, as `saleAnswered` has it; null when there is none.
   */
  async saleByReceiptNo(
    statements: Statements,
    at: { storeId: string; terminalId: string },
    receiptNo: string,
  ): Promise<Purchase | null> {
    const [row] = await statements.rows<Purchase>(
      `SELECT * FROM purchase WHERE storeId = ? AND receiptNo = ? AND kind = 'sale'
       ORDER BY CASE WHEN terminalId = ? THEN 0 ELSE 1 END, occurredAtMs DESC LIMIT 1`,
      [at.storeId, receiptNo, at.terminalId],
    )
    return row ?? null
  }

  /** Whether one of these stores has a sale under a receipt number. */
  async hasSaleIn(
    statements: Statements,
    storeIds: readonly string[],
    receiptNo: string,
  ): Promise<boolean> {
    if (storeIds.length === 0) return false
    const rows = await statements.rows<{ id: string }>(
      `SELECT id FROM purchase
       WHERE storeId IN ${inList(statements)} AND receiptNo = ? AND kind = 'sale' LIMIT 1`,
      [listParameter(statements, storeIds), receiptNo],
    )
    return rows.length > 0
  }

  /** Sales of one store that carry these receipt numbers, locked: a refund names its sale so. */
  async findSales(tx: Tx, storeId: string, receiptNos: readonly string[]): Promise<Purchase[]> {
    if (receiptNos.length === 0) return []
    return tx.rows<Purchase>(
      `SELECT * FROM purchase WHERE storeId = ? AND receiptNo IN ${inList(tx)} AND kind = 'sale'
       ${tx.forUpdate}`,
      [storeId, listParameter(tx, receiptNos)],
    )
  }

  /** Refunds of one store that wait for the sale they name, locked. */
  async findWaitingRefunds(
    tx: Tx,
    storeId: string,
    receiptNos: readonly string[],
  ): Promise<Purchase[]> {
    if (receiptNos.length === 0) return []
    return tx.rows<Purchase>(
      `SELECT * FROM purchase WHERE storeId = ? AND originalReceiptNo IN ${inList(tx)}
         AND originalPurchaseId IS NULL ${tx.forUpdate}`,
      [storeId, listParameter(tx, receiptNos)],
    )
  }

  /** Refunds that answer these sales, locked: they follow their sale when it changes hands. */
  async findRefundsOf(tx: Tx, sales: readonly Purchase[]): Promise<Purchase[]> {
    const found: Purchase[] = []
    for (const storeId of new Set(sales.map((sale) => sale.storeId))) {
      const those = sales.filter((sale) => sale.storeId === storeId)
      const rows = await tx.rows<Purchase>(
        `SELECT * FROM purchase WHERE storeId = ? AND originalReceiptNo IN ${inList(tx)}
           AND originalPurchaseId IN ${inList(tx)}${tx.forUpdate}`,
        [
          storeId,
          listParameter(
            tx,
            those.flatMap((sale) => sale.receiptNo ?? []),
          ),
          listParameter(
            tx,
            those.map((sale) => sale.id),
          ),
        ],
      )
      found.push(...rows)
    }
    return found
  }

  /** Writes new purchases with their lines and payments. */
  async insert(tx: Tx, fresh: readonly NewPurchase[]): Promise<void> {
    await tx.insert(
      'purchase',
      PURCHASE_COLUMNS,
      fresh.map((one) => valuesOf(one.purchase, PURCHASE_COLUMNS)),
    )
    await tx.insert(
      'purchase_line',
      LINE_COLUMNS,
      fresh.flatMap((one) => one.lines.map((line) => valuesOf(line, LINE_COLUMNS))),
    )
    await tx.insert(
      'purchase_payment',
      PAYMENT_COLUMNS,
      fresh.flatMap((one) => one.payments.map((payment) => valuesOf(payment, PAYMENT_COLUMNS))),
    )
  }

  /** Writes the changing columns of purchases that were read locked. */
  async update(tx: Tx, changed: readonly Purchase[]): Promise<void> {
    const rows = changed.map((row) => [row.id, ...valuesOf(row, CHANGING_COLUMNS)])
    await tx.updateEach('purchase', 'id', CHANGING_COLUMNS, rows)
  }

  /** How many online sales each member kept since a time, by member id; who has none is not in it. */
  async onlineSalesSince(
    statements: Statements,
    memberIds: readonly string[],
    sinceMs: number,
  ): Promise<Map<string, number>> {
    if (memberIds.length === 0) return new Map()
    const rows = await statements.rows<{ memberId: string; sales: number | string }>(
      `SELECT memberId, COUNT(*) AS sales FROM purchase
       WHERE memberId IN ${inList(statements)} AND occurredAtMs >= ?
         AND channel = 'online' AND kind = 'sale' AND refundedFen < totalFen
       GROUP BY memberId`,
      [listParameter(statements, memberIds), sinceMs],
    )
    return new Map(rows.map((row) => [row.memberId, Number(row.sales)]))
  }

  /** Those of these members who have a sale, leaving aside the purchases `exceptIds`. */
  async buyersAmong(
    tx: Tx,
    memberIds: readonly string[],
    exceptIds: readonly string[],
  ): Promise<Set<string>> {
    const rows = await tx.rows<{ id: string }>(
      `SELECT m.id FROM member m WHERE m.id IN ${inList(tx)} AND EXISTS (
         SELECT 1 FROM purchase p WHERE p.memberId = m.id AND p.kind = 'sale'
           AND p.id NOT IN ${inList(tx)})`,
      [listParameter(tx, memberIds), listParameter(tx, notNone(exceptIds))],
    )
    return new Set(rows.map(({ id }) => id))
  }

  /**
   * What the sales of these members gave, less what refunds took back, by member and business date;
   * the purchases `exceptIds` left aside. A sale that its till dated further than
   * `DAY_SEARCHED_MS` away from the moment it was made is not found.
   */
  async pointsByDay(
    tx: Tx,
    of: { memberIds: readonly string[]; businessDates: readonly string[]; atMs: readonly number[] },
    exceptIds: readonly string[],
  ): Promise<{ memberId: string; businessDate: string; points: number }[]> {
    const rows = await tx.rows<{ memberId: string; businessDate: string; points: number | string }>(
      `SELECT memberId, businessDate, SUM(earnedPoints - reversedPoints) AS points FROM purchase
       WHERE memberId IN ${inList(tx)} AND occurredAtMs >= ? AND occurredAtMs <= ?
         AND kind = 'sale' AND businessDate IN ${inList(tx)} AND id NOT IN ${inList(tx)}
       GROUP BY memberId, businessDate`,
      [
        listParameter(tx, of.memberIds),
        Math.min(...of.atMs) - DAY_SEARCHED_MS,
        Math.max(...of.atMs) + DAY_SEARCHED_MS,
        listParameter(tx, of.businessDates),
        listParameter(tx, notNone(exceptIds)),
      ],
    )
    return rows.map((row) => ({ ...row, points: Number(row.points) }))
  }

  /** A page of a member's purchases, newest first; `before` is the last row of the page before. */
  async ofMember(
    rx: Rx,
    query: {
      memberId: string
      /** Of one channel only. */
      channel: 'pos' | 'online' | null
      before: { occurredAtMs: number; id: string } | null
      limit: number
    },
  ): Promise<Purchase[]> {
    const ofChannel = query.channel === null ? '' : `AND channel = '${query.channel}'`
    const before = query.before ?? { occurredAtMs: Number.MAX_SAFE_INTEGER, id: '' }
    return rx.rows<Purchase>(
      `SELECT * FROM purchase WHERE memberId = ? ${ofChannel}
         AND occurredAtMs <= ? AND (occurredAtMs < ? OR id < ?)
       ORDER BY occurredAtMs DESC, id DESC LIMIT ${String(query.limit)}`,
      [query.memberId, before.occurredAtMs, before.occurredAtMs, before.id],
    )
  }

  /** Those of these members who have bought anything that is known. */
  async boughtBy(rx: Statements, memberIds: readonly string[]): Promise<Set<string>> {
    if (memberIds.length === 0) return new Set()
    const rows = await rx.rows<{ id: string }>(
      `SELECT m.id FROM member m WHERE m.id IN ${inList(rx)} AND EXISTS
         (SELECT 1 FROM purchase p WHERE p.memberId = m.id AND p.kind = 'sale')`,
      [listParameter(rx, memberIds)],
    )
    return new Set(rows.map(({ id }) => id))
  }

  /** How many purchases a member has made, refunds among them. */
  async countOf(rx: Statements, memberId: string): Promise<number> {
    const [row] = await rx.rows<{ count: number | string }>(
      'SELECT COUNT(*) AS count FROM purchase WHERE memberId = ?',
      [memberId],
    )
    return Number(row?.count ?? 0)
  }

  /** The first `perPurchaseMax` lines of each of these purchases, by purchase id. */
  async firstLinesOf(
    rx: Statements,
    purchaseIds: readonly string[],
    perPurchaseMax: number,
  ): Promise<Map<string, PurchaseLine[]>> {
    if (purchaseIds.length === 0) return new Map()
    const rows = await rx.rows<PurchaseLine>(
      `SELECT ${LINE_COLUMNS.join(', ')} FROM purchase_line
       WHERE purchaseId IN ${inList(rx)} AND lineNo <= ? ORDER BY purchaseId, lineNo`,
      [listParameter(rx, purchaseIds), perPurchaseMax],
    )
    const linesOf = new Map<string, PurchaseLine[]>()
    for (const row of rows) {
      const lines = linesOf.get(row.purchaseId) ?? []
      lines.push(row)
      linesOf.set(row.purchaseId, lines)
    }
    return linesOf
  }

  /** One purchase with lines and payments, if it belongs to the member; else null. */
  async detailOfMember(rx: Rx, memberId: string, purchaseId: string): Promise<NewPurchase | null> {
    const [purchase] = await rx.rows<Purchase>(
      'SELECT * FROM purchase WHERE id = ? AND memberId = ?',
      [purchaseId, memberId],
    )
    if (!purchase) return null
    const lines = await rx.rows<PurchaseLine>(
      'SELECT * FROM purchase_line WHERE purchaseId = ? ORDER BY lineNo',
      [purchaseId],
    )
    const payments = await rx.rows<PurchasePayment>(
      'SELECT * FROM purchase_payment WHERE purchaseId = ? ORDER BY lineNo',
      [purchaseId],
    )
    return { purchase, lines, payments }
  }

  async #where(
    tx: Tx,
    column: 'id' | 'businessKey',
    values: readonly string[],
  ): Promise<Purchase[]> {
    if (values.length === 0) return []
    return tx.rows<Purchase>(
      `SELECT * FROM purchase WHERE ${column} IN ${inList(tx)}${tx.forUpdate}`,
      [listParameter(tx, values)],
    )
  }
}

/** `NOT IN` of no values is not true on MariaDB. */
function notNone(ids: readonly string[]): readonly string[] {
  return ids.length === 0 ? [''] : ids
}

/** Where a refund's receipt number was used more than once, the sale it most likely answers. */
export function saleAnswered(refund: Purchase, sales: readonly Purchase[]): Purchase | null {
  const earlier = sales.filter(
    (sale) =>
      sale.kind === 'sale' &&
      sale.storeId === refund.storeId &&
      // An online shop names its own orders; a till may take back what was ordered online.
      (refund.channel !== 'online' || sale.channel === 'online') &&
      sale.receiptNo === refund.originalReceiptNo &&
      sale.businessDate <= refund.businessDate,
  )
  const sameTill = earlier.filter((sale) => sale.terminalId === refund.terminalId)
  const candidates = sameTill.length > 0 ? sameTill : earlier
  return candidates.reduce<Purchase | null>(
    (best, sale) => (best === null || sale.occurredAtMs > best.occurredAtMs ? sale : best),
    null,
  )
}
