import { describe, expect, it } from '@jest/globals'
import type {
  CashierMember,
  CashierRefundAnswer,
  TillReceipt,
} from '@huike/shared/contracts/cashier'
import { memberNoFrom } from '@huike/shared/member-code'
import { outcomeSentence } from '@huike/shared/outcomes'
import { epochMs, fen, points } from '@huike/shared/quantities'
import {
  initialState,
  type Action,
  type CashierState,
  type Command,
  type Key,
  type RefundCommand,
} from './model.js'
import { reduce } from './reducer.js'
import { keptWords, REFUND_SETTLE_MS } from './refund.js'
import { strings } from './strings.js'

const NOW_MS = 1_772_700_000_000
const SLOW_MS = 180
const SCANNER_MS = 12
const MEMBER_CODE = `68${memberNoFrom('00000012345')}87654321`
const PAYMENT_CODE = '134567890123456789'
const MEMBER = { memberId: 'M1', phoneMasked: '138****5678' } as CashierMember
const words = strings.refund

function receiptOf(n: number, changes: Partial<TillReceipt> = {}): TillReceipt {
  return {
    ...{ receiptId: `R${String(n)}` as never, kind: 'sale', receiptNo: `000${String(n)}` },
    ...{ businessDate: '2026-03-05' as never, minute: '17:58', totalFen: fen(n * 100) },
    ...{ lineCount: 1, text: '', state: 'settled', confirmReason: null, member: null },
    ...{ points: null, spent: null, kept: null, coupons: null, undoUntilMs: null },
    capturedAtMs: epochMs(NOW_MS),
    ...changes,
  }
}

function answerOf(changes: Partial<CashierRefundAnswer['preview']> = {}): CashierRefundAnswer {
  return {
    ...{ refundId: 'X1' as never, phoneMasked: MEMBER.phoneMasked },
    preview: {
      ...{ memberId: MEMBER.memberId, businessDate: '2026-03-05' as never },
      ...{ saleFen: fen(50_000), refundedFen: fen(0), refundFen: fen(50_000) },
      ...{ takenPoints: points(500), returnedPoints: points(0), missingPoints: points(0) },
      ...{ policy: 'negative', keptBackFen: fen(0), balanceAfterPoints: points(0), words: '' },
      ...changes,
    },
  }
}

