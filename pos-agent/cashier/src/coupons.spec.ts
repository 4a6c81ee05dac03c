import { describe, expect, it } from '@jest/globals'
import type { CashierMember, OfflineLeft, TillReceipt } from '@huike/shared/contracts/cashier'
import type {
  CashierCouponQuote,
  CashierReservation,
} from '@huike/shared/contracts/cashier-coupons'
import type { RefusedCoupon } from '@huike/shared/contracts/coupons'
import { memberNoFrom } from '@huike/shared/member-code'
import { outcomeSentence } from '@huike/shared/outcomes'
import { epochMs, fen, points } from '@huike/shared/quantities'
import { couponRows, couponTotals, tickedIn } from './coupon-list.js'
import { initialState, type Action, type CashierState, type Command, type Key } from './model.js'
import { reduce } from './reducer.js'
import { AMOUNT_SETTLE_MS } from './spending.js'
import { strings } from './strings.js'

const NOW_MS = 1_772_700_000_000
const MINUTE_MS = 60_000
const SLOW_MS = 180
const SCANNER_MS = 12
const MEMBER_CODE = `68${memberNoFrom('00000012345')}87654321`
const PAYMENT_CODE = '134567890123456789'
const MEMBER = { memberId: 'M1', phoneMasked: '138****5678' } as CashierMember
const OTHER = { memberId: 'M2', phoneMasked: '139****0000' } as CashierMember
const NOTICE = { policyVersion: '1', text: '告知', textSha256: 'a'.repeat(64) }

/** C1 is taken; C2 may be instead; C3 once its goods are seen; C4 not. */
function told(applied = ['C1'], refused: [string, RefusedCoupon['code']][] = REFUSED) {
  const coupons = ['C1', 'C2', 'C3', 'C4'].map((couponId) => ({ couponId, name: couponId }))
  const offFen = fen(1_000 * applied.length)
  return {
    coupons,
    quote: {
      applied: applied.map((couponId) => ({ couponId, offFen: fen(1_000) })),
      refused: refused.map(([couponId, code]) => ({ couponId, code, why: outcomeSentence(code) })),
      ...{ lineOffFen: [offFen], offFen, shippingOffFen: fen(0), dueFen: fen(12_800 - offFen) },
      withPoints: true,
    },
  } as unknown as CashierCouponQuote
}
const REFUSED: [string, RefusedCoupon['code']][] = [
  ['C4', 'coupon_threshold'],
  ['C3', 'coupon_goods_unseen'],
  ['C2', 'coupon_not_best'],
]

function reservationOf(changes: Partial<CashierReservation> = {}): CashierReservation {
  return {
    ...{ reservationId: 'R1' as never, memberId: MEMBER.memberId, goodsFen: fen(12_800) },
    ...{ offFen: fen(1_000), names: ['满 100 减 10'], withPoints: false },
    deadlineAtMs: epochMs(NOW_MS + 30 * MINUTE_MS),
    ...changes,
  }
}

