import type { RefundPolicy } from '@huike/shared/contracts/spending'
import { formatFen, points, type Fen } from '@huike/shared/quantities'
import type { Statements } from '../platform/database.js'
import type { PointsBook } from './points-book.service.js'

// Points that were taken back and had been spent: what becomes of a balance below zero. A chain lets
// it stand, or has it put off: the missing points are lent, so that the balance is zero, and what is
// earned next pays them back. Every refund still takes back whole what its sale gave.

/** Who settles, and when. */
interface Settling {
  actor: string
  nowMs: number
}

/** Puts off what a member lacks, where the chain does so, and pays back what was put off before. */
export function settleDebts(
  book: PointsBook,
  memberId: string,
  policy: RefundPolicy,
  by: Settling,
): void {
  const balance = book.balanceOf(memberId)
  if (balance < 0 && policy === 'next_earn')
    post(book, memberId, { ...by, direction: 'in', count: -balance })
  const owed = Math.min(balance, book.owedBy(memberId))
  if (owed > 0) post(book, memberId, { ...by, direction: 'out', count: owed })
}

/** Makes what was put off a debt again, so that it moves with the balance when records are merged. */
export function recallDebts(book: PointsBook, memberId: string, by: Settling): void {
  const owed = book.owedBy(memberId)
  if (owed > 0) post(book, memberId, { ...by, direction: 'out', count: owed })
}

/** What was paid in money for a refund before; null where nothing was. */
export async function settledBy(statements: Statements, refundId: string): Promise<number | null> {
  const [row] = await statements.rows<{ points: number }>(
    "SELECT points FROM points_transfer WHERE reason = 'settled' AND sourceKey = ?",
    [refundId],
  )
  return row?.points ?? null
}

/**
 * How many of the points that a refund took back its member had spent by then: how far below zero the
 * refund alone took the balance. What was earned since changes nothing of it.
 */
export async function missingAfter(statements: Statements, refundId: string): Promise<number> {
  const rows = await statements.rows<{
    points: number
    balanceAfterPoints: number
    reason: 'refund' | 'spend_returned'
  }>(
    `SELECT points, balanceAfterPoints, reason FROM points_transfer
     WHERE reason IN ('refund', 'spend_returned') AND sourceKey = ? ORDER BY seq`,
    [refundId],
  )
  const [first, last] = [rows[0], rows.at(-1)]
  if (!first || !last) return 0
  const taken = first.reason === 'refund' ? first.points : -first.points
  return missingOf(first.balanceAfterPoints + taken, last.balanceAfterPoints)
}

/** How much further below zero a balance went. */
export function missingOf(before: number, after: number): number {
  return Math.max(0, Math.max(0, -after) - Math.max(0, -before))
}

/**
 * Books that `count` points were paid for in money; a debt that was put off meanwhile is paid with
 * them.
 */
export function settleInMoney(
  book: PointsBook,
  memberId: string,
  by: Settling & { refundId: string; count: number; worthFen: Fen },
): void {
  const { refundId, count, worthFen, actor, nowMs } = by
  book.post({
    memberId,
    direction: 'in',
    points: points(count),
    reason: 'settled',
    sourceKey: refundId,
    rule: null,
    explanation: `已从退款中扣下 ${formatFen(worthFen)}，补足 ${String(count)} 分`,
    actor,
    occurredAtMs: nowMs,
    recordedAtMs: nowMs,
    answersTransferId: null,
  })
  settleDebts(book, memberId, 'cash', { actor, nowMs })
}

function post(
  book: PointsBook,
  memberId: string,
  { direction, count, actor, nowMs }: Settling & { direction: 'in' | 'out'; count: number },
): void {
  const isLent = direction === 'in'
  book.post({
    memberId,
    direction,
    points: points(count),
    reason: isLent ? 'lent' : 'repaid',
    sourceKey: `${memberId}|${String(book.nextSeqOf(memberId))}`,
    rule: null,
    explanation: isLent
      ? `积分不足，暂欠 ${String(count)} 分，从以后的积分中扣`
      : `补扣此前欠的 ${String(count)} 分`,
    actor,
    occurredAtMs: nowMs,
    recordedAtMs: nowMs,
    answersTransferId: null,
  })
}
