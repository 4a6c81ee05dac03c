import { Injectable } from '@nestjs/common'
import { FIRST_ACTIVITIES } from '@huike/shared/activities'
import type { ActivityDraft, ActivityVersions } from '@huike/shared/contracts/activities'
import type { EarningDraft, EarningVersions } from '@huike/shared/contracts/console-points'
import { FIRST_RULE } from '@huike/shared/earning'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { Clock, localDate } from '../../platform/clock.js'
import { Database, UniqueViolation, type Tx } from '../../platform/database.js'
import { PointsActivitiesService } from '../../points/points-activities.service.js'
import { PointsRulesService } from '../../points/points-rules.service.js'
import type { PublishedBy } from '../../points/rule-versions.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import type { ActingStaff } from '../staff-caller.js'
import { versionNumber, versionsShown } from './versions-shown.js'

interface Row {
  version: number
  effectiveFromMs: number
}
type Told<Versions> = { ok: true; versions: Versions } | Refusal

/** The rules of earning and of activities, as the console shows and publishes them. */
@Injectable()
export class PointsPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly rules: PointsRulesService,
    private readonly activities: PointsActivitiesService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
  ) {}

  versions(): Promise<EarningVersions> {
    return this.database.read(async (rx) => {
      const nowMs = this.clock.nowMs()
      const rules = await this.rules.published(rx)
      const { published } = rules
      const of = { published, first: FIRST_RULE, now: rules.at(nowMs), nowMs }
      return { versions: await versionsShown(rx, this.staff, of) }
    })
  }

  activityVersions(): Promise<ActivityVersions> {
    return this.database.read(async (rx) => {
      const nowMs = this.clock.nowMs()
      const { published, now } = await this.activities.published(rx, nowMs)
      const of = { published, first: FIRST_ACTIVITIES, now, nowMs }
      return { versions: await versionsShown(rx, this.staff, of) }
    })
  }

  /** Publishes. Refuses as `PointsRulesService.publish` does. */
  async publish(by: ActingStaff, draft: EarningDraft): Promise<Told<EarningVersions>> {
    const refusal = await this.#publish(by, 'points.rule_published', (tx, who) =>
      this.rules.publish(tx, draft, who),
    )
    return refusal ?? { ok: true, versions: await this.versions() }
  }

  /** Publishes. Refuses as `PointsActivitiesService.publish` does. */
  async publishActivities(by: ActingStaff, draft: ActivityDraft): Promise<Told<ActivityVersions>> {
    const refusal = await this.#publish(by, 'points.activities_published', (tx, who) =>
      this.activities.publish(tx, draft, who),
    )
    return refusal ?? { ok: true, versions: await this.activityVersions() }
  }

  /** Withdraws a version that is to come. Refuses as `PointsRulesService.withdraw` does. */
  async withdraw(by: ActingStaff, version: string): Promise<Told<EarningVersions>> {
    const refusal = await this.#withdraw(by, version, {
      action: 'points.rule_withdrawn',
      withdraw: (tx, number, who) => this.rules.withdraw(tx, number, who),
    })
    return refusal ?? { ok: true, versions: await this.versions() }
  }

  /** Withdraws a version that is to come. Refuses as `PointsActivitiesService.withdraw` does. */
  async withdrawActivities(by: ActingStaff, version: string): Promise<Told<ActivityVersions>> {
    const refusal = await this.#withdraw(by, version, {
      action: 'points.activities_withdrawn',
      withdraw: (tx, number, who) => this.activities.withdraw(tx, number, who),
    })
    return refusal ?? { ok: true, versions: await this.activityVersions() }
  }

  async #publish(
    by: ActingStaff,
    action: string,
    publish: (tx: Tx, who: PublishedBy) => Promise<{ ok: true; row: Row } | Refusal>,
  ): Promise<Refusal | null> {
    const nowMs = this.clock.nowMs()
    try {
      return await this.database.write(async (tx) => {
        const published = await publish(tx, { staffId: by.id, nowMs })
        if (!published.ok) return published
        const { version, effectiveFromMs } = published.row
        await this.audit.append(tx, {
          ...{ staffId: by.id, action, subjectId: null, atMs: nowMs },
          detail: `第 ${String(version)} 版，${localDate(effectiveFromMs, CHAIN_TIME_ZONE)} 起`,
        })
        return null
      })
    } catch (error) {
      // Two published at the same instant: the second has not seen the first.
      if (error instanceof UniqueViolation) return refuse('rule_changed')
      throw error
    }
  }

  async #withdraw(
    by: ActingStaff,
    version: string,
    how: {
      action: string
      withdraw: (
        tx: Tx,
        version: number,
        who: PublishedBy,
      ) => Promise<{ ok: true; isFresh: boolean } | Refusal>
    },
  ): Promise<Refusal | null> {
    const number = versionNumber(version)
    if (number === null) return refuse('not_found')
    const nowMs = this.clock.nowMs()
    return this.database.write(async (tx) => {
      const withdrawn = await how.withdraw(tx, number, { staffId: by.id, nowMs })
      if (!withdrawn.ok) return withdrawn
      if (withdrawn.isFresh)
        await this.audit.append(tx, {
          ...{ staffId: by.id, action: how.action, subjectId: null, atMs: nowMs },
          detail: `第 ${String(number)} 版`,
        })
      return null
    })
  }
}