describe('the panel of a refund', () => {
  it('takes a receipt by its key, and asks at once what all of it would do', () => {
    const till = new Page().open()
    till.choose(2)
    expect(till.asked()).toEqual([
      { do: 'preview_refund', seq: 1, receiptNo: '0002', refundFen: null },
    ])
    expect(till.refund()).toMatchObject({ field: 'amount', shown: { kind: 'asking' } })
    till.shown()
    till.press('enter')
    till.press('enter')
    expect(till.asked().slice(1)).toEqual([{ do: 'confirm_refund', seq: 2, refundId: 'X1' }])
    till.confirmed()
    expect(till.state).toMatchObject({ refund: null, message: { tone: 'good' } })
    expect(till.state.message?.text).toBe('请在收银机上退 ¥500.00，打出退货小票后积分自动处理')
  })

  it('says what to pay out where money is kept back', () => {
    const till = new Page().open()
    till.choose(1)
    till.shown({ keptBackFen: fen(485) })
    till.press('enter')
    till.confirmed(485)
    expect(till.state.message).toEqual({
      ...{ tone: 'warn', text: '请在收银机上退 ¥500.00，少退 ¥4.85，给顾客现金 ¥495.15' },
    })
    expect(till.refund()?.shown).toMatchObject({ kind: 'keeping', refundFen: 50_000, keptFen: 485 })
  })

  it('stays with what to pay out until the next key, which does what it does', () => {
    const keeping = () => {
      const till = new Page().open()
      till.choose(1)
      till.shown()
      till.press('enter')
      till.confirmed(485)
      return till
    }
    const [typing, leaving, regretting] = [keeping(), keeping(), keeping()]
    regretting.press('minus')
    expect(regretting.refund()).toBeNull()
    expect(regretting.asked().at(-1)).toMatchObject({ do: 'withdraw_refund', refundId: 'X1' })
    for (const [isWithdrawn, text] of [
      [true, '已取消少退现金：要退就在收银机上退 ¥500.00，全额给顾客'],
      [false, words.notWithdrawn],
    ] as const) {
      regretting.act({ type: 'refund_withdrawn', refundFen: fen(50_000), isWithdrawn })
      expect(regretting.state.message?.text).toBe(text)
    }
    typing.type('1')
    expect(typing.state).toMatchObject({ refund: null, entry: '1' })
    leaving.press('enter')
    expect(leaving.state).toMatchObject({ refund: null, entry: '' })
    expect(leaving.asked()).toHaveLength(2)
  })

  it('takes a number that is typed, also in place of a receipt that was chosen', () => {
    const till = new Page().open()
    till.press('down')
    expect(till.refund()).toMatchObject({ receiptId: 'R1', numberText: '0001' })
    till.type('2026')
    till.press('minus')
    till.type('07')
    expect(till.refund()).toMatchObject({ receiptId: null, numberText: '2026-07' })
    till.press('enter')
    expect(till.asked()).toMatchObject([{ receiptNo: '2026-07', refundFen: null }])
  })

  it('asks for a part of it once that is typed, and drops the answer to the whole', () => {
    const till = new Page().open()
    till.choose(1)
    till.type('12.5')
    till.shown({}, 1, null)
    expect(till.refund()?.shown).toEqual({ kind: 'none' })
    till.silence()
    expect(till.asked().at(-1)).toMatchObject({ receiptNo: '0001', refundFen: 1_250 })
    till.shown({}, till.state.lastSeq, 1_250)
    till.press('enter')
    expect(till.asked().at(-1)).toMatchObject({ do: 'confirm_refund' })
  })

  it.each([
    ['nothing at all', '0', words.needAmount],
    ['nothing in fen', '0.00', words.needAmount],
    ['a dot', '.', null],
  ])('refunds no amount of %s', (_title, text, problem) => {
    const till = new Page().open()
    till.choose(1)
    till.shown()
    till.type(text)
    till.silence()
    till.press('enter')
    expect(till.refund()?.problem).toBe(problem)
    const asked = till.asked().map((one) => one.do)
    expect(asked).toEqual(
      problem === null ? ['preview_refund', 'confirm_refund'] : ['preview_refund'],
    )
  })

  it('takes no half of a fen and nothing below zero', () => {
    const till = new Page().open()
    till.choose(1)
    till.press('minus')
    till.type('1.255')
    expect(till.refund()).toMatchObject({ amountText: '1.25' })
  })

  it.each<[string, Partial<TillReceipt>, string]>([
    ['a refund itself', { kind: 'refund' }, words.isRefund],
    ['in doubt', { state: 'needs_confirm', totalFen: null }, words.needsConfirm],
    ['another under its number', { state: 'conflict' }, strings.receipts.conflict],
    ['without a number', { receiptNo: null }, words.noNumber],
  ])('says why not where the receipt is %s', (_title, changes, problem) => {
    const till = new Page([receiptOf(1, changes)]).open()
    till.choose(1)
    expect(till.refund()).toMatchObject({ field: 'receipt', problem })
    expect(till.asked()).toEqual([])
  })

  it('says what is missing where nothing is chosen, or there is nothing to choose', () => {
    const till = new Page([]).open()
    till.press('enter')
    expect(till.refund()?.problem).toBe(words.needNumber)
    till.choose(3)
    expect(till.refund()?.problem).toBe('没有第 3 张小票')
    till.press('plus')
    expect(till.refund()?.problem).toBe(words.noSales)
    till.press('down')
    expect(till.refund()).toMatchObject({ receiptId: null, numberText: '' })
  })

  it('begins on the receipt whose text is open, or on the last of the member on screen', () => {
    const viewing = new Page()
    viewing.act({ type: 'view', receiptId: 'R2' })
    viewing.press('dot')
    expect(viewing.asked()).toMatchObject([{ receiptNo: '0002' }])
    const theirs = [receiptOf(1), receiptOf(2, { member: MEMBER }), receiptOf(3)]
    const serving = new Page(theirs, { member: MEMBER }).open()
    expect(serving.refund()).toMatchObject({ field: 'receipt', receiptId: 'R2' })
    serving.press('plus')
    expect(serving.asked()).toMatchObject([{ receiptNo: '0001' }])
  })

  it('goes through the receipts by the arrows, and back to them from the amount', () => {
    const till = new Page().open()
    for (const key of ['down', 'down', 'down', 'up'] as const) till.press(key)
    till.press('enter')
    expect(till.asked()).toMatchObject([{ receiptNo: '0001' }])
    till.press('up')
    till.shown()
    expect(till.refund()).toMatchObject({ field: 'receipt', shown: { kind: 'none' } })
  })
})