describe('the panel of coupons', () => {
  it('asks by itself once the amount is typed, and sets aside what is shown', () => {
    const till = new Page().told()
    expect(till.asked()).toMatchObject([
      { do: 'coupons_quote', order: { memberId: 'M1', goodsFen: 12_800, chosen: null } },
    ])
    expect(till.rows()).toEqual(['C1', 'C2', 'C3', 'C4'])
    till.press('enter')
    till.press('enter')
    expect(till.asked().slice(1)).toMatchObject([
      { do: 'coupons_reserve', order: { goodsFen: 12_800, chosen: ['C1'], isWithPoints: false } },
    ])
    till.reserved()
    expect(till.state).toMatchObject({ coupons: null, desk: { reservation: { offFen: 1_000 } } })
    expect(till.state.message?.text).toBe('已预留 1 张券，请在收银机上优惠 ¥10.00')
  })

  it('keeps every number with its coupon, whatever the answers order', () => {
    const till = new Page().told()
    till.press('down')
    till.type('1')
    till.type('2')
    till.answer(told(['C2'], [['C1', 'coupon_not_best'], ...REFUSED.slice(0, 2)]))
    expect(till.rows()).toEqual(['C1', 'C2', 'C3', 'C4'])
    expect(till.ticked()).toEqual(['C2'])
  })

  it('takes the ticks back where the server refuses them, with its reason', () => {
    const till = new Page().told()
    till.press('down')
    till.type('2')
    expect(till.asked().at(-1)).toMatchObject({ order: { chosen: ['C1', 'C2'] } })
    till.act({ type: 'coupons_failed', seq: till.state.lastSeq, sentence: '不能一起用' })
    expect(till.ticked()).toEqual(['C1'])
    expect(till.state.coupons?.problem).toBe('不能一起用')
  })

  it('has no tick left where the last one is taken away, and drops the answer to what was', () => {
    const till = new Page().told()
    till.press('down')
    till.type('2')
    const { lastSeq } = till.state
    till.type('1')
    till.type('2')
    till.act({ type: 'coupons_told', seq: lastSeq, goodsFen: fen(12_800), answer: told(['C2']) })
    expect(till.ticked()).toEqual([])
    const panel = till.state.coupons
    expect(panel && couponTotals(panel, fen(300))).toEqual({
      ...{ offFen: 0, dueFen: 12_500, withPoints: true },
    })
  })

  it.each([
    ['nothing', ''],
    ['no amount', '0'],
    ['more than all goods', '128.01'],
  ])('asks again what the goods of a coupon come to after %s', (_title, text) => {
    const till = new Page().told()
    till.press('down')
    till.type('3')
    till.type(text)
    till.press('enter')
    expect(till.state.coupons).toMatchObject({ field: 'seen' })
    expect(till.state.coupons?.problem).toBe(strings.coupons.needSeen('¥128.00'))
  })

  it('reckons the best anew with the goods that were seen', () => {
    const till = new Page().told()
    till.press('down')
    till.type('3')
    till.type('40')
    till.press('enter')
    expect(till.asked().at(-1)).toMatchObject({
      do: 'coupons_quote',
      order: { chosen: null, seen: [{ couponId: 'C3', goodsFen: 4_000 }] },
    })
  })

  it('leaves the ticks as they were after a payment code, and takes a member code', () => {
    const till = new Page().told()
    till.press('down')
    till.type(PAYMENT_CODE, SCANNER_MS)
    till.press('enter')
    expect(till.asked().filter((one) => one.do === 'coupons_reserve')).toEqual([])
    expect(till.state.coupons?.picked).toBeNull()
    till.type(MEMBER_CODE, SCANNER_MS)
    expect(till.asked().at(-1)).toMatchObject({ do: 'lookup', input: MEMBER_CODE })
    till.known(OTHER)
    expect(till.asked().at(-1)).toMatchObject({
      do: 'coupons_quote',
      order: { memberId: 'M2', goodsFen: 12_800, chosen: null },
    })
  })

  it('keeps the amount where a member code is scanned into the list', () => {
    const till = new Page().told()
    till.press('down')
    till.type(MEMBER_CODE, SCANNER_MS)
    till.known(OTHER)
    expect(till.asked().at(-1)).toMatchObject({
      do: 'coupons_quote',
      order: { memberId: 'M2', goodsFen: 12_800, chosen: null },
    })
  })

  it('needs the network, a member, and points that go with what is set aside', () => {
    const offline = new Page('offline')
    offline.press('slash')
    expect(offline.state.message?.text).toBe(outcomeSentence('coupons_offline'))
    offline.press('escape')
    offline.press('slash')
    expect(offline.state.message?.text).toBe(strings.coupons.needsMember)
    const held = new Page('online', reservationOf())
    held.press('star')
    expect(held.state).toMatchObject({ spend: null, message: { text: strings.coupons.noPoints } })
  })

  it.each([
    [2, 0, true, false],
    [0, 500, false, true],
    [0, 0, false, false],
  ])('opens offline where %i coupons and %i points were left', (coupons, most, byKey, byStar) => {
    const left = { coupons, points: points(most), untilMs: epochMs(NOW_MS) }
    const opened = (name: 'slash' | 'star') => {
      const till = new Page('offline', null, left)
      till.press(name)
      return till.state
    }
    expect(opened('slash').coupons !== null).toBe(byKey)
    expect(opened('star').spend !== null).toBe(byStar)
  })

  it('says what becomes of what is set aside: left behind, let go, held for another', () => {
    const till = new Page('online', reservationOf())
    till.press('escape')
    expect(till.state.message?.text).toContain('还留着')
    const next = new Page('online', reservationOf())
    next.type('13900000000')
    next.press('enter')
    expect(next.state.message?.text).toBe(strings.coupons.letGo('138****5678'))
    next.known(OTHER)
    next.reserved()
    expect(next.state.desk).toMatchObject({ member: OTHER, reservation: null })
    expect(next.state.message?.text).toBe(strings.coupons.heldForAnother('¥10.00'))
  })

  it('gives back by a key, and says where the server hears of it later', () => {
    const till = new Page('online', reservationOf())
    till.press('slash')
    till.press('minus')
    till.press('minus')
    expect(till.asked()).toEqual([{ do: 'coupons_release', seq: 1, reservationId: 'R1' }])
    till.act({ type: 'coupons_released', seq: 1, reservationId: 'R1', isBack: false })
    expect(till.state).toMatchObject({ coupons: null, desk: { reservation: null } })
    expect(till.state.message?.text).toBe(strings.coupons.releasedLater)
  })
})

