import {
  fenOfPoints,
  type PointsTrial,
  type PointsTrials,
} from '@huike/shared/contracts/console-points-report'
import type { Fen } from '@huike/shared/quantities'
import { Alert, Button } from 'antd'
import { count, dateTime, money } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { Table } from '../table.js'
import { Tiles } from '../tiles.js'
import { Failure, Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { useWork } from '../use-work.js'
import { differenceWords } from './difference-words.js'
import { isAtWork, JobProgress } from './job-progress.js'
import { trialStrings as words } from './report-strings.js'
import { useRuleNames } from './rule-names.js'
import { RuleWords } from './rule-words.js'
import './points.css'

type Result = NonNullable<PointsTrial['result']>

/** What a rule would have given for the sales of a period, beside what was given. */
export default function TrialPage({ trialId }: { trialId: string }) {
  const names = useRuleNames()
  const { query, isUnderWay } = useWork<PointsTrial>(`/points/trials/${trialId}`, isAtWork)
  const { value } = query
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      back={{ href: hrefOf('/points/new'), words: words.back }}
    >
      <Trouble query={query} />
      {value !== null && (
        <div className="sections">
          <section className="tile" aria-label={words.rule}>
            <p className="note">{words.period(value.asked.fromDate, value.asked.toDate)}</p>
            <RuleWords terms={value.asked.terms} names={names} />
          </section>
          {isUnderWay && <JobProgress job={value} />}
          {value.state === 'failed' && <Failure sentence={words.failed} />}
          {value.result !== null && <Shown trial={value} result={value.result} />}
          <Before key={value.state} trialId={trialId} />
        </div>
      )}
    </PageFrame>
  )
}

function Shown({ trial, result }: { trial: PointsTrial; result: Result }) {
  if (result.sales === 0) return <p className="note">{words.none}</p>
  const yuan = (points: number) => money(fenOfPoints(points, trial.value) as Fen)
  const more = result.trialPoints - result.bookPoints
  const isProven = result.differingSales === 0
  const tiles = [
    { label: words.book, number: count(result.bookPoints), note: yuan(result.bookPoints) },
    { label: words.trial, number: count(result.trialPoints), note: yuan(result.trialPoints) },
    { label: words.difference, number: `${more > 0 ? '+' : ''}${count(more)}`, note: yuan(more) },
    { label: words.membersMore, number: count(result.moreMembers), note: words.membersNote },
    { label: words.membersFewer, number: count(result.fewerMembers), note: words.membersNote },
  ]
  return (
    <>
      <p>
        {words.sales(count(result.sales), count(result.members))}
        {result.importedSales > 0 && words.imported(count(result.importedSales))}
      </p>
      <Alert
        type={isProven ? 'success' : 'warning'}
        role="status"
        showIcon
        title={isProven ? words.proof : words.proofDiffers(count(result.differingSales))}
      />
      <Tiles tiles={tiles} className="m-tiles" />
      <Stores result={result} yuan={yuan} />
      {result.largest.length > 0 && <Largest result={result} />}
      <section className="tile form" aria-label={words.publish}>
        <p className="note">{words.publishNote}</p>
        <Button type="primary" href={hrefOf('/points/new')}>
          {words.publish}
        </Button>
      </section>
    </>
  )
}

function Stores({ result, yuan }: { result: Result; yuan: (points: number) => string }) {
  const { otherStores } = result
  const rows = [
    ...result.stores,
    ...(otherStores === null ? [] : [{ ...otherStores, name: words.otherStores }]),
  ]
  return (
    <Table
      title={words.byStore}
      columns={[
        words.store,
        words.salesColumn,
        words.book,
        words.trial,
        words.difference,
        words.money,
      ]}
      rows={rows.map(({ name, sales, bookPoints, trialPoints }) => [
        ...[name, count(sales), count(bookPoints), count(trialPoints)],
        ...[differenceWords(trialPoints - bookPoints), yuan(trialPoints - bookPoints)],
      ])}
    />
  )
}

function Largest({ result }: { result: Result }) {
  return (
    <Table
      title={words.largest}
      columns={[words.member, words.book, words.trial, words.difference]}
      rows={result.largest.map(({ masked, bookPoints, trialPoints }) => [
        ...[masked ?? words.unknownMember, count(bookPoints), count(trialPoints)],
        differenceWords(trialPoints - bookPoints),
      ])}
    />
  )
}

/** What was tried before. */
function Before({ trialId }: { trialId: string }) {
  const query = useQuery<PointsTrials>('/points/trials')
  const trials = (query.value?.trials ?? []).filter(({ id }) => id !== trialId)
  if (trials.length === 0) return null
  return (
    <details className="tile">
      <summary>{words.before}</summary>
      <ul className="rows">
        {trials.map(({ id, asked, createdAtMs, result }) => (
          <li key={id}>
            <a className="row" href={hrefOf(`/points/trials/${id}`)}>
              <span>
                {dateTime(createdAtMs)} · {words.period(asked.fromDate, asked.toDate)}
              </span>
              {result !== null && (
                <span className="row-end">
                  {differenceWords(result.trialPoints - result.bookPoints)}
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </details>
  )
}
