import { z } from 'zod'
import { refuse, type OutcomeCode, type Refusal } from '@huike/shared/outcomes'
import type { Clock } from './clock.js'
import {
  postSubscribeMessage,
  type SubscribeAnswer,
  type SubscribeMessage,
} from './wechat-subscribe.js'

// The mini-program APIs of WeChat that sign-in and messages need. HTTP status is 200 even for
// errors; success is an errcode that is missing or 0. URLs carry the secret, so they are never logged.

const TIMEOUT_MS = 5_000
/** WeChat renews five minutes early; so do we. */
const TOKEN_RENEWED_EARLY_MS = 300_000
const ERRCODES_TOKEN = new Set([40001, 40014, 42001])
/** Invalid, used, expired or refused codes: 40163 is real though undocumented. */
const ERRCODES_CODE = new Set([40029, 40163, 40226, 41008])
const ERRCODES_RATE = new Set([45011, 45009])

const answerSchema = z.looseObject({ errcode: z.number().optional() })
const sessionSchema = z.object({ openid: z.string().min(1), unionid: z.string().min(1).optional() })
const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number() })
const phoneSchema = z.object({
  phone_info: z.object({
    purePhoneNumber: z.string(),
    countryCode: z.union([z.string(), z.number()]),
    watermark: z.object({ appid: z.string() }),
  }),
})

export interface WechatSettings {
  appId: string
  secret: string
  baseUrl: string
}

export type WechatLogin = { ok: true; openid: string; unionid: string | null } | Refusal
export type WechatPhone = { ok: true; phone: string } | Refusal

/** errcode: what WeChat itself said; null when it was not reached or made no sense. */
type Failed = Refusal & { errcode: number | null }

export class WechatClient {
  #token: { value: string; untilMs: number } | null = null
  #fetching: Promise<string | Failed> | null = null

  constructor(
    private readonly settings: WechatSettings,
    private readonly clock: Clock,
    private readonly options: { sendTimeoutMs?: number } = {},
  ) {}

  get appId(): string {
    return this.settings.appId
  }

  /** wx.login's code → openid. The session_key stays in WeChat's answer and goes nowhere. */
  async signIn(code: string): Promise<WechatLogin> {
    const { appId, secret } = this.settings
    const query = { appid: appId, secret, js_code: code, grant_type: 'authorization_code' }
    const answer = await this.#call(`/sns/jscode2session?${new URLSearchParams(query).toString()}`)
    if (!answer.ok) return refuse(answer.code)
    const session = sessionSchema.safeParse(answer.body)
    if (!session.success) return refuse('wechat_busy')
    return { ok: true, openid: session.data.openid, unionid: session.data.unionid ?? null }
  }

  /** The phone button's code → the number, in the mainland's plan only. */
  async phone(code: string): Promise<WechatPhone> {
    for (let attempt = 1; ; attempt += 1) {
      const token = await this.#accessToken()
      if (typeof token !== 'string') return refuse(token.code)
      const path = `/wxa/business/getuserphonenumber?access_token=${encodeURIComponent(token)}`
      const answer = await this.#call(path, { code })
      if (answer.ok) return this.#readPhone(answer.body)
      if (!isTokenStale(answer.errcode) || attempt > 1) return refuse(answer.code)
      this.#forget(token)
    }
  }

  /**
   * Sends one subscription message. A stale token is renewed once: with it nothing was sent. Nothing
   * else is ever tried again here.
   */
  async sendSubscribeMessage(message: SubscribeMessage): Promise<SubscribeAnswer> {
    const { sendTimeoutMs } = this.options
    for (let attempt = 1; ; attempt += 1) {
      const token = await this.#accessToken()
      if (typeof token !== 'string')
        return token.errcode === null
          ? { answer: 'not_reached', detail: 'no access token' }
          : { answer: 'errcode', errcode: token.errcode }
      const answer = await postSubscribeMessage(message, {
        baseUrl: this.settings.baseUrl,
        token,
        ...(sendTimeoutMs === undefined ? {} : { timeoutMs: sendTimeoutMs }),
      })
      const isStale = answer.answer === 'errcode' && isTokenStale(answer.errcode)
      if (!isStale || attempt > 1) return answer
      this.#forget(token)
    }
  }

  /** Drops a token that WeChat no longer takes, unless a newer one has come meanwhile. */
  #forget(token: string): void {
    if (this.#token?.value === token) this.#token = null
  }

  #readPhone(body: unknown): WechatPhone {
    const parsed = phoneSchema.safeParse(body)
    if (!parsed.success) return refuse('wechat_busy')
    const { purePhoneNumber, countryCode, watermark } = parsed.data.phone_info
    if (watermark.appid !== this.settings.appId) return refuse('wechat_code_invalid')
    return String(countryCode) === '86'
      ? { ok: true, phone: purePhoneNumber }
      : refuse('phone_invalid', '目前只支持中国大陆手机号')
  }

  async #accessToken(): Promise<string | Failed> {
    if (this.#token && this.#token.untilMs > this.clock.nowMs()) return this.#token.value
    this.#fetching ??= this.#fetchToken().finally(() => {
      this.#fetching = null
    })
    return this.#fetching
  }

  async #fetchToken(): Promise<string | Failed> {
    const { appId, secret } = this.settings
    const body = { grant_type: 'client_credential', appid: appId, secret, force_refresh: false }
    const answer = await this.#call('/cgi-bin/stable_token', body)
    if (!answer.ok) return { ...refuse('wechat_busy'), errcode: answer.errcode }
    const token = tokenSchema.safeParse(answer.body)
    if (!token.success) return { ...refuse('wechat_busy'), errcode: null }
    const livesMs = token.data.expires_in * 1000
    const untilMs = this.clock.nowMs() + Math.max(0, livesMs - TOKEN_RENEWED_EARLY_MS)
    this.#token = { value: token.data.access_token, untilMs }
    return token.data.access_token
  }

  async #call(path: string, body?: object): Promise<{ ok: true; body: unknown } | Failed> {
    let answer: z.infer<typeof answerSchema>
    try {
      const response = await fetch(this.settings.baseUrl + path, {
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined
          ? {}
          : {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify(body),
            }),
      })
      answer = answerSchema.parse(await response.json())
    } catch {
      return { ...refuse('wechat_busy'), errcode: null }
    }
    const errcode = answer.errcode ?? 0
    if (errcode === 0) return { ok: true, body: answer }
    return { ...refuse(codeOf(errcode)), errcode }
  }
}

function isTokenStale(errcode: number | null): boolean {
  return errcode !== null && ERRCODES_TOKEN.has(errcode)
}

function codeOf(errcode: number): OutcomeCode {
  if (ERRCODES_CODE.has(errcode)) return 'wechat_code_invalid'
  if (ERRCODES_RATE.has(errcode)) return 'rate_limited'
  return 'wechat_busy'
}
