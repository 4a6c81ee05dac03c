// A chain with coupons: its owner, two tills of two stores, and what is asked and looked at in stories.
import { lookupAnswerSchema, type AgentMember } from '@huike/shared/contracts/agent'
import { expect } from '@jest/globals'
import {
  couponStorySchema,
  couponTemplateSchema,
  type CouponStory,
  type CouponTemplateView,
  type TemplateLimits,
} from '@huike/shared/contracts/console-coupons'
import {
  couponTermsSchema,
  reservationAnswerSchema,
  walletPageSchema,
  type CouponTerms,
  type HeldCoupon,
  type Reservation,
} from '@huike/shared/contracts/coupons'
import { epochMs, fen } from '@huike/shared/quantities'
import { CouponReservationsService } from '../../server/coupons/coupon-reservations.service.js'
import { CouponsService } from '../../server/coupons/coupons.service.js'
import type { Database } from '../../server/platform/database.js'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { signInAs, type ConsolePerson } from './console-staff.js'
import { assignment, checkout, freshId } from './events.js'
import { enrolTill, type TestServer, type TestTill } from './server.js'
import * as shopper from './shopper.js'

export const NO_LIMITS: TemplateLimits = {
  state: 'open',
  stock: null,
  memberMax: null,
  memberDayMax: null,
  counterDayMax: null,
  budgetFen: null,
  usesMax: null,
  claimFromMs: null,
  claimUntilMs: null,
}

/** Ten yuan off, good for thirty days; the test overrides what it is about. */
export function couponTerms(
  over: Partial<Omit<CouponTerms, 'when'>> & { when?: Partial<CouponTerms['when']> } = {},
): CouponTerms {
  const { when, ...rest } = over
  return couponTermsSchema.parse({
    name: '满减券',
    gives: { kind: 'amount', amountFen: fen(1_000) },
    class: 'order',
    stacking: 'classes',
    perOrderMax: 1,
    withPoints: true,
    validity: { kind: 'days', afterDays: 0, days: 30 },
    refund: 'given_back',
    bearer: 'chain',
    ...rest,
    when: {
      leastFen: fen(5_000),
      goods: null,
      notGoods: null,
      storeIds: [],
      channels: [],
      levelCodes: [],
      isFirstPurchase: false,
      weekdays: [],
      fromTime: null,
      toTime: null,
      ...when,
    },
  })
}

/** What templates count is what their coupons say. */
export async function expectCouponSumsAgree(database: Database): Promise<void> {
  const wrong = await database.read((rx) =>
    rx.rows(
      `SELECT t.id FROM coupon_template t LEFT JOIN (
         SELECT templateId, COUNT(*) AS given,
           SUM(CASE WHEN state IN ('reserved', 'redeemed') THEN 1 ELSE 0 END) AS used,
           SUM(CASE WHEN state IN ('reserved', 'redeemed') THEN offFen ELSE 0 END) AS off
         FROM coupon GROUP BY templateId
       ) c ON c.templateId = t.id
       WHERE t.issued <> COALESCE(c.given, 0) OR t.uses <> COALESCE(c.used, 0)
         OR t.spentFen <> COALESCE(c.off, 0)
         OR t.issued > COALESCE(t.stock, t.issued)`,
    ),
  )
  expect(wrong).toEqual([])
}

let phones = 0

export const to = (memberId: string) => ({ by: 'member' as const, memberId: memberId as never })

/** What a till asks for an order of ¥80.00. */
export const order = (memberId: string, over: object = {}) => ({
  reservationId: freshId(),
  who: to(memberId),
  goodsFen: 8_000,
  ...over,
})

export interface Holder {
  id: string
  phone: string
  templateId: string
  couponId: string
  code: string
}

export class CouponShop {
  private constructor(
    readonly server: TestServer,
    readonly till: TestTill,
    readonly other: TestTill,
    readonly owner: ConsolePerson,
  ) {}

  static async open(server: TestServer): Promise<CouponShop> {
    const till = await enrolTill(server)
    const other = await enrolTill(server, { storeCode: 'S02', storeName: '建设路店' })
    return new CouponShop(server, till, other, await signInAs(server, 'owner'))
  }

  expectSumsAgree(): Promise<void> {
    return expectCouponSumsAgree(this.server.database)
  }

