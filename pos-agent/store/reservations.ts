import type { CashierReservation } from '@huike/shared/contracts/cashier-coupons'
import type { Reservation } from '@huike/shared/contracts/coupons'
import type { CouponReservationId } from '@huike/shared/ids'
import type { StoreContext } from './context.js'
import { openReservation } from './reservation-rows.js'

// Coupons set aside at this till: asked for, kept, given back. The server hears of everything that is
// given back, also after an outage or a crash.

/** Asked for and not answered: so long the same once more has the same id, then it is given back. */
export const ASKED_MS_MAX = 120_000
/** In one round of telling the server. */
const GIVE_BACK_MAX = 20

/** What is asked for, before the server has said anything. */
export interface AskedReservation {
  reservationId: CouponReservationId
  memberId: string
  /** All that makes two requests the same one. */
  wanted: string
  goodsFen: number
  names: readonly string[]
  withPoints: boolean
  nowMs: number
}

export class Reservations {
  constructor(private readonly context: StoreContext) {}

  /** Notes what is about to be asked for; answers its id, that of before where it is the same. */
  ask(asked: AskedReservation): CouponReservationId {
    return this.context.write((database) => {
      const same = database
        .prepare<[string, string], { reservation_id: string }>(
          `SELECT reservation_id FROM coupon_reservation
           WHERE member_id = ? AND wanted = ? AND state IN ('asked', 'open')
           ORDER BY asked_at_ms DESC LIMIT 1`,
        )
        .get(asked.memberId, asked.wanted)
      if (same) return same.reservation_id as CouponReservationId
      database
        .prepare(
          `INSERT INTO coupon_reservation (reservation_id, member_id, wanted, names, with_points,
             goods_fen, off_fen, asked_at_ms, deadline_at_ms, after_receipt_seq, state, is_told)
           VALUES (?, ?, ?, ?, ?, ?, 0, ?, 0, 0, 'asked', 1)`,
        )
        .run(
          ...([asked.reservationId, asked.memberId, asked.wanted] as const),
          ...([JSON.stringify(asked.names), asked.withPoints ? 1 : 0] as const),
          ...([asked.goodsFen, asked.nowMs] as const),
        )
      return asked.reservationId
    })
  }

  /**
   * Keeps what the server has set aside; what was there before for the same member made place for it.
   * Null where it was given back while the answer was under way.
   */
  keep({ reservationId, offFen, deadlineAtMs }: Reservation): CashierReservation | null {
    return this.context.write((database) => {
      const row = database
        .prepare<[string], { member_id: string; state: string }>(
          'SELECT member_id, state FROM coupon_reservation WHERE reservation_id = ?',
        )
        .get(reservationId)
      if (row?.state !== 'asked' && row?.state !== 'open') return null
      database
        .prepare(
          `UPDATE coupon_reservation SET state = 'ended'
           WHERE member_id = ? AND state IN ('open', 'left') AND reservation_id <> ?`,
        )
        .run(row.member_id, reservationId)
      if (row.state === 'asked')
        database
          .prepare(
            `UPDATE coupon_reservation SET state = 'open', off_fen = ?, deadline_at_ms = ?,
               after_receipt_seq = (SELECT coalesce(max(seq), 0) FROM receipt)
             WHERE reservation_id = ?`,
          )
          .run(offFen, deadlineAtMs, reservationId)
      return openReservation(this.context, row.member_id)
    })
  }

  /** What is set aside of a member, whether or not its time is over; null where nothing is. */
  openOf(memberId: string): CashierReservation | null {
    return openReservation(this.context, memberId)
  }

  /** These coupons are off no receipt any more; `isTold` where the server knows it already. */
  end(reservationId: string, isTold: boolean): void {
    this.context.write((database) =>
      database
        .prepare(
          `UPDATE coupon_reservation SET state = 'ended', is_told = ?
           WHERE reservation_id = ? AND state IN ('asked', 'open', 'left', 'ended')`,
        )
        .run(isTold ? 1 : 0, reservationId),
    )
  }

  /** This member is on screen now: what is set aside of others is let go. True where something was. */
  leaveOthers(memberId: string): boolean {
    return this.context.write(
      (database) =>
        database
          .prepare(
            `UPDATE coupon_reservation
             SET state = CASE state WHEN 'open' THEN 'left' ELSE 'ended' END, is_told = 0
             WHERE state IN ('asked', 'open') AND member_id <> ?`,
          )
          .run(memberId).changes > 0,
    )
  }

  /** What the server has to be told was given back; what nobody asked for again goes with it. */
  toGiveBack(nowMs: number): CouponReservationId[] {
    const stale = `state = 'asked' AND abs(? - asked_at_ms) > ${String(ASKED_MS_MAX)}`
    const database = this.context.database()
    const isStale = database
      .prepare(`SELECT 1 FROM coupon_reservation WHERE ${stale} LIMIT 1`)
      .get(nowMs)
    if (isStale !== undefined)
      this.context.write(() =>
        database
          .prepare(`UPDATE coupon_reservation SET state = 'ended', is_told = 0 WHERE ${stale}`)
          .run(nowMs),
      )
    return database
      .prepare<[number], { reservation_id: string }>(
        `SELECT reservation_id FROM coupon_reservation
         WHERE state IN ('left', 'ended') AND is_told = 0 ORDER BY asked_at_ms LIMIT ?`,
      )
      .all(GIVE_BACK_MAX)
      .map((row) => row.reservation_id as CouponReservationId)
  }

  /** The server knows that it was given back. */
  told(reservationId: string): void {
    this.context.write((database) =>
      database
        .prepare('UPDATE coupon_reservation SET is_told = 1 WHERE reservation_id = ?')
        .run(reservationId),
    )
  }

  /** Somebody said whether the coupons of a receipt that differs were used. */
  settle(reservationId: string, isUsed: boolean): void {
    this.context.write((database) =>
      database
        .prepare(
          "UPDATE coupon_reservation SET settled = ? WHERE reservation_id = ? AND state = 'used'",
        )
        .run(isUsed ? 'used' : 'not_used', reservationId),
    )
  }
}
