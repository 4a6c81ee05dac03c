import type { OutcomeCode } from '@huike/shared/outcomes'
import type { z } from 'zod'
import type { ServerClient } from './server-client.js'
import type { Tokens } from './tokens.js'

// Asking the server while the cashier waits. Nothing here is tried again by itself: the cashier is
// told, and the same key once more asks for the same.

/** A cashier does not wait longer. */
export const ASK_MS_MAX = 3_000

/** What came of asking: the answer, the server's reason against it, or nothing that can be trusted. */
export type Asked<T> =
  | { kind: 'answered'; answer: T }
  | { kind: 'refused'; code: OutcomeCode; detail: string | null }
  | { kind: 'unreachable' }

interface Question<T> {
  path: string
  body: object
  schema: z.ZodType<T>
}

/** Asks as this till, and waits no longer than a cashier does. */
export function askServer<T>(
  as: { client: ServerClient; tokens: Tokens },
  question: Question<T>,
): Promise<Asked<T>> {
  // Getting a token may take long as well.
  const limit = new Promise<Asked<T>>((resolve) => {
    setTimeout(resolve, ASK_MS_MAX, { kind: 'unreachable' }).unref()
  })
  return Promise.race([ask(as, question), limit])
}

async function ask<T>(
  { client, tokens }: { client: ServerClient; tokens: Tokens },
  { path, body, schema }: Question<T>,
): Promise<Asked<T>> {
  const token = await tokens.get()
  if (!token.ok) return { kind: 'unreachable' }
  const exchange = await client.ask({
    ...{ method: 'POST', path, body, token: token.token, totalMs: ASK_MS_MAX },
  })
  if (exchange.kind === 'problem') {
    if (exchange.status === 401) {
      tokens.discard(token.token)
      return { kind: 'unreachable' }
    }
    const { code, detail } = exchange.problem
    return { kind: 'refused', code, detail: detail ?? null }
  }
  const answer = exchange.kind === 'answer' ? schema.safeParse(exchange.body) : null
  return answer?.success ? { kind: 'answered', answer: answer.data } : { kind: 'unreachable' }
}
