import { EXCHANGE_CODE_DIGITS } from '@huike/shared/till-limits'
import type { PickupFind, TillPickup } from '@huike/shared/contracts/till-pickups'
import { outcomeSentence, type OutcomeCode } from '@huike/shared/outcomes'
import { digitsOf, SETTLE_MS } from './codes.js'
import { dayAndTime } from './format.js'
import type { CashierState, Desk, Key, NewText, Step } from './model.js'
import type { PickupAction, PickupPanel } from './pickup-model.js'
import { say, takeEcho, withSeq } from './receipt-rows.js'
import { strings } from './strings.js'

// What is fetched in the store, the page's part. The cashier scans or types a code, or chooses from what
// waits for the member on screen; sees what it is and whose; and one key says that the shopper has it. A
// scan is never that key: its digits begin another code, and its Enter asks for that.

/** Rows on screen at once, each with its number key. */
export const PICKUPS_PER_PAGE = 4
/** Enter hands over only what has been on screen this long: the Enter of a scanner must not. */
export const PICKUP_SHOWN_MS_MIN = 600
/** As long as a code is typed. */
const TYPED_MS = 400

/** Somebody else was first, or it is none of this store's: it says so as if it had been found like that. */
const FINAL: readonly OutcomeCode[] = [
  ...(['mall_fetched', 'mall_cancelled', 'mall_lapsed', 'mall_store'] as const),
  ...(['pickup_fetched', 'pickup_cancelled', 'pickup_store'] as const),
]
const MILLI = 1_000

const words = strings.pickups
const EMPTY: PickupPanel = {
  ...{ field: 'code', codeText: '', list: null, page: 0, shown: null },
  ...{ askingSeq: null, busySeq: null, isForMember: false, problem: null },
}

/** The key: opens the panel, with what waits for the member on screen. */
export function openPickups(state: CashierState): Step {
  const opened = open(state)
  if (opened === null) return say(state, 'warn', outcomeSentence('pickup_offline'))
  const { desk } = state
  const isAny = desk.kind === 'known' && desk.member.waitingPickups > 0
  return isAny ? askForMember(opened, EMPTY, desk) : [opened, []]
}

/** A code was scanned or typed where customers are looked up. */
export function openForCode(state: CashierState, code: string): Step {
  const opened = open(state)
  return opened === null
    ? say({ ...state, entry: '', burst: null }, 'warn', outcomeSentence('pickup_offline'))
    : ask(opened, { ...EMPTY, codeText: code }, { by: 'code', code })
}

/** A member code was scanned into the panel: it stays for that member. */
export const pickupsForScanned: PickupPanel = { ...EMPTY, isForMember: true }

/** The panel goes on once its member is there, and closes where nobody came. */
export function resumePickups([state, commands]: Step): Step {
  const { pickup, desk } = state
  if (pickup?.isForMember !== true || desk.kind === 'looking') return [state, commands]
  if (desk.kind !== 'known') return [{ ...state, pickup: null }, commands]
  const [asking, more] = askForMember(state, { ...pickup, isForMember: false }, desk)
  return [asking, [...commands, ...more]]
}

/** A key while the panel is open. */
export function pickupKey(state: CashierState, panel: PickupPanel, key: Key, atMs: number): Step {
  switch (key.name) {
    case 'digit':
      return onDigit(state, panel, key.digit, atMs)
    case 'backspace':
      return typed(state, panel, panel.codeText.slice(0, -1))
    case 'enter':
      return onEnter(state, panel, atMs)
    case 'up':
      return [withPanel(state, panel, above(panel)), []]
    case 'down':
      return [withPanel(state, panel, below(panel)), []]
    case 'escape':
    case 'pickups':
      return [leave(state, panel), []]
    case 'receipt':
    case 'plus':
    case 'minus':
    case 'star':
    case 'slash':
    case 'dot':
    case 'sounds':
    case 'gifts':
      return [state, []]
  }
}

/** What came of asking the agent, and texts and touches that came without keys. */
export function onPickupAction(state: CashierState, action: PickupAction): Step {
  const { pickup: panel } = state
  switch (action.type) {
    case 'pickup_text':
      return panel === null ? [state, []] : onText(state, panel, action)
    case 'pickup_pressed': {
      const pickup = panel?.list?.find(({ pickupId }) => pickupId === action.pickupId)
      if (panel === null || pickup === undefined) return [state, []]
      return [withPanel(state, panel, { shown: { pickup, sinceMs: action.atMs } }), []]
    }
    case 'pickup_silence':
      return panel === null ? [state, []] : onSilence(state, panel, action.atMs)
    case 'pickups_found':
      return panel?.askingSeq === action.seq ? [onFound(state, panel, action), []] : [state, []]
    case 'pickup_handed':
      return onHanded(state, action)
    case 'pickups_failed':
      return onFailed(state, action)
  }
}

/** The rows on screen, in the order of their number keys, and how many pages there are. */
export function pickupRows({ list, page }: PickupPanel): { rows: TillPickup[]; pages: number } {
  const all = list ?? []
  const rows = all.slice(page * PICKUPS_PER_PAGE, (page + 1) * PICKUPS_PER_PAGE)
  return { rows, pages: Math.ceil(all.length / PICKUPS_PER_PAGE) }
}

