import { Body, Controller, Get, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  levelNamesSchema,
  levelsPageSchema,
  schemeDraftSchema,
  type LevelNames,
  type LevelsPage,
  type SchemeDraft,
} from '@huike/shared/contracts/levels'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { LevelsPagesService } from './levels-pages.service.js'

/** The levels of members. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/levels')
export class LevelsController {
  constructor(private readonly pages: LevelsPagesService) {}

  /** Every version of the scheme, the newest first, and how many members have each level. */
  @Get()
  @Answers(levelsPageSchema)
  @UseGuards(StaffGuard('points.view'))
  page(): Promise<LevelsPage> {
    return this.pages.page()
  }

  /** Every level there is by its name, for who chooses some of them. */
  @Get('names')
  @Answers(levelNamesSchema)
  @UseGuards(StaffGuard('points.view'))
  names(): Promise<LevelNames> {
    return this.pages.names()
  }

  /** Publishes a version that is in force from a moment on. */
  @Post()
  @Answers(levelsPageSchema)
  @UseGuards(StaffGuard('points.manage'))
  async publish(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: schemeDraftSchema }) draft: SchemeDraft,
  ): Promise<LevelsPage> {
    const published = await this.pages.publish(by, draft)
    return published.ok ? published.page : raise(published)
  }
}
