import type { CouponQuote } from '@huike/shared/contracts/coupons'
import { receiptDifferenceFen } from '@huike/shared/coupon-receipt'
import { keptOffFen, type RefundedSale } from '@huike/shared/coupon-refund'
import type { CouponInHand } from '@huike/shared/coupons'
import { valuesOf, type Tx } from '../platform/database.js'
import { noteSteps, updateCoupons, type StepKind } from './coupon-rows.js'
import type { CouponReservation } from './coupon-reservation.entity.js'
import type { CouponTemplatesService, TemplateUse } from './coupon-templates.service.js'
import type { ReservationOrder } from './coupon-reserving.service.js'
import type { Coupon } from './coupon.entity.js'
import { OpenAllowances } from './open-allowances.js'

// Reservations of one transaction with their coupons, all of them held: what is decided about them
// here is written at its end, and what budgets allow is asked then.

/** Kept for an order that is being rung up. */
const RESERVATION_MS = 30 * 60_000
const RESERVATION_COLUMNS = [
  'id',
  'memberId',
  'storeId',
  'terminalId',
  'goodsFen',
  'offFen',
  'applied',
  'state',
  'differenceFen',
  'createdAtMs',
  'deadlineAtMs',
  'endedAtMs',
  'purchaseId',
] as const satisfies (keyof CouponReservation)[]
const CHANGING_COLUMNS = [
  'memberId',
  'state',
  'differenceFen',
  'deadlineAtMs',
  'endedAtMs',
  'purchaseId',
] as const satisfies (keyof CouponReservation)[]

/** What one coupon of a reservation takes off. */
export interface AppliedCoupon {
  couponId: string
  offFen: number
}
export interface ReservationActor {
  actor: string
  nowMs: number
}
/** What became of a reservation with the receipt it was for. */
export type Shown = 'redeemed' | 'differs' | 'gone'

interface Change {
  coupons: Coupon[]
  kind: StepKind
  actor: string
  nowMs: number
  aboutId: string
}

export class OpenReservations {
  readonly #reservations = new Map<string, CouponReservation>()
  readonly #coupons = new Map<string, Coupon>()
  readonly #givenBack: ReadonlySet<string>
  readonly #changes: Change[] = []
  readonly #uses: TemplateUse[] = []
  readonly #changed = new Set<CouponReservation>()
  readonly #fresh = new Set<CouponReservation>()

  constructor(
    rows: readonly CouponReservation[] = [],
    coupons: readonly Coupon[] = [],
    terms: readonly CouponInHand[] = [],
    /** What tills hold for when they have no network, of these coupons. */
    readonly allowances = new OpenAllowances(),
  ) {
    for (const row of rows) this.#reservations.set(row.id, row)
    for (const coupon of coupons) this.#coupons.set(coupon.id, coupon)
    const back = terms.filter((one) => one.terms.refund === 'given_back')
    this.#givenBack = new Set(back.map(({ couponId }) => couponId))
  }

  static appliedIn(applied: string): AppliedCoupon[] {
    return appliedIn(applied)
  }

  static couponIdsOf(applied: string): string[] {
    return appliedIn(applied).map(({ couponId }) => couponId)
  }

  byId(id: string): CouponReservation | undefined {
    return this.#reservations.get(id)
  }

  ofPurchase(purchaseId: string): CouponReservation | undefined {
    return [...this.#reservations.values()].find((one) => one.purchaseId === purchaseId)
  }

  coupons(): Coupon[] {
    return [...this.#coupons.values()]
  }

  /** What is to be counted for templates, so far. */
  uses(): readonly TemplateUse[] {
    return this.#uses
  }

  /** Sets the coupons of a quote aside. */
  reserve(wanted: ReservationOrder, quote: CouponQuote): void {
    const { reservationId, memberId, storeId, terminalId, order } = wanted
    const reservation: CouponReservation = {
      id: reservationId,
      ...{ memberId, storeId, terminalId },
      goodsFen: order.goodsFen,
      offFen: quote.offFen,
      applied: JSON.stringify(quote.applied),
      state: 'reserved',
      differenceFen: null,
      createdAtMs: order.atMs,
      deadlineAtMs: order.atMs + RESERVATION_MS,
      endedAtMs: null,
      purchaseId: null,
    }
    this.#reservations.set(reservation.id, reservation)
    this.#fresh.add(reservation)
    const own = this.#couponsOf(reservation)
    for (const { coupon, offFen } of own)
      Object.assign(coupon, { state: 'reserved', reservationId, offFen })
    this.#note('reserved', own, {
      actor: `terminal:${terminalId}`,
      nowMs: order.atMs,
      reservationId,
    })
    this.#count(own, 1)
  }

  /** Gives back what is set aside; what was redeemed, or given back before, stays as it is. */
  release(reservation: CouponReservation, by: ReservationActor): void {
    if (reservation.state !== 'reserved' && reservation.state !== 'differs') return
    this.#takeOut(reservation, 'released', by)
    this.#end(reservation, { state: 'released', endedAtMs: by.nowMs })
  }

