import type { EnrolmentAsk, EnrolmentIssued } from '@huike/shared/contracts/console-team'
import { Alert, Button } from 'antd'
import { useEffect, useState } from 'react'
import { Dialog } from '../dialog.js'
import { FormDialog } from '../form-dialog.js'
import { clockTime } from '../format.js'
import { isCode } from '../limits.js'
import { useSession } from '../session.js'
import { CodeField } from '../text-fields.js'
import type { Store } from './store-card.js'
import { storesStrings } from './strings.js'

/** How often it is looked whether the code is still good. */
const LOOK_EVERY_MS = 1_000
const words = storesStrings.enrol

interface Props {
  store: Store
  /** The till to enrol again; null for another one. */
  terminalCode: string | null
  onClose: () => void
}

/** Asks for a one-time code for a till, then shows it large, with how to use it. */
export function EnrolDialog({ store, terminalCode, onClose }: Props) {
  const { api } = useSession()
  const [code, setCode] = useState(terminalCode ?? '')
  const [issued, setIssued] = useState<EnrolmentIssued | null>(null)
  if (issued !== null)
    return (
      <Issued
        issued={issued}
        till={`${store.name} ${code.trim()}`}
        timeZone={store.timeZone}
        onClose={onClose}
      />
    )
  const ask: EnrolmentAsk = { storeId: store.id, terminalCode: code.trim() }
  const known = store.terminals.find((terminal) => terminal.code === ask.terminalCode)
  return (
    <FormDialog<EnrolmentIssued>
      title={words.title(store.name)}
      submit={words.submit}
      isReady={isCode(code)}
      onSubmit={() => api.post('/terminals/enrolment', ask)}
      onDone={setIssued}
      onCancel={onClose}
    >
      <CodeField
        label={words.code}
        hint={words.codeHint}
        wrong={storesStrings.codeWrong}
        isFirst
        value={code}
        onChange={setCode}
      />
      {known?.state === 'active' && (
        <Alert type="warning" title={words.movesPromise(known.code)} showIcon />
      )}
    </FormDialog>
  )
}

interface IssuedProps {
  issued: EnrolmentIssued
  till: string
  timeZone: string
  onClose: () => void
}

function Issued({ issued, till, timeZone, onClose }: IssuedProps) {
  const [isCopied, setIsCopied] = useState(false)
  const isOver = useIsPast(issued.expiresAtMs)
  const copy = async () => {
    // Without https a browser keeps the clipboard to itself: the code can still be read.
    const clipboard = navigator.clipboard as Clipboard | undefined
    await clipboard?.writeText(issued.code).then(
      () => {
        setIsCopied(true)
      },
      () => undefined,
    )
  }
  return (
    <Dialog
      title={words.issued(till)}
      onClose={onClose}
      actions={
        <Button type="primary" onClick={onClose}>
          {words.done}
        </Button>
      }
    >
      <div className="form">
        {isOver ? (
          <Alert type="error" title={words.expired} role="alert" showIcon />
        ) : (
          <>
            <p className="code">{issued.code}</p>
            <div className="code-line">
              <span className="note">{words.expires(clockTime(issued.expiresAtMs, timeZone))}</span>
              <Button onClick={() => void copy()}>{isCopied ? words.copied : words.copy}</Button>
            </div>
            <h3>{words.how}</h3>
            <ol className="steps">
              {words.steps(issued.code).map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
            <p className="note">{words.onceOnly}</p>
          </>
        )}
      </div>
    </Dialog>
  )
}

/** Becomes true when an instant has passed. */
function useIsPast(atMs: number): boolean {
  const [isPast, setIsPast] = useState(() => Date.now() >= atMs)
  useEffect(() => {
    const timer = setInterval(() => {
      setIsPast(Date.now() >= atMs)
    }, LOOK_EVERY_MS)
    return () => {
      clearInterval(timer)
    }
  }, [atMs])
  return isPast
}
