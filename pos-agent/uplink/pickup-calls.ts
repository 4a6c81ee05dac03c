import {
  pickupHandedOverSchema,
  pickupsFoundSchema,
  type PickupFind,
  type PickupHandedOver,
  type PickupHandOver,
  type PickupsFound,
} from '@huike/shared/contracts/till-pickups'
import type { z } from 'zod'
import { askServer, type Asked } from './ask-server.js'
import type { ServerClient } from './server-client.js'
import type { Tokens } from './tokens.js'

/** What a till asks of the server about what is fetched in its store. */
export interface PickupCalls {
  /** What a code stands for, or all that a member can fetch here. */
  find(asked: PickupFind): Promise<Asked<PickupsFound>>
  /** Hands over, once per request. */
  handOver(request: PickupHandOver): Promise<Asked<PickupHandedOver>>
}

/** The calls, as this till. */
export function makePickupCalls(client: ServerClient, tokens: Tokens): PickupCalls {
  const ask = <T>(path: string, body: object, schema: z.ZodType<T>) =>
    askServer({ client, tokens }, { path: `agent/v1/pickups/${path}`, body, schema })
  return {
    find: (asked) => ask('find', asked, pickupsFoundSchema),
    handOver: (request) => ask('hand-over', request, pickupHandedOverSchema),
  }
}
