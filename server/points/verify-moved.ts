import { firstIdAt } from '@huike/shared/ids'
import { chainStart } from './chain.js'
import type { PointsTransfer } from './points-transfer.entity.js'
import { holdOfKey, isOfHold, isOfPurchase, purchaseOfKey } from './source-keys.js'
import { walkActivitiesSince } from './verify-activities.js'
import type { Verifier } from './verify-book.js'
import { walkExchangesSince } from './verify-exchanges.js'
import {
  eachPage,
  holdRows,
  purchaseOf,
  rangeOf,
  type AccountRow,
  type PageOf,
  type Pages,
} from './verify-pages.js'
import { showHolds, walkMembers, walkSale } from './verify-walk.js'

// Only what moved. A member with a transfer since then is verified whole, from the first: what is
// there of lots follows from all of a chain. Of the others the account must still be what its last
// transfer says; of what was done without a purchase, the rows written since. That an old row of
// somebody who has not moved was changed, only the whole run finds.

type HeadRow = AccountRow &
  Pick<PointsTransfer, 'balanceAfterPoints' | 'hash'> & {
    /** Null where the last transfer is not there. */
    recordedAtMs: number | null
  }
type MovedRow = Pick<PointsTransfer, 'id' | 'reason' | 'sourceKey'> & { memberId?: string }

/** Shows the verifier what was recorded since `sinceMs`, before which everything was verified. */
export async function walkMoved(
  pages: Pages,
  verifier: Verifier,
  { sinceMs, onPage }: { sinceMs: number; onPage: () => Promise<void> },
): Promise<void> {
  await eachPage(pages, headsAfter, async (page) => {
    for (const account of page) {
      if (!hasMoved(account, sinceMs)) continue
      const range = rangeOf(account.memberId)
      await walkMembers(pages, verifier, { range, accounts: [account] })
    }
    await onPage()
  })
  const afterId = firstIdAt(sinceMs)
  const sales = new Set<string>()
  const walk = async (ids: readonly string[]) => {
    for (const id of ids) {
      const purchase = await pages.read((rx) => purchaseOf(rx, id))
      const root = purchase?.originalPurchaseId ?? id
      if (sales.has(root)) continue
      sales.add(root)
      await pages.read((rx) => walkSale(rx, verifier, { id: root }))
    }
    await onPage()
  }
  await eachPage(pages, purchasesSince(afterId), (rows) => walk(rows.map(({ id }) => id)))
  const holds = new Set<string>()
  await eachPage(pages, transfersSince(afterId), async (rows) => {
    await walk(rows.flatMap(({ reason, sourceKey }) => purchasesNamed(reason, sourceKey)))
    for (const { reason, sourceKey } of rows)
      for (const id of holdsNamed(reason, sourceKey)) {
        if (holds.has(id)) continue
        holds.add(id)
        await pages.read(async (rx) => showHolds(rx, verifier, await holdRows(rx, id)))
      }
    await onPage()
  })
  await walkActivitiesSince(pages, afterId, verifier.finder)
  await walkExchangesSince(pages, afterId, verifier.finder)
}

function purchasesNamed(reason: string, sourceKey: string): string[] {
  const isNamed = isOfPurchase(reason) || isPaying(reason)
  return isNamed || ['spend_returned', 'settled'].includes(reason) ? [purchaseOfKey(sourceKey)] : []
}

/** The hold is named first, or after the order it paid. */
function holdsNamed(reason: string, sourceKey: string): string[] {
  if (!isOfHold(reason)) return []
  return [isPaying(reason) ? holdOfKey(sourceKey) : purchaseOfKey(sourceKey)]
}

function isPaying(reason: string): boolean {
  return reason === 'spent' || reason === 'spend_undone'
}

function hasMoved(account: HeadRow, sinceMs: number): boolean {
  const { recordedAtMs, balancePoints, headHash, headSeq } = account
  if (headSeq === 0) return balancePoints !== 0 || headHash !== chainStart(account.memberId)
  return (
    recordedAtMs === null ||
    recordedAtMs >= sinceMs ||
    account.hash !== headHash ||
    account.balanceAfterPoints !== balancePoints
  )
}

const headsAfter: PageOf<HeadRow> = (rx, last, limit) =>
  rx.rows<HeadRow>(
    `SELECT a.*, m.createdAtMs AS memberSinceMs, g.id AS mergeId, t.recordedAtMs,
       t.balanceAfterPoints, t.hash
     FROM points_account a
     LEFT JOIN member m ON m.id = a.memberId
     LEFT JOIN member_merge g ON g.absorbedId = a.memberId AND g.state = 'done'
     LEFT JOIN points_transfer t ON t.memberId = a.memberId AND t.seq = a.headSeq
     WHERE a.memberId > ? ORDER BY a.memberId LIMIT ${String(limit)}`,
    [last?.memberId ?? ''],
  )

function transfersSince(afterId: string): PageOf<MovedRow> {
  return (rx, last, limit) =>
    rx.rows<MovedRow>(
      `SELECT id, reason, sourceKey FROM points_transfer WHERE id > ?
       ORDER BY id LIMIT ${String(limit)}`,
      [last?.id ?? afterId],
    )
}

function purchasesSince(afterId: string): PageOf<{ id: string; memberId?: string }> {
  return (rx, last, limit) =>
    rx.rows<{ id: string }>(
      `SELECT id FROM purchase WHERE id > ? ORDER BY id LIMIT ${String(limit)}`,
      [last?.id ?? afterId],
    )
}
