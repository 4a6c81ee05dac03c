import type { CampaignHead, CampaignsPage } from '@huike/shared/contracts/console-campaigns'
import { Button } from 'antd'
import { useEffect } from 'react'
import { count, dateTime } from '../format.js'
import { useStores } from '../members/use-stores.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { usePages, useQuery } from '../use-query.js'
import { Meter } from './meter.js'
import { isStoppable } from './results.js'
import { StateTag } from './state-tag.js'
import { campaignStrings } from './strings.js'
import '../members/members.css'
import './campaigns.css'

const PATH = '/campaigns?limit=20'
/** The newest are read again this often while one of those shown is not over. */
const REFRESH_EVERY_MS = 5_000

const words = campaignStrings.list
const headsOf = (page: CampaignsPage) => page.campaigns

/** Every campaign, newest first, with its state and how far it is. */
export default function CampaignsPage() {
  const { may } = useSession()
  const stores = useStores()
  const list = usePages(PATH, headsOf)
  useLiveHeads(list.items, list.change)
  return (
    <PageFrame
      title={campaignStrings.title}
      actions={
        may('campaigns.send') && (
          <Button type="primary" href={hrefOf('/campaigns/new')}>
            {campaignStrings.create}
          </Button>
        )
      }
    >
      <ul className="rows">
        {list.items?.map((head) => (
          <Head key={head.id} head={head} timeZone={stores.timeZone} />
        ))}
      </ul>
      <PagesEnd list={list} empty={words.empty} skeletonRows={6} />
    </PageFrame>
  )
}

function Head({ head, timeZone }: { head: CampaignHead; timeZone: string }) {
  const { counts } = head
  return (
    <li className="row c-head">
      <div className="c-head-name">
        <a href={hrefOf(`/campaigns/${head.id}`)}>{head.name}</a>
        <span className="note">
          {words.sendAt(dateTime(head.sendAtMs, timeZone))} · {words.by(head.createdBy)}
        </span>
        <span className="note">
          {head.channels.map((channel) => campaignStrings.channel(channel)).join('、')}
        </span>
      </div>
      <div className="c-head-state">
        <span className="c-head-line">
          <StateTag state={head.state} />
          {head.state !== 'scheduled' && (
            <span>{words.progress(count(counts.sent), count(counts.picked))}</span>
          )}
        </span>
        {head.state !== 'scheduled' && <Meter head={head} label={words.meter(head.name)} />}
      </div>
    </li>
  )
}

/** Keeps the newest heads fresh while one of those shown is not over. */
function useLiveHeads(
  items: readonly CampaignHead[] | null,
  change: (update: (items: readonly CampaignHead[]) => readonly CampaignHead[]) => void,
): void {
  const isLive = items?.some(({ state }) => isStoppable(state)) ?? false
  const { value } = useQuery<CampaignsPage>(isLive ? PATH : null, {
    everyMs: REFRESH_EVERY_MS,
  })
  useEffect(() => {
    if (value === null) return
    const fresh = new Map(value.campaigns.map((head) => [head.id, head]))
    change((shown) => shown.map((head) => fresh.get(head.id) ?? head))
    // `change` is made anew with every drawing; what counts is the answer.
  }, [value])
}
