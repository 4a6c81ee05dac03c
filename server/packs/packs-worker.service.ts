import { Inject, Injectable } from '@nestjs/common'
import type { Logger } from 'pino'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { crashPoint } from '../platform/crash-points.js'
import { Database } from '../platform/database.js'
import { Pace } from '../platform/pace.js'
import { LOGGER, PAY } from '../platform/tokens.js'
import type { PayAnswer, PayTrade, WechatPay } from '../platform/wechat-pay.js'
import type { PackOrder } from './pack-order.entity.js'
import { PackPaymentsService } from './pack-payments.service.js'
import type { PackRefund } from './pack-refund.entity.js'
import { PackRefundsService } from './pack-refunds.service.js'
import { OPEN_STATES, orderBy } from './pack-rows.js'
import { PayBillsService } from './pay-bills.service.js'
import type { PayNoticeRow } from './pay-notice.entity.js'
import { PayNoticesService } from './pay-notices.service.js'

// Sees orders and refunds through. What is due is claimed with a lease, WeChat Pay is asked outside
// of any transaction, and its answer is written down; a server that dies in between leaves the rest
// to whoever looks after the lease. An answer that is lost is asked for again, with the same number.

const CLAIMED_MAX = 20
const LEASE_MS = 60_000
/** Between looks at an order that is not paid yet, by how often it was looked at. */
const LOOKS_MS = [30_000, 60_000, 120_000, 300_000] as const
const REFUND_WAIT_MS_MAX = 3_600_000
/** WeChat Pay refuses an order that is past its time; clocks differ a little. */
const GONE_AFTER_MS = 60_000
const BILLS_EVERY_MS = 600_000
const NO_ORDER = new Set(['ORDER_NOT_EXIST', 'RESOURCE_NOT_EXISTS'])

type Table = 'pay_notice' | 'pack_order' | 'pack_refund'

