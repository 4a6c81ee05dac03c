import { Controller, Get, Param, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  consoleSourcesSchema,
  parkedPageSchema,
  parkedQuerySchema,
  parkedResolvedSchema,
  type ConsoleSources,
  type ParkedPage,
  type ParkedQuery,
  type ParkedResolved,
} from '@huike/shared/contracts/console'
import { ProblemError } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { ConsoleSourcesService } from './sources.service.js'

/** Where the data comes from: the sources, and what they sent that waits for a person. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1')
export class ConsoleSourcesController {
  constructor(private readonly sources: ConsoleSourcesService) {}

  @Get('sources')
  @Answers(consoleSourcesSchema)
  @UseGuards(StaffGuard('sources.view'))
  list(@CallingStaff() by: ActingStaff): Promise<ConsoleSources> {
    return this.sources.sources(by.storeIds)
  }

  @Get('parked')
  @Answers(parkedPageSchema)
  @UseGuards(StaffGuard('sources.view'))
  parked(
    @CallingStaff() by: ActingStaff,
    @Query({ schema: parkedQuerySchema }) query: ParkedQuery,
  ): Promise<ParkedPage> {
    return this.sources.parked(query, by.storeIds)
  }

  /** Marks a parked event as settled. */
  @Post('parked/:eventId/resolve')
  @Answers(parkedResolvedSchema)
  @UseGuards(StaffGuard('parked.settle'))
  async resolve(
    @CallingStaff() by: ActingStaff,
    @Param('eventId') eventId: string,
  ): Promise<ParkedResolved> {
    const resolved = await this.sources.resolve(eventId, by)
    if (!resolved) throw new ProblemError('not_found')
    return resolved
  }
}
