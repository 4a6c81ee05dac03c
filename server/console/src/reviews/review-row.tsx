import type { ReviewRow as Row, ReviewVerdict } from '@huike/shared/contracts/reviews'
import { Button, Input } from 'antd'
import { useState } from 'react'
import type { Answer } from '../api.js'
import { Ask } from '../ask.js'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { count, dateTime, money } from '../format.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { reviewStrings as words } from './strings.js'

/** As the contract has them. */
const REASON = { least: 2, most: 100 }
const STARS_MAX = 5

interface Props {
  row: Row
  onDecided: () => void
}

/** One review: what was said of which purchase, and what is to become of it. */
export function ReviewRow({ row, onDecided }: Props) {
  const { api } = useSession()
  const [open, setOpen] = useState<'approve' | 'decline' | null>(null)
  const { id, memberId, memberNo, phoneMasked, storeName, businessDate, totalFen } = row
  const stars = words.stars(row.stars ?? 0)
  const close = () => {
    setOpen(null)
  }
  const decide = (verdict: ReviewVerdict) => api.post<Row>(`/reviews/${id}/decide`, verdict)
  return (
    <li className="row review">
      <Said row={row} />
      <span className="parked-facts">
        <a href={hrefOf(`/members/${memberId}`)}>{memberNo}</a>
        <span>{phoneMasked}</span>
        <span>{words.purchase(businessDate, money(totalFen))}</span>
      </span>
      <span className="note row-note">
        {storeName} · {words.written(dateTime(row.writtenAtMs))}
        {row.decidedAtMs !== null &&
          ` · ${words.decided(row.decidedBy, dateTime(row.decidedAtMs))}`}
        {row.givenPoints !== null && ` · ${words.given(count(row.givenPoints))}`}
      </span>
      {row.reason !== null && <span className="note">{words.because(row.reason)}</span>}
      {row.state === 'waiting' && open !== 'approve' && (
        <span className="review-actions">
          <Button
            aria-label={words.approveOf(stars, memberNo)}
            onClick={() => {
              setOpen('approve')
            }}
          >
            {words.approve}
          </Button>
          <Button
            type="text"
            aria-label={words.declineOf(stars, memberNo)}
            onClick={() => {
              setOpen('decline')
            }}
          >
            {words.decline}
          </Button>
        </span>
      )}
      {open === 'approve' && (
        <Ask<Row>
          label={words.approveOf(stars, memberNo)}
          promise={words.approvePromise(count(row.pointsNow))}
          confirm={words.approve}
          onConfirm={() => decide({ verdict: 'approved' })}
          onDone={onDecided}
          onCancel={close}
        />
      )}
      {open === 'decline' && <Decline decide={decide} onDecided={onDecided} onCancel={close} />}
    </li>
  )
}

function Said({ row: { stars, text } }: { row: Row }) {
  if (stars === null) return <span className="note">{words.gone}</span>
  return (
    <>
      <span className="review-stars" role="img" aria-label={words.stars(stars)}>
        {'★'.repeat(stars) + '☆'.repeat(STARS_MAX - stars)}
      </span>
      {text === null || text === '' ? (
        <span className="note">{words.noText}</span>
      ) : (
        <strong className="review-text">{text}</strong>
      )}
    </>
  )
}

interface DeclineProps {
  decide: (verdict: ReviewVerdict) => Promise<Answer<Row>>
  onDecided: () => void
  onCancel: () => void
}

function Decline({ decide, onDecided, onCancel }: DeclineProps) {
  const [reason, setReason] = useState('')
  const said = reason.trim()
  return (
    <FormDialog<Row>
      title={words.declineTitle}
      submit={words.decline}
      isReady={said.length >= REASON.least}
      onSubmit={() => decide({ verdict: 'declined', reason: said })}
      onDone={onDecided}
      onCancel={onCancel}
    >
      <p className="note">{words.declineNote}</p>
      <Field label={words.reason} hint={words.reasonHint(count(REASON.most))}>
        {(control) => (
          <Input.TextArea
            {...control}
            autoFocus
            rows={3}
            maxLength={REASON.most}
            value={reason}
            onChange={(event) => {
              setReason(event.target.value)
            }}
          />
        )}
      </Field>
    </FormDialog>
  )
}
