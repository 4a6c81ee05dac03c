import { Inject, Injectable } from '@nestjs/common'
import type { PackOrderRequest } from '@huike/shared/contracts/packs'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { MembersService } from '../members/members.service.js'
import { WechatIdentitiesService } from '../members/wechat-identities.service.js'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { crashPoint } from '../platform/crash-points.js'
import {
  Database,
  UniqueViolation,
  valuesOf,
  type Statements,
  type Tx,
} from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { PAY } from '../platform/tokens.js'
import type { PhonePayment, WechatPay } from '../platform/wechat-pay.js'
import type { PackOrder } from './pack-order.entity.js'
import { PackPaymentsService } from './pack-payments.service.js'
import { OPEN_STATES, ORDER_COLUMNS, orderBy } from './pack-rows.js'
import { PackTemplatesService, packKey } from './pack-templates.service.js'
import type { PackTemplate } from './pack-template.entity.js'

export { grantsOf as packGrants, refundsOf as packRefunds } from './pack-rows.js'

// Ordering a pack. The order is in the database, with the number WeChat Pay will know it by, before
// WeChat Pay hears of it; asked again, it is told the same. Nothing is asked inside a transaction.

/** To pay in; the place of an order that is not paid goes back to the shelf after it. */
const PAY_WITHIN_MS = 30 * 60_000
/** Looked at the first time after it: by then most have paid, and WeChat Pay has told. */
const FIRST_LOOK_MS = 30_000
const WATCHED_LOOK_MS = 1_000
const RACES_MAX = 3
const ORDER_PREFIX = 'HK'

interface Payer {
  openid: string
  identityId: string | null
}
export type Payable = { ok: true; order: PackOrder; payment: PhonePayment } | Refusal

