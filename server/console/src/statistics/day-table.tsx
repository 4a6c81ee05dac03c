import type { Statistics } from '@huike/shared/contracts/console-members'
import { useState } from 'react'
import { count, money } from '../format.js'
import { statisticsStrings as words } from './strings.js'

/** What the charts show, in numbers: the newest day first. */
export function DayTable({ days }: Pick<Statistics, 'days'>) {
  // A year of rows is drawn only for who looks at them.
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details
      className="tile"
      onToggle={(event) => {
        setIsOpen(event.currentTarget.open)
      }}
    >
      <summary>{words.asTable}</summary>
      {isOpen && (
        <div className="table-wrap" role="region" aria-label={words.asTable} tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{words.day}</th>
                <th scope="col">{words.sales}</th>
                <th scope="col">{words.member}</th>
                <th scope="col">{words.salesCount}</th>
                <th scope="col">{words.memberCount}</th>
                <th scope="col">{words.new}</th>
                <th scope="col">{words.points}</th>
              </tr>
            </thead>
            <tbody>
              {[...days].reverse().map((day) => (
                <tr key={day.businessDate}>
                  <th scope="row">{day.businessDate}</th>
                  <td>{money(day.salesFen)}</td>
                  <td>{money(day.memberSalesFen)}</td>
                  <td>{count(day.salesCount)}</td>
                  <td>{count(day.memberSalesCount)}</td>
                  <td>{count(day.newMembers)}</td>
                  <td>{count(day.pointsGiven)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  )
}
