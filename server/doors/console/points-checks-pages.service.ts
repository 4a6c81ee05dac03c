import { Injectable } from '@nestjs/common'
import type {
  PointsCheck,
  PointsCheckAsked,
  PointsChecks,
} from '@huike/shared/contracts/console-points-report'
import type { MemberId } from '@huike/shared/ids'
import { findingWords } from '@huike/shared/points-findings'
import type { EpochMs } from '@huike/shared/quantities'
import { Clock } from '../../platform/clock.js'
import { Database, type Statements } from '../../platform/database.js'
import type { PointsJob } from '../../points/points-job.entity.js'
import { PointsJobsService } from '../../points/points-jobs.service.js'
import {
  PointsVerifierService,
  resultOf,
  type CheckAsked,
} from '../../points/points-verifier.service.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import type { ActingStaff } from '../staff-caller.js'
import { jobView, namesOfJobs } from './points-job-views.js'

/** A finding the words of which are not known here. */
const DIFFERS = '和重新计算的结果不一样'

/** Verifying the points book, as the console shows and begins it. */
@Injectable()
export class PointsChecksPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: PointsJobsService,
    private readonly verifier: PointsVerifierService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
  ) {}

  checks(): Promise<PointsChecks> {
    return this.database.read(async (rx) => {
      const jobs = await this.jobs.list(rx, 'check')
      const checks = await this.#views(rx, jobs)
      const isOver = ({ state }: PointsCheck) => state === 'done' || state === 'failed'
      const whole = checks.find(({ state, scope }) => state === 'done' && scope === 'all')
      return {
        current: checks.find((one) => !isOver(one)) ?? null,
        checks: checks.filter(isOver),
        wholeAtMs: whole?.finishedAtMs ?? null,
      }
    })
  }

  /** Verifies in the background; the check that is under way, where one is. */
  async begin(by: ActingStaff, { scope }: PointsCheckAsked): Promise<PointsCheck> {
    const job = await this.database.write(async (tx) => {
      const asked = await this.verifier.asked(tx, scope)
      const begun = await this.jobs.ask(tx, { kind: 'check', asked, by: by.id })
      if (begun.isNew)
        await this.audit.append(tx, {
          ...{ staffId: by.id, action: 'points.check_begun', subjectId: null },
          detail: asked.scope === 'all' ? '全部' : '上次以来的变动',
          atMs: this.clock.nowMs(),
        })
      return begun.job
    })
    const [view] = await this.database.read((rx) => this.#views(rx, [job]))
    if (!view) throw new Error('a check without a view')
    return view
  }

  async #views(rx: Statements, jobs: readonly PointsJob[]): Promise<PointsCheck[]> {
    const names = await namesOfJobs(rx, this.staff, jobs)
    return jobs.map((job) => {
      const result = job.state === 'done' ? resultOf(job) : null
      return {
        ...jobView(job, names),
        scope: (JSON.parse(job.asked) as CheckAsked).scope,
        result: result && {
          ...{ accounts: result.accounts, transfers: result.transfers },
          ...{ memberPoints: result.memberPoints, checkpoints: result.checkpoints },
          checkpointAtMs: result.checkpointAtMs as EpochMs | null,
          findings: result.findings.map(({ table, row, what, memberId }) => ({
            ...{ table, row, words: findingWords(what) ?? DIFFERS },
            memberId: memberId as MemberId | null,
          })),
        },
      }
    })
  }
}
