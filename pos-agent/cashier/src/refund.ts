import type { TillReceipt } from '@huike/shared/contracts/cashier'
import { outcomeSentence } from '@huike/shared/outcomes'
import { fen, type Fen } from '@huike/shared/quantities'
import { isScan, typedAmount, typedFen } from './amounts.js'
import { count, money } from './format.js'
import type {
  Action,
  CashierState,
  Key,
  RefundAction,
  RefundPanel,
  RefundShown,
  Step,
} from './model.js'
import { say, takeEcho, withSeq } from './receipt-rows.js'
import { strings } from './strings.js'

// Refunds of points, the page's part: which sale, how much of it, and what that does with points, told
// before any money is returned. Nothing waits for the network: the panel stays usable, and Esc leaves
// it whatever is under way. Nothing is refunded here: the till does that, and its receipt the rest.

/** The server is asked once the amount has been left alone for so long. */
export const REFUND_SETTLE_MS = 400
/** As many as F-keys. */
const ROWS_MAX = 5
const NUMBER_CHARACTERS_MAX = 64
const NUMBER = /^[\w.#/-]*$/
const NOTHING: RefundShown = { kind: 'none' }
const words = strings.refund

/** A sale that the panel offers, with its key. */
export interface RefundRow {
  readonly position: number
  readonly receipt: TillReceipt
}

/** The last sales, by the keys they have in the list of receipts. */
export function refundRows({ receipts }: Pick<CashierState, 'receipts'>): RefundRow[] {
  return (receipts ?? [])
    .slice(0, ROWS_MAX)
    .map((receipt, at) => ({ receipt, position: at + 1 }))
    .filter(({ receipt }) => receipt.kind === 'sale')
}

/** Opens the panel: on the receipt whose text is open, else on the last one of the member on screen. */
export function openRefund(state: CashierState): Step {
  if (state.till?.connection !== 'online')
    return say(state, 'warn', outcomeSentence('refund_offline'))
  const panel: RefundPanel = {
    ...{ field: 'receipt', numberText: '', receiptId: null, amountText: '' },
    ...{ amountBeforeBurst: '', shown: NOTHING, busySeq: null, problem: null },
  }
  const open = { ...state, refund: panel, viewerId: null, entry: '', burst: null, message: null }
  const rows = refundRows(state)
  const viewed = rows.find(({ receipt }) => receipt.receiptId === state.viewerId)
  if (viewed) return choose(open, panel, viewed.receipt)
  const memberId = state.desk.kind === 'known' ? state.desk.member.memberId : null
  const theirs = rows.find(
    ({ receipt }) => memberId !== null && receipt.member?.memberId === memberId,
  )
  return [theirs ? withPanel(open, panel, marked(theirs.receipt)) : open, []]
}

/** A key while the panel is open. */
export function refundKey(state: CashierState, panel: RefundPanel, key: Key): Step {
  switch (key.name) {
    case 'digit':
      return typed(state, panel, key.digit)
    case 'dot':
      return typed(state, panel, '.')
    case 'minus':
      return panel.field === 'receipt' ? typed(state, panel, '-') : [state, []]
    case 'backspace':
      return retyped(state, panel, textOf(panel).slice(0, -1))
    case 'up':
    case 'down':
      return move(state, panel, key.name === 'up' ? -1 : 1)
    case 'receipt':
    case 'plus':
      return chooseByKey(state, panel, key.name === 'receipt' ? key.position : null)
    case 'enter':
      return onEnter(state, panel)
    case 'escape':
      return [{ ...state, refund: null, burst: null }, []]
    case 'star':
    case 'slash':
    case 'sounds':
    case 'gifts':
    case 'pickups':
      return [state, []]
  }
}

/** The panel only says what to pay out any more: the next key leaves it, and does what it does. */
export function isOver(panel: RefundPanel | null): boolean {
  return panel?.shown.kind === 'keeping'
}

/** Leaves a panel that is over; - takes back that money is kept. Null: the key is not the panel's. */
export function leaveKey(state: CashierState, key: Key): Step | null {
  const left = { ...state, refund: null }
  const shown = state.refund?.shown
  if (key.name === 'enter' || key.name === 'escape') return [left, []]
  if (key.name !== 'minus' || shown?.kind !== 'keeping') return null
  const [next, seq] = withSeq({ ...left, message: null })
  const { refundId, refundFen } = shown
  return [next, [{ do: 'withdraw_refund', seq, refundId, refundFen }]]
}

/** What came of asking the agent, and what came without keys. */
export function onRefundAction(state: CashierState, action: RefundAction): Step {
  const panel = state.refund
  if (action.type === 'refund_confirmed') return onConfirmed(state, action)
  if (action.type === 'refund_withdrawn') {
    const { isWithdrawn, refundFen } = action
    return isWithdrawn
      ? say(state, 'good', words.withdrawn(money(refundFen)))
      : say(state, 'warn', words.notWithdrawn)
  }
  if (action.type === 'refund_failed') return onFailed(state, action)
  if (panel === null) return [state, []]
  switch (action.type) {
    case 'refund_text': {
      const echoed = takeEcho(state, action)
      if (echoed) return [echoed, []]
      return retyped(state, panel, action.text.normalize('NFKC').trim())
    }
    case 'refund_field':
      return [withPanel(state, panel, { field: action.field }), []]
    case 'refund_choose': {
      const row = refundRows(state).find(({ receipt }) => receipt.receiptId === action.receiptId)
      return row ? choose(state, panel, row.receipt) : [state, []]
    }
    case 'refund_silence':
      return onSilence(state, panel, action.atMs)
    case 'refund_shown': {
      const { askedFen, answer } = action
      return isAsking(panel, action.seq)
        ? [withPanel(state, panel, { shown: { kind: 'told', askedFen, answer } }), []]
        : [state, []]
    }
  }
}

/** What is paid out of a refund. */
export function paidOut(refundFen: Fen, keptFen: Fen): Fen {
  return fen(refundFen - keptFen)
}

/** The word on a row about money that was kept back of its refund. */
export function keptWords(kept: NonNullable<TillReceipt['kept']>): string {
  const keptMoney = money(kept.keptFen)
  if (kept.state === 'waiting') return words.keptWaiting(keptMoney)
  if (kept.state === 'refused') return words.keptRefused(keptMoney)
  const tooMuchFen = kept.keptFen - kept.settledFen
  return tooMuchFen > 0
    ? words.keptTooMuch(keptMoney, count(kept.points), money(fen(tooMuchFen)))
    : words.keptSettled(keptMoney, count(kept.points))
}

function textOf({ field, numberText, amountText }: RefundPanel): string {
  return field === 'receipt' ? numberText : amountText
}

/** One more character in the field; a number that is typed takes the place of a chosen row's. */
function typed(state: CashierState, panel: RefundPanel, character: string): Step {
  const isInstead = panel.field === 'receipt' && panel.receiptId !== null
  return retyped(state, panel, isInstead ? character : textOf(panel) + character)
}

function retyped(state: CashierState, panel: RefundPanel, text: string): Step {
  if (panel.busySeq !== null) return [state, []]
  if (panel.field === 'receipt') {
    const isNumber = text.length <= NUMBER_CHARACTERS_MAX && NUMBER.test(text)
    const numberText = isNumber ? text : panel.numberText
    const changes = { numberText, receiptId: null, amountText: '', shown: NOTHING }
    return [withPanel(state, panel, changes), []]
  }
  const amountText = typedAmount(text, panel.amountText)
  if (amountText === panel.amountText) return [withPanel(state, panel, {}), []]
  const changed = withPanel(state, panel, { amountText, shown: NOTHING })
  return [changed, [{ do: 'wait_for_refund' }]]
}

/** Through the rows above the number, and back to it from the amount. */
function move(state: CashierState, panel: RefundPanel, step: 1 | -1): Step {
  if (panel.busySeq !== null) return [state, []]
  if (panel.field === 'amount')
    return step === -1
      ? [withPanel(state, panel, { field: 'receipt', shown: NOTHING, amountText: '' }), []]
      : [state, []]
  const rows = refundRows(state)
  const at = rows.findIndex(({ receipt }) => receipt.receiptId === panel.receiptId)
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))]
  return [next ? withPanel(state, panel, marked(next.receipt)) : state, []]
}

