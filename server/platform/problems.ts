import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common'
import type { Problem } from '@huike/shared/contracts/common'
import {
  outcomeSentence,
  outcomeStatus,
  type OutcomeCode,
  type Refusal,
} from '@huike/shared/outcomes'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { BusyError } from './database.js'
import { GroupQueueFull } from './group-commit.js'

// One filter turns every failure into problem+json (RFC 9457). Expected outcomes carry a code and a
// sentence; anything else is logged in full and answered as `internal`, telling nothing.

const ISSUES_TOLD_MAX = 20
const RETRY_AFTER_S = 1

/** A refusal on its way to the door. Flows return refusals; doors raise them. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  constructor(
    readonly code: OutcomeCode,
    readonly detail?: string,
    readonly extra: Pick<Problem, 'errors' | 'serverTimeMs'> = {},
  ) {
    super(detail ?? code)
  }
}

/** Raises a refusal as a problem. */
export function raise(refusal: Refusal): never {
  throw new ProblemError(refusal.code, refusal.detail)
}

/** What the validation pipe raises when a body, a query or a parameter breaks its contract. */
export function invalidInput(issues: readonly StandardSchemaV1.Issue[]): ProblemError {
  const errors = issues.slice(0, ISSUES_TOLD_MAX).map((issue) => ({
    path: (issue.path ?? [])
      .map((part) => String(typeof part === 'object' ? part.key : part))
      .join('.'),
    message: issue.message,
  }))
  return new ProblemError('input_invalid', undefined, { errors })
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>()
    const reply = host.switchToHttp().getResponse<FastifyReply>()
    if (reply.sent) return
    sendProblem(problemOf(error), { request, reply, logger: this.logger, error })
  }
}

/** Answers a problem; also used by Fastify's own error handler, for what never reaches Nest. */
export function sendProblem(
  problem: ProblemError,
  to: { request: FastifyRequest; reply: FastifyReply; logger: Logger; error: unknown },
): void {
  const { request, reply, logger, error } = to
  const status = outcomeStatus(problem.code)
  if (problem.code === 'internal') logger.error({ err: error, requestId: request.id }, 'unexpected')
  if (status === 503) void reply.header('retry-after', RETRY_AFTER_S)
  const body: Problem = {
    type: `https://huike.dev/problems/${problem.code}`,
    title: outcomeSentence(problem.code),
    status,
    code: problem.code,
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    ...problem.extra,
    requestId: request.id,
  }
  void reply
    .status(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(body)
}

/** Reads any failure as a problem. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (error instanceof BusyError || error instanceof GroupQueueFull) return new ProblemError('busy')
  const code = (error as { code?: unknown } | null | undefined)?.code
  if (typeof code === 'string' && Object.hasOwn(FASTIFY_CODES, code))
    return new ProblemError(FASTIFY_CODES[code] ?? 'internal')
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error)
  return new ProblemError(STATUS_CODES[status] ?? 'internal')
}

const FASTIFY_CODES: Record<string, OutcomeCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media_type_unsupported',
  FST_ERR_CTP_INVALID_JSON_BODY: 'body_malformed',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'body_malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'body_malformed',
}

const STATUS_CODES: Record<number, OutcomeCode> = {
  400: 'body_malformed',
  401: 'token_invalid',
  403: 'forbidden',
  404: 'not_found',
  413: 'body_too_large',
  415: 'media_type_unsupported',
  422: 'input_invalid',
  429: 'rate_limited',
  503: 'busy',
}

function statusOf(error: unknown): number {
  const status = (error as { statusCode?: unknown } | null | undefined)?.statusCode
  return typeof status === 'number' ? status : 500
}
