import { Body, Controller, Get, Header, Param, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  levelTrialAskedSchema,
  levelTrialSchema,
  levelTrialsSchema,
  type LevelTrial,
  type LevelTrialAsked,
  type LevelTrials,
} from '@huike/shared/contracts/console-level-trials'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { LevelTrialsPagesService } from './level-trials-pages.service.js'

/** Levels tried before they are published. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/levels/trials')
export class LevelTrialsController {
  constructor(private readonly pages: LevelTrialsPagesService) {}

  /** The latest trials. */
  @Get()
  @Answers(levelTrialsSchema)
  @UseGuards(StaffGuard('points.manage'))
  @Header('cache-control', 'no-store')
  async trials(): Promise<LevelTrials> {
    return { trials: await this.pages.trials() }
  }

  /** Tries a draft on every member, in the background. */
  @Post()
  @Answers(levelTrialSchema)
  @UseGuards(StaffGuard('points.manage'))
  async begin(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: levelTrialAskedSchema }) asked: LevelTrialAsked,
  ): Promise<LevelTrial> {
    const begun = await this.pages.begin(by, asked)
    return begun.ok ? begun.trial : raise(begun)
  }

  /** How far a trial has come, or what it came to. */
  @Get(':id')
  @Answers(levelTrialSchema)
  @UseGuards(StaffGuard('points.manage'))
  @Header('cache-control', 'no-store')
  async trial(@Param('id') id: string): Promise<LevelTrial> {
    const found = await this.pages.trial(id)
    return found.ok ? found.trial : raise(found)
  }

  /** Stops a trial that waits or runs. */
  @Post(':id/cancel')
  @Answers(levelTrialSchema)
  @UseGuards(StaffGuard('points.manage'))
  @Header('cache-control', 'no-store')
  async cancel(@CallingStaff() by: ActingStaff, @Param('id') id: string): Promise<LevelTrial> {
    const stopped = await this.pages.cancel(by, id)
    return stopped.ok ? stopped.trial : raise(stopped)
  }
}
