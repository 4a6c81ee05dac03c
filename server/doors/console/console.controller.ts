import { Body, Controller, Get, Header, Headers, Ip, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  consoleSessionSchema,
  consoleSignInSchema,
  consoleTodaySchema,
  type ConsoleSession,
  type ConsoleSignIn,
  type ConsoleToday,
} from '@huike/shared/contracts/console'
import type { StaffId, StoreId } from '@huike/shared/ids'
import { epochMs } from '@huike/shared/quantities'
import { raise } from '../../platform/problems.js'
import { StaffSignInService } from '../../staff/staff-sign-in.service.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { TodayService } from './today.service.js'

/** The door of the managers: /console/v1. Signing in, and the first page. */
@ApiTags('console')
@Controller('console/v1')
export class ConsoleController {
  constructor(
    private readonly signIns: StaffSignInService,
    private readonly figures: TodayService,
  ) {}

  @Post('session')
  @Answers(consoleSessionSchema)
  @Header('cache-control', 'no-store')
  async signIn(
    @Body({ schema: consoleSignInSchema }) body: ConsoleSignIn,
    @Ip() address: string,
    @Headers('user-agent') userAgent: string | undefined,
  ): Promise<ConsoleSession> {
    const signedIn = await this.signIns.signIn(body, { address, userAgent })
    if (!signedIn.ok) raise(signedIn)
    const { accessToken, expiresAtMs, lacksFactor } = signedIn
    const { id, name, role, storeIds } = signedIn.staff
    return {
      accessToken,
      expiresAtMs: epochMs(expiresAtMs),
      lacksFactor,
      staff: { id: id as StaffId, name, role, storeIds: [...(storeIds ?? [])] as StoreId[] },
    }
  }

  @Get('today')
  @Answers(consoleTodaySchema)
  @UseGuards(StaffGuard('today.view'))
  @ApiBearerAuth()
  today(@CallingStaff() staff: ActingStaff): Promise<ConsoleToday> {
    return this.figures.of(staff)
  }
}
