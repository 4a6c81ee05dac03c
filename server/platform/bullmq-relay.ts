import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Delivery, Relay, RelayRoute } from './relay.js'

// With REDIS_URL set, claimed deliveries travel through BullMQ, so that any number of servers share
// the work. Redis carries ids only and is never the truth: what is lost there comes back when the
// lease in the database ends, and what comes twice finds its `done` mark.

const QUEUE = 'huike-events'
const WORKERS_AT_ONCE = 4
const DELIVERIES_PER_JOB_MAX = 50
/** Redis that is away answers nothing: the relay must not wait for it, nor a server that stops. */
const REDIS_WAIT_MS_MAX = 5_000

/** The queue and one worker of this process. */
export class BullmqRelay implements RelayRoute {
  readonly #connections: Redis[]
  readonly #queue: Queue<{ deliveries: Delivery[] }>
  readonly #worker: Worker<{ deliveries: Delivery[] }>

  constructor(
    redisUrl: string,
    relay: Relay,
    private readonly logger: Logger,
    prefix = 'huike',
  ) {
    const connect = () => new Redis(redisUrl, { maxRetriesPerRequest: null })
    const [forQueue, forWorker] = [connect(), connect()]
    this.#connections = [forQueue, forWorker]
    for (const connection of this.#connections)
      connection.on('error', (error) => {
        logger.warn({ err: error }, 'redis')
      })
    this.#queue = new Queue(QUEUE, { connection: forQueue, prefix })
    this.#worker = new Worker(QUEUE, (job) => relay.consume(job.data.deliveries), {
      connection: forWorker,
      prefix,
      concurrency: WORKERS_AT_ONCE,
    })
    this.#queue.on('error', (error) => {
      logger.warn({ err: error }, 'event queue')
    })
    this.#worker.on('error', (error) => {
      logger.warn({ err: error }, 'event worker')
    })
  }

  /** Enqueues deliveries; throws when Redis does not take them in time. */
  async dispatch(deliveries: readonly Delivery[]): Promise<void> {
    const jobs = []
    for (let start = 0; start < deliveries.length; start += DELIVERIES_PER_JOB_MAX) {
      const part = deliveries.slice(start, start + DELIVERIES_PER_JOB_MAX)
      const [first] = part
      if (!first) continue
      // The lease makes a second claim of the same delivery a new job: attempts are in the id.
      const jobId = `${first.eventId}-${first.consumer}-${String(first.attempts)}-${String(Date.now())}`
      jobs.push({
        name: 'deliver',
        data: { deliveries: part },
        opts: { jobId, removeOnComplete: true, removeOnFail: true },
      })
    }
    await inTime(this.#queue.addBulk(jobs))
  }

  /** Finishes running jobs, where Redis is there to be told, and closes. */
  async close(): Promise<void> {
    const isRedisThere = this.#connections.every((connection) => connection.status === 'ready')
    try {
      await inTime(this.#worker.close(!isRedisThere))
      await inTime(this.#queue.close())
    } catch (error) {
      this.logger.warn({ err: error }, 'event queue did not close in order')
    } finally {
      for (const connection of this.#connections) connection.disconnect()
    }
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer from Redis within ${String(REDIS_WAIT_MS_MAX)} ms`))
    }, REDIS_WAIT_MS_MAX)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
