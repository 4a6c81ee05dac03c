import { Injectable } from '@nestjs/common'
import type { CouponRuleRefusal, PurchaseRule } from '@huike/shared/contracts/console-coupon-rules'
import type { CouponTerms } from '@huike/shared/contracts/coupons'
import { couponHeadline } from '@huike/shared/coupon-words'
import { refuse } from '@huike/shared/outcomes'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import type { KeptSale } from '../purchases/kept-sales.service.js'
import { couponsBy, writeCoupons } from './coupon-rows.js'
import type { CouponRuleAward } from './coupon-rule-award.entity.js'
import { AWARD_COLUMNS, awardRow, refusalOf, RULE_ACTOR } from './coupon-rule-rows.js'
import { CouponRulesService, ruleKey, type RuleNow } from './coupon-rules.service.js'
import type { CouponTemplate } from './coupon-template.entity.js'
import { CouponTemplatesService, versionKey } from './coupon-templates.service.js'
import { CouponsService, type Given, type Gift } from './coupons.service.js'
import { OfflineAllowancesService } from './offline-allowances.service.js'
import { isPeriodFull, type SoldAward } from './purchase-periods.js'

// What rules give for purchases: into the wallet, or to be taken within some hours. A rule gives for a
// purchase once, to whom it belongs. A sale is looked at as it is now, whatever told of it: so nothing
// depends on the order in which that is heard, or on how often.

const HOUR_MS = 3_600_000
const WAITING_MAX = 50

/** A sale that a rule may give for, to a member who is locked. */
export interface SaleOccasion {
  rule: RuleNow & { purchase: PurchaseRule }
  memberId: string
  /** All the ids the person has had, the member's among them. */
  personIds: readonly string[]
  sale: KeptSale
}

/** What was given, or is to be taken, in words. */
export interface SaleAwarded {
  memberId: string
  headline: string
  /** Until then it is to be taken; null: it is in the wallet. */
  claimUntilMs: number | null
}

/** A coupon that is to be taken for a purchase, was taken, or is over. */
export type Offer = CouponRuleAward & { purchaseId: string; soldAtMs: number; claimUntilMs: number }

/** An offer with what it gives, as that is given now. */
export interface OfferedTerms {
  offer: Offer
  terms: CouponTerms
}

@Injectable()
export class CouponSaleAwardsService {
  constructor(
    private readonly rules: CouponRulesService,
    private readonly coupons: CouponsService,
    private readonly templates: CouponTemplatesService,
    private readonly allowances: OfflineAllowancesService,
  ) {}

