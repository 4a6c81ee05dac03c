import type { TillReceipt } from '@huike/shared/contracts/cashier'
import { signedMoney } from './format.js'
import { afterEcho, ECHO_MS_MAX, ECHO_PENDING_MS_MAX } from './codes.js'
import type { CashierState, NewText, Step, Tone } from './model.js'
import { strings } from './strings.js'

// Small changes of the state that its larger ones are made of.

/** The row of a receipt as the agent has it now. */
export function withReceipt(state: CashierState, receipt: TillReceipt): CashierState {
  const receipts = (state.receipts ?? []).map((row) =>
    row.receiptId === receipt.receiptId ? receipt : row,
  )
  return { ...state, receipts }
}

/** `¥24.68`, or the words for an amount in doubt. */
export function amountWords(receipt: TillReceipt): string {
  return receipt.totalFen === null ? strings.receipts.amountUnknown : signedMoney(receipt)
}

/** A call about this receipt is under way. */
export function busy(state: CashierState, receiptId: string): CashierState {
  return { ...state, busyIds: [...state.busyIds, receiptId] }
}

export function free(state: CashierState, receiptId: string): CashierState {
  return { ...state, busyIds: state.busyIds.filter((id) => id !== receiptId) }
}

/** The state with a word to the cashier. */
export function say(state: CashierState, tone: Tone, text: string): Step {
  return [{ ...state, message: { tone, text } }, []]
}

/** The state with the number of its next call. */
export function withSeq(state: CashierState): [CashierState, number] {
  const seq = state.lastSeq + 1
  return [{ ...state, lastSeq: seq }, seq]
}

/** The state when a text is only keys that were counted before, once more; else null. */
export function takeEcho(state: CashierState, { typed, atMs }: NewText): CashierState | null {
  const sinceMs = atMs - state.lastDigitAtMs
  const owed = sinceMs < ECHO_PENDING_MS_MAX ? afterEcho(state.owedText, typed ?? '') : null
  if (owed !== null) return { ...state, owedText: owed }
  return sinceMs < ECHO_MS_MAX ? state : null
}
