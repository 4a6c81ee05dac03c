import { Injectable } from '@nestjs/common'
import type {
  PointsOwed,
  PointsOwedPage,
  PointsTrial,
  PointsTrialAsked,
} from '@huike/shared/contracts/console-points-report'
import type { HotItems, HotItemsQuery } from '@huike/shared/contracts/console-mall-report'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { EpochMs } from '@huike/shared/quantities'
import { LevelSchemesService } from '../../levels/level-schemes.service.js'
import { MaskedIdentitiesService } from '../../members/masked-identities.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, type Statements, type Tx } from '../../platform/database.js'
import type { PointsJob } from '../../points/points-job.entity.js'
import { PointsJobsService } from '../../points/points-jobs.service.js'
import type { TrialResult } from '../../points/points-trials.service.js'
import { HotItemsService } from '../../reports/hot-items.service.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import { ChainSettingsService } from '../../stores/chain-settings.service.js'
import { StoresService } from '../../stores/stores.service.js'
import type { ActingStaff } from '../staff-caller.js'
import {
  jobView,
  membersMasked,
  namesOfJobs,
  storesNamed,
  valueOfPoints,
} from './points-job-views.js'

/** A job's question must fit into its row. */
const ASKED_BYTES_MAX = 60_000

/** What is owed in points, and rules tried on the past, as the console shows and begins them. */
@Injectable()
export class PointsReportsPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: PointsJobsService,
    private readonly settings: ChainSettingsService,
    private readonly stores: StoresService,
    private readonly identities: MaskedIdentitiesService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
    private readonly schemes: LevelSchemesService,
    private readonly hotItems: HotItemsService,
  ) {}

  owed(): Promise<PointsOwedPage> {
    return this.database.read(async (rx) => {
      const last = await this.jobs.last(rx, 'owed')
      const current = await this.jobs.current(rx, 'owed')
      const owed = last === null ? null : (JSON.parse(last.result ?? 'null') as PointsOwed)
      const levelName = await this.schemes.names(rx)
      const levels = owed?.levels.map(({ levelCode }) => [levelCode, levelName(levelCode)]) ?? []
      return {
        ...{ value: await valueOfPoints(rx, this.settings), owed },
        asOfMs: (last?.startedAtMs ?? null) as EpochMs | null,
        current: current && jobView(current, await namesOfJobs(rx, this.staff, [current])),
        levelNames: Object.fromEntries(levels) as Record<string, string>,
      }
    })
  }

  /** Counts anew in the background. */
  async countOwed(by: ActingStaff): Promise<PointsOwedPage> {
    await this.database.write((tx) => this.jobs.ask(tx, { kind: 'owed', asked: {}, by: by.id }))
    return this.owed()
  }

  exchanges(query: HotItemsQuery): Promise<HotItems> {
    return this.database.read((rx) => this.hotItems.of(rx, query))
  }

  /** The latest trials, newest first. */
  trials(): Promise<PointsTrial[]> {
    return this.database.read(async (rx) => this.#views(rx, await this.jobs.list(rx, 'trial')))
  }

  async trial(id: string): Promise<{ ok: true; trial: PointsTrial } | Refusal> {
    return this.database.read(async (rx) => {
      const job = await this.jobs.find(rx, 'trial', id)
      const [trial] = job === null ? [] : await this.#views(rx, [job])
      return trial ? { ok: true as const, trial } : refuse('not_found')
    })
  }

  /**
   * Tries terms in the background; the same asked twice is one. Refuses `trial_running` while others
   * are tried, and `input_invalid` when they name more than a row can hold.
   */
  async begin(
    by: ActingStaff,
    asked: PointsTrialAsked,
  ): Promise<{ ok: true; trial: PointsTrial } | Refusal> {
    const said = JSON.stringify(asked)
    if (Buffer.byteLength(said) > ASKED_BYTES_MAX) return refuse('input_invalid', '门店太多')
    const begun = await this.database.write((tx) => this.#begin(tx, by, asked))
    if (begun.asked !== said) return refuse('trial_running')
    return this.trial(begun.id)
  }

  async #begin(tx: Tx, by: ActingStaff, asked: PointsTrialAsked): Promise<PointsJob> {
    const { job, isNew } = await this.jobs.ask(tx, { kind: 'trial', asked, by: by.id })
    if (isNew)
      await this.audit.append(tx, {
        ...{ staffId: by.id, action: 'points.trial_begun', subjectId: null },
        detail: `${asked.fromDate} 至 ${asked.toDate} 的消费`,
        atMs: this.clock.nowMs(),
      })
    return job
  }

  async #views(rx: Statements, jobs: readonly PointsJob[]): Promise<PointsTrial[]> {
    const names = await namesOfJobs(rx, this.staff, jobs)
    const value = await valueOfPoints(rx, this.settings)
    return Promise.all(
      jobs.map(async (job) => ({
        ...jobView(job, names),
        asked: JSON.parse(job.asked) as PointsTrialAsked,
        ...{ value, result: job.state === 'done' ? await this.#result(rx, job) : null },
      })),
    )
  }

  async #result(rx: Statements, { result }: PointsJob): Promise<PointsTrial['result']> {
    const { stores, largest, ...figures } = JSON.parse(result ?? 'null') as TrialResult
    const masked = await membersMasked(
      rx,
      this.identities,
      largest.map(({ memberId }) => memberId),
    )
    return {
      ...figures,
      stores: await storesNamed(rx, this.stores, stores),
      largest: largest.flatMap(({ memberId, ...given }) => {
        const member = masked.get(memberId)
        return member === undefined ? [] : [{ ...given, ...member }]
      }),
    }
  }
}
