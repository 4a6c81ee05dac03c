import { Injectable } from '@nestjs/common'
import type {
  CouponQuote,
  CouponQuoteRequest,
  ReservationRequest,
  ReservationSettle,
} from '@huike/shared/contracts/coupons'
import { quoteChosen, type CouponInHand, type CouponOrder } from '@huike/shared/coupons'
import { localTime } from '@huike/shared/local-time'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { fen } from '@huike/shared/quantities'
import { OfflineAllowancesService } from '../coupons/offline-allowances.service.js'
import { CouponReservationsService } from '../coupons/coupon-reservations.service.js'
import {
  BudgetSpent,
  CouponReservingService,
  type ReservationOrder,
  type Reserved,
} from '../coupons/coupon-reserving.service.js'
import type { Member } from '../members/member.entity.js'
import { isPresent } from '../members/members.service.js'
import { NamedMembersService } from '../members/named-members.service.js'
import { Clock } from '../platform/clock.js'
import { crashPoint } from '../platform/crash-points.js'
import { Database, UniqueViolation, type Statements, type Tx } from '../platform/database.js'
import { GroupCommit } from '../platform/group-commit.js'
import { PurchasesService } from '../purchases/purchases.service.js'
import type { TerminalContext } from '../stores/terminals.service.js'

// Coupons at a till: what an order may take, setting it aside while the cashier takes the discount
// off, and giving it back. What is redeemed is decided when the receipt is given to the member.

/** The same request twice at once. */
const LOOKS_MAX = 3

interface Asked<Request = CouponQuoteRequest> {
  from: TerminalContext
  request: Request
}
type FoundOrder = { ok: true; member: Member; order: CouponOrder } | Refusal

