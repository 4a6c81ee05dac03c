import { Inject, Injectable } from '@nestjs/common'
import { WEBHOOK_EVENT_TYPES, type WebhookMessage } from '@huike/shared/contracts/open'
import type { Logger } from 'pino'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Database, inList, listParameter } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { postWebhook, type Posted } from './post-webhook.js'
import { secretContext } from './webhooks.service.js'

// Sends webhooks. A delivery is claimed by moving its next look into the future (a lease), sent
// outside of any transaction, then settled; a server that dies in between leaves it to the next after
// the lease. So a receiver gets an event at least once, and knows repeats by the event's id.

const CLAIMED_MAX = 32
const SENT_AT_ONCE_MAX = 4
/** Longer than a whole claim takes when every receiver uses up its five seconds. */
const LEASE_MS = 60_000
const ATTEMPTS_MAX = 12
/** 10 s, 20 s, … doubling: twelve attempts last about six hours. */
const BACKOFF_MS_FIRST = 10_000
const ERROR_CHARACTERS_MAX = 255

interface Claimed {
  id: string
  subscriptionId: string
  attempts: number
  url: string
  secretSealed: string
  subscriptionState: string
  eventId: string
  type: string
  aggregateId: string
  payload: string
  occurredAtMs: number
}

@Injectable()
export class WebhookSenderService extends BackgroundWorker {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(logger, 'webhooks')
  }

  /** Sends some of what is due; false when nothing was. */
  protected async step(): Promise<boolean> {
    const claimed = await this.#claim()
    const waiting = [...claimed]
    const silent = new Set<string>()
    const lane = async () => {
      for (let next = waiting.shift(); next && !this.isStopping; next = waiting.shift()) {
        // Nobody home: its other deliveries wait as well, so that they hold up nobody else's.
        if (silent.has(next.subscriptionId)) continue
        const isThere = await this.#deliver(next)
        if (!isThere) silent.add(next.subscriptionId)
      }
    }
    await Promise.all(Array.from({ length: SENT_AT_ONCE_MAX }, lane))
    return claimed.length > 0
  }

  async #claim(): Promise<Claimed[]> {
    const nowMs = this.clock.nowMs()
    const due = "state = 'pending' AND nextAtMs <= ?"
    const waiting = await this.database.read((rx) =>
      rx.rows(`SELECT 1 FROM webhook_delivery WHERE ${due} LIMIT 1`, [nowMs]),
    )
    if (waiting.length === 0) return []
    return this.database.write(async (tx) => {
      const rows = await tx.rows<{ id: string }>(
        `SELECT id FROM webhook_delivery WHERE ${due}
         ORDER BY nextAtMs LIMIT ${String(CLAIMED_MAX)}${tx.forUpdate}`,
        [nowMs],
      )
      const ids = listParameter(
        tx,
        rows.map((row) => row.id),
      )
      await tx.run(
        `UPDATE webhook_delivery SET nextAtMs = ? WHERE ${due} AND id IN ${inList(tx)}`,
        [nowMs + LEASE_MS, nowMs, ids],
      )
      return tx.rows<Claimed>(
        `SELECT d.id, d.subscriptionId, d.attempts, s.url, s.secretSealed,
           s.state AS subscriptionState, e.id AS eventId, e.type, e.aggregateId, e.payload,
           e.occurredAtMs
         FROM webhook_delivery d JOIN webhook_subscription s ON s.id = d.subscriptionId
           JOIN event_log e ON e.id = d.eventId
         WHERE d.id IN ${inList(tx)} ORDER BY d.id`,
        [ids],
      )
    })
  }

  /** Sends one delivery and settles it; false when the receiver is not there. */
  async #deliver(delivery: Claimed): Promise<boolean> {
    if (delivery.subscriptionState !== 'active') {
      await this.#settle(delivery.id, 'cancelled')
      return true
    }
    const { id, url, secretSealed, subscriptionId } = delivery
    const posted = await postWebhook({
      deliveryId: id,
      url,
      secret: this.config.keyring.open(secretSealed, secretContext(subscriptionId)),
      body: JSON.stringify(messageOf(delivery)),
      nowMs: this.clock.nowMs(),
      allowsLoopback: this.config.sandbox,
    })
    if (posted.ok) await this.#settle(id, 'done')
    else await this.#failed(delivery, posted)
    return posted.ok || posted.answered
  }

  async #settle(id: string, state: 'done' | 'cancelled'): Promise<void> {
    await this.database.write((tx) =>
      tx.run(
        `UPDATE webhook_delivery SET state = ?, attempts = attempts + ?, settledAtMs = ?
         WHERE id = ? AND state = 'pending'`,
        [state, state === 'done' ? 1 : 0, this.clock.nowMs(), id],
      ),
    )
  }

  async #failed(delivery: Claimed, posted: Posted & { ok: false }): Promise<void> {
    const nowMs = this.clock.nowMs()
    const attempts = delivery.attempts + 1
    const isDead = attempts >= ATTEMPTS_MAX
    const nextAtMs = nowMs + BACKOFF_MS_FIRST * 2 ** (attempts - 1)
    const log = { deliveryId: delivery.id, host: new URL(delivery.url).host, attempts }
    if (isDead) this.logger.error({ ...log, what: posted.what }, 'a webhook was given up')
    else this.logger.info({ ...log, what: posted.what }, 'a webhook will be sent again')
    await this.database.write(async (tx) => {
      await tx.run(
        `UPDATE webhook_delivery SET state = ?, attempts = ?, nextAtMs = ?, lastError = ?,
         settledAtMs = ? WHERE id = ? AND state = 'pending'`,
        [
          isDead ? 'dead' : 'pending',
          attempts,
          nextAtMs,
          posted.what.slice(0, ERROR_CHARACTERS_MAX),
          isDead ? nowMs : null,
          delivery.id,
        ],
      )
      if (!posted.answered)
        await tx.run(
          `UPDATE webhook_delivery SET nextAtMs = ?
           WHERE subscriptionId = ? AND state = 'pending' AND nextAtMs <= ?`,
          [nextAtMs, delivery.subscriptionId, nowMs],
        )
    })
  }
}

/** What of an event stays in the house: who stood at the till is nobody else's business. */
const KEPT_INSIDE = new Set(['cashier', 'channel'])

/** What the receiver reads: ids and numbers. */
function messageOf(event: Claimed): WebhookMessage {
  const type = WEBHOOK_EVENT_TYPES.find((known) => known === event.type)
  const fact = Object.entries(JSON.parse(event.payload) as object)
  const subject = type === 'member.registered' ? 'memberId' : 'purchaseId'
  return {
    id: event.eventId,
    type,
    occurredAtMs: event.occurredAtMs,
    data: {
      [subject]: event.aggregateId,
      ...Object.fromEntries(fact.filter(([name]) => !KEPT_INSIDE.has(name))),
    },
  } as unknown as WebhookMessage
}
