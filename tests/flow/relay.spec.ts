import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { epochMs } from '@huike/shared/quantities'
import { Redis } from 'ioredis'
import { schema } from '../../server/migrations/schema.js'
import { BullmqRelay } from '../../server/platform/bullmq-relay.js'
import type { Database } from '../../server/platform/database.js'
import { EventLogService, type StoredEvent } from '../../server/platform/event-log.js'
import { makeLogger } from '../../server/platform/logger.js'
import { openDatabase } from '../../server/platform/open-database.js'
import { Relay, type Delivery, type RelayRoute } from '../../server/platform/relay.js'
import { createFakeClock, type FakeClock } from '../rig/clock.js'
import { describeEachDatabase, withKit, type OpenedDatabase } from '../rig/databases.js'
import { freshId } from '../rig/events.js'
import { freePort } from '../rig/processes.js'
import { describeRedis } from '../rig/redis.js'

// The relay over a real database, as two servers that share it would run it. A consumer counts what
// it consumed in a row of its own, so that an event that worked twice is seen.

const LEASE_MS = 30_000
const ATTEMPTS_MAX = 12
const BACKOFF_MS_MAX = 300_000
const CLAIM_ROWS_MAX = 200
const WAIT_MS_MAX = 15_000
const POISON = 'POISON'

/** One server's relay, with its own connection and its own consumers. */
interface Server {
  database: Database
  events: EventLogService
  relay: Relay
  log: string[]
}

describe('the relay without its Redis', () => {
  withKit('sqlite', (kit) => {
    it('does not hang, nor keep a server from stopping, while Redis is away', async () => {
      const clock = createFakeClock()
      const one = await openServer(await kit.open(), clock)
      const port = await freePort()
      const logger = makeLogger('warn', { write: (line) => one.log.push(line) })
      const queue = new BullmqRelay(`redis://127.0.0.1:${String(port)}`, one.relay, logger)
      await append(one, clock, 1)
      one.relay.start(queue)
      await until(() => one.log.some((line) => line.includes('relay round failed')))
      await one.relay.stop()
      await queue.close()
      expect(await states(one)).toEqual({ pending: 2 })
      await one.database.close()
    })
  })
})

