import { inList, listParameter, type Database, type Rx } from '../platform/database.js'
import type { PointsAccount } from './points-account.entity.js'
import type { PointsHold } from './points-hold.entity.js'
import type { PointsLotUse } from './points-lot-use.entity.js'
import type { PointsLot } from './points-lot.entity.js'
import type { PointsTransfer } from './points-transfer.entity.js'
import {
  holdOfKey,
  LATE,
  purchaseOfKey,
  type CausedTransfer,
  type DatedTransfer,
} from './source-keys.js'

// The book in pages, as the verifier reads it.

/** After every id: the end of the last range. */
const AFTER_ALL = '~'
/** Above every number in a chain: of the member before a range, nothing. */
const ALL_SEQS = Number.MAX_SAFE_INTEGER
const PURCHASE_COLUMNS = `id, kind, storeId, receiptNo, memberId, totalFen, refundedFen, earnedPoints,
  reversedPoints, spentPoints, returnedPoints, originalPurchaseId`

export type TransferRow = PointsTransfer & {
  causeId: string | null
  /** Where a till set points aside without a network. */
  allowanceId: string | null
}
export type AccountRow = PointsAccount & { memberSinceMs: number | null; mergeId: string | null }

export type LotRow = PointsLot & { openedAtMs: number }
export type UseRow = PointsLotUse & { memberId: string }

export interface UseOwner {
  memberId?: string
  transferId: string
  lotId: string
  ownerId: string | null
}
export interface MemberRow {
  memberId: string
  /** Null where there is none and should be one. */
  accountId: string | null
}

