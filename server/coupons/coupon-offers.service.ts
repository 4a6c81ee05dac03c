import { Injectable } from '@nestjs/common'
import { couponHeadline } from '@huike/shared/coupon-words'
import { couponTermsSchema } from '@huike/shared/contracts/coupons'
import { epochMs, type EpochMs } from '@huike/shared/quantities'
import { inList, listParameter, type Statements } from '../platform/database.js'

// What purchases let members take, as a till tells them of it: only what they would really be given.
// One question for however many members, since it is asked with every lookup.

/** A coupon to be taken, in words. */
export interface OpenOffer {
  headline: string
  claimUntilMs: EpochMs
}

interface OfferRow {
  memberId: string
  claimUntilMs: number
  terms: string
}

@Injectable()
export class CouponOffersService {
  /**
   * What each of these members can take now, under all the ids of the person, what ends first before the
   * others. Coupons that are stopped or have run out are not told.
   */
  async openOf(
    statements: Statements,
    memberIds: readonly string[],
    nowMs: number,
  ): Promise<Map<string, OpenOffer[]>> {
    const offers = new Map<string, OpenOffer[]>()
    if (memberIds.length === 0) return offers
    // It begins with the people, not with everything that was ever offered.
    const first = statements.dialect === 'sqlite' ? 'CROSS JOIN' : 'STRAIGHT_JOIN'
    const rows = await statements.rows<OfferRow>(
      `WITH RECURSIVE person (memberId, id) AS (
         SELECT id, id FROM member WHERE id IN ${inList(statements)}
         UNION ALL
         SELECT person.memberId, m.id FROM person ${first} member m ON m.mergedIntoId = person.id
       )
       SELECT person.memberId, a.claimUntilMs, w.terms
       FROM person
       ${first} coupon_rule_award a ON a.memberId = person.id
       ${first} coupon_rule_version v ON v.ruleId = a.ruleId AND v.version = a.version
       ${first} coupon_template t ON t.id = ${templateIdIn(statements, 'v.terms')}
       ${first} coupon_template_version w ON w.templateId = t.id AND w.version = t.version
       WHERE a.claimUntilMs > ? AND a.couponId IS NULL AND a.refusal IS NULL
         AND t.state = 'open' AND (t.stock IS NULL OR t.issued < t.stock)`,
      [listParameter(statements, memberIds), nowMs],
    )
    for (const { memberId, claimUntilMs, terms } of rows) {
      const headline = couponHeadline(couponTermsSchema.parse(JSON.parse(terms)))
      const known = offers.get(memberId) ?? []
      offers.set(memberId, [...known, { headline, claimUntilMs: epochMs(claimUntilMs) }])
    }
    for (const one of offers.values()) one.sort((a, b) => a.claimUntilMs - b.claimUntilMs)
    return offers
  }
}

/** The template that the terms of a rule name. */
function templateIdIn({ dialect }: Pick<Statements, 'dialect'>, terms: string): string {
  const found = `json_extract(${terms}, '$.templateId')`
  return dialect === 'sqlite' ? found : `JSON_UNQUOTE(${found})`
}
