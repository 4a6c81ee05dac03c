import { tickedIn } from '../coupon-list.js'
import { couponPanel } from '../coupons.js'
import type { CashierState, RefundPanel } from '../model.js'
import type { GiftPanel } from '../gift-model.js'
import { giftPanel } from '../gifts.js'
import type { PickupPanel } from '../pickup-model.js'
import { isOver } from '../refund.js'
import { isDiffering, settlePanel } from '../settling.js'
import { spendPanel, typedWorth } from '../spending.js'
import { strings } from '../strings.js'
import { lastGiven, undoSeconds } from '../undo.js'

interface Hint {
  keys: string[]
  label: string
}

/** The keys that do something now. */
export function KeyGuide({ state }: { state: CashierState }) {
  return (
    <footer className="keys">
      {guide(state).map(({ keys, label }) => (
        <span key={label} className="key-hint">
          {keys.map((key) => (
            <kbd key={key}>{key}</kbd>
          ))}
          {label}
        </span>
      ))}
      {state.till && (
        <span className="version">{strings.page.version(state.till.agentVersion)}</span>
      )}
    </footer>
  )
}

function guide(state: CashierState): Hint[] {
  const { confirm, viewerId, desk } = state
  const { keys } = strings
  const shown = state.receipts?.find(({ receiptId }) => receiptId === viewerId)
  const undo = { keys: ['-'], label: keys.undo }
  if (confirm)
    return [
      { keys: ['+', '-', '*'], label: keys.kinds },
      { keys: ['Enter'], label: keys.enterSend },
      { keys: ['Esc'], label: keys.back },
    ]
  if (state.refund) return isOver(state.refund) ? overGuide() : refundGuide(state.refund)
  if (state.pickup) return pickupGuide(state.pickup)
  const gift = giftPanel(state)
  if (gift) return giftGuide(gift)
  const spend = spendPanel(state)
  if (spend && desk.kind === 'known')
    return [
      { keys: ['Enter'], label: typedWorth(spend) ? keys.reserve : keys.ask },
      { keys: ['↑', '↓'], label: keys.fields },
      ...(desk.hold ? [{ keys: ['-'], label: keys.release }] : []),
      { keys: ['Esc'], label: keys.back },
    ]
  const coupons = couponPanel(state)
  if (coupons && desk.kind === 'known')
    return [
      { keys: ['Enter'], label: tickedIn(coupons).length > 0 ? keys.reserve : keys.askCoupons },
      coupons.field === 'list'
        ? { keys: ['1', '2', '3', '4'], label: keys.tick }
        : { keys: ['↓'], label: keys.list },
      ...(desk.reservation ? [{ keys: ['-'], label: keys.release }] : []),
      { keys: ['Esc'], label: keys.back },
    ]
  if (settlePanel(state))
    return [
      { keys: ['+'], label: keys.used },
      { keys: ['-'], label: keys.notUsed },
      ...(desk.kind === 'known' ? [{ keys: ['/'], label: keys.coupons }] : []),
      { keys: ['Esc'], label: keys.back },
    ]
  if (viewerId !== null)
    return [
      { keys: ['↑', '↓'], label: keys.turn },
      { keys: ['PgUp', 'PgDn'], label: keys.scroll },
      ...(desk.kind === 'known' && shown?.member === null
        ? [{ keys: ['Enter'], label: keys.giveShown }]
        : []),
      ...(shown && undoSeconds(shown, state.nowMs) > 0 ? [undo] : []),
      { keys: ['Esc'], label: keys.close },
    ]
  return [
    ...(desk.kind === 'fresh' ? [{ keys: ['Enter'], label: keys.enterRegister }] : []),
    ...(desk.kind === 'failed' ? [{ keys: ['Enter'], label: keys.enterRetry }] : []),
    { keys: ['F1', 'F2', 'F3', 'F4', 'F5'], label: keys.receipts },
    { keys: ['+'], label: keys.newest },
    ...(desk.kind === 'known' ? [{ keys: ['*'], label: keys.spend }] : []),
    ...(state.receipts?.some(isDiffering)
      ? [{ keys: ['/'], label: keys.differs }]
      : desk.kind === 'known'
        ? [{ keys: ['/'], label: keys.coupons }]
        : []),
    { keys: ['.'], label: keys.refund },
    ...(desk.kind === 'known' ? [{ keys: ['F7'], label: strings.gifts.keys.open }] : []),
    { keys: ['F8'], label: keys.pickups },
    ...(lastGiven(state) ? [undo] : []),
    { keys: ['↓'], label: keys.view },
    { keys: ['F9'], label: state.sounds ? keys.soundsOn : keys.soundsOff },
    { keys: ['Esc'], label: keys.clear },
  ]
}

function refundGuide({ field, shown }: RefundPanel): Hint[] {
  const { keys } = strings
  const isTold = field === 'amount' && shown.kind === 'told'
  return [
    { keys: ['Enter'], label: isTold ? keys.confirmRefund : keys.askRefund },
    ...(field === 'amount'
      ? [{ keys: ['↑'], label: keys.backToReceipt }]
      : [{ keys: ['F1', 'F2', 'F3', 'F4', 'F5', '↑', '↓'], label: keys.choose }]),
    { keys: ['Esc'], label: keys.back },
  ]
}

function pickupGuide({ shown, list, field }: PickupPanel): Hint[] {
  const { keys } = strings
  const isMine = shown === null || shown.pickup.why === null
  const isAny = (list?.length ?? 0) > 0
  return [
    ...(shown === null && field === 'list'
      ? [{ keys: ['1', '2', '3', '4'], label: keys.choosePickup }]
      : isMine
        ? [{ keys: ['Enter'], label: shown ? keys.handOver : keys.findPickup }]
        : []),
    ...(shown === null && field === 'code' && isAny ? [{ keys: ['↓'], label: keys.list }] : []),
    ...(shown && shown.pickup.lines.length > 1
      ? [{ keys: ['PgUp', 'PgDn'], label: keys.scroll }]
      : []),
    { keys: ['Esc'], label: shown && isMine ? keys.leavePickup : keys.back },
  ]
}

function giftGuide({ chosen, reason }: GiftPanel): Hint[] {
  const { keys } = strings.gifts
  const numbers = ['1', '2', '3', '4']
  return [
    { keys: numbers, label: chosen === null ? keys.choose : keys.reason },
    ...(reason === null ? [] : [{ keys: ['Enter'], label: keys.give }]),
    { keys: ['Esc'], label: chosen === null ? strings.keys.back : keys.other },
  ]
}

function overGuide(): Hint[] {
  return [
    { keys: ['Enter'], label: strings.refund.done },
    { keys: ['-'], label: strings.refund.withdraw },
  ]
}
