import { expect } from '@jest/globals'
import fc from 'fast-check'
import type { AgentEvent } from '@huike/shared/contracts/agent'
import { reservationRequestSchema } from '@huike/shared/contracts/coupons'
import { CouponClaimsService } from '../../server/coupons/coupon-claims.service.js'
import { CouponReservationsService } from '../../server/coupons/coupon-reservations.service.js'
import { CouponsService } from '../../server/coupons/coupons.service.js'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { SpendCouponsService } from '../../server/flows/spend-coupons.service.js'
import { TakeEventsService } from '../../server/flows/take-events.service.js'
import type { TerminalContext } from '../../server/stores/terminals.service.js'
import {
  CouponModel,
  recordOf,
  type CouponPerson,
  type CouponSale,
  type ModelAside,
  type ModelCoupon,
  type ModelTemplate,
} from './coupon-model.js'
import type { Deaths } from './deaths.js'
import { assignment, checkout, freshId, refundOf, undo } from './events.js'
import type { TestServer, TestTill } from './server.js'

// Stories of coupons: what may happen, in any order, and how it is told to the server and to its model.

const PEOPLE_IN_STORY = 3
const TEMPLATES_IN_STORY = 3
const STEPS_MAX = 30
const MINUTE_MS = 60_000
const RACE_TILLS = 5

export type Step =
  | { do: 'get'; who: number; template: number; isAgain: boolean }
  | { do: 'aside'; who: number; till: number; fen: number; nth: number | null }
  | { do: 'race'; nth: number; fen: number }
  | { do: 'release' | 'ring' | 'settle'; nth: number; isRight: boolean }
  | { do: 'refund'; nth: number; part: number }
  | { do: 'ungive' }
  | { do: 'unmerge' }
  | { do: 'again'; nth: number }
  | { do: 'merge'; who: number; other: number }
  | { do: 'wait'; minutes: number }

const who = fc.nat({ max: PEOPLE_IN_STORY - 1 })
const fen = fc.constantFrom(200, 1_500, 2_500, 4_000, 5_999)
/** Counted from the latest. */
const nth = fc.nat({ max: 3 })
const got: fc.Arbitrary<Step> = fc.record({
  ...{ do: fc.constant('get' as const), who, isAgain: fc.boolean() },
  template: fc.nat({ max: TEMPLATES_IN_STORY - 1 }),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: got },
  {
    weight: 7,
    arbitrary: fc.record({
      ...{ do: fc.constant('aside' as const), who, fen, till: fc.nat({ max: 1 }) },
      nth: fc.option(nth, { freq: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('race' as const), nth, fen }) },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constantFrom('release' as const, 'ring', 'ring', 'ring', 'settle'),
      ...{ nth, isRight: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.boolean()) },
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ do: fc.constant('refund' as const), nth, part: fc.integer({ min: 1, max: 4 }) },
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom({ do: 'ungive' as const }, { do: 'unmerge' as const }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const), nth }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('merge' as const), who, other: who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      minutes: fc.constantFrom(1, 1, 1, 31, 31, 20 * 24 * 60),
    }),
  },
)
const first = fc.array(got, { minLength: 4, maxLength: 8 })
/** Any story, in which some have coupons before anything else happens. */
export const story = fc
  .tuple(first, fc.array(step, { minLength: 12, maxLength: STEPS_MAX }))
  .map(([gotten, steps]) => [...gotten, ...steps])

/** What a story is told to. */
export interface CouponStage {
  server: TestServer
  /** Receipts come from the first of them. */
  till: TestTill
  tills: readonly [TerminalContext, TerminalContext]
  deaths: Deaths
}

/** One story, told to the server and to the model; they agree after every step. */
export class CouponTale {
  readonly model = new CouponModel()
  readonly #sent: AgentEvent[] = []
  #gifts = 0
  #last: CouponSale | null = null

  constructor(
    readonly stage: CouponStage,
    readonly people: readonly CouponPerson[],
    readonly templates: readonly ModelTemplate[],
  ) {}

