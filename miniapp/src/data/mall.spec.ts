import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Exchange, ExchangeAnswer, ExchangeRequest } from '@huike/shared/contracts/mall'
import { isUlid } from '@huike/shared/ids'
import { failure, type Result } from '../api/result.js'
import { createKeeper, type Keeper } from './keeper.js'
import { createMall, type Mall, type MallWish } from './mall.js'

const OFFLINE = { ok: false, code: 'offline', sentence: '' } as const
const COFFEE = { itemId: 'COFFEE', quantity: 2, pricePoints: 1_200 } as unknown as MallWish
const BAG = { itemId: 'BAG', quantity: 1, pricePoints: 500 } as unknown as MallWish

/** A server that exchanges once per request id, and remembers what it was told. */
let told: ExchangeRequest[]
let made: Map<string, ExchangeAnswer>
/** What comes back instead of the answer, in order; the answer where there is none left. */
let instead: Result<never>[]
/** Whether the server does it before that. */
let isDone: boolean
let kept: Exchange[]
let waitedMs: number[]
/** What happens while a lost answer is waited for. */
let meanwhile: () => void
let keeper: Keeper

function open(): Mall {
  const none = null as never
  const list = { refresh: () => Promise.resolve(), reset: () => undefined } as never
  let chances = told.length
  return createMall({
    ...{ keeper, nowMs: () => 1_000_000, chance: () => ((chances += 7) % 31) / 31 },
    ...{ shelf: list, exchanges: list, item: none, exchange: none },
    keep: (exchange) => kept.push(exchange),
    wait: (ms) => {
      waitedMs.push(ms)
      meanwhile()
      return Promise.resolve()
    },
    tellExchange: async (request) => {
      told.push(structuredClone(request))
      await Promise.resolve()
      if (isDone && !made.has(request.requestId)) made.set(request.requestId, answerTo(request))
      const answer = instead.shift()
      return answer ?? { ok: true, value: made.get(request.requestId) as ExchangeAnswer }
    },
    tellCancel: () => Promise.resolve(instead.shift() ?? { ok: true, value: answerTo(null) }),
  })
}

function answerTo(request: ExchangeRequest | null): ExchangeAnswer {
  const exchangeId = request === null ? 'CANCELLED' : `EXCHANGE-${String(made.size + 1)}`
  return { exchange: { exchangeId }, spendablePoints: 0 } as unknown as ExchangeAnswer
}

const nothing = () => undefined
const idsTold = () => new Set(told.map(({ requestId }) => requestId)).size

beforeEach(() => {
  const raw = new Map<string, unknown>()
  keeper = createKeeper({
    read: (name) => raw.get(name),
    write: (name, value) => void raw.set(name, structuredClone(value)),
    remove: (name) => void raw.delete(name),
  })
  ;[told, made, instead, isDone] = [[], new Map(), [], true]
  ;[kept, waitedMs, meanwhile] = [[], [], nothing]
})

describe('exchanging points', () => {
  it('asks for a lost answer again by itself, the very same, and says so first', async () => {
    instead = [OFFLINE, failure('busy')]
    const mall = open()
    let unsure = 0
    const result = await mall.take(COFFEE, () => (unsure += 1))
    expect(result).toMatchObject({ ok: true, value: { exchangeId: 'EXCHANGE-1' } })
    expect([told.length, idsTold(), made.size]).toEqual([3, 1, 1])
    expect([unsure, waitedMs]).toEqual([2, [1_000, 3_000]])
    expect(isUlid(told[0]?.requestId ?? '')).toBe(true)
    expect(mall.open()).toEqual([])
    expect(kept).toMatchObject([{ exchangeId: 'EXCHANGE-1' }])
  })

  it('is the same request after a restart too, whatever is wanted or asked by then', async () => {
    instead = [OFFLINE, OFFLINE, OFFLINE]
    expect(await open().take(COFFEE, nothing)).toBe(OFFLINE)
    const later = open()
    expect(later.open()).toMatchObject([COFFEE])
    const dearer = { ...COFFEE, quantity: 1, pricePoints: 1_500 }
    expect(await later.take(dearer, nothing)).toMatchObject({ ok: true })
    expect(told).toHaveLength(4)
    expect(told[3]).toEqual(told[0])
    expect(made.size).toBe(1)
    expect(open().open()).toEqual([])
  })

  it('is one for two taps at once, and another one afterwards', async () => {
    const mall = open()
    const [first, second] = await Promise.all([
      mall.take(COFFEE, nothing),
      mall.take(COFFEE, nothing),
    ])
    expect(second).toBe(first)
    await Promise.all([mall.take(COFFEE, nothing), mall.take(BAG, nothing)])
    expect([told.length, idsTold(), made.size]).toEqual([3, 3, 3])
  })

  it('is over where it was refused: what comes next is another request', async () => {
    isDone = false
    instead = [OFFLINE, failure('mall_price_changed')]
    const mall = open()
    expect(await mall.take(COFFEE, nothing)).toMatchObject({ code: 'mall_price_changed' })
    expect(mall.open()).toEqual([])
    isDone = true
    await mall.take({ ...COFFEE, pricePoints: 1_500 }, nothing)
    expect([idsTold(), made.size]).toEqual([2, 1])
    expect(told.at(-1)).toMatchObject({ pricePoints: 1_500 })
  })

  it('is not asked for again in the name of somebody who signed in meanwhile', async () => {
    instead = [OFFLINE]
    const mall = open()
    meanwhile = () => {
      keeper.clear()
      mall.reset()
    }
    expect(await mall.take(COFFEE, nothing)).toBe(OFFLINE)
    expect(told).toHaveLength(1)
    expect([mall.open(), open().open(), kept]).toEqual([[], [], []])
  })
})

describe('giving back what waits', () => {
  it('notes what is known, and nothing where no answer came', async () => {
    instead = [OFFLINE]
    const mall = open()
    expect(await mall.cancel('CANCELLED')).toBe(OFFLINE)
    expect(kept).toEqual([])
    expect(await mall.cancel('CANCELLED')).toMatchObject({ ok: true })
    expect(kept).toMatchObject([{ exchangeId: 'CANCELLED' }])
  })
})
