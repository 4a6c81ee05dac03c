import type { ImportField } from '@huike/shared/import-fields'
import type { TableRow } from '../table/table-source.js'
import type { CellsOf } from './person.js'
import { reject, type RowProblem } from './row-problem.js'

// Rows by field. Where two columns are one field, the first that is filled counts.

/** Cells beyond the header that may hold something: a comma too many at the end of a line. */
const SPARE_CELLS = 1
const BROKEN = '\ufffd'

export class RowCells {
  readonly #columnsOf = new Map<ImportField, number[]>()

  constructor(private readonly fields: readonly (ImportField | null)[]) {
    fields.forEach((field, column) => {
      if (field === null) return
      const columns = this.#columnsOf.get(field)
      if (columns) columns.push(column)
      else this.#columnsOf.set(field, [column])
    })
  }

  /** The cells of a row by field, and why they cannot be trusted. */
  read(row: TableRow): { cells: CellsOf; problem: RowProblem | null } {
    const cells: CellsOf = (field) => {
      for (const column of this.#columnsOf.get(field) ?? []) {
        const cell = row.cells[column] ?? ''
        if (cell !== '') return cell
      }
      return ''
    }
    return { cells, problem: this.#problemOf(row) }
  }

  #problemOf(row: TableRow): RowProblem | null {
    if (row.cells.some((cell) => cell.includes(BROKEN))) return reject('garbled')
    const beyond = row.cells.slice(this.fields.length).filter((cell) => cell !== '')
    return beyond.length > SPARE_CELLS ? reject('too_many_cells') : null
  }
}
