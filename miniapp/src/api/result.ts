import { OUTCOME_CODES, outcomeSentence, type OutcomeCode } from '@huike/shared/outcomes'
import { texts } from '../texts.js'
import type { ApiAnswer } from './transport.js'

/** Why a request gave nothing: a code of the server's list, or no network at all. */
export interface Failure {
  readonly ok: false
  readonly code: OutcomeCode | 'offline'
  /** For people, in Chinese. */
  readonly sentence: string
}

export type Result<T> = { readonly ok: true; readonly value: T } | Failure

/** Reads an answer of /member/v1. `T` is the contract's type of that route. */
export function resultOf<T>(answer: ApiAnswer): Result<T> {
  if (!answer.reached) return { ok: false, code: 'offline', sentence: texts.offlineSentence }
  if (answer.status === 204) return { ok: true, value: null as T }
  if (answer.status >= 200 && answer.status < 300 && isObject(answer.body))
    return { ok: true, value: answer.body as T }
  return failureOf(answer.body)
}

/** A failure with the sentence of its code. */
export function failure(code: OutcomeCode): Failure {
  return { ok: false, code, sentence: outcomeSentence(code) }
}

/** Trouble that says nothing about the person: no network, or a server that is busy or broken. */
export function isPassing(failed: Failure): boolean {
  return ['offline', 'busy', 'internal', 'rate_limited', 'wechat_busy'].includes(failed.code)
}

function failureOf(body: unknown): Failure {
  const told = isObject(body) ? (body as { code?: unknown }).code : undefined
  return failure(OUTCOME_CODES.find((known) => known === told) ?? 'internal')
}

function isObject(body: unknown): body is object {
  return typeof body === 'object' && body !== null
}
