import type { TimelineItem } from '@huike/shared/contracts/console-members'
import { fen } from '@huike/shared/quantities'
import { Tag } from 'antd'
import type { ReactNode } from 'react'
import { campaignStrings } from '../campaigns/strings.js'
import { count, money, timeOfDay } from '../format.js'
import { MESSAGE_COLOURS } from '../message-colours.js'
import { memberStrings } from './strings.js'
import { quantityOf, signed } from './words.js'

type Purchase = Extract<TimelineItem, { kind: 'purchase' }>
type Message = Extract<TimelineItem, { kind: 'message' }>

interface Props {
  item: TimelineItem
  timeZone: string
}

/** One thing that happened, whatever it was. */
export function TimelineEntry({ item, timeZone }: Props) {
  const at = timeOfDay(item.atMs, timeZone)
  switch (item.kind) {
    case 'purchase':
      return <PurchaseEntry item={item} at={at} />
    case 'points':
      return (
        <Entry
          at={at}
          title={item.title}
          end={<strong className={item.points < 0 ? '' : 'm-good'}>{signed(item.points)}</strong>}
          note={`${item.explanation} · ${memberStrings.timeline.balanceAfter(count(item.balanceAfterPoints))}`}
        />
      )
    case 'message':
      return <MessageEntry item={item} at={at} />
    case 'consent':
      return <Entry at={at} title={item.title} note={item.how} />
    case 'registered':
      return <Entry at={at} title={item.title} />
  }
}

interface EntryProps {
  at: string
  title: ReactNode
  /** What stands at the end of the first line. */
  end?: ReactNode
  note?: string
  children?: ReactNode
}

function Entry({ at, title, end, note = '', children }: EntryProps) {
  return (
    <li className="row m-entry">
      <time className="note">{at}</time>
      <div className="m-entry-body">
        <span className="m-entry-title">
          <strong>{title}</strong>
          {end}
        </span>
        {note !== '' && <span className="note">{note}</span>}
        {children}
      </div>
    </li>
  )
}

function PurchaseEntry({ item, at }: { item: Purchase; at: string }) {
  const words = memberStrings.timeline
  const isRefund = item.type === 'refund'
  const where = [
    item.channel === 'pos' ? item.storeName : `${words.online} ${item.storeName}`.trim(),
    item.terminalCode === null ? '' : words.terminal(item.terminalCode),
    item.cashier ?? '',
    item.receiptNo === null ? '' : words.receiptNo(item.receiptNo),
  ].filter((part) => part !== '')
  const amount = money(isRefund ? fen(-item.totalFen) : item.totalFen)
  return (
    <Entry
      at={at}
      title={isRefund ? words.refund : words.sale}
      end={<strong className="m-amount">{amount}</strong>}
      note={where.join(' · ')}
    >
      {(item.points !== 0 || item.refundedFen > 0) && (
        <span className="m-tags">
          {item.points !== 0 && <Tag>{words.points(signed(item.points))}</Tag>}
          {item.refundedFen > 0 && (
            <Tag color="warning">{words.refunded(money(item.refundedFen))}</Tag>
          )}
        </span>
      )}
      <Lines item={item} />
    </Entry>
  )
}

/** The goods: the first names at a glance, all of them when opened. */
function Lines({ item }: { item: Purchase }) {
  const words = memberStrings.timeline
  const { lines, lineCount } = item
  if (lines.length === 0) return null
  return (
    <details className="m-lines">
      <summary>
        {words.goods(
          lines.slice(0, GOODS_NAMED).map(({ name }) => name),
          count(lineCount),
        )}
      </summary>
      <ul>
        {lines.map(({ name, quantityMilli, amountFen }, index) => (
          <li key={`${String(index)} ${name}`}>
            <span>{name}</span>
            <span className="note">{words.quantity(quantityOf(quantityMilli))}</span>
            <span className="m-amount">{money(fen(amountFen))}</span>
          </li>
        ))}
        {lineCount > lines.length && <li className="note">{words.moreLines(count(lineCount))}</li>}
      </ul>
    </details>
  )
}

const GOODS_NAMED = 2

function MessageEntry({ item, at }: { item: Message; at: string }) {
  const words = memberStrings.timeline
  const parts = [
    item.channel === null ? '' : words.messageChannel(item.channel),
    item.campaignName === null ? '' : words.campaign(item.campaignName),
    item.reason === null ? '' : campaignStrings.anyReason(item.reason),
  ].filter((part) => part !== '')
  return (
    <Entry
      at={at}
      title={item.title}
      end={<Tag color={MESSAGE_COLOURS[item.state]}>{words.messageState(item.state)}</Tag>}
      note={parts.join(' · ')}
    />
  )
}
