import { UNDO_WITHIN_MS, type AssignmentUndone } from '@huike/shared/contracts/agent'
import { mintedAtMs } from '@huike/shared/ids'
import type { OutcomeCode } from '@huike/shared/outcomes'
import type { TakenBack } from '../points/postings.js'
import type { Purchase } from '../purchases/purchase.entity.js'
import { rejected, type Decision } from './answers.js'
import type { IncomingEvent, IngestState } from './ingest-state.js'
import { undoPaying } from './pay-with-points.js'
import { undoCoupons } from './redeem-coupons.js'
import { factOf } from './take-checkout.js'

// Taking a receipt back from the member a cashier gave it to by mistake. The purchase has no member
// again, and every point it moved is moved back by a transfer that names the one it answers; where
// the points are spent by now the balance goes below zero, as with a refund. What the till's own
// checkout said, or another source, is no giving of the cashier's and is not undone here.

/** The two events carry a till's clock, which may be set right between them. */
export const UNDO_SLACK_MS = 60_000

/**
 * Takes an assignment back, once. Outcomes: accepted; duplicate (taken back before, or the server
 * had refused the giving, so that there is nothing to take back); rejected with purchase_not_found
 * (no such giving by this till), not_found (it gave nothing: the receipt was the member's already),
 * undo_too_late, or receipt_already_claimed (it is another member's by now).
 */
export function undoAssignment(
  state: IngestState,
  incoming: IncomingEvent & { event: AssignmentUndone },
): Decision {
  const { event, from, receivedAtMs } = incoming
  const given = state.answered.get(event.assignmentEventId)
  if (given?.terminalId !== from.terminal.id || given.type !== 'receipt.assigned')
    return rejected('purchase_not_found')
  const purchase = state.purchaseById(given.purchaseId ?? '')
  if (given.status === 'rejected')
    return { ...rejected('not_found'), status: 'duplicate', code: null }
  if (!purchase) return rejected('purchase_not_found')
  const memberId = state.memberById(given.memberId ?? '')?.id ?? null
  if (given.status === 'undone' || purchase.memberId === null || memberId === null)
    return answered(state, { status: 'duplicate', purchase, memberId, moved: null })
  if (given.status === 'duplicate') return refused('not_found', purchase)
  if (state.ownerId(purchase.memberId) !== memberId)
    return refused('receipt_already_claimed', purchase)
  if (!isInTime(event)) return refused('undo_too_late', purchase)
  // Points that a refund has given back cannot be given back once more.
  if ((purchase.returnedPoints ?? 0) > 0) return refused('undo_too_late', purchase)
  const moved = takeFromMember(state, purchase, {
    memberId,
    eventId: event.eventId,
    actor: `terminal:${from.terminal.id}`,
    nowMs: receivedAtMs,
  })
  state.markUndone(given)
  return answered(state, { status: 'accepted', purchase, memberId, moved })
}

/** Within a minute of the giving, by the till's clock, whenever the events arrive. */
function isInTime(event: AssignmentUndone): boolean {
  const afterMs = event.occurredAtMs - mintedAtMs(event.assignmentEventId)
  return afterMs >= -UNDO_SLACK_MS && afterMs <= UNDO_WITHIN_MS + UNDO_SLACK_MS
}

/** Leaves a purchase, and what was refunded of it, without a member; answers the points moved. */
function takeFromMember(state: IngestState, purchase: Purchase, by: TakenBack): number {
  const isSale = purchase.kind === 'sale'
  const refunds = [...state.purchases()].filter((one) => one.originalPurchaseId === purchase.id)
  let total = 0
  for (const one of isSale ? [purchase, ...refunds] : [purchase]) {
    // A refund that was given by itself moved nothing: what it took was its sale's member's.
    const moved = isSale ? state.book.takeBack(one.id, by) : 0
    if (isSale) Object.assign(one, { earnedPoints: 0, reversedPoints: 0, earnedAs: null })
    if (one === purchase) {
      undoPaying(state, purchase, by)
      undoCoupons(state, purchase, by)
    }
    total += moved
    if (one === purchase || moved !== 0)
      state.events.push({
        type: 'purchase.unassigned',
        aggregateId: one.id,
        occurredAtMs: by.nowMs,
        payload: { ...factOf(one, moved), memberId: one.memberId ?? by.memberId },
      })
    if (one.memberId !== null && state.ownerId(one.memberId) === by.memberId)
      Object.assign(one, { memberId: null, madeUnderId: null })
    state.change(one)
  }
  return total
}

function answered(
  state: IngestState,
  as: {
    status: 'accepted' | 'duplicate'
    purchase: Purchase
    memberId: string | null
    moved: number | null
  },
): Decision {
  const { status, purchase, memberId, moved } = as
  return {
    status,
    code: null,
    purchaseId: purchase.id,
    memberId,
    points: moved,
    balancePoints: memberId === null ? null : state.book.balanceOf(memberId),
  }
}

/** Not taken back; the till is told whose it stays. */
function refused(code: OutcomeCode, purchase: Purchase): Decision {
  return { ...rejected(code), purchaseId: purchase.id, memberId: purchase.memberId }
}
