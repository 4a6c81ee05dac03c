import type { ReceiptAssigned } from '@huike/shared/contracts/agent'
import type { StoreContext } from './context.js'
import { openHold, spentOn, useHold } from './hold-rows.js'
import { offlineOf } from './offline-rows.js'
import type { ReceiptRow } from './receipt-rows.js'
import { couponsOn, useReservation } from './reservation-rows.js'

// What pays a receipt besides money: the points and the coupons that are set aside of its member. Both
// go into the event that gives the receipt, in the commit of the giving.

/** Of these, what there is. */
export type PaidBesides = Pick<ReceiptAssigned, 'holdId' | 'couponReservationId' | 'offline'>

/** Has what is set aside of a member pay the receipt that `eventId` gives them; call it in a write. */
export function payBesides(
  context: StoreContext,
  receipt: ReceiptRow,
  given: { memberId: string; eventId: string },
): PaidBesides {
  const pointsFen = openHold(context, given.memberId)?.valueFen ?? 0
  const coupons =
    useReservation(context, receipt, { ...given, pointsFen }) ??
    // Points whose time is over may be off no receipt any more.
    useReservation(context, receipt, { ...given, pointsFen: 0 })
  const holdId = useHold(context, receipt, { ...given, couponFen: coupons?.offFen ?? 0 })
  const reservationId = coupons?.reservationId ?? null
  const offline = offlineOf(context, { reservationId, holdId })
  return {
    ...(holdId !== null && { holdId }),
    ...(coupons !== null && { couponReservationId: coupons.reservationId }),
    ...(offline !== null && { offline }),
  }
}

/** Whether anything of the kind paid a receipt already. */
export function isPaidBesides(context: StoreContext, receipt: ReceiptRow): boolean {
  const isSpent = spentOn(context, receipt.receipt_id) !== null
  return isSpent || couponsOn(context, receipt, 0) !== null
}
