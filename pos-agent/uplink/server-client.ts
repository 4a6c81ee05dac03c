import { gzipSync } from 'node:zlib'
import { Agent, request } from 'undici'
import { AGENT_PROTOCOL } from '@huike/shared/contracts/agent'
import { problemSchema } from '@huike/shared/contracts/common'
import type { Problem } from '@huike/shared/contracts/common'
import type { Clock } from '../platform/clock.js'
import { AGENT_VERSION } from '../platform/version.js'

// One HTTP exchange with the server. Whatever comes back is an answer of Huike only when it says so
// itself: a captive portal answers 200 too. Nothing here retries; that is the callers' business.

const CONNECT_MS_MAX = 5_000
export const EXCHANGE_MS_MAX = 15_000
const ANSWER_BYTES_MAX = 8 * 1_048_576
const CONNECTIONS_MAX = 4
const RETRY_AFTER_MS_MAX = 3_600_000
/** Smaller bodies travel as they are. */
const GZIP_BYTES_MIN = 256

export type Exchange =
  /** Huike answered with success; `body` still has to fit its schema. */
  | { kind: 'answer'; status: number; body: unknown }
  /** Huike refused, and said why. */
  | { kind: 'problem'; status: number; problem: Problem; retryAfterMs: number | null }
  /** Somebody answered who is not Huike, or Huike in distress (5xx without a problem). */
  | { kind: 'stranger'; status: number; retryAfterMs: number | null }
  | { kind: 'unreachable'; reason: string }

export interface Question {
  method: 'GET' | 'POST'
  /** Below the server's URL: `agent/v1/events`. */
  path: string
  token?: string
  body?: unknown
  totalMs?: number
  /** For crash tests: the server has answered, the answer has not been read. */
  onAnswered?: () => void
}

export class ServerClient {
  private readonly agent = new Agent({
    connect: { timeout: CONNECT_MS_MAX },
    connections: CONNECTIONS_MAX,
    maxResponseSize: ANSWER_BYTES_MAX,
  })

  constructor(
    private readonly serverUrl: string,
    private readonly clock: Clock,
  ) {}

  /** Asks once and says what came back; never throws for anything the network does. */
  async ask(question: Question): Promise<Exchange> {
    const askedMs = this.clock.monotonicMs()
    try {
      const response = await request(this.url(question.path), {
        method: question.method,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(question.totalMs ?? EXCHANGE_MS_MAX),
        ...sent(question),
      })
      question.onAnswered?.()
      const text = await response.body.text()
      const retryAfterMs = readRetryAfter(response.headers['retry-after'])
      return this.judge(response.statusCode, parsed(text), retryAfterMs, askedMs)
    } catch (error) {
      const { name, message } = error as Error
      return { kind: 'unreachable', reason: `${name}: ${message}` }
    }
  }

  async close(): Promise<void> {
    await this.agent.destroy()
  }

  private judge(
    status: number,
    body: unknown,
    retryAfterMs: number | null,
    askedMs: number,
  ): Exchange {
    const marked = body as { protocol?: unknown; serverTimeMs?: unknown } | null
    if (status >= 200 && status < 300)
      return marked?.protocol === AGENT_PROTOCOL
        ? this.timed(marked.serverTimeMs, askedMs, { kind: 'answer', status, body })
        : { kind: 'stranger', status, retryAfterMs }
    const problem = problemSchema.safeParse(body)
    if (!problem.success) return { kind: 'stranger', status, retryAfterMs }
    const told = { kind: 'problem', status, problem: problem.data, retryAfterMs } as const
    return this.timed(problem.data.serverTimeMs, askedMs, told)
  }

  private timed(serverTimeMs: unknown, askedMs: number, exchange: Exchange): Exchange {
    if (typeof serverTimeMs === 'number' && Number.isSafeInteger(serverTimeMs))
      this.clock.noteServerTime(serverTimeMs, askedMs, this.clock.monotonicMs())
    return exchange
  }

  private url(path: string): URL {
    return new URL(path, this.serverUrl.endsWith('/') ? this.serverUrl : `${this.serverUrl}/`)
  }
}

function sent(question: Question): { headers: Record<string, string>; body?: Buffer } {
  const headers: Record<string, string> = {
    accept: 'application/json, application/problem+json',
    'user-agent': `huike-agent/${AGENT_VERSION}`,
  }
  if (question.token !== undefined) headers['authorization'] = `Bearer ${question.token}`
  if (question.body === undefined) return { headers }
  const body = Buffer.from(JSON.stringify(question.body))
  headers['content-type'] = 'application/json'
  if (body.length < GZIP_BYTES_MIN) return { headers, body }
  headers['content-encoding'] = 'gzip'
  return { headers, body: gzipSync(body) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Seconds, or a date (RFC 9110 §10.2.3); milliseconds from now, bounded. */
function readRetryAfter(header: string | string[] | undefined): number | null {
  if (typeof header !== 'string') return null
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now()
  return Number.isNaN(ms) ? null : Math.max(0, Math.min(ms, RETRY_AFTER_MS_MAX))
}
