import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { CashierCouponOrder } from '@huike/shared/contracts/cashier-coupons'
import type { CouponQuoteRequest, Reservation } from '@huike/shared/contracts/coupons'
import { epochMs, fen } from '@huike/shared/quantities'
import {
  noOffline,
  openCore,
  storeOn,
  temporaryFolder,
  testId,
} from '../../tests/crash/agent-fixtures.js'
import { Clock } from '../platform/clock.js'
import type { StoreCore } from '../store/core.js'
import { ASKED_MS_MAX } from '../store/reservations.js'
import type { Asked } from '../uplink/ask-server.js'
import { CouponsAtTill } from './coupons-at-till.js'
import { ReadCodes } from './read-codes.js'

// Coupons at a till, over a server that answers as the test wants it to.

const CODE = '6800000001234587654321'
const START_MS = 1_772_700_000_000
const HALF_HOUR_MS = 30 * 60_000

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore
let nowMs: number
let isOnline: boolean
let quotes: CouponQuoteRequest[]
let reserved: { reservationId: string; chosen: string[] | null; who: unknown }[]
let released: string[]
/** What the server answers next; else it does what it is asked. */
let answers: Asked<Partial<Reservation>>[]
/** Happens while the server thinks. */
let meanwhile: () => void
let codes: ReadCodes
let at: CouponsAtTill
const memberId = testId() as never
const [one, two] = [testId() as never, testId() as never]

beforeEach(() => {
  folder = temporaryFolder()
  core = openCore(folder.path)
  nowMs = START_MS
  isOnline = true
  ;[quotes, reserved, released, answers] = [[], [], [], []]
  meanwhile = () => undefined
  at = agent()
})
afterEach(() => {
  core.close()
  folder.remove()
})

/** An agent that has just been started. */
function agent(): CouponsAtTill {
  const clock = new Clock({ wallMs: () => nowMs, monotonicMs: () => nowMs - START_MS })
  codes = new ReadCodes(clock)
  const ports = {
    ...{ store: storeOn(core), clock, isOnline: () => isOnline, onReceipts: () => undefined },
    onError: (error: unknown) => {
      throw error
    },
    coupons: {
      quote: (request: CouponQuoteRequest) => {
        quotes.push(request)
        const applied = (request.chosen ?? [one]).map((couponId) => ({ couponId }))
        const coupons = [one, two].map((couponId) => ({ couponId, name: `券 ${String(couponId)}` }))
        const answer = { coupons, quote: { applied, refused: [], withPoints: false } }
        return Promise.resolve({ kind: 'answered', answer } as never)
      },
      reserve: (request: never) => {
        reserved.push(request)
        meanwhile()
        return Promise.resolve(told({ offFen: fen(500), state: 'reserved' }, request))
      },
      release: (reservationId: string) => {
        released.push(reservationId)
        return Promise.resolve(told({ state: 'released' }, { reservationId }))
      },
      settle: ({ reservationId, isUsed }: { reservationId: string; isUsed: boolean }) =>
        Promise.resolve(told({ state: isUsed ? 'redeemed' : 'released' }, { reservationId })),
    },
  }
  return new CouponsAtTill(ports, codes, noOffline(ports.store, clock, codes))
}

function told(usual: Partial<Reservation>, request: object): Asked<never> {
  const answer = answers.shift() ?? { kind: 'answered', answer: {} }
  if (answer.kind !== 'answered') return answer
  const reservation = {
    ...{ ...request, memberId, goodsFen: fen(2_000), applied: [], differenceFen: null },
    ...{ deadlineAtMs: epochMs(nowMs + HALF_HOUR_MS), ...usual, ...answer.answer },
  }
  return { kind: 'answered', answer: { reservation } as never }
}

