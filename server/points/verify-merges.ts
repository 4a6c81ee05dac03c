import type { Rx } from '../platform/database.js'
import type { PointsTransfer } from './points-transfer.entity.js'
import { ABOUT_NOTHING } from './verify-about.js'
import { signedPoints } from './verify-transfers.js'
import type { BookFinding } from './verify-book.js'

/** One side of what a merge moved; the other was not met. */
export interface Half {
  /** A transfer of it. */
  id: string
  reason: string
  mergeId: string
  signedPoints: number
}

/** Those of which the other side is not what left the first: both are asked for in one statement. */
export async function wrongHalves(rx: Rx, halves: readonly Half[]): Promise<BookFinding[]> {
  const wrong: BookFinding[] = []
  for (const { id, reason, mergeId } of halves) {
    const both = await rx.rows<
      Pick<PointsTransfer, 'memberId' | 'reason' | 'toAccount' | 'points'>
    >(
      `SELECT memberId, reason, toAccount, points FROM points_transfer
       WHERE reason = ? AND sourceKey >= ? AND sourceKey < ?`,
      [reason, `${mergeId}|`, `${mergeId}~`],
    )
    const sum = both.reduce((total, one) => total + signedPoints(one), 0)
    if (sum !== 0 || both.length === 0)
      wrong.push({
        ...{
          table: 'points_transfer',
          row: id,
          what: 'is not what the other side of its merge moved',
        },
        ...ABOUT_NOTHING,
      })
  }
  return wrong
}
