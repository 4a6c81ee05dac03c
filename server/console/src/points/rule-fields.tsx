import { Checkbox, Radio } from 'antd'
import { FormSection } from '../form-section.js'
import { Bonuses } from './bonus-fields.js'
import { RuleField } from './rule-field.js'
import type { RuleForm } from './rule-form.js'
import type { RuleNames } from './rule-names.js'
import { editorStrings as words } from './strings.js'
import type { Problems } from './typed.js'

const EXPIRIES = ['never', 'months', 'year_end'] as const
const STARTS = ['now', 'day'] as const

interface Props {
  form: RuleForm
  problems: Problems
  names: RuleNames
  /** The first day from which it may hold, where it does not hold at once. */
  firstDay: string
  onChange: (changes: Partial<RuleForm>) => void
}

/** Everything a rule says, and from when. */
export function RuleFields(props: Props) {
  const { form, problems, names, onChange } = props
  return (
    <>
      <Base {...props} />
      <Bonuses
        bonuses={form.bonuses}
        {...{ problems, names }}
        onChange={(bonuses) => {
          onChange({ bonuses })
        }}
      />
      <Cap {...props} />
      <Pending {...props} />
      <Expiry {...props} />
      <Start {...props} />
    </>
  )
}

function Base({ form, problems, onChange }: Props) {
  return (
    <FormSection id="base" title={words.baseTitle} note={words.baseNote}>
      <div className="rule-pair">
        <RuleField
          name="yuan"
          label={words.yuan}
          hint={words.yuanHint}
          inputMode="decimal"
          problems={problems}
          value={form.yuan}
          onChange={(yuan) => {
            onChange({ yuan })
          }}
        />
        <RuleField
          name="points"
          label={words.points}
          hint={words.pointsHint}
          inputMode="numeric"
          problems={problems}
          value={form.points}
          onChange={(points) => {
            onChange({ points })
          }}
        />
      </div>
    </FormSection>
  )
}

function Cap({ form, problems, onChange }: Props) {
  return (
    <FormSection id="cap" title={words.cap}>
      <Checkbox
        checked={form.hasCap}
        onChange={(event) => {
          onChange({ hasCap: event.target.checked })
        }}
      >
        {words.capOn}
      </Checkbox>
      {form.hasCap && (
        <RuleField
          name="cap"
          label={words.capPoints}
          hint={words.capHint}
          inputMode="numeric"
          problems={problems}
          value={form.cap}
          onChange={(cap) => {
            onChange({ cap })
          }}
        />
      )}
      <Checkbox
        checked={form.hasDayCap}
        onChange={(event) => {
          onChange({ hasDayCap: event.target.checked })
        }}
      >
        {words.dayCapOn}
      </Checkbox>
      {form.hasDayCap && (
        <RuleField
          name="dayCap"
          label={words.dayCapPoints}
          hint={words.dayCapHint}
          inputMode="numeric"
          problems={problems}
          value={form.dayCap}
          onChange={(dayCap) => {
            onChange({ dayCap })
          }}
        />
      )}
    </FormSection>
  )
}

function Pending({ form, problems, onChange }: Props) {
  return (
    <FormSection id="pending" title={words.pending} note={words.pendingNote}>
      <RuleField
        name="pendingDays"
        label={words.pendingDays}
        hint={words.pendingHint}
        inputMode="numeric"
        problems={problems}
        value={form.pendingDays}
        onChange={(pendingDays) => {
          onChange({ pendingDays })
        }}
      />
    </FormSection>
  )
}

interface ExpiryProps {
  form: Pick<RuleForm, 'expiry' | 'months' | 'years'>
  problems: Problems
  onChange: (changes: Partial<Pick<RuleForm, 'expiry' | 'months' | 'years'>>) => void
}

/** When points expire. */
export function Expiry({ form, problems, onChange }: ExpiryProps) {
  const { expiry } = form
  const length = {
    months: { label: words.months, hint: words.monthsHint },
    year_end: { label: words.years, hint: words.yearsHint },
  }
  const name = expiry === 'months' ? 'months' : 'years'
  return (
    <FormSection id="expiry" title={words.expiry} note={words.expiryNote}>
      <Radio.Group
        aria-label={words.expiry}
        value={expiry}
        options={EXPIRIES.map((kind) => ({ value: kind, label: words.expiries[kind] }))}
        onChange={(event) => {
          const chosen = EXPIRIES.find((kind) => kind === event.target.value)
          if (chosen !== undefined) onChange({ expiry: chosen })
        }}
      />
      {expiry !== 'never' && (
        <RuleField
          {...length[expiry]}
          name={name}
          inputMode="numeric"
          problems={problems}
          value={form[name]}
          onChange={(typed) => {
            onChange({ [name]: typed })
          }}
        />
      )}
    </FormSection>
  )
}

interface StartProps {
  form: Pick<RuleForm, 'start' | 'startDay'>
  problems: Problems
  firstDay: string
  onChange: (changes: Partial<Pick<RuleForm, 'start' | 'startDay'>>) => void
}

/** From when it holds. */
export function Start({ form, problems, firstDay, onChange }: StartProps) {
  return (
    <FormSection id="start" title={words.start}>
      <Radio.Group
        aria-label={words.start}
        value={form.start}
        options={STARTS.map((start) => ({ value: start, label: words.starts[start] }))}
        onChange={(event) => {
          const chosen = STARTS.find((start) => start === event.target.value)
          if (chosen !== undefined) onChange({ start: chosen })
        }}
      />
      {form.start === 'day' && (
        <RuleField
          name="startDay"
          label={words.startDay}
          hint={words.startDayHint}
          type="date"
          min={firstDay}
          problems={problems}
          value={form.startDay}
          onChange={(startDay) => {
            onChange({ startDay })
          }}
        />
      )}
    </FormSection>
  )
}