function chooseByKey(state: CashierState, panel: RefundPanel, position: number | null): Step {
  if (panel.busySeq !== null) return [state, []]
  const receipt = position === null ? refundRows(state)[0]?.receipt : state.receipts?.[position - 1]
  if (receipt) return choose(state, panel, receipt)
  const problem = position === null ? words.noSales : strings.receipts.missing(position)
  return [withPanel(state, panel, { problem }), []]
}

/** Takes a receipt for the sale that is refunded, and asks what that would do; says why not. */
function choose(state: CashierState, panel: RefundPanel, receipt: TillReceipt): Step {
  const problem = whyNot(receipt)
  const next = { ...panel, ...marked(receipt), amountText: '', shown: NOTHING }
  if (problem !== null || receipt.receiptNo === null)
    return [withPanel(state, next, { field: 'receipt', problem }), []]
  return ask(state, { ...next, field: 'amount' }, null)
}

/** Why a receipt cannot be refunded; null where it can, as far as this till knows. */
function whyNot(receipt: TillReceipt): string | null {
  if (receipt.kind === 'refund') return words.isRefund
  if (receipt.state === 'needs_confirm') return words.needsConfirm
  if (receipt.state === 'conflict') return strings.receipts.conflict
  return receipt.receiptNo === null ? words.noNumber : null
}

