import type { StoreNew } from '@huike/shared/contracts/console-team'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { Select } from 'antd'
import { useState } from 'react'
import { isCode, STORE_NAME_MAX } from '../limits.js'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { CodeField, NameField } from '../text-fields.js'
import type { Store } from './store-card.js'
import { storesStrings as words } from './strings.js'

interface Props {
  onDone: () => void
  onCancel: () => void
}

/** Makes a store. */
export function NewStoreDialog({ onDone, onCancel }: Props) {
  const { api } = useSession()
  const [code, setCode] = useState('')
  const [name, setName] = useState('')
  const [timeZone, setTimeZone] = useState(CHAIN_TIME_ZONE)
  const store: StoreNew = { code: code.trim(), name: name.trim(), timeZone }
  return (
    <FormDialog
      title={words.create}
      submit={words.create}
      isReady={isCode(code) && store.name !== ''}
      onSubmit={() => api.post('/stores', store)}
      onDone={onDone}
      onCancel={onCancel}
    >
      <StoreNameField name={name} onChange={setName} />
      <CodeField
        label={words.code}
        hint={words.codeHint}
        wrong={words.codeWrong}
        value={code}
        onChange={setCode}
      />
      <Field label={words.timeZone} hint={words.timeZoneHint}>
        {(ids) => (
          <Select
            {...ids}
            value={timeZone}
            options={[...words.zones]}
            onChange={(value: string) => {
              setTimeZone(value)
            }}
          />
        )}
      </Field>
    </FormDialog>
  )
}

/** Gives a store another name; its code stays. */
export function RenameStoreDialog({ store, onDone, onCancel }: Props & { store: Store }) {
  const { api } = useSession()
  const [name, setName] = useState<string>(store.name)
  const next = name.trim()
  return (
    <FormDialog
      title={words.renameOf(store.name)}
      submit={strings.save}
      isReady={next !== '' && next !== store.name}
      onSubmit={() => api.patch(`/stores/${store.id}`, { name: next })}
      onDone={onDone}
      onCancel={onCancel}
    >
      <StoreNameField name={name} onChange={setName} />
    </FormDialog>
  )
}

function StoreNameField({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  return (
    <NameField
      label={words.name}
      hint={words.nameHint(STORE_NAME_MAX)}
      charactersMax={STORE_NAME_MAX}
      value={name}
      onChange={onChange}
    />
  )
}
