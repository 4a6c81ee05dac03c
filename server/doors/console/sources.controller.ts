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
import type { AccessClaims } from '../../platform/auth.js'
import { ProblemError } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { Caller, ConsoleGuard } from '../caller.js'
import { ConsoleSourcesService } from './sources.service.js'

/** Where the data comes from: the sources, and what they sent that waits for a person. */
@ApiTags('console')
@ApiBearerAuth()
@UseGuards(ConsoleGuard)
@Controller('console/v1')
export class ConsoleSourcesController {
  constructor(private readonly sources: ConsoleSourcesService) {}

  @Get('sources')
  @Answers(consoleSourcesSchema)
  list(): Promise<ConsoleSources> {
    return this.sources.sources()
  }

  @Get('parked')
  @Answers(parkedPageSchema)
  parked(@Query({ schema: parkedQuerySchema }) query: ParkedQuery): Promise<ParkedPage> {
    return this.sources.parked(query)
  }

  /** Marks a parked event as settled; only owners and managers may. */
  @Post('parked/:eventId/resolve')
  @Answers(parkedResolvedSchema)
  async resolve(
    @Caller() claims: AccessClaims,
    @Param('eventId') eventId: string,
  ): Promise<ParkedResolved> {
    if (claims.role !== 'owner' && claims.role !== 'manager') throw new ProblemError('forbidden')
    const resolved = await this.sources.resolve(eventId, claims.sub)
    if (!resolved) throw new ProblemError('not_found')
    return resolved
  }
}
