import { Inject, Injectable } from '@nestjs/common'
import { CouponsService } from '../coupons/coupons.service.js'
import { MembersService } from '../members/members.service.js'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { crashPoint } from '../platform/crash-points.js'
import { Database, valuesOf, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { PAY } from '../platform/tokens.js'
import type { PayTrade, WechatPay } from '../platform/wechat-pay.js'
import type { PackGrant } from './pack-grant.entity.js'
import type { PackOrder } from './pack-order.entity.js'
import { GRANT_COLUMNS, OPEN_STATES, grantsOf, orderBy } from './pack-rows.js'
import { plannedCoupons } from './pack-schedule.js'
import { PackTemplatesService, packKey } from './pack-templates.service.js'
import { PayFindingsService } from './pay-findings.service.js'

// What a payment does to an order. WeChat Pay says it by a notification and when it is asked; whoever
// says it first, and however often, an order is paid once and each of its coupons is given once: the
// row of the order is held, and the reason of a coupon is unique. A payment that is not the order's
// gives nothing and is written down for somebody. Money that comes after all gives what it bought.

const CURRENCY = 'CNY'
const ACTOR = 'system:packs'

/** A payment as it is kept: who paid is a blind index. */
export interface TradeFacts extends Omit<PayTrade, 'openid'> {
  payerIndex: string | null
}
/** unknown: no order here. paid, also where it was before; mismatch: something else was paid. */
export type Settled = 'unknown' | 'unpaid' | 'closed' | 'paid' | 'mismatch'

const PAID: ReadonlySet<string> = new Set(['SUCCESS', 'REFUND'])
const OVER: ReadonlySet<string> = new Set(['CLOSED', 'REVOKED'])

@Injectable()
export class PackPaymentsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(PAY) private readonly pay: WechatPay | null,
    private readonly members: MembersService,
    private readonly coupons: CouponsService,
    private readonly templates: PackTemplatesService,
    private readonly findings: PayFindingsService,
  ) {}

  /** A payment with its payer as a blind index. */
  factsOf({ openid, ...trade }: PayTrade): TradeFacts {
    return { ...trade, payerIndex: openid === null ? null : this.payerIndex(openid) }
  }

  /** Who pays, as it is kept: `identity` knows openids by the same index. */
  payerIndex(openid: string): string {
    const appId = this.pay?.settings.appId ?? ''
    return this.config.keyring.blindIndex(`wechat_openid|${appId}`, openid)
  }

  /** Has an order learn what WeChat Pay says of its payment. */
  async settle(tx: Tx, trade: TradeFacts): Promise<Settled> {
    const order = await orderBy(tx, 'orderNo', trade.orderNo)
    if (!order) return 'unknown'
    if (OVER.has(trade.state)) return 'closed'
    if (!PAID.has(trade.state)) return 'unpaid'
    const fault = this.#faultOf(order, trade)
    if (fault !== null) {
      await this.#noteMismatch(tx, order, { trade, fault })
      return 'mismatch'
    }
    if (order.transactionId === null) await this.#markPaid(tx, order, trade)
    return 'paid'
  }

  /** Ends an order that can no longer be paid. */
  async close(tx: Tx, orderId: string): Promise<void> {
    const order = await orderBy(tx, 'id', orderId)
    if (!order || !OPEN_STATES.has(order.state)) return
    await this.templates.count(tx, order.packId, -1)
    await tx.run(
      "UPDATE pack_order SET state = 'closed', endedAtMs = ?, nextAtMs = NULL WHERE id = ?",
      [this.clock.nowMs(), order.id],
    )
  }

  /** Gives what of an order is due by now, and says when it is looked at next. */
  async issue(orderId: string): Promise<void> {
    const found = await this.database.read((rx) => orderBy(rx, 'id', orderId))
    if (!found) return
    await this.database.write(async (tx) => {
      // The member first, as everywhere; whose order it is may have changed meanwhile.
      const present = await this.members.lockPresent(tx, [found.memberId])
      const order = await orderBy(tx, 'id', orderId)
      if (order?.memberId !== found.memberId || order.transactionId === null) return
      const grants = await grantsOf(tx, [order.id])
      if (present.length === 0) await this.#hold(tx, order)
      else await this.#give(tx, order, grants)
      crashPoint('pack.inside-issue')
    })
    crashPoint('pack.after-issue')
  }

  /** Why a payment is not this order's; null where it is. */
  #faultOf(order: PackOrder, trade: TradeFacts): string | null {
    if (trade.appId !== this.pay?.settings.appId) return 'appid 不符'
    if (trade.merchantId !== this.pay.settings.merchantId) return '商户号不符'
    if (trade.currency !== CURRENCY) return '币种不符'
    if (trade.totalFen !== order.totalFen) return '金额不符'
    const isOther = order.payerIndex !== null && trade.payerIndex !== order.payerIndex
    if (isOther) return '付款人不符'
    const isTwice = order.transactionId !== null && trade.transactionId !== order.transactionId
    return trade.transactionId === null || isTwice ? '微信支付订单号不符' : null
  }

  async #noteMismatch(
    tx: Tx,
    order: PackOrder,
    { trade, fault }: { trade: TradeFacts; fault: string },
  ): Promise<void> {
    const found = {
      ...{ kind: 'mismatch' as const, number: order.orderNo, detail: fault },
      ...{ ourFen: order.totalFen, theirFen: trade.totalFen },
    }
    await this.findings.note(tx, [found], this.clock.nowMs())
  }

  async #markPaid(tx: Tx, order: PackOrder, trade: TradeFacts): Promise<void> {
    const nowMs = this.clock.nowMs()
    const paidAtMs = trade.paidAtMs ?? nowMs
    const key = { packId: order.packId, version: order.version }
    const terms = (await this.templates.termsOf(tx, [key])).get(packKey(key))
    if (!terms) throw new Error(`order ${order.id} has no terms`)
    // Its place was given to others when it was closed; the money is here all the same.
    if (order.state === 'closed') await this.templates.count(tx, order.packId, 1)
    const grants = plannedCoupons(terms, paidAtMs).map((planned): PackGrant => ({
      ...{ id: mintId(nowMs), orderId: order.id, ...planned },
      ...{ state: 'due', couponId: null, refundId: null },
    }))
    await tx.insert(
      'pack_grant',
      GRANT_COLUMNS,
      grants.map((grant) => valuesOf(grant, GRANT_COLUMNS)),
    )
    await tx.run(
      `UPDATE pack_order SET state = 'paid', transactionId = ?, paidAtMs = ?, endedAtMs = NULL,
         nextAtMs = ?, attempts = 0 WHERE id = ?`,
      [trade.transactionId, paidAtMs, nowMs, order.id],
    )
    crashPoint('pack.inside-paid')
  }

  async #give(tx: Tx, order: PackOrder, grants: readonly PackGrant[]): Promise<void> {
    const nowMs = this.clock.nowMs()
    const due = grants.filter(({ state, dueAtMs }) => state === 'due' && dueAtMs <= nowMs)
    const given = await this.coupons.give(
      tx,
      due.map(({ templateId, version, seq }) => ({
        ...{ templateId, memberId: order.memberId, owedVersion: version, isClaim: false },
        ...{ sourceKey: `pack|${order.id}|${String(seq)}`, actor: ACTOR },
      })),
      nowMs,
    )
    const rows = given.map((answer, at) => {
      const grant = due[at]
      if (!answer.ok || !grant) throw new Error(`a coupon of order ${order.id} was not given`)
      return [grant.id, 'issued', answer.coupon.id]
    })
    if (rows.length > 0) await tx.updateEach('pack_grant', 'id', ['state', 'couponId'], rows)
    const later = grants.filter(({ state, dueAtMs }) => state === 'due' && dueAtMs > nowMs)
    const nextAtMs = later.length === 0 ? null : Math.min(...later.map(({ dueAtMs }) => dueAtMs))
    const state = order.state === 'paid' ? 'issued' : order.state
    await tx.run('UPDATE pack_order SET state = ?, nextAtMs = ?, attempts = 0 WHERE id = ?', [
      state,
      nextAtMs,
      order.id,
    ])
  }

  /** Who paid is not a member any more: nothing can be given, and somebody must see to the money. */
  async #hold(tx: Tx, order: PackOrder): Promise<void> {
    const found = {
      ...{ kind: 'mismatch' as const, number: order.orderNo, detail: '付款人已不是会员' },
      ...{ ourFen: order.totalFen, theirFen: order.totalFen },
    }
    await this.findings.note(tx, [found], this.clock.nowMs())
    await tx.run("UPDATE pack_order SET state = 'held', nextAtMs = NULL WHERE id = ?", [order.id])
  }
}
