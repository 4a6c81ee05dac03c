import {
  createCipheriv,
  createHash,
  generateKeyPair,
  randomBytes,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import type { Clock } from '../platform/clock.js'
import { PAY_NOTICE_PATH, type PaySettings } from '../platform/pay-settings.js'
import { Troubles, type Trouble } from './troubles.js'
import { refusal, WechatPayBook, type BookAnswer, type RefundState } from './wechat-pay-book.js'

// A stand-in for WeChat Pay with real keys: what it is asked must be signed by the merchant, what it
// says is signed and what it tells is encrypted, so that the suite runs on one machine with no
// merchant account. Somebody who pays is `pay`; in a demo a page presses it.

const MERCHANT_ID = '1900000001'
const MERCHANT_SERIAL = 'A1B2C3D4E5F60718293A4B5C6D7E8F9001020304'
const KEY_ID = 'PUB_KEY_ID_0119000000012026010100000000000001'
const RSA_BITS = 2_048
const BODY_BYTES_MAX = 100_000
const ORIGIN = 'https://api.mch.weixin.qq.com'
const ORDERS = '/v3/pay/transactions/out-trade-no/'
const REFUNDS = '/v3/refund/domestic/refunds'

/** What can be told to go wrong. */
export type PayCall = 'prepay' | 'query' | 'close' | 'refund' | 'query_refund' | 'bill'
interface PayTroubleCode {
  status: number
  code: string
}

/** A notification as it would arrive. */
export interface SignedNotice {
  headers: Record<string, string>
  body: string
}

export interface SandboxPayKeys {
  merchant: { privateKey: KeyObject; publicKey: KeyObject }
  wechat: { privateKey: KeyObject; publicKey: KeyObject }
}

export interface WechatPayStandIn {
  settings: PaySettings
  book: WechatPayBook
  /** Where notifications go from now on, `http://host:port`; before it, nowhere. */
  tellAt(origin: string): void
  /** With `false`, nothing is told by itself and refunds wait for `settleRefund`. */
  goByItself(does: boolean): void
  /** Somebody pays; false where the order cannot be paid. */
  pay(orderNo: string): boolean
  /** Ends a refund that is under way. */
  settleRefund(refundNo: string, state: RefundState): boolean
  /** A notification about an order or a refund as it is now, with an id of its own each time. */
  notice(about: { orderNo: string } | { refundNo: string }, over?: NoticeChange): SignedNotice
  /** Makes the next `times` of these calls go wrong; null heals. */
  trouble(call: PayCall, trouble: Trouble<PayTroubleCode> | null, times?: number): void
  /** How often each call came. */
  calls(): Readonly<Partial<Record<PayCall, number>>>
  /** Signs answers with another key from now on. */
  forgeAnswers(does: boolean): void
  close(): Promise<void>
}

export interface NoticeChange {
  id?: string
  /** Fields of what is told, instead of those that are right. */
  content?: Record<string, unknown>
  atMs?: number
}

/** Two pairs of keys: WeChat Pay's and the merchant's. */
export async function sandboxPayKeys(): Promise<SandboxPayKeys> {
  const pair = () => promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS })
  const [merchant, wechat] = await Promise.all([pair(), pair()])
  return { merchant, wechat }
}