@Injectable()
export class PackOrdersService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(PAY) private readonly pay: WechatPay | null,
    private readonly members: MembersService,
    private readonly identities: WechatIdentitiesService,
    private readonly templates: PackTemplatesService,
    private readonly payments: PackPaymentsService,
  ) {}

  /**
   * Orders a pack, once per request, and asks WeChat Pay to expect it. Refuses `pay_off`,
   * `pay_openid_missing`, `not_found`, `pack_closed`, `pack_changed`, `pack_out_of_stock`,
   * `pack_member_max`, `idempotency_conflict`, `pack_order_ended`, `pay_refused`, `wechat_busy`.
   */
  async order(memberId: string, request: PackOrderRequest): Promise<Payable> {
    if (this.pay === null) return refuse('pay_off')
    const payer = await this.database.read((rx) => this.#payerOf(rx, memberId))
    if (payer === null) return refuse('pay_openid_missing')
    const placed = await this.#place(memberId, { request, payer })
    if (!placed.ok) return placed
    crashPoint('pack.after-order')
    return this.#payable(placed.order)
  }

  /** Asks once more for an order of this member. Refuses as `order`, and `not_found`. */
  async payAgain(memberId: string, orderId: string): Promise<Payable> {
    const order = await this.database.read((rx) => this.ofMember(rx, memberId, orderId))
    return order ? this.#payable(order) : refuse('not_found')
  }

  /** Has the sandbox's WeChat Pay be paid by this member. Refuses as `payAgain` does. */
  async payInSandbox(memberId: string, orderId: string): Promise<Payable> {
    const payable = await this.payAgain(memberId, orderId)
    const prepayId = payable.ok ? payable.order.prepayId : null
    if (prepayId !== null) await this.pay?.payInSandbox(prepayId)
    return payable
  }

  /** One order, whoever's it is. */
  byId(statements: Statements, orderId: string): Promise<PackOrder | null> {
    return orderBy(statements, 'id', orderId)
  }

  /** One order, where it is this member's. */
  async ofMember(
    statements: Statements,
    memberId: string,
    orderId: string,
  ): Promise<PackOrder | null> {
    const order = await orderBy(statements, 'id', orderId)
    return order?.memberId === memberId ? order : null
  }

  /** A page of a member's orders, or of all, the newest first. */
  page(
    statements: Statements,
    of: { memberId: string | null; beforeId: string | null; limit: number },
  ): Promise<PackOrder[]> {
    const asked = [
      ...(of.memberId === null ? [] : [['memberId = ?', of.memberId] as const]),
      ...(of.beforeId === null ? [] : [['id < ?', of.beforeId] as const]),
    ]
    const where = asked.length === 0 ? '' : `WHERE ${asked.map(([text]) => text).join(' AND ')}`
    return statements.rows<PackOrder>(
      `SELECT * FROM pack_order ${where} ORDER BY id DESC LIMIT ${String(of.limit)}`,
      asked.map(([, value]) => value),
    )
  }

  /** Somebody waits for the result: WeChat Pay is asked soon. */
  async watch(order: PackOrder): Promise<void> {
    const soonMs = this.clock.nowMs() + WATCHED_LOOK_MS
    if (!OPEN_STATES.has(order.state) || (order.nextAtMs ?? 0) <= soonMs) return
    await this.database.write((tx) =>
      tx.run('UPDATE pack_order SET nextAtMs = ? WHERE id = ? AND nextAtMs = ?', [
        soonMs,
        order.id,
        order.nextAtMs,
      ]),
    )
  }

  /** How many of a pack this member has ordered, those that came to nothing left out. */
  async boughtBy(statements: Statements, memberId: string, packId: string): Promise<number> {
    const [count] = await statements.rows<{ n: number | string }>(
      `SELECT COUNT(*) AS n FROM pack_order
       WHERE packId = ? AND memberId = ? AND state <> 'closed'`,
      [packId, memberId],
    )
    return Number(count?.n ?? 0)
  }

  /** Why a pack cannot be bought now; null where it can. */
  whyNot(pack: PackTemplate, bought: number): Refusal | null {
    const nowMs = this.clock.nowMs()
    const { state, stock, sold, memberMax, fromMs, untilMs } = pack
    const isOpen = state === 'open' && fromMs <= nowMs && nowMs < (untilMs ?? Infinity)
    if (!isOpen) return refuse('pack_closed')
    if (memberMax !== null && bought >= memberMax) return refuse('pack_member_max')
    return stock !== null && sold >= stock ? refuse('pack_out_of_stock') : null
  }

  /** The WeChat account a member pays with. In the sandbox everybody has one. */
  async #payerOf(statements: Statements, memberId: string): Promise<Payer | null> {
    const appId = this.pay?.settings.appId ?? ''
    const found = await this.identities.ofMembers(statements, [memberId], appId)
    const [identityId] = found.get(memberId) ?? []
    if (identityId === undefined)
      return this.config.sandbox ? { openid: `sandbox-${memberId}`, identityId: null } : null
    const openid = (await this.identities.openidsOf(statements, [identityId])).get(identityId)
    return openid === undefined ? null : { openid, identityId }
  }

  async #place(
    memberId: string,
    of: { request: PackOrderRequest; payer: Payer },
  ): Promise<{ ok: true; order: PackOrder } | Refusal> {
    for (let race = 1; ; race += 1) {
      try {
        return await this.database.write((tx) => this.#placeOnce(tx, memberId, of))
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  async #placeOnce(
    tx: Tx,
    memberId: string,
    { request, payer }: { request: PackOrderRequest; payer: Payer },
  ): Promise<{ ok: true; order: PackOrder } | Refusal> {
    const { requestId, packId, version } = request
    const present = await this.members.lockPresent(tx, [memberId])
    if (present.length === 0) return refuse('member_not_found')
    const requestKey = `${memberId}|${requestId}`
    const before = await orderBy(tx, 'requestKey', requestKey)
    if (before) {
      const isSame = before.packId === packId && before.version === version
      return isSame ? { ok: true, order: before } : refuse('idempotency_conflict')
    }
    const pack = await this.templates.lock(tx, packId)
    if (!pack) return refuse('not_found')
    const refusal = this.whyNot(pack, await this.boughtBy(tx, memberId, packId))
    if (refusal) return refusal
    if (pack.version !== version) return refuse('pack_changed')
    const key = { packId, version }
    const terms = (await this.templates.termsOf(tx, [key])).get(packKey(key))
    if (!terms) throw new Error(`pack ${packId} has no version ${String(version)}`)
    const order = this.#freshOrder({ memberId, requestKey, ...key, payer, ...terms })
    await this.templates.count(tx, packId, 1)
    await tx.insert('pack_order', ORDER_COLUMNS, [valuesOf(order, ORDER_COLUMNS)])
    return { ok: true, order }
  }

  #freshOrder(of: {
    memberId: string
    requestKey: string
    packId: string
    version: number
    payer: Payer
    priceFen: number
  }): PackOrder {
    const { memberId, requestKey, packId, version, payer, priceFen } = of
    const nowMs = this.clock.nowMs()
    const id = mintId(nowMs)
    return {
      ...{ id, orderNo: ORDER_PREFIX + id, packId, version, memberId, requestKey },
      identityId: payer.identityId,
      payerIndex: this.payments.payerIndex(payer.openid),
      ...{ state: 'created', totalFen: priceFen, refundedFen: 0 },
      ...{ prepayId: null, transactionId: null, paidAtMs: null, endedAtMs: null, billedOn: null },
      ...{ createdAtMs: nowMs, expiresAtMs: nowMs + PAY_WITHIN_MS },
      ...{ nextAtMs: nowMs + FIRST_LOOK_MS, attempts: 0 },
    }
  }

  /** Has WeChat Pay expect an order, unless it does, and answers what the phone needs. */
  async #payable(order: PackOrder): Promise<Payable> {
    if (this.pay === null) return refuse('pay_off')
    const isOpen = OPEN_STATES.has(order.state) && order.expiresAtMs > this.clock.nowMs()
    if (!isOpen) return refuse('pack_order_ended')
    if (order.prepayId !== null)
      return { ok: true, order, payment: this.pay.phonePayment(order.prepayId) }
    const asked = await this.#askedOf(order)
    if (asked === null) return refuse('pay_openid_missing')
    const answer = await this.pay.prepay(asked)
    crashPoint('pack.after-prepay')
    if (!answer.ok) return refuse(answer.fault === 'refused' ? 'pay_refused' : 'wechat_busy')
    const { value: prepayId } = answer
    await this.database.write((tx) =>
      tx.run(
        "UPDATE pack_order SET state = 'prepaid', prepayId = ? WHERE id = ? AND state = 'created'",
        [prepayId, order.id],
      ),
    )
    crashPoint('pack.after-prepaid')
    const payment = this.pay.phonePayment(prepayId)
    return { ok: true, order: { ...order, state: 'prepaid', prepayId }, payment }
  }

  async #askedOf(order: PackOrder) {
    const { orderNo, totalFen, expiresAtMs, identityId, memberId, packId, version } = order
    return this.database.read(async (rx) => {
      const openids = await this.identities.openidsOf(rx, identityId === null ? [] : [identityId])
      const openid = identityId === null ? `sandbox-${memberId}` : (openids.get(identityId) ?? null)
      const key = { packId, version }
      const terms = (await this.templates.termsOf(rx, [key])).get(packKey(key))
      if (openid === null || !terms) return null
      return { orderNo, description: terms.title, totalFen, openid, expiresAtMs }
    })
  }
}
