import type { Campaign, CampaignCoupon } from '@huike/shared/contracts/console-campaigns'
import { fen } from '@huike/shared/quantities'
import { count, money, share } from '../format.js'
import { Tiles } from '../tiles.js'
import { stateRows } from './results.js'
import { campaignStrings } from './strings.js'

const words = campaignStrings.one

/** What came of it: who got it and who did not and why, who read it, who came back. */
export function CampaignResults({ campaign }: { campaign: Campaign }) {
  if (campaign.state === 'scheduled') return null
  return (
    <section aria-labelledby="campaign-results">
      <h2 id="campaign-results">{words.results}</h2>
      <Effects campaign={campaign} />
      {campaign.coupon !== null && <CouponEffects coupon={campaign.coupon} />}
      <div className="c-results">
        <dl className="m-panel c-states">
          {stateRows(campaign).map(({ state, count: people, reasons }) => (
            <div key={state} className="c-state">
              <dt>{campaignStrings.messageState(state)}</dt>
              <dd className="c-state-count">{campaignStrings.people(count(people))}</dd>
              {state === 'doubtful' && <dd className="note">{campaignStrings.doubtful}</dd>}
              {reasons.map((one) => (
                <dd key={one.reason} className="note c-reason">
                  <span>{campaignStrings.reason(one.reason)}</span>
                  <span>{campaignStrings.people(count(one.count))}</span>
                </dd>
              ))}
            </div>
          ))}
        </dl>
        <ByChannel campaign={campaign} />
      </div>
    </section>
  )
}

function Effects({ campaign }: { campaign: Campaign }) {
  const { readCount, cameBack, counts } = campaign
  const tiles = [
    {
      label: campaignStrings.messageState('sent'),
      number: campaignStrings.people(count(counts.sent)),
      note: words.sentOf(count(counts.picked)),
    },
    {
      label: words.read,
      number: campaignStrings.people(count(readCount)),
      note: words.readShare(share(readCount, counts.sent)),
    },
    {
      label: words.cameBack,
      number: campaignStrings.people(count(cameBack.members)),
      note: words.cameBackShare(share(cameBack.members, counts.sent), count(cameBack.purchases)),
    },
    { label: words.cameBackTotal, number: money(cameBack.totalFen), note: words.honestShort },
  ]
  return (
    <>
      <Tiles className="m-tiles" tiles={tiles} />
      <p className="note c-honest">{words.honest}</p>
    </>
  )
}

/** What became of the coupons, and what was bought with and without them. */
function CouponEffects({ coupon }: { coupon: CampaignCoupon }) {
  const { name, headline, issued, redeemed, open, expired, offFen, sales, without } = coupon
  const coupons = (number: number) => words.coupons(count(number))
  const eachFen = redeemed === 0 ? null : fen(Math.round(offFen / redeemed))
  const tiles = [
    {
      label: words.couponIssued,
      number: coupons(issued),
      note: words.couponIssuedNote(count(open), count(expired)),
    },
    {
      label: words.couponRedeemed,
      number: coupons(redeemed),
      note: words.couponRedeemedShare(share(redeemed, issued)),
    },
    {
      label: words.couponOff,
      number: money(offFen),
      note: eachFen === null ? words.couponOffNone : words.couponOffNote(money(eachFen)),
    },
    {
      label: words.couponSales,
      number: money(sales.totalFen),
      note: words.couponSalesNote(count(sales.members), count(sales.purchases)),
    },
    {
      label: words.couponWithout,
      number: money(without.totalFen),
      note: words.couponWithoutNote(count(without.members), count(without.purchases)),
    },
  ]
  return (
    <section className="c-coupons" aria-label={words.couponTitle(name, headline)}>
      <h3>{words.couponTitle(name, headline)}</h3>
      <Tiles className="m-tiles" tiles={tiles} />
    </section>
  )
}

function ByChannel({ campaign }: { campaign: Campaign }) {
  const sent = campaign.sentByChannel.filter((one) => one.count > 0)
  if (sent.length === 0) return null
  return (
    <div className="m-panel">
      <h3>{words.byChannel}</h3>
      <dl className="m-facts">
        {sent.map((one) => (
          <div key={one.channel}>
            <dt>{campaignStrings.channel(one.channel)}</dt>
            <dd>{campaignStrings.people(count(one.count))}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
