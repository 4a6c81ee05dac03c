import type { CashierHold, TillReceipt } from '@huike/shared/contracts/cashier'
import { outcomeSentence } from '@huike/shared/outcomes'
import { fen, mulDivFloor, type Fen } from '@huike/shared/quantities'
import { isScan, typedAmount, typedFen } from './amounts.js'
import { clockTime, count, money } from './format.js'
import type {
  Action,
  CashierState,
  Desk,
  Key,
  Quote,
  SpendAction,
  SpendPanel,
  Step,
} from './model.js'
import { say, takeEcho, withSeq } from './receipt-rows.js'
import { strings } from './strings.js'

// Points as cash, the page's part: the panel in which a cashier types what the order comes to and
// sets points aside, and what the page says of them until the receipt is given. Nothing waits for
// the network: the panel stays usable, and Esc leaves it whatever is under way.
//
// Looking another customer up never gives points back: the discount may be on the receipt already,
// and an unused hold goes back by itself.

/** The server is asked once the amount has been left alone for so long. */
export const AMOUNT_SETTLE_MS = 400
/** More digits than anybody's points. */
const POINTS_DIGITS_MAX = 8
const MINUTE_MS = 60_000
const NO_QUOTE: Quote = { kind: 'none' }

type Known = Extract<Desk, { kind: 'known' }>

/** The panel, where it is on screen. */
export function spendPanel(state: CashierState): SpendPanel | null {
  return state.desk.kind === 'known' ? state.spend : null
}

/** Opens the panel for the member on screen; says why not where it cannot be. */
export function openSpend(state: CashierState): Step {
  const { desk, till } = state
  if (desk.kind !== 'known') return say(state, 'info', strings.spend.needsMember)
  const isLeft = (desk.offlineLeft?.points ?? 0) > 0
  if (desk.hold === null && till?.connection !== 'online' && !isLeft)
    return say(state, 'warn', outcomeSentence('spending_offline'))
  if (desk.hold === null && !allowsPoints(desk.reservation, state.nowMs))
    return say(state, 'warn', strings.coupons.noPoints)
  const panel: SpendPanel = {
    ...{ field: 'amount', amountText: '', pointsText: '', textBeforeBurst: '' },
    ...{ isProposed: true, quote: NO_QUOTE, busySeq: null, problem: null },
  }
  return [{ ...state, spend: panel, viewerId: null, entry: '', burst: null, message: null }, []]
}

/** A key while the panel is open. */
export function spendKey(state: CashierState, panel: SpendPanel, key: Key): Step {
  switch (key.name) {
    case 'digit':
      return typed(state, panel, textOf(panel) + key.digit, panel.isProposed ? key.digit : null)
    case 'dot':
      return panel.field === 'amount' ? typed(state, panel, `${panel.amountText}.`) : [state, []]
    case 'backspace':
      return typed(state, panel, textOf(panel).slice(0, -1), panel.isProposed ? '' : null)
    case 'up':
      return [withPanel(state, panel, { field: 'amount' }), []]
    case 'down':
      return [withPanel(state, panel, { field: fieldBelow(panel) }), []]
    case 'enter':
      return onEnter(state, panel)
    case 'minus':
      return release(state, panel)
    case 'escape':
    case 'star':
      return [{ ...state, spend: null, burst: null }, []]
    case 'receipt':
    case 'plus':
    case 'slash':
    case 'sounds':
    case 'gifts':
    case 'pickups':
      return [state, []]
  }
}

/** A member code was scanned into the panel: it stays, with the amount as it was, for that member. */
export function panelForScanned(panel: SpendPanel): SpendPanel {
  const amountText = panel.field === 'amount' ? panel.textBeforeBurst : panel.amountText
  return { ...panel, amountText, field: 'amount', quote: NO_QUOTE, problem: null, busySeq: null }
}

