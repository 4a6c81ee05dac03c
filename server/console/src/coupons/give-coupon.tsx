// Gives a member one coupon. A gift is one request, however often it is sent: its id stays the same
// until an answer says that it was given.

import type {
  CouponStory,
  CouponTemplateView,
  GiveCoupon,
} from '@huike/shared/contracts/console-coupons'
import type { MemberPage, MemberRow } from '@huike/shared/contracts/console-members'
import { idAt, type RequestId } from '@huike/shared/ids'
import { Button, Input } from 'antd'
import { useState } from 'react'
import type { Answer } from '../api.js'
import { withQuery } from '../api.js'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { readSearch } from '../members/member-filter.js'
import { memberStrings } from '../members/strings.js'
import { randomChance } from '../random-key.js'
import { useSession } from '../session.js'
import { Failure } from '../trouble.js'
import { giveStrings as words } from './strings.js'

export const REASON_MAX = 100
const FOUND_MAX = 5
const TYPED_CHARACTERS_MAX = 30

interface Props {
  template: CouponTemplateView
  /** Of gifts that nothing was heard of, by template and member. */
  requestIds: Map<string, string>
  onDone: (story: CouponStory) => void
  onCancel: () => void
}

/** Asks whom and why, then gives one. */
export function GiveCouponDialog({ template, requestIds, onDone, onCancel }: Props) {
  const { api } = useSession()
  const [member, setMember] = useState<MemberRow | null>(null)
  const [reason, setReason] = useState('')
  const give = async (): Promise<Answer<CouponStory>> => {
    if (member === null) throw new Error('a coupon is given to somebody')
    const key = `${template.id}|${member.memberId}`
    const requestId = requestIds.get(key) ?? idAt(Date.now(), randomChance)
    requestIds.set(key, requestId)
    const answer = await api.post<CouponStory>('/coupons/given', {
      ...{ requestId: requestId as RequestId, templateId: template.id },
      ...{ memberId: member.memberId, reason: reason.trim() },
    } satisfies GiveCoupon)
    if (answer.ok) requestIds.delete(key)
    return answer.ok || answer.code !== null ? answer : { ...answer, sentence: words.unanswered }
  }
  return (
    <FormDialog<CouponStory>
      title={words.title}
      submit={words.submit}
      isReady={member !== null && reason.trim() !== ''}
      onSubmit={give}
      onDone={onDone}
      onCancel={onCancel}
    >
      <p className="note">{words.what(template.terms.name, template.headline)}</p>
      {member === null ? (
        <FindMember onFound={setMember} />
      ) : (
        <div className="coupon-member" role="group" aria-label={words.chosen}>
          <span>
            {words.chosen} <strong>{memberWords(member)}</strong>
          </span>
          <Button
            onClick={() => {
              setMember(null)
            }}
          >
            {words.other}
          </Button>
        </div>
      )}
      <Field label={words.reason} hint={words.reasonHint(String(REASON_MAX))}>
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            maxLength={REASON_MAX}
            value={reason}
            onChange={(event) => {
              setReason(event.target.value)
            }}
          />
        )}
      </Field>
      <div className="choices">
        {words.reasons.map((one) => (
          <Button
            key={one}
            aria-pressed={reason === one}
            onClick={() => {
              setReason(one)
            }}
          >
            {one}
          </Button>
        ))}
      </div>
      {member !== null && (
        <p className="summary">{words.promise(template.terms.name, memberWords(member))}</p>
      )}
    </FormDialog>
  )
}

/** Finds one member by phone number or member number; one alone is chosen at once. */
function FindMember({ onFound }: { onFound: (member: MemberRow) => void }) {
  const { api } = useSession()
  const [typed, setTyped] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const [found, setFound] = useState<MemberPage | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const find = async () => {
    const search = readSearch(typed)
    setFound(null)
    setProblem(search === null || search === '' ? words.bad : null)
    if (search === null || search === '' || isBusy) return
    setIsBusy(true)
    const answer = await api.get<MemberPage>(withQuery('/members', { search, limit: FOUND_MAX }))
    setIsBusy(false)
    if (!answer.ok) {
      setProblem(answer.sentence)
      return
    }
    const [one, ...others] = answer.value.members
    if (one !== undefined && others.length === 0) onFound(one)
    else setFound(answer.value)
  }
  return (
    <>
      <Field label={words.find} problem={problem}>
        {(control) => (
          <div className="with-button">
            <Input
              {...control}
              autoFocus
              inputMode="numeric"
              autoComplete="off"
              maxLength={TYPED_CHARACTERS_MAX}
              placeholder={words.placeholder}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value)
                setProblem(null)
              }}
              onPressEnter={(event) => {
                // Enter looks for the member, and gives nothing yet.
                event.preventDefault()
                void find()
              }}
            />
            <Button loading={isBusy} onClick={() => void find()}>
              {words.submitFind}
            </Button>
          </div>
        )}
      </Field>
      {found?.members.length === 0 && <Failure isStale sentence={words.none} />}
      <ul className="rows">
        {found?.members.map((one) => (
          <li key={one.memberId} className="row">
            <span>{memberWords(one)}</span>
            <Button
              className="row-end"
              aria-label={`${words.choose} ${one.memberNo}`}
              onClick={() => {
                onFound(one)
              }}
            >
              {words.choose}
            </Button>
          </li>
        ))}
      </ul>
      {found !== null && found.nextCursor !== null && <p className="note">{words.many}</p>}
    </>
  )
}

function memberWords({ nameMasked, phoneMasked, memberNo }: MemberRow): string {
  return [nameMasked ?? memberStrings.unnamed, phoneMasked, memberNo].join(' · ')
}
