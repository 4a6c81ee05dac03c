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
import type { z } from 'zod'
import { askServer, type Asked } from './ask-server.js'
import type { ServerClient } from './server-client.js'
import type { Tokens } from './tokens.js'

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
    askServer({ client, tokens }, { path: `agent/v1/points/${path}`, body, schema })
  return {
    quote: (request) => ask('quote', request, spendingQuoteAnswerSchema),
    reserve: (request) => ask('holds', request, holdAnswerSchema),
    release: (holdId) => ask('holds/release', { holdId }, holdAnswerSchema),
    previewRefund: (request) => ask('refunds/preview', request, refundPreviewAnswerSchema),
    settleRefund: (request) => ask('refunds/settle', request, refundSettleAnswerSchema),
  }
}
