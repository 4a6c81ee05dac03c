import { describe, expect, it } from '@jest/globals'
import type { CashierHold, CashierMember, TillReceipt } from '@huike/shared/contracts/cashier'
import type { SpendingQuote } from '@huike/shared/contracts/spending'
import { memberNoFrom } from '@huike/shared/member-code'
import { outcomeSentence } from '@huike/shared/outcomes'
import { epochMs, fen, points } from '@huike/shared/quantities'
import { initialState, type Action, type CashierState, type Command, type Key } from './model.js'
import { reduce } from './reducer.js'
import { AMOUNT_SETTLE_MS, holdMinutes } from './spending.js'
import { strings } from './strings.js'
import { willUndo } from './undo.js'

const NOW_MS = 1_772_700_000_000
const MINUTE_MS = 60_000
const SLOW_MS = 180
const SCANNER_MS = 12
const MEMBER_CODE = `68${memberNoFrom('00000012345')}87654321`
const PAYMENT_CODE = '134567890123456789'
const MEMBER = { memberId: 'M1', phoneMasked: '138****5678' } as CashierMember
const OTHER = { memberId: 'M2', phoneMasked: '139****0000' } as CashierMember
const NOTICE = { policyVersion: '1', text: '告知', textSha256: 'a'.repeat(64) }

const QUOTE: SpendingQuote = {
  ...{ spendablePoints: points(1_250), mostPoints: points(600), mostFen: fen(600) },
  ...{ leastPoints: points(100), stepPoints: points(100), why: null },
}
const NONE: SpendingQuote = {
  ...{ ...QUOTE, mostPoints: points(0), mostFen: fen(0) },
  why: '满 ¥50.00 才可使用积分',
}

function holdOf(count: number, changes: Partial<CashierHold> = {}): CashierHold {
  return {
    ...{ holdId: `H${String(count)}` as never, memberId: MEMBER.memberId },
    ...{ points: points(count), valueFen: fen(count), orderFen: fen(1_280) },
    deadlineAtMs: epochMs(NOW_MS + 30 * MINUTE_MS),
    ...changes,
  }
}

function receiptOf(changes: Partial<TillReceipt> = {}): TillReceipt {
  return {
    ...{
      receiptId: 'R1' as never,
      kind: 'sale',
      receiptNo: null,
      businessDate: '2026-03-05' as never,
    },
    ...{ minute: '17:58', totalFen: fen(680), lineCount: 1, text: '', state: 'settled' },
    ...{ confirmReason: null, member: null, points: null, spent: null, undoUntilMs: null },
    ...{ kept: null, coupons: null },
    capturedAtMs: epochMs(NOW_MS),
    ...changes,
  }
}

