import type { HotFigures, HotItems } from '@huike/shared/contracts/console-mall-report'
import { useState } from 'react'
import { Choices } from '../choices.js'
import { dayAt } from '../coupons/coupon-choice.js'
import { count, share } from '../format.js'
import { Table } from '../table.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { hotStrings as words } from './report-strings.js'

const DAY_MS = 86_400_000
/** Today is one of them. */
const PERIODS = [30, 90, 365] as const

/** What members took for their points, by category and by item. */
export function HotItemsReport() {
  const [days, setDays] = useState<(typeof PERIODS)[number]>(30)
  const nowMs = Date.now()
  const [fromDate, toDate] = [dayAt(nowMs - (days - 1) * DAY_MS), dayAt(nowMs)]
  const query = useQuery<HotItems>(`/points/exchanges?fromDate=${fromDate}&toDate=${toDate}`, {
    keepsLast: true,
  })
  const { value } = query
  return (
    <section aria-label={words.title}>
      <h2>{words.title}</h2>
      <p className="note before-table">{words.note}</p>
      <Choices
        label={words.choose}
        choices={PERIODS}
        chosen={days}
        wordsOf={(one) => words.days(count(one))}
        onChoose={setDays}
      />
      <Trouble query={query} rows={3} />
      {value !== null && value.items.length === 0 && <p className="note">{words.none}</p>}
      {value !== null && value.items.length > 0 && (
        <>
          <Table
            title={words.byCategory}
            columns={[words.category, ...words.columns]}
            rows={[
              ...value.categories.map((one) => [one.category, ...cellsOf(one, value.total)]),
              [words.total, ...cellsOf(value.total, value.total)],
            ]}
          />
          <Table
            title={words.byItem}
            columns={[words.item, ...words.columns]}
            rows={[
              ...value.items.map((one) => [
                words.itemOf(one.name, one.kind),
                ...cellsOf(one, value.total),
              ]),
              ...(value.others === null
                ? []
                : [[words.others, ...cellsOf(value.others, value.total)]]),
            ]}
          />
        </>
      )}
    </section>
  )
}

function cellsOf(figures: HotFigures, total: HotFigures): string[] {
  const { exchanges, pieces, points, endedExchanges } = figures
  return [
    ...[count(exchanges), count(pieces), count(points), share(points, total.points)],
    count(endedExchanges),
  ]
}
