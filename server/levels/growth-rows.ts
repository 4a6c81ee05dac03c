import { inList, listParameter, type Tx } from '../platform/database.js'
import type { StoredEvent } from '../platform/event-log.js'
import type { GrowthEntry } from './growth-entry.entity.js'

// What the growth book reads of the rest before it writes: which sales some events are about, how
// they stand, and who answers for them. Sales are locked first, then members, each in the order of
// their ids: whoever changes one of them waits, or was waited for.

const IDS_PER_READ_MAX = 500

/** A sale as it stands now. */
export interface SaleRow {
  id: string
  memberId: string | null
  sourceKind: string
  totalFen: number
  refundedFen: number
  businessDate: string
  occurredAtMs: number
}

export interface MemberNow {
  id: string
  state: string
  mergedIntoId: string | null
}

export interface MergeRow {
  id: string
  isUndone: boolean
  survivorId: string
  absorbedId: string
}

/** The merges among some events, and their undoings, in order. */
export function mergesIn(events: readonly StoredEvent[]): MergeRow[] {
  return events.flatMap((event) =>
    event.type === 'member.merged' || event.type === 'member.unmerged'
      ? [{ id: event.aggregateId, isUndone: event.type === 'member.unmerged', ...event.payload }]
      : [],
  )
}

/** The sales that some events are about: their own, those they refund, and those of who was merged. */
export async function salesOf(
  tx: Tx,
  events: readonly StoredEvent[],
  merges: readonly MergeRow[],
): Promise<string[]> {
  const ids = events.flatMap(({ type, aggregateId }) =>
    type.startsWith('purchase.') ? [aggregateId] : [],
  )
  const purchases = await tx.rows<{ id: string; kind: string; originalPurchaseId: string | null }>(
    `SELECT id, kind, originalPurchaseId FROM purchase WHERE id IN ${inList(tx)}`,
    [listParameter(tx, [...new Set(ids)])],
  )
  const merged = merges.flatMap(({ survivorId, absorbedId }) => [survivorId, absorbedId])
  const held =
    merged.length === 0
      ? []
      : await tx.rows<{ purchaseId: string }>(
          `SELECT DISTINCT purchaseId FROM growth_entry WHERE memberId IN ${inList(tx)}`,
          [listParameter(tx, [...new Set(merged)])],
        )
  const sales = purchases.flatMap(({ id, kind, originalPurchaseId }) =>
    kind === 'sale' ? [id] : (originalPurchaseId ?? []),
  )
  return [...new Set([...sales, ...held.map(({ purchaseId }) => purchaseId)])].sort()
}

/** These sales as they are, locked. */
export async function lockSales(tx: Tx, ids: readonly string[]): Promise<SaleRow[]> {
  return inParts(ids, (some) =>
    tx.rows<SaleRow>(
      `SELECT id, memberId, sourceKind, totalFen, refundedFen, businessDate, occurredAtMs
       FROM purchase WHERE id IN ${inList(tx)} AND kind = 'sale' ORDER BY id${tx.forUpdate}`,
      [listParameter(tx, some)],
    ),
  )
}

/** The entries of these sales, each sale's in order. */
export async function entriesOf(tx: Tx, saleIds: readonly string[]): Promise<GrowthEntry[]> {
  return inParts(saleIds, (some) =>
    tx.rows<GrowthEntry>(
      `SELECT * FROM growth_entry WHERE purchaseId IN ${inList(tx)} ORDER BY purchaseId, number`,
      [listParameter(tx, some)],
    ),
  )
}

/** Locks members, and those who answer for them by now; answers all of them by id. */
export async function lockMembers(tx: Tx, ids: readonly string[]): Promise<Map<string, MemberNow>> {
  const found = new Map<string, MemberNow>()
  const seen = new Set<string>()
  let asked = [...new Set(ids)].sort()
  while (asked.length > 0) {
    for (const id of asked) seen.add(id)
    const rows = await inParts(asked, (some) =>
      tx.rows<MemberNow>(
        `SELECT id, state, mergedIntoId FROM member WHERE id IN ${inList(tx)}
         ORDER BY id${tx.forUpdate}`,
        [listParameter(tx, some)],
      ),
    )
    for (const row of rows) found.set(row.id, row)
    const survivors = rows.flatMap(({ mergedIntoId }) => mergedIntoId ?? [])
    asked = [...new Set(survivors.filter((id) => !seen.has(id)))].sort()
  }
  return found
}

/** Of pairs `holder|owner`: those where the owner was taken out of the holder's record again. */
export async function unmergedAmong(
  tx: Tx,
  pairs: readonly { holderId: string; ownerId: string }[],
): Promise<Set<string>> {
  if (pairs.length === 0) return new Set()
  const rows = await tx.rows<{ survivorId: string; absorbedId: string }>(
    `SELECT survivorId, absorbedId FROM member_merge
     WHERE absorbedId IN ${inList(tx)} AND state = 'undone'`,
    [listParameter(tx, [...new Set(pairs.map(({ ownerId }) => ownerId))])],
  )
  return new Set(rows.map(({ survivorId, absorbedId }) => `${survivorId}|${absorbedId}`))
}

async function inParts<Row>(
  ids: readonly string[],
  read: (some: readonly string[]) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = []
  for (let at = 0; at < ids.length; at += IDS_PER_READ_MAX)
    rows.push(...(await read(ids.slice(at, at + IDS_PER_READ_MAX))))
  return rows
}
