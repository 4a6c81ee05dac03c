import { beforeEach, describe, expect, it } from '@jest/globals'
import type { PackOrderWhole, PackPayment, PackView } from '@huike/shared/contracts/packs'
import { isUlid } from '@huike/shared/ids'
import { failure, type Result } from '../api/result.js'
import { createKeeper, type Keeper } from './keeper.js'
import { createOpenRequests } from './open-requests.js'
import { createPacks, refundFenOf, type Packs } from './packs.js'

const PACK = { packId: 'PACK', version: 2 } as unknown as PackView
const ORDER = {
  orderId: 'ORDER',
  grants: [
    { seq: 0, shareFen: 200, isRefundable: true },
    { seq: 1, shareFen: 201, isRefundable: false },
    { seq: 2, shareFen: 600, isRefundable: true },
  ],
} as unknown as PackOrderWhole
const PAYMENT = { payment: { package: 'prepay_id=1' } } as PackPayment

let told: { requestId: string }[]
let paid: PackPayment['payment'][]
let answer: Result<never> | null
let keeper: Keeper

function open(hasWechat = true): Packs {
  let chances = 0
  const none = null as never
  const tell = <T>(request: { requestId: string }, value: T): Promise<Result<T>> => {
    told.push(request)
    return Promise.resolve(answer ?? { ok: true, value })
  }
  return createPacks({
    ...{ shelf: none, orders: none, order: none, tellSandbox: none },
    open: createOpenRequests({
      ...{ keeper, nowMs: () => 1_000_000, chance: () => ((chances += 7) % 32) / 32 },
    }),
    requestPayment: hasWechat
      ? (payment) => {
          paid.push(payment)
          return Promise.resolve('cancelled')
        }
      : null,
    tellOrder: (request) => tell(request, PAYMENT),
    tellPayment: () => Promise.resolve({ ok: true, value: PAYMENT }),
    tellRefund: (_id, request) => tell(request, ORDER),
  })
}

beforeEach(() => {
  const raw = new Map<string, unknown>()
  keeper = createKeeper({
    read: (name) => raw.get(name),
    write: (name, value) => void raw.set(name, structuredClone(value)),
    remove: (name) => void raw.delete(name),
  })
  ;[told, paid, answer] = [[], [], null]
})

describe('buying a pack', () => {
  it('is the same request where the reply was lost, also after a restart', async () => {
    answer = failure('wechat_busy')
    await open().buy(PACK)
    answer = { ok: false, code: 'offline', sentence: '' }
    await open().buy(PACK)
    answer = null
    expect(await open().buy(PACK)).toMatchObject({ ok: true })
    expect(new Set(told.map(({ requestId }) => requestId)).size).toBe(1)
    expect(isUlid(told[0]?.requestId ?? '')).toBe(true)
    expect(paid).toEqual([PAYMENT.payment])
  })

  it('is another request once an answer came, and asks the phone for nothing where refused', async () => {
    const packs = open()
    await packs.buy(PACK)
    answer = failure('pack_out_of_stock')
    expect(await packs.buy(PACK)).toMatchObject({ sentence: '券包已经卖完了' })
    answer = null
    await packs.buy(PACK)
    expect(paid).toHaveLength(2)
  })

  it('is paid without WeChat where there is none', () => {
    expect(open().payInSandbox).toBeNull()
    expect(open(false)).toHaveProperty('payInSandbox')
  })
})

describe('giving coupons back', () => {
  it('comes to the shares of those that can go', async () => {
    expect(refundFenOf(ORDER, null)).toBe(800)
    expect(refundFenOf(ORDER, [1, 2])).toBe(600)
    answer = failure('busy')
    await open().refund(ORDER, null)
    answer = null
    await open().refund(ORDER, null)
    await open().refund(ORDER, [0])
    expect(told.map((one) => ('refundFen' in one ? one.refundFen : 0))).toEqual([800, 800, 200])
    expect(told[1]?.requestId).toBe(told[0]?.requestId)
  })
})
