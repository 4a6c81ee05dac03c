import type { ReactNode } from 'react'

interface TableProps {
  title: string
  note?: string
  columns: readonly string[]
  /** The first cell of a row names it. */
  rows: readonly (readonly string[])[]
}

/** A table that scrolls by itself; on a phone, a card for each row. */
export function Table({ title, note, columns, rows }: TableProps): ReactNode {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {note !== undefined && <p className="note before-table">{note}</p>}
      <div className="table-wrap tile" role="region" aria-label={title} tabIndex={0}>
        <table className="table stacks" role="table">
          <thead role="rowgroup">
            <tr role="row">
              {columns.map((column) => (
                <th key={column} role="columnheader" scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {rows.map(([name = '', ...cells], index) => (
              <tr key={index} role="row">
                <th role="rowheader" scope="row">
                  {name}
                </th>
                {cells.map((cell, at) => (
                  <td key={columns[at + 1]} role="cell" data-label={columns[at + 1]}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