describe('the panel of points as cash', () => {
  it('asks by itself once the amount is typed, and proposes the most', () => {
    const till = new Page().open()
    till.type('12.80')
    expect(till.asked()).toEqual([])
    till.silence()
    expect(till.asked()).toEqual([{ do: 'quote', seq: 1, memberId: 'M1', orderFen: 1_280 }])
    till.quoted()
    expect(till.spend()).toMatchObject({ pointsText: '600', field: 'amount', problem: null })
  })

  it('asks at once on Enter, and sets aside on the next', () => {
    const till = new Page().open()
    till.type('12.8')
    till.press('enter')
    till.press('enter')
    till.silence()
    expect(till.asked()).toHaveLength(1)
    till.quoted()
    till.press('enter')
    till.press('enter')
    expect(till.asked().slice(1)).toEqual([
      { do: 'hold', seq: 2, memberId: 'M1', orderFen: 1_280, points: 600 },
    ])
    till.held(holdOf(600))
    expect(till.state).toMatchObject({ spend: null, desk: { hold: { points: 600 } } })
    expect(till.state.message?.text).toBe('已预留 600 分，请在收银机上优惠 ¥6.00')
  })

  it('takes other points, the first digit in place of those proposed', () => {
    const till = new Page().quotedFor('12.80')
    till.press('down')
    till.type('350')
    till.press('enter')
    expect(till.spend()?.problem).toBe('请输入 100 到 600 之间的积分，应是 100 的倍数')
    till.press('backspace')
    till.press('backspace')
    till.type('00')
    till.press('enter')
    expect(till.asked().at(-1)).toMatchObject({ do: 'hold', points: 300 })
  })

  it('asks anew for another amount, and drops the answer to the one before', () => {
    const till = new Page().open()
    till.type('12')
    till.silence()
    till.type('8')
    till.quoted({}, 1)
    expect(till.spend()).toMatchObject({
      amountText: '128',
      pointsText: '',
      quote: { kind: 'none' },
    })
    till.silence()
    expect(till.asked().at(-1)).toMatchObject({ do: 'quote', orderFen: 12_800 })
  })

  it.each([
    ['nothing', '', strings.spend.needAmount],
    ['nothing worth paying', '0.00', strings.spend.needAmount],
  ])('asks for an amount where there is %s', (_title, text, problem) => {
    const till = new Page().open()
    till.type(text)
    till.silence()
    till.press('enter')
    expect(till.asked()).toEqual([])
    expect(till.spend()?.problem).toBe(problem)
  })

  it('says in the words of the server why none may be spent, and why it refused', () => {
    const till = new Page().open()
    till.type('12.80')
    till.silence()
    till.quoted(NONE)
    till.press('enter')
    expect(till.spend()?.problem).toBe(strings.spend.none)
    expect(till.spend()?.quote).toMatchObject({ quote: { why: '满 ¥50.00 才可使用积分' } })
    const refused = new Page().quotedFor('12.80')
    refused.press('enter')
    refused.act({ type: 'spend_failed', seq: 2, sentence: '可用积分不足：现有 99 分可用' })
    expect(refused.spend()).toMatchObject({
      busySeq: null,
      problem: '可用积分不足：现有 99 分可用',
    })
    refused.press('enter')
    expect(refused.asked().at(-1)).toMatchObject({ do: 'hold', points: 600 })
  })

  it('says at once that it needs the network, and a member', () => {
    const offline = new Page('offline')
    offline.press('star')
    expect(offline.state.message?.text).toBe(outcomeSentence('spending_offline'))
    expect(offline.spend()).toBeNull()
    const nobody = new Page()
    nobody.press('escape')
    nobody.press('star')
    expect(nobody.state.message?.text).toBe(strings.spend.needsMember)
  })

  it('is left with Esc whatever is under way, and a late answer still counts', () => {
    const till = new Page().quotedFor('12.80')
    till.press('enter')
    till.press('escape')
    expect(till.spend()).toBeNull()
    till.held(holdOf(600))
    expect(till.state.desk).toMatchObject({ hold: { points: 600 } })
  })
})

describe('a scanner in the panel', () => {
  it('brings the member of a code, and goes on with the same amount', () => {
    const till = new Page().quotedFor('12.80')
    till.type(MEMBER_CODE, SCANNER_MS)
    expect(till.asked().at(-1)).toMatchObject({ do: 'lookup', input: MEMBER_CODE })
    till.type('138')
    expect(till.state.entry).toBe('138')
    till.answer(MEMBER)
    expect(till.spend()).toMatchObject({ amountText: '12.80', quote: { kind: 'asking' } })
    expect(till.asked().at(-1)).toMatchObject({ do: 'quote', memberId: 'M1', orderFen: 1_280 })
  })

  it('closes the panel where the code is nobody’s', () => {
    const till = new Page().quotedFor('12.80')
    till.type(MEMBER_CODE, SCANNER_MS)
    till.act({ type: 'lookup_failed', seq: till.state.lastSeq, sentence: '会员码已过期' })
    expect(till.state).toMatchObject({ spend: null, desk: { kind: 'failed' } })
  })

  it.each(['enter', null] as const)('never makes an amount of a payment code (%s)', (end) => {
    const till = new Page().open()
    till.type('12.5')
    till.wait(SLOW_MS)
    till.type(PAYMENT_CODE, SCANNER_MS)
    if (end) till.press(end)
    else till.silence()
    expect(till.spend()).toMatchObject({
      amountText: '12.5',
      problem: strings.confirm.looksScanned,
    })
    expect(till.asked()).toEqual([])
  })
})

