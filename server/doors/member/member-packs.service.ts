import { Injectable } from '@nestjs/common'
import { itemCoupons } from '@huike/shared/contracts/packs'
import type {
  PackOrderRequest,
  PackOrderView,
  PackOrderWhole,
  PackOrdersPage,
  PackPayment,
  PackRefundRequest,
  PackShelf,
  PackView,
} from '@huike/shared/contracts/packs'
import type { PageQuery } from '@huike/shared/contracts/common'
import { couponConditions, couponHeadline } from '@huike/shared/coupon-words'
import { isUlid, type PackId, type PackOrderId } from '@huike/shared/ids'
import { outcomeSentence, refuse, type Refusal } from '@huike/shared/outcomes'
import { epochMs, fen } from '@huike/shared/quantities'
import { CouponTemplatesService, versionKey } from '../../coupons/coupon-templates.service.js'
import type { PackOrder } from '../../packs/pack-order.entity.js'
import { PackOrdersService, packRefunds } from '../../packs/pack-orders.service.js'
import type { PackRefund } from '../../packs/pack-refund.entity.js'
import { PackRefundsService } from '../../packs/pack-refunds.service.js'
import type { PackTemplate } from '../../packs/pack-template.entity.js'
import {
  PackTemplatesService,
  packKey,
  whenInWords,
  type SoldTerms,
} from '../../packs/pack-templates.service.js'
import { PacksWorkerService } from '../../packs/packs-worker.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, type Statements } from '../../platform/database.js'
import { ProblemError } from '../../platform/problems.js'
import { PackContentsService } from '../pack-contents.service.js'

type CouponTermsOf = Awaited<ReturnType<CouponTemplatesService['termsOf']>>

/** Packs in the mini-program: the shelf, a shopper's orders, and money back for what is unused. */
@Injectable()
export class MemberPacksService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly packs: PackTemplatesService,
    private readonly orders: PackOrdersService,
    private readonly refunds: PackRefundsService,
    private readonly worker: PacksWorkerService,
    private readonly coupons: CouponTemplatesService,
    private readonly contents: PackContentsService,
  ) {}

  shelf(memberId: string): Promise<PackShelf> {
    return this.database.read(async (rx) => {
      const packs = await this.packs.shelf(rx, this.clock.nowMs())
      return { packs: await this.#views(rx, memberId, packs) }
    })
  }

  /** One pack. Refuses `not_found`. */
  pack(memberId: string, packId: string): Promise<{ ok: true; pack: PackView } | Refusal> {
    return this.database.read(async (rx) => {
      const found = await this.packs.byId(rx, packId)
      const [pack] = found ? await this.#views(rx, memberId, [found]) : []
      return pack ? { ok: true as const, pack } : refuse('not_found')
    })
  }

  /** Refuses as `PackOrdersService.order` does. */
  async order(
    memberId: string,
    request: PackOrderRequest,
  ): Promise<{ ok: true; payment: PackPayment } | Refusal> {
    return this.#paymentOf(await this.orders.order(memberId, request))
  }

  /** Refuses as `PackOrdersService.payAgain` does. */
  async payAgain(
    memberId: string,
    orderId: string,
  ): Promise<{ ok: true; payment: PackPayment } | Refusal> {
    return this.#paymentOf(await this.orders.payAgain(memberId, orderId))
  }

  /** Has the sandbox pay an order. Refuses as `payAgain` does. */
  async payInSandbox(
    memberId: string,
    orderId: string,
  ): Promise<{ ok: true; order: PackOrderWhole } | Refusal> {
    const paid = await this.orders.payInSandbox(memberId, orderId)
    return paid.ok ? this.whole(memberId, orderId) : paid
  }

  page(memberId: string, { cursor, limit }: PageQuery): Promise<PackOrdersPage> {
    if (cursor !== undefined && !isUlid(cursor)) throw new ProblemError('input_invalid', 'cursor')
    return this.database.read(async (rx) => {
      const beforeId = cursor ?? null
      const rows = await this.orders.page(rx, { memberId, beforeId, limit: limit + 1 })
      const shown = rows.slice(0, limit)
      return {
        orders: await this.#orderViews(rx, shown),
        nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
      }
    })
  }

  /** An order with its coupons; whoever looks at an unpaid one waits for its payment. */
  async whole(
    memberId: string,
    orderId: string,
  ): Promise<{ ok: true; order: PackOrderWhole } | Refusal> {
    const found = await this.database.read(async (rx) => {
      const order = await this.orders.ofMember(rx, memberId, orderId)
      return order && { order, whole: await this.#whole(rx, order) }
    })
    if (!found) return refuse('not_found')
    await this.orders.watch(found.order)
    return { ok: true, order: found.whole }
  }

  /** Asks for money back. Refuses as `PackRefundsService.ask` does. */
  async refund(
    memberId: string,
    orderId: string,
    request: PackRefundRequest,
  ): Promise<{ ok: true; order: PackOrderWhole } | Refusal> {
    const asked = await this.refunds.ask(memberId, orderId, request)
    if (!asked.ok) return asked
    this.worker.wake()
    return this.whole(memberId, orderId)
  }

  async #paymentOf(
    payable: Awaited<ReturnType<PackOrdersService['order']>>,
  ): Promise<{ ok: true; payment: PackPayment } | Refusal> {
    if (!payable.ok) return payable
    const [order] = await this.database.read((rx) => this.#orderViews(rx, [payable.order]))
    if (!order) throw new Error(`order ${payable.order.id} has no terms`)
    return { ok: true, payment: { order, payment: payable.payment } }
  }

  async #views(
    rx: Statements,
    memberId: string,
    packs: readonly PackTemplate[],
  ): Promise<PackView[]> {
    const keys = packs.map(({ id, version }) => ({ packId: id, version }))
    const termsOf = await this.packs.termsOf(rx, keys)
    const couponTerms = await this.coupons.termsOf(
      rx,
      [...termsOf.values()].flatMap(({ items }) => items),
    )
    const views: PackView[] = []
    for (const pack of packs) {
      const terms = termsOf.get(packKey({ packId: pack.id, version: pack.version }))
      if (!terms) continue
      const bought = pack.memberMax === null ? 0 : await this.orders.boughtBy(rx, memberId, pack.id)
      const refusal = this.orders.whyNot(pack, bought)
      views.push({
        ...packView(pack, terms, couponTerms),
        why: refusal ? outcomeSentence(refusal.code) : null,
      })
    }
    return views
  }

  async #orderViews(rx: Statements, orders: readonly PackOrder[]): Promise<PackOrderView[]> {
    const termsOf = await this.packs.termsOf(rx, orders)
    return orders.map((order) => orderView(order, termsOf.get(packKey(order))?.title ?? ''))
  }

  async #whole(rx: Statements, order: PackOrder): Promise<PackOrderWhole> {
    const [view] = await this.#orderViews(rx, [order])
    if (!view) throw new Error(`order ${order.id} has no terms`)
    const refunds = await packRefunds(rx, order.id)
    return {
      ...view,
      ...(await this.contents.of(rx, order)),
      refunds: refunds.map(refundView),
    }
  }
}

