import { reversedPoints } from '@huike/shared/earning'
import type { OutcomeCode } from '@huike/shared/outcomes'
import { fen, formatFen, points } from '@huike/shared/quantities'
import type { HoldActor } from '../points/open-holds.js'
import type { Purchase } from '../purchases/purchase.entity.js'
import { actorOf } from './incoming-checkout.js'
import type { IngestState } from './ingest-state.js'

// Orders that were paid with points, a part of them: what was set aside pays, a refund gives back in
// proportion, and what was given to the wrong member is theirs no more.

/** What gives a sale to a member, and the points set aside that paid a part of it. */
interface Paying extends HoldActor {
  holdId: string
  memberId: string
  terminalId: string
  /** Names what earlier refunds give back. */
  eventId: string
}

/**
 * Has points that were set aside pay a sale that this member is being given. Answers why not:
 * `hold_ended` where they had been given back (they are taken as soon as they are there), are another
 * member's or another till's, or paid another order.
 */
export function payWithPoints(
  state: IngestState,
  sale: Purchase,
  { holdId, memberId, terminalId, eventId, ...by }: Paying,
): OutcomeCode | null {
  const hold = state.holds.byId(holdId)
  const isTheirs = hold?.terminalId === terminalId && state.ownerId(hold.memberId) === memberId
  // A receipt is paid with points once.
  const isFree = state.holds.ofSale(sale.id) === undefined && (sale.spentPoints ?? 0) === 0
  if (!isTheirs || !isFree || sale.kind !== 'sale') return 'hold_ended'
  const paid = state.holds.pay(state.book, hold, sale.id, by)
  if (paid === 0) return 'hold_ended'
  sale.spentPoints = (sale.spentPoints ?? 0) + paid
  state.change(sale)
  if (sale.refundedFen === 0) return null
  const sourceKey = state.book.lateKey(sale.id, eventId)
  giveBack(state, sale, { ...by, sourceKey, occurredAtMs: by.nowMs, refundFen: sale.refundedFen })
  return null
}

/** Gives back what paid a sale that is refunded, in proportion. */
export function returnPointsSpent(state: IngestState, refund: Purchase, sale: Purchase): void {
  if ((sale.spentPoints ?? 0) === 0 || sale.memberId === null) return
  const returned = giveBack(state, sale, {
    sourceKey: refund.id,
    actor: actorOf(refund),
    nowMs: refund.recordedAtMs,
    occurredAtMs: refund.occurredAtMs,
    refundFen: refund.totalFen,
  })
  if (returned > 0) refund.returnedPoints = returned
}

/** Gives back what paid a sale that was given to the wrong member; nothing of it was refunded. */
export function undoPaying(
  state: IngestState,
  sale: Purchase,
  by: HoldActor & { memberId: string },
): void {
  const hold = state.holds.ofSale(sale.id)
  if (!hold) return
  state.holds.undo(state.book, hold, { ...by, ownerId: by.memberId })
  sale.spentPoints = null
}

function giveBack(
  state: IngestState,
  sale: Purchase,
  back: HoldActor & { sourceKey: string; occurredAtMs: number; refundFen: number },
): number {
  const { refundFen, ...by } = back
  const hold = state.holds.ofSale(sale.id)
  if (hold?.state !== 'spent' || sale.memberId === null) return 0
  const spent = points(sale.spentPoints ?? 0)
  const count = reversedPoints({
    earned: spent,
    totalFen: fen(sale.totalFen),
    refundedFen: fen(sale.refundedFen),
    alreadyReversed: points(sale.returnedPoints ?? 0),
  })
  if (count === 0) return 0
  sale.returnedPoints = (sale.returnedPoints ?? 0) + count
  state.holds.returnSpent(state.book, hold, {
    ...by,
    ownerId: state.ownerId(sale.memberId),
    count,
    explanation: `退款 ${formatFen(fen(refundFen))}，退回抵现用的 ${String(count)} 分（原单用了 ${String(spent)} 分）`,
  })
  return count
}
