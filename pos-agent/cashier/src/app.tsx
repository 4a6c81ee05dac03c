import { useLayoutEffect, useSyncExternalStore } from 'react'
import { ConfirmView } from './components/confirm-view.js'
import { CouponView } from './components/coupon-view.js'
import { DeskCard } from './components/desk-card.js'
import { Entry } from './components/entry.js'
import { GiftView } from './components/gift-view.js'
import { Head } from './components/head.js'
import { KeyGuide } from './components/key-guide.js'
import { PickupView } from './components/pickup-view.js'
import { ReceiptList } from './components/receipt-list.js'
import { ReceiptText } from './components/receipt-text.js'
import { RefundView } from './components/refund-view.js'
import { SettleView } from './components/settle-view.js'
import { SpendView } from './components/spend-view.js'
import { couponPanel } from './coupons.js'
import { giftPanel } from './gifts.js'
import { mayRepeat, readKey } from './keys.js'
import { receiptInPanel } from './receipts.js'
import { isOver, refundRows } from './refund.js'
import type { Runtime } from './runtime.js'
import { settlePanel } from './settling.js'
import { spendPanel } from './spending.js'

/** The whole page: the customer on the left, the receipts on the right, the keys at the foot. */
export function App({ runtime }: { runtime: Runtime }) {
  const state = useSyncExternalStore(runtime.subscribe, runtime.state)
  useKeyboard(runtime)
  const { dispatch } = runtime
  const inPanel = receiptInPanel(state)
  const shown = state.receipts?.find(({ receiptId }) => receiptId === state.viewerId) ?? null
  const spend = spendPanel(state)
  const isAsked = state.refund !== null && !isOver(state.refund)
  const coupons = couponPanel(state)
  const settle = settlePanel(state)
  const gift = giftPanel(state)
  const isPanel = [state.confirm, spend, coupons, state.pickup].some((one) => one) || isAsked
  const member = state.desk.kind === 'known' ? state.desk.member : null
  return (
    <div className="page">
      <Head till={state.till} link={state.link} />
      <main className="body">
        <section className="side">
          <Entry
            entry={state.entry}
            message={state.message}
            lastDigitAtMs={state.lastDigitAtMs}
            isFocusKept={!isPanel}
            dispatch={dispatch}
          />
          <DeskCard
            desk={state.desk}
            timeZone={state.till?.timeZone ?? null}
            nowMs={state.nowMs}
            isOffline={state.till?.connection === 'offline'}
            dispatch={dispatch}
          />
        </section>
        <section className="side">
          {state.confirm && inPanel ? (
            <ConfirmView
              panel={state.confirm}
              receipt={inPanel}
              member={member}
              isBusy={state.busyIds.includes(inPanel.receiptId)}
              dispatch={dispatch}
            />
          ) : state.refund ? (
            <RefundView
              panel={state.refund}
              rows={refundRows(state)}
              member={member}
              dispatch={dispatch}
            />
          ) : state.pickup ? (
            <PickupView
              panel={state.pickup}
              timeZone={state.till?.timeZone ?? null}
              dispatch={dispatch}
            />
          ) : gift ? (
            <GiftView panel={gift} desk={state.desk} dispatch={dispatch} />
          ) : spend && state.desk.kind === 'known' ? (
            <SpendView panel={spend} desk={state.desk} dispatch={dispatch} />
          ) : coupons && state.desk.kind === 'known' ? (
            <CouponView
              panel={coupons}
              desk={state.desk}
              timeZone={state.till?.timeZone ?? null}
              dispatch={dispatch}
            />
          ) : settle ? (
            <SettleView panel={settle} state={state} dispatch={dispatch} />
          ) : shown ? (
            <ReceiptText
              receipt={shown}
              position={(state.receipts?.indexOf(shown) ?? 0) + 1}
              member={member}
              nowMs={state.nowMs}
              dispatch={dispatch}
            />
          ) : (
            <ReceiptList
              receipts={state.receipts}
              member={member}
              busyIds={state.busyIds}
              nowMs={state.nowMs}
              dispatch={dispatch}
            />
          )}
        </section>
      </main>
      <KeyGuide state={state} />
    </div>
  )
}

/** Listens before any element does, so that a key means the same wherever the focus is. */
function useKeyboard(runtime: Runtime): void {
  // Before the first frame: a key pressed as soon as the input is seen must count.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const key = readKey(event)
      if (key === null) return
      event.preventDefault()
      if (event.repeat && !mayRepeat(key)) return
      // The event's own time, not now: a busy page must not stretch a scanner's burst.
      runtime.dispatch({ type: 'key', key, atMs: event.timeStamp })
    }
    window.addEventListener('keydown', onKeyDown, { capture: true })
    return () => {
      window.removeEventListener('keydown', onKeyDown, { capture: true })
    }
  }, [runtime])
}
