import type { CounterCoupon } from '@huike/shared/contracts/counter-gifts'
import { COUNTER_REASONS } from '@huike/shared/counter-reasons'
import { outcomeSentence } from '@huike/shared/outcomes'
import { dayOf } from './format.js'
import type { GiftAction, GiftPanel } from './gift-model.js'
import type { CashierState, Desk, Key, Step } from './model.js'
import { say, withSeq } from './receipt-rows.js'
import { strings } from './strings.js'

// Coupons a cashier gives, the page's part: one key lists what the store may give, a number chooses the
// coupon, a number why, and Enter gives it to the member on screen. A scan never gives: its digits come
// in one burst and its Enter too soon.

/** Rows on screen at once, each with its number key. */
export const GIFTS_PER_PAGE = 4
/** Enter gives only what has been on screen this long: the Enter of a scanner must not. */
export const GIFT_SHOWN_MS_MIN = 600
const words = strings.gifts
const EMPTY: GiftPanel = {
  ...{ coupons: null, page: 0, chosen: null, reason: null },
  ...{ askingSeq: null, busySeq: null, problem: null },
}

/** The panel, where it is on screen. */
export function giftPanel(state: CashierState): GiftPanel | null {
  return state.desk.kind === 'known' ? state.gift : null
}

/** The key: opens the panel with what the store may give; says why not where it cannot be. */
export function openGifts(state: CashierState): Step {
  if (state.desk.kind !== 'known') return say(state, 'info', words.needsMember)
  if (state.till?.connection !== 'online')
    return say(state, 'warn', outcomeSentence('counter_offline'))
  const [next, seq] = withSeq(state)
  const gift = { ...EMPTY, askingSeq: seq }
  const opened = { ...next, gift, viewerId: null, entry: '', burst: null, message: null }
  return [opened, [{ do: 'gifts_list', seq }]]
}

/** A key while the panel is open. */
export function giftKey(state: CashierState, panel: GiftPanel, key: Key, atMs: number): Step {
  switch (key.name) {
    case 'digit':
      return onDigit(state, panel, key.digit, atMs)
    case 'enter':
      return onEnter(state, panel, atMs)
    case 'up':
      return [withPanel(state, panel, { page: Math.max(0, panel.page - 1) }), []]
    case 'down':
      return [withPanel(state, panel, { page: Math.min(lastPage(panel), panel.page + 1) }), []]
    case 'escape':
    case 'backspace':
    case 'gifts':
      return [leave(state, panel), []]
    case 'receipt':
    case 'plus':
    case 'minus':
    case 'star':
    case 'slash':
    case 'dot':
    case 'sounds':
    case 'pickups':
      return [state, []]
  }
}

/** What came of asking the agent, and touches. */
export function onGiftAction(state: CashierState, action: GiftAction): Step {
  const panel = giftPanel(state)
  switch (action.type) {
    case 'gift_pressed':
      return panel === null ? [state, []] : choose(state, panel, action)
    case 'gifts_listed':
      return panel?.askingSeq === action.seq
        ? [withPanel(state, panel, { coupons: action.coupons, askingSeq: null }), []]
        : [state, []]
    case 'gift_given':
      return onGiven(state, action)
    case 'gift_failed':
      if (panel?.askingSeq === action.seq)
        return say({ ...state, gift: null }, 'bad', action.sentence)
      return panel?.busySeq === action.seq
        ? [withPanel(state, panel, { busySeq: null, problem: action.sentence }), []]
        : say(state, 'bad', action.sentence)
  }
}

/** The rows on screen, in the order of their number keys, and how many pages there are. */
export function giftRows({ coupons, page }: GiftPanel): { rows: CounterCoupon[]; pages: number } {
  const all = coupons ?? []
  const rows = all.slice(page * GIFTS_PER_PAGE, (page + 1) * GIFTS_PER_PAGE)
  return { rows, pages: Math.ceil(all.length / GIFTS_PER_PAGE) }
}

function onDigit(state: CashierState, panel: GiftPanel, digit: string, atMs: number): Step {
  // More digits in one burst are a scan: nothing of it chooses.
  if ((state.burst?.digits.length ?? 0) > 1)
    return [withPanel(state, panel, { chosen: null, reason: null }), []]
  return choose(state, panel, { at: Number(digit) - 1, atMs })
}

function choose(
  state: CashierState,
  panel: GiftPanel,
  { at, atMs }: { at: number; atMs: number },
): Step {
  if (panel.busySeq !== null) return [state, []]
  if (panel.chosen === null) {
    const chosen = giftRows(panel).rows[at]
    return chosen ? [withPanel(state, panel, { chosen }), []] : [state, []]
  }
  const reason = COUNTER_REASONS[at]
  return reason ? [withPanel(state, panel, { reason: { reason, sinceMs: atMs } }), []] : [state, []]
}

function onEnter(state: CashierState, panel: GiftPanel, atMs: number): Step {
  const { desk } = state
  const { chosen, reason, busySeq } = panel
  if (desk.kind !== 'known' || chosen === null || busySeq !== null) return [state, []]
  if (reason === null) return [withPanel(state, panel, { problem: words.needReason }), []]
  if (atMs - reason.sinceMs < GIFT_SHOWN_MS_MIN)
    return [withPanel(state, panel, { problem: words.readFirst }), []]
  const [next, seq] = withSeq(state)
  const { memberId } = desk.member
  const gift = { memberId, templateId: chosen.templateId, reason: reason.reason }
  return [withPanel(next, panel, { busySeq: seq }), [{ do: 'gift_give', seq, gift }]]
}

function onGiven(state: CashierState, action: Extract<GiftAction, { type: 'gift_given' }>): Step {
  const { gift } = action.answer
  const isShown = state.gift?.busySeq === action.seq
  const who = isShown ? whoIs(state.desk) : ''
  const until = dayOf(gift.validUntilMs, state.till?.timeZone ?? null)
  const next = isShown ? { ...state, gift: null, burst: null } : state
  return say(next, 'good', words.given(who, gift.name, until))
}

/** The member on screen, as the cashier reads them. */
export function whoIs(desk: Desk): string {
  if (desk.kind !== 'known') return ''
  const { nameMasked, phoneMasked } = desk.member
  return [nameMasked, phoneMasked].filter((one) => one !== null && one !== '').join(' ')
}

function leave(state: CashierState, panel: GiftPanel): CashierState {
  return panel.chosen === null || panel.busySeq !== null
    ? { ...state, gift: null, burst: null }
    : withPanel(state, panel, { chosen: null, reason: null })
}

function lastPage(panel: GiftPanel): number {
  return Math.max(0, giftRows(panel).pages - 1)
}

function withPanel(
  state: CashierState,
  panel: GiftPanel,
  changes: Partial<GiftPanel>,
): CashierState {
  return { ...state, gift: { ...panel, problem: null, ...changes } }
}
