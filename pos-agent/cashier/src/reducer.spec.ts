import { describe, expect, it } from '@jest/globals'
import type { CashierLookupAnswer, CashierMember } from '@huike/shared/contracts/cashier'
import type { MemberId } from '@huike/shared/ids'
import { memberNoFrom } from '@huike/shared/member-code'
import { epochMs, points } from '@huike/shared/quantities'
import { SETTLE_MS } from './codes.js'
import { initialState, type Action, type CashierState, type Command, type Key } from './model.js'
import { NOTICE_SHOWN_MS_MIN, reduce } from './reducer.js'
import { strings } from './strings.js'

const PHONE = '13812345678'
const MEMBER_CODE = `68${memberNoFrom('00000012345')}87654321`
const PAYMENT_CODE = '134567890123456789'
const NOTICE = { policyVersion: '1', text: '告知', textSha256: 'a'.repeat(64) }
const OTHER_ID = '01JX0000000000000000000002' as MemberId
const NOON_MS = Date.UTC(2026, 5, 3, 4, 0)
const SLOW_MS = 180
const SCANNER_MS = 12

describe('typing a phone number', () => {
  it('asks once by itself after the eleventh digit and a short silence', () => {
    const till = new Page()
    till.type(PHONE, SLOW_MS)
    expect(till.asked()).toEqual([])
    till.silence()
    till.silence()
    expect(till.asked()).toEqual([{ do: 'lookup', seq: 1, input: PHONE }])
    expect(till.state.desk.kind).toBe('looking')
    expect(till.state.entry).toBe('')
  })

  it('asks at once on Enter, and only once', () => {
    const till = new Page()
    till.type(PHONE, SLOW_MS)
    till.press('enter')
    till.silence()
    expect(till.asked()).toHaveLength(1)
  })

  it('says how many digits are missing when Enter comes too early', () => {
    const till = new Page()
    till.type('138123', SLOW_MS)
    till.press('enter')
    expect(till.state.message?.text).toBe(strings.entry.missing(5))
  })

  it('keeps a wrong number to be mended, and Esc clears it', () => {
    const till = new Page()
    till.type('12812345678', SLOW_MS)
    till.silence()
    expect(till.state.message?.text).toBe(strings.entry.phoneWrong)
    expect(till.state.entry).toBe('12812345678')
    till.press('escape')
    expect(till.state).toMatchObject({ entry: '', message: null })
    expect(till.asked()).toEqual([])
  })

  it('does not count a key twice when an input method repeats it as text', () => {
    const till = new Page()
    till.type('138', SLOW_MS)
    till.act({ type: 'text', text: '1388', typed: null, atMs: till.nowMs + 5 })
    expect(till.state.entry).toBe('138')
    till.act({ type: 'text', text: '138 1234 5678', typed: null, atMs: till.nowMs + 5_000 })
    expect(till.asked()).toEqual([{ do: 'lookup', seq: 1, input: PHONE }])
  })
})

describe('a scanner', () => {
  it.each([
    ['with Enter', true],
    ['without Enter', false],
  ])('gives a member code %s', (_title, enter) => {
    const till = new Page()
    till.type(MEMBER_CODE, SCANNER_MS)
    if (enter) till.press('enter')
    till.silence()
    expect(till.asked()).toEqual([{ do: 'lookup', seq: 1, input: MEMBER_CODE }])
  })

  it('is understood behind a half-typed number', () => {
    const till = new Page()
    till.type('138', SLOW_MS)
    till.wait(500)
    till.type(MEMBER_CODE, SCANNER_MS)
    till.silence()
    expect(till.asked()).toEqual([{ do: 'lookup', seq: 1, input: MEMBER_CODE }])
  })

  it.each([
    ['with Enter', true],
    ['without Enter', false],
  ])('is told that a payment code %s is none, though it begins like a phone', (_title, enter) => {
    const till = new Page()
    till.type(PAYMENT_CODE, SCANNER_MS)
    if (enter) till.press('enter')
    till.silence()
    expect(till.asked()).toEqual([])
    expect(till.state.message?.text).toBe('这是付款码，不是会员码')
    expect(till.state.entry).toBe('')
  })
})

