import type { TillReceipt } from '@huike/shared/contracts/cashier'
import { isScan, typedAmount, typedFen } from './amounts.js'
import { count, money } from './format.js'
import type {
  Action,
  CashierState,
  ConfirmBody,
  ConfirmPanel,
  Decision,
  Key,
  NewText,
  Step,
} from './model.js'
import { amountWords, busy, free, say, takeEcho, withReceipt } from './receipt-rows.js'
import { deskAfter, newlyOwed, wrongTotal } from './spending.js'
import { couponNews } from './settling.js'
import { strings } from './strings.js'
import { onUndone, undoReceipt } from './undo.js'

// The receipts' part of the reducer: giving one to the member on screen, confirming a doubtful
// one, reading one. Only F1–F5 and + give a receipt: digits never do, because every phone number
// begins with 1 and the first key of the next customer must not hand out the last receipt.

/** A key pressed this soon after the rows moved meant the row that stood there before. */
export const ROWS_STEADY_MS = 500

type ReceiptAction = Extract<
  Action,
  {
    type:
      | 'amount_text'
      | 'decide'
      | 'view'
      | 'give'
      | 'undo'
      | 'assigned'
      | 'undone'
      | 'confirmed'
      | 'receipt_failed'
      | 'receipts'
  }
>

/** A receipt's key: gives it to the member on screen; turns to it while a text is open. */
export function receiptKey(state: CashierState, position: number, atMs: number): Step {
  const receipt = state.receipts?.[position - 1]
  if (receipt === undefined) return say(state, 'info', strings.receipts.missing(position))
  if (state.viewerId !== null) return [{ ...state, viewerId: receipt.receiptId }, []]
  if (atMs - state.rowsMovedAtMs < ROWS_STEADY_MS)
    return say(state, 'warn', strings.receipts.rowsMoved)
  return giveReceipt(state, receipt)
}

/** Enter while a receipt's text is open: gives that one. */
export function giveShownReceipt(state: CashierState): Step {
  const receipt = state.receipts?.find(({ receiptId }) => receiptId === state.viewerId)
  return receipt === undefined ? [state, []] : giveReceipt(state, receipt)
}

function giveReceipt(state: CashierState, receipt: TillReceipt): Step {
  if (state.busyIds.includes(receipt.receiptId)) return [state, []]
  if (receipt.state === 'needs_confirm') return [openConfirm(state, receipt), []]
  if (receipt.state === 'conflict') return say(state, 'warn', strings.receipts.conflict)
  const memberId = memberOnDesk(state)?.memberId
  if (receipt.member !== null && memberId !== undefined && mayPay(state, receipt, memberId))
    return assign(state, receipt.receiptId, memberId)
  if (receipt.member !== null)
    return receipt.member.memberId === memberId
      ? say(state, 'info', strings.receipts.alreadyHis)
      : say(state, 'warn', strings.receipts.claimed(receipt.member.phoneMasked))
  if (memberId === undefined) return say(state, 'info', strings.receipts.needsMember)
  return assign(state, receipt.receiptId, memberId)
}

/** A receipt that named its member by itself is theirs already, but not paid with their points and coupons. */
function mayPay({ desk }: CashierState, receipt: TillReceipt, memberId: string): boolean {
  const isPaid = receipt.spent !== null || receipt.coupons !== null
  if (receipt.member?.memberId !== memberId || isPaid || receipt.kind !== 'sale') return false
  return desk.kind === 'known' && (desk.hold !== null || desk.reservation !== null)
}

/** A key while the confirm panel is open. */
export function confirmKey(state: CashierState, panel: ConfirmPanel, key: Key): Step {
  const change = (changes: Partial<ConfirmPanel>): Step => [
    { ...state, confirm: { ...panel, problem: null, ...changes } },
    [],
  ]
  switch (key.name) {
    case 'digit':
      return change({ amountText: typedAmount(panel.amountText + key.digit, panel.amountText) })
    case 'dot':
      return change({ amountText: typedAmount(`${panel.amountText}.`, panel.amountText) })
    case 'backspace':
      return change({ amountText: panel.amountText.slice(0, -1) })
    case 'plus':
      return change({ decision: 'sale' })
    case 'minus':
      return change({ decision: 'refund' })
    case 'star':
      return change({ decision: 'not_a_receipt' })
    case 'escape':
      return [{ ...state, confirm: null, burst: null }, []]
    case 'enter':
      return sendConfirm(state, panel)
    case 'receipt':
    case 'slash':
    case 'sounds':
    case 'gifts':
    case 'pickups':
    case 'up':
    case 'down':
      return [state, []]
  }
}

