import type { ReceiptAssigned } from '@huike/shared/contracts/agent'
import type { MembersService } from '../members/members.service.js'
import { rejected, type Decision } from './answers.js'
import type { IncomingEvent, IngestState } from './ingest-state.js'
import { payWithPoints } from './pay-with-points.js'
import { redeemCoupons } from './redeem-coupons.js'
import { noteGone, settleOffline } from './settle-offline.js'
import { giveToMember } from './take-checkout.js'

/** Gives a captured receipt to a member afterwards: once, and to one member only. */
export function assignReceipt(
  state: IngestState,
  incoming: IncomingEvent & { event: ReceiptAssigned },
  members: MembersService,
): Decision {
  const { event, from, receivedAtMs } = incoming
  const checkout = state.answered.get(event.checkoutEventId)
  // A till gives away its own receipts only; another till's event ids are nothing to it.
  const purchase =
    checkout?.terminalId === from.terminal.id && checkout.purchaseId !== null
      ? state.purchaseById(checkout.purchaseId)
      : undefined
  if (!purchase) return rejected('purchase_not_found')
  const named = state.named(event.who)
  if (event.who.by === 'member_code') {
    const code = members.checkCode(event.who.memberCode, named?.record, event.who.readAtMs)
    if (code !== null) return rejected(code)
  }
  if (!named) return rejected('member_not_found')
  const { member, underId } = named
  if (purchase.memberId !== null && state.ownerId(purchase.memberId) !== member.id)
    return rejected('receipt_already_claimed')
  const isAgain = purchase.memberId !== null
  const moved = isAgain
    ? purchase.earnedPoints - purchase.reversedPoints
    : giveToMember(state, purchase, {
        member,
        underId,
        actor: `terminal:${from.terminal.id}`,
        nowMs: receivedAtMs,
        eventId: event.eventId,
      })
  const paying = {
    memberId: member.id,
    terminalId: from.terminal.id,
    eventId: event.eventId,
    actor: `terminal:${from.terminal.id}`,
    nowMs: receivedAtMs,
  }
  const { holdId, couponReservationId: reservationId, offline } = event
  const settling = { ...paying, storeId: from.store.id, reservationId, holdId }
  if (offline) settleOffline(state, purchase, { ...settling, offline, members })
  const unused =
    reservationId === undefined
      ? null
      : redeemCoupons(state, purchase, { ...paying, reservationId, holdId })
  if (offline?.coupons && unused === 'coupon_gone') noteGone(state, purchase, offline, settling)
  const unpaid = holdId === undefined ? null : payWithPoints(state, purchase, { ...paying, holdId })
  return {
    status: isAgain ? 'duplicate' : 'accepted',
    // A receipt may be neither paid with the points nor off by the coupons that were set aside.
    code: unpaid ?? unused,
    couponCode: unused,
    purchaseId: purchase.id,
    memberId: member.id,
    points: moved,
    balancePoints: state.book.balanceOf(member.id),
  }
}
