import type { PointsSettings, RefundPolicy, RefundPreview } from '@huike/shared/contracts/spending'
import {
  keptOffFen,
  paidByLine,
  type PaidCoupon,
  type ReceiptLine,
} from '@huike/shared/coupon-refund'
import { reversedPoints } from '@huike/shared/earning'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import {
  fen,
  formatFen,
  points,
  type BusinessDate,
  type Fen,
  type Points,
} from '@huike/shared/quantities'
import { coveredBy, worthOf } from '@huike/shared/spending'
import { missingOf } from '../points/debts.service.js'
import type { Purchase } from '../purchases/purchase.entity.js'

// What a refund will do with points and coupons, worked out before it is made: by the same arithmetic as the
// refund itself, so that the cashier reads what will be.

/** The account the sale belongs to, as it is now. */
export interface RefundedAccount {
  balancePoints: Points
  /** Put off before, and paid from what comes in. */
  owedPoints: Points
}

type Sums = Omit<RefundPreview, 'memberId' | 'words' | 'coupons'>

const LINES_SHOWN_MAX = 60

/**
 * How much a refund of `wantedFen` (null: of all that is left) returns. Refuses `refund_done` and
 * `refund_too_much`.
 */
export function refundableOf(
  sale: Purchase,
  wantedFen: Fen | null,
): { ok: true; refundFen: Fen } | Refusal {
  const leftFen = fen(Math.max(0, sale.totalFen - sale.refundedFen))
  // What points paid for whole is refunded by returning them.
  const isUnpaid = sale.totalFen === 0 && (sale.spentPoints ?? 0) > (sale.returnedPoints ?? 0)
  if (leftFen === 0 && !isUnpaid) return refuse('refund_done')
  if (wantedFen === null || wantedFen <= leftFen)
    return { ok: true, refundFen: wantedFen ?? leftFen }
  const whole = formatFen(fen(sale.totalFen))
  const before = sale.refundedFen > 0 ? `，已退 ${formatFen(fen(sale.refundedFen))}` : ''
  return refuse('refund_too_much', `最多还能退 ${formatFen(leftFen)}（原单 ${whole}${before}）`)
}

/** What a refund would do with the coupons that a sale was paid with; null where none were. */
export function previewCoupons(
  sale: Purchase,
  refundFen: Fen,
  { paid, lines }: { paid: readonly PaidCoupon[]; lines: readonly ReceiptLine[] },
): RefundPreview['coupons'] {
  if (paid.length === 0) return null
  const after = { totalFen: sale.totalFen, refundedFen: sale.refundedFen + refundFen }
  const sum = (of: (coupon: PaidCoupon) => number) =>
    fen(paid.reduce((all, coupon) => all + of(coupon), 0))
  const backFen = sum(({ offFen }) => keptOffFen(offFen, sale) - keptOffFen(offFen, after))
  const isWhole = after.refundedFen >= sale.totalFen
  const paidFen = paidByLine(lines, { totalFen: sale.totalFen, coupons: paid })
  return {
    ...{ offFen: sum(({ offFen }) => offFen), backFen },
    returned: isWhole ? paid.filter(({ terms }) => terms.refund === 'given_back').length : 0,
    lines: lines
      .map(({ name, amountFen }, at) => ({
        ...{ name, amountFen: fen(Math.max(0, amountFen)), paidFen: paidFen[at] ?? fen(0) },
      }))
      .filter(({ amountFen }) => amountFen > 0)
      .slice(0, LINES_SHOWN_MAX),
  }
}

/** What a refund would do with points; `account` is null where the sale is nobody's. */
export function previewRefund(
  sale: Purchase,
  refundFen: Fen,
  { account, settings }: { account: RefundedAccount | null; settings: PointsSettings },
): Omit<RefundPreview, 'memberId' | 'coupons'> {
  const facts = {
    businessDate: sale.businessDate as BusinessDate,
    saleFen: fen(sale.totalFen),
    refundedFen: fen(sale.refundedFen),
    refundFen,
    policy: settings.refunds,
  }
  const none = points(0)
  if (account === null)
    return {
      ...facts,
      ...{ takenPoints: none, returnedPoints: none, missingPoints: none, balanceAfterPoints: none },
      keptBackFen: fen(0),
      words: '这张小票没有记在会员名下，退款不影响积分。',
    }
  const sums = { ...facts, ...movedBy(sale, facts, { account, settings }) }
  return { ...sums, words: inWords(sums) }
}

function movedBy(
  sale: Purchase,
  { refundFen, policy }: Pick<Sums, 'refundFen' | 'policy'>,
  { account, settings }: { account: RefundedAccount; settings: PointsSettings },
): Omit<Sums, 'businessDate' | 'saleFen' | 'refundedFen' | 'refundFen' | 'policy'> {
  const refundedFen = fen(sale.refundedFen + refundFen)
  const partOf = (whole: number, before: number) =>
    reversedPoints({
      earned: points(whole),
      totalFen: fen(sale.totalFen),
      refundedFen,
      alreadyReversed: points(before),
    })
  const takenPoints = partOf(sale.earnedPoints, sale.reversedPoints)
  const returnedPoints = partOf(sale.spentPoints ?? 0, sale.returnedPoints ?? 0)
  const { balancePoints, owedPoints } = account
  const after = balancePoints - takenPoints + returnedPoints
  const missingPoints = points(missingOf(balancePoints, after))
  const { spending } = settings
  const isCash = policy === 'cash' && spending !== null
  // No more can be kept back than is returned.
  const keptBackFen = fen(isCash ? Math.min(refundFen, worthOf(spending, missingPoints)) : 0)
  const covered =
    isCash && keptBackFen > 0 ? Math.min(missingPoints, coveredBy(spending, keptBackFen)) : 0
  const settled = policy === 'next_earn' ? Math.max(0, after) : after + covered
  const repaid = Math.min(Math.max(0, settled), owedPoints)
  const balanceAfterPoints = points(settled - repaid)
  return { takenPoints, returnedPoints, missingPoints, keptBackFen, balanceAfterPoints }
}

function inWords(sums: Sums): string {
  const { takenPoints, returnedPoints, missingPoints } = sums
  const words = [
    `收回积分 ${String(takenPoints)} 分`,
    ...(returnedPoints > 0 ? [`退回抵现用的 ${String(returnedPoints)} 分`] : []),
    ...(missingPoints > 0
      ? [`其中 ${String(missingPoints)} 分会员已经用掉`, missingInWords(sums)]
      : []),
  ]
  return `${words.join('，')}。`
}

function missingInWords({ policy, keptBackFen, balanceAfterPoints }: Sums): string {
  const next: Record<RefundPolicy, string> = {
    negative: '余额将为负',
    next_earn: '从以后的积分中扣',
    cash: `请从退款中扣下 ${formatFen(keptBackFen)}`,
  }
  if (policy !== 'cash') return next[policy]
  // Too few points to be worth a fen, or worth more than is returned.
  if (keptBackFen === 0) return next.negative
  return balanceAfterPoints < 0 ? `${next.cash}，${next.negative}` : next.cash
}