/** Opens the text of a receipt, or the next or previous one. */
export function turnViewer(state: CashierState, step: 1 | -1): CashierState {
  const receipts = state.receipts ?? []
  const at = receipts.findIndex((receipt) => receipt.receiptId === state.viewerId)
  if (at < 0 && step < 0) return state
  const next = receipts[Math.max(0, Math.min(receipts.length - 1, at + step))]
  return next === undefined ? state : { ...state, viewerId: next.receiptId, message: null }
}

/** What happened to receipts. */
export function onReceiptAction(state: CashierState, action: ReceiptAction): Step {
  switch (action.type) {
    case 'amount_text':
      return [withAmount(state, action), []]
    case 'decide':
      return state.confirm
        ? [
            { ...state, confirm: { ...state.confirm, decision: action.decision, problem: null } },
            [],
          ]
        : [state, []]
    case 'view':
      return [{ ...state, viewerId: action.receiptId }, []]
    case 'give': {
      const receipt = state.receipts?.find(({ receiptId }) => receiptId === action.receiptId)
      return receipt === undefined ? [state, []] : giveReceipt(state, receipt)
    }
    case 'undo': {
      const receipt = state.receipts?.find(({ receiptId }) => receiptId === action.receiptId)
      return receipt === undefined ? [state, []] : undoReceipt(state, receipt)
    }
    case 'undone':
      return onUndone(state, action)
    case 'receipts': {
      const { receipts } = action
      const news = couponNews(state.receipts, receipts) ?? newlyOwed(state.receipts, receipts)
      const message = news ?? state.message
      return [{ ...withReceipts(state, receipts, action.atMs), message }, []]
    }
    case 'assigned':
      return onAssigned(state, action.receipt)
    case 'confirmed':
      return onConfirmed(state, action)
    case 'receipt_failed':
      return onReceiptFailed(state, action)
  }
}

/** The receipt the confirm panel is about. */
export function receiptInPanel(state: CashierState): TillReceipt | null {
  const id = state.confirm?.receiptId
  return state.receipts?.find((receipt) => receipt.receiptId === id) ?? null
}

function openConfirm(state: CashierState, receipt: TillReceipt): CashierState {
  const panel = { amountText: '', amountBeforeBurst: '', decision: null, problem: null }
  const confirm = { receiptId: receipt.receiptId, ...panel }
  return { ...state, confirm, viewerId: null, burst: null, message: null }
}

function sendConfirm(state: CashierState, panel: ConfirmPanel): Step {
  const { receiptId, decision } = panel
  if (state.busyIds.includes(receiptId)) return [state, []]
  const stay = (problem: string, amountText = panel.amountText): Step => [
    { ...state, burst: null, confirm: { ...panel, amountText, problem } },
    [],
  ]
  // A code scanned into this field ends with Enter: it must never become an amount.
  if (state.burst !== null && isScan(state.burst.digits))
    return stay(strings.confirm.looksScanned, panel.amountBeforeBurst)
  const totalFen = typedFen(panel.amountText)
  if (decision === 'not_a_receipt') return send(state, panel, { decision }, null)
  if (totalFen === null) return stay(strings.confirm.needAmount)
  if (decision === null) return stay(strings.confirm.needKind)
  return send(state, panel, { decision, totalFen }, memberOnDesk(state)?.memberId ?? null)
}

function send(
  state: CashierState,
  panel: ConfirmPanel,
  body: ConfirmBody,
  memberId: string | null,
): Step {
  const { receiptId } = panel
  const next = busy({ ...state, confirm: { ...panel, problem: null } }, receiptId)
  return [next, [{ do: 'confirm', receiptId, body, memberId }]]
}

