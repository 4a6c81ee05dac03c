import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { CashierMember, OtherMember } from '@huike/shared/contracts/cashier'
import type { Phone } from '@huike/shared/phone'
import { memberFixture } from '../../tests/crash/agent-fake-server.js'
import {
  filesContaining,
  openCore,
  storeOn,
  temporaryFolder,
  testId,
  until,
} from '../../tests/crash/agent-fixtures.js'
import { Clock } from '../platform/clock.js'
import type { StoreCore } from '../store/core.js'
import { CashierApi, type Lookup } from './cashier-api.js'

// A cashier never waits for the network over a member this till has seen: what is cached comes at
// once, and what the server says follows by itself.

const PHONE = '13812345678' as Phone
const AT_ONCE_MS = 50
const DAY_MS = 86_400_000

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore
let answer: (found: Lookup) => void
let told: CashierMember[]
let others: OtherMember[]

beforeEach(() => {
  folder = temporaryFolder()
  core = openCore(folder.path)
  told = []
  others = []
})
afterEach(() => {
  core.close()
  folder.remove()
})

const nobody = () => Promise.resolve({ kind: 'unreachable' as const })

/** The cashier's API over a server that answers when the test wants it to. */
function apiAt(clock: Clock): CashierApi {
  return new CashierApi({
    ...{ store: storeOn(core), clock, till: () => null, isOnline: () => true },
    state: () => Promise.reject(new Error('nobody asked for the state')),
    lookup: () =>
      new Promise((resolve) => {
        answer = resolve
      }),
    settled: () => Promise.resolve(null),
    onMember: (member) => {
      told.push(member)
    },
    onOtherMember: (change) => {
      others.push(change)
    },
    pickups: { find: nobody, handOver: nobody },
    gifts: { list: nobody, give: nobody },
    onHandedOver: () => undefined,
    spending: {
      ...{ quote: nobody, reserve: nobody, release: nobody },
      ...{ previewRefund: nobody, settleRefund: nobody },
    },
    ...{ onChanged: () => undefined, onUnsettled: () => undefined },
    coupons: { quote: nobody, reserve: nobody, release: nobody, settle: nobody },
    onError: (error) => {
      throw error
    },
    ...{ syncOffline: nobody, place: () => null },
    ...{ send: () => undefined, onShown: () => undefined, onReceipts: () => undefined },
  })
}

it('answers from the cache while the server thinks, and tells what is newer when it comes', async () => {
  const clock = new Clock()
  const known = memberFixture({ balancePoints: 100, asOfMs: clock.wallMs() - 1_000 })
  core.members.keep({ nameMasked: '张**', hints: ['ask_birthday'], ...known } as never, PHONE)
  const startMs = performance.now()
  const found = await apiAt(clock).lookup(PHONE)
  expect(performance.now() - startMs).toBeLessThan(AT_ONCE_MS)
  expect(found).toMatchObject({
    result: 'known',
    member: { source: 'cache', balancePoints: 100, nameMasked: '张**', hints: ['ask_birthday'] },
  })
  expect(told).toEqual([])
  const newer = memberFixture({ balancePoints: 121, asOfMs: clock.wallMs() })
  answer({ kind: 'known', member: { nameMasked: '张**', hints: ['birthday'], ...newer } as never })
  await until(() => told.length === 1)
  expect(told[0]).toMatchObject({ source: 'server', balancePoints: 121, hints: ['birthday'] })
})

it('says so when the number is somebody else’s by now, and knows that without a network next time', async () => {
  const clock = new Clock()
  const before = memberFixture({ asOfMs: clock.wallMs() - 1_000 })
  const said = { nameMasked: null, hints: [] }
  core.members.keep({ ...said, ...before } as never, PHONE)
  const api = apiAt(clock)
  expect((await api.lookup(PHONE)).member?.memberId).toBe(before.memberId)
  const now = memberFixture({
    ...{ memberId: testId(), memberNo: '000000000017', asOfMs: clock.wallMs() },
  })
  answer({ kind: 'known', member: { ...said, ...now } as never })
  await until(() => others.length === 1)
  expect(others[0]).toMatchObject({ insteadOf: before.memberId, member: now })
  expect(told).toEqual([])
  expect((await api.lookup(PHONE)).member?.memberId).toBe(now.memberId)
})

it('does not wish a happy birthday that was last week, and reads caches from before hints', async () => {
  const clock = new Clock()
  const old = memberFixture({ asOfMs: clock.wallMs() - 4 * DAY_MS })
  core.members.keep({ ...old, nameMasked: null, hints: ['birthday', 'ask_name'] } as never, PHONE)
  expect((await apiAt(clock).lookup(PHONE)).member?.hints).toEqual(['ask_name'])
  core.members.keep({ ...old, asOfMs: clock.wallMs() } as never, PHONE)
  expect((await apiAt(clock).lookup(PHONE)).member).toMatchObject({ nameMasked: null, hints: [] })
})

it('keeps names and hints sealed on the disk', () => {
  const told = { nameMasked: '欧***', hints: ['birthday'] }
  core.members.keep({ ...memberFixture(), ...told } as never, PHONE)
  for (const word of ['欧***', 'birthday', PHONE])
    expect(filesContaining(folder.path, word)).toEqual([])
})
