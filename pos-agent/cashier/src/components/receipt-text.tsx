import type { CashierMember, TillReceipt } from '@huike/shared/contracts/cashier'
import { signedMoney } from '../format.js'
import { strings } from '../strings.js'
import { undoSeconds, willUndo } from '../undo.js'
import type { Dispatch } from './props.js'
import { Scrolled } from './scrolled.js'

/** One receipt as it was printed. Its text is foreign: it is shown as text and nothing else. */
export function ReceiptText(props: {
  receipt: TillReceipt
  position: number
  member: CashierMember | null
  /** The agent's time, for the countdown. */
  nowMs: number
  dispatch: Dispatch
}) {
  const { receipt, position, member, nowMs, dispatch } = props
  const canGive = member !== null && receipt.member === null && receipt.state !== 'conflict'
  const press = (name: 'enter' | 'escape' | 'minus' | 'up' | 'down') => () => {
    dispatch({ type: 'key', key: { name }, atMs: performance.now() })
  }
  return (
    <div className="panel" data-panel="text">
      <header className="panel-head">
        <kbd>F{position}</kbd>
        <h2>{strings.viewer.title}</h2>
        <span className="panel-amount">
          {receipt.totalFen === null ? strings.receipts.amountUnknown : signedMoney(receipt)}
        </span>
      </header>
      <Scrolled className="receipt-text" label={strings.viewer.title}>
        {receipt.text || strings.viewer.empty}
      </Scrolled>
      <footer className="panel-foot">
        <button type="button" tabIndex={-1} className="button quiet" onClick={press('escape')}>
          <kbd>Esc</kbd>
          {strings.viewer.close}
        </button>
        <button type="button" tabIndex={-1} className="button quiet" onClick={press('up')}>
          <kbd>↑</kbd>
          {strings.viewer.previous}
        </button>
        <button type="button" tabIndex={-1} className="button quiet" onClick={press('down')}>
          <kbd>↓</kbd>
          {strings.viewer.next}
        </button>
        {undoSeconds(receipt, nowMs) > 0 && (
          <button
            type="button"
            tabIndex={-1}
            className="button quiet"
            title={willUndo(receipt)}
            onClick={press('minus')}
          >
            <kbd>-</kbd>
            {strings.undo.button(undoSeconds(receipt, nowMs))}
          </button>
        )}
        {receipt.state === 'needs_confirm' ? (
          <button type="button" tabIndex={-1} className="button" onClick={press('enter')}>
            <kbd>Enter</kbd>
            {strings.receipts.confirm}
          </button>
        ) : (
          canGive && (
            <button type="button" tabIndex={-1} className="button" onClick={press('enter')}>
              <kbd>Enter</kbd>
              {strings.receipts.give(member.phoneMasked)}
            </button>
          )
        )}
      </footer>
    </div>
  )
}
