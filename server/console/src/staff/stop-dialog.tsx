import type { StaffCustomers } from '@huike/shared/contracts/console-owners'
import type { StaffChange, StaffMember } from '@huike/shared/contracts/console-team'
import type { StaffId } from '@huike/shared/ids'
import { CHAIN_ROLES } from '@huike/shared/permissions'
import { Select } from 'antd'
import { useState } from 'react'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { count } from '../format.js'
import { useSession } from '../session.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { staffStrings as words } from './strings.js'

interface Props {
  person: StaffMember
  colleagues: readonly StaffMember[]
  onDone: (person: StaffMember) => void
  onCancel: () => void
}

/** Stops somebody, and asks who takes over their customers. */
export function StopDialog({ person, colleagues, onDone, onCancel }: Props) {
  const { api } = useSession()
  const query = useQuery<StaffCustomers>(`/staff/${person.id}/customers`)
  const [successorId, setSuccessorId] = useState<StaffId | null>(null)
  const { value } = query
  const change: StaffChange = { state: 'stopped', successorId }
  const customers = value === null ? null : count(value.memberCount)
  return (
    <FormDialog<StaffMember>
      title={words.about(words.stop, person.name)}
      submit={words.stopConfirm}
      isReady={value !== null}
      onSubmit={() => api.patch(`/staff/${person.id}`, change)}
      onDone={onDone}
      onCancel={onCancel}
    >
      <p>{words.stopPromise(person.name)}</p>
      <Trouble query={query} rows={1} />
      {value !== null && value.memberCount === 0 && <p className="note">{words.noCustomers}</p>}
      {value !== null && value.memberCount > 0 && customers !== null && (
        <>
          <p>{value.isMore ? words.customersMore(customers) : words.customersOf(customers)}</p>
          <Field label={words.successor} hint={words.successorHint}>
            {(control) => (
              <Select<StaffId>
                {...control}
                allowClear
                showSearch={{ optionFilterProp: 'label' }}
                placeholder={words.noSuccessor}
                value={successorId}
                options={colleagues
                  .filter((one) => mayTakeOver(person, one))
                  .map(({ id, name }) => ({ value: id, label: name }))}
                onChange={(id: StaffId | undefined) => {
                  setSuccessorId(id ?? null)
                }}
              />
            )}
          </Field>
        </>
      )}
    </FormDialog>
  )
}

/** Somebody of the same store, or of the whole chain, who is there; the server says so too. */
function mayTakeOver(person: StaffMember, other: StaffMember): boolean {
  if (other.id === person.id || other.state !== 'active') return false
  const isOfAll = CHAIN_ROLES.includes(person.role) || CHAIN_ROLES.includes(other.role)
  return isOfAll || other.storeIds.some((id) => person.storeIds.includes(id))
}