/** `帆布袋 × 2`, or the first of several with how many kinds there are. */
export function whatInWords({ lines }: TillPickup): string {
  const [first] = lines
  if (first === undefined) return ''
  if (lines.length > 1) return words.more(first.name, lines.length)
  const isOne = first.quantityMilli === MILLI
  return `${first.name}${isOne ? '' : ` ${words.times(quantityInWords(first.quantityMilli))}`}`
}

/** `2`, or `0.986` of what is weighed. */
export function quantityInWords(quantityMilli: number): string {
  return String(quantityMilli / MILLI)
}

/** How many pieces are handed over; null where something of it came back, or is weighed. */
export function piecesOf({ lines, refunds }: TillPickup): number | null {
  const milli = lines.reduce((sum, { quantityMilli }) => sum + quantityMilli, 0)
  return refunds === 0 && milli % MILLI === 0 ? milli / MILLI : null
}

/** `张** 138****5678`, as far as it is known. */
export function whoseInWords({ nameMasked, phoneMasked }: TillPickup): string {
  const known = [nameMasked, phoneMasked].filter((one) => one !== null)
  return known.length === 0 ? words.nobody : known.join(' ')
}

/** The page with the panel; null where the server cannot be asked. */
function open(state: CashierState): CashierState | null {
  if (state.till?.connection !== 'online') return null
  return { ...state, pickup: EMPTY, viewerId: null, entry: '', burst: null, message: null }
}

function onDigit(state: CashierState, panel: PickupPanel, digit: string, atMs: number): Step {
  const burst = state.burst?.digits ?? digit
  const isScan = burst.length > 1
  const isRow = panel.field === 'list' && panel.shown === null
  if (isRow && !isScan) return choose(state, panel, Number(digit), atMs)
  // The first digit of a scan may have chosen a row.
  const isBegun = panel.field === 'code' && panel.shown === null
  return typed(state, panel, isBegun ? panel.codeText + digit : isScan ? burst : digit)
}

function choose(state: CashierState, panel: PickupPanel, position: number, atMs: number): Step {
  const pickup = position < 1 ? undefined : pickupRows(panel).rows[position - 1]
  if (pickup === undefined || panel.busySeq !== null) return [state, []]
  return [withPanel(state, panel, { shown: { pickup, sinceMs: atMs } }), []]
}

function typed(state: CashierState, panel: PickupPanel, text: string): Step {
  if (panel.busySeq !== null) return [state, []]
  const codeText = text.slice(0, EXCHANGE_CODE_DIGITS + 1)
  const next = { codeText, field: 'code', shown: null, askingSeq: null } as const
  const isWhole = codeText.length === EXCHANGE_CODE_DIGITS
  return [withPanel(state, panel, next), isWhole ? [{ do: 'wait_for_pickup' }] : []]
}

function onText(state: CashierState, panel: PickupPanel, came: NewText): Step {
  const echoed = takeEcho(state, came)
  if (echoed) return [echoed, []]
  const [next, commands] = typed({ ...state, burst: null }, panel, digitsOf(came.text))
  return [next, commands]
}

/** The code has been left alone for a while: it is asked for by itself. */
function onSilence(state: CashierState, panel: PickupPanel, atMs: number): Step {
  const isAsked = panel.shown !== null || panel.askingSeq !== null || panel.problem !== null
  if (isAsked || panel.codeText.length !== EXCHANGE_CODE_DIGITS) return [state, []]
  const isScan = (state.burst?.digits.length ?? 0) >= EXCHANGE_CODE_DIGITS
  const quietMs = state.burst === null ? TYPED_MS : atMs - state.burst.lastKeyAtMs
  if (quietMs < (isScan ? SETTLE_MS : TYPED_MS)) return [state, [{ do: 'wait_for_pickup' }]]
  return ask(state, panel, { by: 'code', code: panel.codeText })
}

function onEnter(state: CashierState, panel: PickupPanel, atMs: number): Step {
  const { shown, codeText } = panel
  if (panel.busySeq !== null || panel.askingSeq !== null) return [state, []]
  if (shown !== null) return handOver(state, panel, atMs - shown.sinceMs)
  const missing = EXCHANGE_CODE_DIGITS - codeText.length
  if (missing === 0) return ask(state, panel, { by: 'code', code: codeText })
  const problem = missing > 0 ? words.missing(missing) : words.tooMany
  return [withPanel(state, panel, { problem }), []]
}

function handOver(state: CashierState, panel: PickupPanel, shownMs: number): Step {
  const pickup = panel.shown?.pickup
  if (pickup === undefined || pickup.why !== null) return [state, []]
  if (shownMs < PICKUP_SHOWN_MS_MIN)
    return [withPanel(state, panel, { problem: words.readFirst }), []]
  const [next, seq] = withSeq(state)
  const { kind, pickupId, refunds: refundsSeen } = pickup
  return [
    withPanel(next, panel, { busySeq: seq }),
    [{ do: 'pickup_hand_over', seq, pickup: { kind, pickupId, refundsSeen } }],
  ]
}

