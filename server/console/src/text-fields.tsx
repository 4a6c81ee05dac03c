import { Input } from 'antd'
import { Field } from './field.js'
import { isCode } from './limits.js'

interface Props {
  label: string
  hint?: string
  value: string
  onChange: (value: string) => void
}

/** What something or somebody is called: the first field of its form. */
export function NameField({ charactersMax, ...field }: Props & { charactersMax: number }) {
  const { value, onChange, ...around } = field
  return (
    <Field {...around}>
      {(control) => (
        <Input
          {...control}
          autoFocus
          autoComplete="off"
          maxLength={charactersMax}
          value={value}
          onChange={(event) => {
            onChange(event.target.value)
          }}
        />
      )}
    </Field>
  )
}

interface CodeProps extends Props {
  /** Said of what is no short name. */
  wrong: string
  isFirst?: boolean
}

/** The short name of a store, a till or a person. */
export function CodeField({ wrong, isFirst = false, ...field }: CodeProps) {
  const { value, onChange, ...around } = field
  return (
    <Field {...around} problem={value === '' || isCode(value) ? null : wrong}>
      {(control) => (
        <Input
          {...control}
          autoFocus={isFirst}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={value}
          onChange={(event) => {
            onChange(event.target.value)
          }}
        />
      )}
    </Field>
  )
}
