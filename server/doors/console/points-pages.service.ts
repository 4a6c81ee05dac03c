import { Injectable } from '@nestjs/common'
import type {
  EarningDraft,
  EarningVersion,
  EarningVersions,
} from '@huike/shared/contracts/console-points'
import { FIRST_RULE } from '@huike/shared/earning'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { EpochMs } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { Clock, localDate } from '../../platform/clock.js'
import { Database, UniqueViolation, type Rx } from '../../platform/database.js'
import type { PublishedRule } from '../../points/earning-rules.js'
import { PointsRulesService } from '../../points/points-rules.service.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import type { ActingStaff } from '../staff-caller.js'

type Versions = { ok: true; versions: EarningVersions } | Refusal

const VERSION = /^\d{1,9}$/
const NEVER_WITHDRAWN = { withdrawnAtMs: null, withdrawnBy: null }

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
  async publish(by: ActingStaff, draft: EarningDraft): Promise<Versions> {
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

  /** Withdraws a version that is to come. Refuses as `PointsRulesService.withdraw` does. */
  async withdraw(by: ActingStaff, version: string): Promise<Versions> {
    if (!VERSION.test(version)) return refuse('not_found')
    const nowMs = this.clock.nowMs()
    const refusal = await this.database.write(async (tx) => {
      const who = { staffId: by.id, nowMs }
      const withdrawn = await this.rules.withdraw(tx, Number(version), who)
      if (!withdrawn.ok) return withdrawn
      if (withdrawn.isFresh)
        await this.audit.append(tx, {
          staffId: by.id,
          action: 'points.rule_withdrawn',
          subjectId: null,
          detail: `第 ${version} 版`,
          atMs: nowMs,
        })
      return null
    })
    return refusal ?? { ok: true, versions: await this.versions() }
  }

  async #versions(rx: Rx): Promise<EarningVersions> {
    const rules = await this.rules.published(rx)
    const nowMs = this.clock.nowMs()
    const now = rules.at(nowMs).version
    const staffIds = rules.published.flatMap(({ publishedBy, withdrawnBy }) =>
      withdrawnBy === null ? [publishedBy] : [publishedBy, withdrawnBy],
    )
    const names = await this.staff.namesOf(rx, staffIds)
    const versions = rules.published.map((one) => ({
      rule: one.rule,
      state: stateOf(one, { now, nowMs }),
      effectiveFromMs: one.effectiveFromMs as EpochMs,
      publishedAtMs: one.publishedAtMs as EpochMs,
      publishedBy: names.get(one.publishedBy) ?? null,
      withdrawnAtMs: one.withdrawnAtMs as EpochMs | null,
      withdrawnBy: names.get(one.withdrawnBy ?? '') ?? null,
    }))
    const first: EarningVersion = {
      rule: FIRST_RULE,
      state: now === FIRST_RULE.version ? 'now' : 'past',
      effectiveFromMs: null,
      publishedAtMs: null,
      publishedBy: null,
      ...NEVER_WITHDRAWN,
    }
    return { versions: [first, ...versions].reverse() }
  }
}

function stateOf(
  { rule, effectiveFromMs, withdrawnAtMs }: PublishedRule,
  { now, nowMs }: { now: number; nowMs: number },
): EarningVersion['state'] {
  if (withdrawnAtMs !== null) return 'withdrawn'
  if (rule.version === now) return 'now'
  return effectiveFromMs > nowMs ? 'coming' : 'past'
}
