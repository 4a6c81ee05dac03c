import {
  fenOfPoints,
  type PointsOwed,
  type PointsOwedPage,
  type PointsValue,
} from '@huike/shared/contracts/console-points-report'
import type { Fen } from '@huike/shared/quantities'
import { Button } from 'antd'
import { useState } from 'react'
import { count, dateTime, money, share } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Table } from '../table.js'
import { Tiles } from '../tiles.js'
import { Failure, Trouble } from '../trouble.js'
import { useWork } from '../use-work.js'
import { HotItemsReport } from './hot-items.js'
import { JobProgress } from './job-progress.js'
import { owedStrings as words } from './report-strings.js'
import { pointsStrings } from './strings.js'

const isAtWork = ({ current }: PointsOwedPage) => current !== null

/** What the chain owes in points: how much, since when, until when, and to whom. */
export default function OwedPage() {
  const { query, isUnderWay } = useWork<PointsOwedPage>('/points/owed', isAtWork)
  const { value } = query
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      back={{ href: hrefOf('/points'), words: pointsStrings.title }}
      actions={<CountAgain isUnderWay={isUnderWay} onBegun={query.replace} />}
    >
      <Trouble query={query} />
      {value !== null && (
        <div className="sections">
          {value.current !== null && <JobProgress job={value.current} />}
          {value.owed === null && value.current === null && <p className="note">{words.never}</p>}
          {value.owed !== null && <Owed owed={value.owed} page={value} />}
          <HotItemsReport />
        </div>
      )}
    </PageFrame>
  )
}

interface CountProps {
  isUnderWay: boolean
  onBegun: (page: PointsOwedPage) => void
}

function CountAgain({ isUnderWay, onBegun }: CountProps) {
  const { api, may } = useSession()
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  if (!may('points.manage')) return null
  const begin = async () => {
    setIsBusy(true)
    const answer = await api.post<PointsOwedPage>('/points/owed')
    setIsBusy(false)
    setProblem(answer.ok ? null : answer.sentence)
    if (answer.ok) onBegun(answer.value)
  }
  return (
    <>
      <Button loading={isBusy} disabled={isUnderWay} onClick={() => void begin()}>
        {words.count}
      </Button>
      {problem !== null && <Failure sentence={problem} />}
    </>
  )
}

function Owed({ owed, page }: { owed: PointsOwed; page: PointsOwedPage }) {
  const { value, asOfMs } = page
  const { ended, breakagePoints } = owed
  const yuan = (points: number) => money(fenOfPoints(points, value) as Fen)
  const tiles = [
    {
      label: words.open,
      number: yuan(owed.openPoints),
      note: words.points(count(owed.openPoints)),
    },
    {
      label: words.breakage,
      number: breakagePoints === null ? words.breakageUnknown : yuan(breakagePoints),
      note:
        ended === null
          ? words.breakageNone
          : words.breakageShare(share(ended.lostPoints, ended.issuedPoints), count(ended.months)),
    },
    { label: words.debt, number: words.points(count(owed.debtPoints)), note: words.debtNote },
  ]
  return (
    <>
      <p className="note">
        {asOfMs !== null && words.asOf(dateTime(asOfMs))} · {rateWords(value)}
      </p>
      <Tiles tiles={tiles} className="m-tiles" />
      <Table
        title={words.byAge}
        note={words.byAgeNote}
        columns={[words.ageColumn, words.pointsColumn, words.moneyColumn]}
        rows={owed.ages.map(({ months, points }) => [
          ...[words.age(months), count(points), yuan(points)],
        ])}
      />
      <Table
        title={words.byExpiry}
        columns={[words.expiryColumn, words.pointsColumn, words.moneyColumn]}
        rows={owed.expiries.map(({ month, points }) => [
          ...[month ?? words.expiresNever, count(points), yuan(points)],
        ])}
      />
      <Months months={owed.months} />
      <Levels levels={owed.levels} names={page.levelNames} />
    </>
  )
}

function Months({ months }: Pick<PointsOwed, 'months'>) {
  const { monthColumn, issued, takenBack, spent, expired, left, lostShare } = words
  return (
    <Table
      title={words.byMonth}
      note={words.byMonthNote}
      columns={[monthColumn, issued, takenBack, spent, expired, left, lostShare]}
      rows={[...months]
        .reverse()
        .map((one) => [
          ...[one.month, count(one.issuedPoints), count(one.takenBackPoints)],
          ...[count(one.spentPoints), count(one.expiredPoints), count(one.openPoints)],
          share(one.lostPoints, one.issuedPoints),
        ])}
    />
  )
}

interface LevelsProps extends Pick<PointsOwed, 'levels'> {
  names: Readonly<Record<string, string>>
}

function Levels({ levels, names }: LevelsProps) {
  const totalFen = levels.reduce((sum, level) => sum + level.totalFen, 0)
  const { levelColumn, members, active, purchases, contribution } = words
  return (
    <Table
      title={words.levels}
      note={words.levelsNote}
      columns={[levelColumn, members, active, purchases, contribution, words.share, words.open]}
      rows={levels.map((level) => [
        ...[names[level.levelCode] ?? level.levelCode, count(level.members)],
        ...[count(level.activeMembers), count(level.purchases), money(level.totalFen as Fen)],
        ...[share(level.totalFen, totalFen), words.points(count(level.points))],
      ])}
    />
  )
}

function rateWords({ points, fen, isSet }: PointsValue): string {
  return isSet ? words.rate(count(points), money(fen as Fen)) : words.rateDefault
}
