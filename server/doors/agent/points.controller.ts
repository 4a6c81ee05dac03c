import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import { AGENT_PROTOCOL } from '@huike/shared/contracts/agent'
import {
  holdAnswerSchema,
  holdReleaseSchema,
  holdRequestSchema,
  refundPreviewAnswerSchema,
  refundPreviewRequestSchema,
  refundSettleAnswerSchema,
  refundSettleRequestSchema,
  spendingQuoteAnswerSchema,
  spendingQuoteRequestSchema,
  type Hold,
  type HoldAnswer,
  type HoldRequest,
  type RefundPreviewAnswer,
  type RefundPreviewRequest,
  type RefundSettleAnswer,
  type RefundSettleRequest,
  type SpendingQuoteAnswer,
  type SpendingQuoteRequest,
} from '@huike/shared/contracts/spending'
import type { HoldId, MemberId } from '@huike/shared/ids'
import type { Refusal } from '@huike/shared/outcomes'
import { epochMs, fen, points } from '@huike/shared/quantities'
import { SettleRefundsService } from '../../flows/settle-refunds.service.js'
import { SpendPointsService } from '../../flows/spend-points.service.js'
import { Clock } from '../../platform/clock.js'
import { raise } from '../../platform/problems.js'
import type { HeldPoints } from '../../points/points-holds.service.js'
import type { TerminalContext } from '../../stores/terminals.service.js'
import { Answers } from '../answers.js'
import { CallingTerminal, TerminalGuard } from '../caller.js'

/** Points as cash at a till. */
@ApiTags('agent')
@ApiBearerAuth()
@UseGuards(TerminalGuard)
@Controller('agent/v1/points')
export class AgentPointsController {
  constructor(
    private readonly spending: SpendPointsService,
    private readonly refunds: SettleRefundsService,
    private readonly clock: Clock,
  ) {}

  /** How many points an order may take. */
  @Post('quote')
  @HttpCode(200)
  @Answers(spendingQuoteAnswerSchema)
  async quote(
    @CallingTerminal() from: TerminalContext,
    @Body({ schema: spendingQuoteRequestSchema }) request: SpendingQuoteRequest,
  ): Promise<SpendingQuoteAnswer> {
    const answer = await this.spending.quote(from, request)
    if (!answer.ok) raise(answer)
    return { ...this.#head(), quote: answer.quote }
  }

  /** Sets points aside for an order. */
  @Post('holds')
  @HttpCode(200)
  @Answers(holdAnswerSchema)
  async reserve(
    @CallingTerminal() from: TerminalContext,
    @Body({ schema: holdRequestSchema }) request: HoldRequest,
  ): Promise<HoldAnswer> {
    return this.#held(await this.spending.reserve(from, request))
  }

  /** Gives them back. */
  @Post('holds/release')
  @HttpCode(200)
  @Answers(holdAnswerSchema)
  async release(
    @CallingTerminal() from: TerminalContext,
    @Body({ schema: holdReleaseSchema }) { holdId }: { holdId: HoldId },
  ): Promise<HoldAnswer> {
    return this.#held(await this.spending.release(from, holdId))
  }

  /** What a refund will do with the points of its sale: shown before the money is returned. */
  @Post('refunds/preview')
  @HttpCode(200)
  @Answers(refundPreviewAnswerSchema)
  async preview(
    @CallingTerminal() from: TerminalContext,
    @Body({ schema: refundPreviewRequestSchema }) request: RefundPreviewRequest,
  ): Promise<RefundPreviewAnswer> {
    const answer = await this.refunds.preview(from, request)
    if (!answer.ok) raise(answer)
    return { ...this.#head(), preview: answer.preview }
  }

  /** The cashier kept back the worth of what is missing. */
  @Post('refunds/settle')
  @HttpCode(200)
  @Answers(refundSettleAnswerSchema)
  async settle(
    @CallingTerminal() from: TerminalContext,
    @Body({ schema: refundSettleRequestSchema }) request: RefundSettleRequest,
  ): Promise<RefundSettleAnswer> {
    const answer = await this.refunds.settle(from, request)
    if (!answer.ok) raise(answer)
    const { settledPoints, settledFen, balancePoints } = answer
    return { ...this.#head(), settledPoints, settledFen, balancePoints }
  }

  #held(held: HeldPoints | Refusal): HoldAnswer {
    if (!held.ok) raise(held)
    return { ...this.#head(), hold: holdView(held) }
  }

  #head() {
    return { protocol: AGENT_PROTOCOL, serverTimeMs: epochMs(this.clock.nowMs()) } as const
  }
}

function holdView({ hold, balancePoints }: HeldPoints): Hold {
  return {
    holdId: hold.id as HoldId,
    memberId: hold.memberId as MemberId,
    points: points(hold.points),
    valueFen: fen(hold.valueFen),
    // What an order is owed is no till's business.
    state: hold.state === 'unpaid' ? 'released' : (hold.state as Hold['state']),
    deadlineAtMs: epochMs(hold.deadlineAtMs),
    balancePoints: points(balancePoints),
  }
}
