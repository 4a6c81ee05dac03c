import { describe, expect, it } from '@jest/globals'
import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common'
import { OUTCOME_CODES, outcomeSentence, outcomeStatus, refuse } from '@huike/shared/outcomes'
import { problemSchema } from '@huike/shared/contracts/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { BusyError } from './database.js'
import { GroupQueueFull } from './group-commit.js'
import { makeLogger } from './logger.js'
import { invalidInput, problemOf, ProblemError, raise, sendProblem } from './problems.js'

const fastifyError = (code: string, statusCode: number) =>
  Object.assign(new Error('secret detail'), { code, statusCode })

describe('reading a failure as a problem', () => {
  it.each([
    ['a problem', new ProblemError('forbidden', 'why'), 'forbidden'],
    ['a full queue', new GroupQueueFull('x'), 'busy'],
    ['a busy database', new BusyError('x'), 'busy'],
    ['too large a body', fastifyError('FST_ERR_CTP_BODY_TOO_LARGE', 413), 'body_too_large'],
    [
      'another media type',
      fastifyError('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415),
      'media_type_unsupported',
    ],
    ['broken JSON', fastifyError('FST_ERR_CTP_INVALID_JSON_BODY', 400), 'body_malformed'],
    ['an empty body', fastifyError('FST_ERR_CTP_EMPTY_JSON_BODY', 400), 'body_malformed'],
    ['a wrong length', fastifyError('FST_ERR_CTP_INVALID_CONTENT_LENGTH', 400), 'body_malformed'],
    ['no such route', new NotFoundException('Cannot GET /x'), 'not_found'],
    ['a bad request', new BadRequestException(), 'body_malformed'],
    ['an unknown status', new HttpException('x', 418), 'internal'],
    ['a status of Fastify', { statusCode: 429 }, 'rate_limited'],
    ['anything else', new Error('secret detail'), 'internal'],
    ['a thrown text', 'secret detail', 'internal'],
    ['a database error', Object.assign(new Error('x'), { code: 'SQLITE_FULL' }), 'internal'],
  ])('%s', (_what, error, code) => {
    const problem = problemOf(error)
    expect(problem.code).toBe(code)
    if (!(error instanceof ProblemError)) expect(problem.detail).toBeUndefined()
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
  ])('%s that was thrown', (_what, error) => {
    expect(problemOf(error).code).toBe('internal')
  })

  it('raises a refusal with its words', () => {
    const raised = (): unknown => {
      try {
        return raise(refuse('phone_invalid', '因为'))
      } catch (error) {
        return error
      }
    }
    expect(raised()).toBeInstanceOf(ProblemError)
    expect(raised()).toMatchObject({ code: 'phone_invalid', detail: '因为' })
  })

  it('names at most twenty faults of an input, by path', () => {
    const issues = Array.from({ length: 30 }, (_, n) => ({
      message: `m${String(n)}`,
      path: ['lines', n, { key: 'name' }],
    }))
    const { errors = [] } = invalidInput(issues).extra
    expect(errors).toHaveLength(20)
    expect(errors[3]).toEqual({ path: 'lines.3.name', message: 'm3' })
    expect(invalidInput([{ message: 'm' }]).extra.errors).toEqual([{ path: '', message: 'm' }])
  })
})

describe('answering a problem', () => {
  /** Answers into memory. */
  function answer(problem: ProblemError) {
    const log: string[] = []
    const sent = { status: 0, headers: new Map<string, unknown>(), body: undefined as unknown }
    const reply = {
      status: (status: number) => {
        sent.status = status
        return reply
      },
      header: (name: string, value: unknown) => {
        sent.headers.set(name, value)
        return reply
      },
      send: (body: unknown) => {
        sent.body = body
        return reply
      },
    }
    sendProblem(problem, {
      request: { id: 'r1' } as FastifyRequest,
      reply: reply as unknown as FastifyReply,
      logger: makeLogger('debug', { write: (line) => log.push(line) }),
      error: new Error('secret detail'),
    })
    return { ...sent, log }
  }

  it.each([...OUTCOME_CODES])('%s keeps the contract and says it in Chinese', (code) => {
    const { status, headers, body, log } = answer(new ProblemError(code))
    expect(status).toBe(outcomeStatus(code))
    expect(problemSchema.parse(body)).toMatchObject({
      code,
      status,
      title: outcomeSentence(code),
      requestId: 'r1',
    })
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(headers.has('retry-after')).toBe(status === 503)
    expect(JSON.stringify(body)).not.toContain('secret')
    // What nobody expected is logged in full, for a person; the rest is no news.
    expect(log.filter((line) => line.includes('secret detail'))).toHaveLength(
      code === 'internal' ? 1 : 0,
    )
  })
})
