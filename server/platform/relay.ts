import { Inject, Injectable } from '@nestjs/common'
import type { Logger } from 'pino'
import { Clock } from './clock.js'
import { crashPoint } from './crash-points.js'
import { Database, inList, listParameter, type Tx } from './database.js'
import {
  EventLogService,
  type DomainEvent,
  type EventConsumer,
  type StoredEvent,
} from './event-log.js'
import type { EventLog } from './event-log.entity.js'
import { LOGGER } from './tokens.js'

// The relay hands stored events to their consumers; the effect and the `done` mark commit together,
// so that an event works once however often it is delivered. Inside one process a round is one
// transaction: what is due is locked, worked and marked. Where a queue of workers serves, or an event
// turns out to be bad, a delivery is claimed first by moving its next look into the future (a lease).
// Any number of servers may relay at the same time.

const DELIVERIES_PER_CLAIM_MAX = 200
const LEASE_MS = 30_000
const LOOK_EVERY_MS = 1_000
const ATTEMPTS_MAX = 12
const BACKOFF_MS_MAX = 300_000
const ERROR_CHARACTERS_MAX = 255

const DUE = "state = 'pending' AND nextAtMs <= ?"

/** One delivery that was claimed. */
export interface Delivery {
  eventId: string
  consumer: string
  attempts: number
}

/** Where claimed deliveries go: to the consumers of this process, or to a queue of workers. */
export interface RelayRoute {
  dispatch(deliveries: readonly Delivery[]): Promise<void>
}

@Injectable()
export class Relay {
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | null = null
  #again = false
  #stopped = false
  #route: RelayRoute | null = null

  constructor(
    private readonly database: Database,
    private readonly events: EventLogService,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Starts relaying; `route` replaces the direct hand-over. */
  start(route?: RelayRoute): void {
    if (route) this.#route = route
    this.events.onAppend(() => {
      this.#wake()
    })
    this.#timer = setInterval(() => {
      this.#wake()
    }, LOOK_EVERY_MS)
    this.#wake()
  }

  /** Stops looking, and resolves when the round that runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    await this.#round
  }

  /** Relays what is due now and returns when nothing due is left. For tests and `huike` commands. */
  async drain(): Promise<void> {
    do await this.#round
    while ((await this.#relayOnce()) > 0 || this.#round !== null)
  }

  /** Runs claimed deliveries through their consumers, one commit each consumer. */
  async consume(deliveries: readonly Delivery[]): Promise<void> {
    for (const consumer of this.events.consumers()) {
      const mine = deliveries.filter((delivery) => delivery.consumer === consumer.name)
      if (mine.length === 0) continue
      try {
        await this.#consumeTogether(consumer, mine)
      } catch (error) {
        if (mine.length === 1) await this.#failed(mine[0] as Delivery, error)
        else for (const delivery of mine) await this.#consumeAlone(consumer, delivery)
      }
    }
  }

  #wake(): void {
    if (this.#stopped) return
    if (this.#round) {
      this.#again = true
      return
    }
    this.#round = this.#rounds().finally(() => {
      this.#round = null
    })
  }

  async #rounds(): Promise<void> {
    try {
      do {
        this.#again = false
        while (!this.#stopped && (await this.#relayOnce()) === DELIVERIES_PER_CLAIM_MAX);
      } while (this.#again && !this.#stopped)
    } catch (error) {
      // The next look tries again; what was claimed comes back when its lease ends.
      this.logger.warn({ err: error }, 'relay round failed')
    }
  }

  async #relayOnce(): Promise<number> {
    if (!(await this.#isAnyDue())) return 0
    if (this.#route === null) {
      const worked = await this.#workDue()
      if (worked !== null) {
        crashPoint('relay.after-consume')
        return worked
      }
    }
    const claimed = await this.#claim()
    if (claimed.length === 0) return 0
    crashPoint('relay.after-claim')
    if (this.#route === null) await this.consume(claimed)
    else await this.#route.dispatch(claimed)
    crashPoint('relay.after-consume')
    return claimed.length
  }

  /** Looks without locking anything: most looks find nothing. */
  async #isAnyDue(): Promise<boolean> {
    const nowMs = this.clock.nowMs()
    const due = await this.database.read((rx) =>
      rx.rows(`SELECT eventId FROM event_delivery WHERE ${DUE} LIMIT 1`, [nowMs]),
    )
    return due.length > 0
  }

  /**
   * Works what is due in one transaction; answers how many deliveries. Null when it failed and
   * nothing of it was kept, or when nobody here consumes what is due: then it has to be claimed, so
   * that it is not looked at again and again.
   */
  async #workDue(): Promise<number | null> {
    try {
      return await this.database.write(async (tx) => {
        const due = await lockDue(tx, this.clock.nowMs())
        if (due.length === 0) return 0
        crashPoint('relay.after-claim')
        const events = await loadEvents(tx, [...new Set(due.map(({ eventId }) => eventId))])
        let worked = 0
        for (const consumer of this.events.consumers()) {
          const ids = new Set(idsFor(due, consumer.name))
          const own = events.filter(({ id }) => ids.has(id))
          if (own.length > 0) await work(tx, consumer, own)
          worked += own.length
        }
        return worked > 0 ? worked : null
      })
    } catch (error) {
      this.logger.debug({ err: error }, 'a relay round is taken apart')
      return null
    }
  }

  async #claim(): Promise<Delivery[]> {
    const nowMs = this.clock.nowMs()
    return this.database.write(async (tx) => {
      const rows = await lockDue(tx, nowMs)
      // An event may have more deliveries than were claimed of it: those stay due.
      for (const consumer of new Set(rows.map((row) => row.consumer)))
        await tx.run(
          `UPDATE event_delivery SET nextAtMs = ? WHERE consumer = ? AND state = 'pending'
           AND nextAtMs <= ? AND eventId IN ${inList(tx)}`,
          [nowMs + LEASE_MS, consumer, nowMs, listParameter(tx, idsFor(rows, consumer))],
        )
      return rows
    })
  }

  async #consumeTogether(consumer: EventConsumer, deliveries: readonly Delivery[]): Promise<void> {
    await this.database.write(async (tx) => {
      const ids = deliveries.map((delivery) => delivery.eventId)
      const open = await lockPending(tx, consumer.name, ids)
      if (open.length === 0) return
      await work(tx, consumer, await loadEvents(tx, open))
    })
  }

  async #consumeAlone(consumer: EventConsumer, delivery: Delivery): Promise<void> {
    try {
      await this.#consumeTogether(consumer, [delivery])
    } catch (error) {
      await this.#failed(delivery, error)
    }
  }

  async #failed(delivery: Delivery, error: unknown): Promise<void> {
    const attempts = delivery.attempts + 1
    const isDead = attempts >= ATTEMPTS_MAX
    const log = { err: error, consumer: delivery.consumer, eventId: delivery.eventId, attempts }
    if (isDead) this.logger.error(log, 'an event could not be consumed and was given up')
    else this.logger.warn(log, 'an event could not be consumed; it will be tried again')
    const pauseMs = Math.min(BACKOFF_MS_MAX, 1_000 * 2 ** attempts)
    await this.database.write((tx) =>
      tx.run(
        `UPDATE event_delivery SET state = ?, attempts = ?, nextAtMs = ?, lastError = ?
         WHERE eventId = ? AND consumer = ? AND state = 'pending'`,
        [
          isDead ? 'dead' : 'pending',
          attempts,
          this.clock.nowMs() + pauseMs,
          String(error).slice(0, ERROR_CHARACTERS_MAX),
          delivery.eventId,
          delivery.consumer,
        ],
      ),
    )
  }
}

