import type { PointsSettings, RefundPolicy } from '@huike/shared/contracts/spending'
import { formatFen, fen } from '@huike/shared/quantities'
import { Checkbox, ConfigProvider, Input, Radio } from 'antd'
import { useState } from 'react'
import { Field } from '../field.js'
import { FormSection } from '../form-section.js'
import { count } from '../format.js'
import { SaveRow } from '../save-row.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { useSaving } from '../use-saving.js'
import {
  draftOf,
  example,
  EXAMPLE_FEN,
  settingsOf,
  type SpendingDraft,
  type SpendingProblems,
} from './spending-draft.js'
import { spendingStrings as words } from './spending-strings.js'

const PATH = '/settings/points'
const HEADING = 'points-settings'
const POLICIES: readonly RefundPolicy[] = ['negative', 'next_earn', 'cash']

/** On what terms points are cash at a till, and what refunds do with points that are spent. */
export function SpendingSettingsForm() {
  const query = useQuery<PointsSettings>(PATH)
  return (
    <FormSection id={HEADING} title={words.title} note={words.note} className="settings">
      <Trouble query={query} rows={5} />
      {query.value !== null && <Form settings={query.value} onSaved={query.replace} />}
    </FormSection>
  )
}

interface Props {
  settings: PointsSettings
  onSaved: (settings: PointsSettings) => void
}

function Form({ settings, onSaved }: Props) {
  const { may } = useSession()
  const mayChange = may('points.manage')
  const [draft, setDraft] = useState(() => draftOf(settings))
  const saving = useSaving<PointsSettings>(PATH, (saved) => {
    onSaved(saved)
    setDraft(draftOf(saved))
  })
  const read = settingsOf(draft)
  const next = 'settings' in read ? read.settings : null
  const problems = 'problems' in read ? read.problems : {}
  const isSame = next !== null && JSON.stringify(next) === JSON.stringify(inOrder(settings))
  const change = (changes: Partial<SpendingDraft>) => {
    setDraft({ ...draft, ...changes })
    saving.touch()
  }
  return (
    <form
      className="form"
      aria-labelledby={HEADING}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault()
        if (next !== null && !isSame) void saving.save(next)
      }}
    >
      <ConfigProvider componentDisabled={!mayChange}>
        <div>
          <Checkbox
            checked={draft.isOn}
            onChange={(event) => {
              change({ isOn: event.target.checked })
            }}
          >
            {words.on}
          </Checkbox>
          <p className="note">{words.onHint}</p>
        </div>
        {draft.isOn && <Terms draft={draft} problems={problems} onChange={change} />}
        <Refunds draft={draft} problems={problems} onChange={change} />
      </ConfigProvider>
      <Summary settings={next} />
      <SaveRow
        {...{ saving, mayChange }}
        words={strings.save}
        savedWords={words.saved}
        isReady={next !== null && !isSame}
      />
    </form>
  )
}

interface PartProps {
  draft: SpendingDraft
  problems: SpendingProblems
  onChange: (changes: Partial<SpendingDraft>) => void
}

type TextField = 'points' | 'yuan' | 'least' | 'step' | 'percent' | 'cap' | 'leastOrderYuan'

function Terms({ draft, problems, onChange }: PartProps) {
  const text = (name: TextField, label: string) => (
    <Field label={label} problem={problems[name]}>
      {(control) => (
        <Input
          {...control}
          inputMode="decimal"
          value={draft[name]}
          onChange={(event) => {
            onChange({ [name]: event.target.value.trim() })
          }}
        />
      )}
    </Field>
  )
  return (
    <>
      <fieldset>
        <legend>{words.rate}</legend>
        <div className="pair">
          {text('points', words.points)}
          {text('yuan', words.yuan)}
        </div>
      </fieldset>
      <fieldset>
        <legend>{words.limits}</legend>
        <div className="pair">
          {text('least', words.least)}
          {text('step', words.step)}
        </div>
        <div className="pair">
          {text('percent', words.percent)}
          {text('cap', words.cap)}
        </div>
        {text('leastOrderYuan', words.leastOrder)}
      </fieldset>
      <div>
        <Checkbox
          checked={draft.isCodeNeeded}
          onChange={(event) => {
            onChange({ isCodeNeeded: event.target.checked })
          }}
        >
          {words.code}
        </Checkbox>
        <p className="note">{words.codeHint}</p>
      </div>
    </>
  )
}

function Refunds({ draft, problems, onChange }: PartProps) {
  return (
    <fieldset>
      <legend>{words.refunds}</legend>
      <Radio.Group
        vertical
        aria-label={words.refunds}
        value={draft.refunds}
        onChange={(event) => {
          onChange({ refunds: event.target.value as RefundPolicy })
        }}
        options={POLICIES.map((value) => ({
          value,
          label: (
            <>
              {words.policy[value]}
              <span className="note"> {words.policyHint[value]}</span>
            </>
          ),
        }))}
      />
      {problems.refunds !== undefined && <p className="bad">{problems.refunds}</p>}
    </fieldset>
  )
}

/** What the fields come to, in one order's numbers. */
function Summary({ settings }: { settings: PointsSettings | null }) {
  return (
    <div className="summary" aria-live="polite">
      {settings === null ? (
        <p className="bad">{words.wrong}</p>
      ) : (
        <>
          <p className="note">{words.summary}</p>
          {spendingWords(settings).map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </>
      )}
    </div>
  )
}

function spendingWords({ spending }: PointsSettings): string[] {
  if (spending === null) return [words.off]
  const order = formatFen(EXAMPLE_FEN)
  const { points, valueFen, why } = example(spending)
  return [
    words.worth(count(spending.points), formatFen(fen(spending.fen))),
    why === null
      ? words.example(order, count(points), formatFen(valueFen))
      : words.exampleNone(order, why),
  ]
}

/** As a draft gives them, so that they can be told apart. */
function inOrder(settings: PointsSettings): PointsSettings {
  const read = settingsOf(draftOf(settings))
  return 'settings' in read ? read.settings : settings
}
