import { Radio } from 'antd'
import type { ReactNode } from 'react'
import { RuleField } from '../points/rule-field.js'
import { LevelFields } from './level-fields.js'
import type { Problems, SchemeForm } from './scheme-form.js'
import { schemeStrings as words } from './strings.js'

interface Props {
  form: SchemeForm
  problems: Problems
  /** The first day from which it may be in force, where it is not at once. */
  firstDay: string
  onChange: (changes: Partial<SchemeForm>) => void
}

type TypedField =
  | 'yuan'
  | 'rate'
  | 'perPurchase'
  | 'perDay'
  | 'months'
  | 'keepMonths'
  | 'keepYears'
  | 'grace'
  | 'notice'
  | 'pointsNotice'

/** Everything a scheme says, and from when. */
export function SchemeFields({ form, problems, firstDay, onChange }: Props) {
  const field = (name: TypedField, hint = '') => (
    <RuleField
      name={name}
      label={words[name]}
      hint={hint}
      inputMode={name === 'yuan' ? 'decimal' : 'numeric'}
      problems={problems}
      value={form[name]}
      onChange={(typed) => {
        onChange({ [name]: typed })
      }}
    />
  )
  return (
    <>
      <LevelFields
        levels={form.levels}
        problems={problems}
        onChange={(levels) => {
          onChange({ levels })
        }}
      />
      <Part id="growth" title={words.growth} note={words.growthNote}>
        <div className="levels-pair">
          {field('yuan')}
          {field('rate', words.rateHint)}
          {field('perPurchase', words.perPurchaseHint)}
          {field('perDay', words.perDayHint)}
        </div>
      </Part>
      <Part id="period" title={words.period}>
        <Chosen
          label={words.period}
          choices={['months', 'year'] as const}
          chosen={form.period}
          wordsOf={(one) => words.periods[one]}
          onChoose={(period) => {
            onChange({ period })
          }}
        />
        {form.period === 'months' && field('months', words.monthsHint)}
      </Part>
      <Part id="keep" title={words.keep}>
        <Chosen
          label={words.keep}
          choices={['never', 'months', 'year_end'] as const}
          chosen={form.keep}
          wordsOf={(one) => words.keeps[one]}
          onChoose={(keep) => {
            onChange({ keep })
          }}
        />
        {form.keep === 'months' && field('keepMonths', words.keepMonthsHint)}
        {form.keep === 'year_end' && field('keepYears', words.keepYearsHint)}
        {form.keep !== 'never' && field('grace', words.graceHint)}
      </Part>
      <Part id="notices" title={words.notices} note={words.noticesNote}>
        <div className="levels-pair">
          {field('notice', words.daysHint)}
          {field('pointsNotice', words.daysHint)}
        </div>
      </Part>
      <Part id="start" title={words.start}>
        <Chosen
          label={words.start}
          choices={['now', 'day'] as const}
          chosen={form.start}
          wordsOf={(one) => words.starts[one]}
          onChoose={(start) => {
            onChange({ start })
          }}
        />
        {form.start === 'day' && (
          <RuleField
            name="startDay"
            label={words.startDay}
            type="date"
            min={firstDay}
            problems={problems}
            value={form.startDay}
            onChange={(startDay) => {
              onChange({ startDay })
            }}
          />
        )}
      </Part>
    </>
  )
}

interface PartProps {
  id: string
  title: string
  note?: string
  children: ReactNode
}

function Part({ id, title, note, children }: PartProps) {
  return (
    <section className="tile form" aria-labelledby={id}>
      <div>
        <h2 id={id}>{title}</h2>
        {note !== undefined && <p className="note">{note}</p>}
      </div>
      {children}
    </section>
  )
}

interface ChosenProps<T extends string> {
  label: string
  choices: readonly T[]
  chosen: T
  wordsOf: (choice: T) => string
  onChoose: (choice: T) => void
}

function Chosen<T extends string>({ label, choices, chosen, wordsOf, onChoose }: ChosenProps<T>) {
  return (
    <Radio.Group
      aria-label={label}
      value={chosen}
      options={choices.map((one) => ({ value: one, label: wordsOf(one) }))}
      onChange={(event) => {
        const found = choices.find((one) => one === event.target.value)
        if (found !== undefined) onChoose(found)
      }}
    />
  )
}
