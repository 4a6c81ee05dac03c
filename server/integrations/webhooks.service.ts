import { randomBytes } from 'node:crypto'
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common'
import {
  WEBHOOK_EVENT_TYPES,
  type Webhook,
  type WebhookCreated,
  type WebhookEventType,
  type WebhookRequest,
} from '@huike/shared/contracts/open'
import type { Id } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { EpochMs } from '@huike/shared/quantities'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import {
  Database,
  inList,
  listParameter,
  valuesOf,
  type Statements,
  type Tx,
} from '../platform/database.js'
import {
  EventLogService,
  storeEvents,
  type EventConsumer,
  type StoredEvent,
} from '../platform/event-log.js'
import { mintId } from '../platform/ids.js'
import type { ApiKey } from './api-key.entity.js'
import { urlFault } from './webhook-address.js'
import type { WebhookDelivery } from './webhook-delivery.entity.js'
import type { WebhookSubscription } from './webhook-subscription.entity.js'

// Subscriptions of integrations, and the consumer that turns an event into one delivery row for each
// subscription of its store. Rows are written once; the sender claims them before anything is sent.

const SUBSCRIPTIONS_PER_KEY_MAX = 10
const SECRET_BYTES = 32

const SUBSCRIPTION_COLUMNS = [
  'id',
  'apiKeyId',
  'storeId',
  'url',
  'secretSealed',
  'eventTypes',
  'state',
  'createdAtMs',
  'deletedAtMs',
] as const satisfies (keyof WebhookSubscription)[]
const DELIVERY_COLUMNS = [
  'id',
  'subscriptionId',
  'eventId',
  'state',
  'attempts',
  'nextAtMs',
  'lastError',
  'createdAtMs',
  'settledAtMs',
] as const satisfies (keyof WebhookDelivery)[]

/** Where the secret of a subscription is sealed for. */
export function secretContext(subscriptionId: string): string {
  return `webhook_subscription.secretSealed|${subscriptionId}`
}

