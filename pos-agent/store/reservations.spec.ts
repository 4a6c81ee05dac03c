import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { EventResult, ReceiptAssigned } from '@huike/shared/contracts/agent'
import type { Reservation } from '@huike/shared/contracts/coupons'
import { epochMs, fen, points } from '@huike/shared/quantities'
import {
  captureBytes,
  openCore,
  rawCapture,
  saleDocument,
  temporaryFolder,
  testId,
  TILL,
} from '../../tests/crash/agent-fixtures.js'
import { prepareDocument } from '../service/normalise.js'
import type { StoreCore } from './core.js'
import { ASKED_MS_MAX } from './reservations.js'

// Coupons set aside at a till are off the receipt that is given to their member next, once; and the
// server hears of everything that is given back.

const NOW_MS = 1_772_700_100_000
const HALF_HOUR_MS = 30 * 60_000
const HOUR_MS = 3_600_000
/** What the receipt of the fixtures comes to. */
const TOTAL_FEN = 2_132
const OFF_FEN = 500

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore
let member: string

beforeEach(() => {
  folder = temporaryFolder()
  core = openCore(folder.path)
  member = registered('13800000001')
})
afterEach(() => {
  core.close()
  folder.remove()
})

function registered(phone: string): string {
  const { policyVersion, textSha256 } = core.members.notice()
  const answer = core.members.register({
    ...{ eventId: testId() as never, memberId: testId() as never, phone: phone as never },
    ...{ policyVersion, textSha256, nowMs: NOW_MS, cashier: null },
  })
  if (!answer.ok) throw new Error(answer.code)
  return answer.member.memberId
}

/** A receipt that the till printed so long after `NOW_MS`. */
function printed(over: Parameters<typeof saleDocument>[0] = {}, afterMs = 0): string {
  const document = saleDocument({ receiptNo: testId().slice(-8), ...over })
  const capturedAtMs = NOW_MS + afterMs
  core.captures.take([rawCapture({ bytes: captureBytes(document), capturedAtMs })], [])
  const taken = core.captures.takeForParse()
  if (!taken) throw new Error('nothing to read')
  const prepared = prepareDocument(
    ...([{ document, surrogateText: document.text }, 0, taken, 'Asia/Shanghai'] as const),
  )
  const { captureId, sourceKind } = taken
  core.receipts.record({ captureId, sourceKind, till: TILL, nowMs: NOW_MS, documents: [prepared] })
  return String(core.tillReceipts.list()[0]?.receiptId)
}

function asked(wanted = 'best', memberId = member): string {
  return core.reservations.ask({
    ...{ reservationId: testId() as never, memberId, wanted, goodsFen: TOTAL_FEN + OFF_FEN },
    ...{ names: ['满 20 减 5'], withPoints: false, nowMs: NOW_MS },
  })
}

function aside(wanted = 'best', memberId = member): string {
  const reservationId = asked(wanted, memberId)
  core.reservations.keep(answerOf(reservationId))
  return reservationId
}

function answerOf(reservationId: string): Reservation {
  return {
    ...{ reservationId: reservationId as never, memberId: member as never },
    ...{ goodsFen: fen(TOTAL_FEN + OFF_FEN), offFen: fen(OFF_FEN), applied: [] },
    ...{ state: 'reserved', differenceFen: null },
    deadlineAtMs: epochMs(NOW_MS + HALF_HOUR_MS),
  }
}

function give(receiptId: string, memberId = member): string | null {
  const eventId = testId() as never
  const answer = core.tillReceipts.assign({ receiptId, memberId, eventId, nowMs: NOW_MS })
  if (!answer.ok) throw new Error(answer.code)
  return answer.eventId
}
const couponsOn = (receiptId: string) =>
  core.tillReceipts.list().find((one) => one.receiptId === receiptId)?.coupons
/** What the events that wait say of giving. */
const givings = () =>
  core.outbox
    .peek({ eventsMax: 100, bytesMax: 1_000_000 })
    .filter(({ type }) => type === 'receipt.assigned')
    .map(({ payload }) => JSON.parse(payload) as ReceiptAssigned)

function answer(eventId: string | null, over: Partial<EventResult>) {
  const result = {
    ...{ eventId, status: 'accepted' as const, code: null, message: null, purchaseId: null },
    ...{ memberId: member as never, points: points(18), balancePoints: points(0) },
    ...over,
  }
  return core.outbox.applyResults([result], NOW_MS)
}

