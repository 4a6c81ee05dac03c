// What the cashier's stand-in answers about points as cash.
import type { CashierHold, CashierMember } from '@huike/shared/contracts/cashier'
import type { HoldId, MemberId } from '@huike/shared/ids'
import { epochMs, fen, points } from '@huike/shared/quantities'
import type { CashierStandIn } from './cashier-stand-in.js'

const HOLD_MS = 30 * 60_000

/** A hundred points are worth ¥1.00; half of an order may be paid with them. */
export function answerSpending(
  agent: CashierStandIn,
  what: string,
  body: Record<string, unknown>,
): object {
  if (what === 'release') {
    agent.hold = null
    return { holdId: body['holdId'], isBack: agent.isServerReachable }
  }
  const orderFen = fen(Number(body['orderFen']))
  if (what === 'quote') {
    const most = Math.floor(orderFen / 200) * 100
    const has = Math.floor(agent.spendablePoints / 100) * 100
    const mostPoints = points(Math.min(most, has))
    const some = {
      mostPoints,
      mostFen: fen(mostPoints),
      why: mostPoints > 0 ? null : agent.whyNone,
    }
    const terms = { leastPoints: points(100), stepPoints: points(100) }
    return { quote: { spendablePoints: points(agent.spendablePoints), ...terms, ...some } }
  }
  const memberId = body['memberId'] as MemberId
  agent.hold = standInHold({ memberId }, { orderFen, points: points(Number(body['points'])) })
  return { hold: agent.hold }
}

/** Points of a member that have just been set aside. */
export function standInHold(
  { memberId }: Pick<CashierMember, 'memberId'>,
  changes: Partial<CashierHold> = {},
): CashierHold {
  const count = changes.points ?? points(1_234_500)
  return {
    ...{ holdId: `01JX${'0'.repeat(15)}${String(count)}` as HoldId, memberId },
    ...{ points: count, valueFen: fen(count), orderFen: fen(2 * count) },
    deadlineAtMs: epochMs(Date.now() + HOLD_MS),
    ...changes,
  }
}