@Injectable()
export class PacksWorkerService extends BackgroundWorker {
  readonly #billsPace = new Pace(BILLS_EVERY_MS)

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(PAY) private readonly pay: WechatPay | null,
    private readonly payments: PackPaymentsService,
    private readonly refunds: PackRefundsService,
    private readonly notices: PayNoticesService,
    private readonly bills: PayBillsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(logger, 'coupon packs')
  }

  protected override async round(): Promise<void> {
    await super.round()
    if (this.pay === null || !this.#billsPace.isDue()) return
    while (!this.isStopping && (await this.bills.compareNext()));
    await this.database.write((tx) => this.notices.forgetOld(tx))
  }

  /** Does some of what is due; false when nothing is. */
  protected async step(): Promise<boolean> {
    if (this.pay === null) return false
    const notices = await this.#claim<PayNoticeRow>('pay_notice')
    for (const notice of notices) await this.#try(notice, () => this.notices.settle(notice))
    const orders = await this.#claim<PackOrder>('pack_order')
    for (const order of orders) await this.#try(order, () => this.#look(order))
    const refunds = await this.#claim<PackRefund>('pack_refund')
    for (const refund of refunds) await this.#try(refund, () => this.#send(refund))
    return notices.length + orders.length + refunds.length > 0
  }

  /** Takes what is due for the time of a lease; what another server has just taken is left to it. */
  async #claim<Row extends { id: string; nextAtMs: number | null; attempts: number }>(
    table: Table,
  ): Promise<Row[]> {
    const nowMs = this.clock.nowMs()
    const due = await this.database.read((rx) =>
      rx.rows<Row>(
        `SELECT * FROM ${table} WHERE nextAtMs <= ? ORDER BY nextAtMs LIMIT ${String(CLAIMED_MAX)}`,
        [nowMs],
      ),
    )
    if (due.length === 0) return []
    return this.database.write(async (tx) => {
      const claimed: Row[] = []
      for (const row of due) {
        const taken = await tx.run(
          `UPDATE ${table} SET nextAtMs = ?, attempts = attempts + 1 WHERE id = ? AND nextAtMs = ?`,
          [nowMs + LEASE_MS, row.id, row.nextAtMs],
        )
        if (taken === 1)
          claimed.push({ ...row, nextAtMs: nowMs + LEASE_MS, attempts: row.attempts + 1 })
      }
      return claimed
    })
  }

  /** One that fails is looked at again after its lease, and holds nothing up. */
  async #try({ id }: { id: string }, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.logger.error({ err: error, id }, 'an order of a pack could not be seen to')
    }
  }

  async #look(order: PackOrder): Promise<void> {
    if (order.transactionId !== null) await this.payments.issue(order.id)
    else await this.#askFor(order)
  }

  /** Asks what became of an order; one that is past its time and unpaid is closed. */
  async #askFor(order: PackOrder): Promise<void> {
    if (this.pay === null) return
    const answer = await this.pay.query(order.orderNo)
    const settled = answer.ok ? await this.#settle(answer.value) : null
    if (settled === 'paid') {
      crashPoint('pack.after-paid')
      return
    }
    // What was closed here before was asked for once more, and is as it was.
    if (!OPEN_STATES.has(order.state)) return this.#leave(order)
    if (settled === 'mismatch') return this.#hold(order)
    if (
      settled === 'closed' ||
      this.#isNever(order, answer) ||
      (await this.#closes(order, settled))
    )
      return this.database.write((tx) => this.payments.close(tx, order.id))
    const wait = LOOKS_MS[Math.min(order.attempts, LOOKS_MS.length) - 1] ?? LOOKS_MS[0]
    const nowMs = this.clock.nowMs()
    const isLate = order.expiresAtMs <= nowMs
    await this.#putOff(
      'pack_order',
      order,
      isLate ? nowMs + wait : Math.min(nowMs + wait, order.expiresAtMs),
    )
  }

  #settle(trade: PayTrade) {
    const facts = this.payments.factsOf(trade)
    return this.database.write((tx) => this.payments.settle(tx, facts))
  }

  /** WeChat Pay never heard of it, and would not take it any more. */
  #isNever(order: PackOrder, answer: PayAnswer<unknown>): boolean {
    const isGone = order.expiresAtMs + GONE_AFTER_MS <= this.clock.nowMs()
    return isGone && !answer.ok && answer.fault === 'refused' && NO_ORDER.has(answer.code ?? '')
  }

  /** Closes one that is unpaid and past its time: from then on it cannot be paid. */
  async #closes(order: PackOrder, settled: string | null): Promise<boolean> {
    if (settled !== 'unpaid' || order.expiresAtMs > this.clock.nowMs()) return false
    return (await this.pay?.close(order.orderNo))?.ok ?? false
  }

  /** Something else was paid than was ordered: only a person can tell what to do. */
  async #hold(order: PackOrder): Promise<void> {
    this.logger.error({ orderId: order.id }, 'a payment is not what was ordered')
    await this.database.write((tx) =>
      tx.run(
        "UPDATE pack_order SET state = 'held', nextAtMs = NULL WHERE id = ? AND state IN ('created', 'prepaid')",
        [order.id],
      ),
    )
  }

  async #leave(order: PackOrder): Promise<void> {
    await this.#putOff('pack_order', order, null)
  }

  /** Asks for a refund, or what became of it. Asked again with the same number, it goes once. */
  async #send(refund: PackRefund): Promise<void> {
    if (this.pay === null) return
    crashPoint('pack.before-refund')
    const answer =
      refund.state === 'asked'
        ? await this.#askRefund(refund)
        : await this.pay.queryRefund(refund.refundNo)
    crashPoint('pack.after-refund')
    if (answer.ok) {
      await this.database.write((tx) => this.refunds.settle(tx, answer.value))
      crashPoint('pack.after-refunded')
      return
    }
    const { fault, code } = answer
    const isUnheard = refund.state === 'sent' && NO_ORDER.has(code ?? '')
    const nextAtMs =
      this.clock.nowMs() + Math.min(REFUND_WAIT_MS_MAX, LEASE_MS * 2 ** refund.attempts)
    await this.database.write(async (tx) => {
      if (fault === 'refused' && !isUnheard) await this.refunds.noteRefused(tx, refund, code ?? '')
      await tx.run(`UPDATE pack_refund SET nextAtMs = ?, state = ? WHERE id = ? AND nextAtMs = ?`, [
        nextAtMs,
        isUnheard ? 'asked' : refund.state,
        refund.id,
        refund.nextAtMs,
      ])
    })
  }

  async #askRefund(refund: PackRefund) {
    const order = await this.database.read((rx) => orderBy(rx, 'id', refund.orderId))
    if (!order || this.pay === null) throw new Error(`refund ${refund.id} has no order`)
    return this.pay.refund({
      orderNo: order.orderNo,
      refundNo: refund.refundNo,
      refundFen: refund.refundFen,
      totalFen: order.totalFen,
      reason: '退未使用的券',
    })
  }

  /** Says when it is looked at next, unless something happened to it meanwhile. */
  async #putOff(
    table: Table,
    row: { id: string; nextAtMs: number | null },
    nextAtMs: number | null,
  ) {
    await this.database.write((tx) =>
      tx.run(`UPDATE ${table} SET nextAtMs = ? WHERE id = ? AND nextAtMs = ?`, [
        nextAtMs,
        row.id,
        row.nextAtMs,
      ]),
    )
  }
}
