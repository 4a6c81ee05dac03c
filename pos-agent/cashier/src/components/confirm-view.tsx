import type { CashierMember, TillReceipt } from '@huike/shared/contracts/cashier'
import { useEffect, useRef } from 'react'
import { typedFen } from '../amounts.js'
import { money } from '../format.js'
import type { ConfirmPanel, Decision } from '../model.js'
import { strings } from '../strings.js'
import type { Dispatch } from './props.js'
import { Scrolled } from './scrolled.js'

const KINDS: readonly { decision: Decision; keycap: string; label: string }[] = [
  { decision: 'sale', keycap: '+', label: strings.confirm.sale },
  { decision: 'refund', keycap: '-', label: strings.confirm.refund },
  { decision: 'not_a_receipt', keycap: '*', label: strings.confirm.notReceipt },
]

interface Props {
  panel: ConfirmPanel
  receipt: TillReceipt
  member: CashierMember | null
  isBusy: boolean
  dispatch: Dispatch
}

/** A receipt read with doubt: the cashier reads it and says what was paid. */
export function ConfirmView({ panel, receipt, member, isBusy, dispatch }: Props) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    input.current?.focus()
  }, [])
  const press = (name: 'enter' | 'escape') => () => {
    dispatch({ type: 'key', key: { name }, atMs: performance.now() })
  }
  return (
    <div className="panel" data-panel="confirm" aria-busy={isBusy}>
      <header className="panel-head">
        <h2>{strings.confirm.title}</h2>
        <span className="panel-reason">{receipt.confirmReason}</span>
      </header>
      <div className="confirm-body">
        <Scrolled className="receipt-text" label={strings.viewer.title}>
          {receipt.text || strings.viewer.empty}
        </Scrolled>
        <div className="confirm-form">
          <label htmlFor="amount">{strings.confirm.amount}</label>
          <input
            id="amount"
            ref={input}
            className="amount-input"
            type="tel"
            lang="en"
            inputMode="decimal"
            autoComplete="off"
            value={panel.amountText}
            onBlur={() => setTimeout(() => input.current?.focus({ preventScroll: true }), 0)}
            onChange={(event) => {
              const { isComposing, data: typed } = event.nativeEvent as InputEvent
              if (!isComposing)
                dispatch({
                  type: 'amount_text',
                  text: event.target.value,
                  typed,
                  atMs: event.timeStamp,
                })
            }}
          />
          <p className="hint">{strings.confirm.amountHint}</p>
          <div className="kinds" role="radiogroup" aria-label={strings.confirm.kind}>
            {KINDS.map(({ decision, keycap, label }) => (
              <button
                key={decision}
                type="button"
                tabIndex={-1}
                role="radio"
                aria-checked={panel.decision === decision}
                className="kind"
                onClick={() => {
                  dispatch({ type: 'decide', decision })
                }}
              >
                <kbd>{keycap}</kbd>
                {label}
              </button>
            ))}
          </div>
          <p className="confirm-problem" role="alert">
            {panel.problem}
          </p>
        </div>
      </div>
      <footer className="panel-foot">
        <button type="button" tabIndex={-1} className="button quiet" onClick={press('escape')}>
          <kbd>Esc</kbd>
          {strings.confirm.cancel}
        </button>
        <button
          type="button"
          tabIndex={-1}
          className="button grow"
          disabled={isBusy}
          onClick={press('enter')}
        >
          <kbd>Enter</kbd>
          {isBusy ? strings.receipts.busy : willDo(panel, member)}
        </button>
      </footer>
    </div>
  )
}

/** What Enter will do, in numbers. */
function willDo(panel: ConfirmPanel, member: CashierMember | null): string {
  if (panel.decision === null) return strings.confirm.send
  if (panel.decision === 'not_a_receipt') return strings.confirm.willDrop
  const totalFen = typedFen(panel.amountText)
  const amount = totalFen === null ? '' : money(totalFen)
  const { willSale, willRefund, willGive } = strings.confirm
  const what = panel.decision === 'sale' ? willSale(amount) : willRefund(amount)
  return member ? `${what}，${willGive(member.phoneMasked)}` : what
}
