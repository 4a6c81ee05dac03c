import { points } from '@huike/shared/quantities'
import { compareLots } from './lots.js'
import type { PointsBook } from './points-book.service.js'

/**
 * Takes what is left of the lots of a member that have expired by `nowMs`; answers how many points
 * that were. The member's lots must have been read.
 */
export function expireDue(book: PointsBook, memberId: string, nowMs: number): number {
  const due = book
    .lotsOf(memberId)
    .lots()
    .filter((lot) => lot.leftPoints > 0 && lot.expiresAtMs <= nowMs)
  for (const lot of due.sort(compareLots))
    book.post({
      memberId,
      direction: 'out',
      points: points(lot.leftPoints),
      reason: 'expired',
      sourceKey: `${lot.id}|${String(book.nextSeqOf(memberId))}`,
      rule: null,
      explanation: `${String(lot.leftPoints)} 分到期`,
      actor: 'system:expiry',
      occurredAtMs: lot.expiresAtMs,
      recordedAtMs: nowMs,
      answersTransferId: lot.id,
    })
  return due.reduce((sum, lot) => sum + lot.leftPoints, 0)
}
