import type {
  PointsCheck,
  PointsChecks,
  PointsFinding,
} from '@huike/shared/contracts/console-points-report'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { count, dateTime } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Failure, Trouble } from '../trouble.js'
import { useWork } from '../use-work.js'
import { JobProgress } from './job-progress.js'
import { checkStrings as words, jobStrings } from './report-strings.js'
import { pointsStrings } from './strings.js'
import './points.css'

const isAtWork = ({ current }: PointsChecks) => current !== null

/** Whether the points book adds up: what was found last, how far a check is, and what was before. */
export default function ChecksPage() {
  const { query, isUnderWay } = useWork<PointsChecks>('/points/checks', isAtWork)
  const { value } = query
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      back={{ href: hrefOf('/points'), words: pointsStrings.title }}
      actions={<Actions isUnderWay={isUnderWay} onBegun={query.refresh} />}
    >
      <Trouble query={query} />
      {value !== null && (
        <div className="sections">
          {value.current !== null && <JobProgress job={value.current} />}
          <Last checks={value} />
          <History checks={value.checks} />
        </div>
      )}
    </PageFrame>
  )
}

function Actions({ isUnderWay, onBegun }: { isUnderWay: boolean; onBegun: () => void }) {
  const { api, may } = useSession()
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState<PointsCheck['scope'] | null>(null)
  if (!may('points.manage')) return null
  const begin = async (scope: PointsCheck['scope']) => {
    setBusy(scope)
    const answer = await api.post<PointsCheck>('/points/checks', { scope })
    setBusy(null)
    setProblem(answer.ok ? null : answer.sentence)
    if (answer.ok) onBegun()
  }
  return (
    <>
      <Button
        loading={busy === 'since'}
        disabled={isUnderWay || busy !== null}
        onClick={() => void begin('since')}
      >
        {words.beginSince}
      </Button>
      <Button
        type="primary"
        loading={busy === 'all'}
        disabled={isUnderWay || busy !== null}
        onClick={() => void begin('all')}
      >
        {words.begin}
      </Button>
      {problem !== null && <Failure sentence={problem} />}
    </>
  )
}

/** What the last check found. */
function Last({ checks: { checks, current, wholeAtMs } }: { checks: PointsChecks }) {
  const last = checks.find(({ result }) => result !== null)
  if (last?.result == null) return current === null ? <p className="note">{words.never}</p> : null
  const { result } = last
  const isRight = result.findings.length === 0
  return (
    <>
      <Alert
        type={isRight ? 'success' : 'error'}
        role={isRight ? 'status' : 'alert'}
        showIcon
        title={isRight ? words.right : words.wrong(count(result.findings.length))}
        description={
          <>
            <p>
              {words.last(words.scope[last.scope], dateTime(last.finishedAtMs ?? last.createdAtMs))}
              {' · '}
              {words.figures(count(result.accounts), count(result.transfers))}
              {last.scope === 'all' && ` · ${words.points(count(result.memberPoints))}`}
              {' · '}
              {result.checkpoints === 0
                ? words.noCheckpoint
                : words.checkpoints(count(result.checkpoints))}
            </p>
            <p>{wholeAtMs === null ? words.wholeNever : words.whole(dateTime(wholeAtMs))}</p>
          </>
        }
      />
      {!isRight && <Findings findings={result.findings} />}
    </>
  )
}

function Findings({ findings }: { findings: readonly PointsFinding[] }) {
  const { may } = useSession()
  return (
    <section aria-labelledby="found">
      <h2 id="found">{words.found}</h2>
      <p className="note before-table">{words.foundNote}</p>
      <ul className="rows tile">
        {findings.map((one, index) => (
          <li key={index} className="row">
            <div>
              {one.words}
              <div className="note finding-record">
                {words.record} {one.table} {one.row}
              </div>
            </div>
            {one.memberId !== null && may('members.view') && (
              <a className="row-end" href={hrefOf(`/members/${one.memberId}`)}>
                {words.member}
              </a>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function History({ checks }: { checks: readonly PointsCheck[] }) {
  return (
    <details className="tile">
      <summary>{words.history}</summary>
      {checks.length === 0 && <p className="note">{words.historyNone}</p>}
      <ul className="rows">
        {checks.map((check) => {
          const findings = check.result?.findings.length ?? null
          return (
            <li key={check.id} className="row">
              <span>
                {dateTime(check.createdAtMs)} · {words.scope[check.scope]} ·{' '}
                {check.by === null ? jobStrings.byItself : jobStrings.by(check.by)}
              </span>
              <span className={findings === 0 ? 'row-end' : 'row-end warn'}>
                {words.state(findings)}
              </span>
            </li>
          )
        })}
      </ul>
    </details>
  )
}
