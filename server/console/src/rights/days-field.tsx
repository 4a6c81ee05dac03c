import { Input } from 'antd'
import { Field } from '../field.js'

/** Whole days from `least` to `most`; null for anything else. */
export function readDays(text: string, least: number, most: number): number | null {
  const days = /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN
  return days >= least && days <= most ? days : null
}

interface Props {
  label: string
  hint: string
  isWrong: boolean
  value: string
  onChange: (value: string) => void
}

/** A number of days. */
export function DaysField({ label, hint, isWrong, value, onChange }: Props) {
  return (
    <Field label={label} hint={hint} problem={isWrong ? hint : null}>
      {(control) => (
        <Input
          {...control}
          autoFocus
          inputMode="numeric"
          value={value}
          onChange={(event) => {
            onChange(event.target.value)
          }}
        />
      )}
    </Field>
  )
}
