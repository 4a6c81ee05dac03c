import { setTimeout as pause } from 'node:timers/promises'
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common'
import type { Logger } from 'pino'
import { saltOf } from '@huike/shared/phone-hash'
import { ImportReadingService, type ImportBatch } from '../imports/import-reading.service.js'
import {
  ImportAbandoned,
  ImportWorkService,
  type ImportLease,
} from '../imports/import-work.service.js'
import type { MemberRow } from '../imports/rows/member-row.js'
import type { ImportedOrder } from '../imports/rows/order-group.js'
import { MembersService } from '../members/members.service.js'
import { NameComparisonService } from '../members/name-comparison.service.js'
import { ProfilesService } from '../members/profiles.service.js'
import { Clock } from '../platform/clock.js'
import { crashPoint } from '../platform/crash-points.js'
import { BusyError, Database, UniqueViolation, type Tx } from '../platform/database.js'
import { EventLogService, type DomainEvent } from '../platform/event-log.js'
import { LOGGER } from '../platform/tokens.js'
import { CouponReservationsService } from '../coupons/coupon-reservations.service.js'
import { PointsHoldsService } from '../points/points-holds.service.js'
import { PointsRulesService } from '../points/points-rules.service.js'
import { OnlineOrdersService } from '../purchases/online-orders.service.js'
import { PurchasesService } from '../purchases/purchases.service.js'
import { StrayPurchasesService } from '../purchases/stray-purchases.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import { StoresService } from '../stores/stores.service.js'
import { TerminalInboxService } from '../stores/terminal-inbox.service.js'
import { sceneOf, type BatchOutcome, type ImportScene } from './import-batch.js'
import { checkMembers, takeMembers } from './import-members.js'
import { checkOrders, takeOrders, type OrderServices } from './import-orders.js'
import { SeenKeys } from './seen-keys.js'

// Works off imports in the background: checks, then takes, a batch in a transaction, with the place in
// the file. Between two batches others get their turn. A server that dies loses its lease and nothing
// else; the next goes on behind the last batch that was committed.

const LOOK_EVERY_MS = 1_000
const REST_MS = 2
const TIDY_EVERY_MS = 3_600_000
/** Somebody registered one of a batch's people at the same instant: the batch is looked at anew. */
const TRIES_PER_BATCH = 5

/** One pass over the batches of a file, whatever they hold. */
interface Pass<Read> {
  batches: AsyncGenerator<ImportBatch<Read>>
  check(scene: ImportScene, batch: ImportBatch<Read>): Promise<BatchOutcome>
  take(
    tx: Tx,
    scene: ImportScene,
    batch: ImportBatch<Read>,
  ): Promise<{ outcome: BatchOutcome; events: DomainEvent[] }>
}

