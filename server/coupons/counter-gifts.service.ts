import { Injectable } from '@nestjs/common'
import type { CounterGiftRequest } from '@huike/shared/contracts/counter-gifts'
import type { CouponTerms } from '@huike/shared/contracts/coupons'
import type { CounterReason } from '@huike/shared/counter-reasons'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { MembersService } from '../members/members.service.js'
import { NamedMembersService } from '../members/named-members.service.js'
import { Clock } from '../platform/clock.js'
import {
  Database,
  inList,
  listParameter,
  UniqueViolation,
  valuesOf,
  type Statements,
  type Tx,
} from '../platform/database.js'
import type { StoreScope } from '../stores/stores.service.js'
import type { CounterGift } from './counter-gift.entity.js'
import { couponsBySource, dayOf } from './coupon-rows.js'
import type { CouponTemplate } from './coupon-template.entity.js'
import { CouponTemplatesService, versionKey } from './coupon-templates.service.js'
import type { Coupon } from './coupon.entity.js'
import { CouponsService } from './coupons.service.js'

// Coupons a cashier gives at the counter: to say sorry, or thank you. Nobody is asked first, so each
// kind says how many a store may give in a day, and each gift says why. A gift holds the kind of
// coupon while those of the day are counted, so that two tills cannot both give the last.

/** The same request twice at once: the later then finds what the earlier wrote. */
const RACES_MAX = 3
const OFFERED_MAX = 50
const COLUMNS = [
  'couponId',
  'templateId',
  'storeId',
  'terminalId',
  'day',
  'reason',
] as const satisfies (keyof CounterGift)[]

/** The till that gives. */
export interface Counter {
  storeId: string
  terminalId: string
}

/** A kind of coupon a store may give now. */
export interface Offered {
  template: CouponTemplate
  terms: CouponTerms
  leftToday: number
}

/** How many of a kind of coupon a store gave at its counter. */
export interface CounterCount {
  storeId: string
  today: number
  ever: number
}

