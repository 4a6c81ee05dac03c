import { Injectable, type OnModuleInit } from '@nestjs/common'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import {
  CouponRuleAwardsService,
  firstSaleOccasion,
} from '../coupons/coupon-rule-awards.service.js'
import { CouponRulesService, isGivenOn, type RuleNow } from '../coupons/coupon-rules.service.js'
import { LevelsService } from '../levels/levels.service.js'
import type { Member } from '../members/member.entity.js'
import { Clock, localDate } from '../platform/clock.js'
import type { Tx } from '../platform/database.js'
import { EventLogService, type DomainEvent, type StoredEvent } from '../platform/event-log.js'
import { FirstSalesService } from '../purchases/first-sales.service.js'
import { CouponOccasionsService, type Due } from './coupon-occasions.service.js'

// Coupons for what happens: somebody becomes a member, buys for the first time, reaches a level. A
// consumer of events, which are told at least once: an occasion is looked at once. Nobody listens
// while no such rule is on, so what happened before a rule was is nothing to it.

const KINDS = ['sign_up', 'first_purchase', 'level_up'] as const
type Kind = (typeof KINDS)[number]
/** A till may have been without a network for so long; what is older is history. */
const LATE_MS_MAX = 7 * 86_400_000
const ONCE = 'once'
/** People of a file joined somewhere else. */
const IMPORTED = 'import'

@Injectable()
export class GiveByRuleService implements OnModuleInit {
  constructor(
    private readonly eventLog: EventLogService,
    private readonly rules: CouponRulesService,
    private readonly awards: CouponRuleAwardsService,
    private readonly occasions: CouponOccasionsService,
    private readonly levels: LevelsService,
    private readonly sales: FirstSalesService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.eventLog.register({
      name: 'coupon-rules',
      types: [
        'member.registered',
        'purchase.recorded',
        'purchase.assigned',
        'purchase.unassigned',
        'member.level_changed',
      ],
      isWanted: (tx) => this.rules.isAnyOn(tx, KINDS),
      concerns: (event) => aboutOf(event) !== null,
      consume: (tx, events) => this.#consume(tx, events),
    })
  }

  async #consume(tx: Tx, events: readonly StoredEvent[]): Promise<void> {
    const nowMs = this.clock.nowMs()
    const fresh = events.filter(({ occurredAtMs }) => occurredAtMs > nowMs - LATE_MS_MAX)
    const rules = fresh.length === 0 ? [] : await this.rules.on(tx, KINDS)
    if (rules.length === 0) return
    const members = await this.occasions.lock(tx, [
      ...new Set(fresh.flatMap((event) => aboutOf(event)?.memberId ?? [])),
    ])
    const due: Due[] = []
    for (const event of fresh) {
      const about = aboutOf(event)
      const member = about && members.get(about.memberId)
      if (!member) continue
      if (about.isBack) {
        // What came before in the same batch is written first.
        await this.occasions.give(tx, due.splice(0))
        await this.#takeBack(tx, event, member)
        continue
      }
      const day = localDate(Math.min(event.occurredAtMs, nowMs), CHAIN_TIME_ZONE)
      const holding = rules.filter(
        ({ rule, terms }) => rule.kind === about.kind && isGivenOn(terms, day),
      )
      if (holding.length > 0) due.push(...(await this.#dueTo(tx, member, { event, holding })))
    }
    await this.occasions.give(tx, due)
  }

  /** A sale that is not theirs after all, or that came back whole, was no first purchase. */
  async #takeBack(tx: Tx, event: StoredEvent, member: Member): Promise<void> {
    const saleId =
      event.type === 'purchase.unassigned'
        ? event.aggregateId
        : await this.sales.broughtBackWhole(tx, event.aggregateId)
    if (saleId === null) return
    const personIds = await this.occasions.idsOf(tx, member.id)
    await this.awards.takeBack(tx, { saleId, personIds }, this.clock.nowMs())
  }

  async #dueTo(
    tx: Tx,
    member: Member,
    { event, holding }: { event: StoredEvent; holding: readonly RuleNow[] },
  ): Promise<Due[]> {
    const memberId = member.id
    const dueAt = (levelCode: string, occasion: string) =>
      holding
        .filter(({ terms }) => isFor(terms.levelCodes, levelCode))
        .map((rule): Due => ({ rule, memberId, occasion }))
    switch (event.type) {
      case 'member.registered':
        return member.registeredChannel === IMPORTED ? [] : dueAt(member.levelCode, ONCE)
      case 'purchase.recorded':
      case 'purchase.assigned': {
        const personIds = await this.occasions.idsOf(tx, memberId)
        const saleId = event.aggregateId
        const isFirst = await this.sales.isFirst(tx, saleId, personIds)
        return isFirst ? dueAt(member.levelCode, firstSaleOccasion(saleId)) : []
      }
      case 'member.level_changed': {
        const { changeId } = event.payload
        const change = await this.levels.change(tx, changeId)
        return change?.reason === 'up' ? dueAt(change.toCode, `${change.toCode}|${changeId}`) : []
      }
      default:
        return []
    }
  }
}

interface About {
  kind: Kind
  memberId: string
  /** A sale is taken back, rather than made. */
  isBack: boolean
}

/** Whose occasion of which kind an event may be; null: nobody's. */
function aboutOf(event: DomainEvent): About | null {
  switch (event.type) {
    case 'member.registered':
      return { kind: 'sign_up', memberId: event.aggregateId, isBack: false }
    case 'member.level_changed':
      return { kind: 'level_up', memberId: event.aggregateId, isBack: false }
    case 'purchase.recorded':
    case 'purchase.assigned':
    case 'purchase.unassigned': {
      const { kind, memberId, totalFen } = event.payload
      const isBack = kind === 'refund' || event.type === 'purchase.unassigned'
      const isAnything = totalFen > 0 || isBack
      return isAnything && memberId !== null ? { kind: 'first_purchase', memberId, isBack } : null
    }
    default:
      return null
  }
}

function isFor(levelCodes: readonly string[], levelCode: string): boolean {
  return levelCodes.length === 0 || levelCodes.includes(levelCode)
}
