import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import { AGENT_PROTOCOL } from '@huike/shared/contracts/agent'
import {
  couponQuoteAnswerSchema,
  couponQuoteRequestSchema,
  reservationAnswerSchema,
  reservationReleaseSchema,
  reservationRequestSchema,
  reservationSettleSchema,
  type CouponQuoteAnswer,
  type CouponQuoteRequest,
  type CouponState,
  type Reservation,
  type ReservationAnswer,
  type ReservationRequest,
  type ReservationSettle,
} from '@huike/shared/contracts/coupons'
import {
  counterGiftAnswerSchema,
  counterGiftSchema,
  counterListAnswerSchema,
  type CounterGiftAnswer,
  type CounterGiftRequest,
  type CounterListAnswer,
} from '@huike/shared/contracts/counter-gifts'
import { couponConditions, couponHeadline } from '@huike/shared/coupon-words'
import type { CouponReservationId, CouponTemplateId, MemberId } from '@huike/shared/ids'
import type { Refusal } from '@huike/shared/outcomes'
import { epochMs, fen } from '@huike/shared/quantities'
import { CounterGiftsService } from '../../coupons/counter-gifts.service.js'
import type { Reserved } from '../../coupons/coupon-reserving.service.js'
import { SpendCouponsService } from '../../flows/spend-coupons.service.js'
import { Clock } from '../../platform/clock.js'
import { raise } from '../../platform/problems.js'
import type { TerminalContext } from '../../stores/terminals.service.js'
import { Answers } from '../answers.js'
import { CallingTerminal, TerminalGuard } from '../caller.js'
import { heldCoupon } from '@huike/shared/held-coupon'

/** Coupons at a till. */
@ApiTags('agent')
@ApiBearerAuth()
@UseGuards(TerminalGuard)
@Controller('agent/v1/coupons')
export class AgentCouponsController {
  constructor(
    private readonly spending: SpendCouponsService,
    private readonly gifts: CounterGiftsService,
    private readonly clock: Clock,
  ) {}

  /** What an order may take of a member's coupons, and why not the rest. */
  @Post('quote')
  @HttpCode(200)
  @Answers(couponQuoteAnswerSchema)
  async quote(
    @CallingTerminal() from: TerminalContext,
    @Body({ schema: couponQuoteRequestSchema }) request: CouponQuoteRequest,
  ): Promise<CouponQuoteAnswer> {
    const answer = await this.spending.quote(from, request)
    if (!answer.ok) raise(answer)
    return { ...this.#head(), quote: answer.quote, coupons: answer.coupons.map(heldCoupon) }
  }

  /** Sets coupons aside for an order. */
  @Post('reservations')
  @HttpCode(200)
  @Answers(reservationAnswerSchema)
  async reserve(
    @CallingTerminal() from: TerminalContext,
    @Body({ schema: reservationRequestSchema }) request: ReservationRequest,
  ): Promise<ReservationAnswer> {
    return this.#reserved(await this.spending.reserve(from, request))
  }

  /** Gives them back. */
  @Post('reservations/release')
  @HttpCode(200)
  @Answers(reservationAnswerSchema)
  async release(
    @CallingTerminal() from: TerminalContext,
    @Body({ schema: reservationReleaseSchema })
    { reservationId }: { reservationId: CouponReservationId },
  ): Promise<ReservationAnswer> {
    return this.#reserved(await this.spending.release(from, reservationId))
  }

  /** The receipt differs from what was told: the cashier says whether the coupons were used. */
  @Post('reservations/settle')
  @HttpCode(200)
  @Answers(reservationAnswerSchema)
  async settle(
    @CallingTerminal() from: TerminalContext,
    @Body({ schema: reservationSettleSchema }) request: ReservationSettle,
  ): Promise<ReservationAnswer> {
    return this.#reserved(await this.spending.settle(from, request))
  }

  /** What this store may give to members now. */
  @Post('counter')
  @HttpCode(200)
  @Answers(counterListAnswerSchema)
  async counter(@CallingTerminal() from: TerminalContext): Promise<CounterListAnswer> {
    const offered = await this.gifts.offered(from.store.id)
    return {
      ...this.#head(),
      coupons: offered.map(({ template, terms, leftToday }) => ({
        templateId: template.id as CouponTemplateId,
        name: terms.name,
        headline: couponHeadline(terms),
        conditions: couponConditions(terms),
        leftToday,
      })),
    }
  }

  /** Gives one to a member, with why. */
  @Post('counter/give')
  @HttpCode(200)
  @Answers(counterGiftAnswerSchema)
  async give(
    @CallingTerminal() from: TerminalContext,
    @Body({ schema: counterGiftSchema }) request: CounterGiftRequest,
  ): Promise<CounterGiftAnswer> {
    const at = { storeId: from.store.id, terminalId: from.terminal.id }
    const given = await this.gifts.give(at, request)
    if (!given.ok) raise(given)
    const { coupon, terms } = given
    return {
      ...this.#head(),
      gift: {
        name: terms.name,
        headline: couponHeadline(terms),
        state: coupon.state as CouponState,
        validFromMs: epochMs(coupon.validFromMs),
        validUntilMs: epochMs(coupon.validUntilMs),
      },
    }
  }

  #reserved(reserved: Reserved | Refusal): ReservationAnswer {
    if (!reserved.ok) raise(reserved)
    return { ...this.#head(), reservation: reservationView(reserved) }
  }

  #head() {
    return { protocol: AGENT_PROTOCOL, serverTimeMs: epochMs(this.clock.nowMs()) } as const
  }
}

function reservationView({ reservation }: Reserved): Reservation {
  return {
    reservationId: reservation.id as CouponReservationId,
    memberId: reservation.memberId as MemberId,
    goodsFen: fen(reservation.goodsFen),
    offFen: fen(reservation.offFen),
    applied: JSON.parse(reservation.applied) as Reservation['applied'],
    state: reservation.state as Reservation['state'],
    differenceFen: reservation.differenceFen,
    deadlineAtMs: epochMs(reservation.deadlineAtMs),
  }
}
