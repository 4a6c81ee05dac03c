import { Injectable } from '@nestjs/common'
import { valuesOf, type Tx } from './database.js'
import type { EventDelivery } from './event-delivery.entity.js'
import type { EventLog } from './event-log.entity.js'
import { mintId } from './ids.js'

// Events are rows, written in the transaction that caused them, with one delivery row for each
// consumer. A delivery is pending until the consumer's effect and its mark commit together. Never
// "id > cursor": commits arrive out of id order, and rows would be skipped.

/** What happened. Payloads hold ids and numbers, never personal data. */
export type DomainEvent = ShopEvent | OrderEvent | MergeEvent | LevelEvent

/** Something that happened in a store, or in the chain's name. */
export type ShopEvent =
  | {
      type: 'purchase.recorded'
      aggregateId: string
      occurredAtMs: number
      payload: PurchaseFact & {
        /** Of all its lines together, in thousandths; never below zero. */
        quantityMilli: number
      }
    }
  | { type: 'purchase.assigned'; aggregateId: string; occurredAtMs: number; payload: PurchaseFact }
  /** Taken back from the member it was given to by mistake; `points` are negative. */
  | {
      type: 'purchase.unassigned'
      aggregateId: string
      occurredAtMs: number
      payload: PurchaseFact
    }
  | { type: 'member.registered'; aggregateId: string; occurredAtMs: number; payload: MemberFact }

/** An order that is fetched in a store is ready, or was fetched; about its purchase. */
export interface OrderEvent {
  type: 'order.ready' | 'order.fetched'
  aggregateId: string
  occurredAtMs: number
  payload: OrderFact
}

/** Two records became one, or two again; about the merge. */
export interface MergeEvent {
  type: 'member.merged' | 'member.unmerged'
  aggregateId: string
  occurredAtMs: number
  payload: { survivorId: string; absorbedId: string }
}

/** A member's level changed, or will be lost; about the member. */
export type LevelEvent =
  | {
      type: 'member.level_changed'
      aggregateId: string
      occurredAtMs: number
      payload: { changeId: string }
    }
  | {
      type: 'member.level_ending'
      aggregateId: string
      occurredAtMs: number
      payload: { levelCode: string; downAtMs: number; missing: number }
    }

export interface PurchaseFact {
  kind: 'sale' | 'refund'
  channel: 'pos' | 'online'
  storeId: string
  businessDate: string
  memberId: string | null
  totalFen: number
  /** Signed: what this event gave or took. */
  points: number
  /** As the till named the employee; null when it did not. */
  cashier: string | null
}

export interface OrderFact {
  /** The shop that took the order. */
  storeId: string
  businessDate: string
  memberId: string | null
  orderNo: string
  pickupStoreCode: string
}

export interface MemberFact {
  storeId: string | null
  businessDate: string
  cashier: string | null
}

/** A stored event as consumers get it. */
export type StoredEvent = DomainEvent & { id: string }
export type StoredShopEvent = ShopEvent & { id: string }
export type StoredOrderEvent = OrderEvent & { id: string }

/** The events of stores among some. */
export function shopEvents(events: readonly StoredEvent[]): StoredShopEvent[] {
  return storeEvents(events).filter(
    (event): event is StoredShopEvent => !('pickupStoreCode' in event.payload),
  )
}

/** Those, and what became of orders that a store took. */
export function storeEvents(
  events: readonly StoredEvent[],
): (StoredShopEvent | StoredOrderEvent)[] {
  return events.filter(
    (event): event is StoredShopEvent | StoredOrderEvent => 'storeId' in event.payload,
  )
}

/**
 * A named consumer. `consume` must be a function of its events alone and write only through `tx`:
 * it may run again after a crash or a rollback, and the effect and the mark commit together.
 */
export interface EventConsumer {
  readonly name: string
  readonly types: readonly DomainEvent['type'][]
  /** Asked in the transaction that appends: false when nobody listens, and no delivery is written. */
  isWanted?(tx: Tx): Promise<boolean>
  /** Whether this event concerns it; where it does not, no delivery is written. All do by default. */
  concerns?(event: DomainEvent): boolean
  consume(tx: Tx, events: readonly StoredEvent[]): Promise<void>
}

const EVENT_COLUMNS = [
  'id',
  'type',
  'aggregateId',
  'payload',
  'occurredAtMs',
  'recordedAtMs',
] as const satisfies (keyof EventLog)[]
const DELIVERY_COLUMNS = [
  'eventId',
  'consumer',
  'state',
  'attempts',
  'nextAtMs',
  'lastError',
] as const satisfies (keyof EventDelivery)[]

/** Under load the relay takes many events at a time; an event that comes alone is relayed at once. */
const WAKES_APART_MS = 200

@Injectable()
export class EventLogService {
  readonly #consumers = new Map<string, EventConsumer>()
  #onAppend: () => void = () => undefined
  /** Runs while wakes are held back. */
  #pause: NodeJS.Timeout | null = null
  #isWakeHeld = false

  /** Registers a consumer; done at start, before events are appended. */
  register(consumer: EventConsumer): void {
    if (this.#consumers.has(consumer.name)) throw new Error(`two consumers named ${consumer.name}`)
    this.#consumers.set(consumer.name, consumer)
  }

  consumers(): EventConsumer[] {
    return [...this.#consumers.values()]
  }

  /** Wakes the relay after a commit, so that nobody waits for its next look. */
  onAppend(wake: () => void): void {
    this.#onAppend = wake
  }

  /** Tells that a transaction with events has committed. */
  appended(): void {
    if (this.#pause) {
      this.#isWakeHeld = true
      return
    }
    this.#isWakeHeld = false
    this.#pause = setTimeout(() => {
      this.#pause = null
      if (this.#isWakeHeld) this.appended()
    }, WAKES_APART_MS)
    this.#pause.unref()
    this.#onAppend()
  }

  /** Appends events and their deliveries, in the caller's transaction. */
  async append(tx: Tx, events: readonly DomainEvent[], nowMs: number): Promise<void> {
    const rows = events.map((event): EventLog => ({
      id: mintId(nowMs),
      type: event.type,
      aggregateId: event.aggregateId,
      payload: JSON.stringify(event.payload),
      occurredAtMs: event.occurredAtMs,
      recordedAtMs: nowMs,
    }))
    await tx.insert(
      'event_log',
      EVENT_COLUMNS,
      rows.map((row) => valuesOf(row, EVENT_COLUMNS)),
    )
    if (rows.length === 0) return
    const consumers = await this.#wanted(tx)
    const deliveries = events.flatMap((event, index) =>
      deliveriesOf(event, String(rows[index]?.id), { consumers, nowMs }),
    )
    await tx.insert(
      'event_delivery',
      DELIVERY_COLUMNS,
      deliveries.map((row) => valuesOf(row, DELIVERY_COLUMNS)),
    )
  }

  async #wanted(tx: Tx): Promise<EventConsumer[]> {
    const wanted: EventConsumer[] = []
    for (const consumer of this.consumers())
      if (consumer.isWanted === undefined || (await consumer.isWanted(tx))) wanted.push(consumer)
    return wanted
  }
}

function deliveriesOf(
  event: DomainEvent,
  eventId: string,
  to: { consumers: readonly EventConsumer[]; nowMs: number },
): EventDelivery[] {
  return to.consumers
    .filter(
      (consumer) => consumer.types.includes(event.type) && (consumer.concerns?.(event) ?? true),
    )
    .map((consumer) => ({
      eventId,
      consumer: consumer.name,
      state: 'pending',
      attempts: 0,
      nextAtMs: to.nowMs,
      lastError: null,
    }))
}
