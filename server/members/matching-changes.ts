import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { MatchingChange } from './matching-change.entity.js'

// Of whom something changed. A change is noted in the transaction that makes it, as one row that
// nobody else waits for, and is gone when the member has been compared: at least once, whatever
// dies in between. Nothing is compared where somebody waits for an answer.

/** A sign-in or a form is several changes within a moment: they are looked at together. */
const SETTLED_AFTER_MS = 5_000
/** After so many attempts a member is left to the next search over the whole base. */
const ATTEMPTS_MAX = 8
const BACKOFF_MS = 30_000

/** Notes that something of these members changed: what they told, what they are known by, or who. */
export async function noteChanged(
  tx: Tx,
  memberIds: readonly string[],
  nowMs: number,
): Promise<void> {
  const rows = [...new Set(memberIds)].map((id) => [mintId(nowMs), id, 0, nowMs + SETTLED_AFTER_MS])
  await tx.insert('matching_change', ['id', 'memberId', 'attempts', 'nextAtMs'], rows)
}

/** The changes that are due, the oldest first; with `nowMs` null those that are not due yet, too. */
export function changesDue(
  statements: Statements,
  nowMs: number | null,
  limit: number,
): Promise<MatchingChange[]> {
  return statements.rows<MatchingChange>(
    `SELECT * FROM matching_change WHERE nextAtMs <= ? ORDER BY nextAtMs, id
     LIMIT ${String(limit)}`,
    [nowMs ?? Number.MAX_SAFE_INTEGER],
  )
}

/** How many changes there are, due or not; counted up to `limit`. */
export async function changesWaiting(statements: Statements, limit: number): Promise<number> {
  const [row] = await statements.rows<{ count: number | string }>(
    `SELECT COUNT(*) AS count FROM (SELECT id FROM matching_change LIMIT ${String(limit)}) waiting`,
  )
  return Number(row?.count ?? 0)
}

/** Takes changes off the list. */
export async function settleChanges(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx.run(`DELETE FROM matching_change WHERE id IN ${inList(tx)}`, [listParameter(tx, ids)])
}

/** Puts off changes that could not be compared, each time for longer; answers those given up. */
export async function putOffChanges(
  tx: Tx,
  changes: readonly MatchingChange[],
  nowMs: number,
): Promise<MatchingChange[]> {
  const givenUp = changes.filter(({ attempts }) => attempts + 1 >= ATTEMPTS_MAX)
  const putOff = changes.filter((change) => !givenUp.includes(change))
  await tx.updateEach(
    'matching_change',
    'id',
    ['attempts', 'nextAtMs'],
    putOff.map(({ id, attempts }) => [id, attempts + 1, nowMs + BACKOFF_MS * 2 ** attempts]),
  )
  await settleChanges(
    tx,
    givenUp.map(({ id }) => id),
  )
  return givenUp
}
