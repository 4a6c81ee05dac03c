// What the cashier's stand-in answers about points as cash and refunds of points.
import type {
  CashierHold,
  CashierMember,
  CashierRefundAnswer,
  CashierRefundConfirmed,
  CashierRefundWithdrawn,
} from '@huike/shared/contracts/cashier'
import type { RefundPreview } from '@huike/shared/contracts/spending'
import type { HoldId, MemberId, RefundId } from '@huike/shared/ids'
import { epochMs, fen, points, type Fen } from '@huike/shared/quantities'
import { standInMember, type CashierStandIn } from './cashier-stand-in.js'

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

/** What a test says of a refund. */
export type StandInRefund = Partial<RefundPreview & Pick<CashierRefundAnswer, 'phoneMasked'>>

const REFUND_ID = `01JX${'0'.repeat(22)}` as RefundId
const SALE_FEN = fen(50_000)

/** A sale of ¥500.00 that gave a point for each yuan. */
export function answerRefund(
  agent: CashierStandIn,
  what: string,
  body: Record<string, unknown>,
): CashierRefundAnswer | CashierRefundConfirmed | CashierRefundWithdrawn {
  const { phoneMasked, ...changes } = agent.refund
  const { memberId, phoneMasked: known } = standInMember()
  if (what === 'confirm') {
    const keptFen = changes.keptBackFen ?? fen(0)
    return { refundId: REFUND_ID, refundFen: wantedFen(agent.calls.at(-2)?.body), keptFen }
  }
  if (what === 'withdraw') return { refundId: REFUND_ID, isWithdrawn: true }
  const refundFen = wantedFen(body)
  const preview = {
    ...{ memberId, businessDate: '2026-06-01' as never, saleFen: SALE_FEN, refundedFen: fen(0) },
    ...{ refundFen, takenPoints: points(Math.floor(refundFen / 100)), returnedPoints: points(0) },
    ...{ missingPoints: points(0), policy: 'negative' as const, keptBackFen: fen(0) },
    ...{ balanceAfterPoints: points(12_360), words: '' },
    ...changes,
  }
  return { refundId: REFUND_ID, preview, phoneMasked: phoneMasked ?? known }
}

/** As it was asked for; all of it where no amount was. */
function wantedFen(asked: unknown): Fen {
  const { refundFen } = asked as { refundFen: number | null }
  return refundFen === null ? SALE_FEN : fen(refundFen)
}
