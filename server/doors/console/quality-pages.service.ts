import { Injectable } from '@nestjs/common'
import type {
  QualityFigure,
  QualityFigureCode,
  QualityIssue,
  QualityIssuePage,
  QualityIssueQuery,
  QualityOverview,
  QualityRun,
  QualitySettings,
  QualitySettle,
  QualityTrend,
} from '@huike/shared/contracts/console-quality'
import type { Refusal } from '@huike/shared/outcomes'
import { may } from '@huike/shared/permissions'
import { MembersService } from '../../members/members.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, type Statements } from '../../platform/database.js'
import type { QualityFigure as FigureRow } from '../../quality/quality-figure.entity.js'
import type { QualityIssue as IssueRow } from '../../quality/quality-issue.entity.js'
import { QualityIssuesService } from '../../quality/quality-issues.service.js'
import { QualityRunsService } from '../../quality/quality-runs.service.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import { ChainSettingsService } from '../../stores/chain-settings.service.js'
import { StoresService } from '../../stores/stores.service.js'
import type { ActingStaff } from '../staff-caller.js'
import { cursorOf, placeOf } from '../keyset-cursor.js'

/** The pages about the quality of data: what runs have stored, and what people said to it. */
@Injectable()
export class QualityPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly runsOf: QualityRunsService,
    private readonly issuesOf: QualityIssuesService,
    private readonly chain: ChainSettingsService,
    private readonly members: MembersService,
    private readonly stores: StoresService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
  ) {}

  /** The last run with its figures, and what waits for somebody. */
  overview(): Promise<QualityOverview> {
    return this.database.read(async (rx) => {
      const { last, current } = await this.runsOf.lastAndCurrent(rx)
      const figures = last === null ? [] : await this.runsOf.figures(rx, last.id)
      const open = await this.issuesOf.openCounts(rx)
      return {
        ...{ last, current, figures: figures.map(figureView) },
        open: [...open].map(([kind, count]) => ({ kind, count })),
      }
    })
  }

  /** One figure over time. */
  trend(code: QualityFigureCode): Promise<QualityTrend> {
    return this.database.read(async (rx) => {
      const points = await this.runsOf.trend(rx, code)
      return {
        code,
        points: points.map((row) => ({
          businessDate: row.businessDate as QualityTrend['points'][number]['businessDate'],
          atMs: row.atMs as QualityTrend['points'][number]['atMs'],
          ...{ part: row.part, whole: row.whole, threshold: row.threshold },
          passes: row.passes === null ? null : row.passes === 1,
        })),
      }
    })
  }

  /** The latest runs. */
  runs(): Promise<QualityRun[]> {
    return this.database.read((rx) => this.runsOf.list(rx))
  }

  /** Begins to count, or answers the run that is under way. */
  count(by: ActingStaff): Promise<QualityRun> {
    return this.runsOf.ask(by.id)
  }

  /** A page of what is doubtful, newest first; whose it is, for those who may look at people. */
  issues(by: ActingStaff, query: QualityIssueQuery): Promise<QualityIssuePage> {
    const { kind, state, limit } = query
    const before = placeOf(query.cursor)
    return this.database.read(async (rx) => {
      const found = await this.issuesOf.page(rx, { kind, state, before, limit })
      const last = found.at(-1)
      return {
        issues: await this.#views(rx, by, found),
        nextCursor:
          found.length === limit && last ? cursorOf({ atMs: last.foundAtMs, id: last.id }) : null,
      }
    })
  }

  /** What a person says to a doubt. Refuses `not_found`. */
  settle(
    by: ActingStaff,
    id: string,
    { state }: QualitySettle,
  ): Promise<{ ok: true; issue: QualityIssue } | Refusal> {
    const answer = { state, staffId: by.id, atMs: this.clock.nowMs() }
    return this.database.write(async (tx) => {
      const settled = await this.issuesOf.settle(tx, id, answer)
      if (!settled.ok) return settled
      const [issue] = await this.#views(tx, by, [settled.issue])
      if (!issue) throw new Error('an issue without a view')
      return { ok: true as const, issue }
    })
  }

  /** What is expected of the data. */
  settings(): Promise<QualitySettings> {
    return this.database.read((rx) => this.chain.quality(rx))
  }

  /** Sets what is expected; written down. */
  async setSettings(by: ActingStaff, settings: QualitySettings): Promise<QualitySettings> {
    const atMs = this.clock.nowMs()
    await this.database.write(async (tx) => {
      await this.chain.setQuality(tx, settings, { staffId: by.id, atMs })
      await this.audit.append(tx, {
        ...{ staffId: by.id, action: 'settings.quality_changed', subjectId: null },
        ...{ detail: JSON.stringify(settings), atMs },
      })
    })
    return settings
  }

  /** A bounded number of statements for a page. */
  async #views(
    statements: Statements,
    { role }: ActingStaff,
    issues: readonly IssueRow[],
  ): Promise<QualityIssue[]> {
    const stores = await this.stores.namesOf(statements, distinct(issues, 'storeId'))
    const names = await this.staff.namesOf(statements, distinct(issues, 'settledBy'))
    const seesPeople = may(role, 'members.view') || may(role, 'identity.view')
    const concerned = [...distinct(issues, 'memberId'), ...distinct(issues, 'otherMemberId')]
    const ids = seesPeople ? concerned : []
    const members = await this.members.findByIds(statements, [...new Set(ids)])
    const memberOf = (id: string | null) => {
      const found = id === null ? undefined : members.get(id)
      return found
        ? [{ memberId: found.id, memberNo: found.memberNo } as QualityIssue['members'][number]]
        : []
    }
    return issues.map((issue) => ({
      id: issue.id as QualityIssue['id'],
      kind: issue.kind as QualityIssue['kind'],
      state: issue.state as QualityIssue['state'],
      storeName: issue.storeId === null ? null : (stores.get(issue.storeId) ?? null),
      members: [...memberOf(issue.memberId), ...memberOf(issue.otherMemberId)],
      evidence: JSON.parse(issue.evidence) as QualityIssue['evidence'],
      foundAtMs: issue.foundAtMs as QualityIssue['foundAtMs'],
      settledAtMs: issue.settledAtMs as QualityIssue['settledAtMs'],
      settledBy: issue.settledBy === null ? null : (names.get(issue.settledBy) ?? null),
    }))
  }
}

function figureView(row: FigureRow): QualityFigure {
  const { part, whole, threshold, passes } = row
  return {
    code: row.code as QualityFigureCode,
    ...{ group: row.groupKey, part, whole, threshold },
    passes: passes === null ? null : passes === 1,
  }
}

function distinct<K extends keyof IssueRow>(issues: readonly IssueRow[], name: K): string[] {
  return [...new Set(issues.flatMap((issue) => (issue[name] as string | null) ?? []))].sort()
}
