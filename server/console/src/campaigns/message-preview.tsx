import type { MessageChannel } from '@huike/shared/contracts/console-campaigns'
import type { ReactNode } from 'react'
import { strings } from '../strings.js'
import { bodyOf, type Draft } from './draft.js'
import { cutForWechat, smsOf } from './message-form.js'
import { campaignStrings } from './strings.js'

const words = campaignStrings.preview

/** The message as each chosen channel shows it on the phone. */
export function MessagePreview({ draft }: { draft: Draft }) {
  const title = draft.title.trim()
  const body = bodyOf(draft)
  return (
    <section className="c-previews" aria-label={words.title}>
      <h3>{words.title}</h3>
      {draft.channels.map((channel) => (
        <Preview key={channel} channel={channel} title={title} body={body} />
      ))}
    </section>
  )
}

interface Props {
  channel: MessageChannel
  title: string
  body: string
}

function Preview({ channel, title, body }: Props) {
  switch (channel) {
    case 'inbox':
      return <InboxCard title={title} body={body} />
    case 'wechat':
      return <WechatCard title={title} body={body} />
    case 'sms':
      return <SmsBubble title={title} body={body} />
  }
}

function Frame({ head, note, children }: { head: string; note?: string; children: ReactNode }) {
  return (
    <figure className="c-phone">
      <figcaption className="note">{head}</figcaption>
      {children}
      {note !== undefined && <p className="note c-phone-note">{note}</p>}
    </figure>
  )
}

function InboxCard({ title, body }: Omit<Props, 'channel'>) {
  return (
    <Frame head={campaignStrings.channel('inbox')}>
      <div className="c-card">
        <div className="c-card-head">
          <strong className={title === '' ? 'note' : ''}>
            {title === '' ? words.titlePlaceholder : title}
          </strong>
          <span className="note">{words.justNow}</span>
        </div>
        <p className={body === '' ? 'note' : 'c-written'}>
          {body === '' ? words.bodyPlaceholder : body}
        </p>
      </div>
    </Frame>
  )
}

function WechatCard({ title, body }: Omit<Props, 'channel'>) {
  const subject = cutForWechat(title)
  const content = cutForWechat(body)
  const lost = Array.from(subject.lost + content.lost).length
  return (
    <Frame
      head={campaignStrings.channel('wechat')}
      note={lost > 0 ? words.wechatCut(lost) : words.wechatWhole}
    >
      <div className="c-card">
        <div className="c-card-head">
          <span className="note">{strings.brand}</span>
          <span className="note">{words.justNow}</span>
        </div>
        <strong>{words.wechatHead}</strong>
        <dl className="c-wechat">
          <dt>{words.wechatSubject}</dt>
          <dd className={title === '' ? 'note' : ''}>
            {title === '' ? words.titlePlaceholder : subject.kept}
          </dd>
          <dt>{words.wechatContent}</dt>
          <dd className={body === '' ? 'note' : ''}>
            {body === '' ? words.bodyPlaceholder : content.kept}
            {content.lost !== '' && <del>{content.lost}</del>}
          </dd>
        </dl>
        <p className="note c-card-foot">{words.wechatMore} ›</p>
      </div>
    </Frame>
  )
}

function SmsBubble({ title, body }: Omit<Props, 'channel'>) {
  const sms = smsOf({
    title: title === '' ? words.titlePlaceholder : title,
    body: body === '' ? words.bodyPlaceholder : body,
  })
  return (
    <Frame
      head={campaignStrings.channel('sms')}
      note={`${words.smsLength(sms.units, sms.parts)}${words.smsNote}`}
    >
      <p className="c-bubble c-written">{sms.text}</p>
    </Frame>
  )
}
