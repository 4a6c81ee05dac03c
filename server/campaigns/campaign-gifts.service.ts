import { Injectable } from '@nestjs/common'
import type { MessageReason } from '@huike/shared/contracts/console-campaigns'
import type { CouponTerms } from '@huike/shared/contracts/coupons'
import { refuse, type OutcomeCode, type Refusal } from '@huike/shared/outcomes'
import type { CouponTemplate } from '../coupons/coupon-template.entity.js'
import { CouponTemplatesService, versionKey } from '../coupons/coupon-templates.service.js'
import { CouponsService, type Gift } from '../coupons/coupons.service.js'
import type { CampaignMessage } from '../messages/message-claim.service.js'
import { Clock } from '../platform/clock.js'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import type { Acting } from './campaign-scope.js'
import type { Campaign } from './campaign.entity.js'

// The coupon that goes with a campaign. Each member who is written to is given one, in the transaction
// that claims their message: a server that dies between gives none, and one that tries again finds the
// one that was given. It is the version the campaign was made with, whatever was published since.

/** A coupon a campaign may give, on the terms of now. */
export interface Chosen {
  ok: true
  template: CouponTemplate
  terms: CouponTerms
}

@Injectable()
export class CampaignGiftsService {
  constructor(
    private readonly templates: CouponTemplatesService,
    private readonly coupons: CouponsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Whether `acting` may have a campaign give this coupon at a time. A coupon that names stores is
   * theirs if all of them are; one that names none is the whole chain's, and so theirs too. Refuses
   * `not_found`, `forbidden`, `coupon_template_stopped`, `coupon_out_of_stock`, and `coupon_expired`
   * where it would be over by then.
   */
  async choose(
    statements: Statements,
    acting: Acting,
    of: { templateId: string; atMs: number },
  ): Promise<Chosen | Refusal> {
    const [template] = await this.templates.byIds(statements, [of.templateId])
    if (!template) return refuse('not_found', '没有这种券')
    const key = { templateId: template.id, version: template.version }
    const terms = (await this.templates.termsOf(statements, [key])).get(versionKey(key))
    if (!terms) throw new Error(`template ${template.id} has no terms`)
    const own = acting.storeIds
    if (own !== null && !terms.when.storeIds.every((id) => own.includes(id)))
      return refuse('forbidden', '这种券不只在您的门店用')
    if (template.state !== 'open') return refuse('coupon_template_stopped')
    if (template.stock !== null && template.issued >= template.stock)
      return refuse('coupon_out_of_stock')
    if (this.coupons.isOverWhenGiven(terms, of.atMs)) return refuse('coupon_expired')
    return { ok: true, template, terms }
  }

  /** The terms of the coupon a campaign gives; null where it gives none. */
  async termsOf(statements: Statements, campaign: Campaign): Promise<CouponTerms | null> {
    const { couponTemplateId: templateId, couponVersion: version } = campaign
    if (templateId === null || version === null) return null
    const key = { templateId, version }
    return (await this.templates.termsOf(statements, [key])).get(versionKey(key)) ?? null
  }

  /** Gives what goes with these messages; answers, by message, why somebody gets none. */
  async give(tx: Tx, messages: readonly CampaignMessage[]): Promise<Map<string, MessageReason>> {
    const campaigns = await givingCampaigns(tx, messages)
    const wanting = messages.filter(({ campaignId }) => campaigns.has(campaignId))
    const refused = new Map<string, MessageReason>()
    if (wanting.length === 0) return refused
    const nowMs = this.clock.nowMs()
    const have = await alreadyGiven(tx, wanting)
    const gifts: { gift: Gift; messageId: string }[] = []
    for (const { id: messageId, campaignId, memberId } of wanting) {
      const campaign = campaigns.get(campaignId)
      // Another record of theirs was given one, and became theirs with it.
      if (!campaign || have.has(pairOf({ campaignId, memberId }))) continue
      const { couponTemplateId: templateId, couponVersion: version } = campaign
      const sourceKey = `campaign|${campaignId}|${memberId}`
      const given = { sourceKey, givenById: campaignId, actor: ACTOR, isClaim: false }
      gifts.push({ messageId, gift: { templateId, version, memberId, ...given } })
    }
    const answers = await this.coupons.give(
      tx,
      gifts.map(({ gift }) => gift),
      nowMs,
    )
    for (const [at, answer] of answers.entries())
      if (!answer.ok) refused.set(gifts[at]?.messageId ?? '', reasonOf(answer.code))
    return refused
  }
}

const ACTOR = 'system:campaign'

type GivingCampaign = Pick<Campaign, 'id'> & { couponTemplateId: string; couponVersion: number }

async function givingCampaigns(
  tx: Tx,
  messages: readonly CampaignMessage[],
): Promise<Map<string, GivingCampaign>> {
  const ids = [...new Set(messages.map(({ campaignId }) => campaignId))]
  const rows = await tx.rows<GivingCampaign>(
    `SELECT id, couponTemplateId, couponVersion FROM campaign
     WHERE id IN ${inList(tx)} AND couponTemplateId IS NOT NULL`,
    [listParameter(tx, ids)],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** Which of these members hold, or held, a coupon of which of these campaigns. */
async function alreadyGiven(tx: Tx, messages: readonly CampaignMessage[]): Promise<Set<string>> {
  const rows = await tx.rows<{ campaignId: string; memberId: string }>(
    `SELECT givenById AS campaignId, memberId FROM coupon
     WHERE givenById IN ${inList(tx)} AND memberId IN ${inList(tx)}`,
    [
      listParameter(tx, [...new Set(messages.map(({ campaignId }) => campaignId))]),
      listParameter(tx, [...new Set(messages.map(({ memberId }) => memberId))]),
    ],
  )
  return new Set(rows.map(pairOf))
}

function pairOf({ campaignId, memberId }: { campaignId: string; memberId: string }): string {
  return `${campaignId}|${memberId}`
}

function reasonOf(code: OutcomeCode): MessageReason {
  switch (code) {
    case 'coupon_out_of_stock':
    case 'coupon_member_max':
    case 'coupon_day_max':
      return code
    case 'idempotency_conflict':
      // Given to this record once, and another record's since they were two again.
      return 'coupon_member_max'
    default:
      return 'coupon_stopped'
  }
}
