import { Input, Select } from 'antd'
import { Choices } from '../choices.js'
import { Field } from '../field.js'
import type { Levels } from '../levels/use-levels.js'
import type { Asked, SaleForm, SaleProblems } from './example-sale.js'
import { levelOptions } from './rule-names.js'
import { exampleStrings as words } from './strings.js'

const BIRTHDAYS = ['other', 'month', 'day'] as const
const FIRSTS = ['later', 'first'] as const

interface Props {
  form: SaleForm
  problems: SaleProblems
  levels: Levels
  asked: Asked
  onChange: (changes: Partial<SaleForm>) => void
}

/** What only some rules ask for: of the goods, of the member, of the same day. */
export function AskedFields({ form, problems, levels, asked, onChange }: Props) {
  return (
    <>
      {asked.goods.map(({ name }) => (
        <Typed
          key={name}
          label={words.goods(name)}
          problem={problems.goods}
          inputMode="decimal"
          value={form.goods[name] ?? ''}
          onChange={(typed) => {
            onChange({ goods: { ...form.goods, [name]: typed } })
          }}
        />
      ))}
      {asked.levelCodes.length > 0 && (
        <Field label={words.level}>
          {(control) => (
            <Select
              {...control}
              value={form.levelCode}
              options={levelOptions(levels, [...asked.levelCodes, form.levelCode])}
              onChange={(levelCode) => {
                onChange({ levelCode })
              }}
            />
          )}
        </Field>
      )}
      {asked.birthday && (
        <Choices
          label={words.birthdays}
          choices={BIRTHDAYS}
          chosen={form.birthday}
          wordsOf={(one) => words.birthday[one]}
          onChoose={(birthday) => {
            onChange({ birthday })
          }}
        />
      )}
      {asked.first && (
        <Choices
          label={words.firsts}
          choices={FIRSTS}
          chosen={form.first}
          wordsOf={(one) => words.first[one]}
          onChoose={(first) => {
            onChange({ first })
          }}
        />
      )}
      {asked.dayPoints && (
        <Typed
          label={words.dayPoints}
          problem={problems.dayPoints}
          inputMode="numeric"
          value={form.dayPoints}
          onChange={(dayPoints) => {
            onChange({ dayPoints })
          }}
        />
      )}
    </>
  )
}

interface TypedProps {
  label: string
  problem?: string | undefined
  inputMode?: 'decimal' | 'numeric'
  value: string
  onChange: (typed: string) => void
}

function Typed({ label, problem, value, onChange, ...input }: TypedProps) {
  return (
    <Field label={label} problem={problem}>
      {(control) => (
        <Input
          {...control}
          {...input}
          autoComplete="off"
          value={value}
          onChange={(event) => {
            onChange(event.target.value)
          }}
        />
      )}
    </Field>
  )
}
