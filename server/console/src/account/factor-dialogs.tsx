import type { FactorBegun, RecoveryCodes } from '@huike/shared/contracts/console-access'
import { Button, Input, QRCode } from 'antd'
import { useState } from 'react'
import { Dialog } from '../dialog.js'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { useSession } from '../session.js'
import { HiddenField } from './hidden-field.js'
import { accountStrings } from './strings.js'

const words = accountStrings.factor
const GROUP_LETTERS = 4
const PICTURE_PIXELS = 200

interface SetProps {
  onDone: () => void
  onCancel: () => void
}

/** Sets the second factor: the password, then the picture and a code of it, then the recovery codes. */
export function SetFactorDialog({ onDone, onCancel }: SetProps) {
  const { api } = useSession()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [begun, setBegun] = useState<FactorBegun | null>(null)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  if (codes !== null) return <CodesDialog codes={codes} onClose={onDone} />
  if (begun === null)
    return (
      <FormDialog<FactorBegun>
        key="password"
        title={words.set}
        submit={words.begin}
        isReady={password !== ''}
        onSubmit={() => api.post('/me/second-factor', { password })}
        onDone={setBegun}
        onCancel={onCancel}
      >
        <HiddenField
          label={words.password}
          purpose="current-password"
          value={password}
          onChange={setPassword}
        />
      </FormDialog>
    )
  return (
    <FormDialog<RecoveryCodes>
      key="code"
      title={words.set}
      submit={words.confirm}
      isReady={code.trim() !== ''}
      onSubmit={() => api.post('/me/second-factor/confirm', { code })}
      onDone={({ recoveryCodes }) => {
        setCodes(recoveryCodes)
      }}
      onCancel={onCancel}
    >
      <p>{words.scan}</p>
      <div className="account-qr" role="img" aria-label={words.picture}>
        <QRCode
          type="svg"
          value={begun.uri}
          size={PICTURE_PIXELS}
          bordered={false}
          // Dark on light, whatever the theme: authenticators read nothing else.
          color="#000000"
          bgColor="#ffffff"
        />
      </div>
      <p className="note">{words.typed}</p>
      <p className="account-secret">{inGroups(begun.secret)}</p>
      <a href={begun.uri}>{words.link}</a>
      <CodeField label={words.code} value={code} onChange={setCode} />
    </FormDialog>
  )
}

interface ProofProps {
  what: 'remove' | 'renew'
  onClose: () => void
}

/** Takes the second factor away, or makes the recovery codes anew: password and code are asked for. */
export function ProofDialog({ what, onClose }: ProofProps) {
  const { api } = useSession()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  if (codes !== null) return <CodesDialog codes={codes} onClose={onClose} />
  const isRenewing = what === 'renew'
  const path = isRenewing ? '/me/recovery-codes' : '/me/second-factor/remove'
  return (
    <FormDialog<RecoveryCodes | undefined>
      title={isRenewing ? words.renew : words.remove}
      submit={isRenewing ? words.renew : words.remove}
      isReady={password !== '' && code.trim() !== ''}
      onSubmit={() => api.post(path, { password, code })}
      onDone={(answer) => {
        if (answer === undefined) onClose()
        else setCodes(answer.recoveryCodes)
      }}
      onCancel={onClose}
    >
      <p>{isRenewing ? words.renewPromise : words.removePromise}</p>
      <HiddenField
        label={words.password}
        purpose="current-password"
        value={password}
        onChange={setPassword}
      />
      <CodeField label={words.proofCode} value={code} onChange={setCode} />
    </FormDialog>
  )
}

/** The recovery codes, which are never shown again. */
function CodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  return (
    <Dialog
      title={accountStrings.codes.title}
      isBusy={false}
      onClose={onClose}
      actions={
        <Button type="primary" onClick={onClose}>
          {accountStrings.codes.done}
        </Button>
      }
    >
      <p>{accountStrings.codes.note}</p>
      <ul className="account-codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </Dialog>
  )
}

interface CodeProps {
  label: string
  value: string
  onChange: (value: string) => void
}

function CodeField({ label, value, onChange }: CodeProps) {
  return (
    <Field label={label}>
      {(control) => (
        <Input
          {...control}
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          value={value}
          onChange={(event) => {
            onChange(event.target.value)
          }}
        />
      )}
    </Field>
  )
}

/** A secret in groups of four, for typing. */
function inGroups(secret: string): string {
  return (secret.match(new RegExp(`.{1,${String(GROUP_LETTERS)}}`, 'g')) ?? []).join(' ')
}
