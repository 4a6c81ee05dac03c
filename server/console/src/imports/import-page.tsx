import type { ImportJob } from '@huike/shared/contracts/console-imports'
import { Alert, Button, Progress, Tag } from 'antd'
import { useState } from 'react'
import { Ask } from '../ask.js'
import { count, dateTime } from '../format.js'
import { useStores } from '../members/use-stores.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Trouble } from '../trouble.js'
import { REFRESH_EVERY_MS, useQuery } from '../use-query.js'
import { MappingStep } from './mapping-step.js'
import { importStrings as words } from './strings.js'
import { TallyView } from './tally-view.js'
import './imports.css'

/** While it is worked on, its progress is read this often. */
const PROGRESS_EVERY_MS = 1_000

/** One import, at the step it has come to. */
export default function ImportPage({ importId }: { importId: string }) {
  const { may } = useSession()
  const stores = useStores()
  const [isHurried, setIsHurried] = useState(false)
  const [isRemapping, setIsRemapping] = useState(false)
  const query = useQuery<ImportJob>(`/imports/${importId}`, {
    everyMs: isHurried ? PROGRESS_EVERY_MS : REFRESH_EVERY_MS,
  })
  const job = query.value
  const isWorking = job?.state === 'checking' || job?.state === 'running'
  if (isWorking !== isHurried) setIsHurried(isWorking)
  const replace = (next: ImportJob) => {
    setIsRemapping(false)
    query.replace(next)
  }
  const isMapping = job?.state === 'uploaded' || (job?.state === 'checked' && isRemapping)
  return (
    <PageFrame
      title={job?.fileName ?? words.title}
      back={{ href: hrefOf('/imports'), words: words.back }}
      {...(job ? { actions: <Tag>{words.state(job.state)}</Tag> } : {})}
    >
      <Trouble query={query} />
      {job?.failure && <Alert type="error" showIcon title={job.failure.sentence} />}
      {job && job.importedBeforeAtMs !== null && (
        <Alert
          type="info"
          showIcon
          title={words.importedBefore(dateTime(job.importedBeforeAtMs, stores.timeZone))}
        />
      )}
      {job && isMapping && may('imports.run') && stores.isKnown && (
        <MappingStep job={job} stores={stores.list} onMapped={replace} />
      )}
      {job && isWorking && <Working job={job} />}
      {job && !isMapping && <Report job={job} timeZone={stores.timeZone} />}
      {job && may('imports.run') && (
        <Steps
          job={job}
          onChanged={replace}
          onRemap={() => {
            setIsRemapping(true)
          }}
        />
      )}
    </PageFrame>
  )
}

function Working({ job }: { job: ImportJob }) {
  const { doneRows, totalRows } = job
  const total = totalRows === null ? null : count(totalRows)
  const percent = totalRows ? Math.floor((doneRows / totalRows) * 100) : 0
  return (
    <div aria-live="polite">
      {totalRows !== null && (
        <Progress percent={percent} status="active" aria-label={words.state(job.state)} />
      )}
      <p className="note">{words.report.progress(count(doneRows), total)}</p>
    </div>
  )
}

function Report({ job, timeZone }: { job: ImportJob; timeZone: string }) {
  const tally = job.taken ?? job.check
  if (tally === null) return null
  const { checkTitle, checkNote, nothingTaken, takingTitle, takenTitle } = words.report
  const isOver = job.finishedAtMs !== null
  return (
    <section>
      <h2>{job.taken === null ? checkTitle : isOver ? takenTitle : takingTitle}</h2>
      {job.taken === null && <p className="note">{isOver ? nothingTaken : checkNote}</p>}
      <TallyView job={job} tally={tally} timeZone={timeZone} />
    </section>
  )
}

/** What may be done next: start, map anew, call off. */
function Steps({
  job,
  onChanged,
  onRemap,
}: {
  job: ImportJob
  onChanged: (job: ImportJob) => void
  onRemap: () => void
}) {
  const { api } = useSession()
  const [asked, setAsked] = useState<'start' | 'cancel' | null>(null)
  if (job.finishedAtMs !== null) return null
  const { report } = words
  const { newMembers = 0, sales = 0, refunds = 0 } = job.check ?? {}
  if (asked !== null) {
    const isStart = asked === 'start'
    return (
      <Ask<ImportJob>
        label={isStart ? report.start : report.cancel}
        promise={
          isStart
            ? report.startPromise(
                count(newMembers),
                job.kind === 'orders' ? count(sales + refunds) : null,
              )
            : report.cancelPromise
        }
        confirm={isStart ? report.start : report.cancel}
        isDanger={!isStart}
        onConfirm={() => api.post<ImportJob>(`/imports/${job.id}/${asked}`)}
        onDone={(next) => {
          setAsked(null)
          onChanged(next)
        }}
        onCancel={() => {
          setAsked(null)
        }}
      />
    )
  }
  return (
    <div className="i-actions">
      {job.state === 'checked' && (
        <>
          <Button
            type="primary"
            onClick={() => {
              setAsked('start')
            }}
          >
            {report.start}
          </Button>
          <Button onClick={onRemap}>{report.remap}</Button>
        </>
      )}
      <Button
        danger
        onClick={() => {
          setAsked('cancel')
        }}
      >
        {report.cancel}
      </Button>
    </div>
  )
}