@Injectable()
export class RunImportsService implements OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | null = null
  #stopped = false
  #tidiedAtMs = -Infinity
  readonly #services: OrderServices

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly reading: ImportReadingService,
    private readonly work: ImportWorkService,
    private readonly stores: StoresService,
    private readonly settings: ChainSettingsService,
    private readonly eventLog: EventLogService,
    @Inject(LOGGER) private readonly logger: Logger,
    members: MembersService,
    profiles: ProfilesService,
    names: NameComparisonService,
    inbox: TerminalInboxService,
    purchases: PurchasesService,
    orders: OnlineOrdersService,
    strays: StrayPurchasesService,
    rules: PointsRulesService,
    holds: PointsHoldsService,
    coupons: CouponReservationsService,
  ) {
    this.#services = {
      ...{ members, profiles, names, inbox, purchases, orders, strays },
      ...{ rules, holds, coupons, settings },
    }
  }

  /** Looks for imports to work on, from now on. */
  start(): void {
    this.#timer = setInterval(() => {
      if (this.#stopped || this.#round) return
      this.#round = this.#rounds().finally(() => {
        this.#round = null
      })
    }, LOOK_EVERY_MS)
  }

  /** Stops after the batch at hand; another server, or the next start, goes on. */
  async onApplicationShutdown(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    await this.#round
  }

  /** Works off what is due now and returns when nothing is left. For tests. */
  async drain(): Promise<void> {
    do await this.#round
    while ((await this.workOnce()) || (await this.work.expireOne()) || this.#round !== null)
  }

  /** Works on one import that is due, or on `onlyId`; false when there is none. */
  async workOnce(onlyId: string | null = null): Promise<boolean> {
    const lease = await this.work.claim(onlyId)
    if (!lease) return false
    await this.#attempt(lease)
    return true
  }

  async #rounds(): Promise<void> {
    try {
      while (!this.#stopped && (await this.workOnce()));
      while (!this.#stopped && (await this.work.expireOne()));
      if (this.clock.nowMs() - this.#tidiedAtMs < TIDY_EVERY_MS) return
      this.#tidiedAtMs = this.clock.nowMs()
      await this.work.tidy()
    } catch (error) {
      // The next look tries again; what was claimed comes back when its lease ends.
      this.logger.warn({ err: error }, 'a round of imports failed')
    }
  }

  async #attempt(lease: ImportLease): Promise<void> {
    const { job } = lease
    try {
      const isHere = await this.#run(lease)
      if (!isHere) await this.work.release(lease, true)
    } catch (error) {
      if (error instanceof ImportAbandoned) await this.work.release(lease, false)
      // The database was not there for it: the next attempt comes after the lease.
      else if (error instanceof BusyError) this.logger.warn({ err: error }, 'an import was put off')
      else if (!(await this.#failed(lease, error)))
        this.logger.error({ err: error, importId: job.id }, 'an import failed; it is tried again')
    }
  }

  /** Says that the file is at fault, where it is. */
  async #failed(lease: ImportLease, error: unknown): Promise<boolean> {
    try {
      return await this.work.failedBy(lease, error)
    } catch (lost) {
      if (lost instanceof ImportAbandoned) return true
      throw lost
    }
  }

  /** Reads the file from where the import stands to its end; false when it is not here. */
  async #run(lease: ImportLease): Promise<boolean> {
    const { job } = lease
    const nowMs = this.clock.nowMs()
    const store = await this.database.read((rx) => this.stores.find(rx, job.storeId ?? ''))
    if (!store) throw new Error(`import ${job.id} is of no store`)
    const { order, salts } = await this.database.read((rx) => this.settings.resolution(rx))
    const salt = saltOf(salts, lease.plan.options.namespace)
    const place = { timeZone: store.timeZone, nowMs, salt }
    const where = { store, order }
    const seen = new SeenKeys()
    const services = this.#services
    if (job.kind === 'members') {
      const batches = await this.reading.members(job, place, lease.doneRowNo)
      if (!batches) return false
      await this.#pass<MemberRow>(lease, where, {
        batches,
        check: (_scene, batch) =>
          this.database.read((rx) => checkMembers(rx, services, { batch, seen, order })),
        take: (tx, scene, batch) => takeMembers(tx, services, scene, batch),
      })
    } else {
      const batches = await this.reading.orders(job, place, lease.doneRowNo)
      if (!batches) return false
      await this.#pass<ImportedOrder>(lease, where, {
        batches,
        check: (scene, batch) =>
          this.database.read((rx) => checkOrders(rx, services, scene, { batch, seen })),
        take: (tx, scene, batch) => takeOrders(tx, services, scene, batch),
      })
    }
    crashPoint('import.before-finish')
    await this.work.finish(lease)
    return true
  }

  async #pass<Read>(
    lease: ImportLease,
    where: Pick<ImportScene, 'store' | 'order'>,
    pass: Pass<Read>,
  ): Promise<void> {
    for await (const batch of pass.batches) {
      const scene = sceneOf(lease, { ...where, nowMs: this.clock.nowMs() })
      crashPoint('import.before-batch')
      if (lease.phase === 'check') await this.#check(lease, scene, { pass, batch })
      else await this.#take(lease, scene, { pass, batch })
      crashPoint('import.after-batch')
      await pause(REST_MS)
      if (this.#stopped) throw new ImportAbandoned('this server stops')
    }
  }

  async #check<Read>(
    lease: ImportLease,
    scene: ImportScene,
    { pass, batch }: { pass: Pass<Read>; batch: ImportBatch<Read> },
  ): Promise<void> {
    const { tally, refused } = await pass.check(scene, batch)
    const stretch = { doneRowNo: batch.lastRowNo, tally, refused }
    const advanced = await this.database.write((tx) => this.work.advance(tx, lease, stretch))
    advanced()
  }

  async #take<Read>(
    lease: ImportLease,
    scene: ImportScene,
    { pass, batch }: { pass: Pass<Read>; batch: ImportBatch<Read> },
  ): Promise<void> {
    for (let tries = 1; ; tries += 1)
      try {
        const advanced = await this.database.write(async (tx) => {
          const { outcome, events } = await pass.take(tx, scene, batch)
          await this.eventLog.append(tx, events, scene.nowMs)
          crashPoint('import.inside-batch')
          const { tally, refused } = outcome
          return this.work.advance(tx, lease, { doneRowNo: batch.lastRowNo, tally, refused })
        })
        advanced()
        this.eventLog.appended()
        return
      } catch (error) {
        if (!(error instanceof UniqueViolation) || tries >= TRIES_PER_BATCH) throw error
      }
  }
}
