import type { ConsentQuery } from '@huike/shared/contracts/rights'
import { CONSENT_PURPOSES, PURPOSE_TEXTS } from '@huike/shared/purposes'
import { Button, Select } from 'antd'
import { DayFields, withCondition } from '../day-fields.js'
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
              onChange(withCondition(filter, 'purpose', purpose))
            }}
          />
        )}
      </Field>
      <DayFields filter={filter} words={words} onChange={onChange} />
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
