import { Body, Controller, Get, Header, Param, Post, Put, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  qualityIssuePageSchema,
  qualityIssueQuerySchema,
  qualityIssueSchema,
  qualityOverviewSchema,
  qualityRunSchema,
  qualityRunsSchema,
  qualitySettingsSchema,
  qualitySettleSchema,
  qualityTrendQuerySchema,
  qualityTrendSchema,
  type QualityFigureCode,
  type QualityIssue,
  type QualityIssuePage,
  type QualityIssueQuery,
  type QualityOverview,
  type QualityRun,
  type QualitySettings,
  type QualitySettle,
  type QualityTrend,
} from '@huike/shared/contracts/console-quality'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { QualityPagesService } from './quality-pages.service.js'

/** How good the data is: figures, what is doubtful, and what is expected. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/quality')
export class QualityController {
  constructor(private readonly pages: QualityPagesService) {}

  @Get()
  @Answers(qualityOverviewSchema)
  @UseGuards(StaffGuard('quality.view'))
  overview(): Promise<QualityOverview> {
    return this.pages.overview()
  }

  @Get('trend')
  @Answers(qualityTrendSchema)
  @UseGuards(StaffGuard('quality.view'))
  trend(
    @Query({ schema: qualityTrendQuerySchema }) { code }: { code: QualityFigureCode },
  ): Promise<QualityTrend> {
    return this.pages.trend(code)
  }

  @Get('runs')
  @Answers(qualityRunsSchema)
  @UseGuards(StaffGuard('quality.view'))
  async runs(): Promise<{ runs: QualityRun[] }> {
    return { runs: await this.pages.runs() }
  }

  /** Counts anew in the background. */
  @Post('runs')
  @Answers(qualityRunSchema)
  @UseGuards(StaffGuard('quality.manage'))
  count(@CallingStaff() by: ActingStaff): Promise<QualityRun> {
    return this.pages.count(by)
  }

  @Get('issues')
  @Answers(qualityIssuePageSchema)
  @UseGuards(StaffGuard('quality.view'))
  @Header('cache-control', 'no-store')
  issues(
    @CallingStaff() by: ActingStaff,
    @Query({ schema: qualityIssueQuerySchema }) query: QualityIssueQuery,
  ): Promise<QualityIssuePage> {
    return this.pages.issues(by, query)
  }

  @Post('issues/:id/settle')
  @Answers(qualityIssueSchema)
  @UseGuards(StaffGuard('quality.manage'))
  async settle(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
    @Body({ schema: qualitySettleSchema }) settle: QualitySettle,
  ): Promise<QualityIssue> {
    const settled = await this.pages.settle(by, id, settle)
    return settled.ok ? settled.issue : raise(settled)
  }

  @Get('settings')
  @Answers(qualitySettingsSchema)
  @UseGuards(StaffGuard('quality.view'))
  settings(): Promise<QualitySettings> {
    return this.pages.settings()
  }

  /** Sets the thresholds, for the runs to come, and what members are asked for. */
  @Put('settings')
  @Answers(qualitySettingsSchema)
  @UseGuards(StaffGuard('quality.manage'))
  setSettings(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: qualitySettingsSchema }) settings: QualitySettings,
  ): Promise<QualitySettings> {
    return this.pages.setSettings(by, settings)
  }
}
