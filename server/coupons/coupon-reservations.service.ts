import { Inject, Injectable } from '@nestjs/common'
import type { Logger } from 'pino'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { PaidCoupon } from '@huike/shared/coupon-refund'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { Database, inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { couponsBy, reservationsBy } from './coupon-rows.js'
import type { Reserved } from './coupon-reserving.service.js'
import type { CouponReservation } from './coupon-reservation.entity.js'
import { OfflineAllowancesService } from './offline-allowances.service.js'
import { CouponTemplatesService } from './coupon-templates.service.js'
import { CouponsService } from './coupons.service.js'
import { OpenReservations } from './open-reservations.js'

export { OpenReservations } from './open-reservations.js'

// What becomes of coupons that are set aside: redeemed with the receipt, given back by the till, by the
// clock, or with a refund. Reservations are held first, their coupons after them, by id.

const RESERVATIONS_PER_ROUND_MAX = 100
const ACTOR = 'system:reservations'

@Injectable()
export class CouponReservationsService extends BackgroundWorker {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly coupons: CouponsService,
    private readonly templates: CouponTemplatesService,
    private readonly allowances: OfflineAllowancesService,
    @Inject(LOGGER) logger: Logger,
  ) {
    super(logger, 'coupons set aside')
  }

  /** Gives back what a till set aside; refuses `not_found` for another till's. */
  async release(
    tx: Tx,
    {
      reservationId,
      terminalId,
      nowMs,
    }: { reservationId: string; terminalId: string; nowMs: number },
  ): Promise<Reserved | Refusal> {
    const [reservation] = await reservationsBy(tx, 'id', [reservationId])
    if (reservation?.terminalId !== terminalId) return refuse('not_found')
    await this.#giveBack(tx, [reservation], { actor: `terminal:${terminalId}`, nowMs })
    return { ok: true, reservation }
  }

  /**
   * Says what is right where a receipt differs from what this till was told: the coupons were used, or
   * are given back, and then the sale whose receipt it is took none: `unpaidId`. Refuses `not_found`
   * for another till's.
   */
  async settle(
    tx: Tx,
    of: { reservationId: string; isUsed: boolean; terminalId: string; nowMs: number },
  ): Promise<(Reserved & { unpaidId: string | null }) | Refusal> {
    const { reservationId, isUsed, terminalId, nowMs } = of
    const [reservation] = await reservationsBy(tx, 'id', [reservationId])
    if (reservation?.terminalId !== terminalId) return refuse('not_found')
    const reservations = await this.#opened(tx, [reservation])
    const by = { actor: `terminal:${terminalId}`, nowMs }
    const isGivenBack = !isUsed && reservation.state === 'differs'
    if (isUsed) reservations.accept(reservation, by)
    else if (isGivenBack) reservations.release(reservation, by)
    await reservations.write(tx, this.templates)
    return { ok: true, reservation, unpaidId: isGivenBack ? reservation.purchaseId : null }
  }

  /**
   * Reservations by id, those of these purchases, or both; with those that hold the coupons of one
   * that was given back. All of them and their coupons are locked.
   */
  async open(
    tx: Tx,
    by: {
      ids: readonly string[]
      purchaseIds: readonly string[]
      allowanceIds?: readonly string[]
    },
  ): Promise<OpenReservations> {
    const rows = await reservationsBy(tx, 'id', by.ids)
    const paying = await reservationsBy(tx, 'purchaseId', by.purchaseIds)
    const known = new Set(rows.map(({ id }) => id))
    const wanted = [...rows, ...paying.filter(({ id }) => !known.has(id))]
    const holders = await this.#holdersOf(tx, wanted)
    return this.#opened(tx, [...wanted, ...holders], by.allowanceIds)
  }

  async #holdersOf(tx: Tx, rows: readonly CouponReservation[]): Promise<CouponReservation[]> {
    const late = rows.filter(({ state }) => state === 'released')
    if (late.length === 0) return []
    const couponIds = late.flatMap(({ applied }) => OpenReservations.couponIdsOf(applied))
    const coupons = await couponsBy(tx, 'id', couponIds)
    const known = new Set(rows.map(({ id }) => id))
    const holders = coupons.flatMap(({ reservationId }) => reservationId ?? [])
    return reservationsBy(
      tx,
      'id',
      holders.filter((id) => !known.has(id)),
    )
  }

  /** The coupons that a sale was paid with, and what each took off when it was; empty for none. */
  async paidWith(statements: Statements, purchaseId: string): Promise<PaidCoupon[]> {
    const [row] = await statements.rows<CouponReservation>(
      `SELECT * FROM coupon_reservation WHERE purchaseId = ? AND state = 'redeemed'`,
      [purchaseId],
    )
    const applied = row ? OpenReservations.appliedIn(row.applied) : []
    const coupons = await this.coupons.byIds(
      statements,
      applied.map(({ couponId }) => couponId),
    )
    return applied.flatMap(({ couponId, offFen }) => {
      const coupon = coupons.find((one) => one.couponId === couponId)
      return coupon ? [{ terms: coupon.terms, offFen }] : []
    })
  }

  /** Whose coupons these are, before anything of them is locked. */
  async memberIdsOf(statements: Statements, ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return []
    const rows = await statements.rows<Pick<CouponReservation, 'memberId'>>(
      `SELECT memberId FROM coupon_reservation WHERE id IN ${inList(statements)}`,
      [listParameter(statements, ids)],
    )
    return rows.map(({ memberId }) => memberId)
  }

  /** Of whom a till redeemed by these allowances, before anything of them is locked. */
  allowanceOwnersOf(statements: Statements, ids: readonly string[]): Promise<string[]> {
    return this.allowances.memberIdsOf(statements, ids)
  }

  /** Writes what was decided about reservations that were opened; what orders are owed is kept. */
  async write(tx: Tx, reservations: OpenReservations): Promise<void> {
    await reservations.write(tx, this.templates)
  }

  /** Gives back what is set aside of members whose records are merged or erased. */
  async releaseAll(
    tx: Tx,
    { memberIds, actor, nowMs }: { memberIds: readonly string[]; actor: string; nowMs: number },
  ): Promise<void> {
    const rows = await tx.rows<CouponReservation>(
      `SELECT * FROM coupon_reservation WHERE memberId IN ${inList(tx)} AND state = 'reserved'
       ORDER BY id${tx.forUpdate}`,
      [listParameter(tx, memberIds)],
    )
    await this.#giveBack(tx, rows, { actor, nowMs })
  }

  /** Gives back what nobody used in time; false when nothing is due. */
  protected async step(): Promise<boolean> {
    const nowMs = this.clock.nowMs()
    const due = await this.database.read((rx) =>
      rx.rows<{ id: string }>(
        `SELECT id FROM coupon_reservation WHERE state = 'reserved' AND deadlineAtMs <= ?
         ORDER BY deadlineAtMs LIMIT ${String(RESERVATIONS_PER_ROUND_MAX)}`,
        [nowMs],
      ),
    )
    for (const { id } of due)
      await this.database.write(async (tx) => {
        const rows = await reservationsBy(tx, 'id', [id])
        const lapsed = rows.filter(({ deadlineAtMs }) => deadlineAtMs <= nowMs)
        await this.#giveBack(tx, lapsed, { actor: ACTOR, nowMs })
      })
    return due.length > 0
  }

  async #giveBack(
    tx: Tx,
    rows: readonly CouponReservation[],
    by: { actor: string; nowMs: number },
  ): Promise<void> {
    if (rows.length === 0) return
    const reservations = await this.#opened(tx, rows)
    for (const row of rows) reservations.release(row, by)
    await reservations.write(tx, this.templates)
  }

  async #opened(
    tx: Tx,
    rows: readonly CouponReservation[],
    allowanceIds: readonly string[] = [],
  ): Promise<OpenReservations> {
    const redeemed = await this.allowances.couponIdsOf(tx, allowanceIds)
    const named = rows.flatMap(({ applied }) => OpenReservations.couponIdsOf(applied))
    const coupons = await couponsBy(tx, 'id', [...named, ...redeemed])
    const couponIds = coupons.map(({ id }) => id)
    const allowances = await this.allowances.open(tx, { ids: allowanceIds, couponIds })
    const terms = await this.coupons.withTerms(tx, coupons)
    return new OpenReservations(rows, coupons, terms, allowances)
  }
}
