import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import { AGENT_PROTOCOL } from '@huike/shared/contracts/agent'
import {
  pickupFindSchema,
  pickupHandedOverSchema,
  pickupHandOverSchema,
  pickupsFoundSchema,
  type PickupFind,
  type PickupHandedOver,
  type PickupHandOver,
  type PickupsFound,
} from '@huike/shared/contracts/till-pickups'
import { epochMs } from '@huike/shared/quantities'
import { Clock } from '../../platform/clock.js'
import { raise } from '../../platform/problems.js'
import type { TerminalContext } from '../../stores/terminals.service.js'
import { Answers } from '../answers.js'
import { CallingTerminal, TerminalGuard } from '../caller.js'
import { AgentPickupsService } from './agent-pickups.service.js'

/** What is fetched in a store, at its tills. */
@ApiTags('agent')
@ApiBearerAuth()
@UseGuards(TerminalGuard)
@Controller('agent/v1/pickups')
export class AgentPickupsController {
  constructor(
    private readonly pickups: AgentPickupsService,
    private readonly clock: Clock,
  ) {}

  /** By a code, or all that a member can fetch in this store. */
  @Post('find')
  @HttpCode(200)
  @Answers(pickupsFoundSchema)
  async find(
    @CallingTerminal() from: TerminalContext,
    @Body({ schema: pickupFindSchema }) asked: PickupFind,
  ): Promise<PickupsFound> {
    const found = await this.pickups.find(from, asked)
    if (!found.ok) raise(found)
    return { ...this.#head(), pickups: found.pickups }
  }

  /** The shopper has it. */
  @Post('hand-over')
  @HttpCode(200)
  @Answers(pickupHandedOverSchema)
  async handOver(
    @CallingTerminal() from: TerminalContext,
    @Body({ schema: pickupHandOverSchema }) request: PickupHandOver,
  ): Promise<PickupHandedOver> {
    const handed = await this.pickups.handOver(from, request)
    if (!handed.ok) raise(handed)
    const { pickup, handedAtMs, isNew } = handed
    return { ...this.#head(), pickup, handedAtMs, isNew }
  }

  #head() {
    return { protocol: AGENT_PROTOCOL, serverTimeMs: epochMs(this.clock.nowMs()) } as const
  }
}
