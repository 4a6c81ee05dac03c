import type { ActivityVersion, ActivityVersions } from '@huike/shared/contracts/activities'
import { Button, Checkbox } from 'antd'
import { useRef, useState } from 'react'
import { calendarDay, count } from '../format.js'
import { FormSection } from '../form-section.js'
import { useSession } from '../session.js'
import { Failure } from '../trouble.js'
import { useGuard } from '../use-guard.js'
import {
  activityDraftOf,
  activityFormOf,
  activityProblems,
  type ActivityForm,
} from './activity-form.js'
import { Expiry, Start } from './rule-fields.js'
import { RuleField, ruleFieldId } from './rule-field.js'
import { activityStrings as words, editorStrings } from './strings.js'
import type { Problems } from './typed.js'
import type { Refused } from './use-publishing.js'

const DAY_MS = 86_400_000
const REVIEW_FIELDS = ['reviewPoints', 'reviewDays', 'reviewsAMonth'] as const
const REFERRAL_FIELDS = [
  ...(['referralPoints', 'friendPoints', 'leastYuan', 'waitDays', 'friendsAMonth'] as const),
] as const

interface Props {
  latest: ActivityVersion
  onPublished: (versions: ActivityVersions) => void
  /** What is there decides what comes next. */
  onLookAgain: () => void
}

/** The next version, made from the latest. */
export function ActivityEditor({ latest, onPublished, onLookAgain }: Props) {
  const { api } = useSession()
  const [form, setForm] = useState(() => activityFormOf(latest.rule, latest.rule.version))
  const [isTouched, setIsTouched] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  /** Whoever was told of the latest version publishes over it. */
  const [isTold, setIsTold] = useState(false)
  // The second click of a double click comes before the page is drawn anew.
  const isUnderWay = useRef(false)
  const today = calendarDay(Date.now())
  const problems = activityProblems(form, today)
  const wrong = Object.keys(problems)
  useGuard(isTouched && !isBusy, editorStrings.leave, () => undefined)
  const change = (changes: Partial<ActivityForm>) => {
    setForm({ ...form, ...changes })
    setIsTouched(true)
    setFailure(null)
  }
  const publish = async () => {
    const draft = activityDraftOf(form, today)
    if (draft === null) {
      setFailure(editorStrings.wrong(count(wrong.length)))
      document.getElementById(ruleFieldId(wrong[0] ?? ''))?.focus()
      return
    }
    if (isUnderWay.current) return
    isUnderWay.current = true
    setIsBusy(true)
    const basedOnVersion = isTold ? latest.rule.version : draft.basedOnVersion
    const answer = await api.post<ActivityVersions>('/points/activities', {
      ...draft,
      basedOnVersion,
    })
    isUnderWay.current = false
    setIsBusy(false)
    if (answer.ok) {
      onPublished(answer.value)
      return
    }
    setFailure(refusalWords(answer))
    setIsTold(answer.code === 'rule_changed')
    if (answer.code === 'rule_changed' || answer.code === null) onLookAgain()
  }
  return (
    <div className="rule-fields">
      <FormSection id="activities" title={words.change} note={words.changeNote}>
        <Checkbox
          checked={form.hasSignIn}
          onChange={(event) => {
            change({ hasSignIn: event.target.checked })
          }}
        >
          {words.signInOn}
        </Checkbox>
        {form.hasSignIn && (
          <RuleField
            name="days"
            label={words.days}
            hint={words.daysHint}
            problems={problems}
            value={form.days}
            onChange={(days) => {
              change({ days })
            }}
          />
        )}
        <RuleField
          name="profilePoints"
          label={words.profilePoints}
          hint={words.profileHint}
          inputMode="numeric"
          problems={problems}
          value={form.profilePoints}
          onChange={(profilePoints) => {
            change({ profilePoints })
          }}
        />
      </FormSection>
      <Reviews {...{ form, problems }} onChange={change} />
      <Referrals {...{ form, problems }} onChange={change} />
      <Expiry {...{ form, problems }} onChange={change} />
      <Start
        {...{ form, problems }}
        firstDay={calendarDay(Date.now() + DAY_MS)}
        onChange={change}
      />
      {failure !== null && <Failure sentence={failure} />}
      <div className="form-buttons">
        <Button type="primary" size="large" loading={isBusy} onClick={() => void publish()}>
          {editorStrings.publish}
        </Button>
      </div>
    </div>
  )
}

interface FieldsProps {
  form: ActivityForm
  problems: Problems
  onChange: (changes: Partial<ActivityForm>) => void
}

/** What an approved review gives, and who may write how many. */
function Reviews({ form, problems, onChange }: FieldsProps) {
  return (
    <FormSection id="reviews" title={words.reviews} note={words.reviewsNote}>
      <Checkbox
        checked={form.hasReview}
        onChange={(event) => {
          onChange({ hasReview: event.target.checked })
        }}
      >
        {words.reviewsOn}
      </Checkbox>
      {form.hasReview && (
        <Numbers
          names={REVIEW_FIELDS}
          told={words.reviewFields}
          {...{ form, problems, onChange }}
        />
      )}
    </FormSection>
  )
}

/** What bringing a friend gives, when, and for how many. */
function Referrals({ form, problems, onChange }: FieldsProps) {
  return (
    <FormSection id="referrals" title={words.referrals} note={words.referralsNote}>
      <Checkbox
        checked={form.hasReferral}
        onChange={(event) => {
          onChange({ hasReferral: event.target.checked })
        }}
      >
        {words.referralsOn}
      </Checkbox>
      {form.hasReferral && (
        <Numbers
          names={REFERRAL_FIELDS}
          told={words.referralFields}
          {...{ form, problems, onChange }}
        />
      )}
    </FormSection>
  )
}

type NumberField = (typeof REVIEW_FIELDS)[number] | (typeof REFERRAL_FIELDS)[number]

/** Fields of figures, one below the other. */
function Numbers<Name extends NumberField>(
  props: FieldsProps & {
    names: readonly Name[]
    told: Readonly<Record<Name, readonly [label: string, hint: string]>>
  },
) {
  const { form, problems, onChange, names, told } = props
  return names.map((name) => (
    <RuleField
      key={name}
      name={name}
      label={told[name][0]}
      hint={told[name][1]}
      inputMode="decimal"
      problems={problems}
      value={form[name]}
      onChange={(typed) => {
        onChange({ [name]: typed })
      }}
    />
  ))
}

function refusalWords({ code, sentence }: Refused): string {
  if (code === null) return editorStrings.unanswered
  return code === 'rule_changed' ? `${sentence}。${words.again}` : sentence
}
