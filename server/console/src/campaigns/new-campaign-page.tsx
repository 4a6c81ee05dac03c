import type { Campaign, CampaignStart } from '@huike/shared/contracts/console-campaigns'
import { Button, Input } from 'antd'
import { useCallback, useRef, useState, type ReactNode } from 'react'
import { useStores } from '../members/use-stores.js'
import { PageFrame } from '../page-frame.js'
import { go, hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { useGuard } from '../use-guard.js'
import { AudienceStep } from './audience-step.js'
import { ConfirmStart, type StartProblem } from './confirm-start.js'
import { CouponStep } from './coupon-step.js'
import { audienceAskOf, isWorthKeeping, problemsOf, startOf, type Draft } from './draft.js'
import { Field } from '../field.js'
import { MessageStep } from './message-step.js'
import { newForm, savedForm, saveForm, type Form } from './saved-draft.js'
import { campaignStrings } from './strings.js'
import { TimeStep } from './time-step.js'
import { useAudience } from './use-audience.js'
import { useQuietHours } from './use-quiet-hours.js'
import '../members/members.css'
import './campaigns.css'

const words = campaignStrings.form

/** A new campaign in three steps on one page: who, what, when. */
export default function NewCampaignPage() {
  const { staff, may } = useSession()
  const stores = useStores()
  const quiet = useQuietHours()
  const [{ form, isRestored }, setState] = useState(() => {
    const saved = savedForm(staff.id)
    return { form: saved ?? newForm(), isRestored: saved !== null }
  })
  const [isChecked, setIsChecked] = useState(false)
  const { draft } = form
  const keep = (next: Form) => {
    saveForm(staff.id, next)
    setState({ form: next, isRestored: false })
  }
  const forget = useCallback(() => {
    saveForm(staff.id, null)
  }, [staff.id])
  const change = (next: Draft) => {
    keep({ ...form, draft: next })
  }
  const counted = useAudience(audienceAskOf(draft))
  const clock = { timeZone: stores.timeZone, nowMs: Date.now() }
  const problems = isChecked ? problemsOf(draft, clock) : {}
  const [start, setStart] = useState<CampaignStart | null>(null)
  const sending = useSending(form.idempotencyKey, forget)
  const isUsedUp = sending.isDone || sending.problem?.kind === 'conflict'
  useGuard(isWorthKeeping(draft) && !isUsedUp, words.leave, forget)
  const check = () => {
    setIsChecked(true)
    sending.clear()
    setStart(startOf(draft, { ...clock, nowMs: Date.now() }))
    const first = Object.keys(problemsOf(draft, clock))[0]
    if (first !== undefined) document.getElementById(INPUT_IDS[first] ?? '')?.focus()
  }
  return (
    <PageFrame title={words.title} back={{ href: hrefOf('/campaigns'), words: words.back }}>
      {isRestored && (
        <p className="c-restored" role="status">
          {words.restored}
          <Button
            onClick={() => {
              keep(newForm())
            }}
          >
            {words.startOver}
          </Button>
        </p>
      )}
      <div className="c-inputs">
        <Field id="campaign-name" label={words.name} hint={words.nameNote} problem={problems.name}>
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              placeholder={words.namePlaceholder}
              value={draft.name}
              onChange={(event) => {
                change({ ...draft, name: event.target.value })
              }}
            />
          )}
        </Field>
      </div>
      <Step number={1} title={words.who}>
        <AudienceStep {...{ draft, problems, stores, counted }} onChange={change} />
      </Step>
      {may('coupons.give') && (
        <Step number={2} title={words.gift}>
          <CouponStep {...{ draft, counted }} onChange={change} />
        </Step>
      )}
      <Step number={may('coupons.give') ? 3 : 2} title={words.what}>
        <MessageStep draft={draft} problems={problems} onChange={change} />
      </Step>
      <Step number={may('coupons.give') ? 4 : 3} title={words.when}>
        <TimeStep {...{ draft, problems, quiet }} timeZone={stores.timeZone} onChange={change} />
      </Step>
      <div className="c-next">
        <Button type="primary" size="large" onClick={check}>
          {words.next}
        </Button>
      </div>
      {start !== null && (
        <ConfirmStart
          {...{ start, counted }}
          timeZone={stores.timeZone}
          isBusy={sending.isBusy}
          problem={sending.problem}
          onSend={() => void sending.send(start)}
          onClose={() => {
            if (!sending.isBusy) setStart(null)
          }}
          onGiveUp={forget}
        />
      )}
    </PageFrame>
  )
}

/** Where the focus goes when a field has something wrong. */
const INPUT_IDS: Readonly<Record<string, string>> = {
  inactiveDays: 'campaign-days',
  title: 'campaign-title',
  body: 'campaign-body',
  sendAt: 'campaign-at',
  name: 'campaign-name',
}

interface StepProps {
  number: number
  title: string
  children: ReactNode
}

function Step({ number, title, children }: StepProps) {
  return (
    <section className="c-section" aria-label={title}>
      <h2>
        <span className="c-number" aria-hidden="true">
          {number}
        </span>
        {title}
      </h2>
      {children}
    </section>
  )
}

/** Starts the campaign, once however often it is asked; `onStarted` is told before the page goes. */
function useSending(idempotencyKey: string, onStarted: () => void) {
  const { api } = useSession()
  const [isBusy, setIsBusy] = useState(false)
  const [isDone, setIsDone] = useState(false)
  const [problem, setProblem] = useState<StartProblem | null>(null)
  // The second click of a double click comes before the page is drawn anew.
  const isUnderWay = useRef(false)
  const send = async (start: CampaignStart) => {
    if (isUnderWay.current) return
    isUnderWay.current = true
    setIsBusy(true)
    setProblem(null)
    const headers = { 'idempotency-key': idempotencyKey }
    const answer = await api.post<Campaign>('/campaigns', start, headers)
    isUnderWay.current = false
    setIsBusy(false)
    if (answer.ok) {
      setIsDone(true)
      onStarted()
      go(`/campaigns/${answer.value.id}`)
    } else if (answer.code === null) setProblem({ kind: 'unanswered' })
    else if (answer.code === 'idempotency_conflict') setProblem({ kind: 'conflict' })
    else setProblem({ kind: 'refused', sentence: answer.sentence })
  }
  return {
    isBusy,
    isDone,
    problem,
    send,
    clear: () => {
      setProblem(null)
    },
  }
}
