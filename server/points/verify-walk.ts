import { mergeStory } from './merge-story.js'
import type { Head, Verifier } from './verify-book.js'
import { LotCheck } from './verify-lots.js'
import {
  causedBy,
  eachPage,
  holdsAfter,
  lotsWithin,
  namingHolds,
  purchaseOf,
  purchasesAfter,
  refundsOf,
  transfersWithin,
  usesWithin,
  type AccountRow,
  type HoldRow,
  type Pages,
  type PurchaseRow,
  type Range,
} from './verify-pages.js'
import type { Rx } from '../platform/database.js'

// The ways through the book: some members whole, every purchase, one sale with its refunds.

/** Shows the verifier the chains, lots and accounts of the members of a range. */
export async function walkMembers(
  pages: Pages,
  verifier: Verifier,
  of: { range: Range; accounts: readonly AccountRow[]; onPage?: () => Promise<void> },
): Promise<void> {
  const { range } = of
  const heads = new Map<string, Head>()
  await eachPage(pages, transfersWithin(range), (transfers) => {
    for (const row of transfers) verifier.transfer(row, heads)
  })
  const lots = new LotCheck(heads, verifier.finder)
  await eachPage(pages, lotsWithin(range), (rows) => {
    for (const row of rows) lots.lot(row)
  })
  await eachPage(pages, usesWithin(range), (rows) => {
    for (const row of rows) lots.use(row)
  })
  lots.missing()
  for (const row of of.accounts) verifier.account(row, heads)
  verifier.unclaimed(heads)
  await of.onPage?.()
}

/** Shows the verifier every purchase. */
export async function walkPurchases(
  pages: Pages,
  verifier: Verifier,
  onPage: () => Promise<void>,
): Promise<void> {
  await eachPage(pages, purchasesAfter, async (page) => {
    const caused = await pages.read((rx) => causedBy(rx, page))
    const merges = await pages.read((rx) => mergeStory(rx, page, caused))
    for (const row of page) verifier.purchase(row, caused.get(row.id) ?? [], merges)
    await onPage()
  })
}

/** Shows the verifier everything that was set aside. */
export async function walkHolds(
  pages: Pages,
  verifier: Verifier,
  onPage: () => Promise<void>,
): Promise<void> {
  await eachPage(pages, holdsAfter, async (page) => {
    await pages.read((rx) => showHolds(rx, verifier, page))
    await onPage()
  })
}

/** Shows the verifier some holds, in the order of their ids. */
export async function showHolds(
  rx: Rx,
  verifier: Verifier,
  holds: readonly HoldRow[],
): Promise<void> {
  const naming = await namingHolds(rx, holds)
  for (const row of holds) verifier.spending.hold(row, naming.get(row.id) ?? [])
}

/** Shows the verifier a sale with all its refunds, or a refund without a sale; `lock` locks them. */
export async function walkSale(
  rx: Rx,
  verifier: Verifier,
  { id, lock = '' }: { id: string; lock?: string },
): Promise<void> {
  const root = await purchaseOf(rx, id, lock)
  const those: PurchaseRow[] =
    root === null ? [] : [root, ...(root.kind === 'sale' ? await refundsOf(rx, root, lock) : [])]
  for (const row of those) {
    const caused = await causedBy(rx, [row])
    const merges = await mergeStory(rx, [row], caused)
    verifier.purchase(row, caused.get(row.id) ?? [], merges)
  }
  verifier.refunds()
}
