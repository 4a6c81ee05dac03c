import type { CashierCouponOrder } from '@huike/shared/contracts/cashier-coupons'
import type { CouponId } from '@huike/shared/ids'
import { outcomeSentence } from '@huike/shared/outcomes'
import { fen, type Fen } from '@huike/shared/quantities'
import { isScan, typedAmount, typedFen } from './amounts.js'
import { COUPONS_PER_PAGE, tickedIn, usableFirst } from './coupon-list.js'
import { money } from './format.js'
import type { CouponAction, CouponPanel } from './coupon-model.js'
import type { Action, CashierState, Desk, Key, NewText, Step } from './model.js'
import { say, takeEcho } from './receipt-rows.js'
import { onSettled, onSettleFailed, openSettle, settlePanel } from './settling.js'
import { AMOUNT_SETTLE_MS } from './spending.js'
import { strings } from './strings.js'

// Coupons, the page's part: the panel in which a cashier types what the goods come to, sees what is
// taken off and sets coupons aside. Digits type the amount; below it, in the list, they tick. Nothing
// waits for the network: the panel stays usable, and Esc leaves it whatever is under way.

/** More digits in one burst are a scanner: what they ticked is as it was before. */
const TICKS_PER_BURST_MAX = 3

type Known = Extract<Desk, { kind: 'known' }>

/** The panel, where it is on screen. */
export function couponPanel(state: CashierState): CouponPanel | null {
  return state.desk.kind === 'known' ? state.coupons : null
}

/** The key: settles what differs first, else opens the panel; says why not where it cannot be. */
export function couponsKey(state: CashierState): Step {
  return openSettle(state) ?? openCoupons(state)
}

/** Opens the panel for the member on screen. */
export function openCoupons(state: CashierState): Step {
  const { desk, till } = state
  const closed = { ...state, settle: null }
  if (desk.kind !== 'known') return say(closed, 'info', strings.coupons.needsMember)
  const isLeft = (desk.offlineLeft?.coupons ?? 0) > 0
  if (desk.reservation === null && till?.connection !== 'online' && !isLeft)
    return say(closed, 'warn', outcomeSentence('coupons_offline'))
  const panel: CouponPanel = {
    ...{ field: 'amount', amountText: '', ...NOTHING_TOLD, busySeq: null, problem: null },
    beforeBurst: { field: 'amount', text: '', picked: null },
  }
  return [{ ...closed, coupons: panel, viewerId: null, entry: '', burst: null, message: null }, []]
}

const NOTHING_TOLD = {
  ...{ told: null, askingSeq: null, order: [], page: 0, picked: null },
  ...{ seen: [], seenOf: null, seenText: '' },
} satisfies Partial<CouponPanel>

/** A key while the panel is open. */
export function couponKey(state: CashierState, panel: CouponPanel, key: Key): Step {
  switch (key.name) {
    case 'digit':
      return panel.field === 'list'
        ? tickAt(state, panel, Number(key.digit))
        : typed(state, panel, textOf(panel) + key.digit)
    case 'dot':
      return panel.field === 'list' ? [state, []] : typed(state, panel, `${textOf(panel)}.`)
    case 'backspace':
      return panel.field === 'list'
        ? [withPanel(state, panel, { field: 'amount' }), []]
        : typed(state, panel, textOf(panel).slice(0, -1))
    case 'up':
      return [withPanel(state, panel, above(panel)), []]
    case 'down':
      return [withPanel(state, panel, below(panel)), []]
    case 'enter':
      return onEnter(state, panel)
    case 'minus':
      return release(state, panel)
    case 'escape':
    case 'slash':
      return panel.field === 'seen'
        ? [withPanel(state, panel, { field: 'list', seenOf: null }), []]
        : [{ ...state, coupons: null, burst: null }, []]
    case 'receipt':
    case 'plus':
    case 'star':
    case 'sounds':
    case 'gifts':
    case 'pickups':
      return [state, []]
  }
}

