import type { OutcomeCode } from '@huike/shared/outcomes'
import type { CouponReservation } from '../coupons/coupon-reservation.entity.js'
import type { Purchase } from '../purchases/purchase.entity.js'
import { actorOf } from './incoming-checkout.js'
import type { IngestState } from './ingest-state.js'

// Coupons of an order that was rung up: what was set aside is redeemed where the receipt shows what
// the cashier was told, waits for somebody where it shows something else, and is the member's again
// where the whole sale is returned or was given to them by mistake.

interface Redeeming {
  reservationId: string
  memberId: string
  terminalId: string
  actor: string
  nowMs: number
  /** The points that pay a part of the same order. */
  holdId: string | undefined
}

/**
 * Redeems what was set aside for a sale that this member is being given. Answers why not:
 * `coupon_differs`, or `coupon_gone` where it is another member's or till's, or used elsewhere by now.
 */
export function redeemCoupons(
  state: IngestState,
  sale: Purchase,
  { reservationId, memberId, terminalId, holdId, ...by }: Redeeming,
): OutcomeCode | null {
  const reservation = state.coupons.byId(reservationId)
  const isTheirs =
    reservation?.terminalId === terminalId && state.ownerId(reservation.memberId) === memberId
  const isFree = reservation?.purchaseId === sale.id || sale.couponFen === null
  if (!isTheirs || !isFree || sale.kind !== 'sale') return 'coupon_gone'
  const hold = holdId === undefined ? undefined : state.holds.byId(holdId)
  const pointsFen = hold?.valueFen ?? 0
  const shown = state.coupons.redeem(reservation, sale, { ...by, memberId, pointsFen })
  if (shown === 'gone') return 'coupon_gone'
  sale.couponFen = reservation.offFen
  state.change(sale)
  takeReturned(state, reservation, sale, by)
  return shown === 'differs' ? 'coupon_differs' : null
}

/** Gives the coupons of a sale back once all of it is returned; of a part, what they took off it. */
export function returnCoupons(state: IngestState, refund: Purchase, sale: Purchase): void {
  const reservation = state.coupons.ofPurchase(sale.id)
  if (!reservation) return
  takeReturned(state, reservation, sale, { actor: actorOf(refund), nowMs: refund.recordedAtMs })
}

function takeReturned(
  state: IngestState,
  reservation: CouponReservation,
  sale: Purchase,
  by: { actor: string; nowMs: number },
): void {
  if (isReturned(sale)) state.coupons.giveBack(reservation, { ...by, sale, isUndone: false })
  else if (sale.refundedFen > 0) state.coupons.share(reservation, sale, by)
}

/** Gives the coupons of a sale back that was given to the wrong member; nothing of it was refunded. */
export function undoCoupons(
  state: IngestState,
  sale: Purchase,
  by: { actor: string; nowMs: number },
): void {
  const reservation = state.coupons.ofPurchase(sale.id)
  if (!reservation) return
  state.coupons.giveBack(reservation, { ...by, sale, isUndone: true })
  sale.couponFen = null
}

function isReturned({ refundedFen, totalFen }: Purchase): boolean {
  return refundedFen >= totalFen && refundedFen > 0
}
