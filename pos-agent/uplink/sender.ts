import { batchAnswerSchema, EVENTS_PER_BATCH_MAX } from '@huike/shared/contracts/agent'
import type { BatchAnswer } from '@huike/shared/contracts/agent'
import type { OutcomeCode } from '@huike/shared/outcomes'
import type { Clock } from '../platform/clock.js'
import { crashPoint } from '../platform/crash-points.js'
import type { Logger } from '../platform/log.js'
import { AGENT_VERSION } from '../platform/version.js'
import { StorageFullError } from '../store/context.js'
import type { AppliedResult, OutboxRow } from '../store/outbox.js'
import type { Store } from '../store/store.js'
import { backoffMs, BACKOFF_LIMITS } from './backoff.js'
import type { BackoffLimits } from './backoff.js'
import type { Exchange, ServerClient } from './server-client.js'
import type { Tokens } from './tokens.js'

// Empties the outbox: oldest first, one batch in flight, the same ids and bytes on every try. Only
// the server's own word about an event settles it; silence, 5xx and strangers are asked again for
// ever. One event the server cannot take never holds up the others: the batch is halved until it
// stands alone, and then it is parked. One that is put off again and again is set aside for a step,
// so that others show whether it is the event or the server (store/outbox-stuck.ts).

export const BATCH_BYTES_LIMIT = 262_144
/** Between two full batches, so that a cashier's lookup is not stuck behind a backlog. */
const BACKLOG_PAUSE_MS = 100
const IDLE_MS = 5_000
/** After so many failures in a row it may be the batch, not the server. */
const FAILURES_BEFORE_DOUBT = 5
/** A revoked till asks this seldom whether it may sell again. */
const REVOKED_MS = 300_000

export interface SenderOptions {
  store: Store
  client: ServerClient
  tokens: Tokens
  clock: Clock
  log: Logger
  random?: () => number
  backoff?: BackoffLimits
  /** Results were applied: the page and those who wait for one want to know. */
  onApplied: (results: AppliedResult[]) => void
  onBatch: (outcome: 'settled' | 'failed') => void
  onUnreachable: () => void
  onRevoked: () => void
}

/** What to do next: at once, or after a while. */
interface Pause {
  ms: number
  /** idle: any new event ends it. backoff: only a person or the server's return. ordered: nothing. */
  kind: 'idle' | 'backoff' | 'ordered'
}

const AT_ONCE: Pause = { ms: 0, kind: 'idle' }

export class Sender {
  private failures = 0
  private eventsMax = EVENTS_PER_BATCH_MAX
  private isPageOpen = false
  private isStopped = true
  private hasRefreshed = false
  /** Events left out of the next batch, once. */
  private setAside: string[] = []
  private running: Promise<void> = Promise.resolve()
  private pausing: { kind: Pause['kind']; end: () => void } | null = null
  private isNudged = false

  constructor(private readonly options: SenderOptions) {}

  start(): void {
    this.isStopped = false
    this.running = this.run()
  }

  async stop(): Promise<void> {
    this.isStopped = true
    this.pausing?.end()
    await this.running
  }

  /** There is something new to send. */
  nudge(): void {
    this.isNudged = true
    if (this.pausing?.kind === 'idle') this.pausing.end()
  }

  /** A person waits, or the server is back: do not sit out the backoff. */
  hurry(): void {
    this.isNudged = true
    if (this.pausing?.kind !== 'ordered') this.pausing?.end()
  }

  setPageOpen(isOpen: boolean): void {
    this.isPageOpen = isOpen
  }

  /** Sends one batch; says how long to wait before the next. */
  async step(): Promise<Pause> {
    const { store, tokens } = this.options
    const rows = await this.nextRows()
    if (rows.length === 0) return { ms: IDLE_MS, kind: 'idle' }
    const token = await tokens.get()
    if (!token.ok) {
      if (token.reason === 'unenrolled') return { ms: IDLE_MS, kind: 'idle' }
      if (token.reason === 'refused' && isRevoking(token.code)) return this.revoked()
      this.options.onUnreachable()
      return this.failed(null)
    }
    await store.outbox.markSent(rows.map((row) => row.eventId))
    crashPoint('uplink.before_send')
    const exchange = await this.post(rows, token.token)
    return this.handle(rows, token.token, exchange)
  }

  private async nextRows(): Promise<OutboxRow[]> {
    const { outbox } = this.options.store
    const limits = { eventsMax: this.eventsMax, bytesMax: BATCH_BYTES_LIMIT }
    const skipping = this.setAside
    this.setAside = []
    const others = skipping.length === 0 ? [] : await outbox.peek({ ...limits, skipping })
    return others.length > 0 ? others : outbox.peek(limits)
  }

  private async post(rows: OutboxRow[], token: string): Promise<Exchange> {
    const { clock, client, store } = this.options
    const counts = await store.outbox.counts()
    return client.ask({
      method: 'POST',
      path: 'agent/v1/events',
      token,
      body: {
        sentAtMs: clock.correctedNowMs(),
        agentVersion: AGENT_VERSION,
        outboxDepth: counts.waiting,
        events: rows.map((row) => JSON.parse(row.payload) as unknown),
      },
      onAnswered: () => {
        crashPoint('uplink.after_send')
      },
    })
  }