@Injectable()
export class WebhooksService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly eventLog: EventLogService,
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const consumer: EventConsumer = {
      name: 'webhook',
      types: WEBHOOK_EVENT_TYPES,
      // Most shops have no webhooks: then an event costs no row and no round of the relay.
      isWanted: async (tx) =>
        (await tx.rows("SELECT 1 FROM webhook_subscription WHERE state = 'active' LIMIT 1"))
          .length > 0,
      consume: (tx, events) => this.#consume(tx, events),
    }
    this.eventLog.register(consumer)
  }

  /** Makes a subscription. Refuses `input_invalid`: where it may not go, or when there are many. */
  async create(
    tx: Tx,
    key: Pick<ApiKey, 'id' | 'storeId'>,
    request: WebhookRequest,
  ): Promise<{ ok: true; answer: WebhookCreated } | Refusal> {
    const fault = urlFault(request.url, this.config.sandbox)
    if (fault !== null) return refuse('input_invalid', `url: ${fault}`)
    if ((await subscriptionsOf(tx, key.id)).length >= SUBSCRIPTIONS_PER_KEY_MAX)
      return refuse('input_invalid', `每个密钥最多 ${String(SUBSCRIPTIONS_PER_KEY_MAX)} 个 webhook`)
    const nowMs = this.clock.nowMs()
    const id = mintId<'WebhookId'>(nowMs)
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64url')}`
    const row: WebhookSubscription = {
      id,
      apiKeyId: key.id,
      storeId: key.storeId,
      url: request.url,
      secretSealed: this.config.keyring.seal(secret, secretContext(id)),
      eventTypes: [...new Set(request.eventTypes)].join(','),
      state: 'active',
      createdAtMs: nowMs,
      deletedAtMs: null,
    }
    await tx.insert('webhook_subscription', SUBSCRIPTION_COLUMNS, [
      valuesOf(row, SUBSCRIPTION_COLUMNS),
    ])
    return { ok: true, answer: { ...viewOf(row), secret } }
  }

  /** The key's own active subscriptions, oldest first. */
  async list(apiKeyId: string): Promise<Webhook[]> {
    const rows = await this.database.read((rx) => subscriptionsOf(rx, apiKeyId))
    return rows.map(viewOf)
  }

  /** Ends a subscription of this key; what still waits is not sent. Refuses `not_found`. */
  async delete(tx: Tx, apiKeyId: string, id: string): Promise<{ ok: true } | Refusal> {
    const changed = await tx.run(
      `UPDATE webhook_subscription SET state = 'deleted', deletedAtMs = ?
       WHERE id = ? AND apiKeyId = ? AND state = 'active'`,
      [this.clock.nowMs(), id, apiKeyId],
    )
    if (changed === 0) return refuse('not_found')
    await this.#cancel(tx, [id])
    return { ok: true }
  }

  /** Ends every subscription of a key. */
  async stopAllOf(tx: Tx, apiKeyId: string, nowMs: number): Promise<void> {
    const rows = await subscriptionsOf(tx, apiKeyId)
    await tx.run(
      `UPDATE webhook_subscription SET state = 'deleted', deletedAtMs = ?
       WHERE apiKeyId = ? AND state = 'active'`,
      [nowMs, apiKeyId],
    )
    await this.#cancel(
      tx,
      rows.map((row) => row.id),
    )
  }

  async #cancel(tx: Tx, subscriptionIds: readonly string[]): Promise<void> {
    await tx.run(
      `UPDATE webhook_delivery SET state = 'cancelled', settledAtMs = ?
       WHERE state = 'pending' AND subscriptionId IN ${inList(tx)}`,
      [this.clock.nowMs(), listParameter(tx, subscriptionIds)],
    )
  }

  /** One row for each event and subscription, however often the relay brings the event. */
  async #consume(tx: Tx, stored: readonly StoredEvent[]): Promise<void> {
    const events = storeEvents(stored)
    const storeIds = [...new Set(events.flatMap((event) => event.payload.storeId ?? []))]
    const subscriptions = await tx.rows<WebhookSubscription>(
      `SELECT * FROM webhook_subscription WHERE state = 'active' AND storeId IN ${inList(tx)}`,
      [listParameter(tx, storeIds)],
    )
    if (subscriptions.length === 0) return
    const known = await tx.rows<{ subscriptionId: string; eventId: string }>(
      `SELECT subscriptionId, eventId FROM webhook_delivery
       WHERE subscriptionId IN ${inList(tx)} AND eventId IN ${inList(tx)}`,
      [
        listParameter(
          tx,
          subscriptions.map((row) => row.id),
        ),
        listParameter(
          tx,
          events.map((event) => event.id),
        ),
      ],
    )
    const written = new Set(known.map((row) => `${row.subscriptionId}|${row.eventId}`))
    const nowMs = this.clock.nowMs()
    const rows = events.flatMap((event) =>
      subscriptions
        .filter((row) => wants(row, event) && !written.has(`${row.id}|${event.id}`))
        .map((row): WebhookDelivery => ({
          id: mintId(nowMs),
          subscriptionId: row.id,
          eventId: event.id,
          state: 'pending',
          attempts: 0,
          nextAtMs: nowMs,
          lastError: null,
          createdAtMs: nowMs,
          settledAtMs: null,
        })),
    )
    await tx.insert(
      'webhook_delivery',
      DELIVERY_COLUMNS,
      rows.map((row) => valuesOf(row, DELIVERY_COLUMNS)),
    )
  }
}

function wants(
  subscription: WebhookSubscription,
  event: ReturnType<typeof storeEvents>[number],
): boolean {
  return (
    subscription.storeId === event.payload.storeId &&
    subscription.eventTypes.split(',').includes(event.type)
  )
}

function subscriptionsOf(statements: Statements, apiKeyId: string): Promise<WebhookSubscription[]> {
  return statements.rows<WebhookSubscription>(
    "SELECT * FROM webhook_subscription WHERE apiKeyId = ? AND state = 'active' ORDER BY id",
    [apiKeyId],
  )
}

function viewOf(row: WebhookSubscription): Webhook {
  return {
    id: row.id as Id<'WebhookId'>,
    url: row.url,
    eventTypes: row.eventTypes.split(',') as WebhookEventType[],
    createdAtMs: row.createdAtMs as EpochMs,
  }
}
