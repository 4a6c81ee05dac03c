import type { BusinessDate } from '@huike/shared/quantities'
import { Input } from 'antd'
import { Field } from './field.js'

interface Days {
  from?: BusinessDate | undefined
  to?: BusinessDate | undefined
}

interface Props<Filter extends Days> {
  filter: Filter
  words: Readonly<Record<'from' | 'to', string>>
  onChange: (filter: Filter) => void
}

/** The first and the last day of a filter; either may be left out. */
export function DayFields<Filter extends Days>({ filter, words, onChange }: Props<Filter>) {
  return (['from', 'to'] as const).map((name) => (
    <Field key={name} label={words[name]}>
      {(control) => (
        <Input
          {...control}
          type="date"
          value={filter[name] ?? ''}
          onChange={(event) => {
            const day = event.target.value
            onChange(withCondition(filter, name, day === '' ? undefined : (day as BusinessDate)))
          }}
        />
      )}
    </Field>
  ))
}

/** The filter with one condition changed, or without it. */
export function withCondition<Filter extends object, Name extends keyof Filter>(
  filter: Filter,
  name: Name,
  value: Filter[Name] | undefined,
): Filter {
  const conditions = Object.entries({ ...filter, [name]: value })
  return Object.fromEntries(conditions.filter(([, one]) => one !== undefined)) as Filter
}
