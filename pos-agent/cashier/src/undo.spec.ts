import { describe, expect, it } from '@jest/globals'
import type { TillReceipt } from '@huike/shared/contracts/cashier'
import { epochMs, fen, points } from '@huike/shared/quantities'
import { initialState, type Action, type CashierState, type Command } from './model.js'
import { reduce } from './reducer.js'
import { soundOf } from './sounds.js'
import { lastGiven, undoSeconds } from './undo.js'

const NOW_MS = 1_772_700_000_000
const MINUTE_MS = 60_000

function receipt(n: number, changes: Partial<TillReceipt> = {}): TillReceipt {
  return {
    ...{ receiptId: `01JX${'0'.repeat(21)}${String(n)}` as never, kind: 'sale' },
    ...{ receiptNo: null, businessDate: '2026-03-05' as never, minute: '17:58' },
    ...{ totalFen: fen(n * 100), lineCount: 1, text: '', state: 'settled', confirmReason: null },
    ...{ member: { memberId: 'M' as never, phoneMasked: '138****5678' }, points: points(n) },
    ...{ spent: null, kept: null, coupons: null },
    ...{ undoUntilMs: epochMs(NOW_MS + n * 1_000), capturedAtMs: epochMs(NOW_MS) },
    ...changes,
  }
}

function stateOf(...receipts: TillReceipt[]): CashierState {
  return { ...initialState, receipts, nowMs: NOW_MS }
}

const minus: Action = { type: 'key', key: { name: 'minus' }, atMs: 1 }
const idsOf = (commands: readonly Command[]) =>
  commands.map((command) => ('receiptId' in command ? command.receiptId : command.do))

describe('the countdown', () => {
  it.each([
    ['a minute', MINUTE_MS, 60],
    ['more than a minute, by another clock', 2 * MINUTE_MS, 60],
    ['the last moment', 1, 1],
    ['no time', 0, 0],
    ['the past', -MINUTE_MS, 0],
  ])('shows %s', (_title, leftMs, seconds) => {
    expect(undoSeconds(receipt(1, { undoUntilMs: epochMs(NOW_MS + leftMs) }), NOW_MS)).toBe(seconds)
  })

  it('is of no receipt that is nobody’s, and of none that may not be taken back', () => {
    expect(undoSeconds(receipt(1, { member: null }), NOW_MS)).toBe(0)
    expect(undoSeconds(receipt(1, { undoUntilMs: null }), NOW_MS)).toBe(0)
  })
})

describe('the undo key', () => {
  it('means the receipt given last, wherever it stands', () => {
    const state = stateOf(receipt(2), receipt(9), receipt(5))
    expect(lastGiven(state)?.points).toBe(9)
    const [next, commands] = reduce(state, minus)
    expect(commands).toEqual([
      {
        ...{ do: 'undo', receiptId: receipt(9).receiptId },
        taken: { phoneMasked: '138****5678', points: 9, spentPoints: null, couponFen: null },
      },
    ])
    expect(reduce(next, minus)[1]).toEqual([])
  })

  it('means the receipt whose text is open, and no other', () => {
    const state = { ...stateOf(receipt(2), receipt(9)), viewerId: receipt(2).receiptId }
    expect(idsOf(reduce(state, minus)[1])).toEqual([receipt(2).receiptId])
    const closed = { ...state, receipts: [receipt(2, { undoUntilMs: null }), receipt(9)] }
    expect(reduce(closed, minus)).toMatchObject([{ message: { tone: 'info' } }, []])
  })

  it('decides nothing while an amount is being confirmed', () => {
    const panel = { amountText: '', amountBeforeBurst: '', decision: null, problem: null }
    const state = { ...stateOf(receipt(2)), confirm: { receiptId: 'x', ...panel } }
    expect(reduce(state, minus)).toMatchObject([{ confirm: { decision: 'refund' } }, []])
  })

  it('is told what was taken, though the row has been pushed without it by then', () => {
    const undone = receipt(9, { member: null, points: null, undoUntilMs: null })
    const taken = {
      phoneMasked: '138****5678',
      points: points(9),
      spentPoints: null,
      couponFen: null,
    }
    const [next] = reduce(stateOf(undone), { type: 'undone', receipt: undone, taken })
    expect(next.message).toEqual({
      ...{ tone: 'good', text: '已撤销：¥9.00 不再记给 138****5678，收回 9 分' },
    })
  })
})

describe('what is heard', () => {
  const said = (tone: 'good' | 'info' | 'warn' | 'bad') => ({
    ...initialState,
    message: { tone, text: 'x' },
  })
  it.each([
    ['good news', said('good'), 'good'],
    ['a warning', said('warn'), 'bad'],
    ['a failure', said('bad'), 'bad'],
    ['a hint', said('info'), null],
    ['nothing new', initialState, null],
  ])('of %s', (_title, after, sound) => {
    expect(soundOf(initialState, after)).toBe(sound)
    expect(soundOf(after, after)).toBeNull()
  })

  it('is a member found, and a lookup that failed', () => {
    const known = { ...initialState, desk: { kind: 'known' } as never }
    const failed = { ...initialState, desk: { kind: 'failed' } as never }
    expect(soundOf(initialState, known)).toBe('good')
    expect(soundOf(known, failed)).toBe('bad')
  })
})

describe('text that follows keys', () => {
  const swallowed = (digit: string, atMs: number): Action => ({
    ...{ type: 'key', key: { name: 'digit', digit, isSwallowed: true }, atMs },
  })
  it('is not counted again, however late, and what is pasted counts', () => {
    const [one] = reduce(initialState, swallowed('1', 1_000))
    const [two] = reduce(one, swallowed('3', 1_050))
    const [echoed] = reduce(two, { type: 'text', text: '13１', typed: '１', atMs: 1_500 })
    const [again] = reduce(echoed, { type: 'text', text: '13３', typed: '３', atMs: 1_900 })
    expect(again.entry).toBe('13')
    const [pasted] = reduce(again, { type: 'text', text: '1388', typed: '88', atMs: 2_000 })
    expect(pasted.entry).toBe('1388')
  })
})
