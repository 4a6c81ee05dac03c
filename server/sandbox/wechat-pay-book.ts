import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { fen, formatYuan } from '@huike/shared/quantities'
import type { Clock } from '../platform/clock.js'

// What the stand-in of WeChat Pay knows: orders, what was paid, refunds, and the bill of a day, with
// the codes WeChat Pay refuses with. The bill is in yuan, everything else in fen, as it is there.

const CHINA_MS = 8 * 3_600_000
const DATE_CHARACTERS = 10
const BILL_HEAD = [
  ...['交易时间', '公众账号ID', '商户号', '特约商户号', '设备号', '微信订单号', '商户订单号'],
  ...['用户标识', '交易类型', '交易状态', '付款银行', '货币种类', '应结订单金额', '代金券金额'],
  ...['微信退款单号', '商户退款单号', '退款金额', '充值券退款金额', '退款类型', '退款状态'],
  ...['商品名称', '商户数据包', '手续费', '费率', '订单金额', '申请退款金额', '费率备注'],
]

const prepaySchema = z.object({
  appid: z.string(),
  mchid: z.string(),
  description: z.string().min(1).max(127),
  out_trade_no: z.string().regex(/^[0-9A-Za-z_\-|*]{6,32}$/),
  time_expire: z.iso.datetime({ offset: true }),
  notify_url: z.url().max(255),
  amount: z.object({ total: z.int().min(1), currency: z.literal('CNY') }),
  payer: z.object({ openid: z.string().min(1) }),
})
const refundSchema = z.object({
  out_trade_no: z.string(),
  out_refund_no: z.string().min(1).max(64),
  reason: z.string().max(80).optional(),
  notify_url: z.url().optional(),
  amount: z.object({ refund: z.int().min(1), total: z.int(), currency: z.literal('CNY') }),
})

type Prepay = z.infer<typeof prepaySchema>

interface BookOrder {
  asked: Prepay
  prepayId: string
  transactionId: string | null
  isClosed: boolean
  paidAtMs: number | null
}

interface BookRefund {
  asked: z.infer<typeof refundSchema>
  refundId: string
  state: RefundState
  atMs: number
}

export type RefundState = 'PROCESSING' | 'SUCCESS' | 'ABNORMAL' | 'CLOSED'

/** What WeChat Pay answers: a status with a body. */
export interface BookAnswer {
  status: number
  body: object | null
}

export class WechatPayBook {
  readonly #orders = new Map<string, BookOrder>()
  readonly #refunds = new Map<string, BookRefund>()

  constructor(
    private readonly clock: Clock,
    private readonly ours: { appId: string; merchantId: string },
  ) {}

  prepay(body: unknown): BookAnswer {
    const parsed = prepaySchema.safeParse(body)
    if (!parsed.success) return refusal(400, 'PARAM_ERROR')
    const asked = parsed.data
    const isOurs = asked.appid === this.ours.appId && asked.mchid === this.ours.merchantId
    if (!isOurs) return refusal(400, 'APPID_MCHID_NOT_MATCH')
    const known = this.#orders.get(asked.out_trade_no)
    if (known && JSON.stringify(known.asked) !== JSON.stringify(asked))
      return refusal(400, 'INVALID_REQUEST')
    if (known?.isClosed) return refusal(400, 'ORDER_CLOSED')
    if (known?.transactionId) return refusal(403, 'OUT_TRADE_NO_USED')
    if (Date.parse(asked.time_expire) <= this.clock.nowMs()) return refusal(400, 'PARAM_ERROR')
    const order = known ?? {
      asked,
      prepayId: `wx${randomBytes(17).toString('hex')}`,
      transactionId: null,
      isClosed: false,
      paidAtMs: null,
    }
    this.#orders.set(asked.out_trade_no, order)
    return { status: 200, body: { prepay_id: order.prepayId } }
  }

  /** Somebody pays; false where the order cannot be paid. */
  pay(orderNo: string): boolean {
    const order = this.#orders.get(orderNo)
    const nowMs = this.clock.nowMs()
    if (!order || order.isClosed || order.transactionId) return false
    if (Date.parse(order.asked.time_expire) <= nowMs) return false
    order.transactionId = `4200${randomBytes(12).toString('hex')}`.slice(0, 28)
    order.paidAtMs = nowMs
    return true
  }