describe('answers', () => {
  it('shows a known member', () => {
    const till = new Page().looking()
    till.answer({ result: 'known', member: sampleMember(), notice: NOTICE })
    expect(till.state.desk).toMatchObject({ kind: 'known', registered: 'no' })
  })

  it('drops the answer to an older question', () => {
    const till = new Page().looking()
    till.type('13900001111', SLOW_MS)
    till.silence()
    till.answer({ result: 'known', member: sampleMember(), notice: NOTICE }, 1)
    expect(till.state.desk).toMatchObject({ kind: 'looking', seq: 2 })
  })

  it('asks again on Enter after a failure', () => {
    const till = new Page().looking()
    till.act({ type: 'lookup_failed', seq: 1, sentence: '系统繁忙，请稍后再试' })
    till.press('enter')
    expect(till.asked().at(-1)).toEqual({ do: 'lookup', seq: 2, input: PHONE })
  })

  it('never offers to register from a member code', () => {
    const till = new Page()
    till.type(MEMBER_CODE, SCANNER_MS)
    till.answer({ result: 'unknown_offline', member: null, notice: NOTICE })
    expect(till.state.desk).toMatchObject({ kind: 'failed', sentence: strings.desk.codeOffline })
  })

  it('takes newer points of the member on screen and ignores those of others', () => {
    const till = new Page().serving()
    till.act({ type: 'member', member: sampleMember({ purchaseCount: 4 }) })
    till.act({
      type: 'member',
      member: sampleMember({ memberNo: '9', memberId: OTHER_ID }),
    })
    expect(till.state.desk).toMatchObject({
      member: { purchaseCount: 4, memberNo: '000000123450' },
    })
  })

  it('changes over, with a word, when the number on screen is somebody else’s by now', () => {
    const till = new Page().serving()
    const other = sampleMember({ memberNo: '9', memberId: OTHER_ID })
    const change = { type: 'other_member', member: other } as const
    till.act({ ...change, insteadOf: OTHER_ID })
    expect(till.state).toMatchObject({ desk: { member: sampleMember() }, message: null })
    till.act({ ...change, insteadOf: sampleMember().memberId })
    expect(till.state).toMatchObject({
      desk: { kind: 'known', member: { memberId: OTHER_ID }, registered: 'no' },
      message: { tone: 'warn', text: strings.desk.otherMember },
    })
  })
})

describe('news that overtake the answer they are newer than', () => {
  const early = sampleMember({ asOfMs: epochMs(NOON_MS - 60_000), source: 'cache' })
  const other = sampleMember({ memberNo: '9', memberId: OTHER_ID })

  it('count once the answer is there', () => {
    const till = new Page().looking()
    till.act({ type: 'member', member: other })
    till.act({ type: 'member', member: sampleMember({ purchaseCount: 4 }) })
    expect(till.state.desk.kind).toBe('looking')
    till.answer({ result: 'known', member: early, notice: NOTICE })
    expect(till.state).toMatchObject({
      ...{ early: [], message: null },
      desk: { kind: 'known', registered: 'no', member: { source: 'server', purchaseCount: 4 } },
    })
  })

  it('change over with a word, when the number is somebody else’s by now', () => {
    const till = new Page().looking()
    till.act({ type: 'other_member', insteadOf: early.memberId, member: other })
    till.act({ type: 'member', member: { ...other, purchaseCount: 5 } })
    till.answer({ result: 'known', member: early, notice: NOTICE })
    expect(till.state).toMatchObject({
      desk: { member: { memberId: OTHER_ID, purchaseCount: 5 } },
      message: { tone: 'warn', text: strings.desk.otherMember },
    })
  })

  it('do not count when the answer knows more, nor when the desk was cleared', () => {
    const till = new Page().looking()
    till.act({ type: 'member', member: { ...early, purchaseCount: 2 } })
    till.act({ type: 'other_member', insteadOf: early.memberId, member: { ...other, ...early } })
    till.answer({ result: 'known', member: sampleMember(), notice: NOTICE })
    expect(till.state).toMatchObject({ desk: { member: { purchaseCount: 3 } }, message: null })
    till.looking().act({ type: 'member', member: sampleMember({ purchaseCount: 4 }) })
    till.press('escape')
    till.looking().answer({ result: 'known', member: sampleMember(), notice: NOTICE })
    expect(till.state).toMatchObject({ desk: { member: { purchaseCount: 3 } } })
  })

  it('settle a registration that the server told of before the till had answered', () => {
    const till = new Page().looking()
    till.answer({ result: 'new', member: null, notice: NOTICE })
    till.wait(NOTICE_SHOWN_MS_MIN)
    till.press('enter')
    till.act({ type: 'member', member: early })
    const member = sampleMember({ source: 'registered_here' })
    till.act({ type: 'registered', seq: 2, answer: { member, settled: false } })
    expect(till.state.desk).toMatchObject({ registered: 'settled', member: { source: 'cache' } })
  })

  it('are not gathered without end', () => {
    const till = new Page().looking()
    for (let n = 0; n < 100; n += 1)
      till.act({ type: 'member', member: sampleMember({ purchaseCount: n }) })
    expect(till.state.early.length).toBeLessThan(10)
    till.answer({ result: 'known', member: early, notice: NOTICE })
    expect(till.state).toMatchObject({ early: [], desk: { member: { purchaseCount: 99 } } })
  })
})