/** A digit with the burst it belongs to: what a scanner sends ticks nothing in the end. */
export function couponDigit(state: CashierState, panel: CouponPanel, digit: string): Step {
  const count = state.burst?.digits.length ?? 1
  const { field, picked } = panel
  const before = { field, picked, text: textOf(panel) }
  const kept = count > 1 ? panel : { ...panel, beforeBurst: before }
  if (kept.beforeBurst.field !== 'list' || count <= TICKS_PER_BURST_MAX)
    return couponKey({ ...state, coupons: kept }, kept, { name: 'digit', digit })
  if (count > TICKS_PER_BURST_MAX + 1) return [state, []]
  const list = { ...panel, seenOf: null, seenText: '' }
  return ask(state, list, { picked: panel.beforeBurst.picked })
}

/** A member code was scanned into the panel: it stays, with the amount as it was, for that member. */
export function couponsForScanned(panel: CouponPanel): CouponPanel {
  const { beforeBurst } = panel
  const amountText = beforeBurst.field === 'amount' ? beforeBurst.text : panel.amountText
  return { ...panel, ...NOTHING_TOLD, amountText, field: 'amount', problem: null, busySeq: null }
}

/** The panel goes on once its member is there, and closes where nobody came. */
export function resumeCoupons([state, commands]: Step): Step {
  const { coupons, desk } = state
  if (coupons === null || desk.kind === 'looking') return [state, commands]
  if (desk.kind !== 'known') return [{ ...state, coupons: null }, commands]
  if (coupons.told !== null || coupons.askingSeq !== null) return [state, commands]
  if (goodsOf(coupons) === null) return [state, commands]
  const [asking, more] = ask(state, coupons, {})
  return [asking, [...commands, ...more]]
}

/** What came of asking the agent, and texts that came without keys. */
export function onCouponAction(state: CashierState, action: CouponAction): Step {
  const panel = couponPanel(state)
  switch (action.type) {
    case 'coupon_text':
      return panel === null ? [state, []] : onText(state, panel, action)
    case 'coupon_pressed':
      return panel === null ? [state, []] : tick(state, panel, action.couponId)
    case 'coupons_told':
      return panel?.askingSeq === action.seq
        ? [withPanel(state, panel, told(panel, action)), []]
        : [state, []]
    case 'coupons_reserved':
      return onReserved(state, action)
    case 'coupons_released':
      return onReleased(state, action)
    case 'coupons_settled':
      return onSettled(state, action)
    case 'coupons_failed':
      return onFailed(state, action)
  }
}

/** The amount has been left alone for a while: the server is asked by itself. */
export function onCouponSilence(state: CashierState, panel: CouponPanel, atMs: number): Step {
  if (panel.field !== 'amount' || panel.told !== null || panel.askingSeq !== null)
    return [state, []]
  // More keys came meanwhile: their own silence is on its way.
  if (state.burst !== null && atMs - state.burst.lastKeyAtMs < AMOUNT_SETTLE_MS) return [state, []]
  if (state.burst !== null && isScan(state.burst.digits)) return scanned(state, panel)
  return goodsOf(panel) === null ? [state, []] : ask(state, panel, {})
}

function textOf({ field, amountText, seenText }: CouponPanel): string {
  return field === 'seen' ? seenText : amountText
}

function typed(state: CashierState, panel: CouponPanel, text: string): Step {
  if (panel.busySeq !== null) return [state, []]
  if (panel.field === 'seen')
    return [withPanel(state, panel, { seenText: typedAmount(text, panel.seenText) }), []]
  const amountText = typedAmount(text, panel.amountText)
  if (amountText === panel.amountText) return [withPanel(state, panel, {}), []]
  return [withPanel(state, panel, { ...NOTHING_TOLD, amountText }), [{ do: 'wait_for_amount' }]]
}

function onText(state: CashierState, panel: CouponPanel, came: NewText): Step {
  const echoed = takeEcho(state, came)
  if (echoed) return [echoed, []]
  if (panel.field === 'list') return [state, []]
  return typed(state, panel, came.text.normalize('NFKC').trim())
}

