import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { OfflineUse } from '@huike/shared/contracts/offline-use'
import { epochMs, fen } from '@huike/shared/quantities'
import {
  filesContaining,
  openCore,
  temporaryFolder,
  testId,
} from '../../tests/crash/agent-fixtures.js'
import type { StoreCore } from './core.js'

// What a till may redeem without a network, on its disk: each once at most, whenever it is killed.

const NOW_MS = 1_772_700_000_000
const HALF_HOUR_MS = 30 * 60_000
const HOUR_MS = 3_600_000
const TOKEN = 'a-signed-token-of-a-member'
const CODE = '6800000001234587654321'

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore
const memberId = testId()
let allowanceId: string

beforeEach(() => {
  folder = temporaryFolder()
  core = openCore(folder.path)
  allowanceId = testId()
  keep()
})
afterEach(() => {
  core.close()
  folder.remove()
})

/** The server's answer: this till holds one coupon. */
function keep(nowMs = NOW_MS): void {
  const allowances = [{ memberId, token: TOKEN, allowanceIds: [allowanceId] }]
  core.offline.keep({ keys: [], allowances, nowMs })
}
/** The agent was killed, and started again. */
function killed(): void {
  core.close()
  core = openCore(folder.path)
}
function setAside(nowMs = NOW_MS) {
  const reservationId = testId() as never
  const use: OfflineUse = {
    ...{ memberCode: CODE, codeReadAtMs: epochMs(nowMs), usedAtMs: epochMs(nowMs), points: null },
    coupons: {
      goodsFen: fen(8_000),
      applied: [
        { allowanceId: allowanceId as never, couponId: testId() as never, offFen: fen(1_000) },
      ],
    },
  }
  const kept = {
    ...{ reservationId, memberId: memberId as never, goodsFen: fen(8_000), offFen: fen(1_000) },
    ...{ names: ['满减券'], withPoints: true, deadlineAtMs: epochMs(nowMs + HALF_HOUR_MS) },
  }
  return core.offline.setAsideCoupons({ kept, allowanceIds: [allowanceId], codePeriod: 7, use })
}
const isUsable = () => !core.offline.of(memberId).busyIds.includes(allowanceId)

it('keeps what is allowed over a crash, and nothing of it in clear', () => {
  killed()
  expect(core.offline.of(memberId)).toMatchObject({ token: TOKEN, busyIds: [], lastPeriod: null })
  setAside()
  core.close()
  expect(filesContaining(folder.path, TOKEN)).toEqual([])
  expect(filesContaining(folder.path, CODE)).toEqual([])
  core = openCore(folder.path)
})

it('never uses again what was given back, though a late answer names it once more', () => {
  expect(core.offline.giveUp(memberId, NOW_MS)).toBe(1)
  killed()
  keep()
  expect(isUsable()).toBe(false)
  expect(() => setAside()).toThrow('not free')
  expect(core.offline.toTell().returned).toEqual([allowanceId])
  core.offline.told({ returned: [allowanceId], notes: [] })
  expect(core.offline.toTell().returned).toEqual([])
  expect(core.offline.giveUp(memberId, NOW_MS)).toBe(0)
})

it('gives nothing back that is set aside, until it can be on no receipt any more', () => {
  setAside()
  expect(core.offline.giveBack([allowanceId], NOW_MS + HOUR_MS)).toBe(0)
  killed()
  expect(core.offline.giveBack([allowanceId], NOW_MS + 4 * HOUR_MS)).toBe(0)
  expect(core.offline.giveBack([allowanceId], NOW_MS + 5 * HOUR_MS)).toBe(1)
  expect(core.reservations.openOf(memberId)).toBeNull()
})

it('gives back what it never heard of, and never uses it when it hears of it late', () => {
  const lost = testId()
  expect(core.offline.giveBack([lost], NOW_MS)).toBe(1)
  const allowances = [{ memberId, token: TOKEN, allowanceIds: [allowanceId, lost] }]
  core.offline.keep({ keys: [], allowances, nowMs: NOW_MS })
  expect(core.offline.toTell().returned).toEqual([lost])
  core.offline.told({ returned: [lost], notes: [] })
  expect(core.offline.giveBack([lost], NOW_MS)).toBe(0)
})

it('gives back what the server does not name any more', () => {
  core.offline.keep({ keys: [], allowances: [], nowMs: NOW_MS })
  expect(core.offline.of(memberId).token).toBeNull()
  expect(core.offline.toTell().returned).toEqual([allowanceId])
})

it('sets aside anew what was let go, in the place of what was there', () => {
  const first = setAside()
  const second = setAside()
  expect(second?.reservationId).not.toBe(first?.reservationId)
  core.reservations.end(String(second?.reservationId), true)
  expect(isUsable()).toBe(true)
  expect(core.offline.giveUp(memberId, NOW_MS)).toBe(1)
})

it('remembers the latest time it has seen; only the server may put it back', () => {
  core.offline.see(NOW_MS, 'till')
  core.offline.see(NOW_MS - HOUR_MS, 'till')
  killed()
  expect(core.offline.of(memberId).latestSeenMs).toBe(NOW_MS)
  core.offline.see(NOW_MS - HOUR_MS, 'server')
  expect(core.offline.of(memberId).latestSeenMs).toBe(NOW_MS - HOUR_MS)
})

it('keeps what was refused until the server has it, and not without end', () => {
  const note = (at: number) => {
    const noteId = testId() as never
    core.offline.note({ noteId, memberId: null, code: 'offline_over', atMs: epochMs(NOW_MS + at) })
  }
  for (let at = 0; at < 230; at += 1) note(at)
  let told = 0
  for (;;) {
    const { notes } = core.offline.toTell()
    if (notes.length === 0) break
    told += notes.length
    core.offline.told({ returned: [], notes })
  }
  expect(told).toBe(200)
})
