// A till as the agent is one, in fifty lines: events leave its queue only when the server settled
// them, the same events are sent again until then, and one reply in five is lost on the way.
import type { KeyObject } from 'node:crypto'
import {
  batchAnswerSchema,
  tokenAnswerSchema,
  type EventResult,
} from '@huike/shared/contracts/agent'
import type { Random } from '../rig/random.js'
import { assertionOf } from '../rig/server.js'

const BATCH_EVENTS_MAX = 5
const REPLIES_LOST = 0.2
const PAUSE_MS = 20
const REPLY_MS_MAX = 10_000
/** No connection or half an answer; half a JSON text; no answer in time. */
const CONNECTION_LOST = new Set(['TypeError', 'SyntaxError', 'TimeoutError'])

export interface TillOptions {
  terminalId: string
  privateKey: KeyObject
  random: Random
  /** Where the server listens now. */
  url: () => string
}

export class CrashTill {
  /** Events not settled yet, oldest first. */
  readonly queue: { eventId: string }[] = []
  /** Every result that was read, by event id. */
  readonly results = new Map<string, EventResult[]>()
  lostReplies = 0
  #token: string | null = null
  #stopped = false

  constructor(private readonly options: TillOptions) {}

  /** Sends until `stop`; resolves then. */
  async run(): Promise<void> {
    while (!this.#stopped) if (!(await this.#sendOnce())) await pause()
  }

  stop(): void {
    this.#stopped = true
  }

  /** One batch; false when there was nothing to send, or nobody to send it to. */
  async #sendOnce(): Promise<boolean> {
    if (this.queue.length === 0) return false
    const { random } = this.options
    const events = this.queue.slice(0, random.between(1, BATCH_EVENTS_MAX))
    const isLost = random.next() < REPLIES_LOST
    try {
      this.#token ??= await this.#newToken()
      const batch = {
        sentAtMs: Date.now(),
        agentVersion: '0.1.0',
        outboxDepth: this.queue.length,
        events,
      }
      const reply = await this.#post('/agent/v1/events', batch, this.#token)
      if (isLost) {
        this.lostReplies += 1
        return true
      }
      this.#settle(batchAnswerSchema.parse(reply).results)
      return true
    } catch (error) {
      if (!isConnectionLost(error)) throw error
      return false
    }
  }

  #settle(results: readonly EventResult[]): void {
    for (const result of results) {
      const eventId = result.eventId ?? ''
      this.results.set(eventId, [...(this.results.get(eventId) ?? []), result])
      if (result.status === 'retry') continue
      const index = this.queue.findIndex((event) => event.eventId === eventId)
      if (index >= 0) this.queue.splice(index, 1)
    }
  }

  async #newToken(): Promise<string> {
    const { terminalId, privateKey } = this.options
    const assertion = assertionOf(terminalId, privateKey, Date.now())
    return tokenAnswerSchema.parse(await this.#post('/agent/v1/token', { assertion })).accessToken
  }

  async #post(path: string, json: object, token?: string): Promise<unknown> {
    const response = await fetch(this.options.url() + path, {
      method: 'POST',
      body: JSON.stringify(json),
      signal: AbortSignal.timeout(REPLY_MS_MAX),
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    })
    const body: unknown = await response.json()
    if (response.status === 503) throw new TypeError('the server is busy')
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(body)}`)
    return body
  }
}

/** What fetch throws when the server died. By name: under Jest its errors are of another realm. */
function isConnectionLost(error: unknown): boolean {
  return CONNECTION_LOST.has((error as { name?: string }).name ?? '')
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
}
