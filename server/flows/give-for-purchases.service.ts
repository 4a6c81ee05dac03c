import { Injectable, type OnModuleInit } from '@nestjs/common'
import { isThereAndThen } from '@huike/shared/coupon-conditions'
import { localTime } from '@huike/shared/local-time'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import {
  CouponSaleAwardsService,
  isEnough,
  type SaleOccasion,
} from '../coupons/coupon-sale-awards.service.js'
import { CouponRulesService, isGivenOn } from '../coupons/coupon-rules.service.js'
import type { Member } from '../members/member.entity.js'
import { MessagesService } from '../messages/messages.service.js'
import { PickupListsService, type Fetched } from '../pickups/pickup-lists.service.js'
import { Clock, localDate } from '../platform/clock.js'
import type { Tx } from '../platform/database.js'
import { EventLogService, type DomainEvent, type StoredEvent } from '../platform/event-log.js'
import { KeptSalesService, type KeptSale } from '../purchases/kept-sales.service.js'
import { CouponOccasionsService } from './coupon-occasions.service.js'

// Coupons for purchases: put into the wallet, or to be taken within some hours. A consumer of events,
// which only say which sale to look at: what is right follows from the sale as it is now. What was given
// is taken back also while the rule is off, so it listens from the first such rule on.

/** A till may have been without a network for so long; what is older is history. */
const LATE_MS_MAX = 7 * 86_400_000
const MINUTE = { from: 0, to: 16 }

@Injectable()
export class GiveForPurchasesService implements OnModuleInit {
  constructor(
    private readonly eventLog: EventLogService,
    private readonly rules: CouponRulesService,
    private readonly awards: CouponSaleAwardsService,
    private readonly sales: KeptSalesService,
    private readonly pickups: PickupListsService,
    private readonly occasions: CouponOccasionsService,
    private readonly messages: MessagesService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.eventLog.register({
      name: 'purchase-coupons',
      types: ['purchase.recorded', 'purchase.assigned', 'purchase.unassigned', 'order.fetched'],
      isWanted: (tx) => this.rules.isAny(tx, 'purchase'),
      concerns,
      consume: (tx, events) => this.#consume(tx, events),
    })
  }

  async #consume(tx: Tx, events: readonly StoredEvent[]): Promise<void> {
    const nowMs = this.clock.nowMs()
    const told = events.map(({ aggregateId }) => aggregateId)
    const isFetch = ({ type }: StoredEvent) => type === 'order.fetched'
    const bought = events.filter((event) => !isFetch(event)).map(({ aggregateId }) => aggregateId)
    const ids = await this.sales.idsBehind(tx, told)
    const before = [...(await this.sales.byIds(tx, ids)).values()]
    const members = await this.occasions.lock(tx, [
      ...new Set(before.flatMap(({ memberId }) => memberId ?? [])),
    ])
    // As they are now that nobody gives them to another record.
    const sales = [...(await this.sales.byIds(tx, ids)).values()]
    const known = new Map<string, readonly string[]>()
    for (const { id } of members.values())
      if (!known.has(id)) known.set(id, await this.occasions.idsOf(tx, id))
    const ownerOf = ({ memberId }: KeptSale) => members.get(memberId ?? '')
    const personIds = (sale: KeptSale) => known.get(ownerOf(sale)?.id ?? '') ?? []
    await this.awards.settle(
      tx,
      sales.map((sale) => ({ sale, personIds: personIds(sale) })),
      nowMs,
    )
    const due: SaleOccasion[] = []
    const rules = await this.#rules(tx)
    const fetchedOf = await this.#fetchedOf(tx, sales, rules)
    // A refund makes nothing due.
    for (const sale of sales.filter(({ id }) => told.includes(id))) {
      const member = ownerOf(sale)
      if (!member) continue
      for (const rule of rules) {
        const isAsBought = rule.purchase.fetched === undefined
        const looked = isAsBought ? (bought.includes(sale.id) ? sale : null) : fetchedOf(sale)
        if (looked === null || looked.occurredAtMs <= nowMs - LATE_MS_MAX) continue
        if (isDue(rule, looked, member))
          due.push({ rule, sale: looked, memberId: member.id, personIds: personIds(sale) })
      }
    }
    await this.#give(tx, due, nowMs)
  }

  async #rules(tx: Tx): Promise<SaleOccasion['rule'][]> {
    const rules = await this.rules.on(tx, ['purchase'])
    return rules.flatMap((rule) => {
      const { purchase } = rule.terms
      return purchase === undefined ? [] : [{ ...rule, purchase }]
    })
  }

  /** Sales as they were fetched: where and when that was; null where they were not. */
  async #fetchedOf(
    tx: Tx,
    sales: readonly KeptSale[],
    rules: readonly SaleOccasion['rule'][],
  ): Promise<(sale: KeptSale) => KeptSale | null> {
    const isAsked = rules.some(({ purchase }) => purchase.fetched === true)
    const fetched = isAsked ? await this.pickups.fetchedOf(tx, sales) : new Map<string, Fetched>()
    return (sale) => {
      const at = fetched.get(sale.id)
      if (!at) return null
      const { storeId, fetchedAtMs } = at
      const local = localTime(fetchedAtMs, at.timeZone)
      return {
        ...sale,
        storeId,
        occurredAtMs: fetchedAtMs,
        recordedAtMs: fetchedAtMs,
        localTime: local,
      }
    }
  }

  async #give(tx: Tx, due: readonly SaleOccasion[], nowMs: number): Promise<void> {
    const given = await this.awards.award(tx, due, nowMs)
    if (given.length === 0) return
    const notices = given.map(({ memberId, headline, claimUntilMs }) =>
      claimUntilMs === null
        ? {
            ...{ memberId, title: '消费礼' },
            body: `感谢光临，送您「${headline}」券一张，已放进卡包。`,
          }
        : {
            ...{ memberId, title: '离店领券' },
            body: `感谢光临，有一张「${headline}」券等您领。请在 ${momentOf(claimUntilMs)} 前到“领券中心”领取。`,
          },
    )
    await this.messages.writeNotices(tx, notices, nowMs)
  }
}

/** A sale that nobody bought, or that cost nothing, gives nothing. */
function concerns(event: DomainEvent): boolean {
  switch (event.type) {
    case 'purchase.recorded':
    case 'purchase.assigned':
      return (
        event.payload.memberId !== null &&
        (event.payload.totalFen > 0 || event.payload.kind === 'refund')
      )
    case 'purchase.unassigned':
      return true
    case 'order.fetched':
      return event.payload.memberId !== null
    default:
      return false
  }
}

function isDue(
  { rule, terms, purchase }: SaleOccasion['rule'],
  sale: KeptSale,
  member: Member,
): boolean {
  const { levelCodes } = terms
  return (
    // What was bought before a rule was is nothing to it.
    rule.createdAtMs <= sale.recordedAtMs &&
    isEnough(sale, purchase.leastFen) &&
    isGivenOn(terms, localDate(sale.occurredAtMs, CHAIN_TIME_ZONE)) &&
    (levelCodes.length === 0 || levelCodes.includes(member.levelCode)) &&
    isThereAndThen(purchase, { ...sale, storeId: sale.storeId })
  )
}

/** `2026-06-03 14:05` by the chain's clock. */
function momentOf(atMs: number): string {
  return localTime(atMs, CHAIN_TIME_ZONE).slice(MINUTE.from, MINUTE.to).replace('T', ' ')
}
