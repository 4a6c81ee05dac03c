import { Body, Controller, Get, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  earningDraftSchema,
  earningExampleAnswerSchema,
  earningExampleSchema,
  earningVersionsSchema,
  type EarningDraft,
  type EarningExample,
  type EarningExampleAnswer,
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

  /** What terms would give for a sale; nothing is kept. */
  @Post('rules/example')
  @Answers(earningExampleAnswerSchema)
  @UseGuards(StaffGuard('points.view'))
  example(@Body({ schema: earningExampleSchema }) example: EarningExample): EarningExampleAnswer {
    return this.pages.example(example)
  }
}
