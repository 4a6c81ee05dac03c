import { expect } from '@jest/globals'
import fc from 'fast-check'
import type { AgentEvent } from '@huike/shared/contracts/agent'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { SpendPointsService } from '../../server/flows/spend-points.service.js'
import { TakeEventsService } from '../../server/flows/take-events.service.js'
import { PointsExpiryService } from '../../server/points/points-expiry.service.js'
import { PointsHoldsService } from '../../server/points/points-holds.service.js'
import type { TerminalContext } from '../../server/stores/terminals.service.js'
import type { Deaths } from './deaths.js'
import { assignment, checkout, freshId, refundOf, undo } from './events.js'
import { holderOf, PointsModel, type ModelPerson, type ModelSale } from './points-model.js'
import type { TestServer, TestTill } from './server.js'

// Stories of points: what may happen, in any order, and how it is told to the server and to its model.

const PEOPLE_IN_STORY = 3
const STEPS_MAX = 24
const DAY_MS = 86_400_000
const ORDER_FEN = 100_000

export type Step =
  | { do: 'buy' | 'drop' | 'give'; who: number; fen: number; withHold: boolean }
  | { do: 'refund'; sale: number; part: number }
  | { do: 'hold' | 'race'; who: number; points: number; tills: number }
  | { do: 'release' | 'again'; nth: number }
  | { do: 'ungive' | 'unmerge' }
  | { do: 'merge'; who: number; other: number }
  | { do: 'wait'; days: number }
  | { do: 'rule'; rate: number; months: number | null }

const who = fc.nat({ max: PEOPLE_IN_STORY - 1 })
const amount = { fen: fc.integer({ min: 0, max: 3_000 }), withHold: fc.boolean() }
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('buy', 'drop', 'give'), who, ...amount }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('refund'),
      sale: fc.nat({ max: 5 }),
      part: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('hold', 'race'),
      who,
      points: fc.integer({ min: 1, max: 25 }),
      tills: fc.integer({ min: 2, max: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('release', 'again'), nth: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('ungive', 'unmerge') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('merge'), who, other: who }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait'), days: fc.integer({ min: 1, max: 25 }) }),
  },
)
const rule = fc.record({
  do: fc.constant('rule' as const),
  rate: fc.integer({ min: 0, max: 3 }),
  months: fc.constantFrom(null, 1, 2, 3),
})
/** Any story. */
export const story = fc.record({
  policy: fc.constantFrom('negative' as const, 'next_earn' as const),
  // A chain changes its rules seldom, and each stays for ever.
  rules: fc.oneof(
    { weight: 9, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(rule, { minLength: 1, maxLength: 2 }) },
  ),
  steps: fc.array(step, { minLength: 8, maxLength: STEPS_MAX }),
})

/** What a story is told to. */
export interface Stage {
  server: TestServer
  till: TestTill
  from: TerminalContext
  /** The rule of now. */
  told(): { rate: number; months: number | null }
  publish(change: { rate: number; months: number | null }): Promise<void>
  deaths: Deaths
}

/** One story, told to the server and to the model; they agree after every step. */
export class Story {
  readonly model: PointsModel
  readonly #sent: AgentEvent[] = []
  readonly #sales: { sale: ModelSale; eventId: string; receiptNo: string | null }[] = []
  #giving: { sale: ModelSale; owner: ModelPerson; eventId: string; atMs: number } | null = null

  constructor(
    readonly stage: Stage,
    readonly people: readonly ModelPerson[],
    policy: 'negative' | 'next_earn',
  ) {
    this.model = new PointsModel(policy)
  }

  async tell(step: Step): Promise<void> {
    this.stage.server.clock.advance(1)
    switch (step.do) {
      case 'buy':
        await this.#buy(this.#person(step.who), step.fen)
        break
      case 'drop':
        await this.#drop(step.fen)
        break
      case 'give':
        await this.#give(this.#person(step.who), step)
        break
      case 'refund':
        await this.#refund(step)
        break
      case 'hold':
        await this.#hold(holderOf(this.#person(step.who)), step.points)
        break
      case 'race':
        await this.#race(holderOf(this.#person(step.who)), step)
        break
      case 'release':
        await this.#release(step.nth)
        break
      case 'again':
        await this.#again(step.nth)
        break
      case 'ungive':
        await this.#ungive()
        break
      case 'merge':
        await this.#merge(this.#person(step.who), this.#person(step.other))
        break
      case 'unmerge':
        await this.#unmerge()
        break
      case 'wait':
        await this.#wait(step.days)
        break
      case 'rule':
        await this.stage.publish(step)
    }
    await this.#expire()
    await this.check()
  }

