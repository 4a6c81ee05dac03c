import { Injectable } from '@nestjs/common'
import type { CouponQuote, RefusedCoupon } from '@huike/shared/contracts/coupons'
import {
  quoteChosen,
  quoteCoupons,
  type CouponInHand,
  type CouponOrder,
} from '@huike/shared/coupons'
import type { CouponId } from '@huike/shared/ids'
import { outcomeSentence, refuse, type Refusal } from '@huike/shared/outcomes'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import { couponsBy, reservationsBy } from './coupon-rows.js'
import type { CouponReservation } from './coupon-reservation.entity.js'
import { OfflineAllowancesService } from './offline-allowances.service.js'
import { CouponTemplatesService, type TemplateUse } from './coupon-templates.service.js'
import type { CouponTemplate } from './coupon-template.entity.js'
import { CouponsService } from './coupons.service.js'
import type { Coupon } from './coupon.entity.js'
import { OpenReservations } from './open-reservations.js'

// What orders at tills may take, and setting it aside. The rows of the coupons are held while it is
// decided, so that of all tills that want one at the same moment a single one gets it; their templates
// after them, by id, where budgets are counted.

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

/** What orders of one round may touch, all of it held. */
interface Held {
  /** What the tills of these orders had set aside for the same members. */
  open: readonly CouponReservation[]
  coupons: ReadonlyMap<string, Coupon>
  terms: ReadonlyMap<string, CouponInHand>
  /** Why a coupon is left with a till, by its id. */
  left: ReadonlyMap<string, string>
  templates: readonly CouponTemplate[]
}

@Injectable()
export class CouponReservingService {
  constructor(
    private readonly coupons: CouponsService,
    private readonly templates: CouponTemplatesService,
    private readonly allowances: OfflineAllowancesService,
  ) {}

  /** What an order may take, and why not the rest: what is used up by its budget is told as such. */
  async quote(
    statements: Statements,
    { memberId, order }: { memberId: string; order: CouponOrder },
  ): Promise<{ quote: CouponQuote; coupons: CouponInHand[] }> {
    const coupons = await this.coupons.inHand(statements, memberId, order.atMs)
    const ids = coupons.map(({ templateId }) => templateId)
    const templates = await this.templates.byIds(statements, ids)
    const left = await this.#leftElsewhere(statements, coupons, order.atMs)
    return { quote: bestOf(order, coupons, { left, spent: spentOf(templates, []) }), coupons }
  }

  /**
   * Sets coupons aside, once per id; one answer for each order. What a till had set aside for the same
   * member is given back for it, and stays as it is where this is refused. Refuses as `quoteChosen`
   * does, `coupon_leased`, `coupon_budget`, `coupon_nothing` where there is nothing to use, and
   * `idempotency_conflict` for an id that was used otherwise.
   * @throws {BudgetSpent} where orders at the same instant are more than a budget allows; the
   *   transaction is to be given up.
   */
  async reserve(
    tx: Tx,
    orders: readonly ReservationOrder[],
  ): Promise<Map<ReservationOrder, Reserved | Refusal>> {
    const answers = new Map<ReservationOrder, Reserved | Refusal>()
    for (const round of roundsOf(orders)) {
      const known = new Map(
        (
          await reservationsBy(
            tx,
            'id',
            round.map(({ reservationId }) => reservationId),
          )
        ).map((row) => [row.id, row]),
      )
      const fresh: ReservationOrder[] = []
      for (const wanted of round) {
        const before = known.get(wanted.reservationId)
        if (before) answers.set(wanted, answerAgain(before, wanted))
        else fresh.push(wanted)
      }
      await this.#reserveFresh(tx, fresh, answers)
    }
    return answers
  }

  async #reserveFresh(
    tx: Tx,
    orders: readonly ReservationOrder[],
    answers: Map<ReservationOrder, Reserved | Refusal>,
  ): Promise<void> {
    if (orders.length === 0) return
    const held = await this.#hold(tx, orders)
    const decided: OpenReservations[] = []
    for (const wanted of orders) {
      const { answer, reservations } = decide(wanted, held)
      answers.set(wanted, answer)
      if (answer.ok) decided.push(reservations)
    }
    const isWithin = await OpenReservations.writeAll(tx, decided, this.templates)
    if (!isWithin) throw new BudgetSpent()
  }

  async #hold(tx: Tx, orders: readonly ReservationOrder[]): Promise<Held> {
    const open = await openOf(tx, orders)
    const inHand: CouponInHand[] = []
    for (const { memberId, chosen, order } of orders)
      if (chosen === null) inHand.push(...(await this.coupons.inHand(tx, memberId, order.atMs)))
    const rows = await couponsBy(tx, 'id', [
      ...open.flatMap(({ applied }) => OpenReservations.couponIdsOf(applied)),
      ...orders.flatMap(({ chosen }) => chosen ?? []),
      ...inHand.map(({ couponId }) => couponId),
    ])
    const terms = await this.coupons.withTerms(tx, rows)
    const nowMs = Math.max(...orders.map(({ order }) => order.atMs))
    return {
      open,
      coupons: new Map(rows.map((row) => [row.id, row])),
      terms: new Map(terms.map((one) => [one.couponId, one])),
      left: await this.#leftElsewhere(tx, terms, nowMs),
      templates: await this.templates.byIds(
        tx,
        rows.map(({ templateId }) => templateId),
      ),
    }
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
}

