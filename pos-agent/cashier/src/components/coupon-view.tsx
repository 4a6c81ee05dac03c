import { useEffect, useRef } from 'react'
import { fen } from '@huike/shared/quantities'
import { couponRows, couponTotals, tickedIn, type CouponRow } from '../coupon-list.js'
import { dayOf, money } from '../format.js'
import type { CouponPanel } from '../coupon-model.js'
import type { Desk } from '../model.js'
import { strings } from '../strings.js'
import type { Dispatch } from './props.js'

const words = strings.coupons

interface Props {
  panel: CouponPanel
  desk: Extract<Desk, { kind: 'known' }>
  timeZone: string | null
  dispatch: Dispatch
}

/** Coupons: what the goods come to, what is taken off, and every coupon with its number key. */
export function CouponView({ panel, desk, timeZone, dispatch }: Props) {
  const { reservation, member } = desk
  const isBusy = panel.busySeq !== null
  return (
    <div className="panel" data-panel="coupons" aria-busy={isBusy}>
      <header className="panel-head">
        <h2>{words.title}</h2>
        <span>{member.phoneMasked}</span>
        {panel.told?.answer.isOffline && <span className="tone-warn">{words.offline}</span>}
        {reservation && (
          <span className="coupon-replaces">{words.replaces(money(reservation.offFen))}</span>
        )}
      </header>
      <div className="coupon-body">
        <div className="coupon-top">
          <Field name="amount" panel={panel} label={words.amount} dispatch={dispatch} />
          <Totals panel={panel} desk={desk} />
        </div>
        <CouponList panel={panel} timeZone={timeZone} dispatch={dispatch} />
        <p className="confirm-problem" role="alert">
          {panel.problem}
        </p>
      </div>
      <Foot panel={panel} hasReservation={reservation !== null} dispatch={dispatch} />
    </div>
  )
}

/** One of the two fields; the focus goes to the one that keys mean. */
function Field(props: {
  name: 'amount' | 'seen'
  panel: CouponPanel
  label: string
  dispatch: Dispatch
}) {
  const { name, panel, label, dispatch } = props
  const input = useRef<HTMLInputElement>(null)
  const isMeant = name === 'seen' ? panel.field === 'seen' : panel.field !== 'seen'
  useEffect(() => {
    if (isMeant) input.current?.focus()
  }, [isMeant])
  return (
    <div className="spend-field">
      <label htmlFor={`coupon-${name}`}>{label}</label>
      <input
        id={`coupon-${name}`}
        ref={input}
        className={panel.field === name ? 'amount-input' : 'amount-input is-other'}
        type="tel"
        lang="en"
        inputMode="decimal"
        autoComplete="off"
        readOnly={panel.field !== name}
        value={name === 'amount' ? panel.amountText : panel.seenText}
        onBlur={() =>
          setTimeout(() => {
            if (isMeant) input.current?.focus({ preventScroll: true })
          }, 0)
        }
        onChange={(event) => {
          const { isComposing, data: typed } = event.nativeEvent as InputEvent
          const { timeStamp: atMs } = event
          if (!isComposing) dispatch({ type: 'coupon_text', text: event.target.value, typed, atMs })
        }}
      />
    </div>
  )
}

/** What is off and what is left to pay, in large figures. */
function Totals({ panel, desk }: Pick<Props, 'panel' | 'desk'>) {
  const pointsFen = desk.hold?.valueFen ?? fen(0)
  const totals = couponTotals(panel, pointsFen)
  if (panel.askingSeq !== null) return <p className="spend-quote coupon-wait">{words.asking}</p>
  if (totals === null) return <p className="hint coupon-wait">{words.amountHint}</p>
  return (
    <div className="coupon-totals">
      <dl>
        <div>
          <dt>{words.off}</dt>
          <dd className="is-off">{money(totals.offFen)}</dd>
        </div>
        <div>
          <dt>{words.due}</dt>
          <dd>{money(totals.dueFen)}</dd>
        </div>
      </dl>
      {pointsFen > 0 ? (
        <p className="hint">{words.duePoints(money(pointsFen))}</p>
      ) : (
        !totals.withPoints && <p className="coupon-alone">{words.noPointsBesides}</p>
      )}
    </div>
  )
}

