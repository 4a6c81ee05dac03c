import { fen } from '@huike/shared/quantities'
import { money } from '../format.js'
import type { SettlePanel } from '../coupon-model.js'
import type { CashierState } from '../model.js'
import { receiptToSettle } from '../settling.js'
import { strings } from '../strings.js'
import type { Dispatch } from './props.js'

const words = strings.coupons.settle

/** A receipt that differs from what was told: by how much, and whether its coupons were used. */
export function SettleView(props: { panel: SettlePanel; state: CashierState; dispatch: Dispatch }) {
  const { panel, state, dispatch } = props
  const receipt = receiptToSettle(state)
  if (receipt === null) return null
  const { expectedFen, differenceFen } = receipt.coupons
  const isBusy = panel.busySeq !== null
  const isMore = (differenceFen ?? 0) > 0
  const press = (name: 'escape' | 'plus' | 'minus') => () => {
    dispatch({ type: 'key', key: { name }, atMs: performance.now() })
  }
  return (
    <div className="panel" data-panel="settle" aria-busy={isBusy}>
      <header className="panel-head">
        <h2>{words.title}</h2>
        <span>{receipt.member?.phoneMasked}</span>
        <span>{receipt.minute}</span>
      </header>
      <div className="coupon-body">
        <dl className="settle-sums">
          <div>
            <dt>{words.receipt}</dt>
            <dd>{money(receipt.totalFen ?? fen(0))}</dd>
          </div>
          <div>
            <dt>{words.expected}</dt>
            <dd>{money(expectedFen)}</dd>
          </div>
          <div className="is-difference">
            <dt>{isMore ? words.more : words.less}</dt>
            <dd>{money(fen(Math.abs(differenceFen ?? 0)))}</dd>
          </div>
        </dl>
        <button
          type="button"
          tabIndex={-1}
          className="button"
          disabled={isBusy}
          onClick={press('plus')}
        >
          <kbd>+</kbd>
          {isBusy ? words.sending : words.used}
        </button>
        <button
          type="button"
          tabIndex={-1}
          className="button quiet"
          disabled={isBusy}
          onClick={press('minus')}
        >
          <kbd>-</kbd>
          {words.notUsed}
        </button>
        <p className="confirm-problem" role="alert">
          {panel.problem}
        </p>
      </div>
      <footer className="panel-foot">
        <button type="button" tabIndex={-1} className="button quiet" onClick={press('escape')}>
          <kbd>Esc</kbd>
          {words.later}
        </button>
      </footer>
    </div>
  )
}
