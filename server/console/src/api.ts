import type { ConsoleSession, ConsoleSignIn } from '@huike/shared/contracts/console'
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
const UPLOAD_MS_MAX = 15 * 60_000
const NO_CONTENT = 204

export type Answer<T> =
  | { ok: true; value: T }
  /** `code` is null when the server did not answer, or not as agreed. */
  | { ok: false; code: OutcomeCode | null; sentence: string }

/** The calls of one session. `path` is below /console/v1 and holds its query. */
export interface Api {
  get<T>(path: string): Promise<Answer<T>>
  /** A `body` of undefined is no body; an answer without content is undefined. */
  post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>
  patch<T>(path: string, body: unknown): Promise<Answer<T>>
  put<T>(path: string, body: unknown): Promise<Answer<T>>
  /** Takes something back, or away. */
  remove<T>(path: string): Promise<Answer<T>>
  /** The bytes of a file. */
  file(path: string): Promise<Answer<Blob>>
  /** Sends a file as it is. */
  upload<T>(path: string, file: Blob): Promise<Answer<T>>
}

/** Signs in with user name and password. */
export function signIn(credentials: ConsoleSignIn): Promise<Answer<ConsoleSession>> {
  return call('POST', '/session', { body: credentials }, readJson<ConsoleSession>)
}

/** Signs out; a session that has ended meanwhile is nobody's worry any more. */
export function endSession(accessToken: string): Promise<Answer<undefined>> {
  const headers = { authorization: `Bearer ${accessToken}` }
  return call('POST', '/session/end', { headers }, readJson<undefined>)
}

/** The calls of who holds `accessToken`; `onSignedOut` is told when only signing in again helps. */
export function createApi(accessToken: string, onSignedOut: () => void): Api {
  const send = async <T>(
    method: Method,
    path: string,
    sent: Sent,
    read: (response: Response) => Promise<T>,
  ): Promise<Answer<T>> => {
    const authorization = `Bearer ${accessToken}`
    const headers = { ...sent.headers, authorization }
    const answer = await call(method, path, { ...sent, headers }, read)
    if (isSignedOut(answer)) onSignedOut()
    return answer
  }
  return {
    get: <T>(path: string) => send('GET', path, {}, readJson<T>),
    post: <T>(path: string, body?: unknown, headers: Record<string, string> = {}) =>
      send('POST', path, { body, headers }, readJson<T>),
    patch: <T>(path: string, body: unknown) => send('PATCH', path, { body }, readJson<T>),
    put: <T>(path: string, body: unknown) => send('PUT', path, { body }, readJson<T>),
    remove: <T>(path: string) => send('DELETE', path, {}, readJson<T>),
    file: (path) => send('GET', path, {}, (response) => response.blob()),
    upload: <T>(path: string, file: Blob) => send('POST', path, { file }, readJson<T>),
  }
}

/** `path` with those of `words` that say something as its query. */
export function withQuery(
  path: string,
  words: Readonly<Record<string, string | number | null | undefined>>,
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(words))
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value))
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

/** True when only signing in again helps. */
export function isSignedOut(answer: Answer<unknown>): boolean {
  return !answer.ok && answer.code !== null && outcomeStatus(answer.code) === 401
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

interface Sent {
  body?: unknown
  /** Bytes instead of a body; they may take their time. */
  file?: Blob
  headers?: Record<string, string>
}

async function call<T>(
  method: Method,
  path: string,
  { body, file, headers = {} }: Sent,
  read: (response: Response) => Promise<T>,
): Promise<Answer<T>> {
  const abort = new AbortController()
  const timer = setTimeout(
    () => {
      abort.abort()
    },
    file === undefined ? CALL_MS_MAX : UPLOAD_MS_MAX,
  )
  try {
    const response = await fetch(BASE + path, {
      method,
      signal: abort.signal,
      cache: 'no-store',
      ...contentOf({ body, headers, ...(file === undefined ? {} : { file }) }),
    })
    return response.ok ? { ok: true, value: await read(response) } : refusal(await response.json())
  } catch (error) {
    const strange = error instanceof SyntaxError
    const sentence = strange ? strings.failure.strange : strings.failure.unreachable
    return { ok: false, code: null, sentence }
  } finally {
    clearTimeout(timer)
  }
}

function contentOf({ body, file, headers }: Sent): RequestInit {
  if (file !== undefined)
    return { headers: { ...headers, 'content-type': 'application/octet-stream' }, body: file }
  if (body === undefined) return { headers: headers ?? {} }
  return {
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
}

async function readJson<T>(response: Response): Promise<T> {
  return (response.status === NO_CONTENT ? undefined : await response.json()) as T
}

function refusal(json: unknown): Answer<never> {
  const { code, detail } = (json ?? {}) as { code?: unknown; detail?: unknown }
  const known = OUTCOME_CODES.find((one) => one === code)
  if (known === undefined) return { ok: false, code: null, sentence: strings.failure.strange }
  const words = typeof detail === 'string' && detail !== '' ? detail : outcomeSentence(known)
  return { ok: false, code: known, sentence: words }
}
