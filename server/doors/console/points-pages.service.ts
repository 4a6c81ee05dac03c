import { Injectable } from '@nestjs/common'
import type {
  EarningDraft,
  EarningExample,
  EarningExampleAnswer,
  EarningVersions,
} from '@huike/shared/contracts/console-points'
import { exampleOf, FIRST_RULE } from '@huike/shared/earning'
import type { Refusal } from '@huike/shared/outcomes'
import type { EpochMs } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { Clock, localDate } from '../../platform/clock.js'
import { Database, UniqueViolation, type Statements } from '../../platform/database.js'
import { PointsRulesService } from '../../points/points-rules.service.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import { refuse } from '@huike/shared/outcomes'
import type { ActingStaff } from '../staff-caller.js'
import { stateOf } from './version-state.js'

/** The rules of earning, as the console shows and publishes them. */
@Injectable()
export class PointsPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly rules: PointsRulesService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
  ) {}

  versions(): Promise<EarningVersions> {
    return this.database.read((rx) => this.#versions(rx))
  }

  /** Publishes. Refuses as `PointsRulesService.publish` does. */
  async publish(
    by: ActingStaff,
    draft: EarningDraft,
  ): Promise<{ ok: true; versions: EarningVersions } | Refusal> {
    const nowMs = this.clock.nowMs()
    try {
      const refusal = await this.database.write(async (tx) => {
        const published = await this.rules.publish(tx, draft, { staffId: by.id, nowMs })
        if (!published.ok) return published
        const { version, effectiveFromMs } = published.row
        await this.audit.append(tx, {
          staffId: by.id,
          action: 'points.rule_published',
          subjectId: null,
          detail: `第 ${String(version)} 版，${localDate(effectiveFromMs, CHAIN_TIME_ZONE)} 起`,
          atMs: nowMs,
        })
        return null
      })
      return refusal ?? { ok: true, versions: await this.versions() }
    } catch (error) {
      // Two published at the same instant: the second has not seen the first.
      if (error instanceof UniqueViolation) return refuse('rule_changed')
      throw error
    }
  }

  /** What terms give for a sale at noon of its day. */
  example(example: EarningExample): EarningExampleAnswer {
    return exampleOf(example)
  }

  async #versions(rx: Statements): Promise<EarningVersions> {
    const published = await this.rules.versions(rx)
    const nowMs = this.clock.nowMs()
    const rules = await this.rules.published(rx)
    const now = rules.at(nowMs).version
    const names = await this.staff.namesOf(
      rx,
      published.map(({ row }) => row.publishedBy),
    )
    const versions = published.map(({ rule, row }) => ({
      rule,
      state: stateOf(rule.version, row.effectiveFromMs, { now, nowMs }),
      effectiveFromMs: row.effectiveFromMs as EpochMs,
      publishedAtMs: row.publishedAtMs as EpochMs,
      publishedBy: names.get(row.publishedBy) ?? null,
    }))
    const first = {
      rule: FIRST_RULE,
      state: now === FIRST_RULE.version ? ('now' as const) : ('past' as const),
      effectiveFromMs: null,
      publishedAtMs: null,
      publishedBy: null,
    }
    return { versions: [first, ...versions].reverse() }
  }
}
