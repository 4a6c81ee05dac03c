import type {
  Campaign,
  CampaignMessage,
  CampaignMessagesPage,
  MessageState,
} from '@huike/shared/contracts/console-campaigns'
import { Button, Empty, Skeleton, Tag } from 'antd'
import { useState } from 'react'
import { withQuery } from '../api.js'
import { clockTime, count } from '../format.js'
import { hrefOf } from '../router.js'
import { Failure } from '../trouble.js'
import { usePages, type Pages } from '../use-query.js'
import { isStoppable, MESSAGE_STATES } from './results.js'
import { campaignStrings } from './strings.js'

const words = campaignStrings.one
const PAGE_ROWS = 20
const messagesOf = (page: CampaignMessagesPage) => page.messages

interface Props {
  campaign: Campaign
  timeZone: string
}

/** Everybody in a campaign, of all states or of one. */
export function CampaignPeople({ campaign, timeZone }: Props) {
  const [state, setState] = useState<MessageState | null>(null)
  const path = `/campaigns/${encodeURIComponent(campaign.id)}/messages`
  const list = usePages(withQuery(path, { state, limit: PAGE_ROWS }), messagesOf)
  if (campaign.state === 'scheduled') return null
  return (
    <section aria-labelledby="campaign-people">
      <div className="section-head">
        <h2 id="campaign-people">{words.people}</h2>
        {isStoppable(campaign.state) && <Button onClick={list.restart}>{words.refresh}</Button>}
      </div>
      <div className="choices" role="group" aria-label={words.peopleFilter}>
        {[null, ...MESSAGE_STATES].map((one) => (
          <Button
            key={one ?? 'all'}
            type={one === state ? 'primary' : 'default'}
            aria-pressed={one === state}
            onClick={() => {
              setState(one)
            }}
          >
            {one === null ? words.all : campaignStrings.messageState(one)}
            {one !== null && ` ${count(campaign.counts[one])}`}
          </Button>
        ))}
      </div>
      <ul className="rows">
        {list.items?.map((message) => (
          <Person key={message.id} message={message} timeZone={timeZone} />
        ))}
      </ul>
      <Rest list={list} isFiltered={state !== null} />
    </section>
  )
}

function Person({ message, timeZone }: { message: CampaignMessage; timeZone: string }) {
  const { state, channel, reason, atMs, readAtMs, cameBackAtMs } = message
  const at = (instantMs: number) => clockTime(instantMs, timeZone)
  return (
    <li className="row c-person">
      <span className="c-person-who">
        <a href={hrefOf(`/members/${message.memberId}`)}>{message.phoneMasked}</a>
        <span className="note">{message.memberNo}</span>
      </span>
      <span className="c-person-what">
        <span className="m-tags">
          <Tag color={COLOURS[state]}>{campaignStrings.messageState(state)}</Tag>
          {readAtMs !== null && <Tag>{words.readAt(at(readAtMs))}</Tag>}
          {cameBackAtMs !== null && <Tag color="success">{words.cameBackAt(at(cameBackAtMs))}</Tag>}
        </span>
        <span className="note">
          {[
            channel === null ? '' : campaignStrings.channel(channel),
            state === 'waiting' ? words.due(at(atMs)) : at(atMs),
            reason === null ? '' : campaignStrings.reason(reason),
            state === 'doubtful' ? campaignStrings.doubtful : '',
          ]
            .filter((part) => part !== '')
            .join(' · ')}
        </span>
      </span>
    </li>
  )
}

const COLOURS: Readonly<Record<MessageState, string>> = {
  waiting: 'default',
  sending: 'default',
  sent: 'success',
  failed: 'error',
  skipped: 'default',
  doubtful: 'warning',
}

function Rest({ list, isFiltered }: { list: Pages<CampaignMessage>; isFiltered: boolean }) {
  const { items, hasMore, problem, isLoading, more } = list
  if (problem !== null) return <Failure sentence={problem} onRetry={more} />
  if (items === null)
    return (
      <div aria-busy="true">
        <Skeleton active title={false} paragraph={{ rows: 4 }} />
      </div>
    )
  if (items.length === 0)
    return (
      <Empty
        image={Empty.PRESENTED_IMAGE_SIMPLE}
        description={isFiltered ? words.peopleEmptyState : words.peopleEmpty}
      />
    )
  return (
    <div className="m-rest">
      {hasMore ? (
        <Button loading={isLoading} onClick={more}>
          {words.more}
        </Button>
      ) : (
        <span className="note">{words.end}</span>
      )}
    </div>
  )
}