/** The panel goes on once its member is there, and closes where nobody came. */
export function resumeSpend([state, commands]: Step): Step {
  const { spend, desk } = state
  if (spend === null || desk.kind === 'looking') return [state, commands]
  if (desk.kind !== 'known') return [{ ...state, spend: null }, commands]
  const orderFen = spend.quote.kind === 'none' ? orderOf(spend) : null
  if (orderFen === null) return [state, commands]
  const [asking, more] = ask(state, spend, orderFen)
  return [asking, [...commands, ...more]]
}

/** What came of asking the agent, and texts that came without keys. */
export function onSpendAction(state: CashierState, action: SpendAction): Step {
  const panel = spendPanel(state)
  switch (action.type) {
    case 'spend_text':
      return panel === null ? [state, []] : onText(state, panel, action)
    case 'spend_field':
      return panel === null
        ? [state, []]
        : [
            withPanel(state, panel, {
              field: action.field === 'points' ? fieldBelow(panel) : 'amount',
            }),
            [],
          ]
    case 'amount_silence':
      return panel === null ? [state, []] : onSilence(state, panel, action.atMs)
    case 'quoted':
      return panel?.quote.kind === 'asking' && panel.quote.seq === action.seq
        ? [withPanel(state, panel, proposal(action)), []]
        : [state, []]
    case 'held':
      return onHeld(state, action)
    case 'released':
      return onReleased(state, action)
    case 'spend_failed':
      return onFailed(state, action)
  }
}

/** What typed points take off; null where the server would not take them. */
export function typedWorth(panel: SpendPanel): { points: number; valueFen: Fen } | null {
  if (panel.quote.kind !== 'told') return null
  const { mostPoints, mostFen, leastPoints, stepPoints } = panel.quote.quote
  const points = Number(panel.pointsText)
  const isAllowed =
    points > 0 && points >= leastPoints && points <= mostPoints && points % stepPoints === 0
  return isAllowed ? { points, valueFen: fen(mulDivFloor(points, mostFen, mostPoints)) } : null
}

/** Whole minutes for which points or coupons stay set aside; 0 when they do not any more. */
export function holdMinutes(
  { deadlineAtMs }: Pick<CashierHold, 'deadlineAtMs'>,
  nowMs: number,
): number {
  return Math.max(0, Math.ceil((deadlineAtMs - nowMs) / MINUTE_MS))
}

/**
 * The word to leave with, where somebody leaves points or coupons that are set aside: points stay,
 * coupons go back where another member is shown (`isOther`).
 */
export function leftBehind(state: CashierState, isOther: boolean): CashierState['message'] {
  const { desk, till, nowMs } = state
  if (desk.kind !== 'known') return null
  const { hold, reservation, member } = desk
  const timeOf = (atMs: number) => clockTime(atMs, till?.timeZone ?? null)
  const texts = [
    ...(hold && holdMinutes(hold, nowMs) > 0
      ? [strings.spend.left(member.phoneMasked, count(hold.points), timeOf(hold.deadlineAtMs))]
      : []),
    ...(reservation && holdMinutes(reservation, nowMs) > 0
      ? [
          isOther
            ? strings.coupons.letGo(member.phoneMasked)
            : strings.coupons.left(member.phoneMasked, timeOf(reservation.deadlineAtMs)),
        ]
      : []),
  ]
  return texts.length === 0 ? null : { tone: 'info', text: texts.join('；') }
}

/** The desk once these receipts are known: what paid one of them is set aside no more. */
export function deskAfter(desk: Desk, receipts: readonly TillReceipt[]): Desk {
  if (desk.kind !== 'known') return desk
  const { hold, reservation } = desk
  const isSpent = receipts.some(({ spent }) => hold !== null && spent?.holdId === hold.holdId)
  const isUsed = receipts.some(
    ({ coupons }) => reservation !== null && coupons?.reservationId === reservation.reservationId,
  )
  if (!isSpent && !isUsed) return desk
  return {
    ...desk,
    hold: isSpent ? null : hold,
    reservation: isUsed ? null : reservation,
  }
}

