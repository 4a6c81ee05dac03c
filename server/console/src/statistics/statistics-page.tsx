import type { ConsoleStores } from '@huike/shared/contracts/console'
import type { Statistics } from '@huike/shared/contracts/console-members'
import { fen } from '@huike/shared/quantities'
import { Input, Select } from 'antd'
import { lazy, Suspense } from 'react'
import { withQuery } from '../api.js'
import { Choices } from '../choices.js'
import { Field } from '../field.js'
import { calendarDay, count, money, share } from '../format.js'
import { LOST_AFTER_DAYS } from '../limits.js'
import { PageFrame } from '../page-frame.js'
import { replacePlace, usePlace } from '../router.js'
import { Tiles } from '../tiles.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { DayTable } from './day-table.js'
import { Employees } from './employees.js'
import { choiceOf, daysWithin, faultOf, PERIOD_DAYS, wordsOf, type Choice } from './period.js'
import { statisticsStrings as words } from './strings.js'

// The drawing of charts is large: it comes after the numbers.
const SalesChart = lazy(async () => ({ default: (await import('./charts.js')).SalesChart }))
const NewMembersChart = lazy(async () => ({
  default: (await import('./charts.js')).NewMembersChart,
}))

/** What became of the members and of the sales in a period. */
export default function StatisticsPage() {
  const choice = choiceOf(usePlace(), calendarDay(Date.now()))
  const fault = faultOf(choice)
  const { from, to, storeId } = choice
  const path = withQuery('/statistics', { from, to, storeId })
  const query = useQuery<Statistics>(fault === null ? path : null, { keepsLast: true })
  const { value } = query
  return (
    <PageFrame title={words.title} note={words.note}>
      <Filters choice={choice} fault={fault} />
      {fault === null && <Trouble query={query} />}
      {value !== null && (
        <div className="sections" aria-busy={query.isLoading}>
          <Members statistics={value} />
          <Days days={value.days} />
          <Employees rows={value.employees} />
        </div>
      )}
    </PageFrame>
  )
}

function Filters({ choice, fault }: { choice: Choice; fault: string | null }) {
  const stores = useQuery<ConsoleStores>('/stores').value?.stores ?? []
  const change = (changes: Partial<Choice>) => {
    replacePlace(withQuery('/statistics', wordsOf({ ...choice, ...changes })))
  }
  const ends = [
    { label: words.from, value: choice.from, set: (from: string) => ({ from }) },
    { label: words.to, value: choice.to, set: (to: string) => ({ to }) },
  ]
  return (
    <section className="filters" aria-label={words.period}>
      <Choices
        label={words.period}
        choices={[...PERIOD_DAYS, null]}
        chosen={choice.days}
        wordsOf={(days) => (days === null ? words.custom : words.days(days))}
        onChoose={(days) => {
          change({ days })
        }}
      />
      {choice.days === null &&
        ends.map(({ label, value, set }) => (
          <Field key={label} label={label}>
            {(ids) => (
              <Input
                {...ids}
                type="date"
                required
                defaultValue={value}
                onChange={(event) => {
                  // A day that is only half typed is empty: the last whole one stays.
                  if (event.target.value !== '') change(set(event.target.value))
                }}
              />
            )}
          </Field>
        ))}
      <Field label={words.store}>
        {(ids) => (
          <Select
            {...ids}
            className="store-choice"
            showSearch={{ optionFilterProp: 'label' }}
            value={choice.storeId ?? ''}
            options={[
              { value: '', label: words.allStores },
              ...stores.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            onChange={(storeId: string) => {
              change({ storeId: storeId === '' ? null : storeId })
            }}
          />
        )}
      </Field>
      <p className={fault === null ? 'note' : 'bad'} role={fault === null ? undefined : 'alert'}>
        {fault ??
          words.periodWords(choice.from, choice.to, count(daysWithin(choice.from, choice.to)))}
      </p>
    </section>
  )
}

/** Four numbers of the members, each with what it means. */
function Members({ statistics: { members, to } }: { statistics: Statistics }) {
  const tiles = [
    { label: words.total, number: members.total, note: words.totalNote(to) },
    { label: words.new, number: members.new, note: words.newNote },
    { label: words.active, number: members.active, note: words.activeNote },
    { label: words.lost, number: members.lost, note: words.lostNote(LOST_AFTER_DAYS) },
  ]
  return (
    <section aria-labelledby="statistics-members">
      <h2 id="statistics-members">{words.members}</h2>
      <Tiles
        className="tiles-small"
        tiles={tiles.map((tile) => ({ ...tile, number: count(tile.number) }))}
      />
    </section>
  )
}

/** The charts, each with its sum in words, and every day in a table. */
function Days({ days }: Pick<Statistics, 'days'>) {
  const sum = (of: (day: Statistics['days'][number]) => number) =>
    days.reduce((all, day) => all + of(day), 0)
  const salesFen = fen(sum((day) => day.salesFen))
  const memberFen = fen(sum((day) => day.memberSalesFen))
  const newMembers = sum((day) => day.newMembers)
  const salesWords =
    salesFen === 0
      ? words.noSales
      : words.salesSummary(money(salesFen), money(memberFen), share(memberFen, salesFen))
  const newWords =
    newMembers === 0 ? words.noNewMembers : words.newMembersSummary(count(newMembers))
  return (
    <>
      <section className="tile chart-tile" aria-labelledby="statistics-sales">
        <h2 id="statistics-sales">{words.sales}</h2>
        <p className="note">{salesWords}</p>
        {salesFen > 0 && (
          <Suspense fallback={<div className="chart" aria-busy="true" />}>
            <SalesChart days={days} label={salesWords} />
          </Suspense>
        )}
      </section>
      <section className="tile chart-tile" aria-labelledby="statistics-new">
        <h2 id="statistics-new">{words.newMembers}</h2>
        <p className="note">{newWords}</p>
        {newMembers > 0 && (
          <Suspense fallback={<div className="chart" aria-busy="true" />}>
            <NewMembersChart days={days} label={newWords} />
          </Suspense>
        )}
      </section>
      {days.length > 0 && <DayTable days={days} />}
    </>
  )
}
