import { Input } from 'antd'
import { Field } from '../field.js'
import type { Problems } from './typed.js'

interface Props {
  /** What its problem is named by. */
  name: string
  label: string
  hint?: string
  problems: Problems
  inputMode?: 'numeric' | 'decimal'
  type?: 'date' | 'time' | 'datetime-local'
  min?: string
  value: string
  onChange: (typed: string) => void
}

/** One field of a rule, with what is wrong with it beside it. */
export function RuleField({ name, label, hint, problems, value, onChange, ...input }: Props) {
  return (
    <Field id={ruleFieldId(name)} label={label} hint={hint} problem={problems[name]}>
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

/** Where the focus goes when the field `name` has something wrong. */
export function ruleFieldId(name: string): string {
  return `rule-${name}`
}