export interface PurchaseRow {
  id: string
  kind: string
  storeId: string
  receiptNo: string | null
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

/** How pages are read: by whom, how large, and what comes between two. */
export interface Pages {
  read: Database['read']
  rowsPerPage: number
  rest?: (() => Promise<void>) | undefined
}

/**
 * From where a page begins, where the range ends, and twice the member from whom on everything
 * counts. Said doubly, either database walks along its index.
 */
function bounds(range: Range, lastMemberId: string | undefined): string[] {
  const from = lastMemberId ?? range.after
  return [from, range.upTo, from, from]
}

/** The range that is one member. */
export function rangeOf(memberId: string): Range {
  const end = memberId.length - 1
  const before = String.fromCharCode(memberId.charCodeAt(end) - 1)
  return { after: `${memberId.slice(0, end)}${before}${AFTER_ALL}`, upTo: memberId }
}

/** Hands every page to `take`, the last one even when it is empty. */
export async function eachPage<Row extends { memberId?: string | null }>(
  { read, rowsPerPage, rest }: Pages,
  pageOf: PageOf<Row>,
  take: (page: Row[], range: Range) => void | Promise<void>,
): Promise<void> {
  let last: Row | null = null
  for (;;) {
    const after: Row | null = last
    const page: Row[] = await read((rx) => pageOf(rx, after, rowsPerPage))
    last = page.at(-1) ?? null
    const isLast = page.length < rowsPerPage
    await take(page, {
      after: after?.memberId ?? '',
      upTo: isLast ? AFTER_ALL : (last?.memberId ?? AFTER_ALL),
    })
    await rest?.()
    if (isLast) return
  }
}

const ACCOUNTS = `SELECT a.*, m.createdAtMs AS memberSinceMs, g.id AS mergeId FROM points_account a
  LEFT JOIN member m ON m.id = a.memberId
  LEFT JOIN member_merge g ON g.absorbedId = a.memberId AND g.state = 'done'`

/** The account of one member; none when there is none. */
export function accountRows(rx: Rx, memberId: string): Promise<AccountRow[]> {
  return rx.rows<AccountRow>(`${ACCOUNTS} WHERE a.memberId = ?`, [memberId])
}

export const accountsAfter: PageOf<AccountRow> = (rx, last, limit) =>
  rx.rows<AccountRow>(
    `${ACCOUNTS} WHERE a.memberId > ? ORDER BY a.memberId LIMIT ${String(limit)}`,
    [last?.memberId ?? ''],
  )

/** Transfers of the members of one page of accounts, and of members between them. */
export function transfersWithin(range: Range): PageOf<TransferRow> {
  return (rx, last, limit) =>
    rx.rows<TransferRow>(
      `SELECT t.*, CASE WHEN t.reason IN ('merge', 'merge_undo') THEN g.id
           WHEN t.reason = 'expired' THEN l.id
           WHEN t.reason IN ('sign_in', 'profile', 'review', 'referral', 'referred') THEN y.id
           WHEN t.reason IN ('referral_undone', 'referral_again') THEN f.id
           WHEN t.reason IN ('exchanged', 'exchange_returned') THEN x.id
           WHEN t.reason IN ('held', 'released') THEN h.id
           WHEN t.reason IN ('spent', 'spend_undone') THEN CASE WHEN p.id IS NULL THEN NULL ELSE h.id END
           ELSE p.id END AS causeId, h.allowanceId
       FROM points_transfer t LEFT JOIN purchase p ON p.id =
         CASE WHEN t.sourceKey LIKE 'late|%' THEN SUBSTR(t.sourceKey, 6, 26)
           ELSE SUBSTR(t.sourceKey, 1, 26) END
       LEFT JOIN member_merge g ON g.id = SUBSTR(t.sourceKey, 1, 26)
       LEFT JOIN points_lot l ON t.reason = 'expired' AND l.id = t.answersTransferId
       LEFT JOIN points_activity y ON y.id = CASE
         WHEN t.reason IN ('sign_in', 'profile', 'review', 'referral', 'referred') THEN t.sourceKey ELSE NULL END AND y.kind = t.reason
         AND y.memberId = t.memberId AND y.points = t.points AND y.atMs = t.occurredAtMs
       LEFT JOIN referral f ON f.id = CASE WHEN t.reason IN ('referral_undone', 'referral_again')
         THEN SUBSTR(t.sourceKey, 1, 26) ELSE NULL END
       LEFT JOIN mall_exchange x ON x.id = CASE WHEN t.reason IN ('exchanged', 'exchange_returned')
         THEN t.sourceKey ELSE NULL END
       LEFT JOIN points_hold h ON h.id = CASE
         WHEN t.reason IN ('held', 'released') THEN SUBSTR(t.sourceKey, 1, 26)
         WHEN t.reason IN ('spent', 'spend_undone') THEN SUBSTR(t.sourceKey, 28, 26) ELSE NULL END
       WHERE t.memberId >= ? AND t.memberId <= ?
         AND (t.memberId > ? OR (t.memberId = ? AND t.seq > ?))
       ORDER BY t.memberId, t.seq LIMIT ${String(limit)}`,
      [...bounds(range, last?.memberId), last?.seq ?? ALL_SEQS],
    )
}

/** Lots of the members of one page of accounts, and of members between them. */
export function lotsWithin(range: Range): PageOf<LotRow> {
  return (rx, last, limit) =>
    rx.rows<LotRow>(
      `SELECT l.*, COALESCE(a.openedAtMs, 0) AS openedAtMs FROM points_lot l
       LEFT JOIN points_account a ON a.memberId = l.memberId
       WHERE l.memberId >= ? AND l.memberId <= ?
         AND (l.memberId > ? OR (l.memberId = ? AND l.id > ?))
       ORDER BY l.memberId, l.id LIMIT ${String(limit)}`,
      [...bounds(range, last?.memberId), last?.id ?? AFTER_ALL],
    )
}

/** What the transfers of these members took of lots, in the order of their transfers. */
export function usesWithin(range: Range): PageOf<UseRow & { seq: number }> {
  return (rx, last, limit) =>
    rx.rows<UseRow & { seq: number }>(
      `SELECT u.*, t.memberId, t.seq FROM points_transfer t
       JOIN points_lot_use u ON u.transferId = t.id
       WHERE t.memberId >= ? AND t.memberId <= ?
         AND (t.memberId > ? OR (t.memberId = ? AND t.seq >= ?))
         AND (t.memberId > ? OR t.seq > ? OR u.lotId > ?)
       ORDER BY t.memberId, t.seq, u.lotId LIMIT ${String(limit)}`,
      [
        ...[...bounds(range, last?.memberId), last?.seq ?? ALL_SEQS],
        ...[last?.memberId ?? range.after, last?.seq ?? ALL_SEQS, last?.lotId ?? ''],
      ],
    )
}

/** Every use, with whose transfer took it; null where the transfer is not there. */
export const usesAfter: PageOf<UseOwner> = (rx, last, limit) =>
  rx.rows<UseOwner>(
    `SELECT u.transferId, u.lotId, t.memberId AS ownerId FROM points_lot_use u
     LEFT JOIN points_transfer t ON t.id = u.transferId
     WHERE u.transferId >= ? AND (u.transferId > ? OR (u.transferId = ? AND u.lotId > ?))
     ORDER BY u.transferId, u.lotId LIMIT ${String(limit)}`,
    [last?.transferId ?? '', last?.transferId ?? '', last?.transferId ?? '', last?.lotId ?? ''],
  )

/** Every member who is not merged into another one, with the account. */
export const membersAfter: PageOf<MemberRow> = (rx, last, limit) =>
  rx.rows<MemberRow>(
    `SELECT m.id AS memberId, CASE WHEN m.state = 'merged' THEN m.id ELSE a.memberId END AS accountId
     FROM member m LEFT JOIN points_account a ON a.memberId = m.id
     WHERE m.id > ? ORDER BY m.id LIMIT ${String(limit)}`,
    [last?.memberId ?? ''],
  )

export const purchasesAfter: PageOf<PurchaseRow> = (rx, last, limit) =>
  rx.rows<PurchaseRow>(
    `SELECT ${PURCHASE_COLUMNS} FROM purchase WHERE id > ? ORDER BY id LIMIT ${String(limit)}`,
    [last?.id ?? ''],
  )

/** A purchase, by its id. */
export async function purchaseOf(rx: Rx, id: string, lock = ''): Promise<PurchaseRow | null> {
  const [row] = await rx.rows<PurchaseRow>(
    `SELECT ${PURCHASE_COLUMNS} FROM purchase WHERE id = ?${lock}`,
    [id],
  )
  return row ?? null
}

/** The refunds that answered a sale: they name its receipt. */
export async function refundsOf(rx: Rx, sale: PurchaseRow, lock = ''): Promise<PurchaseRow[]> {
  if (sale.receiptNo === null) return []
  return rx.rows<PurchaseRow>(
    `SELECT ${PURCHASE_COLUMNS} FROM purchase
     WHERE storeId = ? AND originalReceiptNo = ? AND originalPurchaseId = ? ORDER BY id${lock}`,
    [sale.storeId, sale.receiptNo, sale.id],
  )
}

/** The transfers that a page of purchases caused, by purchase: their keys begin with its ids. */
export async function causedBy(
  rx: Rx,
  page: readonly PurchaseRow[],
): Promise<Map<string, DatedTransfer[]>> {
  const [first, last] = [page[0], page.at(-1)]
  if (!first || !last) return new Map()
  const [from, to] = [first.id, `${last.id}~`]
  const rows = await rx.rows<DatedTransfer>(
    `SELECT id, memberId, reason, sourceKey, points, toAccount, answersTransferId, recordedAtMs
     FROM points_transfer
     WHERE reason IN ('purchase', 'refund', 'unassigned', 'spent', 'spend_undone', 'spend_returned',
         'settled')
       AND ((sourceKey >= ? AND sourceKey < ?) OR (sourceKey >= ? AND sourceKey < ?))`,
    [from, to, LATE + from, LATE + to],
  )
  const byPurchase = new Map<string, DatedTransfer[]>()
  for (const row of rows) noteUnder(byPurchase, purchaseOfKey(row.sourceKey), row)
  return byPurchase
}

const HOLDS = `SELECT h.*, p.id AS saleId FROM points_hold h
  LEFT JOIN purchase p ON p.id = h.purchaseId`

/** A hold, by its id; none when there is none. */
export function holdRows(rx: Rx, id: string): Promise<HoldRow[]> {
  return rx.rows<HoldRow>(`${HOLDS} WHERE h.id = ?`, [id])
}

export const holdsAfter: PageOf<HoldRow> = (rx, last, limit) =>
  rx.rows<HoldRow>(`${HOLDS} WHERE h.id > ? ORDER BY h.id LIMIT ${String(limit)}`, [last?.id ?? ''])

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
