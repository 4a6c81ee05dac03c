import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { CashierHoldRequest } from '@huike/shared/contracts/cashier'
import type { Hold, HoldRequest, SpendingQuoteRequest } from '@huike/shared/contracts/spending'
import { epochMs, fen, points } from '@huike/shared/quantities'
import { memberFixture } from '../../tests/crash/agent-fake-server.js'
import {
  noOffline,
  openCore,
  storeOn,
  temporaryFolder,
  testId,
} from '../../tests/crash/agent-fixtures.js'
import { Clock } from '../platform/clock.js'
import type { StoreCore } from '../store/core.js'
import type { Asked } from '../uplink/ask-server.js'
import { PointsAtTill, type PointsPorts } from './points-at-till.js'
import { CODE_KEPT_MS_MAX, ReadCodes } from './read-codes.js'

// Points as cash at a till, over a server that answers as the test wants it to.

const CODE = '6800000001234587654321'
const START_MS = 1_772_700_000_000
const HALF_HOUR_MS = 30 * 60_000

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore
let nowMs: number
let isOnline: boolean
let asked: (HoldRequest | SpendingQuoteRequest)[]
let released: string[]
let answers: Asked<Partial<Hold>>[]
let changed: string[]
let at: PointsAtTill
let codes: ReadCodes
const memberId = testId() as never
const nobody = () => Promise.reject(new Error('not asked for'))

beforeEach(() => {
  folder = temporaryFolder()
  core = openCore(folder.path)
  core.members.keep(memberFixture({ memberId, balancePoints: 500, asOfMs: 1 }) as never, null)
  nowMs = START_MS
  isOnline = true
  ;[asked, released, answers, changed] = [[], [], [], []]
  const clock = new Clock({ wallMs: () => nowMs, monotonicMs: () => nowMs - START_MS })
  codes = new ReadCodes(clock)
  const ports: PointsPorts = {
    store: storeOn(core),
    clock,
    isOnline: () => isOnline,
    onChanged: (id) => changed.push(id),
    spending: {
      ...{ previewRefund: nobody, settleRefund: nobody },
      quote: (request) => {
        asked.push(request)
        return Promise.resolve({ kind: 'refused', code: 'member_not_found', detail: null })
      },
      reserve: (request) => {
        asked.push(request)
        return Promise.resolve(told(answers.shift() ?? { kind: 'answered', answer: {} }, request))
      },
      release: (holdId) => {
        released.push(holdId)
        return Promise.resolve(
          told(answers.shift() ?? { kind: 'answered', answer: { state: 'released' } }, { holdId }),
        )
      },
    },
  }
  at = new PointsAtTill(ports, codes, noOffline(ports.store, clock, codes))
})
afterEach(() => {
  core.close()
  folder.remove()
})

/** The answer of a server that has set aside what was asked for, but for what the test says. */
function told(answer: Asked<Partial<Hold>>, request: Partial<HoldRequest>): Asked<never> {
  if (answer.kind !== 'answered') return answer
  const hold = {
    ...{ holdId: request.holdId, memberId, points: request.points, valueFen: fen(300) },
    ...{ state: 'reserved', deadlineAtMs: epochMs(nowMs + HALF_HOUR_MS) },
    ...{ balancePoints: points(200), ...answer.answer },
  }
  return { kind: 'answered', answer: { serverTimeMs: epochMs(nowMs), hold } as never }
}

const order = (change: Partial<CashierHoldRequest> = {}): CashierHoldRequest => ({
  ...{ memberId, orderFen: fen(2_000), points: 300 },
  ...change,
})
const ids = () => asked.map((one) => ('holdId' in one ? one.holdId : null))
const refused = async (work: Promise<unknown>) => {
  const error = await work.catch((caught: unknown) => caught)
  return (error as { code?: string }).code
}

it('sets points aside, keeps them, and tells the balance', async () => {
  const { hold } = await at.hold(order())
  expect(hold).toMatchObject({ points: 300, valueFen: 300, orderFen: 2_000, memberId })
  expect(await at.openOf(memberId)).toEqual(hold)
  expect(core.members.find(memberId)?.balancePoints).toBe(200)
  expect(changed).toEqual([memberId])
  nowMs += HALF_HOUR_MS
  expect(await at.openOf(memberId)).toBeNull()
})

it('asks with the same id when the same is asked for again, at once or after a lost answer', async () => {
  answers = [{ kind: 'unreachable' }]
  expect(await refused(at.hold(order()))).toBe('spending_offline')
  const [first, second] = await Promise.all([at.hold(order()), at.hold(order())])
  expect(new Set(ids()).size).toBe(1)
  expect(second).toEqual(first)
  await at.hold(order({ points: 200 }))
  expect(new Set(ids()).size).toBe(2)
})

it('asks anew where what was set aside has been given back meanwhile', async () => {
  const first = await at.hold(order())
  answers = [{ kind: 'answered', answer: { state: 'released' } }]
  const second = await at.hold(order())
  expect(second.hold.holdId).not.toBe(first.hold.holdId)
  expect(ids()).toEqual([first.hold.holdId, first.hold.holdId, second.hold.holdId])
  expect(await at.openOf(memberId)).toEqual(second.hold)
})

it('says so at once without a network, and asks nobody', async () => {
  isOnline = false
  expect(await refused(at.hold(order()))).toBe('spending_offline')
  expect(await refused(at.quote(order()))).toBe('spending_offline')
  expect(asked).toEqual([])
})

it('gives the reason of the server in its words', async () => {
  const detail = '可用积分不足：现有 99 分可用'
  answers = [{ kind: 'refused', code: 'points_short', detail }]
  await expect(at.hold(order())).rejects.toMatchObject({ code: 'points_short', detail })
  expect(await at.openOf(memberId)).toBeNull()
})

it('proves the member by the code read last, for ten minutes, and where it is taken', async () => {
  codes.remember(memberId, CODE)
  nowMs += CODE_KEPT_MS_MAX
  await at.hold(order())
  const proven = { by: 'member_code', memberCode: CODE, readAtMs: START_MS }
  expect(asked[0]?.who).toEqual(proven)
  answers = [{ kind: 'refused', code: 'member_code_expired', detail: null }]
  await at.hold(order({ points: 200 }))
  await at.hold(order({ points: 100 }))
  const plain = { by: 'member', memberId }
  expect(asked.slice(1).map(({ who }) => who)).toEqual([proven, plain, plain])
  codes.remember(memberId, CODE)
  nowMs += CODE_KEPT_MS_MAX + 1
  await at.hold(order({ points: 300 }))
  expect(asked.at(-1)?.who).toEqual(plain)
})

it('lets no receipt be paid with what was given back, also where the server was not told', async () => {
  const { hold } = await at.hold(order())
  answers = [{ kind: 'unreachable' }]
  expect(await at.release(hold.holdId)).toEqual({ holdId: hold.holdId, isBack: false })
  expect(await at.openOf(memberId)).toBeNull()
  answers = [{ kind: 'answered', answer: { state: 'released', balancePoints: points(500) } }]
  expect(await at.release(hold.holdId)).toEqual({ holdId: hold.holdId, isBack: true })
  expect(core.members.find(memberId)?.balancePoints).toBe(500)
  expect(released).toEqual([hold.holdId, hold.holdId])
})
