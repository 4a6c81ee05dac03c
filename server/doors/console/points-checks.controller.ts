import { Body, Controller, Get, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  pointsCheckAskedSchema,
  pointsCheckSchema,
  pointsChecksSchema,
  type PointsCheck,
  type PointsCheckAsked,
  type PointsChecks,
} from '@huike/shared/contracts/console-points-report'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { PointsChecksPagesService } from './points-checks-pages.service.js'

/** Whether the points book adds up. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/points/checks')
export class PointsChecksController {
  constructor(private readonly pages: PointsChecksPagesService) {}

  /** What was found by the latest checks. */
  @Get()
  @Answers(pointsChecksSchema)
  @UseGuards(StaffGuard('points.view'))
  checks(): Promise<PointsChecks> {
    return this.pages.checks()
  }

  /** Verifies the book in the background. */
  @Post()
  @Answers(pointsCheckSchema)
  @UseGuards(StaffGuard('points.manage'))
  begin(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: pointsCheckAskedSchema }) asked: PointsCheckAsked,
  ): Promise<PointsCheck> {
    return this.pages.begin(by, asked)
  }
}
