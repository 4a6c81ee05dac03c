import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { PickupFind, PickupHandOver } from '@huike/shared/contracts/till-pickups'
import { openCore, storeOn, temporaryFolder, testId } from '../../tests/crash/agent-fixtures.js'
import { Clock } from '../platform/clock.js'
import type { StoreCore } from '../store/core.js'
import type { Asked } from '../uplink/ask-server.js'
import { PickupsAtTill } from './pickups-at-till.js'

// What is fetched at a till, over a server that answers as the test wants it to.

const memberId = testId()
const BAG = { kind: 'exchange', pickupId: testId(), refundsSeen: 0 } as const
const CUP = { kind: 'order', pickupId: testId(), refundsSeen: 2 } as const

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore
let isOnline: boolean
let found: PickupFind[]
let handed: PickupHandOver[]
let answers: Asked<never>[]
let told: string[]
let at: PickupsAtTill

beforeEach(() => {
  folder = temporaryFolder()
  core = openCore(folder.path)
  isOnline = true
  ;[found, handed, answers, told] = [[], [], [], []]
  at = new PickupsAtTill({
    store: storeOn(core),
    clock: new Clock(),
    isOnline: () => isOnline,
    onHandedOver: (id) => told.push(id),
    pickups: {
      find: (asked) => {
        found.push(asked)
        return Promise.resolve(answers.shift() ?? answer({ pickups: [] }))
      },
      handOver: (request) => {
        handed.push(request)
        return Promise.resolve(answers.shift() ?? answer({ pickup: { memberId }, isNew: true }))
      },
    },
  })
})
afterEach(() => {
  core.close()
  folder.remove()
})

const answer = (body: object): Asked<never> => ({ kind: 'answered', answer: body as never })
const requests = () => handed.map(({ requestId }) => requestId)
const codeOf = async (work: Promise<unknown>) =>
  ((await work.catch((caught: unknown) => caught)) as { code?: string }).code

it('hands over once per request, and tells that something of the member changed', async () => {
  expect(await at.handOver(BAG)).toMatchObject({ isNew: true })
  expect(await at.handOver(BAG)).toMatchObject({ isNew: true })
  expect(new Set(requests()).size).toBe(2)
  expect(told).toEqual([memberId, memberId])
})

it('asks with the same request after a lost answer, whatever else was handed over meanwhile', async () => {
  answers = [{ kind: 'unreachable' }]
  expect(await codeOf(at.handOver(BAG))).toBe('pickup_unanswered')
  await at.handOver(CUP)
  await at.handOver(BAG)
  const [first, other, again] = requests()
  expect(again).toBe(first)
  expect(other).not.toBe(first)
  // Answered by now: whoever asks later asks anew, and is refused by the server.
  await at.handOver(BAG)
  expect(requests()[3]).not.toBe(first)
})

it('needs the network, and does not say that nothing was done where nobody knows', async () => {
  isOnline = false
  expect(await codeOf(at.find({ by: 'code', code: '0123456789' }))).toBe('pickup_offline')
  expect(await codeOf(at.handOver(BAG))).toBe('pickup_offline')
  expect([found, handed]).toEqual([[], []])
  isOnline = true
  answers = [{ kind: 'unreachable' }]
  expect(await codeOf(at.handOver(BAG))).toBe('pickup_unanswered')
  isOnline = false
  expect(await codeOf(at.handOver(BAG))).toBe('pickup_unanswered')
  expect(await codeOf(at.handOver(CUP))).toBe('pickup_offline')
  expect(handed).toHaveLength(1)
})

it('says what the server says, and asks for who a member is by now', async () => {
  answers = [{ kind: 'refused', code: 'mall_fetched', detail: '已由本收银台交付' }]
  const refused = await at.handOver(BAG).catch((caught: unknown) => caught)
  expect(refused).toMatchObject({ code: 'mall_fetched', detail: '已由本收银台交付' })
  expect(told).toEqual([])
  await at.find({ by: 'member', memberId: memberId as never })
  expect(found).toEqual([{ by: 'member', memberId }])
  answers = [{ kind: 'unreachable' }]
  expect(await codeOf(at.find({ by: 'code', code: '0123456789' }))).toBe('pickup_offline')
})