function askForMember(
  state: CashierState,
  panel: PickupPanel,
  { member }: Extract<Desk, { kind: 'known' }>,
): Step {
  return ask(state, panel, { by: 'member', memberId: member.memberId })
}

function ask(state: CashierState, panel: PickupPanel, asked: PickupFind): Step {
  const [next, seq] = withSeq(state)
  const asking = withPanel({ ...next, burst: null }, panel, { askingSeq: seq })
  return [asking, [{ do: 'pickups_find', seq, asked }]]
}

function onFound(
  state: CashierState,
  panel: PickupPanel,
  { by, pickups, atMs }: Extract<PickupAction, { type: 'pickups_found' }>,
): CashierState {
  const [pickup] = pickups
  // Two things may have drawn the same code.
  if (by === 'code' && pickup !== undefined && pickups.length === 1)
    return withPanel(state, panel, { askingSeq: null, shown: { pickup, sinceMs: atMs } })
  if (by === 'code' && pickup === undefined)
    return withPanel(state, panel, {
      askingSeq: null,
      problem: outcomeSentence('pickup_unknown'),
    })
  const field = pickups.length > 0 ? 'list' : 'code'
  return withPanel(state, panel, { askingSeq: null, list: pickups, page: 0, field })
}

function onHanded(
  state: CashierState,
  { seq, answer }: Extract<PickupAction, { type: 'pickup_handed' }>,
): Step {
  const { pickup, handedAtMs, isNew } = answer
  const panel = state.pickup?.busySeq === seq ? state.pickup : null
  const rest = panel?.list?.filter(({ pickupId }) => pickupId !== pickup.pickupId) ?? []
  const goesOn = panel && rest.length > 0 ? { ...EMPTY, field: 'list' as const, list: rest } : null
  const next = {
    ...state,
    pickup: panel ? goesOn : state.pickup,
    burst: null,
    desk: withOneLess(state.desk, pickup.memberId),
  }
  const what = whatInWords(pickup)
  const time = dayAndTime(handedAtMs, state.nowMs, state.till?.timeZone ?? null)
  return isNew
    ? say(next, 'good', words.handed(what, whoseInWords(pickup)))
    : say(next, 'good', words.handedBefore(what, time))
}

/** Until the agent tells what is left. */
function withOneLess(desk: Desk, memberId: string | null): Desk {
  if (desk.kind !== 'known' || desk.member.memberId !== memberId) return desk
  const waitingPickups = Math.max(0, desk.member.waitingPickups - 1)
  return { ...desk, member: { ...desk.member, waitingPickups } }
}

function onFailed(
  state: CashierState,
  { seq, code, sentence }: Extract<PickupAction, { type: 'pickups_failed' }>,
): Step {
  const { pickup: panel } = state
  if (panel?.askingSeq === seq)
    return [withPanel(state, panel, { askingSeq: null, problem: sentence }), []]
  if (panel?.busySeq !== seq) return say(state, 'bad', sentence)
  const { shown } = panel
  if (code === 'pickup_changed') return lookAgain(state, panel, sentence)
  if (code === null || shown === null || !FINAL.includes(code))
    return [withPanel(state, panel, { busySeq: null, problem: sentence }), []]
  const pickup = { ...shown.pickup, why: { code, sentence } }
  return [withPanel(state, panel, { busySeq: null, shown: { ...shown, pickup } }), []]
}

/** Something came back since it was looked at: it is asked for anew, and shown as it is now. */
function lookAgain(state: CashierState, panel: PickupPanel, sentence: string): Step {
  const [told] = say(state, 'warn', sentence)
  const again = { ...panel, busySeq: null, shown: null }
  if (panel.codeText.length === EXCHANGE_CODE_DIGITS)
    return ask(told, again, { by: 'code', code: panel.codeText })
  return state.desk.kind === 'known' ? askForMember(told, again, state.desk) : [told, []]
}

/** Esc: from what is shown back to the list it was chosen from, else out of the panel. */
function leave(state: CashierState, panel: PickupPanel): CashierState {
  const isFromList = (panel.list?.length ?? 0) > 0
  const isBack = isFromList && (panel.shown !== null || panel.field === 'code')
  if (!isBack) return { ...state, pickup: null, burst: null }
  return withPanel({ ...state, burst: null }, panel, {
    ...{ field: 'list', codeText: '', shown: null, askingSeq: null },
  })
}

function above({ page, shown }: PickupPanel): Partial<PickupPanel> {
  if (shown !== null) return {}
  return page > 0 ? { page: page - 1 } : { field: 'code' }
}

function below(panel: PickupPanel): Partial<PickupPanel> {
  const { pages } = pickupRows(panel)
  if (panel.shown !== null || pages === 0) return {}
  if (panel.field === 'code') return { field: 'list', codeText: '' }
  return { page: Math.min(pages - 1, panel.page + 1) }
}

function withPanel(
  state: CashierState,
  panel: PickupPanel,
  changes: Partial<PickupPanel>,
): CashierState {
  return { ...state, pickup: { ...panel, problem: null, ...changes } }
}
