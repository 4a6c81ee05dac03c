import type { CashierMember, TillReceipt } from '@huike/shared/contracts/cashier'
import { count, signedMoney } from '../format.js'
import { strings } from '../strings.js'
import type { Dispatch } from './props.js'

interface Props {
  receipts: readonly TillReceipt[] | null
  member: CashierMember | null
  busyIds: readonly string[]
  dispatch: Dispatch
}

/** The last five receipts, newest first; the key of each gives it to the member on screen. */
export function ReceiptList({ receipts, member, busyIds, dispatch }: Props) {
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
  dispatch: Dispatch
}) {
  const { receipt, position, member, isBusy, dispatch } = props
  const { receiptId } = receipt
  const owner = receipt.member
  return (
    <li className="row" data-state={receipt.state} data-receipt={position}>
      <button
        type="button"
        tabIndex={-1}
        className="row-open"
        aria-label={strings.receipts.open}
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
              : strings.receipts.no(receipt.receiptNo)}
          </span>
          <span>{strings.receipts.lines(receipt.lineCount)}</span>
        </span>
        <span className="row-owner">{owner && <OwnerWords receipt={receipt} />}</span>
        {receipt.state === 'needs_confirm' && receipt.confirmReason !== null && (
          <span className="row-reason">{receipt.confirmReason}</span>
        )}
      </button>
      <GiveButton
        receipt={receipt}
        member={member}
        isBusy={isBusy}
        onPress={() => {
          dispatch({ type: 'give', receiptId })
        }}
      />
    </li>
  )
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