function onEnter(state: CashierState, panel: CouponPanel): Step {
  if (panel.busySeq !== null || panel.askingSeq !== null) return [state, []]
  // A code scanned into this panel ends with Enter: it must never become an amount.
  if (state.burst !== null && isScan(state.burst.digits)) return scanned(state, panel)
  if (panel.field === 'seen') return onSeen(state, panel)
  const goodsFen = goodsOf(panel)
  if (goodsFen === null)
    return [withPanel(state, panel, { problem: strings.coupons.needAmount }), []]
  if (panel.told === null) return ask(state, panel, {})
  const chosen = [...tickedIn(panel)]
  if (chosen.length === 0)
    return [withPanel(state, panel, { problem: strings.coupons.noneTicked }), []]
  const [next, seq] = withSeq(state)
  const order = orderOf(state.desk as Known, panel, { goodsFen, chosen })
  return [withPanel(next, panel, { busySeq: seq }), [{ do: 'coupons_reserve', seq, order }]]
}

/** What the goods of a coupon come to was typed: it is counted with that. */
function onSeen(state: CashierState, panel: CouponPanel): Step {
  const { seenOf, seenText } = panel
  const goodsFen = typedFen(seenText)
  const allFen = goodsOf(panel) ?? 0
  if (seenOf === null || goodsFen === null || goodsFen === 0 || goodsFen > allFen)
    return [withPanel(state, panel, { problem: strings.coupons.needSeen(money(fen(allFen))) }), []]
  const seen = [
    ...panel.seen.filter(({ couponId }) => couponId !== seenOf),
    { couponId: seenOf, goodsFen },
  ]
  const picked = panel.picked && [...panel.picked, seenOf]
  return ask(state, { ...panel, field: 'list', seenOf: null, seenText: '', seen }, { picked })
}

function tickAt(state: CashierState, panel: CouponPanel, position: number): Step {
  const couponId = panel.order[panel.page * COUPONS_PER_PAGE + position - 1]
  const isOnScreen = position >= 1 && position <= COUPONS_PER_PAGE
  if (!isOnScreen || couponId === undefined) return [state, []]
  return tick(state, panel, couponId)
}

/** Ticks a coupon or takes its tick away; one whose goods nobody has seen asks for them. */
function tick(state: CashierState, panel: CouponPanel, couponId: CouponId): Step {
  if (panel.busySeq !== null || panel.told === null) return [state, []]
  const ticked = tickedIn(panel)
  if (ticked.includes(couponId)) {
    const rest = ticked.filter((id) => id !== couponId)
    if (rest.length > 0) return ask(state, panel, { picked: rest })
    // Nothing is ticked: there is nothing to ask, and an answer under way is none to this.
    return [withPanel(state, panel, { field: 'list', picked: [], askingSeq: null }), []]
  }
  const fault = panel.told.answer.quote.refused.find((one) => one.couponId === couponId)
  switch (fault?.code) {
    case undefined:
    case 'coupon_not_best':
    case 'coupon_together':
      return ask(state, panel, { picked: [...ticked, couponId] })
    case 'coupon_goods_unseen':
      return [withPanel(state, panel, { field: 'seen', seenOf: couponId, seenText: '' }), []]
    default:
      return [withPanel(state, panel, { field: 'list', problem: fault?.why ?? null }), []]
  }
}

function scanned(state: CashierState, panel: CouponPanel): Step {
  const { field, text } = panel.beforeBurst
  const texts = { amount: { amountText: text }, seen: { seenText: text }, list: {} }
  const problem = strings.confirm.looksScanned
  return [withPanel({ ...state, burst: null }, panel, { ...texts[field], problem }), []]
}

function ask(
  state: CashierState,
  panel: CouponPanel,
  { picked = panel.picked }: { picked?: CouponPanel['picked'] },
): Step {
  const goodsFen = goodsOf(panel)
  if (goodsFen === null) return [state, []]
  const [next, seq] = withSeq(state)
  const chosen = picked === null || picked.length === 0 ? null : [...picked]
  const order = orderOf(state.desk as Known, panel, { goodsFen, chosen })
  const field = panel.told === null ? panel.field : 'list'
  const asking = withPanel(next, panel, { field, picked, askingSeq: seq })
  return [asking, [{ do: 'coupons_quote', seq, order }]]
}

