import { describe, expect, it } from '@jest/globals'
import type { CashierMember, TillReceipt } from '@huike/shared/contracts/cashier'
import type { MemberId } from '@huike/shared/ids'
import { epochMs, fen, points } from '@huike/shared/quantities'
import { initialState, type Action, type CashierState, type Command, type Key } from './model.js'
import { ROWS_STEADY_MS } from './receipts.js'
import { reduce } from './reducer.js'
import { strings } from './strings.js'

const NOON_MS = Date.UTC(2026, 5, 3, 4, 0)
const MEMBER = sampleMember()
const OTHER = { memberId: '01JX0000000000000000000002', phoneMasked: '139****0000' } as never
const FIRST = sampleReceipt()
const SECOND = sampleReceipt({ receiptId: id('B'), totalFen: fen(3_500), receiptNo: '0041' })
const DOUBTFUL = sampleReceipt({
  receiptId: id('C'),
  totalFen: null,
  state: 'needs_confirm',
  confirmReason: '有两个合计',
})
const LATE_MS = 60_000

describe('giving a receipt to the member on screen', () => {
  it('gives the one whose key was pressed, once', () => {
    const [state, commands] = run(serving([FIRST, SECOND]), press(2), press(2))
    expect(commands).toEqual([
      { do: 'assign', receiptId: SECOND.receiptId, memberId: MEMBER.memberId },
    ])
    const given = { ...SECOND, member: MEMBER, points: points(35) }
    const [after] = run(state, { type: 'assigned', receipt: given })
    expect(after.message?.text).toBe('¥35.00 已记给 138****5678，积分 35')
    expect(after.busyIds).toEqual([])
  })

  it('gives the newest on +', () => {
    const [, commands] = run(serving([FIRST, SECOND]), { ...key({ name: 'plus' }) })
    expect(commands[0]).toMatchObject({ do: 'assign', receiptId: FIRST.receiptId })
  })

  it('never gives one on a digit: every phone number begins with 1', () => {
    const [state, commands] = run(serving([FIRST]), key({ name: 'digit', digit: '1' }))
    expect(commands).toEqual([])
    expect(state.entry).toBe('1')
  })

  it.each<[string, TillReceipt, string]>([
    ['of another member', { ...FIRST, member: OTHER }, strings.receipts.claimed('139****0000')],
    ['he already has', { ...FIRST, member: MEMBER }, strings.receipts.alreadyHis],
    ['in conflict', { ...FIRST, state: 'conflict' }, strings.receipts.conflict],
  ])('refuses one %s and says why', (_title, receipt, sentence) => {
    const [state, commands] = run(serving([receipt]), press(1))
    expect(commands).toEqual([])
    expect(state.message?.text).toBe(sentence)
  })

  it('asks for a member first', () => {
    const [state] = run({ ...initialState, receipts: [FIRST] }, press(1))
    expect(state.message?.text).toBe(strings.receipts.needsMember)
  })

  it('holds back when the rows moved under the finger', () => {
    const moved: Action = { type: 'receipts', receipts: [SECOND, FIRST], atMs: LATE_MS - 100 }
    const [state, commands] = run(serving([FIRST]), moved, press(1))
    expect(commands).toEqual([])
    expect(state.message?.text).toBe(strings.receipts.rowsMoved)
    const [, later] = run(state, press(1, LATE_MS + ROWS_STEADY_MS))
    expect(later[0]).toMatchObject({ receiptId: SECOND.receiptId })
  })

  it('tells the sentence of a refusal and lets the key work again', () => {
    const [state] = run(serving([FIRST]), press(1))
    const sentence = '这张小票已记在另一位会员名下'
    const [after, commands] = run(
      state,
      { type: 'receipt_failed', receiptId: FIRST.receiptId, sentence },
      press(1),
    )
    expect(after.busyIds).toEqual([FIRST.receiptId])
    expect(commands).toHaveLength(1)
  })
})

