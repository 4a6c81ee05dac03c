import {
  couponQuoteAnswerSchema,
  reservationAnswerSchema,
  type CouponQuoteAnswer,
  type CouponQuoteRequest,
  type ReservationAnswer,
  type ReservationRequest,
  type ReservationSettle,
} from '@huike/shared/contracts/coupons'
import type { CouponReservationId } from '@huike/shared/ids'
import type { z } from 'zod'
import { askServer, type Asked } from './ask-server.js'
import type { ServerClient } from './server-client.js'
import type { Tokens } from './tokens.js'

/** What a till asks of the server about coupons. */
export interface CouponCalls {
  /** What an order may take of a member's coupons, and why not the rest. */
  quote(request: CouponQuoteRequest): Promise<Asked<CouponQuoteAnswer>>
  /** Sets coupons aside. */
  reserve(request: ReservationRequest): Promise<Asked<ReservationAnswer>>
  /** Gives them back. */
  release(reservationId: CouponReservationId): Promise<Asked<ReservationAnswer>>
  /** Says whether they were used where the receipt differs. */
  settle(request: ReservationSettle): Promise<Asked<ReservationAnswer>>
}

/** The calls, as this till. */
export function makeCouponCalls(client: ServerClient, tokens: Tokens): CouponCalls {
  const ask = <T>(path: string, body: object, schema: z.ZodType<T>) =>
    askServer({ client, tokens }, { path: `agent/v1/coupons/${path}`, body, schema })
  return {
    quote: (request) => ask('quote', request, couponQuoteAnswerSchema),
    reserve: (request) => ask('reservations', request, reservationAnswerSchema),
    release: (reservationId) =>
      ask('reservations/release', { reservationId }, reservationAnswerSchema),
    settle: (request) => ask('reservations/settle', request, reservationAnswerSchema),
  }
}
