import type { OwnPassword } from '@huike/shared/contracts/console-access'
import { useState } from 'react'
import { FormDialog } from '../form-dialog.js'
import { STAFF_PASSWORD_MAX, STAFF_PASSWORD_MIN } from '../limits.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { HiddenField } from './hidden-field.js'
import { accountStrings } from './strings.js'

const words = accountStrings.password

interface Props {
  onDone: () => void
  onCancel: () => void
}

/** Another password for oneself: the old one is asked for, because a tab may have been left open. */
export function OwnPasswordDialog({ onDone, onCancel }: Props) {
  const { api } = useSession()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const body: OwnPassword = { current, next }
  const isShort = next !== '' && next.length < STAFF_PASSWORD_MIN
  const isReady =
    current !== '' && next.length >= STAFF_PASSWORD_MIN && next.length <= STAFF_PASSWORD_MAX
  return (
    <FormDialog<undefined>
      title={words.change}
      submit={strings.save}
      isReady={isReady}
      onSubmit={() => api.post('/me/password', body)}
      onDone={onDone}
      onCancel={onCancel}
    >
      <HiddenField
        label={words.current}
        purpose="current-password"
        value={current}
        onChange={setCurrent}
      />
      <HiddenField
        label={words.next}
        purpose="new-password"
        problem={isShort ? words.short(STAFF_PASSWORD_MIN) : null}
        value={next}
        onChange={setNext}
      />
    </FormDialog>
  )
}
