import type { QualityOverview, QualityRun } from '@huike/shared/contracts/console-quality'
import { Alert, Button, Progress } from 'antd'
import { useState } from 'react'
import { clockTime, count } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Failure, Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { useWork } from '../use-work.js'
import { Completeness } from './completeness.js'
import { Problems } from './problems.js'
import { QualitySettingsDialog } from './settings-dialog.js'
import { qualityStrings as words } from './strings.js'
import { Trend } from './trend.js'
import './quality.css'

/** From so long on somebody is proposed for the clean-up; the list lets one choose. */
const SILENT_DAYS = 365

/** How good the data is: what is known, what contradicts itself, and how that changes. */
export default function QualityPage() {
  const { query } = useWork<QualityOverview>('/quality', ({ current }) => current !== null)
  const { value } = query
  return (
    <PageFrame title={words.title} note={words.note} actions={<Actions query={query} />}>
      <Trouble query={query} />
      {value !== null && (
        <div className="sections">
          <State overview={value} />
          {value.last !== null && (
            <>
              <Completeness figures={value.figures} />
              <Problems figures={value.figures} open={value.open} />
              <Trend key={value.last.id} />
              <History key={`of ${value.last.id}`} />
            </>
          )}
        </div>
      )}
    </PageFrame>
  )
}

interface ActionsProps {
  query: { value: QualityOverview | null; refresh: () => void }
}

function Actions({ query }: ActionsProps) {
  const { api, may } = useSession()
  const [problem, setProblem] = useState<string | null>(null)
  const [isSetting, setIsSetting] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const countNow = async () => {
    setIsBusy(true)
    const answer = await api.post<QualityRun>('/quality/runs')
    setIsBusy(false)
    setProblem(answer.ok ? null : answer.sentence)
    if (answer.ok) query.refresh()
  }
  return (
    <>
      {may('members.export') && (
        <Button href={hrefOf(`/members?silentDays=${String(SILENT_DAYS)}`)}>{words.silent}</Button>
      )}
      <Button href={hrefOf('/quality/samples')}>{words.samples}</Button>
      {may('quality.manage') && (
        <>
          <Button
            onClick={() => {
              setIsSetting(true)
            }}
          >
            {words.settings}
          </Button>
          <Button
            type="primary"
            loading={isBusy}
            disabled={query.value === null || query.value.current !== null}
            onClick={() => void countNow()}
          >
            {words.countNow}
          </Button>
        </>
      )}
      {problem !== null && <Failure sentence={problem} />}
      {isSetting && (
        <QualitySettingsDialog
          onClose={() => {
            setIsSetting(false)
          }}
        />
      )}
    </>
  )
}

/** When it was counted last, whether it passed, and how far a count is that runs now. */
function State({ overview: { last, current } }: { overview: QualityOverview }) {
  return (
    <div className="quality-state" aria-live="polite">
      {current !== null && <Counting run={current} />}
      {last === null && current === null && <p className="note">{words.never}</p>}
      {last !== null && (
        <Alert
          type={last.failing === 0 ? 'success' : 'warning'}
          showIcon
          role="status"
          title={
            last.failing === 0
              ? words.allPass(count(last.judged))
              : words.failing(count(last.failing), count(last.judged))
          }
          description={words.lastRun(
            last.kind,
            clockTime(last.finishedAtMs ?? last.createdAtMs),
            last.by,
          )}
        />
      )}
    </div>
  )
}

function Counting({ run: { state, doneRows, totalRows } }: { run: QualityRun }) {
  const said =
    state === 'waiting'
      ? words.waiting
      : words.counting(count(doneRows), totalRows === null ? null : count(totalRows))
  const percent =
    totalRows === null || totalRows === 0 ? 0 : Math.min(99, (doneRows / totalRows) * 100)
  return (
    <div className="tile">
      <p>{said}</p>
      <Progress
        aria-label={said}
        percent={percent}
        showInfo={false}
        size="small"
        strokeColor="var(--hk-brand)"
      />
    </div>
  )
}

/** The latest runs. */
function History() {
  const query = useQuery<{ runs: QualityRun[] }>('/quality/runs')
  const runs = query.value?.runs ?? []
  return (
    <details className="tile">
      <summary>{words.history}</summary>
      <Trouble query={query} rows={3} />
      <ul className="rows">
        {runs.map((run) => (
          <li key={run.id} className="row">
            <span>{words.historyWords(run, clockTime(run.createdAtMs))}</span>
            <span
              className={run.failing > 0 || run.state === 'failed' ? 'row-end warn' : 'row-end'}
            >
              {words.historyState(run)}
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}
