import { Body, Controller, Get, Param, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  earningDraftSchema,
  earningVersionsSchema,
  type EarningDraft,
  type EarningVersions,
} from '@huike/shared/contracts/console-points'
import { Answers } from '../answers.js'
import { raise } from '../../platform/problems.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { PointsPagesService } from './points-pages.service.js'

/** How points are earned. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/points')
export class PointsController {
  constructor(private readonly pages: PointsPagesService) {}

  /** Every version of the rules, the newest first. */
  @Get('rules')
  @Answers(earningVersionsSchema)
  @UseGuards(StaffGuard('points.view'))
  versions(): Promise<EarningVersions> {
    return this.pages.versions()
  }

  /** Publishes a version for sales from a moment on. */
  @Post('rules')
  @Answers(earningVersionsSchema)
  @UseGuards(StaffGuard('points.manage'))
  async publish(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: earningDraftSchema }) draft: EarningDraft,
  ): Promise<EarningVersions> {
    const published = await this.pages.publish(by, draft)
    return published.ok ? published.versions : raise(published)
  }

  /** Withdraws a version before its day comes. */
  @Post('rules/:version/withdraw')
  @Answers(earningVersionsSchema)
  @UseGuards(StaffGuard('points.manage'))
  async withdraw(
    @CallingStaff() by: ActingStaff,
    @Param('version') version: string,
  ): Promise<EarningVersions> {
    const withdrawn = await this.pages.withdraw(by, version)
    return withdrawn.ok ? withdrawn.versions : raise(withdrawn)
  }
}
