import { AUDIT_ACTIONS, auditActionWords } from '@huike/shared/audit-actions'
import type { AuditFilter } from '@huike/shared/contracts/console-audit'
import type { StaffMember } from '@huike/shared/contracts/console-team'
import type { StaffId } from '@huike/shared/ids'
import type { BusinessDate } from '@huike/shared/quantities'
import { Button, Input, Select } from 'antd'
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
              onChange(without(filter, 'staffId', staffId))
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
              onChange(without(filter, 'action', action))
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
                onChange(without(filter, name, day === '' ? undefined : (day as BusinessDate)))
              }}
            />
          )}
        </Field>
      ))}
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

/** The filter with one condition changed, or without it. */
function without<Name extends keyof AuditFilter>(
  filter: AuditFilter,
  name: Name,
  value: AuditFilter[Name],
): AuditFilter {
  const changed = Object.entries({ ...filter, [name]: value })
  return Object.fromEntries(changed.filter(([, one]) => one !== undefined))
}

function nameOf(staff: readonly StaffMember[], id: string): string {
  return staff.find((person) => person.id === id)?.name ?? id
}