/** A budget was spent by others at the same instant: nothing of it is kept. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent'
}

/** Orders of different members touch different coupons: those of one member follow each other. */
function roundsOf(orders: readonly ReservationOrder[]): ReservationOrder[][] {
  const rounds: { orders: ReservationOrder[]; taken: Set<string> }[] = []
  for (const wanted of orders) {
    const { memberId, reservationId } = wanted
    const last = rounds.findLastIndex(
      ({ taken }) => taken.has(memberId) || taken.has(reservationId),
    )
    const round = rounds[last + 1] ?? { orders: [], taken: new Set() }
    if (last + 1 === rounds.length) rounds.push(round)
    round.orders.push(wanted)
    round.taken.add(memberId).add(reservationId)
  }
  return rounds.map((round) => round.orders)
}

async function openOf(tx: Tx, orders: readonly ReservationOrder[]): Promise<CouponReservation[]> {
  const memberIds = orders.map(({ memberId }) => memberId)
  const rows = await tx.rows<CouponReservation>(
    `SELECT * FROM coupon_reservation WHERE memberId IN ${inList(tx)} AND state = 'reserved'
     ORDER BY id${tx.forUpdate}`,
    [listParameter(tx, memberIds)],
  )
  const tills = new Set(orders.map(tillKey))
  return rows.filter((row) => tills.has(tillKey(row)))
}

function tillKey({ memberId, terminalId }: { memberId: string; terminalId: string }): string {
  return `${memberId}|${terminalId}`
}

/** What becomes of one order; what it changes is written only where it is set aside. */
function decide(
  wanted: ReservationOrder,
  held: Held,
): { answer: Reserved | Refusal; reservations: OpenReservations } {
  const { reservationId, memberId, terminalId, order } = wanted
  const open = held.open
    .filter((row) => tillKey(row) === tillKey(wanted))
    .map((row) => ({ ...row }))
  const mine = [...held.coupons.values()]
    .filter((coupon) => coupon.memberId === memberId)
    .map((coupon) => ({ ...coupon }))
  const reservations = new OpenReservations(open, mine)
  for (const one of open)
    reservations.release(one, { actor: `terminal:${terminalId}`, nowMs: order.atMs })
  const inHand = mine.flatMap(({ id, state }) => {
    const terms = held.terms.get(id)
    return terms ? [{ ...terms, state }] : []
  })
  const chosen = choose(wanted, inHand, { ...held, uses: reservations.uses() })
  if (!chosen.ok) return { answer: chosen, reservations }
  reservations.reserve(wanted, chosen.quote)
  const reservation = reservations.byId(reservationId)
  if (!reservation) throw new Error('nothing was set aside')
  return { answer: { ok: true, reservation }, reservations }
}

function choose(
  { chosen, order }: ReservationOrder,
  inHand: readonly CouponInHand[],
  { left, templates, uses }: Held & { uses: readonly TemplateUse[] },
): { ok: true; quote: CouponQuote } | Refusal {
  const spent = spentOf(templates, uses)
  if (chosen === null) {
    const usable = inHand.filter(
      ({ state, validUntilMs }) => state === 'issued' && validUntilMs > order.atMs,
    )
    const quote = bestOf(order, usable, { left, spent })
    return quote.applied.length > 0 ? { ok: true, quote } : refuse('coupon_nothing')
  }
  const leased = chosen.find((id) => left.has(id) && inHand.some(({ couponId }) => couponId === id))
  if (leased !== undefined) return refuse('coupon_leased', left.get(leased))
  // One of the member's that cannot be used now says why; another's is none at all.
  const wanted = new Set(chosen)
  const quoted = quoteChosen(
    order,
    inHand.filter(({ couponId }) => wanted.has(couponId)),
    chosen,
  )
  const isSpent = inHand.some(
    ({ couponId, templateId }) => wanted.has(couponId) && spent.has(templateId),
  )
  return quoted.ok && isSpent ? refuse('coupon_budget') : quoted
}

function bestOf(
  order: CouponOrder,
  coupons: readonly CouponInHand[],
  { left, spent }: { left: ReadonlyMap<string, string>; spent: ReadonlySet<string> },
): CouponQuote {
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

/** Templates whose budget is used up, but for what is given back in the same transaction. */
function spentOf(templates: readonly CouponTemplate[], freed: readonly TemplateUse[]): Set<string> {
  const spent = templates.filter(({ id, budgetFen, usesMax, ...counted }) => {
    const own = freed.filter(({ templateId }) => templateId === id)
    const uses = own.reduce((sum, one) => sum + one.uses, counted.uses)
    const spentFen = own.reduce((sum, one) => sum + one.spentFen, counted.spentFen)
    return (budgetFen !== null && spentFen >= budgetFen) || (usesMax !== null && uses >= usesMax)
  })
  return new Set(spent.map(({ id }) => id))
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
