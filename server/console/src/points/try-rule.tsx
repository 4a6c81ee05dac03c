import type { EarningTerms } from '@huike/shared/contracts/console-points'
import type { PointsTrial } from '@huike/shared/contracts/console-points-report'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { Field } from '../field.js'
import { calendarDay } from '../format.js'
import { useSession } from '../session.js'
import { Failure } from '../trouble.js'
import { trialStrings as words } from './report-strings.js'

const DAY_MS = 86_400_000
/** A quarter is offered first. */
const DAYS_OFFERED = 90

interface Props {
  /** Null while something is wrong with the form. */
  terms: EarningTerms | null
  onBegun: (trial: PointsTrial) => void
}

/** Tries the rule that is being written on the sales of some days. */
export function TryRule({ terms, onBegun }: Props) {
  const { api } = useSession()
  const [days, setDays] = useState(() => ({
    fromDate: calendarDay(Date.now() - DAYS_OFFERED * DAY_MS),
    toDate: calendarDay(Date.now() - DAY_MS),
  }))
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const { fromDate, toDate } = days
  const isWrong = fromDate === '' || toDate === '' || fromDate > toDate
  const begin = async () => {
    setIsBusy(true)
    setProblem(null)
    const answer = await api.post<PointsTrial>('/points/trials', { terms, ...days })
    setIsBusy(false)
    if (answer.ok) onBegun(answer.value)
    else setProblem(answer.sentence)
  }
  return (
    <section className="tile form rule-try" aria-labelledby="try">
      <h2 id="try">{words.panel}</h2>
      <p className="note">{words.panelNote}</p>
      <div className="filters">
        {(['fromDate', 'toDate'] as const).map((name) => (
          <Field key={name} label={name === 'fromDate' ? words.from : words.to}>
            {(control) => (
              <Input
                {...control}
                type="date"
                value={days[name]}
                onChange={(event) => {
                  setDays({ ...days, [name]: event.target.value })
                }}
              />
            )}
          </Field>
        ))}
      </div>
      {isWrong && (
        <p className="bad" role="alert">
          {words.daysWrong}
        </p>
      )}
      {problem !== null && <Failure sentence={problem} />}
      <div className="form-buttons">
        <Button
          size="large"
          loading={isBusy}
          disabled={terms === null || isWrong}
          onClick={() => void begin()}
        >
          {words.begin}
        </Button>
      </div>
    </section>
  )
}
