// A chain with an online shop whose orders are fetched in two stores: its people, its orders, and what
// is looked at in stories.
import { expect } from '@jest/globals'
import {
  consolePickupSchema,
  consolePickupsPageSchema,
  foundPickupsSchema,
  type ConsolePickup,
} from '@huike/shared/contracts/console-pickups'
import { purchaseDetailSchema } from '@huike/shared/contracts/member'
import { onlineOrderAnswerSchema } from '@huike/shared/contracts/open'
import {
  waitingPickupsSchema,
  type MemberPickup,
  type PickupAnswer,
} from '@huike/shared/contracts/pickups'
import { signInAs, type ConsolePerson } from './console-staff.js'
import { CouponShop } from './coupons.js'
import { onlineOrder, openShop, type TestShop } from './open.js'
import type { Reply, TestServer } from './server.js'
import * as shopper from './shopper.js'

/** The codes of the stores that `CouponShop.open` makes. */
export const HERE = 'S01'
export const THERE = 'S02'

/** An order that was taken. */
export interface Placed extends PickupAnswer {
  purchaseId: string
  order: ReturnType<typeof onlineOrder>
}

export class PickupShop {
  private constructor(
    readonly server: TestServer,
    readonly coupons: CouponShop,
    readonly web: TestShop,
    /** They act for the store where orders are fetched, and for the other one. */
    readonly here: ConsolePerson,
    readonly there: ConsolePerson,
  ) {}

  static async open(server: TestServer): Promise<PickupShop> {
    const coupons = await CouponShop.open(server)
    const web = await openShop(server)
    const here = await signInAs(server, 'cashier', [coupons.till.enrolled.storeId])
    const there = await signInAs(server, 'manager', [coupons.other.enrolled.storeId])
    return new PickupShop(server, coupons, web, here, there)
  }

  order(over: object = {}) {
    return onlineOrder(this.server, { pickup: { storeCode: HERE, readyAtMs: null }, ...over })
  }

  send(order: object): Promise<Reply> {
    return this.web.call('POST', 'orders', order)
  }

  /** An order of somebody's, to be fetched here; the test overrides what it is about. */
  async placed(phone: string | null = null, over: object = {}): Promise<Placed> {
    const order = this.order({ phone, ...over })
    const reply = await this.send(order)
    expect([reply.status, reply.body.status]).toEqual([200, 'accepted'])
    const { purchaseId, pickup } = onlineOrderAnswerSchema.strict().parse(reply.body)
    if (!pickup) throw new Error('nothing to fetch')
    await this.server.drain()
    return { ...pickup, purchaseId, order }
  }

  /** Gives money back, and goods where `over` has lines. */
  async refunded({ order }: Pick<Placed, 'order'>, totalFen: number, over: object = {}) {
    const refund = onlineOrder(this.server, {
      ...{ kind: 'refund', originalOrderNo: order.orderNo, totalFen, lines: [] },
      ...{ payments: [{ method: 'wechat', amountFen: totalFen }], ...over },
    })
    const reply = await this.send(refund)
    expect(reply.status).toBe(200)
    await this.server.drain()
    return refund
  }

  ready({ purchaseId }: { purchaseId: string }, by = this.here): Promise<Reply> {
    return by.post(`pickups/${purchaseId}/ready`)
  }

  handOver(
    { purchaseId }: { purchaseId: string },
    refundsSeen = 0,
    by = this.here,
  ): Promise<Reply> {
    return by.post(`pickups/${purchaseId}/hand-over`, { refundsSeen })
  }

  /** What a code, or a phone, finds. */
  async find(text: string, by = this.here): Promise<ConsolePickup[]> {
    const reply = await by.post('pickups/find', { text })
    return foundPickupsSchema.strict().parse(reply.body).pickups
  }

  async byCode({ code }: Pick<Placed, 'code'>): Promise<ConsolePickup> {
    const [found] = await this.find(code)
    return consolePickupSchema.strict().parse(found)
  }

  /** The ids of orders in a state, as somebody reads them. */
  async listed(state: string, by = this.here, more = ''): Promise<string[]> {
    const reply = await by.get(`pickups?state=${state}${more}`)
    const { pickups } = consolePickupsPageSchema.strict().parse(reply.body)
    return pickups.map(({ purchaseId }) => purchaseId)
  }

  async waiting(phone: string): Promise<MemberPickup[]> {
    const { get } = await shopper.phoneOf(this.server, phone)
    return waitingPickupsSchema.strict().parse((await get('pickups')).body).pickups
  }

  /** As the detail of the purchase shows it. */
  async atPurchase(phone: string, purchaseId: string): Promise<MemberPickup | null> {
    const { get } = await shopper.phoneOf(this.server, phone)
    return purchaseDetailSchema.parse((await get(`purchases/${purchaseId}`)).body).pickup
  }
}
