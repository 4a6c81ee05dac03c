// Random days of two tills that lose their networks, with clocks ten minutes apart: what they gave away
// is noted beside, and everything they ever sent can be sent again.
import { expect } from '@jest/globals'
import fc from 'fast-check'
import { points } from '@huike/shared/quantities'
import type { CouponShop, Holder } from './coupons.js'
import { checkout } from './events.js'
import { OfflineTill } from './offline-till.js'
import type { TestTill } from './server.js'

const HOUR_MS = 3_600_000
const APART_MS = 10 * 60_000
const ORDER_FEN = 8_000
export const POINTS_BOUND = 500

const which = { till: fc.nat(1), member: fc.nat(1) }
export const storySteps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('order' as const), ...which }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('turn' as const), ...which }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('buy' as const), ...which }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('hours' as const), ...which }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const), ...which }) },
  ),
  { minLength: 12, maxLength: 18 },
)
type Step = { kind: 'order' | 'turn' | 'buy' | 'hours' | 'again'; till: number; member: number }

export class OfflineStory {
  readonly agents: readonly OfflineTill[]
  /** Coupons that were off a receipt, each time. */
  readonly couponsUsed: string[] = []
  orders = 0
  private readonly sent: { till: TestTill; events: object[] }[] = []

  private constructor(
    private readonly shop: CouponShop,
    readonly people: readonly Holder[],
  ) {
    this.agents = [shop.till, shop.other].map((till) => new OfflineTill(till))
    this.agents.forEach((agent, at) => {
      agent.clockOffMs = (at - 0.5) * APART_MS
    })
  }

  /**
   * Two people with a coupon and a thousand points each, who bought at one of the tills each; and both
   * tills lose their networks.
   */
  static async begin(shop: CouponShop): Promise<OfflineStory> {
    const people = [await shop.holder(), await shop.holder()]
    const story = new OfflineStory(shop, people)
    for (const [at, person] of people.entries()) {
      const till = story.agents[at]?.till ?? shop.till
      await story.buys(person, till, 100_000)
    }
    for (const agent of story.agents) for (const { id } of people) await agent.meets(id)
    for (const agent of story.agents) agent.isOnline = false
    return story
  }

  async take({ kind, till, member }: Step): Promise<void> {
    const agent = this.agents[till]
    const person = this.people[member]
    if (!agent || !person) throw new Error('there are two of each')
    if (kind === 'order') await this.order(agent, person)
    else if (kind === 'turn') await this.turn(agent)
    else if (kind === 'buy') await this.buys(person, agent.till, 3_000)
    else if (kind === 'hours') this.shop.server.clock.advance(3 * HOUR_MS)
    else await this.again(this.orders)
  }

  /** All are there again, and have said all they have to say. */
  async end(): Promise<void> {
    for (const agent of this.agents) if (!agent.isOnline) await this.turn(agent)
    for (const agent of this.agents) await this.sends(agent)
  }

  /** Everything that was ever sent comes again, in another order. */
  async again(seed: number): Promise<void> {
    const batches = [...this.sent].sort((one, other) => hash(one, seed) - hash(other, seed))
    for (const { till, events } of batches) {
      const order = seed % 2 === 0 ? events : [...events].reverse()
      const { results } = await till.send(order)
      for (const { status } of results) expect(status).toBe('duplicate')
    }
  }

  close(): void {
    for (const agent of this.agents) agent.close()
  }

  private async turn(agent: OfflineTill): Promise<void> {
    agent.isOnline = !agent.isOnline
    if (!agent.isOnline) return
    await this.sends(agent)
    await agent.coupons.giveBack()
    await agent.offline.refresh()
  }

  private async sends(agent: OfflineTill): Promise<void> {
    const events = agent.waiting()
    if (events.length === 0) return
    this.sent.push({ till: agent.till, events })
    const codes = await agent.sends()
    expect(codes.filter((code) => code !== null)).toEqual([])
  }

  /** An order with a coupon and points, where this till may take them now. */
  private async order(agent: OfflineTill, { id, phone }: Holder): Promise<void> {
    this.orders += 1
    this.shop.server.clock.advance(30_000)
    await agent.reads(phone, { atMs: agent.clock.correctedNowMs() })
    const coupon = await agent.coupons.reserve(agent.order(id)).catch(() => null)
    const offFen = coupon?.reservation.offFen ?? 0
    const asked = { memberId: id as never, orderFen: (ORDER_FEN - offFen) as never }
    const quoted = await agent.points.quote(asked).catch(() => null)
    const most = Math.min(POINTS_BOUND, quoted?.quote.mostPoints ?? 0)
    const hold =
      most > 0
        ? await agent.points.hold({ ...asked, points: points(most) }).catch(() => null)
        : null
    const giving = agent.gives(id, ORDER_FEN - offFen - (hold?.hold.valueFen ?? 0))
    expect(giving.couponReservationId !== undefined).toBe(coupon !== null)
    expect(giving.holdId !== undefined).toBe(hold !== null)
    if (coupon !== null) this.couponsUsed.push(id)
    if (agent.isOnline) await this.sends(agent)
  }

  private async buys({ phone }: Holder, till: TestTill, totalFen: number): Promise<void> {
    await till.sendOne(checkout(till, { who: { by: 'phone', phone }, receipt: { totalFen } }))
  }
}

function hash({ events }: { events: object[] }, seed: number): number {
  const text = JSON.stringify(events[0])
  let sum = seed
  for (const character of text) sum = (sum * 31 + character.charCodeAt(0)) % 1_000_003
  return sum
}
