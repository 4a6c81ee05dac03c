import type { ConsoleStores } from '@huike/shared/contracts/console'
import type { StaffChange, StaffMember, StaffNew } from '@huike/shared/contracts/console-team'
import type { StoreId } from '@huike/shared/ids'
import { CHAIN_ROLES, rolesGivenBy, type StaffRole } from '@huike/shared/permissions'
import { Radio, Select } from 'antd'
import { useState } from 'react'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { isCode, STAFF_NAME_MAX, STAFF_PASSWORD_MIN } from '../limits.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { CodeField, NameField } from '../text-fields.js'
import { PasswordField } from './password-dialog.js'
import { staffStrings } from './strings.js'

const words = staffStrings.fields

interface Props {
  stores: ConsoleStores['stores']
  onDone: (person: StaffMember) => void
  onCancel: () => void
}

/** What a person may be changed in. */
interface Draft {
  name: string
  role: StaffRole
  storeIds: StoreId[]
}

/** Adds somebody, with a first password. */
export function NewStaffDialog({ stores, onDone, onCancel }: Props) {
  const { staff, api } = useSession()
  const only = stores.length === 1 ? stores.map(({ id }) => id) : []
  const [draft, setDraft] = useState<Draft>({ name: '', role: 'cashier', storeIds: only })
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const person: StaffNew = { ...sent(draft), username: username.trim(), password }
  return (
    <FormDialog<StaffMember>
      title={staffStrings.add}
      submit={staffStrings.add}
      isReady={isWhole(draft) && isCode(username) && password.length >= STAFF_PASSWORD_MIN}
      onSubmit={() => api.post('/staff', person)}
      onDone={onDone}
      onCancel={onCancel}
    >
      <NameField
        label={words.name}
        charactersMax={STAFF_NAME_MAX}
        value={draft.name}
        onChange={(name) => {
          setDraft({ ...draft, name })
        }}
      />
      <CodeField
        label={words.username}
        hint={words.usernameHint}
        wrong={words.usernameWrong}
        value={username}
        onChange={setUsername}
      />
      <RoleField draft={draft} roles={rolesGivenBy(staff.role)} onChange={setDraft} />
      <StoresField draft={draft} stores={stores} onChange={setDraft} />
      <PasswordField label={words.password} password={password} onChange={setPassword} />
    </FormDialog>
  )
}

/** Changes somebody's name, role and stores. */
export function EditStaffDialog({
  person,
  stores,
  onDone,
  onCancel,
}: Props & { person: StaffMember }) {
  const { staff, api } = useSession()
  const [draft, setDraft] = useState<Draft>({
    name: person.name,
    role: person.role,
    storeIds: person.storeIds,
  })
  const isSelf = person.id === staff.id
  const whole = sent(draft)
  // Nobody changes their own role or stores: only what may be changed is sent.
  const change: StaffChange = isSelf ? { name: whole.name } : whole
  return (
    <FormDialog<StaffMember>
      title={staffStrings.editOf(person.name)}
      submit={strings.save}
      isReady={isSelf ? whole.name !== '' : isWhole(draft)}
      onSubmit={() => api.patch(`/staff/${person.id}`, change)}
      onDone={onDone}
      onCancel={onCancel}
    >
      <NameField
        label={words.name}
        charactersMax={STAFF_NAME_MAX}
        value={draft.name}
        onChange={(name) => {
          setDraft({ ...draft, name })
        }}
      />
      {isSelf ? (
        <p className="note">{words.ownRole}</p>
      ) : (
        <>
          <RoleField draft={draft} roles={rolesGivenBy(staff.role)} onChange={setDraft} />
          <StoresField draft={draft} stores={stores} onChange={setDraft} />
        </>
      )}
    </FormDialog>
  )
}

interface DraftProps {
  draft: Draft
  onChange: (draft: Draft) => void
}

function RoleField({ draft, roles, onChange }: DraftProps & { roles: readonly StaffRole[] }) {
  return (
    <fieldset className="field">
      <legend>{words.role}</legend>
      <Radio.Group
        value={draft.role}
        options={roles.map((role) => ({ value: role, label: strings.role(role) }))}
        onChange={(event) => {
          onChange({ ...draft, role: event.target.value as StaffRole })
        }}
      />
    </fieldset>
  )
}

function StoresField({ draft, stores, onChange }: DraftProps & Pick<Props, 'stores'>) {
  if (actsForAll(draft.role))
    return <p className="note">{words.storesAll(strings.role(draft.role))}</p>
  // A manager sees some of the stores: somebody's others stay as they are.
  const isSeen = (id: StoreId) => stores.some((store) => store.id === id)
  const others = draft.storeIds.filter((id) => !isSeen(id))
  return (
    <Field label={words.stores} hint={words.storesHint}>
      {(ids) => (
        <Select<StoreId[]>
          {...ids}
          mode="multiple"
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={words.storesNone}
          value={draft.storeIds.filter(isSeen)}
          options={stores.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(storeIds) => {
            onChange({ ...draft, storeIds: [...others, ...storeIds] })
          }}
        />
      )}
    </Field>
  )
}

function actsForAll(role: StaffRole): boolean {
  return CHAIN_ROLES.includes(role)
}

/** Everything is there that the role needs. */
function isWhole({ name, role, storeIds }: Draft): boolean {
  return name.trim() !== '' && (actsForAll(role) || storeIds.length > 0)
}

function sent({ name, role, storeIds }: Draft): Draft {
  return { name: name.trim(), role, storeIds: actsForAll(role) ? [] : storeIds }
}
