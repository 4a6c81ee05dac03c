import type { TillReceipt } from '@huike/shared/contracts/cashier'
import { count, money } from './format.js'
import type { Action, CashierState, Step, Taken } from './model.js'
import { amountWords, busy, free, say, withReceipt } from './receipt-rows.js'
import { strings } from './strings.js'

// Taking a receipt back from the member it was given to by mistake: one key, for a minute, and the
// row says beforehand what it takes from whom.

/** A countdown never shows more: the page's clock may be a little behind the agent's. */
const COUNTDOWN_SECONDS_MAX = 60
const SECOND_MS = 1_000

/** Seconds for which the giving may still be taken back; 0 when it may not. */
export function undoSeconds(receipt: TillReceipt, nowMs: number): number {
  if (receipt.undoUntilMs === null || receipt.member === null) return 0
  const seconds = Math.ceil((receipt.undoUntilMs - nowMs) / SECOND_MS)
  return Math.max(0, Math.min(COUNTDOWN_SECONDS_MAX, seconds))
}

/** The receipt that the key takes back: the one given last. */
export function lastGiven(state: Pick<CashierState, 'receipts' | 'nowMs'>): TillReceipt | null {
  return (state.receipts ?? [])
    .filter((receipt) => undoSeconds(receipt, state.nowMs) > 0)
    .reduce<TillReceipt | null>(
      (last, one) => ((last?.undoUntilMs ?? 0) >= (one.undoUntilMs ?? 0) ? last : one),
      null,
    )
}

/** The key: takes back the receipt whose text is open, else the one given last. */
export function undoKey(state: CashierState): Step {
  const shown = state.receipts?.find(({ receiptId }) => receiptId === state.viewerId)
  const receipt = shown ?? lastGiven(state)
  return receipt ? undoReceipt(state, receipt) : say(state, 'info', strings.undo.nothing)
}

/** Takes one receipt back. */
export function undoReceipt(state: CashierState, receipt: TillReceipt): Step {
  if (state.busyIds.includes(receipt.receiptId)) return [state, []]
  if (receipt.member === null || undoSeconds(receipt, state.nowMs) === 0)
    return say(state, 'info', strings.undo.nothing)
  const { receiptId, points, member, spent, coupons } = receipt
  const taken = {
    ...{ phoneMasked: member.phoneMasked, points },
    ...{ spentPoints: spent?.points ?? null, couponFen: coupons?.offFen ?? null },
  }
  return [busy({ ...state, message: null }, receiptId), [{ do: 'undo', receiptId, taken }]]
}

/** It has been taken back. */
export function onUndone(
  state: CashierState,
  { receipt, taken }: Extract<Action, { type: 'undone' }>,
): Step {
  const next = free(withReceipt(state, receipt), receipt.receiptId)
  return say(next, 'good', doneWords(receipt, taken))
}

/** What the key would do, in numbers. */
export function willUndo(receipt: TillReceipt): string {
  const phoneMasked = receipt.member?.phoneMasked ?? ''
  const { will, willPoints } = strings.undo
  const words =
    receipt.points === null
      ? will(amountWords(receipt), phoneMasked)
      : willPoints(amountWords(receipt), phoneMasked, count(receipt.points))
  const couponFen = receipt.coupons?.offFen ?? null
  return words + backWords({ spentPoints: receipt.spent?.points ?? null, couponFen })
}

function doneWords(receipt: TillReceipt, taken: Taken): string {
  const { phoneMasked, points } = taken
  const { done, donePoints } = strings.undo
  const words =
    points === null
      ? done(amountWords(receipt), phoneMasked)
      : donePoints(amountWords(receipt), phoneMasked, count(points))
  return words + backWords(taken)
}

function backWords({ spentPoints, couponFen }: Pick<Taken, 'spentPoints' | 'couponFen'>): string {
  const { spentBack, couponsBack } = strings.undo
  const points = spentPoints === null ? '' : spentBack(count(spentPoints))
  return points + (couponFen === null ? '' : couponsBack(money(couponFen)))
}
