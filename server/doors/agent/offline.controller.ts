import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import { AGENT_PROTOCOL } from '@huike/shared/contracts/agent'
import {
  offlineSyncAnswerSchema,
  offlineSyncRequestSchema,
  type OfflineSyncAnswer,
  type OfflineSyncRequest,
} from '@huike/shared/contracts/offline'
import { epochMs } from '@huike/shared/quantities'
import { AllowOfflineService } from '../../flows/allow-offline.service.js'
import { Clock } from '../../platform/clock.js'
import type { TerminalContext } from '../../stores/terminals.service.js'
import { Answers } from '../answers.js'
import { CallingTerminal, TerminalGuard } from '../caller.js'

/** What a till may redeem without a network. */
@ApiTags('agent')
@ApiBearerAuth()
@UseGuards(TerminalGuard)
@Controller('agent/v1/offline')
export class AgentOfflineController {
  constructor(
    private readonly offline: AllowOfflineService,
    private readonly clock: Clock,
  ) {}

  /** Gives allowances back, and asks for those there are. */
  @Post('sync')
  @HttpCode(200)
  @Answers(offlineSyncAnswerSchema)
  async sync(
    @CallingTerminal() from: TerminalContext,
    @Body({ schema: offlineSyncRequestSchema }) request: OfflineSyncRequest,
  ): Promise<OfflineSyncAnswer> {
    const state = await this.offline.sync(from, request)
    return { protocol: AGENT_PROTOCOL, serverTimeMs: epochMs(this.clock.nowMs()), ...state }
  }
}
