// What the cashier's stand-in answers about coupons: reckoned as the server does.
import type { CashierMember, OfflineLeft, TillReceipt } from '@huike/shared/contracts/cashier'
import type {
  CashierCouponOrder,
  CashierReservation,
  ReceiptCoupons,
} from '@huike/shared/contracts/cashier-coupons'
import type { CouponTerms, HeldCoupon } from '@huike/shared/contracts/coupons'
import { expectedTotalFen, receiptDifferenceFen } from '@huike/shared/coupon-receipt'
import { couponConditions, couponHeadline } from '@huike/shared/coupon-words'
import { quoteChosen, quoteCoupons, type CouponInHand } from '@huike/shared/coupons'
import type { CouponId, CouponReservationId } from '@huike/shared/ids'
import type { Refusal } from '@huike/shared/outcomes'
import { epochMs, fen } from '@huike/shared/quantities'

const HOLD_MS = 30 * 60_000
const DAY_MS = 86_400_000
const DAYS_LEFT = 20

export interface CouponsStandIn {
  /** What whoever is asked about holds. */
  coupons: CouponInHand[]
  /** What is set aside of whoever is looked up. */
  reservation: CashierReservation | null
  /** What this till may redeem of whoever is looked up, without a network. */
  offlineLeft: OfflineLeft | null
  receipts: TillReceipt[]
  isServerReachable: boolean
}

type Answer = { ok: true; body: object } | Refusal

/** The n-th coupon of a member: ¥10 off from ¥100, for any goods, at any time. */
export function standInCoupon(n: number, terms: Partial<CouponTerms> = {}): CouponInHand {
  const when = {
    ...{ leastFen: fen(10_000), goods: null, notGoods: null, storeIds: [], channels: [] },
    ...{ levelCodes: [], isFirstPurchase: false, weekdays: [], fromTime: null, toTime: null },
  }
  const tail = String(n).padStart(4, '0')
  return {
    couponId: `01JX${'0'.repeat(18)}${tail}` as CouponId,
    code: `12345678${tail}`,
    templateId: `01JXT${'0'.repeat(17)}${tail}`,
    version: 1,
    terms: {
      ...{ name: `满减券 ${String(n)}`, gives: { kind: 'amount', amountFen: fen(1_000) } },
      ...{ class: 'order', stacking: 'classes', perOrderMax: 1, withPoints: true, when },
      ...{ validity: { kind: 'days', afterDays: 0, days: 30 }, refund: 'given_back' },
      bearer: 'chain',
      ...terms,
    },
    state: 'issued',
    validFromMs: 0,
    validUntilMs: Date.now() + (DAYS_LEFT + n) * DAY_MS,
  }
}

/** Answers one call of the page. */
export function answerCoupons(
  agent: CouponsStandIn,
  what: string,
  body: Record<string, unknown>,
): Answer {
  if (what === 'release') {
    agent.reservation = null
    const { reservationId } = body
    return { ok: true, body: { reservationId, isBack: agent.isServerReachable } }
  }
  if (what === 'settle') {
    settle(agent, body)
    return { ok: true, body }
  }
  const order = body as unknown as CashierCouponOrder
  const quoted = quoteOf(agent, order)
  if (!quoted.ok) return quoted
  const { quote } = quoted
  const offline = agent.offlineLeft === null ? {} : { isOffline: true }
  if (what === 'quote')
    return { ok: true, body: { coupons: agent.coupons.map(held), quote, ...offline } }
  const used = agent.coupons.filter(({ couponId }) =>
    quote.applied.some((one) => one.couponId === couponId),
  )
  agent.reservation = {
    reservationId: `01JXR${'0'.repeat(21)}` as CouponReservationId,
    memberId: order.memberId,
    goodsFen: order.goodsFen,
    offFen: quote.offFen,
    names: used.map(({ terms }) => terms.name),
    withPoints: quote.withPoints,
    deadlineAtMs: epochMs(Date.now() + HOLD_MS),
    ...offline,
  }
  return { ok: true, body: { reservation: agent.reservation } }
}

/** The coupons of a receipt that was just given; they are set aside no more. */
export function couponsOn(
  agent: CouponsStandIn,
  receipt: Pick<TillReceipt, 'totalFen' | 'member' | 'spent'>,
): ReceiptCoupons | null {
  const { reservation } = agent
  if (reservation?.memberId !== receipt.member?.memberId || reservation === null) return null
  agent.reservation = null
  const order = { ...reservation, pointsFen: receipt.spent?.valueFen ?? 0 }
  return {
    reservationId: reservation.reservationId,
    offFen: reservation.offFen,
    expectedFen: expectedTotalFen(order),
    differenceFen: receiptDifferenceFen(order, receipt.totalFen ?? 0),
    state: 'used',
  }
}

/** Coupons of a member that have just been set aside. */
export function standInReservation(
  { memberId }: Pick<CashierMember, 'memberId'>,
  changes: Partial<CashierReservation> = {},
): CashierReservation {
  return {
    reservationId: `01JXR${'0'.repeat(21)}` as CouponReservationId,
    memberId,
    ...{ goodsFen: fen(99_999_999_999), offFen: fen(9_999_999_999), withPoints: true },
    names: ['周年庆全场通用满减优惠券限时特别版一', '会员生日专享免费蛋糕兑换券豪华升级版'],
    deadlineAtMs: epochMs(Date.now() + HOLD_MS),
    ...changes,
  }
}

function settle(agent: CouponsStandIn, { reservationId, isUsed }: Record<string, unknown>): void {
  const state = isUsed === true ? 'used' : 'not_used'
  agent.receipts = agent.receipts.map((receipt) => {
    const { coupons } = receipt
    const isIt = coupons !== null && coupons.reservationId === reservationId
    return isIt ? { ...receipt, coupons: { ...coupons, state } } : receipt
  })
}

function quoteOf(agent: CouponsStandIn, wanted: CashierCouponOrder) {
  const order = {
    ...{
      atMs: Date.now(),
      localTime: '2026-06-03T12:00:00',
      storeId: 'S',
      channel: 'pos' as const,
    },
    ...{ goodsFen: wanted.goodsFen, lines: null, shippingFen: fen(0) },
    member: { levelCode: 'V1', isFirstPurchase: false },
    isWithPoints: wanted.isWithPoints,
    seenFen: new Map(wanted.seen.map(({ couponId, goodsFen }) => [couponId, goodsFen])),
  }
  if (wanted.chosen !== null) return quoteChosen(order, agent.coupons, wanted.chosen)
  return { ok: true as const, quote: quoteCoupons(order, agent.coupons) }
}

function held({ couponId, code, terms, validFromMs, validUntilMs }: CouponInHand): HeldCoupon {
  return {
    ...{ couponId, code, name: terms.name, headline: couponHeadline(terms) },
    ...{ conditions: couponConditions(terms), state: 'issued' },
    ...{ validFromMs: epochMs(validFromMs), validUntilMs: epochMs(validUntilMs) },
  }
}
