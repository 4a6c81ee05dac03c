import { inList, listParameter, type Database, type Rx } from '../platform/database.js'
import type { PointsAccount } from './points-account.entity.js'
import type { PointsHold } from './points-hold.entity.js'
import type { PointsLotUse } from './points-lot-use.entity.js'
import type { PointsLot } from './points-lot.entity.js'
import type { PointsTransfer } from './points-transfer.entity.js'
import { holdOfKey, LATE, purchaseOfKey, type CausedTransfer } from './source-keys.js'

// The book in pages, as the verifier reads it.

/** After every id: the end of the last range. */
const AFTER_ALL = '~'

export type TransferRow = PointsTransfer & { causeId: string | null }
export type AccountRow = PointsAccount & { memberSinceMs: number | null; mergeId: string | null }

export type LotRow = PointsLot & { openedAtMs: number }
export type UseRow = PointsLotUse & { memberId: string }

export interface PurchaseRow {
  id: string
  kind: string
  memberId: string | null
  totalFen: number
  refundedFen: number
  earnedPoints: number
  reversedPoints: number
  spentPoints: number | null
  returnedPoints: number | null
  originalPurchaseId: string | null
}

/** A transfer that names a hold. */
export type NamingTransfer = CausedTransfer &
  Pick<PointsTransfer, 'explanation' | 'actor' | 'occurredAtMs'>

export type HoldRow = PointsHold & { saleId: string | null }

export type PageOf<Row> = (rx: Rx, last: Row | null, limit: number) => Promise<Row[]>
/** The ids a page stands for: after `after`, up to and including `upTo`. */
export interface Range {
  after: string
  upTo: string
}

/** Hands every page to `take`, the last one even when it is empty. */
export async function eachPage<Row extends { memberId?: string | null }>(
  { database, rowsPerPage }: { database: Database; rowsPerPage: number },
  pageOf: PageOf<Row>,
  take: (page: Row[], range: Range) => void | Promise<void>,
): Promise<void> {
  let last: Row | null = null
  for (;;) {
    const after: Row | null = last
    const page: Row[] = await database.read((rx) => pageOf(rx, after, rowsPerPage))
    last = page.at(-1) ?? null
    const isLast = page.length < rowsPerPage
    await take(page, {
      after: after?.memberId ?? '',
      upTo: isLast ? AFTER_ALL : (last?.memberId ?? AFTER_ALL),
    })
    if (isLast) return
  }
}

export const accountsAfter: PageOf<AccountRow> = (rx, last, limit) =>
  rx.rows<AccountRow>(
    `SELECT a.*, m.createdAtMs AS memberSinceMs, g.id AS mergeId FROM points_account a
     LEFT JOIN member m ON m.id = a.memberId
     LEFT JOIN member_merge g ON g.absorbedId = a.memberId AND g.state = 'done'
     WHERE a.memberId > ? ORDER BY a.memberId LIMIT ${String(limit)}`,
    [last?.memberId ?? ''],
  )

/** Transfers of the members of one page of accounts, and of members between them. */
export function transfersWithin(range: Range): PageOf<TransferRow> {
  return (rx, last, limit) =>
    rx.rows<TransferRow>(
      `SELECT t.*, CASE WHEN t.reason IN ('merge', 'merge_undo') THEN g.id
           WHEN t.reason = 'expired' THEN l.id
           WHEN t.reason IN ('held', 'released') THEN h.id
           WHEN t.reason IN ('spent', 'spend_undone') THEN CASE WHEN p.id IS NULL THEN NULL ELSE h.id END
           ELSE p.id END AS causeId
       FROM points_transfer t LEFT JOIN purchase p ON p.id =
         CASE WHEN t.sourceKey LIKE 'late|%' THEN SUBSTR(t.sourceKey, 6, 26)
           ELSE SUBSTR(t.sourceKey, 1, 26) END
       LEFT JOIN member_merge g ON g.id = SUBSTR(t.sourceKey, 1, 26)
       LEFT JOIN points_lot l ON t.reason = 'expired' AND l.id = t.answersTransferId
       LEFT JOIN points_hold h ON h.id = CASE
         WHEN t.reason IN ('held', 'released') THEN SUBSTR(t.sourceKey, 1, 26)
         WHEN t.reason IN ('spent', 'spend_undone') THEN SUBSTR(t.sourceKey, 28, 26) ELSE NULL END
       WHERE (t.memberId > ? OR (t.memberId = ? AND t.seq > ?)) AND t.memberId <= ?
       ORDER BY t.memberId, t.seq LIMIT ${String(limit)}`,
      [last?.memberId ?? range.after, last?.memberId ?? '', last?.seq ?? 0, range.upTo],
    )
}

/** Lots of the members of one page of accounts, and of members between them. */
export function lotsWithin(range: Range): PageOf<LotRow> {
  return (rx, last, limit) =>
    rx.rows<LotRow>(
      `SELECT l.*, COALESCE(a.openedAtMs, 0) AS openedAtMs FROM points_lot l
       LEFT JOIN points_account a ON a.memberId = l.memberId
       WHERE (l.memberId > ? OR (l.memberId = ? AND l.id > ?)) AND l.memberId <= ?
       ORDER BY l.memberId, l.id LIMIT ${String(limit)}`,
      [last?.memberId ?? range.after, last?.memberId ?? '', last?.id ?? '', range.upTo],
    )
}

