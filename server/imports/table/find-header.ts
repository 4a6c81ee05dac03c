import { maskPhonesIn, normalisePhone } from '@huike/shared/phone'
import {
  IMPORT_COLUMNS_MAX,
  IMPORT_HEADER_CHARACTERS_MAX,
} from '@huike/shared/contracts/console-imports'
import { TableError } from './table-error.js'
import type { OpenTable, TableRow } from './table-source.js'

// Where the table begins: exports put titles and remarks above it.

const ROWS_SEARCHED = 10

export interface TableHead {
  /** The row number of the header. */
  rowNo: number
  headers: string[]
}

/**
 * Finds the row of headers: of the first rows the one most of whose cells are known, or else the
 * first that reads as names of columns. Throws TableError `file_empty` and `file_no_header`.
 */
export async function findHeader(
  table: OpenTable,
  knownHeaders: (cells: readonly string[]) => number,
): Promise<TableHead> {
  const rows: TableRow[] = []
  for await (const some of table.rows()) {
    rows.push(...some)
    if (rows.length >= ROWS_SEARCHED) break
  }
  if (rows.length === 0) throw new TableError('file_empty')
  const searched = rows.slice(0, ROWS_SEARCHED)
  const scored = searched.map((row) => ({ row, known: knownHeaders(row.cells) }))
  const best = scored.reduce((a, b) => (b.known > a.known ? b : a))
  const head = best.known > 0 ? best.row : searched.find(({ cells }) => readsAsNames(cells))
  if (!head) throw new TableError('file_no_header')
  const headers = head.cells.map(headerOf)
  while (headers.at(-1) === '') headers.pop()
  if (headers.length > IMPORT_COLUMNS_MAX)
    throw new TableError('file_over_limits', `最多 ${String(IMPORT_COLUMNS_MAX)} 列`)
  return { rowNo: head.rowNo, headers }
}

/** Names of columns are words: nothing of a person and no number. */
function readsAsNames(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell !== '')
  return filled.length >= 2 && filled.every((cell) => !/\d{4}/.test(cell) && !isAboutSomebody(cell))
}

function isAboutSomebody(cell: string): boolean {
  return normalisePhone(cell) !== null || /@|\*{3}/.test(cell) || /^[-¥￥\d.,:\s]+$/.test(cell)
}

function headerOf(cell: string): string {
  return [...maskPhonesIn(cell)].slice(0, IMPORT_HEADER_CHARACTERS_MAX).join('')
}
