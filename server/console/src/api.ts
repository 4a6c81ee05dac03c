import type {
  ConsoleSession,
  ConsoleSignIn,
  ConsoleSources,
  ConsoleStores,
  ConsoleToday,
  ParkedPage,
  ParkedQuery,
  ParkedResolved,
} from '@huike/shared/contracts/console'
import {
  OUTCOME_CODES,
  outcomeSentence,
  outcomeStatus,
  type OutcomeCode,
} from '@huike/shared/outcomes'
import { strings } from './strings.js'

// Everything the console says to the server. A call always comes back: with the answer, with the
// server's own sentence, or with "unreachable" when its time is up.

const BASE = '/console/v1'
const CALL_MS_MAX = 15_000

export type Answer<T> =
  | { ok: true; value: T }
  /** `code` is null when the server did not answer, or not as agreed. */
  | { ok: false; code: OutcomeCode | null; sentence: string }

/** Signs in with user name and password. */
export function signIn(credentials: ConsoleSignIn): Promise<Answer<ConsoleSession>> {
  return call('POST', '/session', { body: credentials })
}

/** The stores this person may see, each with its tills. */
export function getStores(accessToken: string): Promise<Answer<ConsoleStores>> {
  return call('GET', '/stores', { accessToken })
}

/** Today's numbers so far. */
export function getToday(accessToken: string): Promise<Answer<ConsoleToday>> {
  return call('GET', '/today', { accessToken })
}

/** Every source with its state, and what waits. */
export function getSources(accessToken: string): Promise<Answer<ConsoleSources>> {
  return call('GET', '/sources', { accessToken })
}

/** A page of what could not be taken, newest first; `cursor` is what the page before gave. */
export function getParked(
  accessToken: string,
  query: { state: ParkedQuery['state']; cursor: string | null },
): Promise<Answer<ParkedPage>> {
  const words = new URLSearchParams({ state: query.state })
  if (query.cursor !== null) words.set('cursor', query.cursor)
  return call('GET', `/parked?${words.toString()}`, { accessToken })
}

/** Marks one as settled. */
export function resolveParked(
  accessToken: string,
  eventId: string,
): Promise<Answer<ParkedResolved>> {
  return call('POST', `/parked/${encodeURIComponent(eventId)}/resolve`, { accessToken })
}

/** True when only signing in again helps. */
export function isSignedOut(answer: Answer<unknown>): boolean {
  return !answer.ok && answer.code !== null && outcomeStatus(answer.code) === 401
}

async function call<T>(
  method: 'GET' | 'POST',
  path: string,
  { body, accessToken }: { body?: unknown; accessToken?: string },
): Promise<Answer<T>> {
  const abort = new AbortController()
  const timer = setTimeout(() => {
    abort.abort()
  }, CALL_MS_MAX)
  try {
    const response = await fetch(BASE + path, {
      method,
      signal: abort.signal,
      cache: 'no-store',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const json: unknown = await response.json()
    return response.ok ? { ok: true, value: json as T } : refusal(json)
  } catch (error) {
    const strange = error instanceof SyntaxError
    const sentence = strange ? strings.failure.strange : strings.failure.unreachable
    return { ok: false, code: null, sentence }
  } finally {
    clearTimeout(timer)
  }
}

function refusal(json: unknown): Answer<never> {
  const { code, detail } = (json ?? {}) as { code?: unknown; detail?: unknown }
  const known = OUTCOME_CODES.find((one) => one === code)
  if (known === undefined) return { ok: false, code: null, sentence: strings.failure.strange }
  const words = typeof detail === 'string' && detail !== '' ? detail : outcomeSentence(known)
  return { ok: false, code: known, sentence: words }
}