  async tell(step: Step): Promise<void> {
    this.stage.server.clock.advance(1)
    if (step.do === 'get') await this.#get(step)
    else if (step.do === 'aside') await this.#aside(step)
    else if (step.do === 'race') await this.#race(step)
    else if (step.do === 'refund') await this.#refund(step)
    else if (step.do === 'ungive') await this.#ungive()
    else if (step.do === 'merge') await this.#merge(step)
    else if (step.do === 'unmerge') await this.#unmerge()
    else if (step.do === 'again') await this.#again(step.nth)
    else if (step.do === 'wait') this.stage.server.clock.advance(step.minutes * MINUTE_MS)
    else await this.#withAside(step)
    await this.#passTime()
    await this.check()
  }

  async #get({ who, template: which, isAgain }: Extract<Step, { do: 'get' }>): Promise<void> {
    const person = recordOf(this.#person(who))
    const template = this.templates[which] as ModelTemplate
    this.#gifts += 1
    const why = this.model.whyNotGiven(template, person)
    const gift = {
      ...{ templateId: template.id, memberId: person.id, actor: 'test', isClaim: false },
      sourceKey: `test|${template.id}|${String(this.#gifts)}`,
    }
    const claims = this.#of(CouponClaimsService)
    const given = await this.#insisted(() => claims.give(gift))
    expect(given.ok ? null : given.code).toBe(why)
    if (!given.ok) return
    const { id, validUntilMs: untilMs } = given.coupon
    template.issued += 1
    this.model.coupons.push({
      ...{ id, template, holder: person, state: 'issued', untilMs, aside: null },
    })
    if (!isAgain) return
    const again = await this.#insisted(() => claims.give(gift))
    expect(again.ok && [again.coupon.id, again.isNew]).toEqual([id, false])
  }

  async #aside({ who, till, fen: goodsFen, nth }: Extract<Step, { do: 'aside' }>): Promise<void> {
    const person = recordOf(this.#person(who))
    const usable = this.model.usable(person, { till, goodsFen })
    const wanted = nth === null ? null : this.model.coupons.at(-1 - nth)
    if (nth !== null && !wanted) return
    const answer = await this.#reserve(person, { till, goodsFen, wanted: wanted ?? null })
    const isAble = wanted ? usable.includes(wanted) : usable.length > 0
    expect([answer.ok, whyNot(answer)]).toEqual([isAble, isAble ? null : expect.any(String)])
    if (!answer.ok) return
    const { id, applied, offFen } = answer.reservation
    const best = Math.max(...usable.map((one) => this.model.offFen(one, goodsFen)))
    const [{ couponId }] = JSON.parse(applied) as [{ couponId: string }]
    const coupon = usable.find((one) => one.id === couponId)
    if (!coupon) throw new Error('a coupon was set aside that could not be used')
    expect(offFen).toBe(wanted ? this.model.offFen(wanted, goodsFen) : best)
    this.#hold({ id, till, coupon, goodsFen, under: person })
  }