/** The word where a receipt does not come to what it should with the discount; null where it does. */
export function wrongTotal(desk: Desk, receipt: TillReceipt): string | null {
  if (receipt.coupons?.differenceFen != null)
    return strings.coupons.wrongTotal(money(receipt.coupons.expectedFen))
  const hold = desk.kind === 'known' && receipt.coupons === null ? desk.hold : null
  if (hold === null || receipt.spent?.holdId !== hold.holdId) return null
  const expectedFen = fen(hold.orderFen - hold.valueFen)
  return receipt.totalFen === expectedFen ? null : strings.spend.wrongTotal(money(expectedFen))
}

/** The word where the points of a receipt turned out to have been given back; null where none did. */
export function newlyOwed(
  before: readonly TillReceipt[] | null,
  after: readonly TillReceipt[],
): CashierState['message'] {
  const wasOwed = (id: string) =>
    before?.some(({ receiptId, spent }) => receiptId === id && spent?.isOwed === true) ?? true
  const owed = after.find(({ receiptId, spent }) => spent?.isOwed === true && !wasOwed(receiptId))
  return owed?.spent
    ? {
        tone: 'bad',
        text: strings.spend.owed(count(owed.spent.points), money(owed.spent.valueFen)),
      }
    : null
}

/** Whether points may pay a part of the order besides the coupons that are set aside. */
function allowsPoints(reservation: Known['reservation'], nowMs: number): boolean {
  return reservation === null || reservation.withPoints || holdMinutes(reservation, nowMs) === 0
}

function textOf({ field, amountText, pointsText }: SpendPanel): string {
  return field === 'amount' ? amountText : pointsText
}

/** New text in the field; `instead` is what it becomes where points stand there as proposed. */
function typed(
  state: CashierState,
  panel: SpendPanel,
  text: string,
  instead: string | null = null,
): Step {
  if (panel.busySeq !== null) return [state, []]
  if (panel.field === 'points') {
    const next = instead ?? text
    const pointsText = next.length <= POINTS_DIGITS_MAX ? next : panel.pointsText
    const counted = pointsText === '' ? '' : String(Number(pointsText))
    return [withPanel(state, panel, { pointsText: counted, isProposed: false }), []]
  }
  const amountText = typedAmount(text, panel.amountText)
  if (amountText === panel.amountText) return [withPanel(state, panel, {}), []]
  const changed = withPanel(state, panel, {
    ...{ amountText, pointsText: '', isProposed: true, quote: NO_QUOTE },
  })
  return [changed, [{ do: 'wait_for_amount' }]]
}

function onText(
  state: CashierState,
  panel: SpendPanel,
  came: Extract<Action, { type: 'spend_text' }>,
): Step {
  const echoed = takeEcho(state, came)
  if (echoed) return [echoed, []]
  const text = came.text.normalize('NFKC').trim()
  if (panel.field === 'points' && !/^\d*$/.test(text)) return [state, []]
  return typed(state, panel, text)
}

function onSilence(state: CashierState, panel: SpendPanel, atMs: number): Step {
  if (panel.quote.kind !== 'none') return [state, []]
  // More keys came meanwhile: their own silence is on its way.
  if (state.burst !== null && atMs - state.burst.lastKeyAtMs < AMOUNT_SETTLE_MS) return [state, []]
  if (state.burst !== null && isScan(state.burst.digits)) return scanned(state, panel)
  const orderFen = orderOf(panel)
  return orderFen === null ? [state, []] : ask(state, panel, orderFen)
}

function onEnter(state: CashierState, panel: SpendPanel): Step {
  if (panel.busySeq !== null || panel.quote.kind === 'asking') return [state, []]
  // A code scanned into this field ends with Enter: it must never become an amount.
  if (state.burst !== null && isScan(state.burst.digits)) return scanned(state, panel)
  const orderFen = orderOf(panel)
  if (orderFen === null) return [withPanel(state, panel, { problem: strings.spend.needAmount }), []]
  if (panel.quote.kind !== 'told' || panel.quote.orderFen !== orderFen)
    return ask(state, panel, orderFen)
  const { why, leastPoints, stepPoints, mostPoints } = panel.quote.quote
  if (why !== null) return [withPanel(state, panel, { problem: strings.spend.none }), []]
  const worth = typedWorth(panel)
  if (worth === null) {
    const problem = strings.spend.needPoints(
      ...([count(leastPoints), count(mostPoints), count(stepPoints)] as const),
    )
    return [withPanel(state, panel, { field: 'points', problem }), []]
  }
  const { memberId } = (state.desk as Known).member
  const [next, seq] = withSeq(state)
  return [
    withPanel(next, panel, { busySeq: seq }),
    [{ do: 'hold', seq, memberId, orderFen, points: worth.points }],
  ]
}

