import { Inject, Injectable } from '@nestjs/common'
import { midnightMs } from '@huike/shared/local-time'
import type { Logger } from 'pino'
import { Clock, localDate } from '../platform/clock.js'
import {
  Database,
  inList,
  listParameter,
  valuesOf,
  type Statements,
  type Tx,
} from '../platform/database.js'
import { LOGGER, PAY } from '../platform/tokens.js'
import type { WechatPay } from '../platform/wechat-pay.js'
import type { PackOrder } from './pack-order.entity.js'
import type { PackRefund } from './pack-refund.entity.js'
import { readBill, type BillLine } from './pay-bill.js'
import type { PayBill } from './pay-bill.entity.js'
import { PayFindingsService, type Found } from './pay-findings.service.js'

// Every day's bill beside the orders here, one day after the other, none left out. A payment the bill
// shows and we do not know of is asked for again, so that it is not forgotten; everything else that
// differs is listed for somebody. A line of another shop of the same merchant is not ours to judge.

/** WeChat Pay's days are China's, wherever the shops are. */
const BILL_ZONE = 'Asia/Shanghai'
const DAY_MS = 86_400_000
/** The bill of a day is there from ten in the morning of the next. */
const READY_MS = 10.5 * 3_600_000
/** What is missing is looked for so far back. */
const LOOK_BACK_MS = 7 * DAY_MS
const LINES_PER_LOOK = 500
const BILL_COLUMNS = [
  'date',
  'comparedAtMs',
  'trades',
  'refunds',
  'findings',
] as const satisfies (keyof PayBill)[]
const OUR_ORDER = /^HK[0-9A-Z]{26}$/

type OwnOrder = Pick<PackOrder, 'id' | 'orderNo' | 'totalFen' | 'paidAtMs'>
type OwnRefund = Pick<PackRefund, 'id' | 'refundNo' | 'refundFen'>

