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
import type { Refused } from './use-publishing.js'

const DAY_MS = 86_400_000

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

function refusalWords({ code, sentence }: Refused): string {
  if (code === null) return editorStrings.unanswered
  return code === 'rule_changed' ? `${sentence}。${words.again}` : sentence
}