function assign(state: CashierState, receiptId: string, memberId: string): Step {
  const next = busy({ ...state, message: null }, receiptId)
  return [next, [{ do: 'assign', receiptId, memberId }]]
}

function onAssigned(state: CashierState, receipt: TillReceipt): Step {
  const next = free(withReceipt(state, receipt), receipt.receiptId)
  const wrong = wrongTotal(state.desk, receipt)
  const words = givenWords(receipt)
  const after = { ...next, viewerId: null, desk: deskAfter(state.desk, [receipt]) }
  return wrong === null ? say(after, 'good', words) : say(after, 'warn', `${words}。${wrong}`)
}

function givenWords(receipt: TillReceipt): string {
  const { given, givenPoints, spent } = strings.receipts
  const { points } = receipt
  const [amount, to] = [amountWords(receipt), receipt.member?.phoneMasked ?? '']
  const words = points === null ? given(amount, to) : givenPoints(amount, to, count(points))
  const besides = [
    ...(receipt.coupons ? [strings.receipts.coupons(money(receipt.coupons.offFen))] : []),
    ...(receipt.spent ? [spent(count(receipt.spent.points), money(receipt.spent.valueFen))] : []),
  ]
  return [words, ...besides].join('，')
}

function onConfirmed(
  state: CashierState,
  { receipt, decision, memberId }: Extract<Action, { type: 'confirmed' }>,
): Step {
  const panel = state.confirm?.receiptId === receipt.receiptId ? null : state.confirm
  const next = { ...free(state, receipt.receiptId), confirm: panel }
  if (decision === 'not_a_receipt')
    return say(withoutReceipt(next, receipt.receiptId), 'good', strings.receipts.dropped)
  const shown = withReceipt(next, receipt)
  if (memberId !== null && receipt.member === null && receipt.state !== 'conflict')
    return assign(shown, receipt.receiptId, memberId)
  return say(shown, 'good', strings.receipts.confirmed(kindWord(decision), amountWords(receipt)))
}

function onReceiptFailed(
  state: CashierState,
  { receiptId, sentence }: Extract<Action, { type: 'receipt_failed' }>,
): Step {
  const next = free(state, receiptId)
  if (next.confirm?.receiptId === receiptId)
    return [{ ...next, confirm: { ...next.confirm, problem: sentence } }, []]
  return say(next, 'bad', sentence)
}

/** New rows; a panel or viewer whose receipt has gone closes. */
function withReceipts(
  state: CashierState,
  receipts: readonly TillReceipt[],
  atMs: number,
): CashierState {
  const has = (id: string | undefined | null) => receipts.some(({ receiptId }) => receiptId === id)
  const before = state.receipts
  const moved = before?.some((row, at) => row.receiptId !== receipts[at]?.receiptId) ?? false
  return {
    ...state,
    receipts,
    desk: deskAfter(state.desk, receipts),
    rowsMovedAtMs: moved ? atMs : state.rowsMovedAtMs,
    viewerId: has(state.viewerId) ? state.viewerId : null,
    confirm: has(state.confirm?.receiptId) ? state.confirm : null,
  }
}

function withoutReceipt(state: CashierState, receiptId: string): CashierState {
  const rows = state.receipts ?? []
  return { ...state, receipts: rows.filter((row) => row.receiptId !== receiptId) }
}

function withAmount(state: CashierState, came: NewText): CashierState {
  const panel = state.confirm
  if (panel === null) return state
  const echoed = takeEcho(state, came)
  if (echoed) return echoed
  const amountText = typedAmount(came.text.normalize('NFKC').trim(), panel.amountText)
  return { ...state, confirm: { ...panel, amountText, problem: null } }
}

function memberOnDesk(state: CashierState): { memberId: string; phoneMasked: string } | null {
  return state.desk.kind === 'known' ? state.desk.member : null
}

function kindWord(decision: Exclude<Decision, 'not_a_receipt'>): string {
  return decision === 'sale' ? strings.receipts.sale : strings.receipts.refund
}