  /** Gives, or offers, what rules promise for these sales, once each; answers what was new. */
  async award(tx: Tx, occasions: readonly SaleOccasion[], nowMs: number): Promise<SaleAwarded[]> {
    const fresh = await this.#fresh(tx, occasions, nowMs)
    const direct = fresh.filter(({ row }) => row.refusal === null && row.claimUntilMs === null)
    const answers = await this.coupons.give(
      tx,
      direct.map(({ row, of }) => giftOf(row, of.memberId, of.rule.terms.templateId)),
      nowMs,
    )
    for (const [at, { row }] of direct.entries()) {
      const answer = answers[at]
      if (answer?.ok) row.couponId = answer.coupon.id
      else row.refusal = refusalOf(answer?.code)
    }
    await tx.insert(
      'coupon_rule_award',
      AWARD_COLUMNS,
      fresh.map(({ row }) => awardRow(row)),
    )
    const given = fresh.filter(({ row }) => row.refusal === null)
    const termsOf = await this.#termsNow(
      tx,
      given.map(({ of }) => of.rule.terms.templateId),
    )
    return given.flatMap(({ row: { memberId, claimUntilMs }, of }) => {
      const terms = termsOf.get(of.rule.terms.templateId)
      return terms ? [{ memberId, headline: couponHeadline(terms), claimUntilMs }] : []
    })
  }

  /**
   * Takes back what was given, or is to be taken, for sales that are somebody else's by now, or of
   * which too little is kept, unless it is used by then. `personIds`: all the ids the person has had
   * whose each sale is; empty where it is nobody's.
   */
  async settle(
    tx: Tx,
    sales: readonly { sale: KeptSale; personIds: readonly string[] }[],
    nowMs: number,
  ): Promise<void> {
    const standing = (await this.#ofSales(tx, idsOf(sales))).filter(isStanding)
    const leastOf = await this.#leastOf(tx, standing)
    const wrong = standing.filter((row) => {
      const now = sales.find(({ sale }) => sale.id === row.purchaseId)
      return !now?.personIds.includes(row.memberId) || !isEnough(now.sale, leastOf(row))
    })
    const unused = await this.#unused(tx, wrong)
    for (const coupon of unused.values()) Object.assign(coupon, { state: 'void', endedAtMs: nowMs })
    for (const row of wrong) {
      const coupon = row.couponId === null ? null : unused.get(row.couponId)
      if (coupon === undefined) continue
      if (coupon !== null)
        await writeCoupons(tx, [coupon], 'voided', {
          ...{ actor: RULE_ACTOR, nowMs, aboutId: row.purchaseId },
        })
      await tx.run(
        `UPDATE coupon_rule_award SET refusal = 'returned', couponId = NULL
         WHERE ruleId = ? AND memberId = ? AND occasion = ?`,
        [row.ruleId, row.memberId, row.occasion],
      )
    }
  }

  /**
   * Gives a member, who is locked, what is to be taken for a sale; the same once more is the same
   * coupon. Refuses `not_found`, `coupon_offer_returned` (the sale is not theirs any more, or too little
   * of it is kept), `coupon_offer_over`, and as `CouponsService.give` does.
   */
  async claim(
    tx: Tx,
    of: { ruleId: string; memberId: string; personIds: readonly string[]; sale: KeptSale },
    nowMs: number,
  ): Promise<Given> {
    const { ruleId, memberId, personIds, sale } = of
    const rows = await this.#ofSales(tx, [sale.id])
    const row = rows.find((one) => one.ruleId === ruleId && personIds.includes(one.memberId))
    if (!row || row.claimUntilMs === null) return refuse('not_found')
    if (row.couponId !== null) {
      const [coupon] = await couponsBy(tx, 'id', [row.couponId])
      // Taken while two records were one, it stayed with the other one.
      const isOwn = coupon !== undefined && personIds.includes(coupon.memberId)
      return isOwn ? { ok: true, coupon, isNew: false } : refuse('not_found')
    }
    if (row.refusal !== null && row.refusal !== 'returned') return refuse('not_found')
    const isTheirs = sale.memberId !== null && personIds.includes(sale.memberId)
    const leastOf = await this.#leastOf(tx, [row])
    if (row.refusal === 'returned' || !isTheirs || !isEnough(sale, leastOf(row)))
      return refuse('coupon_offer_returned')
    if (nowMs >= row.claimUntilMs) return refuse('coupon_offer_over')
    const templateId = (await this.rules.termsThen(tx, [row])).get(ruleKey(row))?.templateId ?? ''
    const [given] = await this.coupons.give(tx, [giftOf(row, memberId, templateId)], nowMs)
    if (!given) throw new Error('nothing was answered')
    if (given.ok)
      await tx.run(
        'UPDATE coupon_rule_award SET couponId = ? WHERE ruleId = ? AND memberId = ? AND occasion = ?',
        [given.coupon.id, row.ruleId, row.memberId, row.occasion],
      )
    return given
  }

  /** What a person can take now, what ends first before the others. */
  async waitingOf(
    statements: Statements,
    personIds: readonly string[],
    nowMs: number,
  ): Promise<OfferedTerms[]> {
    const rows = await statements.rows<Offer>(
      `SELECT * FROM coupon_rule_award WHERE memberId IN ${inList(statements)}
         AND claimUntilMs > ? AND couponId IS NULL AND refusal IS NULL
       ORDER BY claimUntilMs, purchaseId, ruleId LIMIT ${String(WAITING_MAX)}`,
      [listParameter(statements, personIds), nowMs],
    )
    return this.#offered(statements, rows)
  }

  /** How many of them there are. */
  async waitingCount(
    statements: Statements,
    personIds: readonly string[],
    nowMs: number,
  ): Promise<number> {
    const [row] = await statements.rows<{ offers: number | string }>(
      `SELECT COUNT(*) AS offers FROM coupon_rule_award WHERE memberId IN ${inList(statements)}
         AND claimUntilMs > ? AND couponId IS NULL AND refusal IS NULL`,
      [listParameter(statements, personIds), nowMs],
    )
    return Number(row?.offers ?? 0)
  }

  /** What a purchase of a person lets them take, taken or over by now. */
  async ofPurchase(
    statements: Statements,
    purchaseId: string,
    personIds: readonly string[],
  ): Promise<OfferedTerms[]> {
    const rows = await statements.rows<Offer>(
      `SELECT * FROM coupon_rule_award WHERE purchaseId = ? AND claimUntilMs IS NOT NULL
         AND refusal IS NULL ORDER BY ruleId LIMIT ${String(WAITING_MAX)}`,
      [purchaseId],
    )
    return this.#offered(
      statements,
      rows.filter(({ memberId }) => personIds.includes(memberId)),
    )
  }

  /** The rows of occasions that were not looked at yet, with why not where nothing is given. */
  async #fresh(tx: Tx, occasions: readonly SaleOccasion[], nowMs: number): Promise<Fresh[]> {
    if (occasions.length === 0) return []
    const known = await this.#ofSales(tx, idsOf(occasions))
    const sold = await this.#soldTo(tx, occasions)
    const templates = await this.templates.byIds(
      tx,
      occasions.map(({ rule }) => rule.terms.templateId),
    )
    const byId = new Map(templates.map((template) => [template.id, template]))
    const fresh: Fresh[] = []
    for (const of of occasions) {
      const { rule, sale, personIds, memberId } = of
      const same = known.filter((row) => row.ruleId === rule.rule.id && row.purchaseId === sale.id)
      if (same.some((row) => personIds.includes(row.memberId))) continue
      const { claimHours, memberMax } = rule.purchase
      const own = sold.filter(
        (row) => row.ruleId === rule.rule.id && personIds.includes(row.memberId),
      )
      const row: CouponRuleAward = {
        ...{ ruleId: rule.rule.id, memberId, occasion: `sale|${sale.id}` },
        ...{ version: rule.rule.version, couponId: null, atMs: nowMs },
        ...{ purchaseId: sale.id, soldAtMs: sale.occurredAtMs },
        claimUntilMs: claimHours === null ? null : nowMs + claimHours * HOUR_MS,
        // Of somebody else's, who used it before it turned out to be none of theirs.
        refusal: same.some(isStanding)
          ? 'again'
          : isPeriodFull(memberMax, own, sale.occurredAtMs)
            ? 'member_max'
            : whyNothing(byId.get(rule.terms.templateId)),
      }
      fresh.push({ of, row })
      known.push(row)
      if (row.refusal === null) sold.push(row)
    }
    return fresh
  }

  /** For which sales these rules gave these people something already. */
  async #soldTo(tx: Tx, occasions: readonly SaleOccasion[]): Promise<SoldAward[]> {
    const limited = occasions.filter(({ rule }) => rule.purchase.memberMax !== null)
    if (limited.length === 0) return []
    return tx.rows<SoldAward>(
      `SELECT ruleId, memberId, soldAtMs FROM coupon_rule_award
       WHERE memberId IN ${inList(tx)} AND ruleId IN ${inList(tx)} AND refusal IS NULL`,
      [
        listParameter(tx, [...new Set(limited.flatMap(({ personIds }) => personIds))]),
        listParameter(tx, [...new Set(limited.map(({ rule }) => rule.rule.id))]),
      ],
    )
  }

  #ofSales(tx: Tx, purchaseIds: readonly string[]): Promise<CouponRuleAward[]> {
    return tx.rows<CouponRuleAward>(
      `SELECT * FROM coupon_rule_award WHERE purchaseId IN ${inList(tx)}${tx.forUpdate}`,
      [listParameter(tx, [...new Set(purchaseIds)])],
    )
  }

  /** Coupons of these rows that nobody has used, locked, by id. */
  async #unused(tx: Tx, rows: readonly CouponRuleAward[]) {
    const ids = rows.flatMap(({ couponId }) => couponId ?? [])
    const coupons = await couponsBy(tx, 'id', ids)
    // What a till holds for when it has no network may be used by now.
    const held = new Set((await this.allowances.heldOf(tx, ids)).map(({ couponId }) => couponId))
    const unused = coupons.filter(({ id, state }) => state === 'issued' && !held.has(id))
    return new Map(unused.map((coupon) => [coupon.id, coupon]))
  }

  async #leastOf(
    tx: Tx,
    rows: readonly CouponRuleAward[],
  ): Promise<(row: CouponRuleAward) => number> {
    const terms = await this.rules.termsThen(tx, rows)
    return (row) => terms.get(ruleKey(row))?.purchase?.leastFen ?? 0
  }

  async #offered(statements: Statements, offers: readonly Offer[]): Promise<OfferedTerms[]> {
    const rules = await this.rules.termsThen(statements, offers)
    const templateOf = (offer: Offer) => rules.get(ruleKey(offer))?.templateId ?? ''
    const termsOf = await this.#termsNow(statements, offers.map(templateOf))
    return offers.flatMap((offer) => {
      const terms = termsOf.get(templateOf(offer))
      return terms ? [{ offer, terms }] : []
    })
  }

  /** What templates give now, by their id. */
  async #termsNow(
    statements: Statements,
    templateIds: readonly string[],
  ): Promise<Map<string, CouponTerms>> {
    const templates = await this.templates.byIds(statements, templateIds)
    const keys = templates.map(({ id, version }) => ({ templateId: id, version }))
    const termsOf = await this.templates.termsOf(statements, keys)
    return new Map(
      keys.flatMap((key) => {
        const terms = termsOf.get(versionKey(key))
        return terms ? [[key.templateId, terms] as const] : []
      }),
    )
  }
}

interface Fresh {
  of: SaleOccasion
  row: CouponRuleAward
}

function idsOf(of: readonly { sale: KeptSale }[]): string[] {
  return of.map(({ sale }) => sale.id)
}

/** Given, or to be taken. */
function isStanding({ refusal }: CouponRuleAward): boolean {
  return refusal === null
}

/** Whether what is kept of a sale is worth a coupon. */
export function isEnough({ keptFen }: KeptSale, leastFen: number): boolean {
  return keptFen > 0 && keptFen >= leastFen
}

function whyNothing(template: CouponTemplate | undefined): CouponRuleRefusal | null {
  if (template?.state !== 'open') return 'coupon_stopped'
  const { stock, issued } = template
  return stock !== null && issued >= stock ? 'coupon_out_of_stock' : null
}

function giftOf(
  { ruleId, memberId, occasion }: CouponRuleAward,
  toMemberId: string,
  templateId: string,
): Gift {
  return {
    ...{ templateId, memberId: toMemberId, givenById: ruleId, actor: RULE_ACTOR, isClaim: false },
    sourceKey: ['rule', ruleId, memberId, occasion].join('|'),
  }
}
