import type { LevelPairShown, LevelTrial } from '@huike/shared/contracts/console-level-trials'
import { fenOfPoints } from '@huike/shared/contracts/console-points-report'
import { levelNameIn, rankOf } from '@huike/shared/levels'
import type { Fen } from '@huike/shared/quantities'
import { Button } from 'antd'
import { useState } from 'react'
import { count, money } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { differenceWords } from '../points/difference-words.js'
import { isAtWork, JobProgress } from '../points/job-progress.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Table } from '../table.js'
import { Tiles } from '../tiles.js'
import { Failure, Trouble } from '../trouble.js'
import { useWork } from '../use-work.js'
import { SchemeWords } from './scheme-words.js'
import { levelTrialStrings as words } from './trial-strings.js'
import { TriedBefore } from './try-scheme.js'
import './levels.css'

type Result = NonNullable<LevelTrial['result']>
type Cost = NonNullable<Result['cost']>

/** Which level everybody would have under a draft, and what that costs in points. */
export default function LevelTrialPage({ trialId }: { trialId: string }) {
  const { query, isUnderWay } = useWork<LevelTrial>(`/levels/trials/${trialId}`, isAtWork)
  const { value } = query
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      back={{ href: hrefOf('/levels/new'), words: words.back }}
    >
      <Trouble query={query} />
      {value !== null && (
        <div className="sections">
          {isUnderWay && <UnderWay trial={value} onStopped={query.replace} />}
          {value.state === 'failed' && <Failure sentence={words.failed} />}
          {value.state === 'cancelled' && <p role="status">{words.stopped}</p>}
          {value.result !== null && <Shown trial={value} result={value.result} />}
          <details className="tile">
            <summary>{words.scheme}</summary>
            <SchemeWords terms={value.asked.terms} />
          </details>
          <TriedBefore key={value.state} className="tile" except={trialId} />
        </div>
      )}
    </PageFrame>
  )
}

interface UnderWayProps {
  trial: LevelTrial
  onStopped: (trial: LevelTrial) => void
}

function UnderWay({ trial, onStopped }: UnderWayProps) {
  const { api } = useSession()
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const stop = async () => {
    setIsBusy(true)
    const answer = await api.post<LevelTrial>(`/levels/trials/${trial.id}/cancel`)
    setIsBusy(false)
    setProblem(answer.ok ? null : answer.sentence)
    if (answer.ok) onStopped(answer.value)
  }
  return (
    <>
      <JobProgress job={trial} runningWords={words.running} />
      {problem !== null && <Failure sentence={problem} />}
      <div className="form-buttons">
        <Button loading={isBusy} onClick={() => void stop()}>
          {words.stop}
        </Button>
      </div>
    </>
  )
}

function Shown({ trial, result }: { trial: LevelTrial; result: Result }) {
  const { members, up, down, cost, isGrownAnew } = result
  const yuan = (points: number) => money(fenOfPoints(points, trial.value) as Fen)
  const more = cost === null ? 0 : cost.trialPoints - cost.nowPoints
  const tiles = [
    { label: words.up, number: count(up), note: words.person },
    { label: words.down, number: count(down), note: words.person },
    { label: words.stay, number: count(members - up - down), note: words.person },
    ...(cost === null
      ? []
      : [
          { label: words.points, number: `${more > 0 ? '+' : ''}${count(more)}`, note: yuan(more) },
        ]),
  ]
  return (
    <>
      <p>
        {words.members(count(members))}
        {isGrownAnew ? words.grownAnew : words.grownBook}
      </p>
      <Tiles tiles={tiles} className="m-tiles" />
      <p className="note">
        {down > 0 && words.meaning}
        {cost === null && words.pointsNone}
      </p>
      <Matrix trial={trial} pairs={result.pairs} />
      <Moves trial={trial} pairs={result.pairs} />
      {cost !== null && cost.stores.length > 0 && <Stores cost={cost} yuan={yuan} />}
      <section className="tile form" aria-label={words.publish}>
        <p className="note">{words.publishNote}</p>
        <div className="form-buttons">
          <Button type="primary" href={hrefOf('/levels/new')}>
            {words.publish}
          </Button>
        </div>
      </section>
    </>
  )
}

interface PairsProps {
  trial: LevelTrial
  pairs: readonly LevelPairShown[]
}

/** From which level to which: a row for each that members have, a column for each they would have. */
function Matrix({ trial, pairs }: PairsProps) {
  const { levels } = trial.asked.terms
  const rows = levels.map(({ name }, rank) => {
    // A code that no scheme knows any more is the lowest level.
    const own = pairs.filter(
      (pair) => Math.max(0, rankOf(trial.asked.terms, pair.fromCode)) === rank,
    )
    const cells = levels.map((to) =>
      own.filter(({ toCode }) => toCode === to.code).reduce((sum, one) => sum + one.members, 0),
    )
    const sum = own.reduce((all, one) => all + one.members, 0)
    return [
      name,
      ...[...cells, sum].map((members) => (members === 0 ? words.none : count(members))),
    ]
  })
  return (
    <Table
      title={words.matrix}
      note={words.matrixNote}
      columns={[words.now, ...levels.map(({ name }) => name), words.sum]}
      rows={rows}
    />
  )
}

function Moves({ trial, pairs }: PairsProps) {
  const { terms } = trial.asked
  const moved = pairs.filter(({ fromCode, toCode }) => fromCode !== toCode)
  if (moved.length === 0) return <p className="note">{words.nobody}</p>
  const most = [...moved].sort((one, other) => other.members - one.members)
  return (
    <Table
      title={words.moves}
      columns={[words.moveColumn, words.membersColumn, words.examples]}
      rows={most.map(({ fromCode, toCode, members, examples }) => [
        words.move(levelNameIn(terms, fromCode), levelNameIn(terms, toCode)),
        count(members),
        examples.map(({ masked }) => masked ?? words.unknownMember).join('、'),
      ])}
    />
  )
}

function Stores({ cost, yuan }: { cost: Cost; yuan: (points: number) => string }) {
  const { stores, otherStores, fromDate, toDate } = cost
  const rows = [
    ...stores,
    ...(otherStores === null ? [] : [{ ...otherStores, name: words.otherStores }]),
  ]
  const { store, sales, nowPoints, trialPoints, difference } = words
  return (
    <Table
      title={words.byStore}
      note={words.pointsNote(fromDate, toDate)}
      columns={[store, sales, nowPoints, trialPoints, difference, words.money]}
      rows={rows.map((one) => {
        const more = one.trialPoints - one.nowPoints
        return [
          ...[one.name, count(one.sales), count(one.nowPoints), count(one.trialPoints)],
          ...[differenceWords(more), yuan(more)],
        ]
      })}
    />
  )
}