describe('a receipt with coupons', () => {
  const coupons = {
    ...{ reservationId: 'R1' as never, offFen: fen(1_000) },
    ...{ expectedFen: fen(11_800), differenceFen: -200 },
  }
  const receipt = (state: 'used' | 'differs' | 'gone') =>
    ({
      ...{ receiptId: 'E1', kind: 'sale', totalFen: fen(11_600), state: 'settled', points: null },
      ...{ member: MEMBER, spent: null, undoUntilMs: null, coupons: { ...coupons, state } },
    }) as unknown as TillReceipt

  it('warns at once where it does not come to what it should, and frees the desk', () => {
    const till = new Page('online', reservationOf())
    till.act({ type: 'assigned', receipt: receipt('used') })
    expect(till.state.message).toMatchObject({ tone: 'warn' })
    expect(till.state.message?.text).toContain('用券后应为 ¥118.00')
    expect(till.state.desk).toMatchObject({ reservation: null })
  })

  it('is told once where it differs, and settled by a key while the next number is typed', () => {
    const till = new Page()
    till.receipts(receipt('used'))
    till.receipts(receipt('differs'))
    expect(till.state.message?.text).toBe('用券后应为 ¥118.00，小票少收 ¥2.00，按 / 说明券用了没有')
    till.press('slash')
    till.type('139')
    till.press('plus')
    till.press('minus')
    expect(till.state.entry).toBe('139')
    expect(till.asked()).toEqual([
      { do: 'coupons_settle', seq: 1, reservationId: 'R1', isUsed: true },
    ])
    till.act({ type: 'coupons_settled', seq: 1, isUsed: true })
    expect(till.state).toMatchObject({
      settle: null,
      message: { text: strings.coupons.settledUsed },
    })
  })

  it('does not stand in the way of the next customer’s coupons', () => {
    const till = new Page()
    till.receipts(receipt('differs'))
    till.press('slash')
    till.press('slash')
    expect(till.state).toMatchObject({ settle: null, coupons: { field: 'amount' } })
  })

  it('is told plainly where its coupons are gone, and not once more', () => {
    const till = new Page()
    till.receipts(receipt('used'))
    till.receipts(receipt('gone'))
    expect(till.state.message?.text).toBe(strings.coupons.gone('¥10.00'))
    till.press('escape')
    till.receipts(receipt('gone'))
    expect(till.state.message).toBeNull()
  })
})

/** A page without a browser, with the usual member on the desk. */
class Page {
  state: CashierState
  nowMs = 10_000
  private readonly commands: Command[] = []

  constructor(
    connection: 'online' | 'offline' = 'online',
    reservation: CashierReservation | null = null,
    offlineLeft: OfflineLeft | null = null,
  ) {
    const aside = { hold: null, reservation, offlineLeft }
    const desk = { kind: 'known' as const, member: MEMBER, registered: 'no' as const, ...aside }
    const till = { connection, timeZone: 'Asia/Shanghai' } as never
    this.state = { ...initialState, till, desk, receipts: [], nowMs: NOW_MS }
  }
  act(action: Action): void {
    const [next, commands] = reduce(this.state, action)
    this.state = next
    this.commands.push(...commands)
  }
  press(name: Exclude<Key['name'], 'digit' | 'receipt'>): void {
    this.nowMs += SLOW_MS
    this.act({ type: 'key', key: { name }, atMs: this.nowMs })
  }
  type(text: string, gapMs = SLOW_MS): void {
    for (const [at, digit] of [...text].entries()) {
      this.nowMs += at === 0 ? SLOW_MS : gapMs
      const key: Key = digit === '.' ? { name: 'dot' } : { name: 'digit', digit }
      this.act({ type: 'key', key, atMs: this.nowMs })
    }
  }
  /** The panel is open and the server has answered for ¥128.00. */
  told(): this {
    this.press('slash')
    this.type('128')
    this.nowMs += AMOUNT_SETTLE_MS
    this.act({ type: 'amount_silence', atMs: this.nowMs })
    this.answer(told())
    return this
  }
  answer(answer: CashierCouponQuote): void {
    this.act({ type: 'coupons_told', seq: this.state.lastSeq, goodsFen: fen(12_800), answer })
  }
  reserved(): void {
    const reservation = reservationOf()
    const { memberId } = reservation
    this.act({ type: 'coupons_reserved', seq: this.state.lastSeq, memberId, reservation })
  }
  known(member: CashierMember): void {
    const aside = { hold: null, reservation: null }
    const answer = { result: 'known' as const, member, ...aside, notice: NOTICE }
    this.act({ type: 'lookup_answered', seq: this.state.lastSeq, answer, atMs: this.nowMs })
  }
  receipts(receipt: TillReceipt): void {
    this.act({ type: 'receipts', receipts: [receipt], atMs: this.nowMs })
  }
  rows(): string[] {
    const { coupons } = this.state
    return coupons ? couponRows(coupons).rows.map(({ coupon }) => coupon.couponId) : []
  }
  ticked(): readonly string[] {
    return this.state.coupons ? tickedIn(this.state.coupons) : []
  }
  /** What was asked of the agent. */
  asked(): Command[] {
    return this.commands.filter((one) => !one.do.startsWith('wait_for_'))
  }
}