  private async handle(rows: OutboxRow[], token: string, exchange: Exchange): Promise<Pause> {
    switch (exchange.kind) {
      case 'answer': {
        const answer = batchAnswerSchema.safeParse(exchange.body)
        return answer.success ? this.settle(rows, answer.data) : this.failed(null)
      }
      case 'problem':
        return this.refused(rows, token, exchange)
      case 'stranger':
        if (exchange.status === 413 && rows.length > 1) return this.halve(rows)
        if (exchange.status === 401) return this.refresh(token)
        if (exchange.status < 500) this.options.onUnreachable()
        return this.failed(exchange.retryAfterMs)
      case 'unreachable':
        this.options.onUnreachable()
        return this.failed(null)
    }
  }

  private async settle(rows: OutboxRow[], answer: BatchAnswer): Promise<Pause> {
    const { store, clock, onApplied, onBatch } = this.options
    crashPoint('uplink.before_ack_commit')
    const applied = await store.outbox.applyResults(
      answer.results,
      clock.correctedNowMs(),
      answer.serverTimeMs,
    )
    onBatch('settled')
    onApplied(applied)
    this.tellParked(applied)
    this.hasRefreshed = false
    const wasFull = rows.length === this.eventsMax
    this.eventsMax = Math.min(EVENTS_PER_BATCH_MAX, this.eventsMax * 2)
    const last = new Map(applied.map((result) => [result.eventId, result.status]))
    const left = rows.filter((row) => (last.get(row.eventId) ?? 'waiting') === 'waiting')
    if (left.length < rows.length) this.failures = 0
    // Some are to be sent again, or were not mentioned: not at once.
    if (left.length === rows.length) return this.doubted(left, null)
    if (left.length > 0) return this.failed(null)
    return wasFull ? { ms: BACKLOG_PAUSE_MS, kind: 'backoff' } : AT_ONCE
  }

  private async refused(
    rows: OutboxRow[],
    token: string,
    exchange: Extract<Exchange, { kind: 'problem' }>,
  ): Promise<Pause> {
    const { code } = exchange.problem
    if (isRevoking(code)) return this.revoked()
    switch (exchange.status) {
      case 401:
        return this.refresh(token)
      case 400:
      case 409:
      case 413:
      case 422:
        return rows.length > 1 ? this.halve(rows) : this.park(rows, code)
      default:
        return exchange.status >= 500
          ? this.distressed(rows, code, exchange.retryAfterMs)
          : this.failed(exchange.retryAfterMs)
    }
  }

  /** The server failed over a whole batch: smaller ones until one event stands alone. */
  private async distressed(
    rows: OutboxRow[],
    code: OutcomeCode,
    retryAfterMs: number | null,
  ): Promise<Pause> {
    const known = rows.filter((row) => row.refusals > 0)
    const blamed = rows.length === 1 ? rows : known
    if (blamed.length === 0) {
      if (this.failures >= FAILURES_BEFORE_DOUBT) this.halve(rows)
      return this.failed(retryAfterMs)
    }
    await this.options.store.outbox.noteRefused(
      blamed.map((row) => row.eventId),
      code,
    )
    return this.doubted(blamed, retryAfterMs)
  }

  /** These were put off; if not for the first time, the next batch goes without them. */
  private doubted(rows: OutboxRow[], retryAfterMs: number | null): Pause {
    const isKnown = rows.some((row) => row.refusals > 0)
    if (isKnown || this.failures >= FAILURES_BEFORE_DOUBT)
      this.setAside = rows.map((row) => row.eventId)
    return this.failed(retryAfterMs)
  }

  private tellParked(applied: AppliedResult[]): void {
    const parked = applied.filter((result) => result.status === 'parked')
    for (const { eventId, code } of parked)
      this.options.log.error({ event: eventId, code }, 'event refused and parked')
  }

  private halve(rows: OutboxRow[]): Pause {
    this.eventsMax = Math.max(1, Math.floor(rows.length / 2))
    return AT_ONCE
  }

  private async park(rows: OutboxRow[], code: OutcomeCode): Promise<Pause> {
    const { store, clock, onApplied } = this.options
    const parked = await store.outbox.park(
      rows.map((row) => row.eventId),
      code,
      clock.correctedNowMs(),
    )
    this.tellParked(parked)
    onApplied(parked)
    return AT_ONCE
  }

  /** The same batch again with a fresh token, once; then it is a failure like any other. */
  private refresh(token: string): Pause {
    this.options.tokens.discard(token)
    if (this.hasRefreshed) return this.failed(null)
    this.hasRefreshed = true
    return AT_ONCE
  }

  private revoked(): Pause {
    this.options.onRevoked()
    return { ms: REVOKED_MS, kind: 'ordered' }
  }

  private failed(retryAfterMs: number | null): Pause {
    this.failures += 1
    this.options.onBatch('failed')
    const limits = this.options.backoff ?? BACKOFF_LIMITS
    const ms = backoffMs(this.failures, this.isPageOpen, this.options.random, limits)
    return retryAfterMs === null
      ? { ms, kind: 'backoff' }
      : { ms: Math.max(ms, retryAfterMs), kind: 'ordered' }
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      const pause = await this.step().catch((error: unknown) => {
        // The answer could not be written down: the rows are still there and are sent again.
        if (!(error instanceof StorageFullError)) this.options.log.error({ err: error }, 'sender')
        return this.failed(null)
      })
      const isWanted = this.isNudged && pause.kind === 'idle'
      this.isNudged = false
      if (pause.ms > 0 && !isWanted && !this.isStopped) await this.pause(pause)
    }
  }

  private async pause({ ms, kind }: Pause): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      const end = (): void => {
        clearTimeout(timer)
        resolve()
      }
      this.pausing = { kind, end }
    })
    this.pausing = null
  }
}

function isRevoking(code: OutcomeCode): boolean {
  return code === 'terminal_revoked' || code === 'terminal_unknown'
}
