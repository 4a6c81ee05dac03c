import type { AuditExport, AuditFilter } from '@huike/shared/contracts/console-audit'
import { Button } from 'antd'
import { useState } from 'react'
import { calendarDay, clockTime, count } from '../format.js'
import { saveFile } from '../members/save-file.js'
import { useSession } from '../session.js'
import { Failure, Trouble } from '../trouble.js'
import { REFRESH_EVERY_MS, useQuery } from '../use-query.js'
import { auditStrings } from './strings.js'

const words = auditStrings.exports
const PATH = '/audit/exports'
/** While a file is being made, its progress is read this often. */
const PROGRESS_EVERY_MS = 1_500

/** Asks for a file of what the filter shows, and fetches those that are done. */
export function AuditExports({ filter }: { filter: AuditFilter }) {
  const { api } = useSession()
  const [isHurried, setIsHurried] = useState(false)
  const jobs = useQuery<{ exports: AuditExport[] }>(PATH, {
    everyMs: isHurried ? PROGRESS_EVERY_MS : REFRESH_EVERY_MS,
  })
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const isMaking =
    jobs.value?.exports.some(({ state }) => state === 'waiting' || state === 'running') ?? false
  if (isMaking !== isHurried) setIsHurried(isMaking)
  const start = async () => {
    setIsBusy(true)
    const answer = await api.post<AuditExport>(PATH, filter)
    setIsBusy(false)
    setProblem(answer.ok ? null : answer.sentence)
    jobs.refresh()
  }
  const download = async (job: AuditExport) => {
    const answer = await api.file(`${PATH}/${job.id}/file`)
    setProblem(answer.ok ? null : answer.sentence)
    if (answer.ok) saveFile(answer.value, words.fileName(calendarDay(job.createdAtMs)))
  }
  return (
    <section className="tile" aria-label={words.title}>
      <p className="note">{words.about}</p>
      <Button type="primary" loading={isBusy} onClick={() => void start()}>
        {words.start}
      </Button>
      {problem !== null && <Failure sentence={problem} />}
      <Trouble query={jobs} rows={2} />
      {jobs.value?.exports.length === 0 && <p className="note">{words.empty}</p>}
      <ul className="rows">
        {jobs.value?.exports.map((job) => (
          <li key={job.id} className="row">
            <span>
              {clockTime(job.createdAtMs)} · {words.state[job.state]}
              {job.state === 'done' && ` · ${words.rows(count(job.doneRows))}`}
            </span>
            {job.state === 'done' && (
              <Button
                className="row-end"
                aria-label={words.downloadOf(clockTime(job.createdAtMs))}
                onClick={() => void download(job)}
              >
                {words.download}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
