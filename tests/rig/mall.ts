// A chain with a points mall: its owner, members with points, and what is asked and looked at in
// stories.
import { expect } from '@jest/globals'
import {
  consoleMallItemSchema,
  type ConsoleMallItem,
  type MallLimits,
} from '@huike/shared/contracts/console-mall'
import {
  exchangeAnswerSchema,
  mallShelfSchema,
  type Exchange,
  type MallGives,
  type MallShelf,
  type MallTerms,
} from '@huike/shared/contracts/mall'
import { epochMs } from '@huike/shared/quantities'
import { ExchangeEndingsService } from '../../server/mall/exchange-endings.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { CouponShop } from './coupons.js'
import { checkout, freshId } from './events.js'
import type { Reply, TestServer } from './server.js'
import * as shopper from './shopper.js'

export interface MallMember {
  id: string
  phone: string
}

/** Goods that are fetched anywhere within seven days, and whose points come back after. */
export const GOODS = {
  kind: 'goods',
  fetchDays: 7,
  storeIds: [],
  lapse: 'back',
} satisfies MallGives

/** An error, as the stories tell it. */
export const codeOf = ({ status, body }: Reply): string =>
  status === 200 ? 'ok' : `${String(status)} ${String(body.code)}`

export class MallShop {
  private constructor(
    readonly server: TestServer,
    readonly coupons: CouponShop,
  ) {}

  /** On a chain of its own, or beside the coupons of one. */
  static async open(server: TestServer, coupons?: CouponShop): Promise<MallShop> {
    return new MallShop(server, coupons ?? (await CouponShop.open(server)))
  }

  get owner() {
    return this.coupons.owner
  }

  terms(over: Partial<MallTerms> = {}): MallTerms {
    return {
      ...{ name: '帆布袋', words: '结实耐用', category: '生活', gives: GOODS },
      ...{ pricePoints: 100, levelCodes: [], ...over },
    }
  }

  limits(over: Partial<MallLimits> = {}): MallLimits {
    return {
      ...{ state: 'open', stock: null, memberMax: null, periodMax: null },
      ...{ fromMs: epochMs(this.server.clock.nowMs()), untilMs: null, sort: 0, ...over },
    }
  }

  /** A bag for a hundred points; the test overrides what it is about. */
  async item(
    terms: Partial<MallTerms> = {},
    limits: Partial<MallLimits> = {},
  ): Promise<ConsoleMallItem> {
    const json = {
      requestId: freshId(),
      terms: this.terms(terms),
      limits: this.limits(limits),
    }
    const reply = await this.owner.fetch('mall/items', { json })
    expect(codeOf(reply)).toBe('ok')
    return consoleMallItemSchema.strict().parse(reply.body)
  }

  /** A new version of an item. */
  change(
    item: ConsoleMallItem,
    over: { terms?: Partial<MallTerms>; limits?: Partial<MallLimits> },
    of: { requestId?: string; basedOnVersion?: number } = {},
  ): Promise<Reply> {
    const json = {
      ...{ requestId: freshId(), basedOnVersion: item.version, ...of },
      terms: { ...item.terms, ...over.terms },
      limits: { ...item.limits, ...over.limits },
    }
    return this.owner.fetch(`mall/items/${item.id}`, { json })
  }

  /** Somebody with so many points. */
  async member(points = 0): Promise<MallMember> {
    const member = await this.coupons.member()
    if (points > 0) await this.earn(member, points)
    return member
  }

  async earn({ phone }: MallMember, points: number): Promise<void> {
    const who = { by: 'phone' as const, phone }
    const { till } = this.coupons
    const sale = checkout(till, { who, receipt: { totalFen: points * 100 } })
    expect((await till.sendOne(sale)).status).toBe('accepted')
  }

  async send({ phone }: MallMember, path: string, json: object = {}): Promise<Reply> {
    const { token } = await shopper.phoneOf(this.server, phone)
    return this.server.fetch(`/member/v1/mall/${path}`, { token, json })
  }

  async get({ phone }: MallMember, path = ''): Promise<Reply> {
    const { get } = await shopper.phoneOf(this.server, phone)
    return get(`mall${path}`)
  }

  ask(by: MallMember, item: ConsoleMallItem, over: object = {}): Promise<Reply> {
    const { pricePoints } = item.terms
    const json = { requestId: freshId(), itemId: item.id, quantity: 1, pricePoints, ...over }
    return this.send(by, 'exchanges', json)
  }

  /** Exchanged, with its code. */
  async exchanged(
    by: MallMember,
    item: ConsoleMallItem,
    over: object = {},
  ): Promise<Exchange & { code: string }> {
    const reply = await this.ask(by, item, over)
    expect(codeOf(reply)).toBe('ok')
    const { exchange } = exchangeAnswerSchema.strict().parse(reply.body)
    return { ...exchange, code: exchange.code ?? '' }
  }

  async one(by: MallMember, { exchangeId }: Pick<Exchange, 'exchangeId'>): Promise<Exchange> {
    const reply = await this.get(by, `/exchanges/${exchangeId}`)
    return exchangeAnswerSchema.parse(reply.body).exchange
  }

  cancel(by: MallMember, { exchangeId }: Pick<Exchange, 'exchangeId'>): Promise<Reply> {
    return this.send(by, `exchanges/${exchangeId}/cancel`)
  }

  async shelf(by: MallMember): Promise<MallShelf> {
    return mallShelfSchema.strict().parse((await this.get(by)).body)
  }

  async spendableOf(by: MallMember): Promise<number> {
    return (await this.shelf(by)).spendablePoints
  }

  handOver(
    { exchangeId }: Pick<Exchange, 'exchangeId'>,
    storeId: string = this.coupons.till.enrolled.storeId,
    by = this.owner,
  ): Promise<Reply> {
    return by.fetch(`mall/exchanges/${exchangeId}/hand-over`, { json: { storeId } })
  }

  /** Ends what was not fetched in time. */
  lapse(): Promise<void> {
    return this.server.app.get(ExchangeEndingsService, { strict: false }).drain()
  }

  async itemNow({ id }: ConsoleMallItem): Promise<ConsoleMallItem> {
    return consoleMallItemSchema.parse((await this.owner.get(`mall/items/${id}`)).body)
  }

  async findings(): Promise<string[]> {
    const { findings } = await verifyBook(this.server.database)
    return findings.map(({ table, what }) => `${table}: ${what}`)
  }

  /** The books are clean, nothing was given beyond its stock, and coupons count right. */
  async expectSumsAgree(): Promise<void> {
    await this.coupons.expectSumsAgree()
    expect(await this.findings()).toEqual([])
    const over = await this.server.database.read((rx) =>
      rx.rows('SELECT id FROM mall_item WHERE taken > COALESCE(stock, taken) OR taken < 0'),
    )
    expect(over).toEqual([])
  }
}
