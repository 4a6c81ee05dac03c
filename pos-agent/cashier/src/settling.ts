import type { ReceiptCoupons } from '@huike/shared/contracts/cashier-coupons'
import type { TillReceipt } from '@huike/shared/contracts/cashier'
import { fen } from '@huike/shared/quantities'
import { money } from './format.js'
import type { SettlePanel } from './coupon-model.js'
import type { Action, CashierState, Key, Step } from './model.js'
import { say } from './receipt-rows.js'
import { strings } from './strings.js'

// A receipt that does not show what the coupons take off: the difference in numbers, and one key to
// say whether they were used. Nothing presses: digits go on to the next customer's number.

type Differing = TillReceipt & { coupons: ReceiptCoupons }

/** The panel, where its receipt is still to be settled. */
export function settlePanel(state: CashierState): SettlePanel | null {
  return state.settle && receiptToSettle(state) ? state.settle : null
}

/** The receipt that the panel is about. */
export function receiptToSettle({ settle, receipts }: CashierState): Differing | null {
  return differing(receipts).find(({ receiptId }) => receiptId === settle?.receiptId) ?? null
}

/** Opens the panel for the oldest receipt that differs; null where none does. */
export function openSettle(state: CashierState): Step | null {
  const open = differing(state.receipts)
  const receipt = open[open.length - 1]
  if (receipt === undefined) return null
  const settle = { receiptId: receipt.receiptId, busySeq: null, problem: null }
  return [{ ...state, settle, viewerId: null, message: null }, []]
}

/** A key while the panel is open; null for those that mean what they mean without it. */
export function settleKey(state: CashierState, panel: SettlePanel, key: Key): Step | null {
  switch (key.name) {
    case 'plus':
      return settle(state, panel, true)
    case 'minus':
      return settle(state, panel, false)
    case 'escape':
      return [{ ...state, settle: null }, []]
    case 'receipt':
    case 'up':
    case 'down':
    case 'star':
      return [state, []]
    case 'digit':
    case 'dot':
    case 'backspace':
    case 'enter':
    case 'slash':
    case 'sounds':
    case 'gifts':
    case 'pickups':
      return null
  }
}

/** The agent said what stands now. */
export function onSettled(
  state: CashierState,
  { seq, isUsed }: Extract<Action, { type: 'coupons_settled' }>,
): Step {
  const panel = state.settle?.busySeq === seq ? null : state.settle
  const words = isUsed ? strings.coupons.settledUsed : strings.coupons.settledNotUsed
  return say({ ...state, settle: panel }, 'good', words)
}

/** It could not be said now. */
export function onSettleFailed(
  state: CashierState,
  { sentence }: Extract<Action, { type: 'coupons_failed' }>,
): Step {
  const { settle: panel } = state
  return [{ ...state, settle: panel && { ...panel, busySeq: null, problem: sentence } }, []]
}

/** What a receipt shows beside what was told, in words and numbers. */
export function differenceWords({ coupons }: Differing): string {
  const { differenceFen, expectedFen } = coupons
  const value = money(fen(Math.abs(differenceFen ?? 0)))
  const { more, less } = strings.coupons
  return (differenceFen ?? 0) > 0
    ? more(money(expectedFen), value)
    : less(money(expectedFen), value)
}

/** Whether it has coupons of which somebody has to say something. */
export function isDiffering(receipt: TillReceipt): receipt is Differing {
  return receipt.coupons?.state === 'differs'
}

/** The word where the coupons of a receipt turned out to differ or to be gone; null where none did. */
export function couponNews(
  before: readonly TillReceipt[] | null,
  after: readonly TillReceipt[],
): CashierState['message'] {
  const stateBefore = (id: string) =>
    before?.find(({ receiptId }) => receiptId === id)?.coupons?.state
  const found = after.find(
    ({ receiptId, coupons }) =>
      before !== null &&
      (coupons?.state === 'differs' || coupons?.state === 'gone') &&
      stateBefore(receiptId) !== coupons.state,
  )
  if (found === undefined) return null
  if (isDiffering(found))
    return { tone: 'bad', text: strings.coupons.differs(differenceWords(found)) }
  return { tone: 'bad', text: strings.coupons.gone(money(found.coupons?.offFen ?? fen(0))) }
}

function settle(state: CashierState, panel: SettlePanel, isUsed: boolean): Step {
  const receipt = receiptToSettle(state)
  if (receipt === null || panel.busySeq !== null) return [state, []]
  const seq = state.lastSeq + 1
  const { reservationId } = receipt.coupons
  return [
    { ...state, lastSeq: seq, settle: { ...panel, busySeq: seq, problem: null } },
    [{ do: 'coupons_settle', seq, reservationId, isUsed }],
  ]
}

function differing(receipts: readonly TillReceipt[] | null): Differing[] {
  return (receipts ?? []).filter(isDiffering)
}
