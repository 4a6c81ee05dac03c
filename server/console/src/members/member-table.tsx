import type { MemberRow } from '@huike/shared/contracts/console-members'
import { Tag } from 'antd'
import { ago, calendarDay, count, money } from '../format.js'
import { hrefOf } from '../router.js'
import { memberStrings } from './strings.js'

interface Props {
  members: readonly MemberRow[]
  timeZone: string
  nowMs: number
}

/**
 * Members, one per line; on a phone, one per card. The roles say again what the elements say,
 * because a table that is laid out otherwise is no table to a screen reader.
 */
export function MemberTable({ members, timeZone, nowMs }: Props) {
  const { column } = memberStrings
  return (
    <table className="m-table" role="table" aria-label={memberStrings.title}>
      <thead role="rowgroup">
        <tr role="row">
          {[column.member, column.lastPurchase].map((words) => (
            <th key={words} role="columnheader" scope="col">
              {words}
            </th>
          ))}
          {[column.total, column.balance].map((words) => (
            <th key={words} role="columnheader" scope="col" className="m-number">
              {words}
            </th>
          ))}
          <th role="columnheader" scope="col">
            {column.since}
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {members.map((member) => (
          <Row key={member.memberId} member={member} timeZone={timeZone} nowMs={nowMs} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ member, timeZone, nowMs }: { member: MemberRow } & Omit<Props, 'members'>) {
  const { column, purchases, unnamed, neverBought, pending, mayMarket } = memberStrings
  const { lastPurchaseAtMs, lastStoreName, registeredStoreName } = member
  return (
    <tr role="row">
      <td role="cell" className="m-who">
        <a href={hrefOf(`/members/${member.memberId}`)}>{member.nameMasked ?? unnamed}</a>
        <span className="m-tags">
          <Tag>{member.levelName}</Tag>
          {member.state === 'pending' && <Tag color="warning">{pending}</Tag>}
          {member.mayMarket && <Tag color="success">{mayMarket}</Tag>}
        </span>
        <span className="note">
          {member.phoneMasked} · {member.memberNo}
        </span>
      </td>
      <td role="cell" data-label={column.lastPurchase}>
        {lastPurchaseAtMs === null ? (
          <span className="note">{neverBought}</span>
        ) : (
          <span title={calendarDay(lastPurchaseAtMs, timeZone)}>
            {ago(lastPurchaseAtMs, nowMs)}
          </span>
        )}
        {lastStoreName !== null && <span className="note">{lastStoreName}</span>}
      </td>
      <td role="cell" data-label={column.total} className="m-number">
        <span>{money(member.totalFen)}</span>
        <span className="note">{purchases(count(member.purchaseCount))}</span>
      </td>
      <td role="cell" data-label={column.balance} className="m-number">
        {count(member.balancePoints)}
      </td>
      <td role="cell" data-label={column.since}>
        <span>{calendarDay(member.memberSinceMs, timeZone)}</span>
        {registeredStoreName !== null && <span className="note">{registeredStoreName}</span>}
      </td>
    </tr>
  )
}