describe('a refund that cannot be told of', () => {
  it('is refused without a network at once, with what to do', () => {
    const till = new Page(undefined, { connection: 'offline' })
    till.press('dot')
    expect(till.state).toMatchObject({ refund: null, message: { tone: 'warn' } })
    expect(till.state.message?.text).toBe(outcomeSentence('refund_offline'))
  })

  it('keeps the number to be mended, so that the next digits are no amount', () => {
    const till = new Page().open()
    till.type('77')
    till.press('enter')
    till.failed('没有找到')
    expect(till.refund()).toMatchObject({ field: 'receipt', problem: '没有找到' })
    till.press('backspace')
    till.type('8')
    expect(till.refund()).toMatchObject({ numberText: '78', amountText: '', problem: null })
  })

  it('keeps the amount where that was too much', () => {
    const till = new Page().open()
    till.choose(1)
    till.shown()
    till.type('600')
    till.press('enter')
    till.failed('最多还能退 ¥500.00')
    expect(till.refund()).toMatchObject({ field: 'amount', amountText: '600' })
    till.press('enter')
    expect(till.asked().at(-1)).toMatchObject({ do: 'preview_refund', refundFen: 60_000 })
  })

  it('is asked for again by Enter where it was read too long ago', () => {
    const till = new Page().open()
    till.choose(1)
    till.shown()
    till.press('enter')
    till.failed(outcomeSentence('refund_stale'))
    expect(till.refund()).toMatchObject({ busySeq: null, shown: { kind: 'none' } })
    till.press('enter')
    expect(till.asked().at(-1)).toMatchObject({ do: 'preview_refund', refundFen: null })
  })

  it('is left with Esc whatever is under way, and what was confirmed is still told', () => {
    const till = new Page().open()
    till.choose(1)
    till.press('escape')
    till.failed(outcomeSentence('refund_offline'))
    till.shown()
    expect(till.state).toMatchObject({ refund: null, message: null })
    till.open()
    till.choose(1)
    till.shown()
    till.press('enter')
    till.press('escape')
    till.confirmed(485)
    expect(till.state.message?.text).toContain('少退 ¥4.85')
    till.failed(outcomeSentence('busy'))
    expect(till.state.message).toEqual({ tone: 'bad', text: outcomeSentence('busy') })
    till.type('139')
    expect(till.state.entry).toBe('139')
  })
})

describe('a scanner in the panel of a refund', () => {
  it('brings the member of a code', () => {
    const till = new Page().open()
    till.type(MEMBER_CODE, SCANNER_MS)
    expect(till.asked()).toMatchObject([{ do: 'lookup', input: MEMBER_CODE }])
    expect(till.refund()).toBeNull()
  })

  it('reads the number of a receipt', () => {
    const till = new Page().open()
    till.type('20260603001234567', SCANNER_MS)
    till.press('enter')
    expect(till.asked()).toMatchObject([{ receiptNo: '20260603001234567' }])
  })

  it.each(['enter', null] as const)('never makes an amount of a payment code (%s)', (end) => {
    const till = new Page().open()
    till.choose(1)
    till.shown()
    till.type('12.5')
    till.wait(SLOW_MS)
    till.type(PAYMENT_CODE, SCANNER_MS)
    if (end) till.press(end)
    else till.silence()
    expect(till.refund()).toMatchObject({
      ...{ amountText: '12.5', problem: strings.confirm.looksScanned },
    })
    expect(till.asked()).toHaveLength(1)
  })
})

