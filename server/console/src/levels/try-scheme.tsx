import type { LevelTrial, LevelTrials } from '@huike/shared/contracts/console-level-trials'
import type { SchemeTerms } from '@huike/shared/contracts/levels'
import { Button } from 'antd'
import { useState } from 'react'
import { FormSection } from '../form-section.js'
import { count, dateTime } from '../format.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Failure } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { levelTrialStrings as words } from './trial-strings.js'

interface Props {
  /** Null while they could not be published. */
  terms: SchemeTerms | null
  onBegun: (trial: LevelTrial) => void
}

/** Tries the scheme that is being written on every member. */
export function TryScheme({ terms, onBegun }: Props) {
  const { api } = useSession()
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const begin = async () => {
    setIsBusy(true)
    setProblem(null)
    const answer = await api.post<LevelTrial>('/levels/trials', { terms })
    setIsBusy(false)
    if (answer.ok) onBegun(answer.value)
    else setProblem(answer.sentence)
  }
  return (
    <FormSection id="try" title={words.panel} note={words.panelNote}>
      {problem !== null && <Failure sentence={problem} />}
      <div className="form-buttons">
        <Button
          size="large"
          loading={isBusy}
          disabled={terms === null}
          onClick={() => void begin()}
        >
          {words.begin}
        </Button>
      </div>
      <TriedBefore />
    </FormSection>
  )
}

/** What was tried before, or is being tried; nothing where nothing was. */
export function TriedBefore({ className, except }: { className?: string; except?: string }) {
  const query = useQuery<LevelTrials>('/levels/trials')
  const trials = (query.value?.trials ?? []).filter(({ id }) => id !== except)
  if (trials.length === 0) return null
  return (
    <details className={className}>
      <summary>{words.before}</summary>
      <ul className="rows">
        {trials.map(({ id, asked, createdAtMs, state, result }) => (
          <li key={id}>
            <a className="row" href={hrefOf(`/levels/trials/${id}`)}>
              <span>
                {words.beforeRow(dateTime(createdAtMs), count(asked.terms.levels.length))}
              </span>
              <span className="row-end">
                {result === null
                  ? words.states[state]
                  : words.beforeResult(count(result.up), count(result.down))}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </details>
  )
}
