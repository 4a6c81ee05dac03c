// Points as cash, for stories in which it is not what they are about.
import { holdAnswerSchema, type Hold, type PointsSettings } from '@huike/shared/contracts/spending'
import { fen } from '@huike/shared/quantities'
import { ChainSettingsService } from '../../server/stores/chain-settings.service.js'
import { freshId } from './events.js'
import type { Reply, TestServer, TestTill } from './server.js'

/** A hundred points are worth a yuan, and pay at most half of an order. */
export const SPENDING_TERMS: NonNullable<PointsSettings['spending']> = {
  ...{ points: 100, fen: 100, leastPoints: 100, stepPoints: 100 },
  ...{ orderPercentMax: 50, orderPointsMax: null, leastOrderFen: fen(0), isCodeNeeded: false },
}

/** Sets how points are spent and taken back. */
export async function setPoints(server: TestServer, settings: PointsSettings): Promise<void> {
  const by = { staffId: freshId(), atMs: server.clock.nowMs() }
  await server.database.write((tx) =>
    server.app.get(ChainSettingsService, { strict: false }).setPoints(tx, settings, by),
  )
}

/** Asks for points to be set aside for an order of ¥20.00. */
export async function askToHold(
  till: TestTill,
  memberId: string,
  points: number,
  holdId: string = freshId(),
): Promise<Reply> {
  const json = { holdId, who: { by: 'member', memberId }, points, orderFen: 2_000 }
  const token = await till.token()
  return till.server.fetch('/agent/v1/points/holds', { token, json })
}

/** Points that were set aside. */
export async function held(till: TestTill, memberId: string, points: number): Promise<Hold> {
  const reply = await askToHold(till, memberId, points)
  if (reply.status !== 200) throw new Error(`not held: ${JSON.stringify(reply.body)}`)
  return holdAnswerSchema.parse(reply.body).hold
}
