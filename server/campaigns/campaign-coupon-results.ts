import type { CampaignCoupon } from '@huike/shared/contracts/console-campaigns'
import type { CouponTerms } from '@huike/shared/contracts/coupons'
import { couponHeadline } from '@huike/shared/coupon-words'
import { fen } from '@huike/shared/quantities'
import type { Rx } from '../platform/database.js'
import { ANSWERING_SALE } from './answering-sale.js'

// What became of the coupons that went with a campaign, counted from the coupons and the sales
// themselves: what they took off, what was sold with them, and who came back without.

type Counted = Record<'members' | 'purchases' | 'keptFen', number | string | null>
const COUNTED = `COUNT(DISTINCT p.memberId) AS members, COUNT(DISTINCT p.id) AS purchases,
  SUM(p.totalFen - p.refundedFen) AS keptFen`

/** The results of the coupons of one campaign, on the terms its people were promised. */
export async function couponResultsOf(
  rx: Rx,
  campaignId: string,
  terms: CouponTerms,
): Promise<CampaignCoupon> {
  const states = await rx.rows<{ state: string } & Record<'coupons' | 'offFen', number | string>>(
    `SELECT state, COUNT(*) AS coupons, COALESCE(SUM(offFen), 0) AS offFen FROM coupon
     WHERE givenById = ? GROUP BY state`,
    [campaignId],
  )
  const count = (...wanted: string[]) =>
    states.reduce(
      (sum, { state, coupons }) => (wanted.includes(state) ? sum + Number(coupons) : sum),
      0,
    )
  const redeemed = states.find(({ state }) => state === 'redeemed')
  return {
    name: terms.name,
    headline: couponHeadline(terms),
    issued: states.reduce((sum, { coupons }) => sum + Number(coupons), 0),
    redeemed: count('redeemed'),
    open: count('issued', 'reserved'),
    expired: count('expired'),
    voided: count('void'),
    offFen: fen(Number(redeemed?.offFen ?? 0)),
    sales: await salesWith(rx, campaignId),
    without: await cameBackWithout(rx, campaignId),
  }
}

/** An order takes one of these coupons; were it several, its sale is counted once. */
async function salesWith(rx: Rx, campaignId: string): Promise<CampaignCoupon['sales']> {
  const [row] = await rx.rows<Counted>(
    `SELECT ${COUNTED} FROM purchase p WHERE p.id IN (SELECT c.purchaseId FROM coupon c
       WHERE c.givenById = ? AND c.state = 'redeemed' AND c.purchaseId IS NOT NULL)`,
    [campaignId],
  )
  return countsOf(row)
}

async function cameBackWithout(rx: Rx, campaignId: string): Promise<CampaignCoupon['without']> {
  const [row] = await rx.rows<Counted>(
    `SELECT ${COUNTED} FROM message m JOIN purchase p ON ${ANSWERING_SALE}
     WHERE m.campaignId = ? AND m.state = 'sent' AND NOT EXISTS (
       SELECT 1 FROM coupon c WHERE c.purchaseId = p.id AND c.givenById = m.campaignId
         AND c.state = 'redeemed')`,
    [campaignId],
  )
  return countsOf(row)
}

function countsOf(row: Counted | undefined): CampaignCoupon['sales'] {
  return {
    members: Number(row?.members ?? 0),
    purchases: Number(row?.purchases ?? 0),
    totalFen: fen(Number(row?.keptFen ?? 0)),
  }
}
