import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TillState } from '@huike/shared/contracts/cashier'
import type { MemberId } from '@huike/shared/ids'
import { epochMs } from '@huike/shared/quantities'
import { Clock } from '../platform/clock.js'
import type { AgentConfig } from '../platform/config.js'
import { loadKeyFile } from '../platform/key-file.js'
import type { Logger } from '../platform/log.js'
import { makeMetrics } from '../platform/metrics.js'
import type { Metrics } from '../platform/metrics.js'
import { AGENT_VERSION } from '../platform/version.js'
import { DropFolder } from '../sources/drop-folder.js'
import type { Source } from '../sources/source.js'
import { TapSource } from '../sources/tap-source.js'
import type { StorageState } from '../store/context.js'
import { readEnrolment } from '../store/enrolment.js'
import type { Enrolment } from '../store/enrolment.js'
import type { AppliedResult } from '../store/outbox.js'
import { openStore } from '../store/store.js'
import type { Store } from '../store/store.js'
import type { BackoffLimits } from '../uplink/backoff.js'
import type { HeartbeatTimes } from '../uplink/heartbeat.js'
import { Uplink } from '../uplink/uplink.js'
import { CashierApi } from './cashier-api.js'
import { CashierServer } from './cashier-server.js'
import { Intake } from './intake.js'
import { Live } from './live.js'
import { MembersOnScreen } from './members-on-screen.js'
import { pageDirectory } from './page-files.js'
import { ParseThread } from './parse-runner.js'
import type { ParseRunner } from './parse-runner.js'
import { TapSupervisor, tapState } from './tap-supervisor.js'
import { Waiters } from './waiters.js'

// The agent: all parts put together, started in the order in which they need each other and stopped
// in reverse. Capture starts first and stops first, so that nothing is taken that could not be kept.

const STATE_EVERY_MS = 2_000
const STORAGE_EVERY_MS = 10_000
const TIDY_EVERY_MS = 600_000
/** Money kept back, coupons given back are told at once; this is for what could not be. */
const TELL_EVERY_MS = 10_000
const LISTEN_RETRY_MS = 5_000
/** Pushes to the page within this time go out as one. */
const PUSH_DELAY_MS = 30

export interface AgentParts {
  clock?: Clock
  /** Instead of the store's thread, for tests. */
  store?: Store
  parser?: ParseRunner
  backoff?: BackoffLimits
  heartbeat?: HeartbeatTimes
  crashAt?: string | null
  onFatal?: (error: Error) => void
}

export class Agent {
  /** Where the cashier page is; 0 before `start`. */
  port = 0
  readonly metrics: Metrics = makeMetrics()
  private enrolment: Enrolment | null = null
  private storage: StorageState = 'ok'
  private readonly timers: NodeJS.Timeout[] = []
  private pushTimer: NodeJS.Timeout | null = null
  private lastState = ''
  private isReady = false
  private readonly waiters = new Waiters<AppliedResult>()
  private readonly live: Live
  private readonly onScreen: MembersOnScreen
  private readonly uplink: Uplink
  private readonly intake: Intake
  private readonly sources: Source[]
  private readonly supervisor: TapSupervisor | null
  private readonly api: CashierApi
  private readonly server: CashierServer
  private readonly parser: ParseRunner

  private constructor(
    private readonly config: AgentConfig,
    private readonly log: Logger,
    private readonly key: Uint8Array,
    private readonly store: Store,
    private readonly clock: Clock,
    parts: AgentParts,
  ) {
    this.enrolment = readEnrolment(config.dataDirectory, key)
    this.parser = parts.parser ?? new ParseThread()
    this.live = new Live((count) => {
      this.uplink.setPageOpen(count > 0)
      if (count === 0) this.onScreen.clear()
    })
    this.onScreen = this.makeOnScreen()
    this.uplink = this.makeUplink(parts)
    this.intake = this.makeIntake()
    this.sources = this.makeSources()
    this.supervisor = this.makeSupervisor()
    this.api = this.makeApi()
    this.server = this.makeServer()
  }

  /** Opens the data directory and makes an agent that is not running yet. */
  static async make(config: AgentConfig, log: Logger, parts: AgentParts = {}): Promise<Agent> {
    mkdirSync(config.dataDirectory, { recursive: true, mode: 0o700 })
    const key = loadKeyFile(join(config.dataDirectory, 'agent.key'))
    const clock = parts.clock ?? new Clock()
    const store =
      parts.store ??
      (await openStore(
        { dataDirectory: config.dataDirectory, key, bootId: randomUUID() },
        { crashAt: parts.crashAt ?? null, onFatal: parts.onFatal ?? fatal(log) },
      ))
    return new Agent(config, log, key, store, clock, parts)
  }

