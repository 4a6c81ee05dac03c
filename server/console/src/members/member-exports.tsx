import type { ExportJob, MemberFilter } from '@huike/shared/contracts/console-members'
import { Button, Progress, Tag } from 'antd'
import { useState } from 'react'
import { calendarDay, clockTime, count } from '../format.js'
import { useSession } from '../session.js'
import { Failure, Trouble } from '../trouble.js'
import { REFRESH_EVERY_MS, useQuery } from '../use-query.js'
import { filterWords } from './member-filter.js'
import { saveFile } from './save-file.js'
import { memberStrings } from './strings.js'
import type { Stores } from './use-stores.js'

const PATH = '/members/exports'
/** While a file is being made, its progress is read this often. */
const PROGRESS_EVERY_MS = 1_500

interface Jobs {
  exports: ExportJob[]
}

interface Props {
  filter: MemberFilter
  stores: Stores
}

/** Asks for a file of what the filter shows; it is made in the background and listed here. */
export function MemberExports({ filter, stores }: Props) {
  const words = memberStrings.exports
  const { api } = useSession()
  const [isHurried, setIsHurried] = useState(false)
  const jobs = useQuery<Jobs>(PATH, { everyMs: isHurried ? PROGRESS_EVERY_MS : REFRESH_EVERY_MS })
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const isMaking = jobs.value?.exports.some(isUnderWay) ?? false
  if (isMaking !== isHurried) setIsHurried(isMaking)
  const start = async () => {
    setIsBusy(true)
    setProblem(null)
    const answer = await api.post<ExportJob>(PATH, filter)
    setIsBusy(false)
    if (!answer.ok) setProblem(answer.sentence)
    else if (jobs.value === null) jobs.refresh()
    else jobs.replace({ exports: [answer.value, ...jobs.value.exports] })
  }
  return (
    <section className="m-panel" aria-label={words.title}>
      <p className="note">{words.about}</p>
      <div className="m-export-start">
        <strong>{filterWords(filter, stores.nameOf)}</strong>
        <Button type="primary" loading={isBusy} onClick={() => void start()}>
          {words.start}
        </Button>
      </div>
      {problem !== null && <Failure sentence={problem} onRetry={() => void start()} />}
      <Trouble query={jobs} rows={2} />
      {jobs.value?.exports.length === 0 && <p className="note">{words.empty}</p>}
      <ul className="m-jobs">
        {jobs.value?.exports.map((job) => (
          <Job key={job.id} job={job} stores={stores} onRefused={jobs.refresh} />
        ))}
      </ul>
    </section>
  )
}

function Job({
  job,
  stores,
  onRefused,
}: {
  job: ExportJob
  stores: Stores
  onRefused: () => void
}) {
  const words = memberStrings.exports
  const { api } = useSession()
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const at = clockTime(job.createdAtMs, stores.timeZone)
  const download = async () => {
    setIsBusy(true)
    setProblem(null)
    const answer = await api.file(`${PATH}/${job.id}/file`)
    setIsBusy(false)
    if (answer.ok) {
      saveFile(answer.value, words.fileName(calendarDay(job.createdAtMs, stores.timeZone)))
      return
    }
    setProblem(answer.sentence)
    onRefused()
  }
  return (
    <li className="m-job">
      <span className="m-job-what">
        {filterWords(job.filter, stores.nameOf)}
        <span className="note">{words.by(job.by, at)}</span>
      </span>
      <JobState job={job} timeZone={stores.timeZone} />
      {job.state === 'done' && (
        <Button
          loading={isBusy}
          aria-label={words.downloadOf(count(job.doneRows), at)}
          onClick={() => void download()}
        >
          {words.download}
        </Button>
      )}
      {problem !== null && <Failure sentence={problem} />}
    </li>
  )
}

function JobState({ job, timeZone }: { job: ExportJob; timeZone: string }) {
  const words = memberStrings.exports
  const { state, doneRows, totalRows, expiresAtMs } = job
  if (isUnderWay(job))
    return (
      <span className="m-job-state">
        <Progress
          aria-label={words.state(state)}
          percent={totalRows === null || totalRows === 0 ? 0 : (doneRows / totalRows) * 100}
          showInfo={false}
          strokeColor="var(--hk-brand)"
          size="small"
        />
        <span className="note" role="status">
          {words.state(state)}
          {' · '}
          {totalRows === null ? words.counting : words.progress(count(doneRows), count(totalRows))}
        </span>
      </span>
    )
  return (
    <span className="m-job-state">
      <Tag color={COLOURS[state]}>{words.state(state)}</Tag>
      <span className="note">
        {state === 'done' && words.rows(count(doneRows))}
        {state === 'done' &&
          expiresAtMs !== null &&
          ` · ${words.until(clockTime(expiresAtMs, timeZone))}`}
        {state === 'expired' && words.expired}
        {state === 'failed' && words.failed}
      </span>
    </span>
  )
}

const COLOURS: Readonly<Record<ExportJob['state'], string>> = {
  waiting: 'default',
  running: 'default',
  done: 'success',
  failed: 'error',
  expired: 'default',
}

function isUnderWay({ state }: ExportJob): boolean {
  return state === 'waiting' || state === 'running'
}