function told(
  panel: CouponPanel,
  { goodsFen, answer }: Extract<Action, { type: 'coupons_told' }>,
): Partial<CouponPanel> {
  const fresh = usableFirst(answer.quote)
  const isSame =
    fresh.length === panel.order.length && fresh.every((id) => panel.order.includes(id))
  return { told: { goodsFen, answer }, askingSeq: null, order: isSame ? panel.order : fresh }
}

function release(state: CashierState, panel: CouponPanel): Step {
  const { desk } = state
  if (desk.kind !== 'known' || desk.reservation === null || panel.busySeq !== null)
    return [state, []]
  const [next, seq] = withSeq(state)
  const { reservationId } = desk.reservation
  return [withPanel(next, panel, { busySeq: seq }), [{ do: 'coupons_release', seq, reservationId }]]
}

function onReserved(
  state: CashierState,
  { seq, memberId, reservation }: Extract<Action, { type: 'coupons_reserved' }>,
): Step {
  const { desk } = state
  const value = money(reservation.offFen)
  // The cashier went on to another customer meanwhile.
  if (desk.kind !== 'known' || desk.member.memberId !== memberId)
    return say(state, 'warn', strings.coupons.heldForAnother(value))
  const coupons = state.coupons?.busySeq === seq ? null : state.coupons
  const next = { ...state, coupons, burst: null, desk: { ...desk, reservation } }
  return say(next, 'good', strings.coupons.held(reservation.names.length, value))
}

function onReleased(
  state: CashierState,
  { seq, reservationId, isBack }: Extract<Action, { type: 'coupons_released' }>,
): Step {
  const { desk } = state
  const isTheirs = desk.kind === 'known' && desk.reservation?.reservationId === reservationId
  const coupons = state.coupons?.busySeq === seq ? null : state.coupons
  const after = isTheirs ? { ...desk, reservation: null } : desk
  const next = { ...state, coupons, burst: null, desk: after }
  return isBack
    ? say(next, 'good', strings.coupons.released)
    : say(next, 'warn', strings.coupons.releasedLater)
}

function onFailed(state: CashierState, action: Extract<Action, { type: 'coupons_failed' }>): Step {
  const { seq, sentence } = action
  const { coupons } = state
  if (settlePanel(state)?.busySeq === seq) return onSettleFailed(state, action)
  if (coupons?.askingSeq === seq) {
    // The ticks are again what the last answer was about.
    const picked = coupons.told?.answer.quote.applied.map(({ couponId }) => couponId) ?? null
    return [withPanel(state, coupons, { askingSeq: null, picked, problem: sentence }), []]
  }
  return coupons?.busySeq === seq
    ? [withPanel(state, coupons, { busySeq: null, problem: sentence }), []]
    : say(state, 'bad', sentence)
}

function above({ field, page }: CouponPanel): Partial<CouponPanel> {
  if (field === 'seen') return { field: 'list', seenOf: null }
  return page > 0 ? { page: page - 1 } : { field: 'amount' }
}

function below(panel: CouponPanel): Partial<CouponPanel> {
  if (panel.field === 'seen' || panel.told === null) return {}
  if (panel.field === 'amount') return panel.order.length > 0 ? { field: 'list' } : {}
  const last = Math.ceil(panel.order.length / COUPONS_PER_PAGE) - 1
  return { page: Math.min(last, panel.page + 1) }
}

function goodsOf({ amountText }: CouponPanel): Fen | null {
  const goodsFen = typedFen(amountText)
  return goodsFen === null || goodsFen === 0 ? null : goodsFen
}

function orderOf(
  { member, hold }: Known,
  { seen }: CouponPanel,
  { goodsFen, chosen }: { goodsFen: Fen; chosen: CouponId[] | null },
): CashierCouponOrder {
  return { memberId: member.memberId, goodsFen, seen, chosen, isWithPoints: hold !== null }
}

function withPanel(
  state: CashierState,
  panel: CouponPanel,
  changes: Partial<CouponPanel>,
): CashierState {
  return { ...state, coupons: { ...panel, problem: null, ...changes } }
}

function withSeq(state: CashierState): [CashierState, number] {
  const seq = state.lastSeq + 1
  return [{ ...state, lastSeq: seq }, seq]
}
