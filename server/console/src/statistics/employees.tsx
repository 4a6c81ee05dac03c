import type { Statistics } from '@huike/shared/contracts/console-members'
import { Button, Empty } from 'antd'
import { useState } from 'react'
import { count, money, share } from '../format.js'
import { statisticsStrings as words } from './strings.js'

/** A chain may have thousands: the rest is shown when asked for. */
const ROWS_SHOWN_MAX = 50

/** Who registered and who sold how much, and how much of that to members. */
export function Employees({ rows }: { rows: Statistics['employees'] }) {
  const [isWhole, setIsWhole] = useState(false)
  const shown = isWhole ? rows : rows.slice(0, ROWS_SHOWN_MAX)
  return (
    <section aria-labelledby="employees">
      <h2 id="employees">{words.employees}</h2>
      <p className="note before-table">{words.employeesNote}</p>
      {rows.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.employeesEmpty} />
      ) : (
        <div className="table-wrap tile" role="region" aria-label={words.employees} tabIndex={0}>
          <table className="table stacks">
            <thead>
              <tr>
                <th scope="col">{words.cashier}</th>
                <th scope="col" className="text">
                  {words.store}
                </th>
                <th scope="col">{words.new}</th>
                <th scope="col">{words.salesCount}</th>
                <th scope="col">{words.memberCount}</th>
                <th scope="col">{words.sales}</th>
                <th scope="col">{words.member}</th>
                <th scope="col">{words.memberShare}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <tr key={`${row.storeName} ${row.cashier ?? ''}`}>
                  <th scope="row">{row.cashier ?? words.nobody}</th>
                  <td className="text" data-label={words.store}>
                    {row.storeName}
                  </td>
                  <td data-label={words.new}>{count(row.newMembers)}</td>
                  <td data-label={words.salesCount}>{count(row.salesCount)}</td>
                  <td data-label={words.memberCount}>{count(row.memberSalesCount)}</td>
                  <td data-label={words.sales}>{money(row.salesFen)}</td>
                  <td data-label={words.member}>{money(row.memberSalesFen)}</td>
                  <td data-label={words.memberShare}>{share(row.memberSalesFen, row.salesFen)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {shown.length < rows.length && (
        <Button
          className="more"
          block
          onClick={() => {
            setIsWhole(true)
          }}
        >
          {words.showAll(count(rows.length))}
        </Button>
      )}
    </section>
  )
}