  async start(): Promise<void> {
    const offsetMs = await this.store.upkeep.rememberedOffset()
    if (offsetMs !== null) this.clock.remember(offsetMs)
    for (const file of await this.store.upkeep.damagedFiles())
      this.log.error({ file }, 'the database was damaged and has been set aside')
    this.storage = await this.store.upkeep.checkStorage()
    await this.listen()
    this.supervisor?.start()
    for (const source of this.sources) source.start()
    this.intake.start()
    this.uplink.start()
    this.every(STATE_EVERY_MS, () => this.pushState())
    this.every(STORAGE_EVERY_MS, () => this.lookAtStorage())
    this.every(TIDY_EVERY_MS, () => this.tidy())
    this.every(TELL_EVERY_MS, () => this.api.tellDue())
    this.isReady = true
    this.log.info({ port: this.port, enrolled: this.enrolment !== null }, 'agent running')
  }

  /** Stops taking, finishes what is under way, closes the database. The tap prints on. */
  async stop(): Promise<void> {
    this.isReady = false
    for (const timer of this.timers) clearInterval(timer)
    if (this.pushTimer) clearTimeout(this.pushTimer)
    this.supervisor?.stop()
    this.live.close()
    this.onScreen.clear()
    this.waiters.close()
    await this.server.close()
    await Promise.all(this.sources.map((source) => source.stop()))
    await this.intake.stop()
    await this.uplink.stop()
    await this.parser.close()
    await this.store.close()
    this.log.info('agent stopped')
  }

  /** What is always on screen. */
  async state(): Promise<TillState> {
    const [outbox, needsConfirmCount] = await Promise.all([
      this.store.outbox.counts(),
      this.store.tillReceipts.needsConfirmCount(),
    ])
    const link = this.uplink.state()
    this.metrics.outboxDepth.set(outbox.waiting)
    this.metrics.parked.set(outbox.parked)
    return {
      storeName: this.enrolment?.storeName ?? '',
      terminalCode: this.enrolment?.terminalCode ?? '',
      timeZone: this.enrolment?.timeZone ?? null,
      agentVersion: AGENT_VERSION,
      connection: link.connection,
      offlineSinceMs: link.offlineSinceMs === null ? null : epochMs(link.offlineSinceMs),
      lastSyncAtMs: link.lastSyncAtMs === null ? null : epochMs(link.lastSyncAtMs),
      outboxDepth: outbox.waiting,
      parkedCount: outbox.parked,
      needsConfirmCount,
      clockOffsetMs: this.clock.offsetMs(),
      tap: tapState(this.config.tap),
      storage: this.storage,
    }
  }

  private makeUplink(parts: AgentParts): Uplink {
    return new Uplink({
      serverUrl: this.config.serverUrl,
      store: this.store,
      clock: this.clock,
      log: this.log,
      enrolment: () => this.currentEnrolment(),
      onApplied: (results) => {
        for (const result of results) {
          this.metrics.events.inc({ status: result.status })
          if (result.status !== 'waiting') this.waiters.tell(result.eventId, result)
        }
        const settled = results.filter((result) => result.status === 'settled')
        this.onScreen.settled(settled.flatMap((result) => result.memberId ?? []))
        // Money may have been kept back of refunds.
        if (settled.length > 0) this.behind(() => this.api.refunds.settleDue())
        this.push()
      },
      onMembers: (memberIds) => {
        this.onScreen.changed(memberIds)
      },
      onBatch: (outcome) => {
        this.metrics.batches.inc({ outcome })
      },
      onConnection: (connection) => {
        this.metrics.online.set(connection === 'online' ? 1 : 0)
        this.log.info({ connection }, 'connection')
        if (connection === 'online') this.behind(() => this.api.backOnline())
        this.push()
      },
      ...(parts.backoff && { backoff: parts.backoff }),
      ...(parts.heartbeat && { heartbeat: parts.heartbeat }),
    })
  }

  private makeOnScreen(): MembersOnScreen {
    return new MembersOnScreen({
      store: this.store,
      ask: async (memberId) => {
        const found = await this.uplink.lookup({ by: 'member', memberId: memberId as MemberId })
        return found.kind === 'known' ? found.member : null
      },
      tell: (member) => {
        this.live.send('member', member)
      },
      onError: (error) => {
        this.log.error({ err: error }, 'telling the page of members')
      },
    })
  }

  private makeIntake(): Intake {
    return new Intake({
      store: this.store,
      parser: this.parser,
      log: this.log,
      metrics: this.metrics,
      nowMs: () => this.clock.correctedNowMs(),
      till: () => this.currentEnrolment(),
      onRecorded: () => {
        this.uplink.nudge()
        this.push()
      },
    })
  }

