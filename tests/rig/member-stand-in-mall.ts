import {
  exchangeAnswerSchema,
  exchangeRequestSchema,
  exchangesPageSchema,
  mallItemAnswerSchema,
  mallShelfSchema,
  type ExchangeRequest,
  type mallItemSchema,
  type exchangeSchema,
} from '@huike/shared/contracts/mall'
import { outcomeSentence, type OutcomeCode } from '@huike/shared/outcomes'
import { points, type Points } from '@huike/shared/quantities'
import type { z } from 'zod'
import type { AccountAnswer, AccountQuestion } from './member-stand-in-account.js'

// The points mall of the stand-in. Like the rest of it, every body and every answer passes the
// contract's schema. Points it takes and gives back are the member's: the card and the history know.

const PAGE_ROWS = 20
const DAY_MS = 86_400_000
const FETCH_DAYS = 30
const EXCHANGE = /^(GET|POST) \/mall\/exchanges\/(01J[0-9A-Z]+)(\/cancel)?$/

type PlainItem = Omit<z.input<typeof mallItemSchema>, 'missingPoints' | 'why'> & {
  /** Why nobody can have one; null where points alone decide. */
  refusal: OutcomeCode | null
}
export type PlainExchange = z.input<typeof exchangeSchema>

/** What the mall does beside its own books. */
export interface MallPurse {
  spendable(): number
  /** Points went out for an exchange, or came back. */
  move(of: { exchangeId: string; name: string; quantity: number; points: Points }): void
  /** A coupon goes into the wallet; gives its id. */
  give(of: { name: string; headline: string; conditions: readonly string[] }): string
}

/** What is on the shelf, and one member's exchanges; tests change it and read what was told. */
export class StandInMall {
  items: PlainItem[] = manyItems()
  exchanges: PlainExchange[] = []
  /** Everything that was asked for, repetitions included. */
  readonly told: ExchangeRequest[] = []
  readonly #made = new Map<string, PlainExchange>()

  constructor(private readonly purse: MallPurse) {}

  /** Answers, or gives undefined for a question that is not about the mall. */
  answer({ method, path, cursor, body }: AccountQuestion): AccountAnswer | undefined {
    const spendablePoints = this.purse.spendable()
    const question = `${method} ${path}`
    const items = () => this.items.map((item) => this.#seen(item))
    if (question === 'GET /mall')
      return { body: mallShelfSchema.parse({ spendablePoints, items: items() }) }
    if (question === 'GET /mall/exchanges') return { body: this.#page(Number(cursor ?? '0')) }
    if (question === 'POST /mall/exchanges') return this.#make(exchangeRequestSchema.parse(body))
    if (question.startsWith('GET /mall/items/')) {
      const item = items().find(({ itemId }) => question.endsWith(itemId))
      if (!item) return { refusal: 'not_found' }
      return { body: mallItemAnswerSchema.parse({ spendablePoints, item }) }
    }
    const [, , exchangeId, isCancelled] = EXCHANGE.exec(question) ?? []
    if (exchangeId === undefined) return undefined
    const exchange = this.exchanges.find((one) => one.exchangeId === exchangeId)
    if (!exchange) return { refusal: 'not_found' }
    return isCancelled === undefined ? this.#answered(exchange) : this.#cancel(exchange)
  }

  /** A store hands out what waits. */
  handOver(code: string, storeName: string): void {
    const exchange = this.exchanges.find((one) => one.code === code)
    if (!exchange) throw new Error(`nothing waits under ${code}`)
    Object.assign(exchange, { state: 'fetched', code: null, storeName, endedAtMs: Date.now() })
  }

  #page(from: number): unknown {
    const rest = this.exchanges.slice(from)
    return exchangesPageSchema.parse({
      exchanges: rest.slice(0, PAGE_ROWS),
      nextCursor: rest.length > PAGE_ROWS ? String(from + PAGE_ROWS) : null,
    })
  }

  #seen({ refusal, ...item }: PlainItem) {
    const missingPoints = Math.max(item.pricePoints - this.purse.spendable(), 0)
    const code = refusal ?? (missingPoints > 0 ? 'points_short' : null)
    const why = code === null ? null : { code, sentence: outcomeSentence(code) }
    const quantityMax = refusal === null ? item.quantityMax : 0
    return { ...item, missingPoints, quantityMax, why }
  }

