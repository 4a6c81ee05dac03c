import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../platform/clock.js'
import type { SubscribeSettings } from '../platform/wechat-subscribe.js'
import { Troubles, type Trouble } from './troubles.js'
import { SANDBOX_TEMPLATE, WechatSubscriptions, type Delivered } from './wechat-subscriptions.js'

// A stand-in for the WeChat APIs that Huike uses, with their paths, shapes and error codes, so that
// the suite runs on one machine with no accounts. Codes are handed out to a test or a demo phone as
// WeChat hands them to a real one: good once, for five minutes. Subscription messages: see
// wechat-subscriptions.ts.

const CODE_LIVES_MS = 300_000
const TOKEN_LIVES_S = 7_200
const BODY_BYTES_MAX = 10_000
const APP_ID = 'wxsandbox0000000001'
const SECRET = 'sandbox-secret'

export interface WechatStandIn {
  settings: { appId: string; secret: string; baseUrl: string }
  /**
   * A code as wx.login() would get it, for the person with this openid; with the unionid where the
   * mini-program is bound to an account of the open platform.
   */
  loginCode(openid: string, unionid?: string): string
  /** A code as the phone button would get it. */
  phoneCode(phone: string): string
  /** Makes the next calls fail with this errcode; null heals. */
  failWith(errcode: number | null): void
  /** Forgets the access token, as WeChat does when another server forces a refresh. */
  dropToken(): void
  /** The subscription template of the sandbox. */
  subscribe: SubscribeSettings
  /** The person taps "allow" once: one more message may be sent to this openid. */
  accept(openid: string, templateId?: string): void
  /** How many messages this openid still allows. */
  acceptsLeft(openid: string, templateId?: string): number
  /** Every subscription message that reached a phone, in order. */
  delivered(): readonly Delivered[]
  /** Makes the next `times` sends go wrong, all of them when left out; null heals. */
  troubleSends(trouble: Trouble<number> | null, times?: number): void
  close(): Promise<void>
}

/** Starts the stand-in on a free loopback port. */
export async function startWechatStandIn(options: { clock: Clock }): Promise<WechatStandIn> {
  const state = new StandInState(options.clock)
  const server = createServer((request, response) => {
    void answer(state, request).then((body) => {
      if (body === null) response.destroy()
      else response.writeHead(200, { 'content-type': 'application/json' }).end(textOf(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    settings: { appId: APP_ID, secret: SECRET, baseUrl: `http://127.0.0.1:${String(port)}` },
    loginCode: (openid, unionid) => {
      if (unionid !== undefined) state.unionids.set(openid, unionid)
      return state.issue('login', openid)
    },
    phoneCode: (phone) => state.issue('phone', phone),
    failWith: (errcode) => {
      state.errcode = errcode
    },
    dropToken: () => {
      state.token = null
    },
    subscribe: SANDBOX_TEMPLATE,
    accept: (openid, templateId) => {
      state.subscriptions.accept(openid, templateId)
    },
    acceptsLeft: (openid, templateId) => state.subscriptions.left(openid, templateId),
    delivered: () => state.subscriptions.delivered,
    troubleSends: (trouble, times) => {
      state.troubles.set(trouble, times)
    },
    close: () => close(server),
  }
}

class StandInState {
  token: string | null = null
  errcode: number | null = null
  readonly subscriptions: WechatSubscriptions
  /** By openid. */
  readonly unionids = new Map<string, string>()
  readonly troubles = new Troubles<number>()
  readonly #codes = new Map<string, { kind: string; value: string; untilMs: number }>()

  constructor(readonly clock: Clock) {
    this.subscriptions = new WechatSubscriptions(clock)
  }

  issue(kind: 'login' | 'phone', value: string): string {
    if (kind === 'login') this.subscriptions.meet(value)
    const code = randomBytes(16).toString('hex')
    this.#codes.set(code, { kind, value, untilMs: this.clock.nowMs() + CODE_LIVES_MS })
    return code
  }

  /** Uses a code up; the errcode says why when it is not good. */
  use(kind: 'login' | 'phone', code: unknown): { value: string } | { errcode: number } {
    const found = typeof code === 'string' ? this.#codes.get(code) : undefined
    if (found?.kind !== kind) return { errcode: 40029 }
    if (found.untilMs === 0) return { errcode: 40163 }
    if (found.untilMs < this.clock.nowMs()) return { errcode: 40029 }
    found.untilMs = 0
    return { value: found.value }
  }
}

/** What the stand-in answers; null drops the connection. */
async function answer(state: StandInState, request: IncomingMessage): Promise<object | null> {
  const url = new URL(request.url ?? '/', 'http://stand-in')
  const body = await readJson(request)
  if (state.errcode !== null) return failure(state.errcode)
  switch (url.pathname) {
    case '/sns/jscode2session': {
      if (!isOurs(url.searchParams.get('appid'), url.searchParams.get('secret')))
        return failure(40125)
      const used = state.use('login', url.searchParams.get('js_code'))
      if ('errcode' in used) return failure(used.errcode)
      const unionid = state.unionids.get(used.value)
      const session = { openid: used.value, session_key: randomBytes(16).toString('base64') }
      return unionid === undefined ? session : { ...session, unionid }
    }
    case '/cgi-bin/stable_token': {
      if (!isOurs(body['appid'], body['secret'])) return failure(40125)
      state.token ??= randomBytes(64).toString('base64url')
      return { access_token: state.token, expires_in: TOKEN_LIVES_S }
    }
    case '/wxa/business/getuserphonenumber': {
      if (url.searchParams.get('access_token') !== state.token) return failure(40001)
      const used = state.use('phone', body['code'])
      return 'errcode' in used ? failure(used.errcode) : phoneAnswer(used.value, state.clock)
    }
    case '/cgi-bin/message/subscribe/send': {
      if (url.searchParams.get('access_token') !== state.token) return failure(40001)
      return send(state, body)
    }
    default:
      return failure(43001)
  }
}

async function send(state: StandInState, body: Record<string, unknown>): Promise<object | null> {
  const trouble = state.troubles.next()
  if (trouble?.kind === 'code') return failure(trouble.code)
  const sent = state.subscriptions.send(body)
  await state.troubles.pause(trouble)
  if (trouble?.kind === 'lost') return null
  return 'errcode' in sent ? failure(sent.errcode) : { errcode: 0, errmsg: 'ok', ...sent }
}

/** WeChat writes msgid as a number longer than JavaScript's are exact. */
function textOf(body: object): string {
  return JSON.stringify(body).replace(/"msgid":"(\d+)"/, '"msgid":$1')
}

function phoneAnswer(phone: string, clock: Clock): object {
  return {
    errcode: 0,
    errmsg: 'ok',
    phone_info: {
      phoneNumber: phone,
      purePhoneNumber: phone,
      countryCode: '86',
      watermark: { timestamp: Math.floor(clock.nowMs() / 1000), appid: APP_ID },
    },
  }
}

function isOurs(appId: unknown, secret: unknown): boolean {
  return appId === APP_ID && secret === SECRET
}

function failure(errcode: number): object {
  return { errcode, errmsg: `sandbox error ${String(errcode)}` }
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > BODY_BYTES_MAX) return {}
  }
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
