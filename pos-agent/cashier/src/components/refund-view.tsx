import type { CashierMember, CashierRefundAnswer } from '@huike/shared/contracts/cashier'
import { fen, type Fen } from '@huike/shared/quantities'
import { useEffect, useRef } from 'react'
import { count, money, shortNumber } from '../format.js'
import type { RefundPanel } from '../model.js'
import { paidOut, type RefundRow } from '../refund.js'
import { strings } from '../strings.js'
import type { Dispatch } from './props.js'

const words = strings.refund

interface Props {
  panel: RefundPanel
  rows: readonly RefundRow[]
  member: CashierMember | null
  dispatch: Dispatch
}

/** Before money is returned: which sale, how much of it, and what that does with points. */
export function RefundView({ panel, rows, member, dispatch }: Props) {
  const { field, shown, busySeq } = panel
  if (shown.kind === 'keeping') return <Keeping {...shown} dispatch={dispatch} />
  const isBusy = busySeq !== null
  const press = (name: 'enter' | 'escape' | 'up') => () => {
    dispatch({ type: 'key', key: { name }, atMs: performance.now() })
  }
  return (
    <div className="panel" data-panel="refund" aria-busy={isBusy}>
      <header className="panel-head">
        <h2>{words.title}</h2>
        {field === 'amount' && (
          <span className="refund-of">{strings.receipts.no(shortNumber(panel.numberText))}</span>
        )}
      </header>
      <div className="spend-body">
        {field === 'receipt' ? (
          <>
            <Rows rows={rows} panel={panel} dispatch={dispatch} />
            <Field panel={panel} label={words.number} dispatch={dispatch} />
            <p className="hint">{words.numberHint}</p>
          </>
        ) : (
          <>
            {shown.kind === 'told' && <Sale answer={shown.answer} member={member} />}
            <Field panel={panel} label={words.amount} dispatch={dispatch} />
            {shown.kind === 'asking' && <p className="spend-quote">{words.asking}</p>}
            {shown.kind === 'told' && <Effect answer={shown.answer} />}
            {shown.kind === 'told' && <Coupons preview={shown.answer.preview} />}
          </>
        )}
        <p className="confirm-problem" role="alert">
          {panel.problem}
        </p>
      </div>
      <footer className="panel-foot">
        <button type="button" tabIndex={-1} className="button quiet" onClick={press('escape')}>
          <kbd>Esc</kbd>
          {strings.confirm.cancel}
        </button>
        {field === 'amount' && (
          <button
            type="button"
            tabIndex={-1}
            className="button quiet"
            disabled={isBusy}
            onClick={press('up')}
          >
            <kbd>↑</kbd>
            {strings.keys.backToReceipt}
          </button>
        )}
        <button
          type="button"
          tabIndex={-1}
          className="button grow"
          disabled={isBusy || shown.kind === 'asking'}
          onClick={press('enter')}
        >
          <kbd>Enter</kbd>
          {isBusy ? words.confirming : willDo(panel)}
        </button>
      </footer>
    </div>
  )
}

/** What to pay out, until the next key. */
function Keeping(props: { refundFen: Fen; keptFen: Fen; dispatch: Dispatch }) {
  const { refundFen, keptFen, dispatch } = props
  const press = (name: 'enter' | 'minus') => () => {
    dispatch({ type: 'key', key: { name }, atMs: performance.now() })
  }
  return (
    <div className="panel" data-panel="refund">
      <header className="panel-head">
        <h2>{words.title}</h2>
      </header>
      <div className="spend-body">
        <div className="hold">
          <p className="hold-discount">
            {words.payNow}
            <strong>{money(paidOut(refundFen, keptFen))}</strong>
          </p>
          <p className="hold-next">{words.payWhy(money(refundFen), money(keptFen))}</p>
        </div>
      </div>
      <footer className="panel-foot">
        <button type="button" tabIndex={-1} className="button quiet" onClick={press('minus')}>
          <kbd>-</kbd>
          {words.withdraw}
        </button>
        <button type="button" tabIndex={-1} className="button grow" onClick={press('enter')}>
          <kbd>Enter</kbd>
          {words.done}
        </button>
      </footer>
    </div>
  )
}

/** The last sales of this till; the key of each takes it. */
function Rows(props: { rows: readonly RefundRow[]; panel: RefundPanel; dispatch: Dispatch }) {
  const { rows, panel, dispatch } = props
  if (rows.length === 0) return null
  return (
    <div className="kinds" role="radiogroup" aria-label={words.choose}>
      {rows.map(({ position, receipt }) => (
        <button
          key={receipt.receiptId}
          type="button"
          tabIndex={-1}
          role="radio"
          aria-checked={receipt.receiptId === panel.receiptId}
          className="kind refund-row"
          onClick={() => {
            dispatch({ type: 'refund_choose', receiptId: receipt.receiptId })
          }}
        >
          <kbd>F{position}</kbd>
          <strong>
            {receipt.totalFen === null ? strings.receipts.amountUnknown : money(receipt.totalFen)}
          </strong>
          <span>{receipt.minute}</span>
          <span className="refund-no">
            {receipt.receiptNo === null
              ? strings.receipts.noNumber
              : strings.receipts.no(shortNumber(receipt.receiptNo))}
          </span>
          <span className="refund-owner">{receipt.member?.phoneMasked}</span>
        </button>
      ))}
    </div>
  )
}

