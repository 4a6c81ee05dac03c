import type { CouponForecast } from '@huike/shared/contracts/console-campaigns'
import { CouponSelect } from '../coupons/coupon-select.js'
import { count, money } from '../format.js'
import type { Draft } from './draft.js'
import { campaignStrings } from './strings.js'
import type { Counted } from './use-audience.js'

const words = campaignStrings.form

interface Props {
  draft: Draft
  counted: Counted
  onChange: (draft: Draft) => void
}

/** Which coupon goes with the message, if any, and what that can cost. */
export function CouponStep({ draft, counted, onChange }: Props) {
  return (
    <div className="c-step">
      <div className="c-inputs">
        <CouponSelect
          id="campaign-coupon"
          label={words.coupon}
          hint={words.couponNote}
          placeholder={words.noCoupon}
          chosen={draft.coupon}
          onChoose={(coupon) => {
            onChange({ ...draft, coupon })
          }}
        />
      </div>
      <div className="c-result" aria-live="polite">
        {draft.coupon !== null && <Forecast counted={counted} />}
      </div>
    </div>
  )
}

/** What it costs at most, and what is left: it is counted with the people. */
function Forecast({ counted }: { counted: Counted }) {
  const { preview, isFresh } = counted
  const coupon = isFresh ? (preview?.coupon ?? null) : null
  if (preview === null || coupon === null)
    return counted.problem === null ? <p role="status">{words.counting}</p> : null
  const short = preview.leftOut.find(({ reason }) => reason === 'coupon_out_of_stock')
  return (
    <div className="m-panel">
      <dl className="m-facts">
        {factsOf(coupon, preview.reachableCount).map(([term, told]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{told}</dd>
          </div>
        ))}
      </dl>
      {short !== undefined && <p className="c-warn">{words.couponShort(count(short.count))}</p>}
      {isOverBudget(coupon) && <p className="c-warn">{words.couponOverBudget}</p>}
      <p className="note">{words.couponKept}</p>
    </div>
  )
}

function factsOf(coupon: CouponForecast, people: number): [string, string][] {
  const { mostFen, stockLeft, usesLeft, budgetLeftFen } = coupon
  const left = <Value extends number>(value: Value | null, say: (value: Value) => string) =>
    value === null ? words.noLimit : say(value)
  return [
    [words.couponPeople, words.couponCount(count(people))],
    [words.couponMost, left(mostFen, money)],
    [words.couponStock, left(stockLeft, (value) => words.couponCount(count(value)))],
    [words.couponUses, left(usesLeft, (value) => words.couponTimes(count(value)))],
    [words.couponBudget, left(budgetLeftFen, money)],
  ]
}

/** All of them used would be more than may be taken off. */
function isOverBudget({ mostFen, budgetLeftFen }: CouponForecast): boolean {
  return budgetLeftFen !== null && (mostFen === null || mostFen > budgetLeftFen)
}
