import { Inject, Injectable } from '@nestjs/common'
import type { Logger } from 'pino'
import type { CouponQuote, RefusedCoupon } from '@huike/shared/contracts/coupons'
import {
  quoteChosen,
  quoteCoupons,
  type CouponInHand,
  type CouponOrder,
} from '@huike/shared/coupons'
import type { CouponId } from '@huike/shared/ids'
import { outcomeSentence, refuse, type Refusal } from '@huike/shared/outcomes'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { Database, inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { couponsBy } from './coupon-rows.js'
import type { CouponReservation } from './coupon-reservation.entity.js'
import { OfflineAllowancesService } from './offline-allowances.service.js'
import { CouponTemplatesService, type TemplateUse } from './coupon-templates.service.js'
import { CouponsService } from './coupons.service.js'
import type { Coupon } from './coupon.entity.js'
import { OpenReservations } from './open-reservations.js'

export { OpenReservations } from './open-reservations.js'

// Setting coupons aside for orders at tills. The rows of the coupons are held while it is decided, so
// that of all tills that want one at the same moment a single one gets it; their templates after them,
// by id, where budgets are counted.

const RESERVATIONS_PER_ROUND_MAX = 100
const ACTOR = 'system:reservations'

/** Coupons for an order at a till; without a choice the best there are. */
export interface ReservationOrder {
  reservationId: string
  memberId: string
  storeId: string
  terminalId: string
  chosen: readonly CouponId[] | null
  order: CouponOrder
}
export interface Reserved {
  ok: true
  reservation: CouponReservation
}

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

  /** What an order may take, and why not the rest: what is used up by its budget is told as such. */
  async quote(
    statements: Statements,
    { memberId, order }: { memberId: string; order: CouponOrder },
  ): Promise<{ quote: CouponQuote; coupons: CouponInHand[] }> {
    const coupons = await this.coupons.inHand(statements, memberId, order.atMs)
    return { quote: await this.#quote(statements, order, coupons), coupons }
  }

  /**
   * Sets coupons aside, once per id. What this till had set aside for the same member is given back
   * for it, and stays as it is where this is refused. Refuses as `quoteChosen` does, `coupon_nothing`
   * where there is nothing to use, and `idempotency_conflict` for an id that was used otherwise.
   * @throws {BudgetSpent} where a budget does not allow it; the transaction is to be given up.
   */
  async reserve(tx: Tx, wanted: ReservationOrder): Promise<Reserved | Refusal> {
    const { reservationId, memberId, terminalId, order } = wanted
    const [known] = await reservationsBy(tx, 'id', [reservationId])
    if (known) return answerAgain(known, wanted)
    const by = { actor: `terminal:${terminalId}`, nowMs: order.atMs }
    const open = await tx.rows<CouponReservation>(
      `SELECT * FROM coupon_reservation WHERE terminalId = ? AND memberId = ? AND state = 'reserved'
       ORDER BY id${tx.forUpdate}`,
      [terminalId, memberId],
    )
    const reservations = await this.#opened(tx, open)
    for (const one of open) reservations.release(one, by)
    const held = await this.#lockInHand(tx, memberId, order.atMs)
    const freed = reservations
      .coupons()
      .filter(({ id }) => !held.some((coupon) => coupon.id === id))
    const rows = [...held, ...freed].filter(({ validUntilMs }) => validUntilMs > order.atMs)
    const inHand = await this.coupons.withTerms(tx, rows)
    const chosen = await this.#choose(tx, inHand, { ...wanted, freed: reservations.uses() })
    if (!chosen.ok) return chosen
    reservations.reserve(wanted, chosen.quote, rows)
    const isWithin = await reservations.write(tx, this.templates)
    if (!isWithin) throw new BudgetSpent()
    const reservation = reservations.byId(reservationId)
    if (!reservation) throw new Error('nothing was set aside')
    return { ok: true, reservation }
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

  async #quote(
    statements: Statements,
    order: CouponOrder,
    coupons: readonly CouponInHand[],
    freed: readonly TemplateUse[] = [],
  ): Promise<CouponQuote> {
    const spent = await this.#spentTemplates(statements, coupons, freed)
    const left = await this.#leftElsewhere(statements, coupons, order.atMs)
    const quote = quoteCoupons(
      order,
      coupons.filter(({ couponId, templateId }) => !spent.has(templateId) && !left.has(couponId)),
    )
    const refused = coupons.flatMap(({ couponId, templateId }): RefusedCoupon[] => {
      const why = left.get(couponId)
      if (why !== undefined) return [{ couponId, code: 'coupon_leased', why }]
      if (!spent.has(templateId)) return []
      return [{ couponId, code: 'coupon_budget', why: outcomeSentence('coupon_budget') }]
    })
    return { ...quote, refused: [...quote.refused, ...refused] }
  }

  async #choose(
    tx: Tx,
    inHand: readonly CouponInHand[],
    { chosen, order, memberId, freed }: ReservationOrder & { freed: readonly TemplateUse[] },
  ): Promise<{ ok: true; quote: CouponQuote } | Refusal> {
    if (chosen === null) {
      const quote = await this.#quote(tx, order, inHand, freed)
      return quote.applied.length > 0 ? { ok: true, quote } : refuse('coupon_nothing')
    }
    const left = await this.#leftElsewhere(tx, inHand, order.atMs)
    const leased = chosen.find((id) => left.has(id))
    if (leased !== undefined) return refuse('coupon_leased', left.get(leased))
    // One of the member's that cannot be used now says why; another's is none at all.
    const others = chosen.filter((id) => !inHand.some(({ couponId }) => couponId === id))
    const rows = await couponsBy(tx, 'id', others)
    const known = await this.coupons.withTerms(
      tx,
      rows.filter((row) => row.memberId === memberId),
    )
    return quoteChosen(order, [...inHand, ...known], chosen)
  }

  /** Coupons that a till holds for when it has no network, with the sentence for each. */
  async #leftElsewhere(
    statements: Statements,
    coupons: readonly CouponInHand[],
    nowMs: number,
  ): Promise<Map<string, string>> {
    const ids = coupons.map(({ couponId }) => couponId)
    const left = new Map<string, string>()
    for (const held of await this.allowances.heldOf(statements, ids))
      left.set(held.couponId ?? '', await this.allowances.sentenceOf(statements, held, nowMs))
    return left
  }

  /** Templates whose budget is used up, but for what is given back in the same transaction. */
  async #spentTemplates(
    statements: Statements,
    coupons: readonly CouponInHand[],
    freed: readonly TemplateUse[],
  ): Promise<Set<string>> {
    const ids = coupons.map(({ templateId }) => templateId)
    const templates = await this.templates.byIds(statements, ids)
    const spent = templates.filter(({ id, budgetFen, usesMax, ...counted }) => {
      const own = freed.filter(({ templateId }) => templateId === id)
      const uses = own.reduce((sum, one) => sum + one.uses, counted.uses)
      const spentFen = own.reduce((sum, one) => sum + one.spentFen, counted.spentFen)
      return (budgetFen !== null && spentFen >= budgetFen) || (usesMax !== null && uses >= usesMax)
    })
    return new Set(spent.map(({ id }) => id))
  }

  async #lockInHand(tx: Tx, memberId: string, nowMs: number): Promise<Coupon[]> {
    const inHand = await this.coupons.inHand(tx, memberId, nowMs)
    const rows = await couponsBy(
      tx,
      'id',
      inHand.map(({ couponId }) => couponId),
    )
    return rows.filter((row) => row.memberId === memberId && row.state === 'issued')
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

/** A budget was spent by others at the same instant: nothing of it is kept. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent'
}

function answerAgain(
  known: CouponReservation,
  { memberId, terminalId, order }: ReservationOrder,
): Reserved | Refusal {
  const isSame =
    known.terminalId === terminalId &&
    known.memberId === memberId &&
    known.goodsFen === order.goodsFen
  return isSame ? { ok: true, reservation: known } : refuse('idempotency_conflict')
}

function reservationsBy(
  tx: Tx,
  column: 'id' | 'purchaseId',
  values: readonly string[],
): Promise<CouponReservation[]> {
  if (values.length === 0) return Promise.resolve([])
  return tx.rows<CouponReservation>(
    `SELECT * FROM coupon_reservation WHERE ${column} IN ${inList(tx)} ORDER BY id${tx.forUpdate}`,
    [listParameter(tx, [...new Set(values)])],
  )
}
