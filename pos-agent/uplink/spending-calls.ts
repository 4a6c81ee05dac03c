import {
  holdAnswerSchema,
  refundPreviewAnswerSchema,
  refundSettleAnswerSchema,
  spendingQuoteAnswerSchema,
  type HoldAnswer,
  type HoldRequest,
  type RefundPreviewAnswer,
  type RefundPreviewRequest,
  type RefundSettleAnswer,
  type RefundSettleRequest,
  type SpendingQuoteAnswer,
  type SpendingQuoteRequest,
} from '@huike/shared/contracts/spending'
import type { HoldId } from '@huike/shared/ids'
import type { OutcomeCode } from '@huike/shared/outcomes'
import type { z } from 'zod'
import type { ServerClient } from './server-client.js'
import type { Tokens } from './tokens.js'

// Points as cash and refunds of points, asked of the server while the cashier waits. Nothing here is
// tried again by itself: the cashier is told, and the same key once more asks for the same.

/** A cashier does not wait longer. */
export const SPENDING_MS_MAX = 3_000

/** What came of asking: the answer, the server's reason against it, or nothing that can be trusted. */
export type Asked<T> =
  | { kind: 'answered'; answer: T }
  | { kind: 'refused'; code: OutcomeCode; detail: string | null }
  | { kind: 'unreachable' }

/** What a till asks of the server about points as cash. */
export interface SpendingCalls {
  /** How many points an order may take. */
  quote(request: SpendingQuoteRequest): Promise<Asked<SpendingQuoteAnswer>>
  /** Sets points aside. */
  reserve(request: HoldRequest): Promise<Asked<HoldAnswer>>
  /** Gives them back. */
  release(holdId: HoldId): Promise<Asked<HoldAnswer>>
  /** What a refund would do with points. */
  previewRefund(request: RefundPreviewRequest): Promise<Asked<RefundPreviewAnswer>>
  /** Tells of money that was kept back for points. */
  settleRefund(request: RefundSettleRequest): Promise<Asked<RefundSettleAnswer>>
}

/** The calls, as this till. */
export function makeSpendingCalls(client: ServerClient, tokens: Tokens): SpendingCalls {
  const ask = <T>(path: string, body: object, schema: z.ZodType<T>) =>
    atMost(askServer({ client, tokens }, { path: `agent/v1/points/${path}`, body, schema }))
  return {
    quote: (request) => ask('quote', request, spendingQuoteAnswerSchema),
    reserve: (request) => ask('holds', request, holdAnswerSchema),
    release: (holdId) => ask('holds/release', { holdId }, holdAnswerSchema),
    previewRefund: (request) => ask('refunds/preview', request, refundPreviewAnswerSchema),
    settleRefund: (request) => ask('refunds/settle', request, refundSettleAnswerSchema),
  }
}

async function askServer<T>(
  { client, tokens }: { client: ServerClient; tokens: Tokens },
  { path, body, schema }: { path: string; body: object; schema: z.ZodType<T> },
): Promise<Asked<T>> {
  const token = await tokens.get()
  if (!token.ok) return { kind: 'unreachable' }
  const exchange = await client.ask({
    ...{ method: 'POST', path, body, token: token.token, totalMs: SPENDING_MS_MAX },
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

/** Getting a token may take long as well. */
function atMost<T>(asking: Promise<Asked<T>>): Promise<Asked<T>> {
  const limit = new Promise<Asked<T>>((resolve) => {
    setTimeout(resolve, SPENDING_MS_MAX, { kind: 'unreachable' }).unref()
  })
  return Promise.race([asking, limit])
}
