import { Controller, Get, Res } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply } from 'fastify'
import { Clock } from '../../platform/clock.js'
import { Database } from '../../platform/database.js'
import { KeyWatch } from '../../platform/key-watch.js'
import { Metrics } from '../../platform/metrics.js'

/** What operators and load balancers ask: alive, ready, how is it going. */
@ApiExcludeController()
@Controller()
export class OpsController {
  #isMigrated = false

  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
    private readonly keys: KeyWatch,
  ) {}

  /** Alive: the process answers. */
  @Get('healthz')
  health(): { status: 'ok'; serverTimeMs: number } {
    return { status: 'ok', serverTimeMs: this.clock.nowMs() }
  }

  /** Ready: the database answers, is migrated, and what is sealed in it can be opened. */
  @Get('readyz')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string }> {
    try {
      const pending = this.#isMigrated ? [] : await this.database.pendingMigrations()
      this.#isMigrated = pending.length === 0
      await this.database.read((rx) => rx.rows('SELECT 1 AS alive'))
      const { missing } = this.keys
      if (this.#isMigrated && missing.length === 0) return { status: 'ready' }
      void reply.status(503)
      return missing.length > 0
        ? { status: `sealing keys missing: ${missing.join(', ')}` }
        : { status: `migrations pending: ${String(pending.length)}` }
    } catch {
      void reply.status(503)
      return { status: 'database unreachable' }
    }
  }

  /** Prometheus text. */
  @Get('metrics')
  async prometheus(@Res() reply: FastifyReply): Promise<void> {
    await this.#countWaiting()
    const { registry } = this.metrics
    void reply.header('content-type', registry.contentType).send(await registry.metrics())
  }

  async #countWaiting(): Promise<void> {
    const [states, webhooks, parked] = await this.database.read(async (rx) => [
      await rx.rows<{ state: string; n: number }>(
        "SELECT state, COUNT(*) AS n FROM event_delivery WHERE state <> 'done' GROUP BY state",
      ),
      await rx.rows<{ state: string; n: number }>(
        "SELECT state, COUNT(*) AS n FROM webhook_delivery WHERE state IN ('pending', 'dead') GROUP BY state",
      ),
      await rx.rows<{ n: number }>(
        'SELECT COUNT(*) AS n FROM parked_event WHERE resolvedAtMs IS NULL',
      ),
    ])
    for (const state of ['pending', 'dead']) {
      this.metrics.deliveries.set({ state }, states.find((row) => row.state === state)?.n ?? 0)
      this.metrics.webhooks.set({ state }, webhooks.find((row) => row.state === state)?.n ?? 0)
    }
    this.metrics.parked.set(parked[0]?.n ?? 0)
  }
}
