import { Body, Controller, Get, Header, Param, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  pointsOwedPageSchema,
  pointsTrialAskedSchema,
  pointsTrialSchema,
  pointsTrialsSchema,
  type PointsOwedPage,
  type PointsTrial,
  type PointsTrialAsked,
  type PointsTrials,
} from '@huike/shared/contracts/console-points-report'
import {
  hotItemsQuerySchema,
  hotItemsSchema,
  type HotItems,
  type HotItemsQuery,
} from '@huike/shared/contracts/console-mall-report'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { PointsReportsPagesService } from './points-reports-pages.service.js'

/** What is owed in points, and rules tried on the past. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/points')
export class PointsReportsController {
  constructor(private readonly pages: PointsReportsPagesService) {}

  /** As it was counted last. */
  @Get('owed')
  @Answers(pointsOwedPageSchema)
  @UseGuards(StaffGuard('points.view'))
  owed(): Promise<PointsOwedPage> {
    return this.pages.owed()
  }

  /** Counts anew in the background. */
  @Post('owed')
  @Answers(pointsOwedPageSchema)
  @UseGuards(StaffGuard('points.manage'))
  count(@CallingStaff() by: ActingStaff): Promise<PointsOwedPage> {
    return this.pages.countOwed(by)
  }

  /** What members took for their points, between two days. */
  @Get('exchanges')
  @Answers(hotItemsSchema)
  @UseGuards(StaffGuard('points.view'))
  exchanges(@Query({ schema: hotItemsQuerySchema }) query: HotItemsQuery): Promise<HotItems> {
    return this.pages.exchanges(query)
  }

  /** The latest trials. */
  @Get('trials')
  @Answers(pointsTrialsSchema)
  @UseGuards(StaffGuard('points.manage'))
  @Header('cache-control', 'no-store')
  async trials(): Promise<PointsTrials> {
    return { trials: await this.pages.trials() }
  }

  /** Tries terms on the sales of a period, in the background. */
  @Post('trials')
  @Answers(pointsTrialSchema)
  @UseGuards(StaffGuard('points.manage'))
  async begin(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: pointsTrialAskedSchema }) asked: PointsTrialAsked,
  ): Promise<PointsTrial> {
    const begun = await this.pages.begin(by, asked)
    return begun.ok ? begun.trial : raise(begun)
  }

  /** How far a trial has come, or what it came to. */
  @Get('trials/:id')
  @Answers(pointsTrialSchema)
  @UseGuards(StaffGuard('points.manage'))
  @Header('cache-control', 'no-store')
  async trial(@Param('id') id: string): Promise<PointsTrial> {
    const found = await this.pages.trial(id)
    return found.ok ? found.trial : raise(found)
  }
}