  #person(n: number): ModelPerson {
    return this.people[n] as ModelPerson
  }

  async #send(event: AgentEvent) {
    this.#sent.push(event)
    return (await this.#sendAll([event]))[0]
  }

  #sendAll(events: readonly AgentEvent[]) {
    const receivedAtMs = this.stage.server.clock.nowMs()
    const take = this.#get(TakeEventsService)
    return this.stage.deaths.insisted(() =>
      take.take(
        events.map((event) => ({
          ...{ from: this.stage.from, event, receivedAtMs },
          contentSha256: event.eventId.padEnd(64, '0'),
        })),
      ),
    )
  }

  async #buy(one: ModelPerson, totalFen: number): Promise<void> {
    const who = { by: 'phone' as const, phone: one.phone as never }
    const event = checkout(this.stage.till, { who, receipt: { totalFen } })
    const sale = this.#note(event.eventId, event.receipt.receiptNo, totalFen)
    this.model.earn(sale, one)
    this.model.settle(holderOf(one))
    const result = await this.#send(event)
    expect([result?.status, result?.balancePoints]).toEqual(['accepted', this.#balance(one)])
  }

  async #drop(totalFen: number): Promise<void> {
    const event = checkout(this.stage.till, { receipt: { totalFen } })
    this.#note(event.eventId, event.receipt.receiptNo, totalFen)
    expect((await this.#send(event))?.status).toBe('accepted')
  }

  #note(eventId: string, receiptNo: string | null, totalFen: number): ModelSale {
    const sale: ModelSale = {
      ...{ under: null, totalFen, earned: 0, record: null, batch: 0, refundedFen: 0 },
      ...{ reversed: 0, late: null, refunds: [], paid: null, returned: 0 },
      ...{ madeAtMs: this.stage.server.clock.nowMs(), ...this.stage.told() },
    }
    this.model.sales.push(sale)
    this.#sales.push({ sale, eventId, receiptNo })
    return sale
  }

  async #give(one: ModelPerson, { fen, withHold }: { fen: number; withHold: boolean }) {
    if (!this.#sales.some(({ sale }) => sale.under === null)) await this.#drop(fen)
    const found = this.#sales.find(({ sale }) => sale.under === null)
    if (!found) return
    const { sale, eventId } = found
    const owner = holderOf(one)
    const hold = this.model.holds.find(
      ({ record, state, terminalId }) =>
        withHold &&
        record === owner &&
        state === 'reserved' &&
        terminalId === this.stage.till.enrolled.terminalId,
    )
    const who = { by: 'phone', phone: one.phone }
    const event = {
      ...assignment(this.stage.till, eventId, who),
      ...(hold ? { holdId: hold.id as never } : {}),
    }
    this.model.earn(sale, one)
    if (hold) this.model.pay(sale, hold)
    this.model.settle(owner)
    const result = await this.#send(event)
    expect([result?.status, result?.code, result?.balancePoints]).toEqual([
      ...['accepted', null],
      this.#balance(one),
    ])
    this.#giving = { sale, owner, eventId: event.eventId, atMs: this.stage.server.clock.nowMs() }
  }

  async #ungive(): Promise<void> {
    const giving = this.#giving
    if (giving?.sale.under === null || giving === null) return
    this.#giving = null
    const owner = holderOf(giving.sale.under)
    const isLate =
      this.stage.server.clock.nowMs() - giving.atMs > DAY_MS / 2 || giving.sale.returned > 0
    // Given while two records were one, and theirs no more when they are two again.
    const isOthers = holderOf(giving.owner) !== owner
    const code = isOthers ? 'receipt_already_claimed' : isLate ? 'undo_too_late' : null
    if (code === null) this.model.ungive(giving.sale)
    const result = await this.#send(undo(this.stage.till, giving.eventId))
    expect([result?.status, result?.code]).toEqual([code === null ? 'accepted' : 'rejected', code])
    for (const one of [owner, holderOf(giving.owner)]) this.model.settle(one)
  }

  async #refund({ sale: nth, part }: { sale: number; part: number }): Promise<void> {
    const found = this.#sales[this.#sales.length - 1 - nth]
    if (!found) return
    const part_ = Math.ceil(found.sale.totalFen / part)
    this.model.refund(found.sale, part_)
    const result = await this.#send(refundOf(this.stage.till, found.receiptNo, part_))
    expect(result?.status).toBe('accepted')
  }

  async #hold(owner: ModelPerson, points: number): Promise<void> {
    const { terminalId } = this.stage.till.enrolled
    for (const hold of this.model.holds)
      if (hold.record === owner && hold.terminalId === terminalId) this.model.release(hold)
    const isEnough = this.model.spendable(owner, this.stage.server.clock.nowMs()) >= points
    const answer = await this.#reserve(owner, points, this.stage.from)
    expect([answer.ok, answer.ok ? null : answer.code]).toEqual(
      isEnough ? [true, null] : [false, 'points_short'],
    )
    if (answer.ok) this.#aside(owner, points, answer.hold)
  }

  async #race(owner: ModelPerson, { points, tills }: { points: number; tills: number }) {
    const spendable = this.model.spendable(owner, this.stage.server.clock.nowMs())
    const answers = await Promise.all(
      Array.from({ length: tills }, () =>
        this.#reserve(owner, points, {
          ...this.stage.from,
          terminal: { ...this.stage.from.terminal, id: freshId() },
        }),
      ),
    )
    const held = answers.flatMap((answer) => (answer.ok ? [answer.hold] : []))
    expect(held).toHaveLength(Math.min(tills, Math.floor(spendable / points)))
    const inOrder = held.sort((a, b) => (a.heldTransferId < b.heldTransferId ? -1 : 1))
    for (const hold of inOrder) this.#aside(owner, points, hold)
  }

  #reserve(owner: ModelPerson, points: number, at: TerminalContext) {
    const holdId = freshId()
    const who = { by: 'member' as const, memberId: owner.id as never }
    const wanted = { holdId, who, points, orderFen: ORDER_FEN } as never
    return this.stage.deaths.insisted(() => this.#get(SpendPointsService).reserve(at, wanted))
  }

  #aside(owner: ModelPerson, points: number, row: { id: string; terminalId: string }): void {
    this.model.hold(owner, points, row.id, row.terminalId, this.stage.server.clock.nowMs())
  }

  async #release(nth: number): Promise<void> {
    const hold = this.model.holds[nth]
    if (hold?.terminalId !== this.stage.till.enrolled.terminalId) return
    this.model.release(hold)
    const answer = await this.stage.deaths.insisted(() =>
      this.#get(SpendPointsService).release(this.stage.from, hold.id),
    )
    expect(answer.ok && answer.hold.state).toBe(hold.state)
  }

  /** Ten times the same: nothing changes. */
  async #again(nth: number): Promise<void> {
    const event = this.#sent.at(-1 - nth)
    if (!event) return
    for (let time = 1; time <= 10; time += 1) {
      const [result] = await this.#sendAll([event])
      expect(['duplicate', 'rejected']).toContain(result?.status)
    }
  }

  async #merge(survivor: ModelPerson, absorbed: ModelPerson): Promise<void> {
    if (survivor === absorbed || survivor.into !== null || absorbed.into !== null) return
    const merged = await this.stage.deaths.insisted(() =>
      this.#get(MergeMembersService).merge({
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
    const nowMs = this.stage.server.clock.nowMs()
    const undone = await this.stage.deaths.insisted(() =>
      this.#get(MergeMembersService).undo({ mergeId: last.id, by: null, nowMs }),
    )
    expect(undone.ok).toBe(true)
    this.model.unmerge()
  }

  async #wait(days: number): Promise<void> {
    this.stage.server.clock.advance(days * DAY_MS)
    await this.stage.deaths.insisted(() => this.#get(PointsHoldsService).drain())
    for (const hold of this.model.holds) this.model.release(hold)
  }

  async #expire(): Promise<void> {
    await this.stage.deaths.insisted(() => this.#get(PointsExpiryService).drain())
    this.model.expire(this.people, this.stage.server.clock.nowMs())
  }

  #balance(one: ModelPerson): number {
    return this.model.balance(holderOf(one))
  }

  /** The same points until the same days, and the same debts. */
  async check(): Promise<void> {
    const ids = this.people.map(({ id }) => `'${id}'`).join(', ')
    const [accounts, lots] = await this.stage.server.database.read(async (rx) => [
      await rx.rows<{ memberId: string; balancePoints: number; owedPoints: number | null }>(
        `SELECT memberId, balancePoints, owedPoints FROM points_account WHERE memberId IN (${ids})`,
      ),
      await rx.rows<{ memberId: string; expiresAtMs: number; points: number | string }>(
        `SELECT memberId, expiresAtMs, SUM(leftPoints) AS points FROM points_lot
         WHERE memberId IN (${ids}) AND state = 'open' GROUP BY memberId, expiresAtMs`,
      ),
    ])
    const book = this.people.map(({ name, id }) => {
      const account = accounts.find(({ memberId }) => memberId === id)
      const own = lots.filter(({ memberId }) => memberId === id)
      return {
        ...{ name, balance: account?.balancePoints, owed: account?.owedPoints ?? 0 },
        days: own.map((lot) => [lot.expiresAtMs, Number(lot.points)]).sort(byFirst),
      }
    })
    expect(book).toEqual(
      this.people.map((one) => ({
        ...{ name: one.name, balance: this.model.balance(one), owed: one.owed },
        days: daysOf(one).sort(byFirst),
      })),
    )
  }

  #get<T>(type: abstract new (...args: never[]) => T): T {
    return this.stage.server.app.get<T>(type, { strict: false })
  }
}

/** The rules change in the middle of the story. */
export function interleaved(steps: readonly Step[], rules: readonly Step[]): Step[] {
  const middle = Math.floor(steps.length / 2)
  return [...steps.slice(0, middle), ...rules, ...steps.slice(middle)]
}

function daysOf({ points }: ModelPerson): [number, number][] {
  const days = new Map<number, number>()
  for (const { expiresAtMs } of points) days.set(expiresAtMs, (days.get(expiresAtMs) ?? 0) + 1)
  return [...days]
}

function byFirst(a: readonly number[], b: readonly number[]): number {
  return (a[0] ?? 0) - (b[0] ?? 0)
}