function CouponList({ panel, timeZone, dispatch }: Pick<Props, 'panel' | 'timeZone' | 'dispatch'>) {
  if (panel.told === null) return null
  const { rows, pages } = couponRows(panel)
  if (rows.length === 0) return <p className="note">{words.none}</p>
  const seen = panel.told.answer.coupons.find(({ couponId }) => couponId === panel.seenOf)
  if (panel.field === 'seen' && seen)
    return (
      <div className="coupon-seen">
        <Field name="seen" panel={panel} label={words.seen(seen.name)} dispatch={dispatch} />
        <p className="hint">{words.seenHint}</p>
      </div>
    )
  return (
    <>
      <p className="hint">{panel.field === 'list' ? words.listHint : words.bestHint}</p>
      <ol className={panel.field === 'list' ? 'coupon-rows is-meant' : 'coupon-rows'}>
        {rows.map((row, at) => (
          <Row
            key={row.coupon.couponId}
            row={row}
            position={at + 1}
            timeZone={timeZone}
            dispatch={dispatch}
          />
        ))}
      </ol>
      {pages > 1 && <p className="hint">{words.pages(panel.page + 1, pages)}</p>}
    </>
  )
}

function Row(props: {
  row: CouponRow
  position: number
  timeZone: string | null
  dispatch: Dispatch
}) {
  const { row, position, timeZone, dispatch } = props
  const { coupon, isTicked, offFen, refused } = row
  return (
    <li>
      <button
        type="button"
        tabIndex={-1}
        role="checkbox"
        aria-checked={isTicked}
        className="coupon-row"
        data-coupon={position}
        onClick={() => {
          dispatch({ type: 'coupon_pressed', couponId: coupon.couponId })
        }}
      >
        <kbd>{position}</kbd>
        <span className="coupon-tick" aria-hidden="true">
          {isTicked ? '✓' : ''}
        </span>
        <span className="coupon-name">
          <strong>{coupon.name}</strong>
          <span>{coupon.headline}</span>
        </span>
        <span className="coupon-until">
          {words.until(dayOf(coupon.validUntilMs - 1, timeZone))}
        </span>
        {isTicked && offFen !== null ? (
          <span className="coupon-off">{words.rowOff(money(offFen))}</span>
        ) : (
          <span className="coupon-why">
            {refused?.code === 'coupon_goods_unseen' ? words.unseen : (refused?.why ?? '')}
          </span>
        )}
      </button>
    </li>
  )
}

function Foot(props: { panel: CouponPanel; hasReservation: boolean; dispatch: Dispatch }) {
  const { panel, hasReservation, dispatch } = props
  const isBusy = panel.busySeq !== null
  const press = (name: 'enter' | 'escape' | 'minus') => () => {
    dispatch({ type: 'key', key: { name }, atMs: performance.now() })
  }
  return (
    <footer className="panel-foot">
      <button type="button" tabIndex={-1} className="button quiet" onClick={press('escape')}>
        <kbd>Esc</kbd>
        {strings.confirm.cancel}
      </button>
      {hasReservation && (
        <button
          type="button"
          tabIndex={-1}
          className="button quiet"
          disabled={isBusy}
          onClick={press('minus')}
        >
          <kbd>-</kbd>
          {words.release}
        </button>
      )}
      <button
        type="button"
        tabIndex={-1}
        className="button grow"
        disabled={isBusy}
        onClick={press('enter')}
      >
        <kbd>Enter</kbd>
        {isBusy ? words.reserving : willDo(panel)}
      </button>
    </footer>
  )
}

/** What Enter will do, in numbers. */
function willDo(panel: CouponPanel): string {
  if (panel.field === 'seen') return words.count
  const totals = couponTotals(panel, fen(0))
  const { length } = tickedIn(panel)
  return totals && length > 0 ? words.reserve(length, money(totals.offFen)) : words.ask
}
