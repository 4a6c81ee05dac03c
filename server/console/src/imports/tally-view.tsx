import type { ImportJob, ImportTally } from '@huike/shared/contracts/console-imports'
import { REJECTIONS, type Rejection } from '@huike/shared/import-fields'
import { formatFen, type Fen } from '@huike/shared/quantities'
import { Button } from 'antd'
import { useState } from 'react'
import { calendarDay, count } from '../format.js'
import { saveFile } from '../members/save-file.js'
import { useSession } from '../session.js'
import { Failure } from '../trouble.js'
import { importStrings } from './strings.js'

const words = importStrings.report
const MILLI_PER_FEN = 1_000

interface Props {
  job: ImportJob
  tally: ImportTally
  timeZone: string
}

/** What was counted, and which rows were not taken. */
export function TallyView({ job, tally, timeZone }: Props) {
  const money = (fen: number) => formatFen(fen as Fen)
  const ofMembers: [string, string][] = [
    [words.rows, count(tally.rows)],
    [words.newMembers, count(tally.newMembers)],
    [words.matched, count(tally.matched)],
    [words.conflicts, count(tally.conflicts)],
    [words.maskedPhones, count(tally.maskedPhones)],
  ]
  const ofOrders: [string, string][] = [
    [words.sales, count(tally.sales)],
    [words.salesFen, money(tally.salesFen)],
    [words.refunds, count(tally.refunds)],
    [words.refundsFen, money(tally.refundsFen)],
    [words.anonymous, count(tally.anonymous)],
    [words.duplicates, count(tally.duplicates)],
    [words.cancelled, count(tally.cancelled)],
    [words.rounding, words.roundingFen((tally.roundingMilliFen / MILLI_PER_FEN).toFixed(3))],
  ]
  const facts = job.kind === 'orders' ? [...ofMembers, ...ofOrders] : ofMembers
  return (
    <>
      <dl className="i-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="note">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Rejected job={job} tally={tally} timeZone={timeZone} />
    </>
  )
}

function Rejected({ job, tally, timeZone }: Props) {
  const { api, may } = useSession()
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const reasons = Object.entries(tally.rejected) as [Rejection, number][]
  if (reasons.length === 0) return null
  const rows = reasons.reduce((sum, [, some]) => sum + some, 0)
  const download = async () => {
    setIsBusy(true)
    setProblem(null)
    const answer = await api.file(`/imports/${job.id}/rejected`)
    setIsBusy(false)
    if (answer.ok) saveFile(answer.value, words.rejectedFile(calendarDay(Date.now(), timeZone)))
    else setProblem(answer.sentence)
  }
  return (
    <section aria-label={words.rejectedTitle(count(rows))}>
      <h3>{words.rejectedTitle(count(rows))}</h3>
      <ul className="i-rejected">
        {reasons.map(([reason, some]) => (
          <li key={reason}>
            {REJECTIONS[reason]}：{count(some)}
          </li>
        ))}
      </ul>
      {may('imports.run') && (
        <Button loading={isBusy} onClick={() => void download()}>
          {words.download}
        </Button>
      )}
      {problem !== null && <Failure sentence={problem} />}
    </section>
  )
}
