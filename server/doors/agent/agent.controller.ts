import { Body, Controller, Get, Inject, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  AGENT_PROTOCOL,
  agentEventSchema,
  batchAnswerSchema,
  enrolAnswerSchema,
  lookupAnswerSchema,
  snapshotAnswerSchema,
  tokenAnswerSchema,
  enrolRequestSchema,
  eventBatchSchema,
  lookupRequestSchema,
  tokenRequestSchema,
  type AgentEvent,
  type BatchAnswer,
  type EnrolAnswer,
  type EnrolRequest,
  type EventBatch,
  type EventResult,
  type LookupAnswer,
  type LookupRequest,
  type SnapshotAnswer,
  type TokenAnswer,
} from '@huike/shared/contracts/agent'
import { isUlid, type StoreId, type TerminalId } from '@huike/shared/ids'
import { epochMs } from '@huike/shared/quantities'
import type { Logger } from 'pino'
import { z } from 'zod'
import { rejectedResult } from '../../flows/answers.js'
import { TakeEventsService } from '../../flows/take-events.service.js'
import { AuthService } from '../../platform/auth.js'
import { Clock } from '../../platform/clock.js'
import { CONFIG, type Config } from '../../platform/config.js'
import { Metrics } from '../../platform/metrics.js'
import { ProblemError, raise } from '../../platform/problems.js'
import { LOGGER } from '../../platform/tokens.js'
import { TerminalSourcesService, type SourceFact } from '../../stores/terminal-sources.service.js'
import { TerminalsService, type TerminalContext } from '../../stores/terminals.service.js'
import { Answers } from '../answers.js'
import { CallingTerminal, TerminalGuard } from '../caller.js'
import { AgentMembersService } from './agent-members.service.js'

const snapshotQuerySchema = z.strictObject({ cursor: z.string().max(64).default('') })

/** The door of the tills: /agent/v1. */
@ApiTags('agent')
@Controller('agent/v1')
export class AgentController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly terminals: TerminalsService,
    private readonly events: TakeEventsService,
    private readonly members: AgentMembersService,
    private readonly auth: AuthService,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly sources: TerminalSourcesService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Post('enrol')
  @Answers(enrolAnswerSchema)
  async enrol(@Body({ schema: enrolRequestSchema }) request: EnrolRequest): Promise<EnrolAnswer> {
    const enrolled = await this.terminals.enrol(request)
    if (!enrolled.ok) raise(enrolled)
    const { terminal, store } = enrolled.context
    return {
      protocol: AGENT_PROTOCOL,
      terminalId: terminal.id as TerminalId,
      terminalCode: terminal.code,
      storeId: store.id as StoreId,
      storeCode: store.code,
      storeName: store.name,
      timeZone: store.timeZone,
      serverTimeMs: this.clock.nowMs(),
    }
  }

  @Post('token')
  @Answers(tokenAnswerSchema)
  async token(
    @Body({ schema: tokenRequestSchema }) request: { assertion: string },
  ): Promise<TokenAnswer> {
    const terminalId = this.auth.claimedTerminal(request.assertion)
    if (terminalId === null) throw new ProblemError('token_invalid')
    const acting = await this.terminals.acting(terminalId)
    if (!acting.ok) raise(acting)
    const { terminal, store } = acting.context
    const proof = this.auth.verifyAssertion(request.assertion, terminal.publicKeyJwk ?? '')
    if (!proof.ok)
      throw new ProblemError(
        proof.code,
        undefined,
        proof.code === 'clock_skew' ? { serverTimeMs: this.clock.nowMs() } : {},
      )
    const { accessToken, expiresAtMs } = this.auth.issue('agent', { sub: terminal.id })
    return {
      protocol: AGENT_PROTOCOL,
      accessToken,
      expiresAtMs: epochMs(expiresAtMs),
      serverTimeMs: this.clock.nowMs(),
      phoneIndexKey: this.config.keyring.storePhoneIndexKey(store.id).toString('base64url'),
    }
  }

  @Post('events')
  @Answers(batchAnswerSchema)
  @UseGuards(TerminalGuard)
  @ApiBearerAuth()
  async takeEvents(
    @CallingTerminal() from: TerminalContext,
    @Body({ schema: eventBatchSchema }) batch: EventBatch,
  ): Promise<BatchAnswer> {
    const receivedAtMs = this.clock.nowMs()
    const checked = batch.events.map((raw) => checkEvent(raw))
    const valid = checked.flatMap((one) =>
      one.ok
        ? [
            {
              from,
              event: one.event,
              contentSha256: this.config.keyring.contentHash(JSON.stringify(one.event)),
              receivedAtMs,
            },
          ]
        : [],
    )
    const taken = (await this.events.take(valid)).values()
    const results = checked.map((one) => (one.ok ? next(taken) : one.result))
    for (const { status, code } of results)
      this.metrics.agentEvents.inc({ status, code: code ?? 'none' })
    this.sources.note(from.terminal.id, valid.flatMap(sourceFacts), receivedAtMs)
    await this.terminals.seen(from.terminal.id, {
      agentVersion: batch.agentVersion,
      outboxDepth: Math.max(0, batch.outboxDepth - batch.events.length),
      clockSkewMs: receivedAtMs - batch.sentAtMs,
    })
    return { protocol: AGENT_PROTOCOL, serverTimeMs: this.clock.nowMs(), results }
  }

  @Post('lookup')
  @Answers(lookupAnswerSchema)
  @UseGuards(TerminalGuard)
  @ApiBearerAuth()
  async lookup(
    @CallingTerminal() from: TerminalContext,
    @Body({ schema: lookupRequestSchema }) request: LookupRequest,
  ): Promise<LookupAnswer> {
    const found = await this.members.lookup(request, from.store)
    if (!found.ok) raise(found)
    return {
      protocol: AGENT_PROTOCOL,
      serverTimeMs: this.clock.nowMs(),
      member: found.member,
    }
  }

  @Get('snapshot')
  @Answers(snapshotAnswerSchema)
  @UseGuards(TerminalGuard)
  @ApiBearerAuth()
  snapshot(
    @CallingTerminal() from: TerminalContext,
    @Query({ schema: snapshotQuerySchema }) query: { cursor: string },
  ): Promise<SnapshotAnswer> {
    // The till's heartbeat: noting it must not make it wait, or it would think itself offline.
    this.terminals.heard(from.terminal.id).catch((error: unknown) => {
      this.logger.warn({ err: error, terminalId: from.terminal.id }, 'a heartbeat was not noted')
    })
    return this.members.snapshot(from.store, query.cursor)
  }
}

type Checked =
  { ok: true; event: z.infer<typeof agentEventSchema> } | { ok: false; result: EventResult }

/** Checks one event of a batch; a bad one is answered by itself. */
function checkEvent(raw: Record<string, unknown>): Checked {
  const parsed = agentEventSchema.safeParse(raw)
  if (parsed.success) return { ok: true, event: parsed.data }
  const { eventId } = raw
  const told = typeof eventId === 'string' && isUlid(eventId) ? eventId : null
  const [issue] = parsed.error.issues
  const detail = issue ? `${issue.path.join('.')}: ${issue.message}` : undefined
  return { ok: false, result: rejectedResult(told, 'input_invalid', detail) }
}

/** What a checkout tells of the source it came from; other events come from the till itself. */
function sourceFacts({ event }: { event: AgentEvent }): SourceFact[] {
  return event.type === 'checkout.captured' ? [event.source] : []
}

function next<T>(values: IterableIterator<T>): T {
  const step = values.next()
  if (step.done) throw new Error('fewer results than events')
  return step.value
}