  /** Who asked with this prepay id. */
  orderNoOf(prepayId: string): string | null {
    const found = [...this.#orders].find(([, order]) => order.prepayId === prepayId)
    return found?.[0] ?? null
  }

  notifyUrlOf(orderNo: string): string | null {
    return this.#orders.get(orderNo)?.asked.notify_url ?? null
  }

  query(orderNo: string): BookAnswer {
    const body = this.trade(orderNo)
    return body ? { status: 200, body } : refusal(404, 'ORDER_NOT_EXIST')
  }

  /** A payment as it is told, by an answer or a notification. */
  trade(orderNo: string): Record<string, unknown> | null {
    const order = this.#orders.get(orderNo)
    if (!order) return null
    const { asked, transactionId, paidAtMs, isClosed } = order
    const isRefunded = this.#refundedFen(orderNo) > 0
    const state = isClosed ? 'CLOSED' : 'NOTPAY'
    const told = {
      ...{ appid: asked.appid, mchid: asked.mchid, out_trade_no: orderNo },
      trade_state: transactionId === null ? state : isRefunded ? 'REFUND' : 'SUCCESS',
      trade_state_desc: '',
      payer: { openid: asked.payer.openid },
    }
    if (transactionId === null || paidAtMs === null) return told
    return {
      ...told,
      transaction_id: transactionId,
      trade_type: 'JSAPI',
      bank_type: 'OTHERS',
      success_time: chinaTime(paidAtMs),
      amount: { ...asked.amount, payer_total: asked.amount.total, payer_currency: 'CNY' },
    }
  }

  close(orderNo: string): BookAnswer {
    const order = this.#orders.get(orderNo)
    if (!order) return refusal(404, 'ORDER_NOT_EXIST')
    if (order.transactionId) return refusal(400, 'ORDER_PAID')
    order.isClosed = true
    return { status: 204, body: null }
  }

  refund(body: unknown): BookAnswer {
    const parsed = refundSchema.safeParse(body)
    if (!parsed.success) return refusal(400, 'PARAM_ERROR')
    const asked = parsed.data
    const order = this.#orders.get(asked.out_trade_no)
    if (!order?.transactionId) return refusal(404, 'RESOURCE_NOT_EXISTS')
    const known = this.#refunds.get(asked.out_refund_no)
    if (known && JSON.stringify(known.asked) !== JSON.stringify(asked))
      return refusal(400, 'INVALID_REQUEST')
    const total = order.asked.amount.total
    const isTooMuch = this.#promisedFen(asked.out_trade_no) + asked.amount.refund > total
    if (!known && (asked.amount.total !== total || isTooMuch)) return refusal(403, 'NOT_ENOUGH')
    if (!known)
      this.#refunds.set(asked.out_refund_no, {
        asked,
        refundId: `5030${randomBytes(12).toString('hex')}`.slice(0, 28),
        state: 'PROCESSING',
        atMs: this.clock.nowMs(),
      })
    return this.queryRefund(asked.out_refund_no)
  }

  /** Ends a refund; false where there is none under way. */
  settleRefund(refundNo: string, state: RefundState): boolean {
    const refund = this.#refunds.get(refundNo)
    if (!refund) return false
    refund.state = state
    return true
  }

  refundNos(): string[] {
    return [...this.#refunds.keys()]
  }

  queryRefund(refundNo: string): BookAnswer {
    const refund = this.#refunds.get(refundNo)
    if (!refund) return refusal(404, 'RESOURCE_NOT_EXISTS')
    const { asked, refundId, state } = refund
    const transactionId = this.#orders.get(asked.out_trade_no)?.transactionId
    return {
      status: 200,
      body: {
        ...{ refund_id: refundId, out_refund_no: refundNo, transaction_id: transactionId },
        ...{ out_trade_no: asked.out_trade_no, status: state, channel: 'ORIGINAL' },
        ...{ user_received_account: '支付用户零钱', create_time: chinaTime(refund.atMs) },
        amount: { ...asked.amount, payer_total: asked.amount.total, payer_refund: 0 },
      },
    }
  }

  /** A refund as a notification tells it. */
  toldRefund(refundNo: string): Record<string, unknown> | null {
    const refund = this.#refunds.get(refundNo)
    if (!refund) return null
    const { asked, refundId, state } = refund
    return {
      mchid: this.ours.merchantId,
      ...{ out_trade_no: asked.out_trade_no, out_refund_no: refundNo, refund_id: refundId },
      transaction_id: this.#orders.get(asked.out_trade_no)?.transactionId,
      refund_status: state,
      user_received_account: '支付用户零钱',
      amount: { refund: asked.amount.refund, total: asked.amount.total },
    }
  }

  /** The bill of a day in China, in yuan; null where nothing happened. */
  bill(date: string): string | null {
    const paid = [...this.#orders].flatMap(([orderNo, order]) =>
      order.paidAtMs !== null && chinaDate(order.paidAtMs) === date
        ? [billRow({ orderNo, order, refund: null })]
        : [],
    )
    const refunded = [...this.#refunds.values()].flatMap((refund) => {
      const order = this.#orders.get(refund.asked.out_trade_no)
      return order && refund.state !== 'CLOSED' && chinaDate(refund.atMs) === date
        ? [billRow({ orderNo: refund.asked.out_trade_no, order, refund })]
        : []
    })
    const rows = [...paid, ...refunded]
    if (rows.length === 0) return null
    const summary = ['总交易单数', '应结订单总金额', '退款总金额']
    return `\ufeff${[BILL_HEAD.join(','), ...rows, summary.join(','), `\`${String(rows.length)},\`0.00,\`0.00`].join('\r\n')}\r\n`
  }

  #refundedFen(orderNo: string): number {
    return this.#sumOf(orderNo, ({ state }) => state === 'SUCCESS')
  }

  #promisedFen(orderNo: string): number {
    return this.#sumOf(orderNo, ({ state }) => state !== 'CLOSED')
  }

  #sumOf(orderNo: string, isCounted: (refund: BookRefund) => boolean): number {
    return [...this.#refunds.values()]
      .filter((refund) => refund.asked.out_trade_no === orderNo && isCounted(refund))
      .reduce((sum, { asked }) => sum + asked.amount.refund, 0)
  }
}

export function refusal(status: number, code: string): BookAnswer {
  return { status, body: { code, message: `sandbox ${code}` } }
}

function billRow({
  orderNo,
  order,
  refund,
}: {
  orderNo: string
  order: BookOrder
  refund: BookRefund | null
}): string {
  const { asked, transactionId, paidAtMs } = order
  const yuan = (value: number) => formatYuan(fen(value))
  const values: Record<string, string> = {
    交易时间: chinaTime(refund?.atMs ?? paidAtMs ?? 0)
      .slice(0, 19)
      .replace('T', ' '),
    ...{ 公众账号ID: asked.appid, 商户号: asked.mchid, 微信订单号: transactionId ?? '' },
    ...{ 商户订单号: orderNo, 用户标识: asked.payer.openid, 交易类型: 'JSAPI' },
    ...{ 交易状态: refund ? 'REFUND' : 'SUCCESS', 付款银行: 'OTHERS', 货币种类: 'CNY' },
    应结订单金额: refund ? '0.00' : yuan(asked.amount.total),
    ...{ 代金券金额: '0.00', 微信退款单号: refund?.refundId ?? '0' },
    商户退款单号: refund?.asked.out_refund_no ?? '0',
    退款金额: yuan(refund?.asked.amount.refund ?? 0),
    ...{ 充值券退款金额: '0.00', 退款类型: refund ? 'ORIGINAL' : '' },
    ...{ 退款状态: refund?.state ?? '', 商品名称: asked.description, 手续费: '0.00000' },
    ...{ 费率: '0.60%', 订单金额: refund ? '0.00' : yuan(asked.amount.total) },
    申请退款金额: yuan(refund?.asked.amount.refund ?? 0),
  }
  return BILL_HEAD.map((name) => `\`${values[name] ?? ''}`).join(',')
}

function chinaTime(atMs: number): string {
  return `${new Date(atMs + CHINA_MS).toISOString().slice(0, 19)}+08:00`
}

function chinaDate(atMs: number): string {
  return chinaTime(atMs).slice(0, DATE_CHARACTERS)
}
