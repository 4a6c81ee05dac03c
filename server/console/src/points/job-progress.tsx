import type { PointsJobShown } from '@huike/shared/contracts/console-points-report'
import { Progress } from 'antd'
import { count } from '../format.js'
import { jobStrings as words } from './report-strings.js'

type Job = Pick<PointsJobShown, 'state' | 'doneRows' | 'totalRows'>

const ALMOST_PERCENT = 99

interface Props {
  job: Job
  /** What it works off, so many of about so many; lines of the book, unless said otherwise. */
  runningWords?: (done: string, total: string | null) => string
}

/** True until it is over. */
export function isAtWork({ state }: Pick<Job, 'state'>): boolean {
  return state === 'waiting' || state === 'running'
}

/** How far work in the background has come. */
export function JobProgress({ job, runningWords = words.running }: Props) {
  const { state, doneRows, totalRows } = job
  const said =
    state === 'waiting'
      ? words.waiting
      : runningWords(count(doneRows), totalRows === null ? null : count(totalRows))
  const percent =
    totalRows === null || totalRows === 0
      ? 0
      : Math.min(ALMOST_PERCENT, (doneRows / totalRows) * 100)
  return (
    <div className="tile" role="status">
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
