import type { CashierHold } from '@huike/shared/contracts/cashier'
import { count, money } from '../format.js'
import { holdMinutes } from '../spending.js'
import { strings } from '../strings.js'

const words = strings.spend.card

/** Points that are set aside: what to take off at the till, and what comes after that. */
export function HoldCard({ hold, nowMs }: { hold: CashierHold; nowMs: number }) {
  const minutes = holdMinutes(hold, nowMs)
  if (minutes === 0)
    return (
      <p className="note tone-warn" data-hold="over">
        {words.over}
      </p>
    )
  return (
    <div className="hold" data-hold="open">
      <p className="hold-discount">
        {words.discount}
        <strong>{money(hold.valueFen)}</strong>
      </p>
      <p>{words.left(count(hold.points), minutes)}</p>
      <p className="hold-next">{words.next}</p>
      <p className="hold-change">{words.change}</p>
    </div>
  )
}
