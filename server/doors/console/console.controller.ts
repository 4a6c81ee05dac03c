import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  consoleSessionSchema,
  consoleSignInSchema,
  consoleStoresSchema,
  consoleTodaySchema,
  type ConsoleSession,
  type ConsoleSignIn,
  type ConsoleStores,
  type ConsoleToday,
  type StaffRole,
} from '@huike/shared/contracts/console'
import type { StoreId, TerminalId } from '@huike/shared/ids'
import { epochMs, fen, points, type BusinessDate, type EpochMs } from '@huike/shared/quantities'
import { AuthService, type AccessClaims } from '../../platform/auth.js'
import { Clock, localDate } from '../../platform/clock.js'
import { Database } from '../../platform/database.js'
import { ProblemError, raise } from '../../platform/problems.js'
import { ReportsService } from '../../reports/reports.service.js'
import { StaffService } from '../../staff/staff.service.js'
import type { Terminal } from '../../stores/terminal.entity.js'
import { TerminalsService } from '../../stores/terminals.service.js'
import { Answers } from '../answers.js'
import { Caller, ConsoleGuard } from '../caller.js'

/** The chain's calendar; each store's own day is in its figures. */
const CHAIN_TIME_ZONE = 'Asia/Shanghai'

/** The door of the managers: /console/v1. */
@ApiTags('console')
@Controller('console/v1')
export class ConsoleController {
  constructor(
    private readonly staff: StaffService,
    private readonly terminals: TerminalsService,
    private readonly reports: ReportsService,
    private readonly database: Database,
    private readonly auth: AuthService,
    private readonly clock: Clock,
  ) {}

  @Post('session')
  @Answers(consoleSessionSchema)
  async signIn(
    @Body({ schema: consoleSignInSchema }) body: ConsoleSignIn,
  ): Promise<ConsoleSession> {
    const signedIn = await this.staff.signIn(body.username, body.password)
    if (!signedIn.ok) raise(signedIn)
    const { id, name, role } = signedIn.staff
    const { accessToken, expiresAtMs } = this.auth.issue('console', { sub: id, role })
    return {
      accessToken,
      expiresAtMs: epochMs(expiresAtMs),
      staff: { name, role: role as StaffRole },
    }
  }

  @Get('stores')
  @Answers(consoleStoresSchema)
  @UseGuards(ConsoleGuard)
  @ApiBearerAuth()
  async stores(): Promise<ConsoleStores> {
    const stores = await this.terminals.list()
    return {
      stores: stores.map((store) => ({
        id: store.id as StoreId,
        code: store.code,
        name: store.name,
        terminals: store.terminals.map(terminalView),
      })),
    }
  }

  @Get('today')
  @Answers(consoleTodaySchema)
  @UseGuards(ConsoleGuard)
  @ApiBearerAuth()
  async today(): Promise<ConsoleToday> {
    const businessDate = localDate(this.clock.nowMs(), CHAIN_TIME_ZONE)
    const days = await this.database.read((rx) => this.reports.storeDays(rx, businessDate))
    const total = (pick: (day: (typeof days)[number]) => number) =>
      days.reduce((sum, day) => sum + pick(day), 0)
    return {
      businessDate: businessDate as BusinessDate,
      salesCount: total((day) => day.salesCount),
      salesFen: fen(total((day) => day.salesFen)),
      memberSalesCount: total((day) => day.memberSalesCount),
      memberSalesFen: fen(total((day) => day.memberSalesFen)),
      newMembers: total((day) => day.newMembers),
      pointsGiven: points(total((day) => day.pointsGiven)),
    }
  }

  /** Stops a till at once; only owners and managers may. */
  @Post('terminals/:id/revoke')
  @HttpCode(204)
  @UseGuards(ConsoleGuard)
  @ApiBearerAuth()
  async revoke(@Caller() claims: AccessClaims, @Param('id') id: string): Promise<void> {
    if (claims.role !== 'owner' && claims.role !== 'manager') throw new ProblemError('forbidden')
    if (!(await this.terminals.revoke(id))) throw new ProblemError('not_found')
  }
}

function terminalView(terminal: Terminal) {
  return {
    id: terminal.id as TerminalId,
    code: terminal.code,
    state: terminal.state as 'unenrolled' | 'active' | 'revoked',
    lastSeenAtMs: terminal.lastSeenAtMs as EpochMs | null,
    outboxDepth: terminal.outboxDepth ?? 0,
    agentVersion: terminal.agentVersion,
  }
}
