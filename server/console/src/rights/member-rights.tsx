import type { Deletion, DeletionRow } from '@huike/shared/contracts/rights'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { withQuery } from '../api.js'
import { Ask } from '../ask.js'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { dateTime } from '../format.js'
import { WHY_CHARACTERS_MAX, WHY_CHARACTERS_MIN } from '../limits.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { termsWords } from './deletion-terms.js'
import { CONSENTS_PATH } from './rights-tabs.js'
import { deletionStrings, memberRightsStrings as words } from './strings.js'
import './rights.css'

interface Props {
  memberId: string
  memberNo: string
}

/** The way to a member's consents, and their deletion: asked for at the counter, or taken back. */
export function MemberRights({ memberId, memberNo }: Props) {
  const { api, may } = useSession()
  const query = useQuery<Deletion>(`/members/${memberId}/deletion`)
  const [open, setOpen] = useState<'ask' | 'takeBack' | null>(null)
  const { value } = query
  const isWaiting = value?.state === 'waiting'
  const close = () => {
    setOpen(null)
  }
  const done = () => {
    close()
    query.refresh()
  }
  return (
    <section aria-labelledby="member-rights" className="rights-member">
      <h2 id="member-rights">{words.title}</h2>
      <p>
        <a href={hrefOf(withQuery(CONSENTS_PATH, { memberId }))}>{words.history}</a>
      </p>
      <Trouble query={query} rows={1} />
      {value !== null && (
        <p className={isWaiting ? 'warn' : 'note'}>
          {value.dueAtMs === null ? words.none : words.waiting(dateTime(value.dueAtMs))}
        </p>
      )}
      {value !== null && may('members.phone') && open === null && (
        <Button
          danger={!isWaiting}
          onClick={() => {
            setOpen(isWaiting ? 'takeBack' : 'ask')
          }}
        >
          {isWaiting ? deletionStrings.takeBack : words.ask}
        </Button>
      )}
      {open === 'takeBack' && (
        <Ask<DeletionRow>
          label={deletionStrings.takeBackOf(memberNo)}
          promise={deletionStrings.takeBackPromise(memberNo)}
          confirm={deletionStrings.takeBackConfirm}
          onConfirm={() => api.remove(`/members/${memberId}/deletion`)}
          onDone={done}
          onCancel={close}
        />
      )}
      {value !== null && open === 'ask' && (
        <AskDialog memberId={memberId} terms={value} onDone={done} onCancel={close} />
      )}
    </section>
  )
}

interface AskProps {
  memberId: string
  terms: Deletion
  onDone: () => void
  onCancel: () => void
}

function AskDialog({ memberId, terms, onDone, onCancel }: AskProps) {
  const { api } = useSession()
  const [why, setWhy] = useState('')
  return (
    <FormDialog<DeletionRow>
      title={words.ask}
      submit={words.submit}
      isReady={why.trim().length >= WHY_CHARACTERS_MIN}
      onSubmit={() => api.post(`/members/${memberId}/deletion`, { why: why.trim() })}
      onDone={onDone}
      onCancel={onCancel}
    >
      <p>{termsWords(terms)}</p>
      <p>{words.promise(terms.coolingOffDays)}</p>
      <Field label={words.why} hint={words.whyHint}>
        {(control) => (
          <Input
            {...control}
            autoFocus
            autoComplete="off"
            maxLength={WHY_CHARACTERS_MAX}
            placeholder={words.whyPlaceholder}
            value={why}
            onChange={(event) => {
              setWhy(event.target.value)
            }}
          />
        )}
      </Field>
    </FormDialog>
  )
}