describe('points set aside', () => {
  it('are given back by a key, and asked for anew in their place', () => {
    const till = new Page('online', holdOf(600))
    till.press('minus')
    expect(till.asked()).toEqual([])
    till.press('star')
    till.press('minus')
    till.press('minus')
    expect(till.asked()).toEqual([{ do: 'release', seq: 1, holdId: 'H600' }])
    till.act({ type: 'released', seq: 1, holdId: 'H600', isBack: true })
    expect(till.state).toMatchObject({ spend: null, desk: { hold: null } })
    expect(till.state.message?.text).toBe(strings.spend.released)
  })

  it('can be given back without a network, which is said', () => {
    const till = new Page('offline', holdOf(600))
    till.press('star')
    till.press('minus')
    till.act({ type: 'released', seq: 1, holdId: 'H600', isBack: false })
    expect(till.state.message).toEqual({ tone: 'warn', text: strings.spend.releasedLater })
  })

  it('stay where the next customer is looked up, which is said, and wait for their member', () => {
    const till = new Page('online', holdOf(600))
    till.type('13900000000')
    till.press('enter')
    expect(till.state.message?.text).toMatch(
      /^138\*\*\*\*5678 预留的 600 分还留着，没有用到会在 \d\d:\d\d 自动退回$/,
    )
    till.answer(OTHER)
    expect(till.state.desk).toMatchObject({ member: OTHER, hold: null })
    expect(till.asked().map((one) => one.do)).toEqual(['lookup'])
    till.type('13812345678')
    till.press('enter')
    till.answer(MEMBER, holdOf(600))
    expect(till.state.desk).toMatchObject({ member: MEMBER, hold: { points: 600 } })
  })

  it('are told of where the answer comes for the customer before', () => {
    const till = new Page().quotedFor('12.80')
    till.press('enter')
    till.press('escape')
    till.press('escape')
    till.held(holdOf(600))
    expect(till.state.message?.text).toBe(strings.spend.heldForAnother('600', '¥6.00'))
    expect(till.state.desk.kind).toBe('idle')
  })

  it('count down in whole minutes to their end', () => {
    const hold = holdOf(600)
    expect(holdMinutes(hold, NOW_MS)).toBe(30)
    expect(holdMinutes(hold, hold.deadlineAtMs - 1)).toBe(1)
    expect(holdMinutes(hold, hold.deadlineAtMs)).toBe(0)
  })

  it('are nobody’s on screen once the record turns out to be another', () => {
    const till = new Page('online', holdOf(600))
    till.press('star')
    till.act({ type: 'other_member', insteadOf: MEMBER.memberId, member: OTHER })
    expect(till.state).toMatchObject({ spend: null, desk: { member: OTHER, hold: null } })
  })
})