it.each<[string, Partial<NonNullable<TillReceipt['kept']>>, string]>([
  ['waits', { state: 'waiting', points: points(0) }, '少退 ¥4.85，待入账'],
  ['is booked', {}, '少退 ¥4.85，补足 485 分'],
  [
    'was more than needed',
    { points: points(85), settledFen: fen(85) },
    '少退 ¥4.85，只要补 85 分，请再给顾客 ¥4.00',
  ],
  ['is refused', { state: 'refused' }, '少退的 ¥4.85 没有入账，请店长处理'],
])('a row says where the money kept back %s', (_title, changes, text) => {
  const kept = { keptFen: fen(485), points: points(485), settledFen: fen(485) }
  expect(keptWords({ state: 'settled', ...kept, ...changes })).toBe(text)
})

/** A page without a browser. */
class Page {
  state: CashierState
  nowMs = 10_000
  private readonly commands: Command[] = []

  constructor(
    receipts: TillReceipt[] = [receiptOf(1), receiptOf(2)],
    { connection = 'online', member }: { connection?: string; member?: CashierMember } = {},
  ) {
    const till = { connection, timeZone: 'Asia/Shanghai' } as never
    const desk: CashierState['desk'] = member
      ? { kind: 'known', member, registered: 'no', hold: null, reservation: null }
      : { kind: 'idle' }
    this.state = { ...initialState, till, desk, receipts, nowMs: NOW_MS }
  }
  act(action: Action): void {
    const [next, commands] = reduce(this.state, action)
    this.state = next
    this.commands.push(...commands)
  }
  wait(ms: number): void {
    this.nowMs += ms
  }
  press(name: Exclude<Key['name'], 'digit' | 'receipt'>): void {
    this.wait(SLOW_MS)
    this.act({ type: 'key', key: { name }, atMs: this.nowMs })
  }
  choose(position: number): void {
    this.wait(SLOW_MS)
    this.act({ type: 'key', key: { name: 'receipt', position }, atMs: this.nowMs })
  }
  type(text: string, gapMs = SLOW_MS): void {
    for (const digit of text) {
      this.wait(gapMs)
      const key: Key = digit === '.' ? { name: 'dot' } : { name: 'digit', digit }
      this.act({ type: 'key', key, atMs: this.nowMs })
    }
  }
  open(): this {
    this.press('dot')
    return this
  }
  silence(): void {
    this.wait(REFUND_SETTLE_MS)
    this.act({ type: 'refund_silence', atMs: this.nowMs })
  }
  shown(
    changes: Parameters<typeof answerOf>[0] = {},
    seq = this.state.lastSeq,
    askedFen: number | null = null,
  ): void {
    this.act({
      ...{ type: 'refund_shown', seq, answer: answerOf(changes) },
      askedFen: askedFen === null ? null : fen(askedFen),
    })
  }
  confirmed(keptFen = 0): void {
    const answer = { refundId: 'X1' as never, refundFen: fen(50_000), keptFen: fen(keptFen) }
    this.act({ type: 'refund_confirmed', seq: this.state.lastSeq, answer })
  }
  /** What was asked for last is refused. */
  failed(sentence: string): void {
    const failed = this.asked().at(-1)?.do as RefundCommand['do']
    this.act({ type: 'refund_failed', seq: this.state.lastSeq, failed, sentence })
  }
  refund() {
    return this.state.refund
  }
  /** What was asked of the agent. */
  asked(): Command[] {
    return this.commands.filter((one) => !one.do.startsWith('wait_for_'))
  }
}
