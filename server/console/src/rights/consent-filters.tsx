import type { ConsentQuery } from '@huike/shared/contracts/rights'
import type { BusinessDate } from '@huike/shared/quantities'
import { CONSENT_PURPOSES, PURPOSE_TEXTS } from '@huike/shared/purposes'
import { Button, Input, Select } from 'antd'
import { Field } from '../field.js'
import { consentStrings as words } from './strings.js'

export type ConsentFilter = Pick<ConsentQuery, 'purpose' | 'from' | 'to' | 'memberId'>
type Purpose = NonNullable<ConsentQuery['purpose']>

const PURPOSES: { value: Purpose; label: string }[] = [
  { value: 'membership', label: words.membership },
  ...CONSENT_PURPOSES.map((value) => ({ value, label: PURPOSE_TEXTS[value].title })),
]

interface Props {
  filter: ConsentFilter
  onChange: (filter: ConsentFilter) => void
}

/** By purpose and days; a member is chosen in the list. */
export function ConsentFilters({ filter, onChange }: Props) {
  return (
    <div className="rights-filters" role="group" aria-label={words.filter}>
      <Field label={words.purpose}>
        {(control) => (
          <Select<Purpose>
            {...control}
            allowClear
            placeholder={words.anyPurpose}
            value={filter.purpose ?? null}
            options={PURPOSES}
            onChange={(purpose: Purpose | undefined) => {
              onChange(changed(filter, 'purpose', purpose))
            }}
          />
        )}
      </Field>
      {(['from', 'to'] as const).map((name) => (
        <Field key={name} label={words[name]}>
          {(control) => (
            <Input
              {...control}
              type="date"
              value={filter[name] ?? ''}
              onChange={(event) => {
                const day = event.target.value
                onChange(changed(filter, name, day === '' ? undefined : (day as BusinessDate)))
              }}
            />
          )}
        </Field>
      ))}
      {Object.keys(filter).length > 0 && (
        <div>
          {filter.memberId !== undefined && <p className="note">{words.memberOnly}</p>}
          <Button
            type="text"
            onClick={() => {
              onChange({})
            }}
          >
            {words.clear}
          </Button>
        </div>
      )}
    </div>
  )
}

/** The filter with one condition changed, or without it. */
function changed<Name extends keyof ConsentFilter>(
  filter: ConsentFilter,
  name: Name,
  value: ConsentFilter[Name],
): ConsentFilter {
  const entries = Object.entries({ ...filter, [name]: value })
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined))
}
