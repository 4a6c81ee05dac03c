import { Input } from 'antd'
import { Field } from '../field.js'

interface Props {
  label: string
  purpose: 'current-password' | 'new-password'
  problem?: string | null
  value: string
  onChange: (value: string) => void
}

/** A password as its owner types it. */
export function HiddenField({ label, purpose, problem = null, value, onChange }: Props) {
  return (
    <Field label={label} problem={problem}>
      {(control) => (
        <Input.Password
          {...control}
          autoComplete={purpose}
          value={value}
          onChange={(event) => {
            onChange(event.target.value)
          }}
        />
      )}
    </Field>
  )
}
