import { createHmac } from 'node:crypto'
import { request as httpRequest, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { AddressRefused, guardedLookup, urlFault } from './webhook-address.js'

// One POST to one receiver: signed, with one deadline for everything, no redirect followed, and the
// answer's body left unread.

const TIMEOUT_MS = 5_000
const OK_MIN = 200
const OK_MAX = 299

/** What is sent, and where. */
export interface Posting {
  deliveryId: string
  url: string
  secret: string
  body: string
  nowMs: number
  allowsLoopback: boolean
}

/** How it went; `answered` tells a receiver that refused from one that is not there. */
export type Posted = { ok: true } | { ok: false; answered: boolean; what: string }

/** `t=<unix seconds>,v1=<HMAC-SHA-256 of "t.body" in hex>`, keyed by the subscription's secret. */
export function signatureOf(secret: string, body: string, nowMs: number): string {
  const at = String(Math.floor(nowMs / 1000))
  const mac = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')
  return `t=${at},v1=${mac}`
}

/** Posts one message. Never throws for what the receiver or the network does. */
export async function postWebhook(posting: Posting): Promise<Posted> {
  try {
    const status = await send(posting)
    return status >= OK_MIN && status <= OK_MAX
      ? { ok: true }
      : { ok: false, answered: true, what: `HTTP ${String(status)}` }
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException
    const what = name === 'AbortError' || name === 'TimeoutError' ? 'timeout' : (code ?? message)
    return { ok: false, answered: false, what }
  }
}

function send(posting: Posting): Promise<number> {
  const { url, body, allowsLoopback } = posting
  // A literal address is never looked up, so the URL is judged again here, and names in the lookup.
  const fault = urlFault(url, allowsLoopback)
  if (fault !== null) return Promise.reject(new AddressRefused(fault))
  const target = new URL(url)
  const options: RequestOptions = {
    method: 'POST',
    agent: false,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    lookup: guardedLookup(allowsLoopback),
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'Huike-Webhook/1',
      'huike-delivery': posting.deliveryId,
      'huike-signature': signatureOf(posting.secret, body, posting.nowMs),
    },
  }
  return new Promise((resolve, reject) => {
    const request = (target.protocol === 'https:' ? httpsRequest : httpRequest)(target, options)
    request.on('error', reject)
    request.on('response', (response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    request.end(body)
  })
}
