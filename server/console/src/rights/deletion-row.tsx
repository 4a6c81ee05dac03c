import type { DeletionRow as Row } from '@huike/shared/contracts/rights'
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { Ask } from '../ask.js'
import { count, dateTime } from '../format.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { DeletionTerms } from './deletion-terms.js'
import { deletionStrings as words } from './strings.js'

const DAY_MS = 86_400_000
const COLOURS: Readonly<Record<Row['state'], string | undefined>> = {
  waiting: 'warning',
  cancelled: undefined,
  erased: 'error',
}

interface Props {
  row: Row
  onChanged: (row: Row) => void
}

/** One request: who, until when, what is at stake, and the way back while there is one. */
export function DeletionRow({ row, onChanged }: Props) {
  const { api, may } = useSession()
  const [open, setOpen] = useState<'terms' | 'takeBack' | null>(null)
  const { memberId, memberNo, state } = row
  const name = memberNo ?? memberId
  const isHere = state === 'waiting' && memberNo !== null
  const toggle = (what: 'terms' | 'takeBack') => {
    setOpen(open === what ? null : what)
  }
  return (
    <li className="row deletion">
      <Who row={row} />
      <When row={row} />
      <span className="rights-cell rights-actions">
        {isHere && may('members.view') && (
          <Button
            type="text"
            aria-label={words.termsOf(name)}
            aria-expanded={open === 'terms'}
            onClick={() => {
              toggle('terms')
            }}
          >
            {words.terms}
          </Button>
        )}
        {isHere && may('members.phone') && (
          <Button
            type="text"
            aria-label={words.takeBackOf(name)}
            aria-expanded={open === 'takeBack'}
            onClick={() => {
              toggle('takeBack')
            }}
          >
            {words.takeBack}
          </Button>
        )}
      </span>
      {open === 'terms' && (
        <div className="rights-terms">
          <DeletionTerms memberId={memberId} />
        </div>
      )}
      {open === 'takeBack' && (
        <Ask<Row>
          label={words.takeBackOf(name)}
          promise={words.takeBackPromise(name)}
          confirm={words.takeBackConfirm}
          onConfirm={() => api.remove(`/members/${memberId}/deletion`)}
          onDone={(changed) => {
            setOpen(null)
            onChanged(changed)
          }}
          onCancel={() => {
            setOpen(null)
          }}
        />
      )}
    </li>
  )
}

function Who({ row }: { row: Row }) {
  const { may } = useSession()
  const { memberId, memberNo, phoneMasked, state } = row
  const colour = COLOURS[state]
  return (
    <span className="rights-cell">
      <span>
        <Tag {...(colour === undefined ? {} : { color: colour })}>
          {state === 'waiting' && row.dueAtMs <= Date.now() ? words.due : words.state(state)}
        </Tag>
        {memberNo === null && <span className="note">{words.nobody}</span>}
        {memberNo !== null && may('members.view') && (
          <a href={hrefOf(`/members/${memberId}`)}>{memberNo}</a>
        )}
        {memberNo !== null && !may('members.view') && <span>{memberNo}</span>}
      </span>
      {phoneMasked !== null && <span className="note">{phoneMasked}</span>}
      <span className="note">{words.askedBy(row.how)}</span>
    </span>
  )
}

function When({ row }: { row: Row }) {
  const { state, requestedAtMs, dueAtMs, settledAtMs } = row
  const leftMs = dueAtMs - Date.now()
  return (
    <span className="rights-cell">
      <span>{words.asked(dateTime(requestedAtMs))}</span>
      {state === 'waiting' && (
        <span>
          {words.dueOn(dateTime(dueAtMs))}
          {leftMs > 0 && ` · ${words.left(leftMs < DAY_MS ? 0 : Math.ceil(leftMs / DAY_MS))}`}
        </span>
      )}
      {settledAtMs !== null && <span>{words.settled[state](dateTime(settledAtMs))}</span>}
      <span className="note">{words.pointsThen(count(row.pointsThen))}</span>
    </span>
  )
}
