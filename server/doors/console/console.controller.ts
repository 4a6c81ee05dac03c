import { Body, Controller, Get, Post, UseGuards } from '@nestjs/common'
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
import { AuthService } from '../../platform/auth.js'
import { raise } from '../../platform/problems.js'
import { StaffService } from '../../staff/staff.service.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { TodayService } from './today.service.js'

/** The door of the managers: /console/v1. Signing in, and the first page. */
@ApiTags('console')
@Controller('console/v1')
export class ConsoleController {
  constructor(
    private readonly staff: StaffService,
    private readonly figures: TodayService,
    private readonly auth: AuthService,
  ) {}

  @Post('session')
  @Answers(consoleSessionSchema)
  async signIn(
    @Body({ schema: consoleSignInSchema }) body: ConsoleSignIn,
  ): Promise<ConsoleSession> {
    const signedIn = await this.staff.signIn(body.username, body.password)
    if (!signedIn.ok) raise(signedIn)
    const { id, name, role, storeIds } = signedIn.staff
    const { sessionsSinceMs } = signedIn
    const { accessToken, expiresAtMs } = this.auth.issue('console', {
      sub: id,
      ...(sessionsSinceMs === null ? {} : { sessionsSinceMs }),
    })
    return {
      accessToken,
      expiresAtMs: epochMs(expiresAtMs),
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
