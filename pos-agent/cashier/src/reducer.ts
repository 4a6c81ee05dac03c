import {
  completedMemberCode,
  digitsOf,
  ECHO_PENDING_MS_MAX,
  ENTRY_DIGITS_MAX,
  growBurst,
  MEMBER_CODE_DIGITS,
  PHONE_DIGITS,
  readDigits,
  readText,
  scannedPickup,
  SETTLE_MS,
  type Burst,
  type Reading,
} from './codes.js'
import {
  couponDigit,
  couponKey,
  couponPanel,
  couponsForScanned,
  couponsKey,
  onCouponAction,
  onCouponSilence,
  openCoupons,
  resumeCoupons,
} from './coupons.js'
import { onDeskAnswer } from './desk-answers.js'
import type {
  Action,
  CashierState,
  Desk,
  Key,
  NewText,
  RefundPanel,
  SpendPanel,
  Step,
} from './model.js'
import { giftKey, giftPanel, onGiftAction, openGifts } from './gifts.js'
import { onMemberNews, withEarly } from './member-news.js'
import {
  onPickupAction,
  openForCode,
  openPickups,
  pickupKey,
  pickupsForScanned,
  resumePickups,
} from './pickups.js'
import { say, takeEcho } from './receipt-rows.js'
import {
  confirmKey,
  giveShownReceipt,
  onReceiptAction,
  receiptKey,
  turnViewer,
} from './receipts.js'
import { isOver, leaveKey, onRefundAction, openRefund, refundKey } from './refund.js'
import { settleKey, settlePanel } from './settling.js'
import {
  leftBehind,
  onSpendAction,
  openSpend,
  panelForScanned,
  resumeSpend,
  spendKey,
  spendPanel,
} from './spending.js'
import { strings } from './strings.js'
import { undoKey } from './undo.js'

// The page's one reducer: pure, so that every rule about keys and answers is a table in its spec.
// No answer is ever waited for: typing goes on, and an answer to an older question is dropped.

/**
 * Enter registers only when the notice has been on screen this long: the habitual Enter after a
 * phone number must not register somebody who has not seen it.
 */
export const NOTICE_SHOWN_MS_MIN = 600
const NO_PANELS = {
  spend: null,
  refund: null,
  coupons: null,
  settle: null,
  pickup: null,
  gift: null,
}

/** The state after `action`, and what to do outside. */
export function reduce(state: CashierState, action: Action): Step {
  switch (action.type) {
    case 'key':
      return onKey(state, action.key, action.atMs)
    case 'text':
      return onText(state, action)
    case 'silence':
      return onSilence(state, action.atMs)
    case 'lookup_answered':
    case 'lookup_failed':
    case 'registered':
    case 'register_failed':
      return resumePanels(withEarly({ ...state, ...onDeskAnswer(state, action) }))
    case 'till':
      return [{ ...state, till: action.till }, []]
    case 'link':
      return [{ ...state, link: action.link }, []]
    case 'member':
    case 'other_member':
      return onMemberNews(state, action)
    case 'amount_silence': {
      const coupons = couponPanel(state)
      return coupons ? onCouponSilence(state, coupons, action.atMs) : onSpendAction(state, action)
    }
    case 'spend_text':
    case 'spend_field':
    case 'quoted':
    case 'held':
    case 'released':
    case 'spend_failed':
      return onSpendAction(state, action)
    case 'refund_text':
    case 'refund_field':
    case 'refund_choose':
    case 'refund_silence':
    case 'refund_shown':
    case 'refund_confirmed':
    case 'refund_withdrawn':
    case 'refund_failed':
      return onRefundAction(state, action)
    case 'pickup_text':
    case 'pickup_pressed':
    case 'pickup_silence':
    case 'pickups_found':
    case 'pickup_handed':
    case 'pickups_failed':
      return onPickupAction(state, action)
    case 'gift_pressed':
    case 'gifts_listed':
    case 'gift_given':
    case 'gift_failed':
      return onGiftAction(state, action)
    case 'tick':
      return [{ ...state, nowMs: action.nowMs }, []]
    case 'amount_text':
    case 'decide':
    case 'view':
    case 'give':
    case 'undo':
    case 'assigned':
    case 'undone':
    case 'confirmed':
    case 'receipt_failed':
    case 'receipts':
      return onReceiptAction(state, action)
    default:
      return onCouponAction(state, action)
  }
}

/** The panels into which a member code was scanned go on once its member is there. */
function resumePanels(step: Step): Step {
  return resumePickups(resumeCoupons(resumeSpend(step)))
}