/** Starts the stand-in on a free loopback port. */
export async function startWechatPayStandIn(options: {
  clock: Clock
  appId: string
  keys: SandboxPayKeys
}): Promise<WechatPayStandIn> {
  const state = new PayStandInState(options)
  const server = createServer((request, response) => {
    void serve(state, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    settings: state.settingsAt(`http://127.0.0.1:${String(port)}`),
    book: state.book,
    tellAt: (origin) => {
      state.tellOrigin = origin
    },
    goByItself: (does) => {
      state.goesByItself = does
    },
    pay: (orderNo) => state.pay(orderNo),
    settleRefund: (refundNo, as) => state.book.settleRefund(refundNo, as),
    notice: (about, over) => state.notice(about, over),
    trouble: (call, trouble, times) => {
      state.troublesOf(call).set(trouble, times)
    },
    calls: () => state.calls,
    forgeAnswers: (does) => {
      state.forges = does
    },
    close: () => close(server),
  }
}

class PayStandInState {
  readonly book: WechatPayBook
  readonly calls: Partial<Record<PayCall, number>> = {}
  readonly clock: Clock
  readonly keys: SandboxPayKeys
  tellOrigin: string | null = null
  goesByItself = true
  forges = false
  readonly #apiV3Key = randomBytes(16).toString('hex')
  readonly #troubles = new Map<PayCall, Troubles<PayTroubleCode>>()
  readonly #appId: string

  constructor({ clock, appId, keys }: { clock: Clock; appId: string; keys: SandboxPayKeys }) {
    this.clock = clock
    this.keys = keys
    this.#appId = appId
    this.book = new WechatPayBook(clock, { appId, merchantId: MERCHANT_ID })
  }

  settingsAt(baseUrl: string): PaySettings {
    return {
      ...{ appId: this.#appId, merchantId: MERCHANT_ID, serial: MERCHANT_SERIAL, baseUrl },
      privateKeyPem: this.keys.merchant.privateKey.export({
        type: 'pkcs8',
        format: 'pem',
      }) as string,
      apiV3Key: this.#apiV3Key,
      keys: new Map([[KEY_ID, this.keys.wechat.publicKey]]),
      askedSerial: KEY_ID,
      notifyUrl: `https://sandbox.example${PAY_NOTICE_PATH}`,
    }
  }

  troublesOf(call: PayCall): Troubles<PayTroubleCode> {
    const found = this.#troubles.get(call) ?? new Troubles<PayTroubleCode>()
    this.#troubles.set(call, found)
    return found
  }

  pay(orderNo: string): boolean {
    const isPaid = this.book.pay(orderNo)
    if (isPaid && this.goesByItself) void this.tell(this.notice({ orderNo }))
    return isPaid
  }

  /** What WeChat Pay would post to the merchant. */
  notice(
    about: { orderNo: string } | { refundNo: string },
    { id, content, atMs }: NoticeChange = {},
  ): SignedNotice {
    const isTrade = 'orderNo' in about
    const told = isTrade ? this.book.trade(about.orderNo) : this.book.toldRefund(about.refundNo)
    const state = told?.[isTrade ? 'trade_state' : 'refund_status']
    const plain = JSON.stringify({ ...told, ...content })
    const body = JSON.stringify({
      id: id ?? randomBytes(16).toString('hex'),
      create_time: new Date(this.clock.nowMs()).toISOString(),
      resource_type: 'encrypt-resource',
      event_type: `${isTrade ? 'TRANSACTION' : 'REFUND'}.${typeof state === 'string' ? state : ''}`,
      summary: isTrade ? '支付成功' : '退款',
      resource: { original_type: isTrade ? 'transaction' : 'refund', ...this.#seal(plain) },
    })
    return { headers: this.signed(body, atMs), body }
  }

  /** Tells once; whoever does not listen asks later. */
  async tell({ headers, body }: SignedNotice): Promise<void> {
    if (this.tellOrigin === null) return
    try {
      await fetch(this.tellOrigin + PAY_NOTICE_PATH, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      })
    } catch {
      // As with WeChat Pay itself: that somebody was told is never promised.
    }
  }

  signed(body: string, atMs: number = this.clock.nowMs()): Record<string, string> {
    const timestamp = String(Math.floor(atMs / 1_000))
    const nonce = randomBytes(16).toString('hex')
    const key = this.forges ? this.keys.merchant.privateKey : this.keys.wechat.privateKey
    const signature = sign('sha256', Buffer.from(`${timestamp}\n${nonce}\n${body}\n`), key)
    return {
      'wechatpay-timestamp': timestamp,
      'wechatpay-nonce': nonce,
      'wechatpay-serial': KEY_ID,
      'wechatpay-signature': signature.toString('base64'),
      'request-id': `${randomBytes(8).toString('hex')}-0`,
    }
  }

  #seal(plain: string): Record<string, string> {
    const nonce = randomBytes(6).toString('hex')
    const associated = 'transaction'
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(this.#apiV3Key), Buffer.from(nonce))
    cipher.setAAD(Buffer.from(associated))
    const sealed = Buffer.concat([
      cipher.update(plain, 'utf8'),
      cipher.final(),
      cipher.getAuthTag(),
    ])
    return {
      algorithm: 'AEAD_AES_256_GCM',
      ciphertext: sealed.toString('base64'),
      ...{ nonce, associated_data: associated },
    }
  }
}

async function serve(
  state: PayStandInState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request)
  const url = new URL(request.url ?? '/', 'http://stand-in')
  if (url.pathname === '/sandbox/pay') {
    const { prepayId } = parsed(body)
    const orderNo = state.book.orderNoOf(String(prepayId))
    response.writeHead(orderNo !== null && state.pay(orderNo) ? 204 : 409).end()
    return
  }
  if (!isSigned(state, request, body)) {
    send(state, response, refusal(401, 'SIGN_ERROR'))
    return
  }
  if (url.pathname === '/v3/billdownload/file') {
    response.writeHead(200).end(state.book.bill(url.searchParams.get('token') ?? '') ?? '')
    return
  }
  const call = callOf(request.method ?? '', url.pathname)
  if (call === null) {
    send(state, response, refusal(404, 'RESOURCE_NOT_EXISTS'))
    return
  }
  state.calls[call] = (state.calls[call] ?? 0) + 1
  const troubles = state.troublesOf(call)
  const trouble = troubles.next()
  if (trouble?.kind === 'code') {
    send(state, response, refusal(trouble.code.status, trouble.code.code))
    return
  }
  const answer = answerOf(state, call, { url, body: parsed(body) })
  await troubles.pause(trouble)
  if (trouble?.kind === 'lost') response.destroy()
  else send(state, response, answer)
}

function callOf(method: string, path: string): PayCall | null {
  if (method === 'POST' && path === '/v3/pay/transactions/jsapi') return 'prepay'
  if (path.startsWith(ORDERS)) return path.endsWith('/close') ? 'close' : 'query'
  if (path.startsWith(REFUNDS)) return method === 'POST' ? 'refund' : 'query_refund'
  return path === '/v3/bill/tradebill' ? 'bill' : null
}

function answerOf(
  state: PayStandInState,
  call: PayCall,
  { url, body }: { url: URL; body: Record<string, unknown> },
): BookAnswer {
  const { book } = state
  const [last = '', before = ''] = url.pathname.split('/').reverse()
  switch (call) {
    case 'prepay':
      return book.prepay(body)
    case 'query':
      return book.query(last)
    case 'close':
      return book.close(before)
    case 'refund': {
      const answer = book.refund(body)
      if (state.goesByItself && answer.status === 200) {
        const refundNo = String(body['out_refund_no'])
        book.settleRefund(refundNo, 'SUCCESS')
        void state.tell(state.notice({ refundNo }))
      }
      return answer
    }
    case 'query_refund':
      return book.queryRefund(last)
    case 'bill': {
      const date = url.searchParams.get('bill_date') ?? ''
      const bill = book.bill(date)
      if (bill === null) return refusal(400, 'NO_STATEMENT_EXIST')
      const hash_value = createHash('sha1').update(bill).digest('hex')
      const download_url = `${ORIGIN}/v3/billdownload/file?token=${date}`
      return { status: 200, body: { hash_type: 'SHA1', hash_value, download_url } }
    }
  }
}

/** The merchant signed exactly what came. */
function isSigned(state: PayStandInState, request: IncomingMessage, body: string): boolean {
  const [scheme, fields = ''] = (request.headers.authorization ?? '').split(/ (.*)/s)
  const found = new Map([...fields.matchAll(/(\w+)="([^"]*)"/g)].map((one) => [one[1], one[2]]))
  const isOurs = found.get('mchid') === MERCHANT_ID && found.get('serial_no') === MERCHANT_SERIAL
  if (scheme !== 'WECHATPAY2-SHA256-RSA2048' || !isOurs) return false
  const text = [
    request.method,
    request.url,
    found.get('timestamp'),
    found.get('nonce_str'),
    body,
    '',
  ]
  return verify(
    'sha256',
    Buffer.from(text.join('\n')),
    state.keys.merchant.publicKey,
    Buffer.from(found.get('signature') ?? '', 'base64'),
  )
}

function send(
  state: PayStandInState,
  response: ServerResponse,
  { status, body }: BookAnswer,
): void {
  const text = body === null ? '' : JSON.stringify(body)
  response
    .writeHead(status, { 'content-type': 'application/json', ...state.signed(text) })
    .end(text)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request) {
    parts.push(part as Buffer)
    bytes += (part as Buffer).length
    if (bytes > BODY_BYTES_MAX) return ''
  }
  return Buffer.concat(parts).toString('utf8')
}

function parsed(text: string): Record<string, unknown> {
  try {
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  } catch {
    return {}
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
    server.closeAllConnections()
  })
}
