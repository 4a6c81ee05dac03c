import {
  offlineSyncAnswerSchema,
  type OfflineSyncAnswer,
  type OfflineSyncRequest,
} from '@huike/shared/contracts/offline'
import { askServer, type Asked } from './ask-server.js'
import type { ServerClient } from './server-client.js'
import type { Tokens } from './tokens.js'

/** Gives back what this till holds for when it has no network, and asks for what it may hold. */
export type OfflineSync = (request: OfflineSyncRequest) => Promise<Asked<OfflineSyncAnswer>>

/** The call, as this till. */
export function makeOfflineSync(client: ServerClient, tokens: Tokens): OfflineSync {
  const question = { path: 'agent/v1/offline/sync', schema: offlineSyncAnswerSchema }
  return (body) => askServer({ client, tokens }, { ...question, body })
}
