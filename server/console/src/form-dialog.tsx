import { Alert, Button } from 'antd'
import { useId, useState, type ReactNode } from 'react'
import type { Answer } from './api.js'
import { Dialog } from './dialog.js'
import { strings } from './strings.js'

interface Props<T> {
  title: string
  submit: string
  /** False while what was entered cannot be sent. */
  isReady: boolean
  /** Sends it; what it is refused with stands above the buttons, and the form stays. */
  onSubmit: () => Promise<Answer<T>>
  onDone: (value: T) => void
  onCancel: () => void
  children: ReactNode
}

/** A form in front of the page. It goes when what it is for has been done, or when it is left. */
export function FormDialog<T>(props: Props<T>) {
  const { title, submit, isReady, onSubmit, onDone, onCancel, children } = props
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const formId = useId()
  const send = async () => {
    setIsBusy(true)
    setProblem(null)
    const answer = await onSubmit()
    setIsBusy(false)
    if (answer.ok) onDone(answer.value)
    else setProblem(answer.sentence)
  }
  return (
    <Dialog title={title} isBusy={isBusy} onClose={onCancel} actions={null}>
      <form
        id={formId}
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady && !isBusy) void send()
        }}
      >
        {children}
        {problem !== null && <Alert type="error" title={problem} role="alert" showIcon />}
        <div className="form-buttons">
          <Button onClick={onCancel} disabled={isBusy}>
            {strings.cancel}
          </Button>
          <Button type="primary" htmlType="submit" loading={isBusy} disabled={!isReady}>
            {submit}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
