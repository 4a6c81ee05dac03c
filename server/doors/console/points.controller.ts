import { Body, Controller, Get, Param, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  activityDraftSchema,
  activityVersionsSchema,
  type ActivityDraft,
  type ActivityVersions,
} from '@huike/shared/contracts/activities'
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

/** How points are earned, by purchases and without. */
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

  /** Every version of what is given without a purchase, the newest first. */
  @Get('activities')
  @Answers(activityVersionsSchema)
  @UseGuards(StaffGuard('points.view'))
  activities(): Promise<ActivityVersions> {
    return this.pages.activityVersions()
  }

  /** Publishes a version of it from a moment on. */
  @Post('activities')
  @Answers(activityVersionsSchema)
  @UseGuards(StaffGuard('points.manage'))
  async publishActivities(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: activityDraftSchema }) draft: ActivityDraft,
  ): Promise<ActivityVersions> {
    const published = await this.pages.publishActivities(by, draft)
    return published.ok ? published.versions : raise(published)
  }

  /** Withdraws a version of it before its day comes. */
  @Post('activities/:version/withdraw')
  @Answers(activityVersionsSchema)
  @UseGuards(StaffGuard('points.manage'))
  async withdrawActivities(
    @CallingStaff() by: ActingStaff,
    @Param('version') version: string,
  ): Promise<ActivityVersions> {
    const withdrawn = await this.pages.withdrawActivities(by, version)
    return withdrawn.ok ? withdrawn.versions : raise(withdrawn)
  }
}
