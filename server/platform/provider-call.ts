import { request as httpRequest, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'

// One POST to a provider that must not be asked twice for the same thing. What matters about a
// failure is whether the request can have reached the provider, so that is what is answered. Each
// call opens its own connection: on one that idled, nobody could tell a request that was read from
// one that met a closing socket.

const CONNECT_TIMEOUT_MS = 3_000
const TIMEOUT_MS = 8_000
const ANSWER_BYTES_MAX = 100_000

export interface ProviderRequest {
  url: string
  headers: Record<string, string>
  body: string
  /** For connecting and answering together. */
  timeoutMs?: number
}

/** not_reached: nothing was sent. lost: something was, and no whole answer came back. */
export type ProviderAnswer =
  | { answer: 'whole'; status: number; text: string }
  | { answer: 'not_reached'; detail: string }
  | { answer: 'lost'; detail: string }

/** Posts `body`. Never throws for what the provider or the network does. */
export async function callProvider(asked: ProviderRequest): Promise<ProviderAnswer> {
  const timeoutMs = asked.timeoutMs ?? TIMEOUT_MS
  const progress = { isConnected: false }
  try {
    return await post(asked, timeoutMs, progress)
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException
    const detail = name === 'AbortError' || name === 'TimeoutError' ? 'timeout' : (code ?? message)
    return { answer: progress.isConnected ? 'lost' : 'not_reached', detail }
  }
}

function post(
  asked: ProviderRequest,
  timeoutMs: number,
  progress: { isConnected: boolean },
): Promise<ProviderAnswer> {
  const target = new URL(asked.url)
  const isTls = target.protocol === 'https:'
  const options: RequestOptions = {
    method: 'POST',
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      ...asked.headers,
      'content-length': String(Buffer.byteLength(asked.body)),
      'user-agent': 'Huike/1',
    },
  }
  return new Promise((resolve, reject) => {
    const request = (isTls ? httpsRequest : httpRequest)(target, options)
    const connecting = setTimeout(
      () => {
        request.destroy(Object.assign(new Error('connect timeout'), { code: 'ETIMEDOUT' }))
      },
      Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    )
    request.on('socket', (socket: Socket) => {
      socket.once(isTls ? 'secureConnect' : 'connect', () => {
        progress.isConnected = true
        clearTimeout(connecting)
      })
    })
    request.on('error', reject)
    request.on('close', () => {
      clearTimeout(connecting)
    })
    request.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length > ANSWER_BYTES_MAX) response.destroy(new Error('answer too long'))
      })
      response.on('error', reject)
      response.on('end', () => {
        resolve({ answer: 'whole', status: response.statusCode ?? 0, text })
      })
    })
    request.end(asked.body)
  })
}