@Injectable()
export class SpendCouponsService {
  readonly #group: GroupCommit<Asked<ReservationRequest>, Reserved | Refusal>

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly named: NamedMembersService,
    private readonly purchases: PurchasesService,
    private readonly reserving: CouponReservingService,
    private readonly reservations: CouponReservationsService,
    private readonly allowances: OfflineAllowancesService,
  ) {
    this.#group = new GroupCommit(database, (tx, asked) => this.#reserve(tx, asked))
  }

  /** What an order may take. Refuses `member_not_found`, as codes and numbers do, and as `quoteChosen`. */
  async quote(
    from: TerminalContext,
    request: CouponQuoteRequest,
  ): Promise<{ ok: true; quote: CouponQuote; coupons: CouponInHand[] } | Refusal> {
    const quoted = await this.#quote(from, request)
    if (!quoted.ok) return quoted
    const left = quoted.quote.refused.filter(({ code }) => code === 'coupon_leased')
    const ids = left.map(({ couponId }) => couponId)
    // Another till holds them for when it has no network: it is asked to give them back.
    if (ids.length > 0)
      await this.database.write((tx) => this.allowances.recall(tx, ids, this.clock.nowMs()))
    return quoted
  }

  #quote(
    from: TerminalContext,
    request: CouponQuoteRequest,
  ): Promise<{ ok: true; quote: CouponQuote; coupons: CouponInHand[] } | Refusal> {
    return this.database.read(async (rx) => {
      const [found] = await this.#ordersOf(rx, [{ from, request }])
      if (!found?.ok) return found ?? refuse('member_not_found')
      const { member, order } = found
      const best = await this.reserving.quote(rx, { memberId: member.id, order })
      if (request.chosen === null) return { ok: true as const, ...best }
      const chosen = quoteChosen(order, best.coupons, request.chosen)
      return chosen.ok ? { ...chosen, coupons: best.coupons } : chosen
    })
  }

  /** Sets coupons aside. Refuses as `quote` and as `CouponReservingService.reserve`. */
  async reserve(from: TerminalContext, request: ReservationRequest): Promise<Reserved | Refusal> {
    for (let look = 1; ; look += 1) {
      try {
        const reserved = await this.#group.submit({ from, request })
        crashPoint('coupons.after-reserve')
        return reserved
      } catch (error) {
        if (error instanceof BudgetSpent) return refuse('coupon_budget')
        if (!(error instanceof UniqueViolation) || look >= LOOKS_MAX) throw error
      }
    }
  }

  async #reserve(
    tx: Tx,
    asked: readonly Asked<ReservationRequest>[],
  ): Promise<(Reserved | Refusal)[]> {
    const found = await this.#ordersOf(tx, asked)
    const wanted = found.map((one, at): ReservationOrder | null => {
      const { from, request } = asked[at] ?? {}
      if (!one.ok || !from || !request) return null
      return {
        reservationId: request.reservationId,
        memberId: one.member.id,
        storeId: from.store.id,
        terminalId: from.terminal.id,
        chosen: request.chosen,
        order: one.order,
      }
    })
    const orders = wanted.flatMap((one) => one ?? [])
    const answers = await this.reserving.reserve(tx, orders)
    for (const [{ chosen, order }, answer] of answers)
      if (!answer.ok && answer.code === 'coupon_leased' && chosen !== null)
        await this.allowances.recall(tx, chosen, order.atMs)
    crashPoint('coupons.inside-reserve')
    return found.map((one, at) => {
      if (!one.ok) return one
      const order = wanted[at]
      const answer = order ? answers.get(order) : undefined
      if (!answer) throw new Error('an order was not answered')
      return answer
    })
  }

  /** Gives back what this till set aside. Refuses `not_found`. */
  release(from: TerminalContext, reservationId: string): Promise<Reserved | Refusal> {
    return this.database.write((tx) =>
      this.reservations.release(tx, {
        reservationId,
        terminalId: from.terminal.id,
        nowMs: this.clock.nowMs(),
      }),
    )
  }

  /** Says what is right where the receipt differs from what was told. Refuses `not_found`. */
  settle(
    from: TerminalContext,
    { reservationId, isUsed }: ReservationSettle,
  ): Promise<Reserved | Refusal> {
    return this.database.write(async (tx) => {
      const settled = await this.reservations.settle(tx, {
        reservationId,
        isUsed,
        terminalId: from.terminal.id,
        nowMs: this.clock.nowMs(),
      })
      if (settled.ok && settled.unpaidId !== null) {
        const sales = await this.purchases.findByIds(tx, [settled.unpaidId])
        await this.purchases.update(
          tx,
          sales.map((sale) => ({ ...sale, couponFen: null })),
        )
      }
      return settled
    })
  }

  /** The orders that are asked about, in order. */
  async #ordersOf(statements: Statements, asked: readonly Asked[]): Promise<FoundOrder[]> {
    const named = await this.named.findEach(
      statements,
      asked.map(({ request }) => request.who),
    )
    const memberIds = named.flatMap((one) => (one.ok && one.member ? [one.member.id] : []))
    const buyers = await this.purchases.boughtBy(statements, memberIds)
    const atMs = this.clock.nowMs()
    return named.map((found, at): FoundOrder => {
      const { from, request } = asked[at] ?? {}
      if (!from || !request) throw new Error('one answer for each order is needed')
      if (!found.ok) return found
      const { member } = found
      if (!member || !isPresent(member)) return refuse('member_not_found')
      const { lines, goodsFen } = request
      const sum = lines?.reduce((total, { amountFen }) => total + amountFen, 0) ?? goodsFen
      if (sum !== goodsFen) return refuse('input_invalid', '商品明细与商品金额不符')
      const isFirstPurchase = !buyers.has(member.id)
      const by = { levelCode: member.levelCode, isFirstPurchase }
      return { ok: true, member, order: orderOf(request, { store: from.store, atMs, member: by }) }
    })
  }
}

function orderOf(
  { lines, goodsFen, isWithPoints, seen }: CouponQuoteRequest,
  { store, atMs, member }: Pick<CouponOrder, 'atMs' | 'member'> & Pick<TerminalContext, 'store'>,
): CouponOrder {
  return {
    atMs,
    localTime: localTime(atMs, store.timeZone),
    storeId: store.id,
    channel: 'pos',
    goodsFen,
    lines,
    shippingFen: fen(0),
    member,
    isWithPoints,
    seenFen: new Map(seen.map((one) => [one.couponId, one.goodsFen])),
  }
}
