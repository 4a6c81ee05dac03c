// A chain that sells coupon packs: the owner's packs, shoppers who pay on their phones, and WeChat Pay
// as the stand-in plays it.
import { expect } from '@jest/globals'
import {
  packTemplateSchema,
  type PackTemplateView,
  type StaffRefundRequest,
} from '@huike/shared/contracts/console-packs'
import {
  packOrderWholeSchema,
  packPaymentSchema,
  type PackItem,
  type PackOrderWhole,
  type PackTerms,
} from '@huike/shared/contracts/packs'
import { epochMs, fen } from '@huike/shared/quantities'
import { PacksWorkerService } from '../../server/packs/packs-worker.service.js'
import { PayBillsService } from '../../server/packs/pay-bills.service.js'
import type { SignedNotice, WechatPayStandIn } from '../../server/sandbox/wechat-pay-stand-in.js'
import type { ConsolePerson } from './console-staff.js'
import { CouponShop, couponTerms } from './coupons.js'
import { freshId } from './events.js'
import { again } from './manager.js'
import type { Reply, TestServer } from './server.js'
import { newWechatShopper, type WechatShopper } from './wechat-shopper.js'

/** What staff ask for, but for what most stories do not say. */
export type StaffRefundOver = Partial<Pick<StaffRefundRequest, 'reason' | 'note'>> & {
  requestId?: string
  seqs?: number[] | null
  refundFen?: number
}

export interface PackLimitsOver {
  state?: 'open' | 'stopped'
  stock?: number | null
  memberMax?: number | null
}

/** A pack that somebody ordered and can pay. */
export interface Ordered {
  by: WechatShopper
  orderId: string
  orderNo: string
  pack: PackTemplateView
}

export class PackShop {
  private constructor(
    readonly server: TestServer,
    readonly coupons: CouponShop,
    readonly pay: WechatPayStandIn,
  ) {}

  /** Nothing is told by itself: stories say when. */
  static async open(server: TestServer): Promise<PackShop> {
    const { pay } = server
    if (!pay) throw new Error('the sandbox plays no WeChat Pay')
    pay.goByItself(false)
    return new PackShop(server, await CouponShop.open(server), pay)
  }

  /** Four coupons for ¥10.01: three of ¥10 now, one of ¥20 a week later. */
  async pack(
    over: Partial<Omit<PackTerms, 'items'>> & { items?: PackItem[] } = {},
    limits: PackLimitsOver = {},
  ): Promise<PackTemplateView> {
    const now = await this.coupons.template()
    const later = await this.coupons.template(couponTerms({ name: '下周券' }))
    const items: PackItem[] = over.items ?? [
      { templateId: now.id, count: 3, when: { kind: 'now' }, worthFen: fen(1_000) },
      { templateId: later.id, count: 1, when: { kind: 'day', day: 7 }, worthFen: fen(2_000) },
    ]
    const reply = await this.publish(
      { title: '季度券包', priceFen: fen(1_001), ...over, items },
      limits,
    )
    expect([reply.status, reply.body.code]).toEqual([200, undefined])
    return packTemplateSchema.parse(reply.body)
  }

  publish(terms: PackTerms, limits: PackLimitsOver = {}): Promise<Reply> {
    const json = { requestId: freshId(), terms, limits: { ...this.limits(), ...limits } }
    return this.coupons.owner.fetch('packs/templates', { json })
  }

  limits() {
    const fromMs = epochMs(this.server.clock.nowMs())
    return { state: 'open' as const, stock: null, memberMax: null, fromMs, untilMs: null }
  }

  shopper(): Promise<WechatShopper> {
    return newWechatShopper(this.server)
  }

  async ask(
    by: WechatShopper,
    pack: PackTemplateView,
    requestId: string = freshId(),
  ): Promise<Reply> {
    const { send } = await again(this.server, by)
    return send('packs/orders', { requestId, packId: pack.id, version: pack.version })
  }

  async ordered(pack?: PackTemplateView, by?: WechatShopper): Promise<Ordered> {
    const of = pack ?? (await this.pack())
    const who = by ?? (await this.shopper())
    const reply = await this.ask(who, of)
    expect([reply.status, reply.body.code]).toEqual([200, undefined])
    const { order } = packPaymentSchema.parse(reply.body)
    return { by: who, orderId: order.orderId, orderNo: `HK${order.orderId}`, pack: of }
  }

