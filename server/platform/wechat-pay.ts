import { createHash, randomBytes } from 'node:crypto'
import WxPay from 'wechatpay-node-v3'
import { z } from 'zod'
import type { Clock } from './clock.js'
import { FEN_MAX } from '@huike/shared/quantities'
import type { PaySettings } from './pay-settings.js'
import { faultOf, PayError, PayTransport, type PayFault } from './pay-transport.js'
import { openPayResource, verifyPaySignature, type PaySignature } from './wechat-pay-signature.js'

export type { PayFault } from './pay-transport.js'

// WeChat Pay: the only file that knows wechatpay-node-v3, which builds requests and signs them and
// does nothing else here. Its decryption does not look at the tag and it believes every answer, so
// verifying, decrypting, times and faults are ours (wechat-pay-signature.ts, pay-transport.ts).
// Every number an order or a refund has is ours and never changes: asked again, WeChat Pay answers
// what it did before.

const NONCE_BYTES = 16
const SANDBOX_MS = 5_000
/** The package wants one; with a serial it never reads it. */
const NO_CERTIFICATE = Buffer.from('none')
const CURRENCY = 'CNY'
const ORDER_NUMBER = /^[0-9A-Za-z_\-|*]{6,32}$/
const REFUND_NUMBER = /^[0-9A-Za-z_\-|*@]{1,64}$/
/** A day without trades has no bill. */
const NO_BILL = 'NO_STATEMENT_EXIST'

/** What an order is asked to be paid with. All of it must be the same each time. */
export interface PrepayOrder {
  orderNo: string
  description: string
  totalFen: number
  openid: string
  expiresAtMs: number
}

/** What the phone hands to `wx.requestPayment`. */
export interface PhonePayment {
  timeStamp: string
  nonceStr: string
  package: string
  signType: 'RSA'
  paySign: string
}

/** A payment as WeChat Pay sees it. */
export interface PayTrade {
  appId: string
  merchantId: string
  orderNo: string
  transactionId: string | null
  /** SUCCESS, REFUND (paid, and something was refunded), NOTPAY, CLOSED … */
  state: string
  /** Null as long as nothing was paid. */
  totalFen: number | null
  currency: string | null
  openid: string | null
  paidAtMs: number | null
}

export interface RefundOrder {
  orderNo: string
  refundNo: string
  refundFen: number
  totalFen: number
  reason: string
}

/** A refund as WeChat Pay sees it. */
export interface PayRefund {
  orderNo: string
  refundNo: string
  refundId: string
  /** SUCCESS, CLOSED, PROCESSING, ABNORMAL. */
  state: string
  refundFen: number
  totalFen: number
}

/** What a notification tells. */
export type PayNotice = { id: string } & (
  | { kind: 'trade'; trade: PayTrade }
  | { kind: 'refund'; refund: PayRefund; merchantId: string }
  | { kind: 'other' }
)
export type NoticeRead =
  | { ok: true; notice: PayNotice }
  | { ok: false; why: Exclude<PaySignature, { ok: true }>['why'] | 'body' | 'resource' }

export type PayAnswer<T> = { ok: true; value: T } | PayFault

const amountSchema = z.int().min(0).max(FEN_MAX)
const tradeSchema = z.object({
  appid: z.string(),
  mchid: z.string(),
  out_trade_no: z.string(),
  transaction_id: z.string().optional(),
  trade_state: z.string(),
  success_time: z.iso.datetime({ offset: true }).optional(),
  payer: z.object({ openid: z.string().optional() }).optional(),
  amount: z.object({ total: amountSchema.optional(), currency: z.string().optional() }).optional(),
})
const refundAmount = z.object({ total: amountSchema, refund: amountSchema })
const refundSchema = z.object({
  refund_id: z.string(),
  out_refund_no: z.string(),
  out_trade_no: z.string(),
  status: z.string(),
  amount: refundAmount,
})
const toldRefundSchema = z.object({
  mchid: z.string(),
  refund_id: z.string(),
  out_refund_no: z.string(),
  out_trade_no: z.string(),
  refund_status: z.string(),
  amount: refundAmount,
})
const prepaidSchema = z.object({ package: z.string().regex(/^prepay_id=.+/) })
const billSchema = z.object({
  hash_type: z.literal('SHA1'),
  hash_value: z.string(),
  download_url: z.url(),
})
const noticeSchema = z.object({
  id: z.string().min(1).max(64),
  event_type: z.string(),
  resource: z.object({
    algorithm: z.string(),
    ciphertext: z.string(),
    nonce: z.string(),
    associated_data: z.string().optional(),
  }),
})

