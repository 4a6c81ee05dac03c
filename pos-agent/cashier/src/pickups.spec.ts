import { describe, expect, it } from '@jest/globals'
import { TILL_OFFERS_MAX } from '@huike/shared/till-limits'
import type { CashierMember } from '@huike/shared/contracts/cashier'
import type { TillPickup } from '@huike/shared/contracts/till-pickups'
import { memberNoFrom } from '@huike/shared/member-code'
import { outcomeSentence, type OutcomeCode } from '@huike/shared/outcomes'
import { epochMs, fen } from '@huike/shared/quantities'
import { SETTLE_MS } from './codes.js'
import { initialState, type Action, type CashierState, type Command, type Key } from './model.js'
import { PICKUP_SHOWN_MS_MIN, piecesOf, pickupRows, whatInWords, whoseInWords } from './pickups.js'
import { reduce } from './reducer.js'
import { strings } from './strings.js'

const NOW_MS = 1_772_700_000_000
const SLOW_MS = 180
const SCANNER_MS = 12
/** Begins like a phone number. */
const CODE = '1381234567'
const MEMBER_CODE = `68${memberNoFrom('00000012345')}87654321`
const MEMBER = { memberId: 'M1', phoneMasked: '138****5678', waitingPickups: 5 } as CashierMember
const OTHER = { memberId: 'M2', phoneMasked: '139****0000', waitingPickups: 0 } as CashierMember
const NOTICE = { policyVersion: '1', text: '告知', textSha256: 'a'.repeat(64) }
const words = strings.pickups

function pickupOf(n: number, changes: Partial<TillPickup> = {}): TillPickup {
  return {
    ...{ kind: 'exchange', pickupId: `X${String(n)}`, memberId: 'M1' as never },
    ...{ orderName: null, refundedFen: fen(0), refunds: 0, isPreparing: false },
    lines: [{ name: '帆布袋', quantityMilli: 2_000, returnedMilli: 0 }],
    ...{ nameMasked: '张**', phoneMasked: '138****5678', codeTail: '4567' },
    ...{ madeAtMs: epochMs(NOW_MS), untilMs: null, why: null, ...changes },
  }
}