  /**
   * Has what was set aside pay the sale whose receipt came. `redeemed` where the receipt shows what
   * the cashier was told; `differs`: it waits for somebody to say which is right; `gone`: it had been
   * given back, and the coupons are used elsewhere by now. What only another request of the same till
   * holds, one that came late, is not elsewhere.
   */
  redeem(
    reservation: CouponReservation,
    sale: { id: string; totalFen: number },
    { pointsFen, memberId, ...by }: ReservationActor & { pointsFen: number; memberId: string },
  ): Shown {
    if (reservation.purchaseId !== null && reservation.purchaseId !== sale.id) return 'gone'
    if (reservation.state === 'redeemed') return 'redeemed'
    const own = this.#couponsOf(reservation)
    const isLate = reservation.state === 'released'
    if (isLate) this.#releaseSameTill(reservation, by)
    const isHeld = own.some(({ coupon }) => this.allowances.isLeft(coupon.id))
    if (isLate && (isHeld || own.some(({ coupon }) => !isFree(coupon, memberId)))) return 'gone'
    if (isLate) {
      for (const { coupon, offFen } of own)
        Object.assign(coupon, { state: 'reserved', reservationId: reservation.id, offFen })
      this.#note('reserved', own, { ...by, reservationId: reservation.id })
      // The shopper has the discount: it is counted, whatever the budget says.
      this.#count(own, 1, true)
    }
    const differenceFen = receiptDifferenceFen({ ...reservation, pointsFen }, sale.totalFen)
    if (differenceFen !== null) {
      this.#end(reservation, { state: 'differs', differenceFen, purchaseId: sale.id })
      return 'differs'
    }
    this.#redeemed(reservation, sale.id, by)
    return 'redeemed'
  }