function idsFor(deliveries: readonly Delivery[], consumer: string): string[] {
  return deliveries.flatMap((delivery) =>
    delivery.consumer === consumer ? [delivery.eventId] : [],
  )
}

async function lockDue(tx: Tx, nowMs: number): Promise<Delivery[]> {
  return tx.rows<Delivery>(
    `SELECT eventId, consumer, attempts FROM event_delivery WHERE ${DUE}
     ORDER BY nextAtMs LIMIT ${String(DELIVERIES_PER_CLAIM_MAX)}${tx.forUpdate}`,
    [nowMs],
  )
}

/** The effect of events on one consumer, and the mark that it is done. */
async function work(
  tx: Tx,
  consumer: EventConsumer,
  events: readonly StoredEvent[],
): Promise<void> {
  await consumer.consume(tx, events)
  crashPoint('relay.inside-consume')
  await tx.run(
    `UPDATE event_delivery SET state = 'done' WHERE consumer = ? AND eventId IN ${inList(tx)}`,
    [
      consumer.name,
      listParameter(
        tx,
        events.map(({ id }) => id),
      ),
    ],
  )
}

async function lockPending(tx: Tx, consumer: string, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.rows<{ eventId: string }>(
    `SELECT eventId FROM event_delivery
     WHERE consumer = ? AND state = 'pending' AND eventId IN ${inList(tx)}${tx.forUpdate}`,
    [consumer, listParameter(tx, ids)],
  )
  return rows.map((row) => row.eventId)
}

async function loadEvents(tx: Tx, ids: readonly string[]): Promise<StoredEvent[]> {
  const rows = await tx.rows<EventLog>(
    `SELECT * FROM event_log WHERE id IN ${inList(tx)} ORDER BY id`,
    [listParameter(tx, ids)],
  )
  return rows.map((row) => {
    const event = { ...row, payload: JSON.parse(row.payload) as unknown }
    return event as unknown as DomainEvent & { id: string }
  })
}