describe('what is asked for', () => {
  it('is asked for with the same id after a crash, and is nothing yet', () => {
    const reservationId = asked()
    core.close()
    core = openCore(folder.path)
    expect(asked()).toBe(reservationId)
    expect(asked('another')).not.toBe(reservationId)
    expect(core.reservations.openOf(member)).toBeNull()
    give(printed())
    expect(Object.keys(givings()[0] ?? {})).not.toContain('couponReservationId')
  })

  it('is given back where nobody asks again in time, until the server knows', () => {
    const reservationId = asked()
    expect(core.reservations.toGiveBack(NOW_MS + ASKED_MS_MAX)).toEqual([])
    const late = NOW_MS + ASKED_MS_MAX + 1
    expect(core.reservations.toGiveBack(late)).toEqual([reservationId])
    core.close()
    core = openCore(folder.path)
    expect(core.reservations.toGiveBack(late)).toEqual([reservationId])
    core.reservations.told(reservationId)
    expect(core.reservations.toGiveBack(late)).toEqual([])
  })

  it('is given back by a clock that was put back, too', () => {
    const reservationId = asked()
    expect(core.reservations.toGiveBack(NOW_MS - HOUR_MS)).toEqual([reservationId])
  })

  it('is not kept where it was let go while the answer was under way', () => {
    const reservationId = asked()
    core.reservations.leaveOthers(registered('13800000002'))
    core.reservations.told(reservationId)
    expect(core.reservations.keep(answerOf(reservationId))).toBeNull()
    core.reservations.end(reservationId, false)
    expect(core.reservations.toGiveBack(NOW_MS)).toEqual([reservationId])
  })
})

describe('coupons set aside', () => {
  it('are off the receipt given to their member, once, also after the agent was killed', () => {
    const reservationId = aside()
    const receiptId = printed()
    core.close()
    core = openCore(folder.path)
    expect(core.reservations.openOf(member)).toMatchObject({
      ...{ reservationId, offFen: OFF_FEN, names: ['满 20 减 5'], withPoints: false },
    })
    give(receiptId)
    expect(givings()).toMatchObject([{ couponReservationId: reservationId }])
    expect(couponsOn(receiptId)).toEqual({
      ...{ reservationId, offFen: OFF_FEN, expectedFen: TOTAL_FEN },
      ...{ differenceFen: null, state: 'used' },
    })
    expect(core.reservations.openOf(member)).toBeNull()
    give(printed())
    expect(Object.keys(givings()[1] ?? {})).not.toContain('couponReservationId')
  })

  it('are nobody else’s', () => {
    const reservationId = aside()
    const other = registered('13800000002')
    give(printed(), other)
    expect(Object.keys(givings()[0] ?? {})).not.toContain('couponReservationId')
    expect(core.reservations.openOf(member)).toMatchObject({ reservationId })
  })

  it.each<[string, () => string]>([
    ['printed before they were set aside', () => [printed(), aside()][0] ?? ''],
    ['that is a refund', () => (aside(), printed({ kind: 'refund' }))],
    [
      'printed after their time, without the discount on it',
      () => (aside(), printed({ totalFen: fen(TOTAL_FEN + OFF_FEN) }, HOUR_MS)),
    ],
    ['printed the next day', () => (aside(), printed({}, 24 * HOUR_MS))],
    ['once the cashier gave them back', () => (core.reservations.end(aside(), false), printed())],
    [
      'that does not show them, once another member was shown',
      () => (aside(), left(), printed({ totalFen: fen(TOTAL_FEN + OFF_FEN) })),
    ],
  ])('are not off a receipt %s', (_title, prepare) => {
    const receiptId = prepare()
    give(receiptId)
    expect(givings().map((giving) => giving.couponReservationId)).toEqual([undefined])
    expect(couponsOn(receiptId)).toBeNull()
  })

  const left = () => core.reservations.leaveOthers(registered('13800000002'))

  it('go back where another member is shown, yet are off a receipt that shows them', () => {
    const reservationId = aside()
    expect(core.reservations.leaveOthers(member)).toBe(false)
    expect(left()).toBe(true)
    expect(core.reservations.openOf(member)).toBeNull()
    expect(core.reservations.toGiveBack(NOW_MS)).toEqual([reservationId])
    give(printed())
    expect(givings()).toMatchObject([{ couponReservationId: reservationId }])
    expect(core.reservations.toGiveBack(NOW_MS)).toEqual([])
  })

  it('are off a receipt that was printed late, rounded down, where it shows them', () => {
    const reservationId = aside()
    give(printed({ totalFen: fen(TOTAL_FEN - 32) }, HOUR_MS))
    expect(givings()).toMatchObject([{ couponReservationId: reservationId }])
  })

  it('make place for what is set aside after them', () => {
    aside()
    const reservationId = aside('another')
    give(printed())
    expect(givings()).toMatchObject([{ couponReservationId: reservationId }])
    expect(core.reservations.toGiveBack(NOW_MS)).toEqual([])
  })

  it('pay together with points, and the receipt is reckoned with both', () => {
    const reservationId = aside()
    const holdId = testId()
    core.holds.keep({
      memberId: member,
      orderFen: fen(TOTAL_FEN + OFF_FEN),
      hold: {
        ...{ holdId: holdId as never, memberId: member as never, points: points(300) },
        ...{ valueFen: fen(300), state: 'reserved', balancePoints: points(0) },
        deadlineAtMs: epochMs(NOW_MS + HALF_HOUR_MS),
      },
    })
    const receiptId = printed({ totalFen: fen(TOTAL_FEN - 300) }, HOUR_MS)
    give(receiptId)
    expect(givings()).toMatchObject([{ couponReservationId: reservationId, holdId }])
    expect(couponsOn(receiptId)).toMatchObject({
      ...{ expectedFen: TOTAL_FEN - 300, differenceFen: null },
    })
  })

  it('follow a member whose record turns out to be another', () => {
    const reservationId = aside()
    const minted = core.outbox.peek({ eventsMax: 1, bytesMax: 1 })[0]?.eventId ?? null
    const real = testId()
    answer(minted, { memberId: real as never })
    expect(core.reservations.openOf(real)).toMatchObject({ reservationId })
  })
})

