import type { CashierHold } from '@huike/shared/contracts/cashier'
import type { CashierReservation } from '@huike/shared/contracts/cashier-coupons'
import { fen } from '@huike/shared/quantities'
import { count, money } from '../format.js'
import { holdMinutes } from '../spending.js'
import { strings } from '../strings.js'

const words = strings.coupons.card
/** More than these are counted. */
const NAMES_MAX = 2

/**
 * Coupons that are set aside: exactly what to take off at the till, points and all, and what comes
 * after that.
 */
export function ReservationCard(props: {
  reservation: CashierReservation
  hold: CashierHold | null
  nowMs: number
}) {
  const { reservation, hold, nowMs } = props
  const { goodsFen, offFen, names, isOffline = false } = reservation
  const minutes = holdMinutes(reservation, nowMs)
  if (minutes === 0)
    return (
      <p className="note tone-warn" data-reservation="over">
        {words.over}
      </p>
    )
  const points = hold && holdMinutes(hold, nowMs) > 0 ? hold : null
  const allFen = fen(offFen + (points?.valueFen ?? 0))
  return (
    <div className="hold" data-reservation="open">
      <p className="hold-discount">
        {words.discount}
        <strong>{money(allFen)}</strong>
      </p>
      <p>
        {words.due(money(fen(Math.max(0, goodsFen - allFen))))}，{words.left(minutes)}
      </p>
      <p className="hold-names">
        {isOffline && `${strings.coupons.offline} · `}
        {words.coupons(names.slice(0, NAMES_MAX).join('、'), names.length, money(offFen))}
      </p>
      {points && <p>{words.points(count(points.points), money(points.valueFen))}</p>}
      <p className="hold-next">{words.next}</p>
      <p className="hold-change">{points ? words.changeBoth : words.change}</p>
    </div>
  )
}