  /** Ordered, paid, and told of. */
  async bought(pack?: PackTemplateView, by?: WechatShopper): Promise<Ordered> {
    const ordered = await this.ordered(pack, by)
    expect(this.pay.pay(ordered.orderNo)).toBe(true)
    await this.tell(this.pay.notice({ orderNo: ordered.orderNo }))
    await this.work()
    return ordered
  }

  async order({ by, orderId }: Pick<Ordered, 'by' | 'orderId'>): Promise<PackOrderWhole> {
    const { get } = await again(this.server, by)
    return packOrderWholeSchema.parse((await get(`packs/orders/${orderId}`)).body)
  }

  async stateOf(ordered: Ordered): Promise<string> {
    return (await this.order(ordered)).state
  }

  /** A notification comes in as WeChat Pay posts it. */
  tell({ headers, body }: SignedNotice): Promise<Reply> {
    return this.server.fetch('/pay/v1/notices', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })
  }

  async refund(
    { by, orderId }: Pick<Ordered, 'by' | 'orderId'>,
    json: { seqs?: number[] | null; refundFen: number; requestId?: string },
  ): Promise<Reply> {
    const { send } = await again(this.server, by)
    return send(`packs/orders/${orderId}/refunds`, { requestId: freshId(), seqs: null, ...json })
  }

  /** Staff give coupons of an order back. */
  refundByStaff(by: ConsolePerson, orderId: string, over: StaffRefundOver): Promise<Reply> {
    const why = { reason: 'customer_asked' as const, note: '' }
    const json = { requestId: freshId(), seqs: null, refundFen: 1_001, ...why, ...over }
    return by.fetch(`packs/orders/${orderId}/refunds`, { json })
  }

  /** Does all that is due. */
  work(): Promise<void> {
    return this.server.app.get(PacksWorkerService, { strict: false }).drain()
  }

  async compareBills(): Promise<void> {
    const bills = this.server.app.get(PayBillsService, { strict: false })
    while (await bills.compareNext());
  }

  wallet(by: WechatShopper, state = 'issued') {
    return this.coupons.wallet(by.phone, state)
  }

  async findings(): Promise<{ kind: string; number: string; detail: string }[]> {
    return (await this.coupons.owner.fetch('packs/findings?limit=100')).body.findings
  }

  async findingsOf(number: string): Promise<string[]> {
    const found = await this.findings()
    return found.filter((one) => one.number === number).map(({ kind }) => kind)
  }

  /** Nothing unpaid was given, nothing was given twice, no share is lost, and packs count right. */
  async expectSumsAgree(): Promise<void> {
    await this.coupons.expectSumsAgree()
    const wrong = await this.server.database.read(async (rx) => [
      ...(await rx.rows(
        `SELECT o.id FROM pack_order o JOIN pack_grant g ON g.orderId = o.id
         GROUP BY o.id, o.totalFen, o.transactionId
         HAVING SUM(g.shareFen) <> o.totalFen OR o.transactionId IS NULL`,
      )),
      ...(await rx.rows(
        // Of people who were erased, payer and all, the coupons ended as well.
        `SELECT g.id FROM pack_grant g JOIN pack_order o ON o.id = g.orderId
           LEFT JOIN coupon c ON c.id = g.couponId
         WHERE o.payerIndex IS NOT NULL AND (g.state = 'issued' AND (c.id IS NULL OR c.state = 'void')
           OR g.state = 'void' AND g.refundId IS NOT NULL AND c.state <> 'void')`,
      )),
      ...(await rx.rows(
        `SELECT o.id FROM pack_order o LEFT JOIN (
           SELECT orderId, SUM(refundFen) AS backFen FROM pack_refund WHERE state = 'done'
           GROUP BY orderId) r ON r.orderId = o.id
         WHERE o.refundedFen <> COALESCE(r.backFen, 0) OR o.refundedFen > o.totalFen`,
      )),
      ...(await rx.rows(
        `SELECT t.id FROM pack_template t LEFT JOIN (
           SELECT packId, COUNT(*) AS n FROM pack_order WHERE state <> 'closed' GROUP BY packId
         ) o ON o.packId = t.id WHERE t.sold <> COALESCE(o.n, 0)`,
      )),
    ])
    expect(wrong).toEqual([])
  }
}
