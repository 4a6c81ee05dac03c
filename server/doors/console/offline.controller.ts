import { Body, Controller, Get, HttpCode, Post, Put, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import type { PageQuery } from '@huike/shared/contracts/common'
import {
  offlineFindingsPageSchema,
  offlineFindingsQuerySchema,
  offlineReleasedSchema,
  offlineReleaseSchema,
  offlineSettingsSchema,
  offlineTillsSchema,
  type OfflineFinding,
  type OfflineFindingsPage,
  type OfflineRelease,
  type OfflineReleased,
  type OfflineSettings,
  type OfflineTills,
} from '@huike/shared/contracts/offline'
import type { MemberId, OfflineNoteId, TerminalId } from '@huike/shared/ids'
import { isUlid } from '@huike/shared/ids'
import { epochMs, fen, points } from '@huike/shared/quantities'
import {
  OfflineAllowancesService,
  type ListedFinding,
} from '../../coupons/offline-allowances.service.js'
import { Clock } from '../../platform/clock.js'
import { Database } from '../../platform/database.js'
import { ProblemError } from '../../platform/problems.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { ChainSettingsService } from '../../stores/chain-settings.service.js'
import { Answers } from '../answers.js'
import { holdsPhone } from '../reasons.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'

/** What tills may redeem without a network, what they hold, and what a person should read of it. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/offline')
export class ConsoleOfflineController {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: ChainSettingsService,
    private readonly allowances: OfflineAllowancesService,
    private readonly audit: StaffAuditService,
  ) {}

  @Get('settings')
  @UseGuards(StaffGuard('settings.view'))
  @Answers(offlineSettingsSchema)
  current(): Promise<OfflineSettings> {
    return this.database.read((rx) => this.settings.offline(rx))
  }

  /** Sets it: tills hear of it within ten minutes; what they hold stays good until its time. */
  @Put('settings')
  @UseGuards(StaffGuard('settings.manage'))
  @Answers(offlineSettingsSchema)
  async change(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: offlineSettingsSchema }) settings: OfflineSettings,
  ): Promise<OfflineSettings> {
    const atMs = this.clock.nowMs()
    await this.database.write(async (tx) => {
      await this.settings.setOffline(tx, settings, { staffId: by.id, atMs })
      await this.audit.append(tx, {
        ...{ staffId: by.id, action: 'settings.offline_changed', subjectId: null, atMs },
        detail: JSON.stringify(settings),
      })
    })
    return settings
  }

  /** What a person should read, of the stores of the person, latest first. */
  @Get('findings')
  @UseGuards(StaffGuard('sources.view'))
  @Answers(offlineFindingsPageSchema)
  findings(
    @CallingStaff() by: ActingStaff,
    @Query({ schema: offlineFindingsQuerySchema }) { cursor, limit }: PageQuery,
  ): Promise<OfflineFindingsPage> {
    if (cursor !== undefined && !isUlid(cursor)) throw new ProblemError('input_invalid', 'cursor')
    const page = { scope: by.storeIds, beforeId: cursor ?? null, limit: limit + 1 }
    return this.database.read(async (rx) => {
      const rows = await this.allowances.findings(rx, page)
      const shown = rows.slice(0, limit)
      return {
        findings: shown.map(findingView),
        nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
      }
    })
  }

  @Get('tills')
  @UseGuards(StaffGuard('sources.view'))
  @Answers(offlineTillsSchema)
  async tills(@CallingStaff() by: ActingStaff): Promise<OfflineTills> {
    const tills = await this.database.read((rx) => this.allowances.tills(rx, by.storeIds))
    return {
      tills: tills.map(({ terminalId, untilMs, ...till }) => ({
        ...till,
        terminalId: terminalId as TerminalId,
        untilMs: epochMs(untilMs),
      })),
    }
  }

  /** A till is lost: what it holds may be used elsewhere. */
  @Post('release')
  @HttpCode(200)
  @UseGuards(StaffGuard('terminals.manage'))
  @Answers(offlineReleasedSchema)
  async release(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: offlineReleaseSchema }) { terminalId, reason }: OfflineRelease,
  ): Promise<OfflineReleased> {
    if (holdsPhone(reason)) throw new ProblemError('input_invalid', '原因里不要写手机号')
    const nowMs = this.clock.nowMs()
    const scope = by.storeIds
    const released = await this.database.write(async (tx) => {
      const count = await this.allowances.release(tx, { terminalId, scope, nowMs })
      if (count > 0)
        await this.audit.append(tx, {
          ...{ staffId: by.id, action: 'offline.released', subjectId: terminalId, atMs: nowMs },
          detail: `${reason}（${String(count)} 项）`,
        })
      return count
    })
    return { released }
  }
}

function findingView(row: ListedFinding): OfflineFinding {
  const { storeName, terminalCode } = row
  return {
    id: row.id as OfflineNoteId,
    kind: row.kind as OfflineFinding['kind'],
    code: row.code as OfflineFinding['code'],
    ...{ storeName, terminalCode },
    memberId: row.memberId as MemberId | null,
    points: row.points === null ? null : points(row.points),
    offFen: row.offFen === null ? null : fen(row.offFen),
    atMs: epochMs(row.atMs),
  }
}