describeEachDatabase('the relay', (kit) => {
  let opened: OpenedDatabase
  let clock: FakeClock
  let servers: Server[]

  beforeEach(async () => {
    opened = await kit.open()
    clock = createFakeClock()
    const first = await openServer(opened, clock)
    // SQLite has one process and one writer in it; the two relays share it.
    const shared = opened.kind === 'sqlite' ? first.database : undefined
    servers = [first, await openServer(opened, clock, shared)]
  })
  afterEach(async () => {
    for (const database of new Set(servers.map((server) => server.database))) await database.close()
    await opened.drop()
  })

  it('works every event once while two servers relay at the same time', async () => {
    const [one, two] = servers as [Server, Server]
    await append(one, clock, 500)
    await Promise.all([one.relay.drain(), two.relay.drain(), one.relay.drain()])
    expect(await worked(one)).toEqual({ first: 500, second: 500 })
    expect(await states(one)).toEqual({ done: 1_000 })
  })

  it('works every event once when the same deliveries come twice, and at the same time', async () => {
    const [one, two] = servers as [Server, Server]
    await append(one, clock, 60)
    const deliveries = await allDeliveries(one)
    await Promise.all([
      one.relay.consume(deliveries),
      two.relay.consume(deliveries),
      one.relay.consume([...deliveries].reverse()),
    ])
    await two.relay.consume(deliveries)
    expect(await worked(one)).toEqual({ first: 60, second: 60 })
  })

  it('leaves nothing behind when more is due than one claim takes', async () => {
    const [one] = servers as [Server]
    // An odd claim would cut between the two deliveries of one event.
    await append(one, clock, 1, ['only-first'])
    await append(one, clock, CLAIM_ROWS_MAX)
    await one.relay.drain()
    expect(await states(one)).toEqual({ done: 2 * CLAIM_ROWS_MAX + 1 })
  })

  it('leases what it claimed and nothing else', async () => {
    const [one, two] = servers as [Server, Server]
    const taken: Delivery[] = []
    let letGo: (() => void) | undefined
    one.relay.start({
      dispatch: (deliveries) => {
        taken.push(...deliveries)
        return new Promise((_resolve, reject) => {
          letGo = () => {
            reject(new Error('never done'))
          }
        })
      },
    })
    await append(two, clock, CLAIM_ROWS_MAX)
    one.events.appended()
    await until(() => taken.length > 0)
    expect(taken).toHaveLength(CLAIM_ROWS_MAX)
    const leased = await two.database.read((rx) =>
      rx.rows<{ n: number }>('SELECT COUNT(*) AS n FROM event_delivery WHERE nextAtMs > ?', [
        clock.nowMs(),
      ]),
    )
    expect(Number(leased[0]?.n)).toBe(CLAIM_ROWS_MAX)
    await two.relay.drain()
    expect(await states(two)).toEqual({ done: CLAIM_ROWS_MAX, pending: CLAIM_ROWS_MAX })
    letGo?.()
    await one.relay.stop()
  })

  it('takes again what somebody claimed and never did, once the lease has ended', async () => {
    const [one, two] = servers as [Server, Server]
    await append(one, clock, 10)
    await claimAndDie(one)
    await two.relay.drain()
    expect(await worked(two)).toEqual({ first: 0, second: 0 })
    clock.advance(LEASE_MS - 1)
    await two.relay.drain()
    expect(await worked(two)).toEqual({ first: 0, second: 0 })
    clock.advance(1)
    await two.relay.drain()
    expect(await worked(two)).toEqual({ first: 10, second: 10 })
  })

  it('lets one bad event wait while the others go on', async () => {
    const [one] = servers as [Server]
    await append(one, clock, 20)
    await append(one, clock, 1, [POISON])
    await append(one, clock, 20)
    await one.relay.drain()
    expect(await worked(one)).toEqual({ first: 40, second: 41 })
    expect(await states(one)).toEqual({ done: 81, pending: 1 })
    expect(await poisoned(one)).toMatchObject({ attempts: 1, lastError: 'Error: poisonous' })
  })

  it('tries a bad event again, later and later, then gives it up and says so', async () => {
    const [one] = servers as [Server]
    await append(one, clock, 1, [POISON])
    for (let attempts = 1; attempts < ATTEMPTS_MAX; attempts += 1) {
      await one.relay.drain()
      const { nextAtMs, ...delivery } = await poisoned(one)
      expect(delivery).toMatchObject({ state: 'pending', attempts })
      const pauseMs = nextAtMs - clock.nowMs()
      expect(pauseMs).toBe(Math.min(BACKOFF_MS_MAX, 1_000 * 2 ** attempts))
      clock.advance(pauseMs - 1)
      await one.relay.drain()
      expect(await poisoned(one)).toMatchObject({ attempts })
      clock.advance(1)
    }
    expect(errorsIn(one)).toEqual([])
    await one.relay.drain()
    expect(await poisoned(one)).toMatchObject({ state: 'dead', attempts: ATTEMPTS_MAX })
    expect(errorsIn(one)).toHaveLength(1)
    expect(errorsIn(one)[0]).toMatchObject({ consumer: 'first', attempts: ATTEMPTS_MAX })
    clock.advance(BACKOFF_MS_MAX)
    await one.relay.drain()
    expect(await poisoned(one)).toMatchObject({ attempts: ATTEMPTS_MAX })
    expect(await worked(one)).toEqual({ first: 0, second: 1 })
  })

  it('leaves what nobody here consumes to a server that does, and goes on', async () => {
    const [one] = servers as [Server]
    await append(one, clock, 1)
    await one.database.write((tx) =>
      tx.run("UPDATE event_delivery SET consumer = 'elsewhere' WHERE consumer = 'second'"),
    )
    await one.relay.drain()
    expect(await worked(one)).toEqual({ first: 1, second: 0 })
    expect(await states(one)).toEqual({ done: 1, pending: 1 })
  })

  it('looks by itself once started, and stops when it is told to', async () => {
    const [one] = servers as [Server]
    one.relay.start()
    await append(one, clock, 5)
    one.events.appended()
    await until(async () => (await worked(one)).second === 5)
    await one.relay.stop()
    await append(one, clock, 5)
    one.events.appended()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await worked(one)).toEqual({ first: 5, second: 5 })
  })

  describeRedis('through a queue', (redisKit) => {
    let queues: BullmqRelay[]
    let redis: Redis
    let url: string

    beforeEach(async () => {
      // A database of its own inside the server, so that it can be emptied.
      url = new URL('/7', redisKit.url).href
      redis = new Redis(url)
      const prefix = redisKit.freshPrefix()
      queues = servers.map(
        ({ relay, log }) =>
          new BullmqRelay(
            url,
            relay,
            makeLogger('warn', { write: (line) => log.push(line) }),
            prefix,
          ),
      )
      servers.forEach(({ relay }, index) => {
        relay.start(queues[index])
      })
    })
    afterEach(async () => {
      for (const { relay } of servers) await relay.stop()
      for (const queue of queues) await queue.close()
      redis.disconnect()
    })

    it('works every event once on two servers', async () => {
      const [one] = servers as [Server]
      await append(one, clock, 400)
      one.events.appended()
      await until(async () => (await states(one))['done'] === 800)
      expect(await worked(one)).toEqual({ first: 400, second: 400 })
    })

    it('works every event once when the same jobs are delivered twice', async () => {
      const [one] = servers as [Server]
      await append(one, clock, 100)
      const deliveries = await allDeliveries(one)
      await Promise.all([...queues, ...queues].map((queue) => queue.dispatch(deliveries)))
      await until(async () => (await states(one))['done'] === 200)
      await redis.ping()
      expect(await worked(one)).toEqual({ first: 100, second: 100 })
    })

    it('gets back from the database what Redis lost, once the leases have ended', async () => {
      const [one] = servers as [Server]
      await append(one, clock, 300)
      one.events.appended()
      await until(async () => ((await states(one))['done'] ?? 0) > 0)
      await redis.flushdb()
      const lost = async () => {
        clock.advance(LEASE_MS)
        one.events.appended()
        return (await states(one))['done'] === 600
      }
      await until(lost)
      expect(await worked(one)).toEqual({ first: 300, second: 300 })
    })
  })
})