describe('a receipt paid with points', () => {
  const spent = { holdId: 'H600' as never, points: points(600), valueFen: fen(600), isOwed: false }
  const given = receiptOf({ member: MEMBER, points: points(6), spent })

  it('says so with what it took off, and nothing is set aside any more', () => {
    const till = new Page('online', holdOf(600))
    till.act({ type: 'assigned', receipt: given })
    expect(till.state.message).toEqual({
      ...{ tone: 'good', text: '¥6.80 已记给 138****5678，积分 6，抵 600 分 ¥6.00' },
    })
    expect(till.state.desk).toMatchObject({ hold: null })
  })

  it('is warned of where the total shows another discount', () => {
    const till = new Page('online', holdOf(600))
    till.act({ type: 'assigned', receipt: { ...given, totalFen: fen(1_280) } })
    expect(till.state.message).toMatchObject({ tone: 'warn' })
    expect(till.state.message?.text).toContain(strings.spend.wrongTotal('¥6.80'))
  })

  it('says what to do where the points had been given back', () => {
    const till = new Page('online', holdOf(600))
    const owed = { ...given, spent: { ...spent, isOwed: true } }
    till.act({ type: 'receipts', receipts: [given], atMs: 1 })
    expect(till.state.message).toBeNull()
    till.act({ type: 'receipts', receipts: [owed], atMs: 2 })
    expect(till.state.message).toEqual({ tone: 'bad', text: strings.spend.owed('600', '¥6.00') })
    till.press('escape')
    till.act({ type: 'receipts', receipts: [owed], atMs: 3 })
    expect(till.state.message).toBeNull()
  })

  it('is given again where it named its member by itself, to be paid with the points', () => {
    const till = new Page('online', holdOf(600))
    till.act({ type: 'receipts', receipts: [receiptOf({ member: MEMBER })], atMs: 1 })
    till.press('plus')
    expect(till.asked()).toEqual([{ do: 'assign', receiptId: 'R1', memberId: 'M1' }])
    const without = new Page()
    without.act({ type: 'receipts', receipts: [receiptOf({ member: MEMBER })], atMs: 1 })
    without.press('plus')
    expect(without.state.message?.text).toBe(strings.receipts.alreadyHis)
  })

  it('gives the points back when it is taken back, and says so before', () => {
    expect(willUndo(given)).toBe('撤销：¥6.80 不再记给 138****5678，收回 6 分，退回抵现的 600 分')
    const till = new Page()
    const undoUntilMs = epochMs(NOW_MS + MINUTE_MS)
    till.act({ type: 'receipts', receipts: [{ ...given, undoUntilMs }], atMs: 1 })
    till.press('minus')
    expect(till.asked()).toMatchObject([{ do: 'undo', taken: { spentPoints: 600 } }])
  })
})

/** A page without a browser, with the usual member on the desk. */
class Page {
  state: CashierState
  nowMs = 10_000
  private readonly commands: Command[] = []

  constructor(connection: 'online' | 'offline' = 'online', hold: CashierHold | null = null) {
    const aside = { hold, reservation: null }
    const desk = { kind: 'known' as const, member: MEMBER, registered: 'no' as const, ...aside }
    const till = { connection, timeZone: 'Asia/Shanghai' } as never
    this.state = { ...initialState, till, desk, receipts: [], nowMs: NOW_MS }
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
  type(text: string, gapMs = SLOW_MS): void {
    for (const digit of text) {
      this.wait(gapMs)
      const key: Key = digit === '.' ? { name: 'dot' } : { name: 'digit', digit }
      this.act({ type: 'key', key, atMs: this.nowMs })
    }
  }
  open(): this {
    this.press('star')
    return this
  }
  silence(): void {
    this.wait(AMOUNT_SETTLE_MS)
    this.act({ type: 'amount_silence', atMs: this.nowMs })
  }
  quoted(changes: Partial<SpendingQuote> = {}, seq = this.state.lastSeq): void {
    const orderFen = fen(1_280)
    this.act({ type: 'quoted', seq, orderFen, quote: { ...QUOTE, ...changes } })
  }
  quotedFor(amount: string): this {
    this.open().type(amount)
    this.silence()
    this.quoted()
    return this
  }
  held(hold: CashierHold): void {
    this.act({ type: 'held', seq: this.state.lastSeq, memberId: hold.memberId, hold })
  }
  answer(member: CashierMember, hold: CashierHold | null = null): void {
    const aside = { hold, reservation: null }
    const answer = { result: 'known' as const, member, ...aside, notice: NOTICE }
    this.act({ type: 'lookup_answered', seq: this.state.lastSeq, answer, atMs: this.nowMs })
  }
  spend() {
    return this.state.spend
  }
  /** What was asked of the agent. */
  asked(): Command[] {
    return this.commands.filter((one) => !one.do.startsWith('wait_for_'))
  }
}
