import { lookupAnswerSchema } from '@huike/shared/contracts/agent'
import type { AgentMember, LookupRequest } from '@huike/shared/contracts/agent'
import type { OutcomeCode } from '@huike/shared/outcomes'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/log.js'
import type { Enrolment } from '../store/enrolment.js'
import type { AppliedResult } from '../store/outbox.js'
import type { Store } from '../store/store.js'
import type { BackoffLimits } from './backoff.js'
import { Heartbeat } from './heartbeat.js'
import type { HeartbeatTimes } from './heartbeat.js'
import { LinkState } from './link-state.js'
import type { Connection, LinkSnapshot } from './link-state.js'
import { makeOfflineSync, type OfflineSync } from './offline-calls.js'
import { Sender } from './sender.js'
import { ServerClient } from './server-client.js'
import { makeCouponCalls, type CouponCalls } from './coupon-calls.js'
import { makeGiftCalls, type GiftCalls } from './gift-calls.js'
import { makePickupCalls, type PickupCalls } from './pickup-calls.js'
import { makeSpendingCalls, type SpendingCalls } from './spending-calls.js'
import { Tokens } from './tokens.js'

// Everything that talks to the server, as the rest of the agent sees it.

/** A cashier does not wait longer for a member; then the offline path is taken. */
export const LOOKUP_MS_MAX = 1_500

export interface UplinkOptions {
  serverUrl: string
  store: Store
  clock: Clock
  log: Logger
  /** Who this till is; asked each time, because a till may be enrolled while the agent runs. */
  enrolment: () => Enrolment | null
  onApplied: (results: AppliedResult[]) => void
  onBatch: (outcome: 'settled' | 'failed') => void
  onConnection: (connection: Connection) => void
  /** The server told something new of these members. */
  onMembers: (memberIds: string[]) => void
  random?: () => number
  backoff?: BackoffLimits
  heartbeat?: HeartbeatTimes
}

export type LookupResult =
  | { kind: 'known'; member: AgentMember }
  | { kind: 'new' }
  | { kind: 'unreachable' }
  | { kind: 'refused'; code: OutcomeCode }

export class Uplink {
  /** Points as cash. */
  readonly spending: SpendingCalls
  readonly coupons: CouponCalls
  readonly pickups: PickupCalls
  readonly gifts: GiftCalls
  readonly syncOffline: OfflineSync
  private readonly client: ServerClient
  private readonly tokens: Tokens
  private readonly link: LinkState
  private readonly sender: Sender
  private readonly heartbeat: Heartbeat

  constructor(options: UplinkOptions) {
    const { store, clock, log } = options
    this.client = new ServerClient(options.serverUrl, clock)
    this.tokens = new Tokens(this.client, clock, store, options.enrolment)
    this.spending = makeSpendingCalls(this.client, this.tokens)
    this.coupons = makeCouponCalls(this.client, this.tokens)
    this.gifts = makeGiftCalls(this.client, this.tokens)
    this.pickups = makePickupCalls(this.client, this.tokens)
    this.syncOffline = makeOfflineSync(this.client, this.tokens)
    this.link = new LinkState(clock, options.enrolment() !== null, (connection, before) => {
      if (connection === 'online' && before !== 'online') this.sender.hurry()
      options.onConnection(connection)
    })
    this.heartbeat = new Heartbeat(
      store,
      this.client,
      this.tokens,
      this.link,
      log,
      options.onMembers,
      options.heartbeat,
    )
    this.sender = new Sender({
      ...options,
      client: this.client,
      tokens: this.tokens,
      onUnreachable: () => {
        this.heartbeat.nudge()
      },
      onRevoked: () => {
        this.link.revoked()
      },
    })
  }

  start(): void {
    this.heartbeat.start()
    this.sender.start()
  }

  async stop(): Promise<void> {
    const stopped = Promise.all([this.heartbeat.stop(), this.sender.stop()])
    await this.client.close()
    await stopped
  }

  state(): LinkSnapshot {
    return this.link.snapshot()
  }

  /** There is something new to send. */
  nudge(): void {
    this.sender.nudge()
  }

  /** There is something new to send and a person waits for it. */
  hurry(): void {
    this.sender.hurry()
  }

  setPageOpen(isOpen: boolean): void {
    this.sender.setPageOpen(isOpen)
  }

  /** Asks the server who this is; never takes longer than LOOKUP_MS_MAX. */
  async lookup(request: LookupRequest): Promise<LookupResult> {
    const limit = new Promise<LookupResult>((resolve) => {
      setTimeout(resolve, LOOKUP_MS_MAX, { kind: 'unreachable' }).unref()
    })
    return Promise.race([this.ask(request), limit])
  }

  private async ask(request: LookupRequest): Promise<LookupResult> {
    const token = await this.tokens.get()
    if (!token.ok) return { kind: 'unreachable' }
    const exchange = await this.client.ask({
      method: 'POST',
      path: 'agent/v1/lookup',
      token: token.token,
      body: request,
      totalMs: LOOKUP_MS_MAX,
    })
    if (exchange.kind === 'problem') return this.refused(exchange, token.token)
    const answer = exchange.kind === 'answer' ? lookupAnswerSchema.safeParse(exchange.body) : null
    if (!answer?.success) return { kind: 'unreachable' }
    const { member } = answer.data
    return member === null ? { kind: 'new' } : { kind: 'known', member }
  }

  private refused(
    exchange: { status: number; problem: { code: OutcomeCode } },
    token: string,
  ): LookupResult {
    const { code } = exchange.problem
    if (exchange.status === 401) this.tokens.discard(token)
    if (code === 'member_not_found') return { kind: 'new' }
    const isAboutInput = [
      'phone_invalid',
      'member_code_invalid',
      'member_code_expired',
      'rate_limited',
    ].includes(code)
    return isAboutInput ? { kind: 'refused', code } : { kind: 'unreachable' }
  }
}
