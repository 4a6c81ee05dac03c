import type { Campaign } from '@huike/shared/contracts/console-campaigns'
import { Button } from 'antd'
import { useState } from 'react'
import { count, dateTime, timeOfDay } from '../format.js'
import { useStores, type Stores } from '../members/use-stores.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Trouble } from '../trouble.js'
import { useQuery, type Query } from '../use-query.js'
import { CampaignPeople } from './campaign-people.js'
import { CampaignResults } from './campaign-results.js'
import { ConfirmCancel } from './confirm-cancel.js'
import { Meter } from './meter.js'
import { isStoppable, refreshMsOf, settledOf } from './results.js'
import { StateTag } from './state-tag.js'
import { campaignStrings } from './strings.js'
import '../members/members.css'
import './campaigns.css'

const words = campaignStrings.one
const BACK = { href: hrefOf('/campaigns'), words: words.back }

/** One campaign: how far it is, what came of it, and everybody in it. */
export default function CampaignPage({ campaignId }: { campaignId: string }) {
  const { may } = useSession()
  const stores = useStores()
  const query = useCampaign(campaignId)
  const [isAsking, setIsAsking] = useState(false)
  const { value: campaign } = query
  if (campaign === null)
    return (
      <PageFrame title={campaignStrings.title} back={BACK}>
        <Trouble query={query} />
      </PageFrame>
    )
  const mayStop = may('campaigns.send') && isStoppable(campaign.state)
  return (
    <PageFrame
      title={campaign.name}
      back={BACK}
      note={<StateTag state={campaign.state} />}
      actions={
        mayStop && (
          <Button
            danger
            onClick={() => {
              setIsAsking(true)
            }}
          >
            {words.cancel}
          </Button>
        )
      }
    >
      <Trouble query={query} />
      <Progress campaign={campaign} query={query} timeZone={stores.timeZone} />
      <CampaignResults campaign={campaign} />
      <Sent campaign={campaign} stores={stores} />
      {may('members.view') && (
        <CampaignPeople
          key={isStoppable(campaign.state) ? 'live' : 'over'}
          campaign={campaign}
          timeZone={stores.timeZone}
        />
      )}
      {isAsking && (
        <ConfirmCancel
          campaign={campaign}
          onCancelled={(next) => {
            query.replace(next)
            setIsAsking(false)
          }}
          onClose={() => {
            query.refresh()
            setIsAsking(false)
          }}
        />
      )}
    </PageFrame>
  )
}

/** Reads a campaign, again and again while something changes and the page is in sight. */
function useCampaign(campaignId: string): Query<Campaign> {
  const [everyMs, setEveryMs] = useState<number | null>(null)
  const query = useQuery<Campaign>(
    `/campaigns/${encodeURIComponent(campaignId)}`,
    everyMs === null ? {} : { everyMs },
  )
  const wanted = query.value === null ? null : refreshMsOf(query.value.state)
  if (wanted !== everyMs) setEveryMs(wanted)
  return query
}

interface ProgressProps {
  campaign: Campaign
  query: Query<Campaign>
  timeZone: string
}

function Progress({ campaign, query, timeZone }: ProgressProps) {
  const { state, counts, sendAtMs, finishedAtMs } = campaign
  const isLive = state === 'picking' || state === 'sending'
  return (
    <section className="m-panel" aria-label={words.progress}>
      {state === 'scheduled' ? (
        <p>{words.scheduledNote(dateTime(sendAtMs, timeZone))}</p>
      ) : (
        <>
          <p className="c-progress-line">
            <span>{words.progressWords(count(settledOf(counts)), count(counts.picked))}</span>
            {isLive && (
              <span className="note">
                {words.live} · {words.updated(timeOfDay(query.readAtMs, timeZone))}
              </span>
            )}
          </p>
          <Meter head={campaign} label={words.progress} />
        </>
      )}
      <p className="note">
        {words.by(campaign.createdBy)} · {words.sendAt} {dateTime(sendAtMs, timeZone)}
        {finishedAtMs !== null &&
          ` · ${state === 'cancelled' ? words.stopped(dateTime(finishedAtMs, timeZone)) : words.finished(dateTime(finishedAtMs, timeZone))}`}
      </p>
    </section>
  )
}

/** What was sent, to whom, how. */
function Sent({ campaign, stores }: { campaign: Campaign; stores: Stores }) {
  const { audience, channels, title, body } = campaign
  const { storeIds, inactiveDays } = audience
  const names = storeIds.map((id) => stores.nameOf(id)).filter((name) => name !== '')
  const where =
    storeIds.length === 0
      ? words.allStores
      : names.length === storeIds.length && names.length <= STORES_NAMED_MAX
        ? names.join('、')
        : words.stores(count(storeIds.length))
  return (
    <section aria-label={words.message}>
      <h2>{words.message}</h2>
      <div className="m-panel">
        <blockquote className="c-card">
          <strong>{title}</strong>
          <p className="c-written">{body}</p>
        </blockquote>
        <p className="note">
          {words.audience(count(inactiveDays), where)} ·{' '}
          {words.channelOrder(channels.map((one) => campaignStrings.channel(one)).join('、'))}
        </p>
      </div>
    </section>
  )
}

const STORES_NAMED_MAX = 3