async function openServer(
  opened: OpenedDatabase,
  clock: FakeClock,
  shared?: Database,
): Promise<Server> {
  const database = shared ?? (await openDatabase(opened.url, schema))
  const fresh = (await database.migrate()).length > 0
  const events = new EventLogService()
  for (const name of ['first', 'second'])
    events.register({
      name,
      types: name === 'first' ? ['member.registered', 'purchase.assigned'] : ['member.registered'],
      consume: async (tx, stored: readonly StoredEvent[]) => {
        await tx.run(
          'UPDATE member_stat SET purchaseCount = purchaseCount + ? WHERE memberId = ?',
          [stored.length, name],
        )
        // Written first, so that a failure must take the count back.
        if (name === 'first' && stored.some(({ aggregateId }) => aggregateId === POISON))
          throw new Error('poisonous')
      },
    })
  if (fresh)
    await database.write((tx) =>
      tx.insert(
        'member_stat',
        ['memberId', 'purchaseCount', 'totalFen', 'lastPurchaseAtMs', 'lastBusinessDate'],
        ['first', 'second'].map((name) => [name, 0, 0, null, null]),
      ),
    )
  const log: string[] = []
  const logger = makeLogger('warn', { write: (line) => log.push(line) })
  const time = { nowMs: () => epochMs(clock.nowMs()) }
  return { database, events, log, relay: new Relay(database, events, time, logger) }
}

/** Appends `count` events; an aggregate may be named. `only-first` interests one consumer alone. */
async function append(
  { database, events }: Server,
  clock: FakeClock,
  count: number,
  aggregateIds: readonly string[] = [],
): Promise<void> {
  const nowMs = clock.nowMs()
  const fresh = Array.from({ length: count }, (_, index) => {
    const aggregateId = aggregateIds[index] ?? freshId()
    const head = { aggregateId, occurredAtMs: nowMs }
    const businessDate = '2026-03-02'
    return aggregateId === 'only-first'
      ? {
          ...head,
          type: 'purchase.assigned' as const,
          payload: {
            ...{ kind: 'sale' as const, channel: 'pos' as const, storeId: 's', businessDate },
            ...{ memberId: null, totalFen: 1, points: 0, cashier: null },
          },
        }
      : {
          ...head,
          type: 'member.registered' as const,
          payload: { storeId: null, businessDate, cashier: null },
        }
  })
  await database.write((tx) => events.append(tx, fresh, nowMs))
}

/** A server that dies with deliveries in hand. */
async function claimAndDie({ relay }: Server): Promise<void> {
  const isClaimed = new Promise<void>((resolve) => {
    const route: RelayRoute = {
      dispatch: () => {
        resolve()
        return Promise.reject(new Error('the process died here'))
      },
    }
    relay.start(route)
  })
  await isClaimed
  await relay.stop()
}

async function worked({ database }: Server): Promise<{ first: number; second: number }> {
  const rows = await database.read((rx) =>
    rx.rows<{ memberId: string; purchaseCount: number }>('SELECT * FROM member_stat'),
  )
  const countOf = (name: string) =>
    Number(rows.find(({ memberId }) => memberId === name)?.purchaseCount)
  return { first: countOf('first'), second: countOf('second') }
}

async function states({ database }: Server): Promise<Record<string, number>> {
  const rows = await database.read((rx) =>
    rx.rows<{ state: string; n: number }>(
      'SELECT state, COUNT(*) AS n FROM event_delivery GROUP BY state',
    ),
  )
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]))
}

async function allDeliveries({ database }: Server): Promise<Delivery[]> {
  return database.read((rx) =>
    rx.rows<Delivery>('SELECT eventId, consumer, attempts FROM event_delivery'),
  )
}

/** The delivery of the bad event to the consumer that cannot take it. */
async function poisoned({ database }: Server) {
  const rows = await database.read((rx) =>
    rx.rows<{ state: string; attempts: number; nextAtMs: number; lastError: string }>(
      `SELECT d.* FROM event_delivery d JOIN event_log e ON e.id = d.eventId
       WHERE e.aggregateId = ? AND d.consumer = 'first'`,
      [POISON],
    ),
  )
  const [row] = rows
  if (!row) throw new Error('no poison')
  return row
}

function errorsIn({ log }: Server): { level: number; consumer: string; attempts: number }[] {
  const PINO_ERROR = 50
  return log.map((line) => JSON.parse(line)).filter(({ level }) => level >= PINO_ERROR)
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + WAIT_MS_MAX
  while (!(await isSo())) {
    if (Date.now() > deadlineMs) throw new Error('it did not come to that')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
