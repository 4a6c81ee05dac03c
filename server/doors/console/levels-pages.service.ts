import { Injectable } from '@nestjs/common'
import type { LevelNames, LevelsPage, SchemeDraft } from '@huike/shared/contracts/levels'
import { FIRST_SCHEME } from '@huike/shared/levels'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { LevelSchemesService } from '../../levels/level-schemes.service.js'
import { LevelsService } from '../../levels/levels.service.js'
import { Clock, localDate } from '../../platform/clock.js'
import { Database, UniqueViolation, type Statements } from '../../platform/database.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import type { ActingStaff } from '../staff-caller.js'
import { firstShown, versionShown } from './versions-shown.js'

/** The levels, as the console shows and publishes them. */
@Injectable()
export class LevelsPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly schemes: LevelSchemesService,
    private readonly levels: LevelsService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
  ) {}

  page(): Promise<LevelsPage> {
    return this.database.read((rx) => this.#page(rx))
  }

  /** The levels by name: nobody is counted. */
  names(): Promise<LevelNames> {
    return this.database.read(async (rx) => ({ levels: await this.schemes.levels(rx) }))
  }

  /** Publishes. Refuses as `LevelSchemesService.publish` does. */
  async publish(
    by: ActingStaff,
    draft: SchemeDraft,
  ): Promise<{ ok: true; page: LevelsPage } | Refusal> {
    const nowMs = this.clock.nowMs()
    try {
      const refusal = await this.database.write(async (tx) => {
        const published = await this.schemes.publish(tx, draft, { staffId: by.id, nowMs })
        if (!published.ok) return published
        const { version, effectiveFromMs } = published.row
        await this.audit.append(tx, {
          staffId: by.id,
          action: 'levels.scheme_published',
          subjectId: null,
          detail: `第 ${String(version)} 版，${localDate(effectiveFromMs, CHAIN_TIME_ZONE)} 起`,
          atMs: nowMs,
        })
        return null
      })
      return refusal ?? { ok: true, page: await this.page() }
    } catch (error) {
      // Two published at the same instant: the second has not seen the first.
      if (error instanceof UniqueViolation) return refuse('scheme_changed')
      throw error
    }
  }

  async #page(rx: Statements): Promise<LevelsPage> {
    const published = await this.schemes.versions(rx)
    const nowMs = this.clock.nowMs()
    const now = (await this.schemes.published(rx)).at(nowMs)
    const names = await this.staff.namesOf(
      rx,
      published.map(({ row }) => row.publishedBy),
    )
    const at = { now: now.version, nowMs, names }
    const versions = published.map(({ scheme, row }) => ({
      scheme,
      ...versionShown(scheme.version, row, at),
    }))
    const first = { scheme: FIRST_SCHEME, ...firstShown(FIRST_SCHEME.version, at) }
    const counts = await this.levels.countsOf(rx, now)
    const members = now.levels.map(({ code, name }) => ({
      ...{ code, name },
      count: counts.get(code) ?? 0,
    }))
    return { versions: [first, ...versions].reverse(), members }
  }
}