describe('the panel of what is fetched', () => {
  it('is opened by a scan where customers are looked up, and one key hands over', () => {
    const till = new Page(null)
    till.type(CODE, SCANNER_MS)
    till.silence('silence')
    expect(till.asked()).toEqual([
      { do: 'pickups_find', seq: 1, asked: { by: 'code', code: CODE } },
    ])
    till.found('code', [pickupOf(1)])
    expect(till.state).toMatchObject({ entry: '', pickup: { shown: { pickup: pickupOf(1) } } })
    till.press('enter', PICKUP_SHOWN_MS_MIN)
    expect(till.asked()[1]).toEqual({
      ...{ do: 'pickup_hand_over', seq: 2 },
      pickup: { kind: 'exchange', pickupId: 'X1', refundsSeen: 0 },
    })
    till.press('enter')
    expect(till.asked()).toHaveLength(2)
    till.handed(pickupOf(1), true)
    expect(till.state).toMatchObject({ pickup: null, message: { tone: 'good' } })
    expect(till.state.message?.text).toBe('已交付：帆布袋 ×\u00a02，张** 138****5678')
  })

  it('takes typed digits for a phone number that is not finished, but where none begins like that', () => {
    const till = new Page(null)
    till.type(CODE)
    till.silence('silence')
    till.press('enter')
    expect([till.asked(), till.state.message?.text]).toEqual([[], strings.entry.missing(1)])
    till.type('8')
    till.silence('silence')
    expect(till.asked()).toEqual([{ do: 'lookup', seq: 1, input: '13812345678' }])
    const other = new Page(null)
    other.type('0081234567')
    other.silence('silence')
    expect(other.asked()).toEqual([])
    other.press('enter')
    expect(other.asked()).toMatchObject([{ asked: { by: 'code', code: '0081234567' } }])
  })

  it.each([
    ['with Enter', true],
    ['without Enter', false],
  ])(
    'is opened by a scan %s behind a leftover digit, and looks no stranger up',
    (_title, enter) => {
      const till = new Page(null)
      till.type('1')
      till.type('3812345678', SCANNER_MS)
      if (enter) till.press('enter')
      till.silence('silence')
      expect(till.asked()).toEqual([
        { do: 'pickups_find', seq: 1, asked: { by: 'code', code: '3812345678' } },
      ])
    },
  )

  it('never takes the Enter of a scanner for the key that hands over', () => {
    const till = new Page(null)
    till.press('pickups')
    for (const round of [0, 1]) {
      till.type(CODE, SCANNER_MS)
      till.press('enter', SCANNER_MS)
      expect(till.asked()).toHaveLength(round + 1)
      till.found('code', [pickupOf(1)])
    }
    // Scanned by mistake while it was looked at: its digits begin another code.
    till.press('enter', SCANNER_MS)
    expect(till.state.pickup?.problem).toBe(words.readFirst)
    expect(till.asked().every((one) => one.do === 'pickups_find')).toBe(true)
    till.type('9')
    expect(till.state.pickup).toMatchObject({ shown: null, codeText: '9' })
  })

  it('asks by itself once ten digits are typed, and says what is missing before', () => {
    const till = new Page(null)
    till.press('pickups')
    till.type('138')
    till.press('enter')
    expect(till.state.pickup?.problem).toBe(words.missing(7))
    till.type('1234567')
    till.silence('pickup_silence')
    expect(till.asked()).toEqual([])
    till.silence('pickup_silence', 400)
    expect(till.asked()).toMatchObject([{ asked: { by: 'code', code: CODE } }])
    till.failed('pickup_unknown')
    expect(till.state.pickup?.problem).toBe('没有这个取货码，请核对后再输')
    till.silence('pickup_silence', 400)
    expect(till.asked()).toHaveLength(1)
    till.type('8')
    till.press('enter')
    expect(till.state.pickup?.problem).toBe(words.tooMany)
    till.press('backspace')
    till.press('enter')
    expect(till.asked()).toHaveLength(2)
  })

  it('lists what waits for the member on screen; number keys choose, a scan does not', () => {
    const till = new Page()
    till.press('pickups')
    expect(till.asked()).toMatchObject([{ asked: { by: 'member', memberId: 'M1' } }])
    till.found(
      'member',
      [1, 2, 3, 4, 5].map((n) => pickupOf(n)),
    )
    expect(till.rows()).toEqual(['X1', 'X2', 'X3', 'X4'])
    till.press('down')
    expect(till.rows()).toEqual(['X5'])
    till.type('2')
    expect(till.state.pickup?.shown).toBeNull()
    till.type('1')
    expect(till.state.pickup?.shown?.pickup.pickupId).toBe('X5')
    till.press('escape')
    expect(till.state.pickup).toMatchObject({ shown: null, field: 'list' })
    till.type(CODE, SCANNER_MS)
    expect(till.state.pickup).toMatchObject({ shown: null, field: 'code', codeText: CODE })
    till.press('escape')
    till.press('up')
    till.press('up')
    expect(till.state.pickup).toMatchObject({ field: 'code', page: 0 })
    till.press('down')
    till.type('3')
    till.press('enter', PICKUP_SHOWN_MS_MIN)
    till.handed(pickupOf(3), true)
    expect(till.rows()).toEqual(['X1', 'X2', 'X4', 'X5'])
    expect(till.state.desk).toMatchObject({ member: { waitingPickups: 4 } })
    till.press('escape')
    expect(till.state.pickup).toBeNull()
  })

  it('says so where nobody knows whether it was handed over, and asks for the same', () => {
    const till = new Page(null)
    till.shown(pickupOf(1))
    till.press('enter', PICKUP_SHOWN_MS_MIN)
    till.failed('pickup_unanswered')
    expect(till.state.pickup).toMatchObject({
      ...{ busySeq: null, problem: outcomeSentence('pickup_unanswered') },
      shown: { pickup: { why: null } },
    })
    till.press('enter', PICKUP_SHOWN_MS_MIN)
    till.handed(pickupOf(1), false)
    expect(till.asked().slice(1)).toMatchObject([
      { do: 'pickup_hand_over', pickup: { pickupId: 'X1' } },
      { do: 'pickup_hand_over', pickup: { pickupId: 'X1' } },
    ])
    expect(till.state.message?.text).toContain('已由本收银台交付，不用再给一次')
  })

  it('shows why not, and hands nothing over that somebody else has', () => {
    const why = { code: 'mall_store', sentence: '不能在本店领取，请到建设路店领取' } as const
    const till = new Page(null)
    till.shown(pickupOf(1, { why }))
    till.press('enter', PICKUP_SHOWN_MS_MIN)
    expect(till.asked()).toHaveLength(1)
    till.press('escape')
    till.shown(pickupOf(2))
    till.press('enter', PICKUP_SHOWN_MS_MIN)
    till.failed('mall_fetched', '已在本店（收银台 T2）领取')
    expect(till.state.pickup?.shown?.pickup.why).toEqual({
      ...{ code: 'mall_fetched', sentence: '已在本店（收银台 T2）领取' },
    })
    till.press('enter', PICKUP_SHOWN_MS_MIN)
    expect(till.asked().filter((one) => one.do === 'pickup_hand_over')).toHaveLength(1)
  })

  it('looks again where something of an order came back since, and lists what shares a code', () => {
    const order = pickupOf(1, { kind: 'order', orderName: '有赞 E1', refunds: 1 })
    const till = new Page(null)
    till.shown(order)
    till.press('enter', PICKUP_SHOWN_MS_MIN)
    expect(till.asked().at(-1)).toMatchObject({ pickup: { kind: 'order', refundsSeen: 1 } })
    till.failed('pickup_changed')
    expect(till.state.message?.text).toBe(outcomeSentence('pickup_changed'))
    expect(till.asked().at(-1)).toMatchObject({ asked: { by: 'code', code: CODE } })
    till.found('code', [{ ...order, refunds: 2 }, pickupOf(2)])
    expect(till.rows()).toEqual(['X1', 'X2'])
    till.type('1')
    till.press('enter', PICKUP_SHOWN_MS_MIN)
    expect(till.asked().at(-1)).toMatchObject({ pickup: { refundsSeen: 2 } })
    till.failed('pickup_fetched')
    expect(till.state.pickup?.shown?.pickup.why?.code).toBe('pickup_fetched')
  })

  it('needs the network, which is said before anything is asked', () => {
    for (const connection of ['offline', 'revoked'] as const) {
      const till = new Page(MEMBER, connection)
      till.press('pickups')
      till.type(CODE, SCANNER_MS)
      till.silence('silence')
      expect([till.asked(), till.state.pickup, till.state.entry]).toEqual([[], null, ''])
      expect(till.state.message?.text).toBe(outcomeSentence('pickup_offline'))
    }
  })

  it('goes on with whose code is scanned into it, and closes where nobody comes', () => {
    const till = new Page()
    till.press('pickups')
    till.found('member', [pickupOf(1)])
    till.type(MEMBER_CODE, SCANNER_MS)
    till.known(OTHER)
    expect(till.asked().at(-1)).toMatchObject({ asked: { by: 'member', memberId: 'M2' } })
    till.found('member', [])
    expect(till.state.pickup).toMatchObject({ list: [], field: 'code' })
    till.type(MEMBER_CODE, SCANNER_MS)
    till.act({ type: 'lookup_failed', seq: till.state.lastSeq, sentence: '没有' })
    expect(till.state.pickup).toBeNull()
  })

  it('drops answers to what is no longer asked, and does not hold up another customer', () => {
    const till = new Page()
    till.press('pickups')
    till.type('1')
    till.found('member', [pickupOf(1)], 1)
    expect(till.state.pickup).toMatchObject({ list: null, codeText: '1' })
    till.press('escape')
    till.act({ type: 'pickups_failed', seq: 1, code: null, sentence: '没有响应' })
    till.act({ type: 'pickup_text', text: CODE, typed: CODE, atMs: till.nowMs + SLOW_MS })
    expect(till.state.pickup).toBeNull()
    expect(till.state.message).toMatchObject({ tone: 'bad', text: '没有响应' })
  })

  it('calls things what they are', () => {
    const coffee = { name: '热美式', quantityMilli: 1_000, returnedMilli: 0 }
    const lines = [coffee, ...pickupOf(1).lines]
    expect([piecesOf(pickupOf(1, { lines })), piecesOf(pickupOf(1, { refunds: 1 }))]).toEqual([
      ...[3, null],
    ])
    const weighed = [{ ...coffee, name: '苹果', quantityMilli: 986 }]
    expect(whatInWords(pickupOf(1, { lines: weighed }))).toBe('苹果 ×\u00a00.986')
    expect(piecesOf(pickupOf(1, { lines: weighed }))).toBeNull()
    expect(whatInWords(pickupOf(1, { lines: lines.slice(0, 1) }))).toBe('热美式')
    expect(whatInWords(pickupOf(1, { lines }))).toBe('热美式 等\u00a02\u00a0种')
    expect(whatInWords(pickupOf(1, { lines: [] }))).toBe('')
    expect(whoseInWords(pickupOf(1, { nameMasked: null, phoneMasked: null }))).toBe('会员')
  })
})

