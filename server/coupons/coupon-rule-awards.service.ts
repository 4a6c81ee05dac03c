import { Injectable } from '@nestjs/common'
import type { CouponRuleRefusal } from '@huike/shared/contracts/console-coupon-rules'
import { couponHeadline } from '@huike/shared/coupon-words'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import { couponsBy, writeCoupons } from './coupon-rows.js'
import type { CouponRuleAward } from './coupon-rule-award.entity.js'
import { AWARD_COLUMNS, awardRow, refusalOf, RULE_ACTOR } from './coupon-rule-rows.js'
import type { RuleNow } from './coupon-rules.service.js'
import { CouponsService, type Gift } from './coupons.service.js'
import { OfflineAllowancesService } from './offline-allowances.service.js'

// What rules gave, and why not: one row for each rule, person and occasion, written with the coupon. A
// person has one occasion, whichever of their records it came to: so records that are one by now give
// no second one. What was refused is refused for good, and counted where a manager sees it.

const YEAR_MS = 365 * 86_400_000
const ONCE = 'once'

/** An occasion of a member, who is locked. */
export interface Occasion {
  rule: RuleNow
  memberId: string
  /** All the ids the person has had, the member's among them. */
  personIds: readonly string[]
  /** once; the year of the birthday; `level|change`; `once|sale`. */
  occasion: string
}

/** A coupon that was given on an occasion, in words. */
export interface Awarded {
  rule: RuleNow
  memberId: string
  headline: string
}

/** Occasions of a rule that ended alike. */
export interface RuleCount {
  ruleId: string
  /** Null: given, or to be taken. */
  refusal: CouponRuleRefusal | null
  count: number
  /** Of these, how many are coupons, and how many can still be taken. */
  given: number
  waiting: number
}

@Injectable()
export class CouponRuleAwardsService {
  constructor(
    private readonly coupons: CouponsService,
    private readonly allowances: OfflineAllowancesService,
  ) {}

  /** Gives what rules promise on these occasions, once each; answers what was given now. */
  async award(tx: Tx, occasions: readonly Occasion[], nowMs: number): Promise<Awarded[]> {
    const fresh = await this.#fresh(tx, occasions, nowMs)
    const able = fresh.filter(({ refusal }) => refusal === null)
    const answers = await this.coupons.give(
      tx,
      able.map(({ of }) => giftOf(of)),
      nowMs,
    )
    const couponIds = new Map<Fresh, string>()
    for (const [at, one] of able.entries()) {
      const answer = answers[at]
      if (answer?.ok) couponIds.set(one, answer.coupon.id)
      else one.refusal = refusalOf(answer?.code)
    }
    await tx.insert(
      'coupon_rule_award',
      AWARD_COLUMNS,
      fresh.map((one) => {
        const { rule, memberId, occasion } = one.of
        return awardRow({
          ...{ ruleId: rule.rule.id, memberId, occasion, version: rule.rule.version },
          ...{ couponId: couponIds.get(one) ?? null, refusal: one.refusal, atMs: nowMs },
          ...{ purchaseId: null, soldAtMs: null, claimUntilMs: null },
        })
      }),
    )
    const given = answers.flatMap((answer) => (answer.ok ? [answer.coupon] : []))
    const terms = await this.coupons.withTerms(tx, given)
    const headlines = new Map(
      terms.map((one) => [one.couponId as string, couponHeadline(one.terms)]),
    )
    return [...couponIds].map(([{ of }, couponId]) => ({
      rule: of.rule,
      memberId: of.memberId,
      headline: headlines.get(couponId) ?? '',
    }))
  }

  /**
   * A first sale was not the person's after all, or came back whole: what it gave is void, unless it is
   * used by now. Members are locked.
   */
  async takeBack(
    tx: Tx,
    { saleId, personIds }: { saleId: string; personIds: readonly string[] },
    nowMs: number,
  ): Promise<void> {
    const awards = await tx.rows<CouponRuleAward>(
      `SELECT * FROM coupon_rule_award WHERE memberId IN ${inList(tx)} AND occasion = ?
       AND couponId IS NOT NULL`,
      [listParameter(tx, personIds), firstSaleOccasion(saleId)],
    )
    const ids = awards.flatMap(({ couponId }) => couponId ?? [])
    const rows = await couponsBy(tx, 'id', ids)
    // What a till holds for when it has no network may be used by now.
    const held = (await this.allowances.heldOf(tx, ids)).map(({ couponId }) => couponId)
    const coupons = rows.filter(({ id, state }) => state === 'issued' && !held.includes(id))
    for (const coupon of coupons) Object.assign(coupon, { state: 'void', endedAtMs: nowMs })
    await writeCoupons(tx, coupons, 'voided', { actor: RULE_ACTOR, nowMs, aboutId: saleId })
    for (const { id } of coupons)
      await tx.run(
        "UPDATE coupon_rule_award SET refusal = 'returned', couponId = NULL WHERE couponId = ?",
        [id],
      )
  }