/** What the transfers of these members took of lots, in the order of their transfers. */
export function usesWithin(range: Range): PageOf<UseRow & { seq: number }> {
  return (rx, last, limit) =>
    rx.rows<UseRow & { seq: number }>(
      `SELECT u.*, t.memberId, t.seq FROM points_transfer t
       JOIN points_lot_use u ON u.transferId = t.id
       WHERE (t.memberId > ? OR (t.memberId = ? AND t.seq > ?)
           OR (t.memberId = ? AND t.seq = ? AND u.lotId > ?)) AND t.memberId <= ?
       ORDER BY t.memberId, t.seq, u.lotId LIMIT ${String(limit)}`,
      [
        last?.memberId ?? range.after,
        ...[last?.memberId ?? '', last?.seq ?? 0],
        ...[last?.memberId ?? '', last?.seq ?? 0, last?.lotId ?? ''],
        range.upTo,
      ],
    )
}

export const usesOfNothingAfter: PageOf<PointsLotUse & { memberId?: string }> = (rx, last, limit) =>
  rx.rows<PointsLotUse>(
    `SELECT u.* FROM points_lot_use u LEFT JOIN points_transfer t ON t.id = u.transferId
     WHERE (u.transferId > ? OR (u.transferId = ? AND u.lotId > ?)) AND t.id IS NULL
     ORDER BY u.transferId, u.lotId LIMIT ${String(limit)}`,
    [last?.transferId ?? '', last?.transferId ?? '', last?.lotId ?? ''],
  )

export const membersWithoutAccountAfter: PageOf<{ memberId: string }> = (rx, last, limit) =>
  rx.rows<{ memberId: string }>(
    `SELECT m.id AS memberId FROM member m LEFT JOIN points_account a ON a.memberId = m.id
     WHERE m.id > ? AND m.state <> 'merged' AND a.memberId IS NULL
     ORDER BY m.id LIMIT ${String(limit)}`,
    [last?.memberId ?? ''],
  )

export const purchasesAfter: PageOf<PurchaseRow> = (rx, last, limit) =>
  rx.rows<PurchaseRow>(
    `SELECT id, kind, memberId, totalFen, refundedFen, earnedPoints, reversedPoints,
       spentPoints, returnedPoints, originalPurchaseId FROM purchase WHERE id > ? ORDER BY id LIMIT ${String(limit)}`,
    [last?.id ?? ''],
  )

/** The transfers that a page of purchases caused, by purchase: their keys begin with its ids. */
export async function causedBy(
  rx: Rx,
  page: readonly PurchaseRow[],
): Promise<Map<string, CausedTransfer[]>> {
  const [first, last] = [page[0], page.at(-1)]
  if (!first || !last) return new Map()
  const [from, to] = [first.id, `${last.id}~`]
  const rows = await rx.rows<CausedTransfer>(
    `SELECT id, memberId, reason, sourceKey, points, toAccount, answersTransferId
     FROM points_transfer
     WHERE reason IN ('purchase', 'refund', 'unassigned', 'spent', 'spend_undone', 'spend_returned',
         'settled')
       AND ((sourceKey >= ? AND sourceKey < ?) OR (sourceKey >= ? AND sourceKey < ?))`,
    [from, to, LATE + from, LATE + to],
  )
  const byPurchase = new Map<string, CausedTransfer[]>()
  for (const row of rows) noteUnder(byPurchase, purchaseOfKey(row.sourceKey), row)
  return byPurchase
}

export const holdsAfter: PageOf<HoldRow> = (rx, last, limit) =>
  rx.rows<HoldRow>(
    `SELECT h.*, p.id AS saleId FROM points_hold h LEFT JOIN purchase p ON p.id = h.purchaseId
     WHERE h.id > ? ORDER BY h.id LIMIT ${String(limit)}`,
    [last?.id ?? ''],
  )

/** The transfers that name a page of holds, by hold. */
export async function namingHolds(
  rx: Rx,
  page: readonly HoldRow[],
): Promise<Map<string, NamingTransfer[]>> {
  const [first, last] = [page[0], page.at(-1)]
  if (!first || !last) return new Map()
  const columns = `id, memberId, reason, sourceKey, points, toAccount, answersTransferId,
    explanation, actor, occurredAtMs`
  const aside = await rx.rows<NamingTransfer>(
    `SELECT ${columns} FROM points_transfer
     WHERE reason IN ('held', 'released') AND sourceKey >= ? AND sourceKey < ?`,
    [first.id, `${last.id}~`],
  )
  const byHold = new Map<string, NamingTransfer[]>()
  for (const row of aside) noteUnder(byHold, purchaseOfKey(row.sourceKey), row)
  const keys = page.flatMap(({ id, purchaseId, round }) =>
    purchaseId === null
      ? []
      : Array.from({ length: round }, (_, at) => `${purchaseId}|${id}|${String(at + 1)}`),
  )
  if (keys.length === 0) return byHold
  const paying = await rx.rows<NamingTransfer>(
    `SELECT ${columns} FROM points_transfer
     WHERE reason IN ('spent', 'spend_undone') AND sourceKey IN ${inList(rx)}`,
    [listParameter(rx, keys)],
  )
  for (const row of paying) noteUnder(byHold, holdOfKey(row.sourceKey), row)
  return byHold
}

function noteUnder<Row>(rows: Map<string, Row[]>, key: string, row: Row): void {
  const those = rows.get(key) ?? []
  rows.set(key, those)
  those.push(row)
}
