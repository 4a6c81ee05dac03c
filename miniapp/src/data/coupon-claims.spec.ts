import { beforeEach, describe, expect, it } from '@jest/globals'
import type { ClaimRequest, HeldCoupon } from '@huike/shared/contracts/coupons'
import { isUlid } from '@huike/shared/ids'
import { failure, type Result } from '../api/result.js'
import { createCouponClaims, type CouponClaims } from './coupon-claims.js'
import { createKeeper, type Keeper } from './keeper.js'

const OFFLINE = { ok: false, code: 'offline', sentence: '' } as const
const [TEN_OFF, BREAD] = ['TEMPLATE-TEN', 'TEMPLATE-BREAD']

/** A server that gives one coupon per request id, and remembers what it was told. */
let told: ClaimRequest[]
let given: Map<string, HeldCoupon>
/** What comes back instead of the answer; null for the answer. */
let instead: Result<HeldCoupon> | null
/** Whether the server took it before that. */
let isTaken: boolean
let keeper: Keeper
let nowMs: number
let claims: CouponClaims

function open(): CouponClaims {
  let chances = 0
  const ports = { keeper, nowMs: () => nowMs, chance: () => ((chances += 7) % 32) / 32 }
  return createCouponClaims(ports, async (request) => {
    told.push(request)
    await Promise.resolve()
    if (isTaken && !given.has(request.requestId))
      given.set(request.requestId, { code: String(given.size) } as HeldCoupon)
    return instead ?? { ok: true, value: given.get(request.requestId) as HeldCoupon }
  })
}

beforeEach(() => {
  const raw = new Map<string, unknown>()
  keeper = createKeeper({
    read: (name) => raw.get(name),
    write: (name, value) => void raw.set(name, structuredClone(value)),
    remove: (name) => void raw.delete(name),
  })
  ;[told, given, instead, isTaken, nowMs] = [[], new Map(), null, true, 1_000_000]
  claims = open()
})

describe('taking a coupon', () => {
  it('is one wish for two taps, whether the answer came between them or not', async () => {
    const [first, second] = await Promise.all([claims.take(TEN_OFF), claims.take(TEN_OFF)])
    expect(second).toBe(first)
    nowMs += 999
    expect(await claims.take(TEN_OFF)).toBe(first)
    expect(told).toHaveLength(1)
    expect(isUlid(told[0]?.requestId ?? '')).toBe(true)
  })

  it('is another wish later, or for something else', async () => {
    await Promise.all([claims.take(TEN_OFF), claims.take(BREAD)])
    nowMs += 1_000
    await claims.take(TEN_OFF)
    nowMs -= 3_600_000
    await claims.take(TEN_OFF)
    expect(given.size).toBe(4)
  })

  it('gives one coupon where the reply was lost, however often it is tapped', async () => {
    instead = OFFLINE
    expect(await claims.take(TEN_OFF)).toBe(OFFLINE)
    expect(claims.isOpen(TEN_OFF)).toBe(true)
    instead = failure('busy')
    await claims.take(TEN_OFF)
    instead = null
    expect(await claims.take(TEN_OFF)).toMatchObject({ ok: true, value: { code: '0' } })
    expect(told).toHaveLength(3)
    expect([given.size, claims.isOpen(TEN_OFF)]).toEqual([1, false])
  })

  it('gives one coupon where the program was closed before the answer', async () => {
    instead = OFFLINE
    await claims.take(TEN_OFF)
    claims = open()
    instead = null
    await claims.take(TEN_OFF)
    expect(new Set(told.map(({ requestId }) => requestId)).size).toBe(1)
    expect(open().isOpen(TEN_OFF)).toBe(false)
  })

  it('is settled by a refusal: the next tap is a new request', async () => {
    ;[instead, isTaken] = [failure('coupon_out_of_stock'), false]
    expect(await claims.take(TEN_OFF)).toMatchObject({ sentence: '券已经领完了' })
    expect(claims.isOpen(TEN_OFF)).toBe(false)
    nowMs += 1_000
    ;[instead, isTaken] = [null, true]
    await claims.take(TEN_OFF)
    expect(told[1]?.requestId).not.toBe(told[0]?.requestId)
  })

  it('leaves nothing of one person to the next', async () => {
    instead = OFFLINE
    await claims.take(TEN_OFF)
    instead = null
    const late = claims.take(BREAD)
    claims.reset()
    keeper.clear()
    await late
    expect(keeper.read('coupon-claims')).toBeNull()
    nowMs += 1
    await claims.take(TEN_OFF)
    expect(told[2]?.requestId).not.toBe(told[0]?.requestId)
  })
})