function marked(receipt: TillReceipt): Pick<RefundPanel, 'receiptId' | 'numberText'> {
  return { receiptId: receipt.receiptId, numberText: receipt.receiptNo ?? '' }
}

function onSilence(state: CashierState, panel: RefundPanel, atMs: number): Step {
  if (panel.shown.kind !== 'none' || panel.field !== 'amount') return [state, []]
  // More keys came meanwhile: their own silence is on its way.
  if (state.burst !== null && atMs - state.burst.lastKeyAtMs < REFUND_SETTLE_MS) return [state, []]
  const wanted = wantedOf(panel)
  if (isScanned(state)) return scanned(state, panel)
  return wanted.ok ? ask(state, panel, wanted.refundFen) : [state, []]
}

function onEnter(state: CashierState, panel: RefundPanel): Step {
  if (panel.busySeq !== null || panel.shown.kind === 'asking') return [state, []]
  if (panel.field === 'receipt') return onNumber({ ...state, burst: null }, panel)
  // A code scanned into this field ends with Enter: it must never become an amount.
  if (isScanned(state)) return scanned(state, panel)
  const wanted = wantedOf(panel)
  if (!wanted.ok) return [withPanel(state, panel, { problem: words.needAmount }), []]
  const { shown } = panel
  if (shown.kind !== 'told' || shown.askedFen !== wanted.refundFen)
    return ask(state, panel, wanted.refundFen)
  const [next, seq] = withSeq(state)
  const { refundId } = shown.answer
  return [withPanel(next, panel, { busySeq: seq }), [{ do: 'confirm_refund', seq, refundId }]]
}

function onNumber(state: CashierState, panel: RefundPanel): Step {
  const row = state.receipts?.find(({ receiptId }) => receiptId === panel.receiptId)
  if (row) return choose(state, panel, row)
  if (panel.numberText === '') return [withPanel(state, panel, { problem: words.needNumber }), []]
  return ask(state, { ...panel, field: 'amount' }, null)
}

function ask(state: CashierState, panel: RefundPanel, refundFen: Fen | null): Step {
  const [next, seq] = withSeq(state)
  const { numberText: receiptNo } = panel
  return [
    withPanel({ ...next, burst: null }, panel, { shown: { kind: 'asking', seq } }),
    [{ do: 'preview_refund', seq, receiptNo, refundFen }],
  ]
}

/** The amount as typed; nothing typed is all that is left. */
function wantedOf({
  amountText,
}: RefundPanel): { ok: true; refundFen: Fen | null } | { ok: false } {
  if (amountText === '') return { ok: true, refundFen: null }
  const refundFen = typedFen(amountText)
  return refundFen === null || refundFen === 0 ? { ok: false } : { ok: true, refundFen }
}

function isScanned({ burst }: CashierState): boolean {
  return burst !== null && isScan(burst.digits)
}

function scanned(state: CashierState, panel: RefundPanel): Step {
  const { amountBeforeBurst: amountText } = panel
  const problem = strings.confirm.looksScanned
  return [withPanel({ ...state, burst: null }, panel, { amountText, problem }), []]
}

function isAsking({ shown }: RefundPanel, seq: number): boolean {
  return shown.kind === 'asking' && shown.seq === seq
}

function onConfirmed(
  state: CashierState,
  { seq, answer }: Extract<Action, { type: 'refund_confirmed' }>,
): Step {
  const panel = state.refund
  const isOpen = panel?.busySeq === seq
  const { refundFen, keptFen } = answer
  const next = { ...state, refund: isOpen ? null : panel, burst: null }
  if (keptFen === 0) return say(next, 'good', words.goOn(money(refundFen)))
  const shown = { kind: 'keeping', ...answer } as const
  const refund = isOpen ? { ...panel, busySeq: null, shown } : panel
  const paid = money(paidOut(refundFen, keptFen))
  const told = words.goOnKept(money(refundFen), money(keptFen), paid)
  return say({ ...next, refund }, 'warn', told)
}

function onFailed(
  state: CashierState,
  { seq, failed, sentence: problem }: Extract<Action, { type: 'refund_failed' }>,
): Step {
  const panel = state.refund
  if (panel && isAsking(panel, seq)) {
    // Most likely the number: the next key must mend it, not become an amount.
    const field = panel.amountText === '' ? 'receipt' : panel.field
    return [withPanel(state, panel, { field, shown: NOTHING, problem }), []]
  }
  // What was shown may not be true any more: Enter asks again.
  if (panel?.busySeq === seq)
    return [withPanel(state, panel, { shown: NOTHING, busySeq: null, problem }), []]
  // Who has left has no use for an answer any more, but for what became of their word.
  return failed === 'preview_refund' ? [state, []] : say(state, 'bad', problem)
}

function withPanel(
  state: CashierState,
  panel: RefundPanel,
  changes: Partial<RefundPanel>,
): CashierState {
  return { ...state, refund: { ...panel, problem: null, ...changes } }
}