describe('a receipt with coupons', () => {
  it('has none once it was taken back, and again where that was refused', () => {
    aside()
    const receiptId = printed()
    const giving = give(receiptId)
    answer(receiptId, { memberId: null, points: null, balancePoints: null })
    answer(giving, {})
    const undone = core.tillReceipts.undo({ receiptId, eventId: testId() as never, nowMs: NOW_MS })
    expect(couponsOn(receiptId)).toBeNull()
    expect(core.reservations.openOf(member)).toBeNull()
    if (!undone.ok) throw new Error(undone.code)
    answer(undone.eventId, { status: 'rejected', code: 'undo_too_late' })
    expect(couponsOn(receiptId)).toMatchObject({ offFen: OFF_FEN })
  })

  it('leaves the coupons set aside where the server refused the giving', () => {
    const reservationId = aside()
    const receiptId = printed()
    const giving = give(receiptId)
    answer(receiptId, { memberId: null, points: null, balancePoints: null })
    answer(core.outbox.peek({ eventsMax: 1, bytesMax: 1 })[0]?.eventId ?? null, {})
    answer(giving, { status: 'rejected', code: 'receipt_already_claimed', memberId: null })
    expect(couponsOn(receiptId)).toBeNull()
    expect(core.reservations.openOf(member)).toMatchObject({ reservationId })
  })

  it('stays in sight where it differs, with the difference, until somebody has said', () => {
    const reservationId = aside()
    const receiptId = printed({ totalFen: fen(TOTAL_FEN + OFF_FEN) })
    const giving = give(receiptId)
    expect(couponsOn(receiptId)).toMatchObject({ state: 'used', differenceFen: OFF_FEN })
    answer(giving, { code: 'coupon_differs' })
    for (let more = 0; more < 6; more += 1) printed()
    expect(couponsOn(receiptId)).toMatchObject({ state: 'differs', differenceFen: OFF_FEN })
    core.reservations.settle(reservationId, false)
    expect(couponsOn(receiptId)).toBeUndefined()
  })

  it.each([
    ['used', true],
    ['not_used', false],
  ] as const)('says %s once that was said', (state, isUsed) => {
    const reservationId = aside()
    const receiptId = printed({ totalFen: fen(TOTAL_FEN + OFF_FEN) })
    answer(give(receiptId), { code: 'coupon_differs' })
    core.reservations.settle(reservationId, isUsed)
    expect(couponsOn(receiptId)).toMatchObject({ state })
  })

  it('says where its coupons are used elsewhere by now', () => {
    aside()
    const receiptId = printed()
    answer(give(receiptId), { code: 'coupon_gone' })
    expect(couponsOn(receiptId)).toMatchObject({ state: 'gone', offFen: OFF_FEN })
  })

  it.each([
    ['gone', 'coupon_gone'],
    ['differs', 'coupon_differs'],
  ] as const)('says %s also where its points are owed besides', (state, couponCode) => {
    aside()
    const receiptId = printed()
    answer(give(receiptId), { code: 'hold_ended', couponCode })
    expect(couponsOn(receiptId)).toMatchObject({ state })
  })
})