function packView(
  { id, version, stock, sold, untilMs }: PackTemplate,
  { title, priceFen, items }: SoldTerms,
  couponTerms: CouponTermsOf,
): Omit<PackView, 'why'> {
  return {
    packId: id as PackId,
    ...{ version, title, priceFen },
    coupons: items.reduce((sum, item) => sum + itemCoupons(item), 0),
    contents: items.flatMap((item) => {
      const terms = couponTerms.get(versionKey(item))
      if (!terms) return []
      const headline = couponHeadline(terms)
      const words = { name: terms.name, headline, conditions: couponConditions(terms) }
      return [{ ...words, coupons: itemCoupons(item), when: whenInWords(item.when, item.count) }]
    }),
    left: stock === null ? null : Math.max(0, stock - sold),
    untilMs: untilMs === null ? null : epochMs(untilMs),
  }
}

function orderView(order: PackOrder, title: string): PackOrderView {
  const { id, packId, totalFen, refundedFen, state, createdAtMs, expiresAtMs, paidAtMs } = order
  return {
    ...{ orderId: id as PackOrderId, packId: packId as PackId, title },
    ...{ totalFen: fen(totalFen), refundedFen: fen(refundedFen) },
    state: state as PackOrderView['state'],
    ...{ createdAtMs: epochMs(createdAtMs), expiresAtMs: epochMs(expiresAtMs) },
    paidAtMs: paidAtMs === null ? null : epochMs(paidAtMs),
  }
}

function refundView(refund: PackRefund): PackOrderWhole['refunds'][number] {
  return {
    refundFen: fen(refund.refundFen),
    coupons: refund.coupons,
    state: refund.state as PackOrderWhole['refunds'][number]['state'],
    isByShop: refund.staffId !== null,
    createdAtMs: epochMs(refund.createdAtMs),
  }
}
