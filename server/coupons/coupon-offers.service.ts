import { Injectable } from '@nestjs/common'
import { couponHeadline } from '@huike/shared/coupon-words'
import { couponTermsSchema } from '@huike/shared/contracts/coupons'
import { epochMs, type EpochMs } from '@huike/shared/quantities'
import { inList, listParameter, type Statements } from '../platform/database.js'
import { CouponsService } from './coupons.service.js'

// What purchases let members take, as a till tells them of it: only what they would really be given.
// One question for however many members, since it is asked with every lookup, and one more where what
// they could take is limited for each of them.

/** A coupon to be taken, in words. */
export interface OpenOffer {
  headline: string
  claimUntilMs: EpochMs
}

interface OfferRow {
  memberId: string
  templateId: string
  memberMax: number | null
  memberDayMax: number | null
  claimUntilMs: number
  terms: string
}

@Injectable()
export class CouponOffersService {
  constructor(private readonly coupons: CouponsService) {}

  /**
   * What each of these members can take now, under all the ids of the person, what ends first before the
   * others. Coupons that are stopped or have run out, would be over at once, or that they
   * have all they may have of, are not told.
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
       SELECT person.memberId, a.claimUntilMs, t.id AS templateId, t.memberMax, t.memberDayMax, w.terms
       FROM person
       ${first} coupon_rule_award a ON a.memberId = person.id
       ${first} coupon_rule_version v ON v.ruleId = a.ruleId AND v.version = a.version
       ${first} coupon_template t ON t.id = ${templateIdIn(statements, 'v.terms')}
       ${first} coupon_template_version w ON w.templateId = t.id AND w.version = t.version
       WHERE a.claimUntilMs > ? AND a.couponId IS NULL AND a.refusal IS NULL
         AND t.state = 'open' AND (t.stock IS NULL OR t.issued < t.stock)`,
      [listParameter(statements, memberIds), nowMs],
    )
    const isFull = await this.#fullOf(statements, rows, nowMs)
    for (const row of rows) {
      const { memberId, claimUntilMs } = row
      const terms = couponTermsSchema.parse(JSON.parse(row.terms))
      if (isFull(row) || this.coupons.isOverWhenGiven(terms, nowMs)) continue
      const headline = couponHeadline(terms)
      const known = offers.get(memberId) ?? []
      offers.set(memberId, [...known, { headline, claimUntilMs: epochMs(claimUntilMs) }])
    }
    for (const one of offers.values()) one.sort((a, b) => a.claimUntilMs - b.claimUntilMs)
    return offers
  }

  /** Whether a member has all that is allowed of what a row offers, ever or today. */
  async #fullOf(
    statements: Statements,
    rows: readonly OfferRow[],
    nowMs: number,
  ): Promise<(row: OfferRow) => boolean> {
    const limited = rows.filter(
      ({ memberMax, memberDayMax }) => memberMax !== null || memberDayMax !== null,
    )
    if (limited.length === 0) return () => false
    const given = await statements.rows<GivenRow>(
      `SELECT templateId, memberId, COUNT(*) AS ever,
         SUM(CASE WHEN issuedAtMs >= ? THEN 1 ELSE 0 END) AS today
       FROM coupon WHERE templateId IN ${inList(statements)} AND memberId IN ${inList(statements)}
       GROUP BY templateId, memberId`,
      [
        this.coupons.dayBeganMs(nowMs),
        listParameter(statements, [...new Set(limited.map(({ templateId }) => templateId))]),
        listParameter(statements, [...new Set(limited.map(({ memberId }) => memberId))]),
      ],
    )
    const countOf = new Map(given.map((row) => [keyOf(row), row]))
    return (row) => {
      const count = countOf.get(keyOf(row))
      const { memberMax, memberDayMax } = row
      return (
        (memberMax !== null && Number(count?.ever ?? 0) >= memberMax) ||
        (memberDayMax !== null && Number(count?.today ?? 0) >= memberDayMax)
      )
    }
  }
}

interface GivenRow {
  templateId: string
  memberId: string
  ever: number | string
  today: number | string
}

function keyOf({ templateId, memberId }: Pick<GivenRow, 'templateId' | 'memberId'>): string {
  return `${templateId}|${memberId}`
}

/** The template that the terms of a rule name. */
function templateIdIn({ dialect }: Pick<Statements, 'dialect'>, terms: string): string {
  const found = `json_extract(${terms}, '$.templateId')`
  return dialect === 'sqlite' ? found : `JSON_UNQUOTE(${found})`
}