/** The field that keys mean; it has the focus. */
function Field(props: { panel: RefundPanel; label: string; dispatch: Dispatch }) {
  const { panel, label, dispatch } = props
  const { field } = panel
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    input.current?.focus()
  }, [field])
  return (
    <div className="spend-field">
      <label htmlFor={`refund-${field}`}>{label}</label>
      <input
        id={`refund-${field}`}
        key={field}
        ref={input}
        className="amount-input"
        type="tel"
        lang="en"
        inputMode={field === 'amount' ? 'decimal' : 'text'}
        autoComplete="off"
        placeholder={field === 'amount' ? wholeOf(panel) : ''}
        value={field === 'amount' ? panel.amountText : panel.numberText}
        onBlur={() => setTimeout(() => input.current?.focus({ preventScroll: true }), 0)}
        onChange={(event) => {
          const { isComposing, data: typed } = event.nativeEvent as InputEvent
          const { timeStamp: atMs } = event
          if (!isComposing) dispatch({ type: 'refund_text', text: event.target.value, typed, atMs })
        }}
      />
    </div>
  )
}

/** What an empty amount stands for; empty where it is not known. */
function wholeOf({ shown }: RefundPanel): string {
  if (shown.kind !== 'told') return ''
  const { saleFen, refundedFen } = shown.answer.preview
  return words.whole(money(fen(Math.max(0, saleFen - refundedFen))))
}

/** The sale, so that a wrong number is seen, and whose it is. */
function Sale(props: { answer: CashierRefundAnswer; member: CashierMember | null }) {
  const { answer, member } = props
  const { businessDate, saleFen, refundedFen, memberId } = answer.preview
  const isOther = memberId !== null && member !== null && member.memberId !== memberId
  return (
    <>
      <p className="refund-sale">
        <span>{words.sale(businessDate, money(saleFen))}</span>
        {refundedFen > 0 && <span>{words.refunded(money(refundedFen))}</span>}
        {memberId === null ? (
          <span>{words.nobody}</span>
        ) : (
          !isOther && answer.phoneMasked !== null && <span>{words.theirs(answer.phoneMasked)}</span>
        )}
      </p>
      {isOther && answer.phoneMasked !== null && (
        <p className="note tone-warn">{words.otherMember(answer.phoneMasked)}</p>
      )}
    </>
  )
}

/** What the refund does, in numbers. */
function Effect({ answer: { preview } }: { answer: CashierRefundAnswer }) {
  const { memberId, takenPoints, returnedPoints, balanceAfterPoints } = preview
  if (memberId === null) return <p className="note tone-good">{words.untouched}</p>
  return (
    <div className="refund-effect">
      <dl className="refund-numbers">
        <Figure term={words.taken} value={takenPoints} />
        {returnedPoints > 0 && <Figure term={words.returned} value={returnedPoints} />}
        <Figure term={words.after} value={balanceAfterPoints} />
      </dl>
      <Missing preview={preview} />
    </div>
  )
}

/** What was really paid for each line of a sale with coupons, and what becomes of them. */
function Coupons({ preview: { coupons } }: Pick<CashierRefundAnswer, 'preview'>) {
  if (!coupons) return null
  const { offFen, backFen, returned, lines } = coupons
  return (
    <div className="refund-coupons">
      <p>
        {words.couponsOff(money(offFen))}
        {returned > 0
          ? words.couponsReturned(count(returned))
          : backFen > 0 && words.couponsBack(money(backFen))}
      </p>
      {lines.length > 0 && (
        <ul className="refund-lines">
          <li className="refund-lines-head" aria-hidden="true">
            <span className="refund-line-name">{words.couponLine}</span>
            <span>{words.couponPrice}</span>
            <strong>{words.couponPaid}</strong>
          </li>
          {lines.map(({ name, amountFen, paidFen }, at) => (
            <li key={at}>
              <span className="refund-line-name">{name}</span>
              <span>{money(amountFen)}</span>
              <strong>{money(paidFen)}</strong>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Figure({ term, value }: { term: string; value: number }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd className={value < 0 ? 'is-below' : ''}>{words.points(count(value))}</dd>
    </div>
  )
}

/** What becomes of points that are spent by now, as the chain has it. */
function Missing({ preview }: Pick<CashierRefundAnswer, 'preview'>) {
  const { missingPoints, policy, keptBackFen, balanceAfterPoints } = preview
  if (missingPoints === 0) return <p className="note tone-good">{words.enough}</p>
  const isStill = keptBackFen > 0 && balanceAfterPoints < 0
  const missing = (isStill ? words.missingStill : words.missing)(count(missingPoints))
  if (keptBackFen === 0)
    return (
      <div className="note tone-warn" data-policy={policy}>
        <p>{missing}</p>
        <p className="refund-policy">{policy === 'next_earn' ? words.nextEarn : words.negative}</p>
      </div>
    )
  return (
    <div className="note tone-warn" data-policy={policy}>
      <p>{missing}</p>
      <p className="refund-policy refund-keep">
        <strong>{words.keep(money(keptBackFen))}</strong>
        <span>{words.pay(money(paidOut(preview.refundFen, preview.keptBackFen)))}</span>
      </p>
    </div>
  )
}

/** What Enter will do, in numbers. */
function willDo({ field, shown }: RefundPanel): string {
  if (field === 'receipt' || shown.kind !== 'told') return words.ask
  const { preview } = shown.answer
  return preview.keptBackFen > 0
    ? words.confirmKept(
        money(preview.keptBackFen),
        money(paidOut(preview.refundFen, preview.keptBackFen)),
      )
    : words.confirm(money(preview.refundFen))
}