const order = (change: Partial<CashierCouponOrder> = {}): CashierCouponOrder => ({
  ...{ memberId, goodsFen: fen(2_000), seen: [], chosen: [one], isWithPoints: false },
  ...change,
})
const ids = () => reserved.map(({ reservationId }) => reservationId)
const refused = async (work: Promise<unknown>) => {
  const error = await work.catch((caught: unknown) => caught)
  return (error as { code?: string }).code
}
/** What is done in the background has been done. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

it('sets coupons aside as they were shown, and keeps them', async () => {
  await at.quote(order({ chosen: null }))
  const { reservation } = await at.reserve(order())
  expect(reservation).toMatchObject({ offFen: 500, names: [`券 ${String(one)}`] })
  expect(reservation.withPoints).toBe(false)
  expect(quotes).toHaveLength(1)
  expect(await at.openOf(memberId)).toEqual(reservation)
  nowMs += HALF_HOUR_MS
  expect(await at.openOf(memberId)).toBeNull()
})

it('asks with the same id again after a lost answer, also once it was killed', async () => {
  answers = [{ kind: 'unreachable' }]
  expect(await refused(at.reserve(order()))).toBe('coupons_offline')
  expect(await at.openOf(memberId)).toBeNull()
  core.close()
  core = openCore(folder.path)
  at = agent()
  const [first, second] = await Promise.all([at.reserve(order()), at.reserve(order())])
  expect(new Set(ids()).size).toBe(1)
  expect(second).toEqual(first)
  await at.reserve(order({ chosen: [two] }))
  expect(new Set(ids()).size).toBe(2)
})

it('gives back what was asked for and never asked again, once the server is there', async () => {
  answers = [{ kind: 'unreachable' }]
  await refused(at.reserve(order()))
  core.close()
  core = openCore(folder.path)
  at = agent()
  nowMs += ASKED_MS_MAX + 1
  isOnline = false
  await at.giveBack()
  expect(released).toEqual([])
  isOnline = true
  answers = [{ kind: 'unreachable' }]
  await at.giveBack()
  answers = [{ kind: 'refused', code: 'not_found', detail: null }]
  await Promise.all([at.giveBack(), at.giveBack()])
  await at.giveBack()
  expect(released).toEqual([ids()[0], ids()[0]])
})

it('asks anew where what was set aside has been given back meanwhile', async () => {
  const first = await at.reserve(order())
  answers = [{ kind: 'answered', answer: { state: 'released' } }]
  const second = await at.reserve(order())
  expect(second.reservation.reservationId).not.toBe(first.reservation.reservationId)
  expect(await at.openOf(memberId)).toEqual(second.reservation)
})

it('says so at once without a network, and asks nobody', async () => {
  isOnline = false
  for (const work of [at.quote(order()), at.reserve(order())])
    expect(await refused(work)).toBe('coupons_offline')
  expect(await refused(at.settle({ reservationId: testId() as never, isUsed: true }))).toBe(
    'coupons_offline',
  )
  expect([quotes, reserved]).toEqual([[], []])
})

it('gives the reason of the server in its words, and keeps nothing', async () => {
  const detail = '“甲”不能与“乙”一起用'
  answers = [{ kind: 'refused', code: 'coupon_together', detail }]
  await expect(at.reserve(order())).rejects.toMatchObject({ code: 'coupon_together', detail })
  expect(await at.openOf(memberId)).toBeNull()
})

it('lets go by a key at once, and tells the server later where it is not there', async () => {
  const { reservation } = await at.reserve(order())
  const { reservationId } = reservation
  answers = [{ kind: 'unreachable' }]
  expect(await at.release(reservationId)).toEqual({ reservationId, isBack: false })
  expect(await at.openOf(memberId)).toBeNull()
  await at.giveBack()
  await at.giveBack()
  expect(released).toEqual([reservationId, reservationId])
})

it('lets go where another member is shown, and nobody waits for the server', async () => {
  const { reservation } = await at.reserve(order())
  at.show(memberId)
  await settled()
  expect(released).toEqual([])
  at.show(testId())
  await settled()
  expect(released).toEqual([reservation.reservationId])
  expect(await at.openOf(memberId)).toBeNull()
})

it('gives back what the server sets aside for somebody who was left meanwhile', async () => {
  meanwhile = () => {
    at.show(testId())
  }
  expect(await refused(at.reserve(order()))).toBe('coupons_let_go')
  await settled()
  expect(released).toContain(ids()[0])
  expect(await at.openOf(memberId)).toBeNull()
})

it('proves the member by the code read last', async () => {
  codes.remember(memberId, CODE)
  await at.quote(order())
  await at.reserve(order())
  const proven = { by: 'member_code', memberCode: CODE, readAtMs: START_MS }
  expect([quotes[0]?.who, reserved[0]?.who]).toEqual([proven, proven])
})

it.each([
  [true, true],
  [false, false],
])('says that the coupons of a receipt were used: %s', async (isUsed, stands) => {
  const { reservation } = await at.reserve(order())
  const { reservationId } = reservation
  expect(await at.settle({ reservationId, isUsed })).toEqual({ reservationId, isUsed: stands })
})
