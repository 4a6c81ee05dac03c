import type {
  Campaign,
  CampaignMessage,
  CampaignMessagesPage,
  MessageState,
} from '@huike/shared/contracts/console-campaigns'
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { withQuery } from '../api.js'
import { Choices } from '../choices.js'
import { clockTime, count } from '../format.js'
import { MESSAGE_COLOURS } from '../message-colours.js'
import { PagesEnd } from '../pages-end.js'
import { hrefOf } from '../router.js'
import { usePages } from '../use-query.js'
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
      <Choices
        label={words.peopleFilter}
        choices={[null, ...MESSAGE_STATES]}
        chosen={state}
        wordsOf={(one) =>
          one === null
            ? words.all
            : `${campaignStrings.messageState(one)} ${count(campaign.counts[one])}`
        }
        onChoose={setState}
      />
      <ul className="rows">
        {list.items?.map((message) => (
          <Person key={message.id} message={message} timeZone={timeZone} />
        ))}
      </ul>
      <PagesEnd
        list={list}
        empty={state === null ? words.peopleEmpty : words.peopleEmptyState}
        skeletonRows={4}
      />
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
          <Tag color={MESSAGE_COLOURS[state]}>{campaignStrings.messageState(state)}</Tag>
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