function onKey(state: CashierState, key: Key, atMs: number): Step {
  if (isOver(state.refund))
    return leaveKey(state, key) ?? onKey({ ...state, refund: null }, key, atMs)
  if (key.name === 'digit') return onDigit(withDigitKey(state, key, atMs), key.digit, atMs)
  if (state.confirm) return confirmKey(state, state.confirm, key)
  if (state.refund) return refundKey(state, state.refund, key)
  if (state.pickup) return pickupKey(state, state.pickup, key, atMs)
  const gift = giftPanel(state)
  if (gift) return giftKey(state, gift, key, atMs)
  const spend = spendPanel(state)
  if (spend) return spendKey(state, spend, key)
  const coupons = couponPanel(state)
  if (coupons) return couponKey(state, coupons, key)
  const settle = settlePanel(state)
  const settled = settle && settleKey(state, settle, key)
  if (settled) return settled
  switch (key.name) {
    case 'receipt':
      return receiptKey(state, key.position, atMs)
    case 'plus':
      return receiptKey(state, 1, atMs)
    case 'enter':
      return onEnter(state, atMs)
    case 'escape':
      return [clear(state), []]
    case 'backspace':
      return [{ ...state, entry: state.entry.slice(0, -1), burst: null, message: null }, []]
    case 'down':
      return [turnViewer(state, 1), []]
    case 'up':
      return [turnViewer(state, -1), []]
    case 'minus':
      return undoKey(state)
    case 'slash':
      return settle ? openCoupons(state) : couponsKey(state)
    case 'sounds':
      return say(
        { ...state, sounds: !state.sounds },
        'info',
        state.sounds ? strings.sounds.off : strings.sounds.on,
      )
    case 'star':
      return openSpend(state)
    case 'dot':
      return openRefund(state)
    case 'pickups':
      return openPickups(state)
    case 'gifts':
      return openGifts(state)
  }
}

function withDigitKey(
  state: CashierState,
  key: Extract<Key, { name: 'digit' }>,
  atMs: number,
): CashierState {
  const isLate = atMs - state.lastDigitAtMs > ECHO_PENDING_MS_MAX
  const owed = (isLate ? '' : state.owedText) + (key.isSwallowed === true ? key.digit : '')
  return { ...state, lastDigitAtMs: atMs, owedText: owed.slice(-ENTRY_DIGITS_MAX) }
}

function onDigit(state: CashierState, digit: string, atMs: number): Step {
  const burst = growBurst(state.burst, digit, atMs)
  const scanned = completedMemberCode(burst.digits)
  if (state.confirm) {
    const goesOn = burst.digits.length > 1
    const amount = goesOn ? state.confirm.amountBeforeBurst : state.confirm.amountText
    const panel = { ...state.confirm, amountBeforeBurst: amount }
    if (scanned === null) return confirmKey({ ...state, burst }, panel, { name: 'digit', digit })
    const given = { ...state, confirm: { ...panel, amountText: amount } }
    return lookUp(given, scanned)
  }
  if (state.refund) return onRefundDigit(state, state.refund, { digit, burst, scanned })
  if (state.pickup) {
    if (scanned === null)
      return pickupKey({ ...state, burst }, state.pickup, { name: 'digit', digit }, atMs)
    const [next, commands] = lookUp(state, scanned)
    return [{ ...next, pickup: pickupsForScanned }, commands]
  }
  const gift = giftPanel(state)
  if (gift)
    return scanned === null
      ? giftKey({ ...state, burst }, gift, { name: 'digit', digit }, atMs)
      : lookUp(state, scanned)
  const spend = spendPanel(state)
  if (spend) return onSpendDigit(state, spend, { digit, burst, scanned })
  const coupons = couponPanel(state)
  if (coupons) {
    if (scanned === null) return couponDigit({ ...state, burst }, coupons, digit)
    const [next, commands] = lookUp(state, scanned)
    return [{ ...next, coupons: couponsForScanned(coupons) }, commands]
  }
  const entry = (state.entry + digit).slice(0, ENTRY_DIGITS_MAX + MEMBER_CODE_DIGITS)
  const code = scanned ?? completedMemberCode(entry)
  if (code !== null) return lookUp(state, code)
  const typed = { ...state, entry, burst, message: null }
  const isWhole = entry.length >= PHONE_DIGITS || scannedPickup(entry, burst) !== null
  return [typed, isWhole ? [{ do: 'wait_for_silence' }] : []]
}