describe('registering', () => {
  it('stops saying that a registration waits once the server tells of the member', () => {
    const till = new Page().looking()
    till.answer({ result: 'new', member: null, notice: NOTICE })
    till.wait(NOTICE_SHOWN_MS_MIN)
    till.press('enter')
    const member = sampleMember({ source: 'registered_here' })
    till.act({ type: 'registered', seq: 2, answer: { member, settled: false } })
    till.act({ type: 'member', member })
    expect(till.state.desk).toMatchObject({ registered: 'waiting' })
    till.act({ type: 'member', member: sampleMember({ source: 'server' }) })
    expect(till.state.desk).toMatchObject({ registered: 'settled' })
  })

  it('does not take the habitual Enter for consent', () => {
    const till = new Page().looking()
    till.answer({ result: 'new', member: null, notice: NOTICE })
    till.wait(NOTICE_SHOWN_MS_MIN - 1)
    till.press('enter')
    expect(till.state.message?.text).toBe(strings.desk.registerTooSoon)
    till.wait(1)
    till.press('enter')
    till.press('enter')
    const registers = till.asked().filter((command) => command.do === 'register')
    expect(registers).toEqual([
      { do: 'register', seq: 2, phone: PHONE, policyVersion: '1', textSha256: NOTICE.textSha256 },
    ])
    till.act({ type: 'registered', seq: 2, answer: { member: sampleMember(), settled: false } })
    expect(till.state.desk).toMatchObject({ kind: 'known', registered: 'waiting' })
  })

  it('keeps the number on screen when it fails, so that Enter tries again', () => {
    const till = new Page().looking()
    till.answer({ result: 'unknown_offline', member: null, notice: NOTICE })
    till.wait(NOTICE_SHOWN_MS_MIN)
    till.press('enter')
    till.act({ type: 'register_failed', seq: 2, sentence: '系统繁忙，请稍后再试' })
    expect(till.state.desk).toMatchObject({ kind: 'fresh', offline: true, registeringSeq: null })
    till.press('enter')
    expect(till.asked().at(-1)).toMatchObject({ do: 'register', seq: 3 })
  })
})

describe('Esc', () => {
  it('empties the input first, then the desk', () => {
    const till = new Page().serving()
    till.type('13', SLOW_MS)
    till.press('escape')
    expect(till.state).toMatchObject({ entry: '', desk: { kind: 'known' } })
    till.press('escape')
    expect(till.state.desk.kind).toBe('idle')
  })
})

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

/** A page without a browser: the reducer, a clock and the commands it gave. */
class Page {
  state: CashierState = initialState
  nowMs = 10_000
  private readonly commands: Command[] = []

  act(action: Action): void {
    const [next, commands] = reduce(this.state, action)
    this.state = next
    this.commands.push(...commands)
  }
  wait(ms: number): void {
    this.nowMs += ms
  }
  type(digits: string, gapMs: number): void {
    for (const digit of digits) {
      this.wait(gapMs)
      this.act({ type: 'key', key: { name: 'digit', digit }, atMs: this.nowMs })
    }
  }
  press(name: Exclude<Key['name'], 'digit' | 'receipt'>): void {
    this.act({ type: 'key', key: { name }, atMs: this.nowMs })
  }
  silence(): void {
    this.wait(SETTLE_MS)
    this.act({ type: 'silence', atMs: this.nowMs })
  }
  answer(told: Omit<CashierLookupAnswer, 'hold' | 'reservation'>, seq = this.state.lastSeq): void {
    const answer = { ...told, hold: null, reservation: null }
    this.act({ type: 'lookup_answered', seq, answer, atMs: this.nowMs })
  }
  asked(): Command[] {
    return this.commands.filter((command) => command.do !== 'wait_for_silence')
  }
  looking(): this {
    this.type(PHONE, SLOW_MS)
    this.silence()
    return this
  }
  serving(): this {
    this.looking().answer({ result: 'known', member: sampleMember(), notice: NOTICE })
    return this
  }
}
