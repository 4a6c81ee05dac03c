import type { Database, Tx } from '../platform/database.js'
import type { BookFinding, Verifier } from './verify-book.js'
import { accountRows, holdRows, rangeOf, type Pages } from './verify-pages.js'
import { showHolds, walkMembers, walkSale } from './verify-walk.js'

// What differed is looked at once more, with its rows locked as the tills lock them: a member by the
// account, a sale by itself and its refunds, a hold by itself. So nothing of it can be half done.

const ROWS_PER_PAGE = 1_000

interface Asked {
  /** Findings after which that it is wrong is enough. */
  most: number
  fresh: () => Verifier
}

/** A verifier that has found what still differs, and counted the points of these members. */
export async function verifyAgain(
  database: Database,
  suspicions: readonly BookFinding[],
  { most, fresh }: Asked,
): Promise<Verifier> {
  const again = fresh()
  const seen = new Set<string>()
  let found = 0
  const note = (verifier: Verifier) => {
    const findings = verifier.takeFindings()
    found += findings.length
    for (const { table, row, what, ...about } of findings) again.find(table, row, what, about)
    again.addPoints(verifier)
  }
  for (const suspicion of suspicions) {
    if (found >= most) break
    const { memberId, purchaseId, holdId, table, row, what } = suspicion
    const subject = holdId ?? purchaseId ?? memberId
    // One statement has seen both sides of it.
    if (subject === null) {
      again.find(table, row, what)
      found += 1
    } else if (!seen.has(subject)) {
      seen.add(subject)
      const look = holdId !== null ? holdAgain : purchaseId !== null ? saleAgain : memberAgain
      note(await database.write((tx) => look(tx, subject, fresh)))
    }
  }
  return again
}

async function memberAgain(tx: Tx, memberId: string, fresh: () => Verifier): Promise<Verifier> {
  const pages: Pages = { read: (work) => work(tx), rowsPerPage: ROWS_PER_PAGE }
  const range = rangeOf(memberId)
  for (;;) {
    const locked = await tx.rows(
      `SELECT memberId FROM points_account WHERE memberId = ?${tx.forUpdate}`,
      [memberId],
    )
    const verifier = fresh()
    await walkMembers(pages, verifier, { range, accounts: await accountRows(tx, memberId) })
    if (locked.length > 0 || (await accountRows(tx, memberId)).length === 0) return verifier
    // Opened meanwhile: now it can be locked.
  }
}

async function saleAgain(tx: Tx, id: string, fresh: () => Verifier): Promise<Verifier> {
  const verifier = fresh()
  await walkSale(tx, verifier, { id, lock: tx.forUpdate })
  return verifier
}

async function holdAgain(tx: Tx, id: string, fresh: () => Verifier): Promise<Verifier> {
  const verifier = fresh()
  await tx.rows(`SELECT id FROM points_hold WHERE id = ?${tx.forUpdate}`, [id])
  await showHolds(tx, verifier, await holdRows(tx, id))
  return verifier
}