function onSpendDigit(
  state: CashierState,
  spend: SpendPanel,
  { digit, burst, scanned }: { digit: string; burst: Burst; scanned: string | null },
): Step {
  const text = spend.field === 'amount' ? spend.amountText : spend.pointsText
  const panel = burst.digits.length > 1 ? spend : { ...spend, textBeforeBurst: text }
  if (scanned === null) return spendKey({ ...state, burst }, panel, { name: 'digit', digit })
  const [next, commands] = lookUp(state, scanned)
  return [{ ...next, spend: panelForScanned(panel) }, commands]
}

function onRefundDigit(
  state: CashierState,
  refund: RefundPanel,
  { digit, burst, scanned }: { digit: string; burst: Burst; scanned: string | null },
): Step {
  // Another customer's code: whose refund it is the receipt says.
  if (scanned !== null) return lookUp(state, scanned)
  const goesOn = burst.digits.length > 1
  const amountBeforeBurst = goesOn ? refund.amountBeforeBurst : refund.amountText
  return refundKey({ ...state, burst }, { ...refund, amountBeforeBurst }, { name: 'digit', digit })
}

function onText(state: CashierState, { text, typed: came, atMs }: NewText): Step {
  const echoed = takeEcho(state, { text, typed: came, atMs })
  if (echoed) return [echoed, []]
  const digits = digitsOf(text).slice(0, ENTRY_DIGITS_MAX)
  const typed = { ...state, entry: digits, burst: null, message: null }
  const reading = readText(text)
  return reading.kind === 'incomplete' ? [typed, []] : act(typed, reading)
}

function onSilence(state: CashierState, atMs: number): Step {
  if (state.confirm || state.refund || state.pickup) return [state, []]
  if (spendPanel(state) || couponPanel(state) || giftPanel(state)) return [state, []]
  const isScanned = scannedPickup(state.entry, state.burst) !== null
  if (state.entry.length < PHONE_DIGITS && !isScanned) return [state, []]
  // More keys came meanwhile: their own silence is on its way.
  if (state.burst !== null && atMs - state.burst.lastKeyAtMs < SETTLE_MS) return [state, []]
  return act(state, readDigits(state.entry, state.burst))
}

function onEnter(state: CashierState, atMs: number): Step {
  if (state.entry !== '') return act(state, readDigits(state.entry, state.burst))
  const { desk } = state
  if (state.viewerId !== null) return giveShownReceipt(state)
  if (desk.kind === 'failed') return lookUp(state, desk.input)
  if (desk.kind !== 'fresh' || desk.registeringSeq !== null) return [state, []]
  if (atMs - desk.shownAtMs < NOTICE_SHOWN_MS_MIN)
    return say(state, 'info', strings.desk.registerTooSoon)
  const seq = state.lastSeq + 1
  const { policyVersion, textSha256 } = desk.notice
  return [
    { ...state, lastSeq: seq, message: null, desk: { ...desk, registeringSeq: seq } },
    [{ do: 'register', seq, phone: desk.phone, policyVersion, textSha256 }],
  ]
}

function act(state: CashierState, reading: Reading): Step {
  switch (reading.kind) {
    case 'phone':
      return lookUp(state, reading.phone)
    case 'member_code':
      return lookUp(state, reading.code)
    case 'pickup_code':
      return openForCode(state, reading.code)
    case 'payment_code':
      return say({ ...state, entry: '', burst: null }, 'warn', strings.entry.paymentCode)
    case 'member_code_broken':
      return say({ ...state, entry: '', burst: null }, 'warn', strings.entry.memberCodeBroken)
    case 'phone_wrong':
      return say(state, 'bad', strings.entry.phoneWrong)
    case 'unknown':
      return say(state, 'warn', strings.entry.unknown)
    case 'incomplete':
      return say(state, 'info', strings.entry.missing(reading.missing))
    case 'empty':
      return [state, []]
  }
}

function lookUp(state: CashierState, input: string): Step {
  const seq = state.lastSeq + 1
  const desk: Desk = { kind: 'looking', seq, input }
  const message = leftBehind(state, true)
  const next = { ...state, lastSeq: seq, desk, entry: '', burst: null, message }
  return [{ ...next, viewerId: null, ...NO_PANELS }, [{ do: 'lookup', seq, input }]]
}

/** Esc: closes what lies on top, then empties the input, then the desk. */
function clear(state: CashierState): CashierState {
  if (state.viewerId !== null) return { ...state, viewerId: null }
  if (state.entry !== '') return { ...state, entry: '', burst: null, message: null }
  const message = leftBehind(state, false)
  const closed = { ...state, message, burst: null, ...NO_PANELS }
  return { ...closed, early: [], desk: { kind: 'idle' } }
}