function scanned(state: CashierState, panel: SpendPanel): Step {
  const before = panel.textBeforeBurst
  const text = panel.field === 'amount' ? { amountText: before } : { pointsText: before }
  const problem = strings.confirm.looksScanned
  return [withPanel({ ...state, burst: null }, panel, { ...text, problem }), []]
}

function ask(state: CashierState, panel: SpendPanel, orderFen: Fen): Step {
  const { memberId } = (state.desk as Known).member
  const [next, seq] = withSeq(state)
  const asking = withPanel(next, panel, { quote: { kind: 'asking', seq } })
  return [asking, [{ do: 'quote', seq, memberId, orderFen }]]
}

function proposal({ orderFen, quote }: Extract<Action, { type: 'quoted' }>): Partial<SpendPanel> {
  const pointsText = quote.mostPoints > 0 ? String(quote.mostPoints) : ''
  return { quote: { kind: 'told', orderFen, quote }, pointsText, isProposed: true }
}

function release(state: CashierState, panel: SpendPanel): Step {
  const { desk } = state
  if (desk.kind !== 'known' || desk.hold === null || panel.busySeq !== null) return [state, []]
  const [next, seq] = withSeq(state)
  const { holdId } = desk.hold
  return [withPanel(next, panel, { busySeq: seq }), [{ do: 'release', seq, holdId }]]
}

function onHeld(
  state: CashierState,
  { seq, memberId, hold }: Extract<Action, { type: 'held' }>,
): Step {
  const { desk } = state
  const value = money(hold.valueFen)
  // The cashier went on to another customer meanwhile.
  if (desk.kind !== 'known' || desk.member.memberId !== memberId)
    return say(state, 'warn', strings.spend.heldForAnother(count(hold.points), value))
  const spend = state.spend?.busySeq === seq ? null : state.spend
  const next = { ...state, spend, burst: null, desk: { ...desk, hold } }
  return say(next, 'good', strings.spend.held(count(hold.points), value))
}

function onReleased(
  state: CashierState,
  { seq, holdId, isBack }: Extract<Action, { type: 'released' }>,
): Step {
  const { desk } = state
  const isTheirs = desk.kind === 'known' && desk.hold?.holdId === holdId
  const spend = state.spend?.busySeq === seq ? null : state.spend
  const next = { ...state, spend, burst: null, desk: isTheirs ? { ...desk, hold: null } : desk }
  return isBack
    ? say(next, 'good', strings.spend.released)
    : say(next, 'warn', strings.spend.releasedLater)
}

function onFailed(
  state: CashierState,
  { seq, sentence }: Extract<Action, { type: 'spend_failed' }>,
): Step {
  const { spend } = state
  if (spend?.quote.kind === 'asking' && spend.quote.seq === seq)
    return [withPanel(state, spend, { quote: NO_QUOTE, problem: sentence }), []]
  return spend?.busySeq === seq
    ? [withPanel(state, spend, { busySeq: null, problem: sentence }), []]
    : say(state, 'bad', sentence)
}

function fieldBelow({ quote }: SpendPanel): SpendPanel['field'] {
  return quote.kind === 'told' && quote.quote.mostPoints > 0 ? 'points' : 'amount'
}

function orderOf({ amountText }: SpendPanel): Fen | null {
  const orderFen = typedFen(amountText)
  return orderFen === null || orderFen === 0 ? null : orderFen
}

function withPanel(
  state: CashierState,
  panel: SpendPanel,
  changes: Partial<SpendPanel>,
): CashierState {
  return { ...state, spend: { ...panel, problem: null, ...changes } }
}