@Injectable()
export class CounterGiftsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly members: MembersService,
    private readonly named: NamedMembersService,
    private readonly templates: CouponTemplatesService,
    private readonly coupons: CouponsService,
  ) {}

  /** What a store may give now, the newest kind first; what is used up today is not listed. */
  offered(storeId: string): Promise<Offered[]> {
    const nowMs = this.clock.nowMs()
    return this.database.read(async (rx) => {
      const rows = await rx.rows<CouponTemplate>(
        `SELECT * FROM coupon_template
         WHERE state = 'open' AND counterDayMax IS NOT NULL AND (stock IS NULL OR issued < stock)
         ORDER BY id DESC LIMIT ${String(OFFERED_MAX)}`,
      )
      const given = await countsOf(rx, { templates: rows, storeId, day: dayOf(nowMs) })
      const termsOf = await this.templates.termsOf(rx, rows.map(keyOf))
      return rows.flatMap((template): Offered[] => {
        const terms = termsOf.get(versionKey(keyOf(template)))
        const leftToday = leftOf(template, given.get(template.id) ?? 0)
        const isGiven = terms !== undefined && leftToday > 0
        return isGiven && !this.coupons.isOverWhenGiven(terms, nowMs)
          ? [{ template, terms, leftToday }]
          : []
      })
    })
  }

  /**
   * Gives one, once for its request; asked again with another reason, that one is kept, since a cashier
   * whose answer was lost may choose again. Refuses `member_not_found` and as `NamedMembersService.find`,
   * `not_found`, `coupon_counter_closed`, `coupon_counter_day_max`, and as `CouponsService.give`.
   */
  async give(
    from: Counter,
    request: CounterGiftRequest,
  ): Promise<{ ok: true; coupon: Coupon; terms: CouponTerms } | Refusal> {
    for (let race = 1; ; race += 1) {
      try {
        return await this.database.write((tx) => this.#give(tx, from, request))
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  /** How many of a kind each of these stores gave at its counter; null: every store. */
  async countsByStore(
    statements: Statements,
    templateId: string,
    scope: StoreScope,
  ): Promise<CounterCount[]> {
    const rows = await statements.rows<Record<keyof CounterCount, number | string>>(
      `SELECT storeId, COUNT(*) AS ever, SUM(CASE WHEN day = ? THEN 1 ELSE 0 END) AS today
       FROM counter_gift WHERE templateId = ? GROUP BY storeId`,
      [dayOf(this.clock.nowMs()), templateId],
    )
    const seen = rows.filter(({ storeId }) => scope?.includes(String(storeId)) ?? true)
    return seen.map(({ storeId, today, ever }) => ({
      ...{ storeId: String(storeId), today: Number(today), ever: Number(ever) },
    }))
  }

  /** Why a coupon was given at a counter; null where it was not. */
  async reasonOf(statements: Statements, couponId: string): Promise<CounterReason | null> {
    const [row] = await statements.rows<Pick<CounterGift, 'reason'>>(
      'SELECT reason FROM counter_gift WHERE couponId = ?',
      [couponId],
    )
    return (row?.reason ?? null) as CounterReason | null
  }

  async #give(
    tx: Tx,
    { storeId, terminalId }: Counter,
    { requestId, templateId, who, reason }: CounterGiftRequest,
  ): Promise<{ ok: true; coupon: Coupon; terms: CouponTerms } | Refusal> {
    const nowMs = this.clock.nowMs()
    const named = await this.named.find(tx, who)
    if (!named.ok) return named
    const [member] = named.member ? await this.members.lockPresent(tx, [named.member.id]) : []
    if (!member) return refuse('member_not_found')
    const template = await this.templates.lock(tx, templateId)
    if (!template) return refuse('not_found')
    const sourceKey = `counter|${terminalId}|${requestId}`
    const [known] = await couponsBySource(tx, [sourceKey])
    const day = dayOf(nowMs)
    if (!known) {
      if (template.counterDayMax === null) return refuse('coupon_counter_closed')
      const given = await countsOf(tx, { templates: [template], storeId, day })
      if ((given.get(templateId) ?? 0) >= template.counterDayMax)
        return refuse('coupon_counter_day_max')
    }
    const actor = `terminal:${terminalId}`
    const gift = { templateId, memberId: member.id, sourceKey, actor, isClaim: false }
    const [answer] = await this.coupons.give(tx, [gift], nowMs)
    if (!answer?.ok) return answer ?? refuse('internal')
    const { coupon, isNew } = answer
    if (isNew) {
      const row: CounterGift = {
        couponId: coupon.id,
        ...{ templateId, storeId, terminalId, day, reason },
      }
      await tx.insert('counter_gift', COLUMNS, [valuesOf(row, COLUMNS)])
    } else
      await tx.run('UPDATE counter_gift SET reason = ? WHERE couponId = ?', [reason, coupon.id])
    const [inHand] = await this.coupons.withTerms(tx, [coupon])
    if (!inHand) throw new Error(`coupon ${coupon.id} has no terms`)
    return { ok: true, coupon, terms: inHand.terms }
  }
}

function keyOf({ id, version }: CouponTemplate) {
  return { templateId: id, version }
}

function leftOf({ counterDayMax, stock, issued }: CouponTemplate, given: number): number {
  return Math.min((counterDayMax ?? 0) - given, stock === null ? Infinity : stock - issued)
}

/** How many of each kind a store gave on a day. */
async function countsOf(
  statements: Statements,
  of: { templates: readonly CouponTemplate[]; storeId: string; day: string },
): Promise<Map<string, number>> {
  if (of.templates.length === 0) return new Map()
  const rows = await statements.rows<{ templateId: string; n: number | string }>(
    `SELECT templateId, COUNT(*) AS n FROM counter_gift
     WHERE templateId IN ${inList(statements)} AND storeId = ? AND day = ? GROUP BY templateId`,
    [
      listParameter(
        statements,
        of.templates.map(({ id }) => id),
      ),
      of.storeId,
      of.day,
    ],
  )
  return new Map(rows.map(({ templateId, n }) => [templateId, Number(n)]))
}
