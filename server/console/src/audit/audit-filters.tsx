import { AUDIT_ACTIONS, auditActionWords } from '@huike/shared/audit-actions'
import type { AuditFilter } from '@huike/shared/contracts/console-audit'
import type { StaffMember } from '@huike/shared/contracts/console-team'
import type { StaffId } from '@huike/shared/ids'
import { Button, Select } from 'antd'
import { DayFields, withCondition } from '../day-fields.js'
import { Field } from '../field.js'
import { useQuery } from '../use-query.js'
import { auditStrings as words } from './strings.js'

interface Props {
  filter: AuditFilter
  onChange: (filter: AuditFilter) => void
}

/** By person, action and days; a subject is chosen in the list. */
export function AuditFilters({ filter, onChange }: Props) {
  const staff = useQuery<{ staff: StaffMember[] }>('/staff').value?.staff ?? []
  const isFiltered = Object.keys(filter).length > 0
  return (
    <div className="audit-filters" role="group" aria-label={words.filter}>
      <Field label={words.person}>
        {(control) => (
          <Select<StaffId>
            {...control}
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={words.anybody}
            value={filter.staffId ?? null}
            options={staff.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(staffId: StaffId | undefined) => {
              onChange(withCondition(filter, 'staffId', staffId))
            }}
          />
        )}
      </Field>
      <Field label={words.action}>
        {(control) => (
          <Select<string>
            {...control}
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={words.anything}
            value={filter.action ?? null}
            options={AUDIT_ACTIONS.map((one) => ({ value: one, label: auditActionWords(one) }))}
            onChange={(action: string | undefined) => {
              onChange(withCondition(filter, 'action', action))
            }}
          />
        )}
      </Field>
      <DayFields filter={filter} words={words} onChange={onChange} />
      {isFiltered && (
        <div>
          {filter.subjectId !== undefined && (
            <p className="note">{words.subjectOnly(nameOf(staff, filter.subjectId))}</p>
          )}
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

function nameOf(staff: readonly StaffMember[], id: string): string {
  return staff.find((person) => person.id === id)?.name ?? id
}
