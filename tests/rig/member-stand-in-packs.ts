import {
  packOrderRequestSchema,
  packOrderWholeSchema,
  packOrdersPageSchema,
  packPaymentSchema,
  packRefundRequestSchema,
  packShelfSchema,
  type PackOrderRequest,
  type PackRefundRequest,
} from '@huike/shared/contracts/packs'
import type { z } from 'zod'
import type { AccountAnswer, AccountQuestion } from './member-stand-in-account.js'

// Coupon packs of the stand-in. Like the rest of it, every body and every answer passes the
// contract's schema.

const ORDER = /^(GET|POST) \/packs\/orders\/(01J[0-9A-Z]+)(?:\/([a-z-]+))?$/
const SHARES = [300, 300, 390]

type PlainPack = z.input<typeof packShelfSchema>['packs'][number]
type PlainOrder = z.input<typeof packOrderWholeSchema>

/** What is for sale, and one member's orders; tests change its fields and read what was told. */
export class StandInPacks {
  packs: PlainPack[] = manyPacks()
  orders: PlainOrder[] = []
  /** Everything that was told, repetitions included. */
  readonly told: (PackOrderRequest | PackRefundRequest)[] = []
  readonly #asked = new Map<string, PlainOrder>()

  /** Answers, or gives undefined for a question that is not about packs. */
  answer({ method, path, body }: AccountQuestion): AccountAnswer | undefined {
    const question = `${method} ${path}`
    if (question === 'GET /packs') return { body: packShelfSchema.parse({ packs: this.packs }) }
    if (question === 'GET /packs/orders')
      return { body: packOrdersPageSchema.parse({ orders: this.orders, nextCursor: null }) }
    if (question === 'POST /packs/orders') return this.#order(packOrderRequestSchema.parse(body))
    const [, , orderId, what] = ORDER.exec(question) ?? []
    if (orderId === undefined) return undefined
    const order = this.orders.find((one) => one.orderId === orderId)
    if (!order) return { refusal: 'not_found' }
    if (what === 'payment') return this.#paymentOf(order)
    if (what === 'sandbox-payment') this.pay(orderId)
    if (what === 'refunds') return this.#refund(order, packRefundRequestSchema.parse(body))
    return { body: packOrderWholeSchema.parse(order) }
  }

  /** WeChat Pay says that it was paid. */
  pay(orderId: string): void {
    const order = this.orders.find((one) => one.orderId === orderId)
    if (order?.state !== 'prepaid') return
    const pack = this.packs.find(({ packId }) => packId === order.packId)
    const grants = SHARES.map((shareFen, seq) => ({
      ...({ seq, shareFen, isRefundable: true, state: seq < 2 ? 'issued' : 'due' } as const),
      ...{ name: pack?.title ?? '', headline: '满 ¥50 减 ¥10' },
      dueAtMs: Date.now() + seq * 86_400_000,
    }))
    Object.assign(order, { state: 'issued', paidAtMs: Date.now(), grants, refundableFen: 990 })
  }

  #order(request: PackOrderRequest): AccountAnswer {
    this.told.push(request)
    const pack = this.packs.find(({ packId }) => packId === request.packId)
    if (!pack) return { refusal: 'not_found' }
    const before = this.#asked.get(request.requestId)
    if (before) return this.#paymentOf(before)
    const nowMs = Date.now()
    const order: PlainOrder = {
      orderId: ulid('PACKNR', this.orders.length + 1),
      ...{ packId: pack.packId, title: pack.title, totalFen: pack.priceFen, refundedFen: 0 },
      ...{ state: 'prepaid', createdAtMs: nowMs, expiresAtMs: nowMs + 1_800_000, paidAtMs: null },
      ...{ grants: [], refunds: [], refundableFen: 0 },
    }
    this.orders.unshift(order)
    this.#asked.set(request.requestId, order)
    return this.#paymentOf(order)
  }

  #paymentOf(order: PlainOrder): AccountAnswer {
    const payment = {
      ...{ timeStamp: '1', nonceStr: '2', package: `prepay_id=${order.orderId}` },
      ...{ signType: 'RSA', paySign: '3' },
    }
    return { body: packPaymentSchema.parse({ order, payment }) }
  }

  #refund(order: PlainOrder, request: PackRefundRequest): AccountAnswer {
    this.told.push(request)
    const back = order.grants.filter(
      ({ isRefundable, seq }) => isRefundable && (request.seqs?.includes(seq) ?? true),
    )
    const refundFen = back.reduce((sum, { shareFen }) => sum + shareFen, 0)
    if (refundFen === 0) return { refusal: 'pack_nothing_back' }
    if (refundFen !== request.refundFen) return { refusal: 'pack_refund_changed' }
    for (const grant of back) Object.assign(grant, { state: 'void', isRefundable: false })
    order.refunds.push({
      ...{ refundFen, coupons: back.length, state: 'done', isByShop: false },
      createdAtMs: Date.now(),
    })
    order.refundedFen += refundFen
    order.refundableFen -= refundFen
    order.state = order.refundableFen === 0 ? 'refunded' : 'partly'
    return { body: packOrderWholeSchema.parse(order) }
  }
}

function manyPacks(): PlainPack[] {
  const content = { name: '满减券', headline: '满 ¥50 减 ¥10', conditions: ['每单一张'] }
  const contents = [
    { ...content, coupons: 2, when: '付款后马上到账' },
    { ...content, name: '下周券', coupons: 1, when: '付款后第 7 天到账' },
  ]
  return [
    {
      ...{ packId: ulid('PACK', 1), version: 1, title: '季度券包', priceFen: 990, coupons: 3 },
      ...{ contents, left: 12, untilMs: Date.now() + 864_000_000, why: null },
    },
    {
      ...{ packId: ulid('PACK', 2), version: 3, title: '早餐券包', priceFen: 1_990, coupons: 3 },
      ...{ contents, left: 0, untilMs: null, why: '券包已经卖完了' },
    },
  ]
}

function ulid(word: string, position: number): string {
  return `01J${word}${String(position).padStart(23 - word.length, '0')}`
}