  /** Tills of other stores want the same coupon at the same moment. */
  async #race({ nth, fen: goodsFen }: Extract<Step, { do: 'race' }>): Promise<void> {
    const coupon = this.model.coupons.at(-1 - nth)
    if (!coupon) return
    const { holder } = coupon
    const isAble = this.model.usable(holder, { till: -1, goodsFen }).includes(coupon)
    const answers = await Promise.all(
      Array.from({ length: RACE_TILLS }, () =>
        this.#reserve(holder, { till: -1, goodsFen, wanted: coupon }),
      ),
    )
    const held = answers.flatMap((answer) => (answer.ok ? [answer.reservation] : []))
    expect(held).toHaveLength(isAble ? 1 : 0)
    // Till -1 stands for every other till.
    for (const { id } of held) this.#hold({ id, till: -1, coupon, goodsFen, under: holder }, true)
  }

  #hold(
    aside: Pick<ModelAside, 'id' | 'till' | 'coupon' | 'goodsFen' | 'under'>,
    isOther = false,
  ): void {
    const nowMs = this.stage.server.clock.nowMs()
    const whole: ModelAside = {
      ...aside,
      ...{ offFen: this.model.offFen(aside.coupon, aside.goodsFen), leftFen: 0, state: 'reserved' },
      ...{ deadlineMs: nowMs + 30 * MINUTE_MS, sale: null },
    }
    if (isOther) this.model.setElsewhere(whole)
    else this.model.set(whole)
  }

  #reserve(
    person: CouponPerson,
    at: { till: number; goodsFen: number; wanted: ModelCoupon | null },
  ) {
    const from = this.stage.tills[at.till] ?? {
      ...this.stage.tills[0],
      terminal: { ...this.stage.tills[0].terminal, id: freshId() },
    }
    const request = reservationRequestSchema.parse({
      ...{ reservationId: freshId(), who: { by: 'member', memberId: person.id } },
      ...{ goodsFen: at.goodsFen, chosen: at.wanted ? [at.wanted.id] : null },
    })
    return this.#insisted(() => this.#of(SpendCouponsService).reserve(from, request))
  }

  async #withAside(step: Extract<Step, { isRight: boolean }>): Promise<void> {
    // Receipts of the first till for what it set aside itself, mostly.
    const isOwn = step.do === 'ring' && step.isRight
    const asides = this.model.asides.filter(({ till }) => !isOwn || till === 0)
    const aside = asides.at(-1 - step.nth)
    if (!aside) return
    if (step.do === 'ring') {
      await this.#ring(aside, step.isRight)
      return
    }
    const from = this.stage.tills[aside.till]
    if (!from) return
    const spending = this.#of(SpendCouponsService)
    if (step.do === 'settle') this.model.settle(aside, step.isRight)
    else this.model.release(aside)
    const answer = await this.#insisted(() =>
      step.do === 'settle'
        ? spending.settle(from, { reservationId: aside.id as never, isUsed: step.isRight })
        : spending.release(from, aside.id),
    )
    expect(answer.ok && answer.reservation.state).toBe(aside.state)
  }

  /** The receipt comes and is given to the member with what was set aside. */
  async #ring(aside: ModelAside, isRight: boolean): Promise<void> {
    const owner = recordOf(aside.under)
    const totalFen = aside.goodsFen - aside.offFen + (isRight ? 0 : 500)
    const event = checkout(this.stage.till, { receipt: { totalFen } })
    await this.#send(event)
    const giving = {
      ...assignment(this.stage.till, event.eventId, { by: 'phone', phone: owner.phone }),
      couponReservationId: aside.id as never,
    }
    const sale: CouponSale = {
      ...{ eventId: event.eventId, givingId: giving.eventId, owner, totalFen, refundedFen: 0 },
      ...{ receiptNo: event.receipt.receiptNo, atMs: this.stage.server.clock.nowMs(), aside: null },
    }
    this.model.sales.push(sale)
    this.#last = sale
    const code = this.model.ring(sale, aside)
    expect(await this.#send(giving)).toMatchObject({ status: 'accepted', code })
  }

  async #refund({ nth, part }: Extract<Step, { do: 'refund' }>): Promise<void> {
    const sale = this.model.sales.at(-1 - nth)
    const fen = sale ? Math.ceil((sale.totalFen - sale.refundedFen) / part) : 0
    if (!sale || fen === 0) return
    this.model.refund(sale, fen)
    const result = await this.#send(refundOf(this.stage.till, sale.receiptNo, fen))
    expect(result?.status).toBe('accepted')
  }

  async #ungive(): Promise<void> {
    const sale = this.#last
    this.#last = null
    const nowMs = this.stage.server.clock.nowMs()
    if (!sale || sale.refundedFen > 0 || nowMs - sale.atMs > MINUTE_MS / 2) return
    this.model.ungive(sale)
    const result = await this.#send(undo(this.stage.till, sale.givingId))
    expect([result?.status, result?.code]).toEqual(['accepted', null])
  }

  async #again(nth: number): Promise<void> {
    const event = this.#sent.at(-1 - nth)
    if (!event) return
    for (let time = 1; time <= 10; time += 1)
      expect((await this.#sendOnce(event))?.status).toBe('duplicate')
  }

  async #merge({ who, other }: Extract<Step, { do: 'merge' }>): Promise<void> {
    const [survivor, absorbed] = [this.#person(who), this.#person(other)]
    if (survivor === absorbed || survivor.into !== null || absorbed.into !== null) return
    this.#last = null
    const merged = await this.#insisted(() =>
      this.#of(MergeMembersService).merge({
        ...{ survivorId: survivor.id, absorbedId: absorbed.id, moveHistory: true },
        ...{ how: 'chosen', pairId: null, by: null, idempotency: null },
        nowMs: this.stage.server.clock.nowMs(),
      }),
    )
    if (!merged.ok) throw new Error(merged.code)
    this.model.merge(merged.merge.id, survivor, absorbed)
  }

  async #unmerge(): Promise<void> {
    const last = this.model.merges.at(-1)
    if (!last) return
    this.#last = null
    const nowMs = this.stage.server.clock.nowMs()
    const undone = await this.#insisted(() =>
      this.#of(MergeMembersService).undo({ mergeId: last.id, by: null, nowMs }),
    )
    expect(undone.ok).toBe(true)
    this.model.unmerge()
  }

  async #passTime(): Promise<void> {
    await this.#insisted(() => this.#of(CouponReservationsService).drain())
    await this.#insisted(() => this.#of(CouponsService).drain())
    this.model.pass(this.stage.server.clock.nowMs())
  }

  /** The same coupons in the same hands, and what templates count of them. */
  async check(): Promise<void> {
    const ids = this.templates.map(({ id }) => `'${id}'`).join(', ')
    const [coupons, templates] = await this.stage.server.database.read(async (rx) => [
      await rx.rows<{ id: string; memberId: string; state: string; offFen: number | null }>(
        `SELECT id, memberId, state, offFen FROM coupon WHERE templateId IN (${ids}) ORDER BY id`,
      ),
      await rx.rows<Pick<ModelTemplate, 'id' | 'issued' | 'uses' | 'spentFen'>>(
        `SELECT id, issued, uses, spentFen FROM coupon_template WHERE id IN (${ids}) ORDER BY id`,
      ),
    ])
    expect({ coupons, templates }).toEqual({
      coupons: this.model.coupons
        .map(({ id, holder, state, aside }) => ({
          ...{ id, memberId: holder.id, state, offFen: aside?.leftFen ?? null },
        }))
        .sort(byId),
      templates: this.templates
        .map(({ id, issued, uses, spentFen }) => ({ id, issued, uses, spentFen }))
        .sort(byId),
    })
  }

  async #send(event: AgentEvent) {
    this.#sent.push(event)
    return this.#sendOnce(event)
  }

  async #sendOnce(event: AgentEvent) {
    const receivedAtMs = this.stage.server.clock.nowMs()
    const contentSha256 = event.eventId.padEnd(64, '0')
    const from = this.stage.tills[0]
    const results = await this.#insisted(() =>
      this.#of(TakeEventsService).take([{ from, event, receivedAtMs, contentSha256 }]),
    )
    return results[0]
  }

  #person(n: number): CouponPerson {
    return this.people[n] as CouponPerson
  }

  #insisted<T>(ask: () => Promise<T>): Promise<T> {
    return this.stage.deaths.insisted(ask)
  }

  #of<T>(type: abstract new (...args: never[]) => T): T {
    return this.stage.server.app.get<T>(type, { strict: false })
  }
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1
}

/** Why an answer is none. */
function whyNot(answer: { ok: true } | { ok: false; code: string }): string | null {
  return answer.ok ? null : answer.code
}
