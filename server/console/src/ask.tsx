import { Alert, Button } from 'antd'
import { useState } from 'react'
import type { Answer } from './api.js'
import { strings } from './strings.js'

interface Props<T> {
  /** What the group is called for those who do not see it. */
  label: string
  /** What it will do, in numbers. */
  promise: string
  confirm: string
  isDanger?: boolean
  onConfirm: () => Promise<Answer<T>>
  onDone: (value: T) => void
  onCancel: () => void
}

/** Asks before something is done: says what it will do, then does it, or says why not. */
export function Ask<T>(props: Props<T>) {
  const { label, promise, confirm, isDanger = false, onConfirm, onDone, onCancel } = props
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const send = async () => {
    setIsBusy(true)
    const answer = await onConfirm()
    setIsBusy(false)
    if (answer.ok) onDone(answer.value)
    else setProblem(answer.sentence)
  }
  return (
    <div className="ask" role="group" aria-label={label}>
      <p>{promise}</p>
      {problem !== null && <Alert type="error" title={problem} role="alert" />}
      <Button type="primary" danger={isDanger} loading={isBusy} onClick={() => void send()}>
        {confirm}
      </Button>
      <Button disabled={isBusy} onClick={onCancel}>
        {strings.cancel}
      </Button>
    </div>
  )
}