@Injectable()
export class PayBillsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(PAY) private readonly pay: WechatPay | null,
    private readonly findings: PayFindingsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Compares the next day that is due; false when none is, or its bill cannot be had. */
  async compareNext(): Promise<boolean> {
    const date = await this.database.read((rx) => this.#nextDate(rx))
    if (date === null || this.pay === null) return false
    const answer = await this.pay.tradeBill(date)
    if (!answer.ok) {
      this.logger.warn({ date, fault: answer.fault, code: answer.code }, 'a bill cannot be had')
      return false
    }
    const lines = answer.value === null ? [] : readBill(answer.value)
    if (lines === null) {
      this.logger.error({ date }, 'a bill of WeChat Pay cannot be read')
      return false
    }
    await this.#compare(date, lines)
    return true
  }

  async #compare(date: string, lines: readonly BillLine[]): Promise<void> {
    const ours = lines.filter((line) => this.#isOurs(line))
    let findings = 0
    for (let at = 0; at < ours.length; at += LINES_PER_LOOK)
      findings += await this.database.write((tx) =>
        this.#compareLines(tx, date, ours.slice(at, at + LINES_PER_LOOK)),
      )
    const refunds = ours.filter(({ refundNo }) => refundNo !== null).length
    await this.database.write(async (tx) => {
      const missing = await this.#missing(tx, date)
      findings += await this.findings.note(tx, missing, this.clock.nowMs())
      const known = await tx.rows('SELECT date FROM pay_bill WHERE date = ?', [date])
      const row: PayBill = {
        ...{ date, comparedAtMs: this.clock.nowMs(), findings },
        ...{ trades: ours.length - refunds, refunds },
      }
      if (known.length === 0)
        await tx.insert('pay_bill', BILL_COLUMNS, [valuesOf(row, BILL_COLUMNS)])
    })
    if (findings > 0) this.logger.error({ date, findings }, 'a bill and the orders differ')
  }

  async #compareLines(tx: Tx, date: string, lines: readonly BillLine[]): Promise<number> {
    const paid = lines.filter(({ refundNo }) => refundNo === null)
    const back = lines.filter(({ refundNo }) => refundNo !== null)
    const orders = await tx.rows<OwnOrder>(
      `SELECT id, orderNo, totalFen, paidAtMs FROM pack_order WHERE orderNo IN ${inList(tx)}`,
      [
        listParameter(
          tx,
          paid.map(({ orderNo }) => orderNo),
        ),
      ],
    )
    const refunds = await tx.rows<OwnRefund>(
      `SELECT id, refundNo, refundFen FROM pack_refund WHERE refundNo IN ${inList(tx)}`,
      [
        listParameter(
          tx,
          back.map(({ refundNo }) => refundNo),
        ),
      ],
    )
    const found = [
      ...paid.flatMap((line) => orderFault(line, orders)),
      ...back.flatMap((line) => refundFault(line, refunds)),
    ]
    await this.#markBilled(tx, 'pack_order', { date, ids: orders.map(({ id }) => id) })
    await this.#markBilled(tx, 'pack_refund', { date, ids: refunds.map(({ id }) => id) })
    // Paid, and we do not know it: WeChat Pay is asked once more.
    const forgotten = orders.filter(({ paidAtMs }) => paidAtMs === null)
    for (const { id } of forgotten)
      await tx.run('UPDATE pack_order SET nextAtMs = ? WHERE id = ?', [this.clock.nowMs(), id])
    return this.findings.note(tx, found, this.clock.nowMs())
  }

  async #markBilled(
    tx: Tx,
    table: 'pack_order' | 'pack_refund',
    { date, ids }: { date: string; ids: readonly string[] },
  ): Promise<void> {
    await tx.run(
      `UPDATE ${table} SET billedOn = ? WHERE id IN ${inList(tx)} AND billedOn IS NULL`,
      [date, listParameter(tx, ids)],
    )
  }

  /** What was paid, or came back, and no bill shows. A refund may be on the next day's bill. */
  async #missing(tx: Tx, date: string): Promise<Found[]> {
    const fromMs = midnightMs(date, BILL_ZONE)
    const untilMs = fromMs + DAY_MS
    const orders = await tx.rows<OwnOrder>(
      `SELECT id, orderNo, totalFen, paidAtMs FROM pack_order
       WHERE billedOn IS NULL AND paidAtMs >= ? AND paidAtMs < ? LIMIT ${String(LINES_PER_LOOK)}`,
      [untilMs - LOOK_BACK_MS, untilMs],
    )
    const refunds = await tx.rows<OwnRefund>(
      `SELECT id, refundNo, refundFen FROM pack_refund
       WHERE billedOn IS NULL AND endedAtMs >= ? AND endedAtMs < ? AND state = 'done'
       LIMIT ${String(LINES_PER_LOOK)}`,
      [fromMs - LOOK_BACK_MS, fromMs],
    )
    return [
      ...orders.map(({ orderNo, totalFen }) => missing('bill_order_missing', orderNo, totalFen)),
      ...refunds.map(({ refundNo, refundFen }) =>
        missing('bill_refund_missing', refundNo, refundFen),
      ),
    ]
  }

  #isOurs({ appId, orderNo }: BillLine): boolean {
    return appId === this.pay?.settings.appId && OUR_ORDER.test(orderNo)
  }

  /** The day after the last one that was compared; null while its bill is not there yet. */
  async #nextDate(rx: Statements): Promise<string | null> {
    const last = await this.findings.comparedTo(rx)
    const nextMs = last === null ? await this.#firstDayMs(rx) : midnightMs(last, BILL_ZONE) + DAY_MS
    if (nextMs === null || this.clock.nowMs() < nextMs + DAY_MS + READY_MS) return null
    return localDate(nextMs, BILL_ZONE)
  }

  /** The day of the first order there is. */
  async #firstDayMs(rx: Statements): Promise<number | null> {
    const [first] = await rx.rows<Pick<PackOrder, 'createdAtMs'>>(
      'SELECT createdAtMs FROM pack_order ORDER BY id LIMIT 1',
    )
    return first ? midnightMs(localDate(first.createdAtMs, BILL_ZONE), BILL_ZONE) : null
  }
}

function orderFault({ orderNo, amountFen }: BillLine, orders: readonly OwnOrder[]): Found[] {
  const order = orders.find((one) => one.orderNo === orderNo)
  const theirs = { number: orderNo, theirFen: amountFen }
  if (order?.paidAtMs === undefined || order.paidAtMs === null)
    return [
      { ...theirs, kind: 'bill_unknown_order', ourFen: null, detail: '账单里有，本系统没有收到' },
    ]
  if (order.totalFen === amountFen) return []
  return [{ ...theirs, kind: 'bill_amount', ourFen: order.totalFen, detail: '支付金额不一致' }]
}

function refundFault({ refundNo, amountFen }: BillLine, refunds: readonly OwnRefund[]): Found[] {
  const refund = refunds.find((one) => one.refundNo === refundNo)
  const theirs = { number: refundNo ?? '', theirFen: amountFen }
  if (!refund)
    return [
      { ...theirs, kind: 'bill_unknown_refund', ourFen: null, detail: '账单里有，本系统没有退款' },
    ]
  if (refund.refundFen === amountFen) return []
  return [{ ...theirs, kind: 'bill_amount', ourFen: refund.refundFen, detail: '退款金额不一致' }]
}

function missing(kind: Found['kind'], number: string, ourFen: number): Found {
  return { kind, number, ourFen, theirFen: null, detail: '账单里没有' }
}
