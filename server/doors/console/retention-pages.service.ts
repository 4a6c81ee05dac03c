import { Injectable } from '@nestjs/common'
import type { PageQuery } from '@huike/shared/contracts/common'
import type {
  PrivacySettings,
  Retention,
  RetentionChange,
  RetentionRuns,
} from '@huike/shared/contracts/rights'
import { isUlid, type Id } from '@huike/shared/ids'
import type { Refusal } from '@huike/shared/outcomes'
import type { EpochMs } from '@huike/shared/quantities'
import { RETENTION_RULES, RETENTION_TERMS, type RetentionName } from '@huike/shared/retention'
import { Clock } from '../../platform/clock.js'
import { Database } from '../../platform/database.js'
import { ProblemError } from '../../platform/problems.js'
import { RetentionService } from '../../rights/retention.service.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { ChainSettingsService } from '../../stores/chain-settings.service.js'
import type { ActingStaff } from '../staff-caller.js'

// How long things are kept, as an owner sets it. Every change is written down in its transaction.

@Injectable()
export class RetentionPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly retention: RetentionService,
    private readonly settings: ChainSettingsService,
    private readonly audit: StaffAuditService,
  ) {}

  /** Every rule, with its last purge. */
  async rules(): Promise<Retention> {
    return this.database.read(async (rx) => {
      const known = await this.retention.rules(rx)
      const runs = await this.retention.lastRuns(rx)
      return {
        rules: RETENTION_RULES.map((name) => {
          const { title, text, defaultDays, daysMin, daysMax } = RETENTION_TERMS[name]
          const rule = known.get(name)
          const run = runs.get(name)
          return {
            ...{ name, title, text, defaultDays, daysMin, daysMax },
            keptDays: rule?.keptDays ?? defaultDays,
            nextAtMs: (rule?.nextAtMs ?? null) as EpochMs | null,
            lastRun: run
              ? {
                  startedAtMs: run.startedAtMs as EpochMs,
                  finishedAtMs: run.finishedAtMs as EpochMs | null,
                  deletedRows: run.deletedRows,
                }
              : null,
          }
        }),
      }
    })
  }

  /** Sets one rule. Refuses `input_invalid` beyond the days it may be. */
  async setRule(
    staff: ActingStaff,
    change: RetentionChange,
  ): Promise<{ ok: true; retention: Retention } | Refusal> {
    const atMs = this.clock.nowMs()
    const changed = await this.database.write(async (tx) => {
      const set = await this.retention.change(tx, change, { staffId: staff.id, atMs })
      if (!set.ok) return set
      await this.audit.append(tx, {
        staffId: staff.id,
        action: 'settings.retention_changed',
        subjectId: null,
        detail: JSON.stringify(change),
        atMs,
      })
      return set
    })
    return changed.ok ? { ok: true, retention: await this.rules() } : changed
  }

  /** A page of purges, newest first. */
  async runs({ cursor, limit }: PageQuery): Promise<RetentionRuns> {
    if (cursor !== undefined && !isUlid(cursor)) throw new ProblemError('input_invalid', 'cursor')
    const rows = await this.database.read((rx) =>
      this.retention.runs(rx, { beforeId: cursor ?? null, limit: limit + 1 }),
    )
    const shown = rows.slice(0, limit)
    return {
      runs: shown.map((row) => ({
        id: row.id as Id<'RunId'>,
        name: row.rule as RetentionName,
        keptDays: row.keptDays,
        deletedRows: row.deletedRows,
        startedAtMs: row.startedAtMs as EpochMs,
        finishedAtMs: row.finishedAtMs as EpochMs | null,
      })),
      nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
    }
  }

  privacy(): Promise<PrivacySettings> {
    return this.database.read((rx) => this.settings.privacy(rx))
  }

  async setPrivacy(staff: ActingStaff, settings: PrivacySettings): Promise<PrivacySettings> {
    const atMs = this.clock.nowMs()
    await this.database.write(async (tx) => {
      await this.settings.setPrivacy(tx, settings, { staffId: staff.id, atMs })
      await this.audit.append(tx, {
        staffId: staff.id,
        action: 'settings.privacy_changed',
        subjectId: null,
        detail: JSON.stringify(settings),
        atMs,
      })
    })
    return settings
  }
}
