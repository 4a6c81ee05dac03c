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
import {
  BudgetSpent,
  CouponReservationsService,
  type Reserved,
} from '../coupons/coupon-reservations.service.js'
import type { Member } from '../members/member.entity.js'
import { isPresent } from '../members/members.service.js'
import { NamedMembersService } from '../members/named-members.service.js'
import { Clock } from '../platform/clock.js'
import { crashPoint } from '../platform/crash-points.js'
import { Database, UniqueViolation, type Statements } from '../platform/database.js'
import { PurchasesService } from '../purchases/purchases.service.js'
import type { TerminalContext } from '../stores/terminals.service.js'

// Coupons at a till: what an order may take, setting it aside while the cashier takes the discount
// off, and giving it back. What is redeemed is decided when the receipt is given to the member.

/** The same request twice at once. */
const LOOKS_MAX = 3

@Injectable()
export class SpendCouponsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly named: NamedMembersService,
    private readonly purchases: PurchasesService,
    private readonly reservations: CouponReservationsService,
    private readonly allowances: OfflineAllowancesService,
  ) {}

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
      const found = await this.#orderOf(rx, from, request)
      if (!found.ok) return found
      const { member, order } = found
      const best = await this.reservations.quote(rx, { memberId: member.id, order })
      if (request.chosen === null) return { ok: true as const, ...best }
      const chosen = quoteChosen(order, best.coupons, request.chosen)
      return chosen.ok ? { ...chosen, coupons: best.coupons } : chosen
    })
  }

  /** Sets coupons aside. Refuses as `quote` and as `CouponReservationsService.reserve`. */
  async reserve(from: TerminalContext, request: ReservationRequest): Promise<Reserved | Refusal> {
    for (let look = 1; ; look += 1) {
      try {
        const reserved = await this.database.write(async (tx) => {
          const found = await this.#orderOf(tx, from, request)
          if (!found.ok) return found
          const answer = await this.reservations.reserve(tx, {
            reservationId: request.reservationId,
            memberId: found.member.id,
            storeId: from.store.id,
            terminalId: from.terminal.id,
            chosen: request.chosen,
            order: found.order,
          })
          if (!answer.ok && answer.code === 'coupon_leased' && request.chosen !== null)
            await this.allowances.recall(tx, request.chosen, found.order.atMs)
          crashPoint('coupons.inside-reserve')
          return answer
        })
        crashPoint('coupons.after-reserve')
        return reserved
      } catch (error) {
        if (error instanceof BudgetSpent) return refuse('coupon_budget')
        if (!(error instanceof UniqueViolation) || look >= LOOKS_MAX) throw error
      }
    }
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

  async #orderOf(
    statements: Statements,
    { store }: TerminalContext,
    request: CouponQuoteRequest,
  ): Promise<{ ok: true; member: Member; order: CouponOrder } | Refusal> {
    const found = await this.named.find(statements, request.who)
    if (!found.ok) return found
    const { member } = found
    if (!member || !isPresent(member)) return refuse('member_not_found')
    const { lines, goodsFen, isWithPoints } = request
    const sum = lines?.reduce((total, { amountFen }) => total + amountFen, 0) ?? goodsFen
    if (sum !== goodsFen) return refuse('input_invalid', '商品明细与商品金额不符')
    const atMs = this.clock.nowMs()
    const hasBought = await this.purchases.hasBought(statements, member.id)
    const order: CouponOrder = {
      atMs,
      localTime: localTime(atMs, store.timeZone),
      storeId: store.id,
      channel: 'pos',
      goodsFen,
      lines,
      shippingFen: fen(0),
      member: { levelCode: member.levelCode, isFirstPurchase: !hasBought },
      isWithPoints,
      seenFen: new Map(request.seen.map((one) => [one.couponId, one.goodsFen])),
    }
    return { ok: true, member, order }
  }
}
