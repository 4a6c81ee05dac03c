import type { PointsCheck } from '@huike/shared/contracts/console-points-report'
import { Progress } from 'antd'
import { count } from '../format.js'
import { jobStrings as words } from './report-strings.js'

type Job = Pick<PointsCheck, 'state' | 'doneRows' | 'totalRows'>

const ALMOST_PERCENT = 99

/** How far work in the background has come. */
export function JobProgress({ job: { state, doneRows, totalRows } }: { job: Job }) {
  const said =
    state === 'waiting'
      ? words.waiting
      : words.running(count(doneRows), totalRows === null ? null : count(totalRows))
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