  async template(
    terms: CouponTerms = couponTerms(),
    limits: Partial<TemplateLimits> = {},
  ): Promise<CouponTemplateView> {
    const json = { requestId: freshId(), terms, limits: { ...NO_LIMITS, ...limits } }
    const reply = await this.owner.fetch('coupons/templates', { json })
    expect([reply.status, reply.body.code]).toEqual([200, undefined])
    return couponTemplateSchema.parse(reply.body)
  }

  claimable(limits: Partial<TemplateLimits> = {}): Partial<TemplateLimits> {
    return { claimFromMs: epochMs(this.server.clock.nowMs()), ...limits }
  }

  async member(): Promise<{ id: string; phone: string }> {
    phones += 1
    const phone = String(13_500_000_000 + phones)
    return { id: await shopper.register(this.till, phone), phone }
  }

  give(templateId: string, memberId: string, requestId: string = freshId()) {
    const json = { requestId, templateId, memberId, reason: '补偿' }
    return this.owner.fetch('coupons/given', { json })
  }

  /** A member with one coupon of a fresh template. */
  async holder(
    terms: CouponTerms = couponTerms(),
    limits: Partial<TemplateLimits> = {},
  ): Promise<Holder> {
    const { id: templateId } = await this.template(terms, limits)
    const person = await this.member()
    const given = await this.give(templateId, person.id)
    expect(given.status).toBe(200)
    const { couponId, code } = couponStorySchema.parse(given.body)
    return { ...person, templateId, couponId, code }
  }

  async wallet(phone: string, state = 'issued'): Promise<HeldCoupon[]> {
    const { get } = await shopper.phoneOf(this.server, phone)
    return walletPageSchema.parse((await get(`coupons?state=${state}`)).body).coupons
  }

  async claim(phone: string, templateId: string, requestId: string = freshId()) {
    const { token } = await shopper.phoneOf(this.server, phone)
    const json = { requestId, templateId }
    return this.server.fetch('/member/v1/coupons/claims', { token, json })
  }

  async ask(path: string, json: object, from = this.till) {
    return this.server.fetch(`/agent/v1/coupons/${path}`, { token: await from.token(), json })
  }

  async reserved(memberId: string, over: object = {}, from = this.till): Promise<Reservation> {
    const reply = await this.ask('reservations', order(memberId, over), from)
    expect([reply.status, reply.body.code]).toEqual([200, undefined])
    return reservationAnswerSchema.parse(reply.body).reservation
  }

  /** The receipt of an order comes, and is given to the member with what was set aside. */
  async rungUp(memberId: string, reservation: Reservation, totalFen?: number) {
    const net = totalFen ?? reservation.goodsFen - reservation.offFen
    const sale = checkout(this.till, { receipt: { totalFen: net } })
    await this.till.sendOne(sale)
    const giving = {
      ...assignment(this.till, sale.eventId, to(memberId)),
      couponReservationId: reservation.reservationId,
    }
    return { sale, giving, result: await this.till.sendOne(giving) }
  }

  async storyOf(code: string): Promise<CouponStory> {
    return couponStorySchema.parse((await this.owner.fetch(`coupons/by-code/${code}`)).body)
  }

  async kindsOf(code: string): Promise<string[]> {
    return (await this.storyOf(code)).steps.map(({ kind }) => kind)
  }

  /** Somebody's two records become one. */
  async merge(of: { survivorId: string; absorbedId: string; moveHistory: boolean }): Promise<void> {
    const merged = await this.server.app.get(MergeMembersService, { strict: false }).merge({
      ...{ ...of, how: 'chosen', pairId: null, by: this.owner.id, idempotency: null },
      nowMs: this.server.clock.nowMs(),
    })
    expect(merged.ok).toBe(true)
  }

  /** Ends what is past its time. */
  expire(): Promise<void> {
    return this.server.app.get(CouponsService, { strict: false }).drain()
  }

  /** Gives back what nobody used in time. */
  lapse(): Promise<void> {
    return this.server.app.get(CouponReservationsService, { strict: false }).drain()
  }
}

/** The coupons that a cashier is told somebody can take. */
export async function offersAtTill(
  { server, till }: CouponShop,
  { phone }: { phone: string },
): Promise<AgentMember['offers'] | undefined> {
  const json = { by: 'phone', phone }
  const { body } = await server.fetch('/agent/v1/lookup', { token: await till.token(), json })
  return lookupAnswerSchema.parse(body).member?.offers
}