export class WechatPay {
  readonly #signer: Signer

  constructor(
    readonly settings: PaySettings,
    private readonly clock: Clock,
    options: { timeoutMs?: number } = {},
  ) {
    this.#signer = new Signer(settings, clock)
    this.#signer.createHttp(new PayTransport(settings, clock, options.timeoutMs))
  }

  /** Asks WeChat Pay to expect an order; answers its prepay id, which is good for two hours. */
  async prepay(order: PrepayOrder): Promise<PayAnswer<string>> {
    const { orderNo, description, totalFen, openid, expiresAtMs } = order
    const answer = await ask(prepaidSchema, () =>
      this.#signer.transactions_jsapi({
        description,
        out_trade_no: checked(orderNo, ORDER_NUMBER),
        time_expire: `${new Date(expiresAtMs).toISOString().slice(0, 19)}+00:00`,
        notify_url: this.settings.notifyUrl,
        amount: { total: totalFen, currency: CURRENCY },
        payer: { openid },
      }),
    )
    return answer.ok ? { ok: true, value: answer.value.package.slice('prepay_id='.length) } : answer
  }

  /** What the phone needs to let its owner pay. The phone's word for the result proves nothing. */
  phonePayment(prepayId: string): PhonePayment {
    return this.#signer.phonePayment(prepayId)
  }

  /** Has the stand-in of the sandbox be paid; WeChat Pay itself knows no such call. */
  async payInSandbox(prepayId: string): Promise<void> {
    await fetch(`${this.settings.baseUrl}/sandbox/pay`, {
      method: 'POST',
      body: JSON.stringify({ prepayId }),
      signal: AbortSignal.timeout(SANDBOX_MS),
    })
  }

  /** What became of an order. */
  async query(orderNo: string): Promise<PayAnswer<PayTrade>> {
    const answer = await ask(tradeSchema, () =>
      this.#signer.query({ out_trade_no: checked(orderNo, ORDER_NUMBER) }),
    )
    if (!answer.ok) return answer
    const trade = tradeOf(answer.value)
    return trade.orderNo === orderNo ? { ok: true, value: trade } : senseless('another order')
  }

  /** Sees to it that an order can no longer be paid. Refused where it was paid. */
  async close(orderNo: string): Promise<PayAnswer<null>> {
    const answer = await ask(z.unknown(), () => this.#signer.close(checked(orderNo, ORDER_NUMBER)))
    return answer.ok ? { ok: true, value: null } : answer
  }

  /** Gives money back, once for each refund number. Accepted is not yet done. */
  async refund(order: RefundOrder): Promise<PayAnswer<PayRefund>> {
    const { orderNo, refundNo, refundFen, totalFen, reason } = order
    const answer = await ask(refundSchema, () =>
      this.#signer.refunds({
        out_trade_no: checked(orderNo, ORDER_NUMBER),
        out_refund_no: checked(refundNo, REFUND_NUMBER),
        reason,
        notify_url: this.settings.notifyUrl,
        amount: { refund: refundFen, total: totalFen, currency: CURRENCY },
      }),
    )
    return answer.ok ? ownRefund(refundOf(answer.value), refundNo) : answer
  }

  /** What became of a refund. */
  async queryRefund(refundNo: string): Promise<PayAnswer<PayRefund>> {
    const answer = await ask(refundSchema, () =>
      this.#signer.find_refunds(checked(refundNo, REFUND_NUMBER)),
    )
    return answer.ok ? ownRefund(refundOf(answer.value), refundNo) : answer
  }

  /** The bill of one day, `YYYY-MM-DD`, as text; null where there were no trades. */
  async tradeBill(date: string): Promise<PayAnswer<string | null>> {
    const bill = await ask(billSchema, () =>
      this.#signer.tradebill({ bill_date: date, bill_type: 'ALL' }),
    )
    if (!bill.ok) return bill.code === NO_BILL ? { ok: true, value: null } : bill
    const { download_url, hash_value } = bill.value
    const file = await ask(z.instanceof(Buffer), () => this.#signer.downloadBill(download_url))
    if (!file.ok) return file
    const hash = createHash('sha1').update(file.value).digest('hex')
    if (hash !== hash_value.toLowerCase()) return senseless('a bill with another hash')
    return { ok: true, value: file.value.toString('utf8') }
  }

  /** Reads a notification: what it tells, or why it is not believed. */
  readNotice(told: { header: (name: string) => string | undefined; body: Buffer }): NoticeRead {
    const { keys, apiV3Key } = this.settings
    const signed = verifyPaySignature({ ...told, keys, nowMs: this.clock.nowMs() })
    if (!signed.ok) return signed
    const parsed = noticeSchema.safeParse(jsonOf(told.body.toString('utf8')))
    if (!parsed.success) return { ok: false, why: 'body' }
    const { id, event_type, resource } = parsed.data
    const text = openPayResource(resource, apiV3Key)
    if (text === null) return { ok: false, why: 'resource' }
    const notice = noticeOf({ id, eventType: event_type, content: jsonOf(text) })
    return notice ? { ok: true, notice } : { ok: false, why: 'body' }
  }
}

