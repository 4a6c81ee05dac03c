// One member's full phone number. It is asked for with a reason, which the server writes down
// before it answers; it is shown for SHOWN_SECONDS at most, hidden as soon as the page is out of
// sight, and kept nowhere.

import { Button, Input } from 'antd'
import { useEffect, useState, type FormEvent } from 'react'
import { useSession } from '../session.js'
import { Failure } from '../trouble.js'
import { memberStrings } from './strings.js'

const SHOWN_SECONDS = 30
const SECOND_MS = 1_000
const WHY_CHARACTERS_MIN = 2
const WHY_CHARACTERS_MAX = 100

/** A button, then the question why, then the number for a while. */
export function PhoneView({ memberId }: { memberId: string }) {
  const words = memberStrings.phone
  const [step, setStep] = useState<'idle' | 'asking' | { phone: string }>('idle')
  const close = () => {
    setStep('idle')
  }
  if (step === 'idle')
    return (
      <Button
        className="m-phone-button"
        onClick={() => {
          setStep('asking')
        }}
      >
        {words.show}
      </Button>
    )
  if (step === 'asking')
    return (
      <Question
        memberId={memberId}
        onCancel={close}
        onShown={(phone) => {
          setStep({ phone })
        }}
      />
    )
  return <Shown phone={step.phone} onHide={close} />
}

interface QuestionProps {
  memberId: string
  onCancel: () => void
  onShown: (phone: string) => void
}

function Question({ memberId, onCancel, onShown }: QuestionProps) {
  const words = memberStrings.phone
  const { api } = useSession()
  const [why, setWhy] = useState('')
  const [isShort, setIsShort] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const ask = async () => {
    setIsBusy(true)
    setProblem(null)
    const path = `/members/${encodeURIComponent(memberId)}/phone`
    const answer = await api.post<{ phone: string }>(path, { why: why.trim() })
    setIsBusy(false)
    if (answer.ok) onShown(answer.value.phone)
    else setProblem(answer.sentence)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const isEnough = why.trim().length >= WHY_CHARACTERS_MIN
    setIsShort(!isEnough)
    if (isEnough && !isBusy) void ask()
  }
  return (
    <form className="m-panel m-phone" aria-label={words.show} onSubmit={submit}>
      <p>{words.about}</p>
      <label htmlFor="phone-why">{words.why}</label>
      <div className="m-reasons">
        {words.reasons.map((reason) => (
          <Button
            key={reason}
            aria-pressed={why === reason}
            onClick={() => {
              setWhy(reason)
              setIsShort(false)
            }}
          >
            {reason}
          </Button>
        ))}
      </div>
      <Input
        id="phone-why"
        autoFocus
        autoComplete="off"
        maxLength={WHY_CHARACTERS_MAX}
        placeholder={words.whyPlaceholder}
        aria-invalid={isShort}
        {...(isShort ? { status: 'error' as const } : {})}
        value={why}
        onChange={(event) => {
          setWhy(event.target.value)
          setIsShort(false)
        }}
      />
      {isShort && (
        <p className="m-bad" role="alert">
          {words.whyShort}
        </p>
      )}
      {problem !== null && <Failure sentence={problem} />}
      <div className="m-buttons">
        <Button type="primary" htmlType="submit" loading={isBusy}>
          {words.submit}
        </Button>
        <Button disabled={isBusy} onClick={onCancel}>
          {words.cancel}
        </Button>
      </div>
    </form>
  )
}

function Shown({ phone, onHide }: { phone: string; onHide: () => void }) {
  const words = memberStrings.phone
  const [secondsLeft, setSecondsLeft] = useState(SHOWN_SECONDS)
  useEffect(() => {
    const endsAtMs = Date.now() + SHOWN_SECONDS * SECOND_MS
    const tick = setInterval(() => {
      setSecondsLeft(Math.ceil((endsAtMs - Date.now()) / SECOND_MS))
    }, SECOND_MS)
    return () => {
      clearInterval(tick)
    }
  }, [])
  const isOver = secondsLeft <= 0
  useEffect(() => {
    if (isOver) onHide()
    const hideOutOfSight = () => {
      if (document.visibilityState === 'hidden') onHide()
    }
    document.addEventListener('visibilitychange', hideOutOfSight)
    return () => {
      document.removeEventListener('visibilitychange', hideOutOfSight)
    }
  }, [isOver, onHide])
  return (
    <div className="m-panel m-phone-shown">
      <strong role="status" aria-label={words.shown}>
        {`${phone.slice(0, 3)} ${phone.slice(3, 7)} ${phone.slice(7)}`}
      </strong>
      <span className="note">{words.hides(Math.max(0, secondsLeft))}</span>
      <Button onClick={onHide}>{words.hide}</Button>
    </div>
  )
}