  /**
   * Takes up what a till set aside without a network, to be redeemed as what comes late is. Coupons
   * that ended while the till held them are good all the same. False where one is not known.
   */
  adopt(
    of: Pick<CouponReservation, 'id' | 'memberId' | 'storeId' | 'terminalId' | 'goodsFen'>,
    applied: readonly AppliedCoupon[],
    { usedAtMs, nowMs }: { usedAtMs: number; nowMs: number },
  ): boolean {
    const coupons = applied.map(({ couponId }) => this.#coupons.get(couponId))
    if (coupons.some((coupon) => coupon === undefined)) return false
    for (const coupon of coupons)
      if (coupon?.state === 'expired') Object.assign(coupon, { state: 'issued', endedAtMs: null })
    const reservation: CouponReservation = {
      ...of,
      offFen: applied.reduce((sum, { offFen }) => sum + offFen, 0),
      applied: JSON.stringify(applied),
      ...{ state: 'released', differenceFen: null, purchaseId: null },
      ...{ createdAtMs: usedAtMs, deadlineAtMs: usedAtMs, endedAtMs: nowMs },
    }
    this.#reservations.set(reservation.id, reservation)
    this.#fresh.add(reservation)
    return true
  }

  /** Somebody looked at the receipt: the coupons were used, whatever it shows. */
  accept(reservation: CouponReservation, by: ReservationActor): void {
    if (reservation.state !== 'differs' || reservation.purchaseId === null) return
    this.#redeemed(reservation, reservation.purchaseId, by)
  }

  /** A part of the sale was returned: its coupons took so much less off. */
  share(reservation: CouponReservation, sale: RefundedSale, by: ReservationActor): void {
    if (reservation.state !== 'redeemed' && reservation.state !== 'differs') return
    const own = this.#couponsOf(reservation).filter(
      ({ coupon, offFen }) =>
        coupon.reservationId === reservation.id && (coupon.offFen ?? 0) > keptOffFen(offFen, sale),
    )
    for (const { coupon, offFen } of own) {
      const keptFen = keptOffFen(offFen, sale)
      this.#uses.push({
        ...{ templateId: coupon.templateId, uses: 0, isOwed: true },
        spentFen: keptFen - (coupon.offFen ?? 0),
      })
      coupon.offFen = keptFen
    }
    this.#note('returned', own, { ...by, reservationId: reservation.id })
  }

  /** The whole sale was returned, or was never the member's: the coupons are the member's again. */
  giveBack(
    reservation: CouponReservation,
    by: ReservationActor & { isUndone: boolean; sale: RefundedSale },
  ): void {
    if (reservation.state === 'differs') this.release(reservation, by)
    if (reservation.state !== 'redeemed') return
    this.#takeOut(reservation, 'given_back', by, by.isUndone ? null : this.#givenBack)
    // What does not go back took nothing off in the end.
    if (!by.isUndone) this.share(reservation, by.sale, by)
    this.#end(reservation, { state: 'released', endedAtMs: by.nowMs })
  }

  /** Writes all of it; false where a budget does not allow what was set aside. */
  write(tx: Tx, templates: CouponTemplatesService): Promise<boolean> {
    return OpenReservations.writeAll(tx, [this], templates)
  }

  /** Writes all of several that share nothing; false where a budget does not allow their sum. */
  static async writeAll(
    tx: Tx,
    all: readonly OpenReservations[],
    templates: CouponTemplatesService,
  ): Promise<boolean> {
    const changes = all.flatMap((one) => one.#changes)
    // What changed twice is written as it is at the end; each change is noted.
    const coupons = new Map(changes.flatMap((one) => one.coupons.map((row) => [row.id, row])))
    await updateCoupons(tx, [...coupons.values()])
    await noteSteps(
      tx,
      changes.flatMap(({ coupons: changed, kind, actor, nowMs, aboutId }) =>
        changed.map(({ id }) => ({ couponId: id, kind, actor, atMs: nowMs, aboutId })),
      ),
    )
    const fresh = all.flatMap((one) => [...one.#fresh])
    await tx.insert(
      'coupon_reservation',
      RESERVATION_COLUMNS,
      fresh.map((row) => valuesOf(row, RESERVATION_COLUMNS)),
    )
    const changed = all.flatMap((one) => [...one.#changed].filter((row) => !one.#fresh.has(row)))
    if (changed.length > 0)
      await tx.updateEach(
        'coupon_reservation',
        'id',
        CHANGING_COLUMNS,
        changed.map((row) => [row.id, ...valuesOf(row, CHANGING_COLUMNS)]),
      )
    for (const { allowances } of all) await allowances.write(tx)
    return templates.count(
      tx,
      all.flatMap((one) => one.#uses),
    )
  }

  #releaseSameTill({ id, terminalId, memberId, applied }: CouponReservation, by: ReservationActor) {
    const wanted = new Set(OpenReservations.couponIdsOf(applied))
    for (const other of this.#reservations.values()) {
      const isOfTill = other.terminalId === terminalId && other.memberId === memberId
      const isHolding = OpenReservations.couponIdsOf(other.applied).some((one) => wanted.has(one))
      if (other.id !== id && other.state === 'reserved' && isOfTill && isHolding)
        this.release(other, by)
    }
  }

  #redeemed(reservation: CouponReservation, purchaseId: string, by: ReservationActor): void {
    const own = this.#couponsOf(reservation)
    for (const { coupon } of own)
      Object.assign(coupon, { state: 'redeemed', purchaseId, endedAtMs: by.nowMs })
    this.#note('redeemed', own, { ...by, reservationId: reservation.id })
    this.#end(reservation, { state: 'redeemed', purchaseId, endedAtMs: by.nowMs })
  }

  #takeOut(
    reservation: CouponReservation,
    kind: StepKind,
    by: ReservationActor,
    only: ReadonlySet<string> | null = null,
  ): void {
    const own = this.#couponsOf(reservation).filter(
      ({ coupon }) => coupon.reservationId === reservation.id && (only?.has(coupon.id) ?? true),
    )
    this.#count(own, -1)
    for (const { coupon } of own)
      Object.assign(coupon, {
        ...{ state: 'issued', reservationId: null, purchaseId: null },
        ...{ offFen: null, endedAtMs: null },
      })
    this.#note(kind, own, { ...by, reservationId: reservation.id })
  }

  #end(reservation: CouponReservation, as: Partial<CouponReservation>): void {
    Object.assign(reservation, as)
    this.#changed.add(reservation)
  }

  #couponsOf({ applied }: CouponReservation): { coupon: Coupon; offFen: number }[] {
    return appliedIn(applied).map(({ couponId, offFen }) => {
      const coupon = this.#coupons.get(couponId)
      if (!coupon) throw new Error(`coupon ${couponId} is not held`)
      return { coupon, offFen }
    })
  }

  #note(
    kind: StepKind,
    own: readonly { coupon: Coupon }[],
    { actor, nowMs, reservationId }: ReservationActor & { reservationId: string },
  ): void {
    const coupons = own.map(({ coupon }) => ({ ...coupon }))
    this.#changes.push({ coupons, kind, actor, nowMs, aboutId: reservationId })
  }

  #count(own: readonly { coupon: Coupon }[], sign: 1 | -1, isOwed = sign === -1): void {
    // What was returned of it in parts is counted already.
    for (const { coupon } of own)
      this.#uses.push({
        templateId: coupon.templateId,
        uses: sign,
        spentFen: sign * (coupon.offFen ?? 0),
        isOwed,
      })
  }
}

/** Whether a coupon that was given back may still pay what it was set aside for. */
function isFree(coupon: Coupon, memberId: string): boolean {
  return coupon.state === 'issued' && coupon.memberId === memberId
}

function appliedIn(applied: string): AppliedCoupon[] {
  return JSON.parse(applied) as AppliedCoupon[]
}
