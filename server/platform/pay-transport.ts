import type { Clock } from './clock.js'
import type { PaySettings } from './pay-settings.js'
import { verifyPaySignature } from './wechat-pay-signature.js'

// How requests to WeChat Pay travel: to the address that was set up, within a time, and what comes
// back is believed only when it is signed. Nothing is tried again here: who asks knows what may be.

/** Requests are built for this address; the signature covers the path alone. */
export const PAY_ORIGIN = 'https://api.mch.weixin.qq.com'
const TIMEOUT_MS = 10_000
const ANSWER_BYTES_MAX = 1_000_000
/** A day's bill of a big chain. */
const BILL_BYTES_MAX = 100_000_000
const DETAIL_CHARACTERS_MAX = 200
const BILL_PATH = '/v3/billdownload/'

/**
 * unknown: it may or may not have been done, for no answer came. busy: it was not done; later it may
 * be. refused: it was not done, and `code` says why. unverified: an answer came that WeChat Pay did
 * not sign, or that makes no sense.
 */
export interface PayFault {
  ok: false
  fault: 'unknown' | 'busy' | 'refused' | 'unverified'
  code: string | null
  detail: string
  requestId: string | null
}

/** A fault on its way through the package. */
export class PayError extends Error {
  override readonly name = 'PayError'
  constructor(readonly fault: PayFault) {
    super(`WeChat Pay: ${fault.fault} ${fault.code ?? ''} ${fault.detail}`)
  }
}

interface Answer {
  status: number
  data: unknown
}

export class PayTransport {
  constructor(
    private readonly settings: PaySettings,
    private readonly clock: Clock,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  get(url: string, headers: Record<string, unknown>): Promise<Answer> {
    return this.#call('GET', { url, headers })
  }

  post(
    url: string,
    params: Record<string, unknown>,
    headers: Record<string, unknown>,
  ): Promise<Answer> {
    // The package signs this very text.
    return this.#call('POST', { url, headers, body: JSON.stringify(params) })
  }

  upload(): Promise<never> {
    return Promise.reject(new Error('nothing is uploaded to WeChat Pay'))
  }

  async #call(
    method: 'GET' | 'POST',
    asked: { url: string; headers: Record<string, unknown>; body?: string },
  ): Promise<Answer> {
    const target = this.#targetOf(asked.url)
    const isBill = new URL(target).pathname.startsWith(BILL_PATH)
    const { response, body } = await this.#fetch(target, {
      method,
      headers: this.#headersOf(asked.headers),
      ...(asked.body === undefined ? {} : { body: asked.body }),
      bytesMax: isBill ? BILL_BYTES_MAX : ANSWER_BYTES_MAX,
    })
    const { status } = response
    const requestId = response.headers.get('request-id')
    const isDone = status >= 200 && status < 300
    // A file of a bill is not signed; its hash came with an answer that was.
    if (isBill && isDone) return { status, data: body }
    const signed = verifyPaySignature({
      header: (name) => response.headers.get(name) ?? undefined,
      body,
      keys: this.settings.keys,
      nowMs: this.clock.nowMs(),
    })
    // A refusal at the door, before WeChat Pay knows whose request it is, carries no signature at all.
    const isUnsigned = !signed.ok && signed.why === 'headers'
    if (!signed.ok && (isDone || !isUnsigned))
      throw new PayError(faultOf('unverified', { detail: signed.why, requestId }))
    const data = parsed(body)
    if (isDone) return { status, data }
    const { code, message } = data as { code?: unknown; message?: unknown }
    throw new PayError(
      faultOf(status === 429 || status >= 500 ? 'busy' : 'refused', {
        code: typeof code === 'string' ? code : String(status),
        detail: typeof message === 'string' ? message : '',
        requestId,
      }),
    )
  }

  async #fetch(
    target: string,
    { bytesMax, ...asked }: RequestInit & { bytesMax: number },
  ): Promise<{ response: Response; body: Buffer }> {
    try {
      const signal = AbortSignal.timeout(this.timeoutMs)
      const response = await fetch(target, { ...asked, signal, redirect: 'error' })
      const parts: Uint8Array[] = []
      let bytes = 0
      for await (const part of response.body ?? []) {
        const chunk = part as Uint8Array
        bytes += chunk.length
        if (bytes > bytesMax) throw new Error('answer too long')
        parts.push(chunk)
      }
      return { response, body: Buffer.concat(parts) }
    } catch (error) {
      const { name, message } = error as Error
      const detail = name === 'TimeoutError' ? 'timeout' : message
      throw new PayError(faultOf('unknown', { detail, requestId: null }))
    }
  }

  /** What is signed with the merchant's key goes to WeChat Pay and nowhere else. */
  #targetOf(url: string): string {
    if (!url.startsWith(`${PAY_ORIGIN}/`)) throw new Error('an address that is not WeChat Pay’s')
    return this.settings.baseUrl + url.slice(PAY_ORIGIN.length)
  }

  #headersOf(headers: Record<string, unknown>): Record<string, string> {
    const kept = Object.entries(headers).filter(([name]) => name !== 'Accept-Encoding')
    return {
      ...Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
      'Wechatpay-Serial': this.settings.askedSerial,
    }
  }
}

/** A fault with what is known of it; texts of others are cut short. */
export function faultOf(
  fault: PayFault['fault'],
  about: { code?: string; detail: string; requestId: string | null },
): PayFault {
  const { code = null, detail, requestId } = about
  return { ok: false, fault, code, detail: detail.slice(0, DETAIL_CHARACTERS_MAX), requestId }
}

function parsed(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : (JSON.parse(body.toString('utf8')) ?? {})
  } catch {
    return {}
  }
}