  /** What became of the occasions of each rule. */
  async countsOf(
    statements: Statements,
    ruleIds: readonly string[],
    nowMs: number,
  ): Promise<RuleCount[]> {
    if (ruleIds.length === 0) return []
    const rows = await statements.rows<
      Pick<RuleCount, 'ruleId' | 'refusal'> &
        Record<'awards' | 'given' | 'waiting', number | string>
    >(
      `SELECT ruleId, refusal, COUNT(*) AS awards, COUNT(couponId) AS given,
         SUM(CASE WHEN couponId IS NULL AND claimUntilMs > ? THEN 1 ELSE 0 END) AS waiting
       FROM coupon_rule_award WHERE ruleId IN ${inList(statements)} GROUP BY ruleId, refusal`,
      [nowMs, listParameter(statements, ruleIds)],
    )
    return rows.map(({ ruleId, refusal, awards, given, waiting }) => ({
      ...{ ruleId, refusal, count: Number(awards) },
      ...{ given: Number(given), waiting: refusal === null ? Number(waiting) : 0 },
    }))
  }

  /** Those that were not looked at yet; of a level reached again soon, with the refusal. */
  async #fresh(tx: Tx, occasions: readonly Occasion[], nowMs: number): Promise<Fresh[]> {
    if (occasions.length === 0) return []
    const known = await tx.rows<CouponRuleAward>(
      `SELECT * FROM coupon_rule_award WHERE ruleId IN ${inList(tx)} AND memberId IN ${inList(tx)}`,
      [
        listParameter(tx, [...new Set(occasions.map(({ rule }) => rule.rule.id))]),
        listParameter(tx, [...new Set(occasions.flatMap(({ personIds }) => personIds))]),
      ],
    )
    const fresh = new Map<string, Fresh>()
    for (const of of occasions) {
      const own = known.filter(
        ({ ruleId, memberId }) => ruleId === of.rule.rule.id && of.personIds.includes(memberId),
      )
      if (own.some(({ occasion }) => occasion === of.occasion)) continue
      const key = [of.rule.rule.id, of.memberId, of.occasion].join('|')
      if (fresh.has(key)) continue
      const before = own.filter((award) => isSameLevel(award, of))
      const isTwice = [...fresh.values()].some((other) => isSameLevelOf(other.of, of))
      // Of sales that are both the first, one gives.
      if (levelOf(of.occasion) === ONCE && (before.length > 0 || isTwice)) continue
      const isAgain = before.some(({ atMs }) => atMs > nowMs - YEAR_MS)
      fresh.set(key, { of, refusal: isAgain || isTwice ? 'again' : null })
    }
    return [...fresh.values()]
  }
}

/** The occasion of a first sale: another one may be it, where this was a mistake. */
export function firstSaleOccasion(saleId: string): string {
  return `${ONCE}|${saleId}`
}

interface Fresh {
  of: Occasion
  refusal: CouponRuleRefusal | null
}

/** Somebody who goes down and up again by returning and buying gets nothing more for it. */
function isSameLevel(award: CouponRuleAward, { occasion }: Occasion): boolean {
  return award.couponId !== null && levelOf(award.occasion) === levelOf(occasion)
}

function isSameLevelOf(a: Occasion, b: Occasion): boolean {
  return (
    a.rule.rule.id === b.rule.rule.id &&
    a.memberId === b.memberId &&
    levelOf(a.occasion) === levelOf(b.occasion)
  )
}

/** The level of an occasion that is one reached; other occasions are only themselves. */
function levelOf(occasion: string): string {
  return occasion.split('|')[0] ?? occasion
}

function giftOf({ rule, memberId, occasion }: Occasion): Gift {
  const { id } = rule.rule
  return {
    templateId: rule.terms.templateId,
    memberId,
    sourceKey: ['rule', id, memberId, occasion].join('|'),
    givenById: id,
    actor: RULE_ACTOR,
    isClaim: false,
  }
}
