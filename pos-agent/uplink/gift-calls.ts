import {
  counterGiftAnswerSchema,
  counterListAnswerSchema,
  type CounterGiftAnswer,
  type CounterGiftRequest,
  type CounterListAnswer,
} from '@huike/shared/contracts/counter-gifts'
import { askServer, type Asked } from './ask-server.js'
import type { ServerClient } from './server-client.js'
import type { Tokens } from './tokens.js'

/** What a till asks of the server about coupons that cashiers give. */
export interface GiftCalls {
  /** What the store may give at its counter. */
  list(): Promise<Asked<CounterListAnswer>>
  /** Gives one, once per request. */
  give(request: CounterGiftRequest): Promise<Asked<CounterGiftAnswer>>
}

/** The calls, as this till. */
export function makeGiftCalls(client: ServerClient, tokens: Tokens): GiftCalls {
  const as = { client, tokens }
  const path = 'agent/v1/coupons/counter'
  return {
    list: () => askServer(as, { path, body: {}, schema: counterListAnswerSchema }),
    give: (body) => askServer(as, { path: `${path}/give`, body, schema: counterGiftAnswerSchema }),
  }
}
