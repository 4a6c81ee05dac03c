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
 * Books that a debt was paid in money: at most what the refund took, and what is missing. Answers how
 * many points that were.
 */
export function settleInMoney(
  book: PointsBook,
  memberId: string,
  by: Settling & { refundId: string; most: number; worth: (count: number) => Fen },
): number {
  const count = Math.min(by.most, Math.max(0, -book.balanceOf(memberId)))
  book.post({
    memberId,
    direction: 'in',
    points: points(count),
    reason: 'settled',
    sourceKey: by.refundId,
    rule: null,
    explanation: `已从退款中扣下 ${formatFen(by.worth(count))}，补足 ${String(count)} 分`,
    actor: by.actor,
    occurredAtMs: by.nowMs,
    recordedAtMs: by.nowMs,
    answersTransferId: null,
  })
  return count
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