/** A page without a browser. */
class Page {
  state: CashierState
  nowMs = 10_000
  private readonly commands: Command[] = []

  constructor(
    member: CashierMember | null = MEMBER,
    connection: 'online' | 'offline' | 'revoked' = 'online',
  ) {
    const aside = { hold: null, reservation: null }
    const desk = member
      ? { kind: 'known' as const, member, registered: 'no' as const, ...aside }
      : { kind: 'idle' as const }
    const till = { connection, timeZone: 'Asia/Shanghai' } as never
    this.state = { ...initialState, till, desk, receipts: [], nowMs: NOW_MS }
  }
  act(action: Action): void {
    const [next, commands] = reduce(this.state, action)
    this.state = next
    this.commands.push(...commands)
  }
  press(name: Exclude<Key['name'], 'digit' | 'receipt'>, afterMs = SLOW_MS): void {
    this.nowMs += afterMs
    this.act({ type: 'key', key: { name }, atMs: this.nowMs })
  }
  type(text: string, gapMs = SLOW_MS): void {
    for (const [at, digit] of [...text].entries()) {
      this.nowMs += at === 0 ? SLOW_MS : gapMs
      this.act({ type: 'key', key: { name: 'digit', digit }, atMs: this.nowMs })
    }
  }
  silence(type: 'silence' | 'pickup_silence', afterMs = SETTLE_MS): void {
    this.nowMs += afterMs
    this.act({ type, atMs: this.nowMs })
  }
  found(by: 'code' | 'member', pickups: TillPickup[], seq = this.state.lastSeq): void {
    this.act({ type: 'pickups_found', seq, by, pickups, atMs: this.nowMs })
  }
  /** Typed and found. */
  shown(pickup: TillPickup): void {
    this.press('pickups')
    this.type(CODE)
    this.press('enter')
    this.found('code', [pickup])
  }
  handed(pickup: TillPickup, isNew: boolean): void {
    const answer = { pickup, handedAtMs: epochMs(NOW_MS), isNew }
    this.act({ type: 'pickup_handed', seq: this.state.lastSeq, answer })
  }
  failed(code: OutcomeCode, sentence = outcomeSentence(code)): void {
    this.act({ type: 'pickups_failed', seq: this.state.lastSeq, code, sentence })
  }
  known(member: CashierMember): void {
    const aside = { hold: null, reservation: null }
    const answer = { result: 'known' as const, member, ...aside, notice: NOTICE }
    this.act({ type: 'lookup_answered', seq: this.state.lastSeq, answer, atMs: this.nowMs })
  }
  rows(): string[] {
    const { pickup } = this.state
    return pickup ? pickupRows(pickup).rows.map(({ pickupId }) => pickupId) : []
  }
  /** What was asked of the agent. */
  asked(): Command[] {
    return this.commands.filter((one) => !one.do.startsWith('wait_for_'))
  }
}

describe('what can be taken', () => {
  it('is counted, and not as all there is where the till is told no more', () => {
    const told = (offers: number, all = offers) =>
      words.offer('满 ¥51 减 ¥10', '18:00', offers, all)
    expect(told(1)).toBe('可在小程序领券：满 ¥51 减 ¥10，18:00 前')
    expect(told(2)).toBe('可在小程序领券：满 ¥51 减 ¥10，18:00 前（共 2 张）')
    expect(told(TILL_OFFERS_MAX)).toBe('可在小程序领券：满 ¥51 减 ¥10，18:00 前（3 张以上）')
    // One of them is over by now.
    expect(told(2, TILL_OFFERS_MAX)).toBe('可在小程序领券：满 ¥51 减 ¥10，18:00 前（2 张以上）')
  })
})