describe('confirming a doubtful receipt', () => {
  it('starts with no amount and no kind, and wants both', () => {
    const [open] = run(serving([DOUBTFUL]), press(1))
    expect(open.confirm).toMatchObject({ amountText: '', decision: null })
    const [noAmount, none] = run(open, key({ name: 'plus' }), key({ name: 'enter' }))
    expect(noAmount.confirm?.problem).toBe(strings.confirm.needAmount)
    const [noKind, nothing] = run(open, ...typed('128'), key({ name: 'enter' }))
    expect(noKind.confirm?.problem).toBe(strings.confirm.needKind)
    expect([...none, ...nothing]).toEqual([])
  })

  it('sends amount and kind, then gives the receipt to the member on screen', () => {
    const [state, commands] = run(
      serving([DOUBTFUL]),
      press(1),
      ...typed('128'),
      key({ name: 'dot' }),
      ...typed('5'),
      key({ name: 'plus' }),
      key({ name: 'enter' }),
      key({ name: 'enter' }),
    )
    expect(commands).toEqual([
      {
        do: 'confirm',
        receiptId: DOUBTFUL.receiptId,
        body: { decision: 'sale', totalFen: 12_850 },
        memberId: MEMBER.memberId,
      },
    ])
    const receipt = { ...DOUBTFUL, state: 'waiting' as const, totalFen: fen(12_850) }
    const memberId = MEMBER.memberId
    const [after, then] = run(state, { type: 'confirmed', receipt, decision: 'sale', memberId })
    expect(after.confirm).toBeNull()
    expect(then).toEqual([{ do: 'assign', receiptId: DOUBTFUL.receiptId, memberId }])
  })

  it('drops what is no receipt without an amount', () => {
    const [state, commands] = run(
      serving([DOUBTFUL, FIRST]),
      press(1),
      key({ name: 'star' }),
      key({ name: 'enter' }),
    )
    expect(commands[0]).toMatchObject({ body: { decision: 'not_a_receipt' }, memberId: null })
    const [after] = run(state, {
      type: 'confirmed',
      receipt: DOUBTFUL,
      decision: 'not_a_receipt',
      memberId: null,
    })
    expect(after.receipts).toEqual([FIRST])
  })

  it.each(['134567890123456789', '13812345678'])('never takes a scan (%s) for money', (scan) => {
    const [state, commands] = run(
      serving([DOUBTFUL]),
      press(1),
      ...typed('12'),
      key({ name: 'plus' }),
      ...typed(scan, LATE_MS + 5_000, 10),
      key({ name: 'enter' }, LATE_MS + 5_500),
    )
    expect(commands).toEqual([])
    expect(state.confirm).toMatchObject({
      amountText: '12',
      problem: strings.confirm.looksScanned,
    })
  })

  it('takes at most two decimals', () => {
    const [state] = run(
      serving([DOUBTFUL]),
      press(1),
      key({ name: 'dot' }),
      ...typed('9'),
      key({ name: 'dot' }),
      ...typed('999'),
    )
    expect(state.confirm?.amountText).toBe('9.99')
  })

  it('stays open with the sentence when the agent refuses', () => {
    const [state] = run(serving([DOUBTFUL]), press(1), {
      type: 'receipt_failed',
      receiptId: DOUBTFUL.receiptId,
      sentence: '系统繁忙，请稍后再试',
    })
    expect(state.confirm?.problem).toBe('系统繁忙，请稍后再试')
  })
})

describe('reading a receipt', () => {
  it('turns through the rows and gives the one on screen with Enter', () => {
    const down = key({ name: 'down' })
    const [state] = run(serving([FIRST, SECOND]), down, down, down)
    expect(state.viewerId).toBe(SECOND.receiptId)
    const [, commands] = run(state, key({ name: 'enter' }))
    expect(commands).toEqual([
      { do: 'assign', receiptId: SECOND.receiptId, memberId: MEMBER.memberId },
    ])
  })

  it('closes with Esc and leaves the customer where he is', () => {
    const [state] = run(serving([FIRST]), key({ name: 'down' }), key({ name: 'escape' }))
    expect(state).toMatchObject({ viewerId: null, desk: { kind: 'known' } })
  })

  it('closes when its receipt leaves the list', () => {
    const [state] = run(serving([FIRST]), key({ name: 'down' }), {
      type: 'receipts',
      receipts: [SECOND],
      atMs: LATE_MS,
    })
    expect(state.viewerId).toBeNull()
  })
})

function serving(receipts: readonly TillReceipt[]): CashierState {
  return {
    ...initialState,
    receipts,
    desk: { kind: 'known', member: MEMBER, registered: 'no', hold: null, reservation: null },
  }
}

function run(state: CashierState, ...actions: Action[]): [CashierState, Command[]] {
  const all: Command[] = []
  let now = state
  for (const action of actions) {
    const [next, commands] = reduce(now, action)
    now = next
    all.push(...commands)
  }
  return [now, all]
}

function key(pressed: Key, atMs = LATE_MS): Action {
  return { type: 'key', key: pressed, atMs }
}

function press(position: number, atMs = LATE_MS): Action {
  return key({ name: 'receipt', position }, atMs)
}

function typed(digits: string, fromMs = LATE_MS, gapMs = 200): Action[] {
  return digits.split('').map((digit, at) => key({ name: 'digit', digit }, fromMs + at * gapMs))
}

function id(last: string): TillReceipt['receiptId'] {
  return `01JX000000000000000000000${last}` as TillReceipt['receiptId']
}

/** A member as the server answers one. */
function sampleMember(changes: Partial<CashierMember> = {}): CashierMember {
  return {
    memberId: '01JX0000000000000000000001' as MemberId,
    memberNo: '000000123450',
    phoneMasked: '138****5678',
    state: 'active',
    levelName: '金卡',
    balancePoints: points(1_280),
    pending: null,
    lastVisitDate: null,
    nameMasked: null,
    ...{ hints: [], offers: [], waitingPickups: 0 },
    purchaseCount: 3,
    asOfMs: epochMs(NOON_MS),
    source: 'server',
    ...changes,
  }
}

/** A receipt nobody has claimed. */
function sampleReceipt(changes: Partial<TillReceipt> = {}): TillReceipt {
  return {
    receiptId: '01JX000000000000000000000A' as TillReceipt['receiptId'],
    kind: 'sale',
    receiptNo: '0042',
    businessDate: '2026-06-03' as TillReceipt['businessDate'],
    minute: '12:00',
    totalFen: fen(12_800),
    lineCount: 3,
    text: '合计 128.00',
    state: 'settled',
    confirmReason: null,
    member: null,
    points: null,
    spent: null,
    kept: null,
    coupons: null,
    undoUntilMs: null,
    capturedAtMs: epochMs(NOON_MS),
    ...changes,
  }
}
