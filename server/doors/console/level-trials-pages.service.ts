import { Injectable } from '@nestjs/common'
import type {
  LevelPairShown,
  LevelTrial,
  LevelTrialAsked,
} from '@huike/shared/contracts/console-level-trials'
import type { SchemeTerms } from '@huike/shared/contracts/levels'
import { rankOf, schemeFault } from '@huike/shared/levels'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { BusinessDate } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { LevelSchemesService } from '../../levels/level-schemes.service.js'
import { MaskedIdentitiesService } from '../../members/masked-identities.service.js'
import { Clock, localDate } from '../../platform/clock.js'
import { Database, type Statements, type Tx } from '../../platform/database.js'
import type { PointsJob } from '../../points/points-job.entity.js'
import { PointsJobsService } from '../../points/points-jobs.service.js'
import type { LevelTrialResult } from '../../reports/level-trial-runs.service.js'
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

type Told = { ok: true; trial: LevelTrial } | Refusal

/** Drafts of the levels tried on members, as the console shows, begins and stops them. */
@Injectable()
export class LevelTrialsPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: PointsJobsService,
    private readonly schemes: LevelSchemesService,
    private readonly settings: ChainSettingsService,
    private readonly stores: StoresService,
    private readonly identities: MaskedIdentitiesService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
  ) {}

  /** The latest, newest first. */
  trials(): Promise<LevelTrial[]> {
    return this.database.read(async (rx) => this.#views(rx, await this.jobs.list(rx, 'levels')))
  }

  /** One of them. Refuses `not_found`. */
  trial(id: string): Promise<Told> {
    return this.database.read(async (rx) => {
      const job = await this.jobs.find(rx, 'levels', id)
      const [trial] = job === null ? [] : await this.#views(rx, [job])
      return trial ? { ok: true as const, trial } : refuse('not_found')
    })
  }

  /**
   * Tries a draft in the background; the same asked twice is one. Refuses `trial_running` while
   * another is tried, and `scheme_invalid` where it could not be published.
   */
  async begin(by: ActingStaff, asked: LevelTrialAsked): Promise<Told> {
    const begun = await this.database.write(async (tx) => {
      const { latest } = await this.schemes.published(tx)
      const fault = schemeFault(asked.terms, latest)
      return fault === null ? this.#begin(tx, by, asked) : refuse('scheme_invalid', fault)
    })
    return 'ok' in begun ? begun : this.trial(begun.id)
  }

  /** Stops a trial; one that is over stays as it is. Refuses `not_found`. */
  async cancel(by: ActingStaff, id: string): Promise<Told> {
    await this.database.write(async (tx) => {
      if (await this.jobs.cancel(tx, 'levels', id))
        await this.#tell(tx, by, { action: 'levels.trial_cancelled', detail: '' })
    })
    return this.trial(id)
  }

  async #begin(tx: Tx, by: ActingStaff, asked: LevelTrialAsked): Promise<PointsJob | Refusal> {
    const { job, isNew } = await this.jobs.ask(tx, { kind: 'levels', asked, by: by.id })
    if (job.asked !== JSON.stringify(asked)) return refuse('trial_running')
    const detail = `${String(asked.terms.levels.length)} 个等级`
    if (isNew) await this.#tell(tx, by, { action: 'levels.trial_begun', detail })
    return job
  }

  #tell(tx: Tx, by: ActingStaff, what: { action: string; detail: string }): Promise<void> {
    const atMs = this.clock.nowMs()
    return this.audit.append(tx, { ...what, staffId: by.id, subjectId: null, atMs })
  }

  async #views(rx: Statements, jobs: readonly PointsJob[]): Promise<LevelTrial[]> {
    const names = await namesOfJobs(rx, this.staff, jobs)
    const value = await valueOfPoints(rx, this.settings)
    return Promise.all(
      jobs.map(async (job) => {
        const asked = JSON.parse(job.asked) as LevelTrialAsked
        const result = job.state === 'done' ? await this.#result(rx, job, asked.terms) : null
        return { ...jobView(job, names), ...{ asked, value, result } }
      }),
    )
  }

  async #result(rx: Statements, job: PointsJob, terms: SchemeTerms): Promise<LevelTrial['result']> {
    const { cost, pairs, members, isGrownAnew } = JSON.parse(
      job.result ?? 'null',
    ) as LevelTrialResult
    const examples = pairs.flatMap((pair) => pair.examples)
    const masked = await membersMasked(rx, this.identities, examples)
    const shown = pairs.map((pair) => ({
      ...pair,
      examples: pair.examples.flatMap((id) => masked.get(id) ?? []),
    }))
    return {
      ...{ members, isGrownAnew, pairs: shown, ...movedIn(shown, terms) },
      cost: cost && {
        ...{ sales: cost.sales, nowPoints: cost.nowPoints, trialPoints: cost.trialPoints },
        fromDate: localDate(cost.fromMs, CHAIN_TIME_ZONE) as BusinessDate,
        toDate: localDate(cost.toMs, CHAIN_TIME_ZONE) as BusinessDate,
        stores: await storesNamed(rx, this.stores, cost.stores),
        otherStores: cost.otherStores,
      },
    }
  }
}

/** How many go up and down, by the places of the levels in the draft; a code it lacks is the lowest. */
function movedIn(
  pairs: readonly Pick<LevelPairShown, 'fromCode' | 'toCode' | 'members'>[],
  terms: SchemeTerms,
): { up: number; down: number } {
  const moved = { up: 0, down: 0 }
  for (const { fromCode, toCode, members } of pairs) {
    const step = Math.max(0, rankOf(terms, toCode)) - Math.max(0, rankOf(terms, fromCode))
    if (step > 0) moved.up += members
    if (step < 0) moved.down += members
  }
  return moved
}