  #make(request: ExchangeRequest): AccountAnswer {
    this.told.push(request)
    const before = this.#made.get(request.requestId)
    if (before) return this.#answered(before)
    const item = this.items.find(({ itemId }) => itemId === request.itemId)
    if (!item) return { refusal: 'not_found' }
    if (item.pricePoints !== request.pricePoints) return { refusal: 'mall_price_changed' }
    if (item.refusal !== null) return { refusal: item.refusal }
    if (request.quantity > item.quantityMax) return { refusal: 'mall_sold_out' }
    if (item.pricePoints * request.quantity > this.purse.spendable())
      return { refusal: 'points_short' }
    const made = exchangeOf(item, request, this.exchanges.length + 1)
    if (item.left !== null) item.left -= request.quantity
    if (item.coupon) {
      const { coupon } = item
      const give = () => this.purse.give(coupon)
      made.couponIds = Array.from({ length: request.quantity }, give)
    }
    const { exchangeId, name, quantity } = made
    this.purse.move({ exchangeId, name, quantity, points: points(-made.points) })
    this.exchanges.unshift(made)
    this.#made.set(request.requestId, made)
    return this.#answered(made)
  }

  #cancel(exchange: PlainExchange): AccountAnswer {
    if (exchange.state === 'given') return { refusal: 'mall_coupon_given' }
    if (exchange.state === 'fetched') return { refusal: 'mall_fetched' }
    if (exchange.state === 'waiting') {
      const { exchangeId, name, quantity } = exchange
      this.purse.move({ exchangeId, name, quantity, points: points(exchange.points) })
      Object.assign(exchange, {
        ...{ state: 'cancelled', cancelledBy: 'member', code: null, endedAtMs: Date.now() },
        returnedPoints: exchange.points,
      })
    }
    return this.#answered(exchange)
  }

  #answered(exchange: PlainExchange): AccountAnswer {
    const spendablePoints = this.purse.spendable()
    return { body: exchangeAnswerSchema.parse({ exchange, spendablePoints }) }
  }
}

/** Something that waits in a store; `more` says what became of it. */
export function someExchange(position: number, more: Partial<PlainExchange> = {}): PlainExchange {
  const nowMs = Date.now()
  return {
    ...{ exchangeId: ulid('EXCHANGE', position), itemId: ulid('MALLKTEM', 1), kind: 'goods' },
    ...{ name: '手冲咖啡一杯', category: '饮品', quantity: 1, points: 1_200, state: 'waiting' },
    ...{ code: String(4_826_000_000 + position), createdAtMs: nowMs, endedAtMs: null },
    ...{ fetchUntilMs: nowMs + FETCH_DAYS * DAY_MS, lapse: 'back', stores: someStores() },
    ...{ storeName: null, cancelledBy: null, reason: null, returnedPoints: 0, couponIds: [] },
    ...more,
  }
}

function exchangeOf(item: PlainItem, request: ExchangeRequest, position: number): PlainExchange {
  const { itemId, kind, name, category, pricePoints, fetch } = item
  const { quantity } = request
  const made = { itemId, kind, name, category, quantity, points: pricePoints * quantity }
  if (fetch !== null)
    return someExchange(position, { ...made, stores: fetch.stores, lapse: fetch.lapse })
  const none = { code: null, fetchUntilMs: null, lapse: null, stores: [] }
  return someExchange(position, { ...made, ...none, state: 'given' })
}

function someStores() {
  return ['人民路店', '中山公园地铁站店'].map((name, at) => ({
    ...{ storeId: ulid('ST0RE', at + 1), name },
  }))
}

/** One of every kind, and one for every reason why it cannot be had. */
function manyItems(): PlainItem[] {
  const nowMs = Date.now()
  const goods = {
    ...{ kind: 'goods' as const, category: '饮品', coupon: null, words: '' },
    fetch: { days: FETCH_DAYS, stores: someStores(), lapse: 'back' as const },
    ...{ left: null, quantityMax: 20, limits: [], fromMs: nowMs - DAY_MS, untilMs: null },
    refusal: null,
  }
  const item = (position: number, more: Partial<PlainItem>): PlainItem => ({
    ...{ ...goods, name: '', pricePoints: 1, itemId: ulid('MALLKTEM', position), ...more },
  })
  return [
    item(1, {
      ...{ name: '手冲咖啡一杯', pricePoints: 1_200, left: 12, quantityMax: 2 },
      words: '当天现磨，冷热任选。\n出示领取码即可，一码一次领完。',
      limits: ['每人限兑 2 件'],
    }),
    item(2, {
      ...{ name: '满 50 减 10 券', kind: 'coupon', category: '优惠券', pricePoints: 600 },
      ...{ fetch: null, quantityMax: 1 },
      coupon: { name: '会员专享券', headline: '满 ¥50 减 ¥10', conditions: ['每单一张', '到店用'] },
    }),
    item(3, { name: '帆布购物袋', pricePoints: 25_728, left: 3, category: '周边' }),
    item(4, { name: '周年纪念保温杯', pricePoints: 8_800, left: 0, refusal: 'mall_sold_out' }),
    item(5, {
      ...{ name: '双人下午茶', pricePoints: 6_000, refusal: 'mall_level' },
      limits: ['仅限钻石会员', '每人每月限兑 1 件'],
    }),
    item(6, { name: '冬季热饮', pricePoints: 900, refusal: 'mall_early', fromMs: nowMs + DAY_MS }),
    item(7, { name: '明信片', pricePoints: 100, refusal: 'mall_member_max' }),
  ]
}

/** A readable ULID: letters that Crockford's base 32 lacks are replaced. */
function ulid(word: string, position: number): string {
  const letters = word.replaceAll('I', '1').replaceAll('L', 'K').replaceAll('O', '0')
  return `01J${letters}${String(position).padStart(23 - letters.length, '0')}`
}