/** The package, with our clock and chance that nobody can foresee. */
class Signer extends WxPay {
  readonly #clock: Clock

  constructor(settings: PaySettings, clock: Clock) {
    super({
      appid: settings.appId,
      mchid: settings.merchantId,
      serial_no: settings.serial,
      publicKey: NO_CERTIFICATE,
      privateKey: Buffer.from(settings.privateKeyPem),
      userAgent: 'Huike/1',
    })
    this.#clock = clock
  }

  phonePayment(prepayId: string): PhonePayment {
    const { timeStamp, nonceStr } = this.#stamp()
    const asked = `prepay_id=${prepayId}`
    const paySign = this.sign(`${this.appid}\n${timeStamp}\n${nonceStr}\n${asked}\n`)
    return { timeStamp, nonceStr, package: asked, signType: 'RSA', paySign }
  }

  protected override buildAuthorization(
    method: string,
    url: string,
    params?: Record<string, unknown>,
  ): string {
    const { timeStamp, nonceStr } = this.#stamp()
    const { pathname, search } = new URL(url)
    const signature = this.getSignature(method, nonceStr, timeStamp, pathname + search, params)
    return this.getAuthorization(nonceStr, timeStamp, signature)
  }

  #stamp(): { timeStamp: string; nonceStr: string } {
    return {
      timeStamp: String(Math.floor(this.#clock.nowMs() / 1_000)),
      nonceStr: randomBytes(NONCE_BYTES).toString('hex'),
    }
  }
}

async function ask<T>(
  schema: z.ZodType<T>,
  call: () => Promise<{ data?: unknown }>,
): Promise<PayAnswer<T>> {
  try {
    const { data } = await call()
    const parsed = schema.safeParse(data)
    return parsed.success
      ? { ok: true, value: parsed.data }
      : senseless('an answer of another form')
  } catch (error) {
    if (error instanceof PayError) return error.fault
    throw error
  }
}

function senseless(detail: string): PayFault {
  return faultOf('unverified', { detail, requestId: null })
}

/** Numbers go into paths as they are. */
function checked(number: string, form: RegExp): string {
  if (!form.test(number)) throw new Error('not a number WeChat Pay takes')
  return number
}

function tradeOf(told: z.infer<typeof tradeSchema>): PayTrade {
  return {
    appId: told.appid,
    merchantId: told.mchid,
    orderNo: told.out_trade_no,
    transactionId: told.transaction_id ?? null,
    state: told.trade_state,
    totalFen: told.amount?.total ?? null,
    currency: told.amount?.currency ?? null,
    openid: told.payer?.openid ?? null,
    paidAtMs: told.success_time === undefined ? null : Date.parse(told.success_time),
  }
}

function refundOf(told: z.infer<typeof refundSchema>): PayRefund {
  return {
    orderNo: told.out_trade_no,
    refundNo: told.out_refund_no,
    refundId: told.refund_id,
    state: told.status,
    refundFen: told.amount.refund,
    totalFen: told.amount.total,
  }
}

function ownRefund(refund: PayRefund, refundNo: string): PayAnswer<PayRefund> {
  return refund.refundNo === refundNo ? { ok: true, value: refund } : senseless('another refund')
}

function noticeOf({
  id,
  eventType,
  content,
}: {
  id: string
  eventType: string
  content: unknown
}): PayNotice | null {
  if (eventType.startsWith('TRANSACTION.')) {
    const trade = tradeSchema.safeParse(content)
    return trade.success ? { id, kind: 'trade', trade: tradeOf(trade.data) } : null
  }
  if (eventType.startsWith('REFUND.')) {
    const told = toldRefundSchema.safeParse(content)
    if (!told.success) return null
    const { mchid, refund_status: status } = told.data
    return { id, kind: 'refund', merchantId: mchid, refund: refundOf({ ...told.data, status }) }
  }
  return { id, kind: 'other' }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
