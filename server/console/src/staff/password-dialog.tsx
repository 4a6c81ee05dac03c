import type { StaffChange, StaffMember } from '@huike/shared/contracts/console-team'
import { Alert, Button, Input } from 'antd'
import { useState } from 'react'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { STAFF_PASSWORD_MAX, STAFF_PASSWORD_MIN } from '../limits.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { newPassword } from './password.js'
import { staffStrings } from './strings.js'

const words = staffStrings.fields

interface Props {
  person: StaffMember
  onDone: (person: StaffMember) => void
  onCancel: () => void
}

/** Gives somebody a new password; their sessions end. */
export function PasswordDialog({ person, onDone, onCancel }: Props) {
  const { api } = useSession()
  const [password, setPassword] = useState('')
  const change: StaffChange = { password }
  return (
    <FormDialog<StaffMember>
      title={staffStrings.about(staffStrings.password, person.name)}
      submit={strings.save}
      isReady={password.length >= STAFF_PASSWORD_MIN}
      onSubmit={() => api.patch(`/staff/${person.id}`, change)}
      onDone={onDone}
      onCancel={onCancel}
    >
      <PasswordField label={words.newPassword} password={password} onChange={setPassword} />
      <Alert type="warning" title={staffStrings.passwordPromise(person.name)} showIcon />
    </FormDialog>
  )
}

interface FieldProps {
  label: string
  password: string
  onChange: (password: string) => void
}

/** A password in clear: who sets it tells it to somebody else. */
export function PasswordField({ label, password, onChange }: FieldProps) {
  const isShort = password !== '' && password.length < STAFF_PASSWORD_MIN
  return (
    <Field
      label={label}
      hint={words.passwordHint(STAFF_PASSWORD_MIN)}
      problem={isShort ? words.passwordShort(STAFF_PASSWORD_MIN) : null}
    >
      {(ids) => (
        <div className="with-button">
          <Input
            {...ids}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={STAFF_PASSWORD_MAX}
            value={password}
            onChange={(event) => {
              onChange(event.target.value)
            }}
          />
          <Button
            onClick={() => {
              onChange(newPassword())
            }}
          >
            {words.generate}
          </Button>
        </div>
      )}
    </Field>
  )
}
