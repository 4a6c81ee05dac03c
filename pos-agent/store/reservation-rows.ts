import type { CashierReservation, ReceiptCoupons } from '@huike/shared/contracts/cashier-coupons'
import { expectedTotalFen, receiptDifferenceFen } from '@huike/shared/coupon-receipt'
import type { CouponReservationId, MemberId } from '@huike/shared/ids'
import { epochMs, fen } from '@huike/shared/quantities'
import type { StoreContext } from './context.js'
import type { ReceiptRow } from './receipt-rows.js'

// Coupons set aside for an order, as this till knows them. A row is on disk before the server is
// asked, so that nothing is set aside there that nobody remembers here.
//
//   asked → open    the server has set them aside
//   asked → ended   it would not, or nobody asked again in time: given back
//   open → left     another member was shown: given back, yet a receipt that shows the discount to
//                   the fen is theirs all the same
//   open, left → used   the receipt was given: its event carries the reservation
//   used → open     the server refused the giving
//   used → undone   the receipt was taken back; the server gives the coupons back
//   open, left → ended  given back by the cashier, or another took its place
//
// `is_told` is 0 while the server has to hear yet that they are given back.

/** A receipt printed after the deadline counts for so long, and only where it shows the discount. */
const LATE_MS_MAX = 4 * 3_600_000

interface ReservationRow {
  reservation_id: string
  member_id: string
  names: string
  with_points: 0 | 1
  goods_fen: number
  off_fen: number
  deadline_at_ms: number
  /** The last receipt that was known then: only later ones can have the discount on them. */
  after_receipt_seq: number
  state: 'asked' | 'open' | 'left' | 'used' | 'undone' | 'ended'
  settled: 'used' | 'not_used' | null
}

/** Receipts of which a cashier has to say whether their coupons were used. */
export const DIFFERING_RECEIPTS = `SELECT coupon_reservation.receipt_id
   FROM coupon_reservation JOIN outbox USING (event_id)
   WHERE coupon_reservation.state = 'used' AND coupon_reservation.settled IS NULL
     AND COALESCE(outbox.coupon_code, outbox.code) = 'coupon_differs'`

/** What is set aside of a member; null where nothing is. */
export function openReservation(
  context: StoreContext,
  memberId: string,
): CashierReservation | null {
  const row = rowsOf(context, memberId).find(({ state }) => state === 'open')
  return row === undefined ? null : viewOf(row)
}

/**
 * Has what is set aside of a member be off the receipt that `eventId` gives them; null where nothing
 * is, or not for this receipt. `pointsFen`: what their points take off besides.
 */
export function useReservation(
  context: StoreContext,
  receipt: ReceiptRow,
  given: { memberId: string; eventId: string; pointsFen: number },
): { reservationId: CouponReservationId; offFen: number } | null {
  const row = rowsOf(context, given.memberId).find((one) => isFor(one, receipt, given.pointsFen))
  if (!row) return null
  context
    .database()
    .prepare(
      `UPDATE coupon_reservation SET state = 'used', receipt_id = ?, event_id = ?
       WHERE reservation_id = ?`,
    )
    .run(receipt.receipt_id, given.eventId, row.reservation_id)
  return { reservationId: row.reservation_id as CouponReservationId, offFen: row.off_fen }
}

/** The server refused a giving: what was set aside for it still is. */
export function reopenReservation(context: StoreContext, eventId: string): void {
  context
    .database()
    .prepare(
      `UPDATE coupon_reservation SET state = 'open', receipt_id = NULL, event_id = NULL
       WHERE event_id = ?`,
    )
    .run(eventId)
}

/** A receipt was taken back: its coupons are the member's again. */
export function undoCoupons(context: StoreContext, receiptId: string): void {
  moveCoupons(context, receiptId, { from: 'used', to: 'undone' })
}

/** The server refused to take a receipt back. */
export function restoreCoupons(context: StoreContext, receiptId: string): void {
  moveCoupons(context, receiptId, { from: 'undone', to: 'used' })
}

function moveCoupons(
  context: StoreContext,
  receiptId: string,
  { from, to }: { from: ReservationRow['state']; to: ReservationRow['state'] },
): void {
  context
    .database()
    .prepare('UPDATE coupon_reservation SET state = ? WHERE receipt_id = ? AND state = ?')
    .run(to, receiptId, from)
}

/** The coupons that are off a receipt; null where none are. */
export function couponsOn(
  context: StoreContext,
  receipt: ReceiptRow,
  pointsFen: number,
): ReceiptCoupons | null {
  const row = context
    .database()
    .prepare<[string], ReservationRow & { code: string | null }>(
      `SELECT coupon_reservation.*, COALESCE(outbox.coupon_code, outbox.code) AS code
       FROM coupon_reservation LEFT JOIN outbox USING (event_id)
       WHERE coupon_reservation.receipt_id = ? AND coupon_reservation.state = 'used'`,
    )
    .get(receipt.receipt_id)
  if (row === undefined) return null
  const order = { goodsFen: row.goods_fen, offFen: row.off_fen, pointsFen }
  return {
    reservationId: row.reservation_id as CouponReservationId,
    offFen: fen(row.off_fen),
    expectedFen: expectedTotalFen(order),
    differenceFen: receiptDifferenceFen(order, receipt.total_fen ?? 0),
    state: stateOf(row),
  }
}

function stateOf({ code, settled }: ReservationRow & { code: string | null }) {
  if (settled !== null) return settled
  if (code === 'coupon_differs') return 'differs'
  return code === 'coupon_gone' ? 'gone' : 'used'
}

/** What may be off a receipt of a member: what is open before what was left. */
function rowsOf(context: StoreContext, memberId: string): ReservationRow[] {
  return context
    .database()
    .prepare<[string], ReservationRow>(
      `SELECT * FROM coupon_reservation WHERE member_id = ? AND state IN ('open', 'left')
       ORDER BY deadline_at_ms DESC`,
    )
    .all(memberId)
    .sort((one, other) => Number(one.state === 'left') - Number(other.state === 'left'))
}

function isFor(row: ReservationRow, receipt: ReceiptRow, pointsFen: number): boolean {
  if (receipt.kind !== 'sale' || receipt.seq <= row.after_receipt_seq) return false
  if (receipt.total_fen === null) return false
  const lateMs = receipt.captured_at_ms - row.deadline_at_ms
  if (row.state === 'open' && lateMs <= 0) return true
  const order = { goodsFen: row.goods_fen, offFen: row.off_fen, pointsFen }
  return lateMs <= LATE_MS_MAX && receiptDifferenceFen(order, receipt.total_fen) === null
}

/** A row as the cashier sees it. */
function viewOf(row: ReservationRow): CashierReservation {
  return {
    reservationId: row.reservation_id as CouponReservationId,
    memberId: row.member_id as MemberId,
    goodsFen: fen(row.goods_fen),
    offFen: fen(row.off_fen),
    names: JSON.parse(row.names) as string[],
    withPoints: row.with_points === 1,
    deadlineAtMs: epochMs(row.deadline_at_ms),
  }
}