  private makeSources(): Source[] {
    const context = {
      store: this.store,
      clock: this.clock,
      log: this.log,
      onTaken: (source: string, count: number): void => {
        this.metrics.captures.inc({ source }, count)
        this.intake.nudge()
      },
    }
    const { tap, drop } = this.config
    return [
      ...(tap ? [new TapSource(tap, context)] : []),
      ...(drop ? [new DropFolder(drop, context)] : []),
    ]
  }

  private makeSupervisor(): TapSupervisor | null {
    const { tap } = this.config
    if (!tap?.supervise) return null
    return new TapSupervisor(tap, this.log, () => {
      this.metrics.tapRestarts.inc()
    })
  }

  private makeApi(): CashierApi {
    return new CashierApi({
      store: this.store,
      clock: this.clock,
      till: () => this.currentEnrolment(),
      state: () => this.state(),
      lookup: (request) => this.uplink.lookup(request),
      isOnline: () => this.uplink.state().connection === 'online',
      send: (isUrgent) => {
        if (isUrgent) this.uplink.hurry()
        else this.uplink.nudge()
      },
      settled: (eventId, limitMs) => this.waiters.wait(eventId, limitMs),
      onShown: (memberId) => this.onScreen.show(memberId),
      onMember: (member) => {
        this.live.send('member', member)
      },
      onOtherMember: (change) => {
        this.live.send('other_member', change)
      },
      onReceipts: () => {
        this.push()
      },
      spending: this.uplink.spending,
      onChanged: (memberId) => {
        this.onScreen.changed([memberId])
      },
      onUnsettled: (refund) => {
        this.log.error(refund, 'money kept back of a refund is not booked')
      },
      ...{ coupons: this.uplink.coupons, pickups: this.uplink.pickups },
      gifts: this.uplink.gifts,
      onHandedOver: (memberId) => this.onScreen.settled([memberId]),
      syncOffline: this.uplink.syncOffline,
      place: () => (this.uplink.state().connection === 'revoked' ? null : this.currentEnrolment()),
      onError: (error) => this.log.error({ err: error }, 'giving coupons back'),
    })
  }

  private makeServer(): CashierServer {
    return new CashierServer({
      ...this.config.cashier,
      pageDirectory: pageDirectory(),
      api: this.api,
      live: this.live,
      log: this.log,
      isReady: () => this.isReady,
      metricsText: () => this.metrics.registry.metrics(),
    })
  }

  /** Does what nobody waits for, once everything is there. */
  private behind(work: () => Promise<void>): void {
    if (this.isReady)
      work().catch((error: unknown) => this.log.error({ err: error }, 'work behind'))
  }

  /** Without its port there is no page yet, but capture must not wait for that. */
  private async listen(): Promise<void> {
    try {
      this.port = await this.server.listen()
    } catch (error) {
      this.log.error({ err: error }, 'the cashier page has no port; trying again')
      const timer = setTimeout(() => void this.listen(), LISTEN_RETRY_MS)
      this.timers.push(timer)
    }
  }

  /** A till may be enrolled by a command while the agent runs. */
  private currentEnrolment(): Enrolment | null {
    this.enrolment ??= readEnrolment(this.config.dataDirectory, this.key)
    return this.enrolment
  }

  /** Tells the page, once for what changes together. */
  private push(): void {
    this.pushTimer ??= setTimeout(() => {
      this.pushTimer = null
      this.pushAll().catch((error: unknown) => {
        this.log.error({ err: error }, 'push')
      })
    }, PUSH_DELAY_MS)
  }

  private async pushAll(): Promise<void> {
    if (this.live.count === 0) return
    this.live.send('receipts', { receipts: await this.store.tillReceipts.list() })
    await this.pushState()
  }

  private async pushState(): Promise<void> {
    const state = await this.state()
    const text = JSON.stringify({ ...state, lastSyncAtMs: null, clockOffsetMs: null })
    if (text !== this.lastState) this.live.send('state', state)
    this.lastState = text
  }

  private async lookAtStorage(): Promise<void> {
    const before = this.storage
    this.storage = await this.store.upkeep.checkStorage()
    if (this.storage !== before) {
      this.log[this.storage === 'ok' ? 'info' : 'error']({ storage: this.storage }, 'storage')
      this.push()
    }
  }

  private async tidy(): Promise<void> {
    const offsetMs = this.clock.offsetMs()
    if (offsetMs !== null) await this.store.upkeep.rememberOffset(offsetMs)
    await this.store.upkeep.tidy(this.clock.correctedNowMs())
  }

  private every(ms: number, work: () => Promise<void>): void {
    const timer = setInterval(() => {
      work().catch((error: unknown) => {
        this.log.error({ err: error }, 'periodic work')
      })
    }, ms)
    this.timers.push(timer)
  }
}

/** Without its store the agent can promise nothing: it ends, and is started again from outside. */
function fatal(log: Logger): (error: Error) => void {
  return (error) => {
    log.error({ err: error }, 'the store has failed')
    process.exit(1)
  }
}
