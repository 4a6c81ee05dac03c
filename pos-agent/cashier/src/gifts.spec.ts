import { describe, expect, it } from '@jest/globals'
import type { CashierMember } from '@huike/shared/contracts/cashier'
import type { CounterCoupon } from '@huike/shared/contracts/counter-gifts'
import { memberNoFrom } from '@huike/shared/member-code'
import { outcomeSentence } from '@huike/shared/outcomes'
import { epochMs } from '@huike/shared/quantities'
import { GIFT_SHOWN_MS_MIN, giftRows } from './gifts.js'
import { initialState, type Action, type CashierState, type Command, type Key } from './model.js'
import { reduce } from './reducer.js'
import { strings } from './strings.js'

const NOW_MS = 1_772_700_000_000
const SLOW_MS = 300
const SCANNER_MS = 12
const MEMBER_CODE = `68${memberNoFrom('00000012345')}87654321`
const MEMBER = { memberId: 'M1', nameMasked: '张**', phoneMasked: '138****5678' } as CashierMember
const words = strings.gifts
const COUPONS = [1, 2, 3, 4, 5].map((n): CounterCoupon => ({
  ...{ templateId: `T${String(n)}` as never, name: `券${String(n)}`, headline: '减 ¥10.00' },
  ...{ conditions: ['不限金额'], leftToday: 9 },
}))

describe('the panel of coupons a cashier gives', () => {
  it('gives one by a number, a reason and Enter, and says to whom and until when', () => {
    const till = new Page()
    till.open()
    till.type('2')
    till.press('enter')
    expect(till.state.gift?.problem).toBe(words.needReason)
    till.type('1')
    till.press('enter', GIFT_SHOWN_MS_MIN)
    const gift = { memberId: 'M1', templateId: 'T2', reason: 'sorry' }
    expect(till.asked.at(-1)).toEqual({ do: 'gift_give', seq: 2, gift })
    till.press('enter', GIFT_SHOWN_MS_MIN)
    till.type('3')
    expect(till.asked).toHaveLength(2)
    till.given('券2')
    expect(till.state).toMatchObject({ gift: null, message: { tone: 'good' } })
    expect(till.state.message?.text).toContain('已发给 张** 138****5678：券2')
  })

  it('takes no scan for a choice, nor the Enter of a scanner for the key that gives', () => {
    const till = new Page()
    till.open()
    till.type('1111111111111', SCANNER_MS)
    till.press('enter', SCANNER_MS)
    expect([till.state.gift?.chosen, till.asked.length]).toEqual([null, 1])
    till.type('1')
    till.type('1')
    till.press('enter', SCANNER_MS)
    expect([till.state.gift?.problem, till.asked.length]).toEqual([words.readFirst, 1])
  })

  it('turns pages, goes back a step, and leaves', () => {
    const till = new Page()
    till.open()
    till.press('down')
    till.press('down')
    expect(till.state.gift && giftRows(till.state.gift)).toEqual({ rows: [COUPONS[4]], pages: 2 })
    till.type('2')
    expect(till.state.gift?.chosen).toBeNull()
    till.type('1')
    expect(till.state.gift?.chosen).toBe(COUPONS[4])
    till.press('escape')
    expect(till.state.gift?.chosen).toBeNull()
    till.press('escape')
    expect(till.state.gift).toBeNull()
  })

  it('stays with its reason where nobody knows whether it was given', () => {
    const till = new Page()
    till.open()
    till.type('1')
    till.type('4')
    till.press('enter', GIFT_SHOWN_MS_MIN)
    const sentence = outcomeSentence('counter_unanswered')
    till.act({ type: 'gift_failed', seq: till.state.lastSeq, sentence })
    expect(till.state.gift).toMatchObject({ problem: sentence, reason: { reason: 'missed' } })
    till.press('enter', GIFT_SHOWN_MS_MIN)
    expect(till.asked.filter((one) => one.do === 'gift_give')).toHaveLength(2)
  })

  it('needs a member and the network, which is said before anything is asked', () => {
    const nobody = new Page(null)
    nobody.press('gifts')
    expect([nobody.asked, nobody.state.message?.text]).toEqual([[], words.needsMember])
    const offline = new Page(MEMBER, 'offline')
    offline.press('gifts')
    expect([offline.asked, offline.state.gift]).toEqual([[], null])
    expect(offline.state.message?.text).toBe(outcomeSentence('counter_offline'))
  })

  it('closes for whose code is scanned, and drops what was asked before', () => {
    const till = new Page()
    till.press('gifts')
    till.type(MEMBER_CODE, SCANNER_MS)
    expect(till.asked.at(-1)).toMatchObject({ do: 'lookup', input: MEMBER_CODE })
    till.act({ type: 'gifts_listed', seq: 1, coupons: COUPONS })
    expect(till.state).toMatchObject({ gift: null, desk: { kind: 'looking' } })
  })
})

/** The page as a cashier uses it. */
class Page {
  state: CashierState
  readonly asked: Command[] = []
  #atMs = 0

  constructor(member: CashierMember | null = MEMBER, connection: 'online' | 'offline' = 'online') {
    const desk: CashierState['desk'] =
      member === null
        ? { kind: 'idle' }
        : { kind: 'known', member, registered: 'no', hold: null, reservation: null }
    const till = { connection, timeZone: 'Asia/Shanghai' } as CashierState['till']
    this.state = { ...initialState, desk, till, nowMs: NOW_MS }
  }

  act(action: Action): void {
    const [next, commands] = reduce(this.state, action)
    this.state = next
    this.asked.push(...commands.filter((one) => one.do !== 'wait_for_silence'))
  }

  press(name: Exclude<Key['name'], 'digit' | 'receipt'>, afterMs = SLOW_MS): void {
    this.#atMs += afterMs
    this.act({ type: 'key', key: { name }, atMs: this.#atMs })
  }

  type(digits: string, everyMs = SLOW_MS): void {
    for (const [at, digit] of [...digits].entries()) {
      this.#atMs += at === 0 ? SLOW_MS : everyMs
      this.act({ type: 'key', key: { name: 'digit', digit }, atMs: this.#atMs })
    }
  }

  open(): void {
    this.press('gifts')
    this.act({ type: 'gifts_listed', seq: this.state.lastSeq, coupons: COUPONS })
  }

  given(name: string): void {
    const gift = {
      ...{ name, headline: '减 ¥10.00', state: 'issued' as const },
      ...{ validFromMs: epochMs(NOW_MS), validUntilMs: epochMs(NOW_MS + 86_400_000) },
    }
    this.act({ type: 'gift_given', seq: this.state.lastSeq, answer: { gift } })
  }
}
