import type { CashierMember, TillReceipt } from '@huike/shared/contracts/cashier'
import type { ReceiptCoupons } from '@huike/shared/contracts/cashier-coupons'
import { count, money, shortNumber, signedMoney } from '../format.js'
import { keptWords } from '../refund.js'
import { differenceWords, isDiffering } from '../settling.js'
import { strings } from '../strings.js'
import { lastGiven, undoSeconds, willUndo } from '../undo.js'
import type { Dispatch } from './props.js'

interface Props {
  receipts: readonly TillReceipt[] | null
  member: CashierMember | null
  busyIds: readonly string[]
  /** The agent's time, for the countdowns. */
  nowMs: number
  dispatch: Dispatch
}

/** The last five receipts, newest first; the key of each gives it to the member on screen. */
export function ReceiptList({ receipts, member, busyIds, nowMs, dispatch }: Props) {
  const lastGivenId = lastGiven({ receipts, nowMs })?.receiptId
  return (
    <div className="receipts">
      <h2 className="receipts-title">{strings.receipts.title}</h2>
      {receipts === null && <p className="receipts-empty">{strings.receipts.loading}</p>}
      {receipts?.length === 0 && (
        <div className="receipts-empty">
          <strong>{strings.receipts.emptyTitle}</strong>
          <p>{strings.receipts.emptyBody}</p>
        </div>
      )}
      {receipts !== null && receipts.length > 0 && (
        <ol className="rows">
          {receipts.map((receipt, at) => (
            <ReceiptRow
              key={receipt.receiptId}
              receipt={receipt}
              position={at + 1}
              member={member}
              isBusy={busyIds.includes(receipt.receiptId)}
              undo={{
                seconds: undoSeconds(receipt, nowMs),
                hasKey: receipt.receiptId === lastGivenId,
              }}
              dispatch={dispatch}
            />
          ))}
        </ol>
      )}
    </div>
  )
}

function ReceiptRow(props: {
  receipt: TillReceipt
  position: number
  member: CashierMember | null
  isBusy: boolean
  undo: Undo
  dispatch: Dispatch
}) {
  const { receipt, position, member, isBusy, undo, dispatch } = props
  const { receiptId } = receipt
  const owner = receipt.member
  return (
    <li className="row" data-state={receipt.state} data-receipt={position}>
      <button
        type="button"
        tabIndex={-1}
        className="row-open"
        title={strings.receipts.open}
        onClick={() => {
          dispatch({ type: 'view', receiptId })
        }}
      >
        <kbd>F{position}</kbd>
        <span className="row-amount">
          {receipt.kind === 'refund' && <em className="refund">{strings.receipts.refund}</em>}
          {receipt.totalFen === null ? (
            <span className="amount-unknown">{strings.receipts.amountUnknown}</span>
          ) : (
            signedMoney(receipt)
          )}
        </span>
        <span className={`state state-${receipt.state}`}>
          {strings.receipts.state[receipt.state]}
        </span>
        <span className="row-facts">
          <span>{receipt.minute}</span>
          <span className="receipt-no">
            {receipt.receiptNo === null
              ? strings.receipts.noNumber
              : strings.receipts.no(shortNumber(receipt.receiptNo))}
          </span>
          <span>{strings.receipts.lines(receipt.lineCount)}</span>
        </span>
        <span className="row-owner">{owner && <OwnerWords receipt={receipt} />}</span>
        {receipt.spent && (
          <span className={receipt.spent.isOwed ? 'row-spent is-owed' : 'row-spent'}>
            {spentWords(receipt.spent)}
          </span>
        )}
        {receipt.kept && (
          <span
            className={receipt.kept.state === 'refused' ? 'row-spent is-owed' : 'row-spent'}
            data-kept={receipt.kept.state}
          >
            {keptWords(receipt.kept)}
          </span>
        )}
        {receipt.coupons && (
          <span className={isSettled(receipt.coupons) ? 'row-spent' : 'row-spent is-owed'}>
            {couponWords(receipt, receipt.coupons)}
          </span>
        )}
        {receipt.state === 'needs_confirm' && receipt.confirmReason !== null && (
          <span className="row-reason">{receipt.confirmReason}</span>
        )}
      </button>
      {undo.seconds > 0 ? (
        <UndoButton
          receipt={receipt}
          isBusy={isBusy}
          undo={undo}
          onPress={() => {
            dispatch({ type: 'undo', receiptId })
          }}
        />
      ) : (
        <GiveButton
          receipt={receipt}
          member={member}
          isBusy={isBusy}
          onPress={() => {
            dispatch({ type: 'give', receiptId })
          }}
        />
      )}
    </li>
  )
}

/** How long a giving may still be taken back, and whether the key means this one. */
interface Undo {
  seconds: number
  hasKey: boolean
}

/** Counts down while the giving may be taken back. */
function UndoButton(props: {
  receipt: TillReceipt
  isBusy: boolean
  undo: Undo
  onPress: () => void
}) {
  const { receipt, isBusy, undo, onPress } = props
  return (
    <button
      type="button"
      tabIndex={-1}
      className="button quiet give"
      data-undo
      disabled={isBusy}
      title={willUndo(receipt)}
      onClick={onPress}
    >
      {undo.hasKey && <kbd>-</kbd>}
      {isBusy ? strings.receipts.busy : strings.undo.button(undo.seconds)}
    </button>
  )
}

function spentWords({ points, valueFen, isOwed }: NonNullable<TillReceipt['spent']>): string {
  const { spent, spentOwed } = strings.receipts
  return isOwed ? spentOwed(count(points)) : spent(count(points), money(valueFen))
}

function isSettled({ state }: ReceiptCoupons): boolean {
  return state === 'used' || state === 'not_used'
}

function couponWords(receipt: TillReceipt, { state, offFen }: ReceiptCoupons): string {
  const { coupons, couponsNotUsed, couponsGone } = strings.receipts
  if (isDiffering(receipt)) return differenceWords(receipt)
  if (state === 'not_used') return couponsNotUsed
  return state === 'gone' ? couponsGone(money(offFen)) : coupons(money(offFen))
}

function OwnerWords({ receipt }: { receipt: TillReceipt }) {
  if (receipt.member === null) return null
  const { points } = receipt
  return (
    <>
      {receipt.member.phoneMasked}
      {points !== null && (
        <b className={points < 0 ? 'is-taken' : ''}>
          {points > 0 ? '+' : ''}
          {strings.receipts.points(count(points))}
        </b>
      )}
    </>
  )
}

/** What the key would do now, in words; nothing where it would do nothing. */
function GiveButton(props: {
  receipt: TillReceipt
  member: CashierMember | null
  isBusy: boolean
  onPress: () => void
}) {
  const { receipt, member, isBusy, onPress } = props
  const label = isBusy
    ? strings.receipts.busy
    : receipt.state === 'needs_confirm'
      ? strings.receipts.confirm
      : member && receipt.member === null && receipt.state !== 'conflict'
        ? strings.receipts.give(member.phoneMasked)
        : null
  if (label === null) return <span className="give-none" />
  return (
    <button type="button" tabIndex={-1} className="button give" disabled={isBusy} onClick={onPress}>
      {label}
    </button>
  )
}
