import type { Readable } from 'node:stream'

/** The bytes of an uploaded file, which may be read more than once and from anywhere. */
export interface TableSource {
  readonly byteLength: number
  /** The bytes from `start` up to, not including, `end`. */
  stream(start: number, end: number): Readable
}

/** A row of a table: its cells as text, and its number as a spreadsheet shows it, from 1. */
export interface TableRow {
  rowNo: number
  cells: string[]
}

/** A file that is known to be a table; `rows` reads it from its beginning. */
export interface OpenTable {
  format: 'csv' | 'xlsx'
  /** Of text; null where the format says it itself. */
  encoding: string | null
  rows(): AsyncGenerator<TableRow[]>
}

/** At most this much of a cell is a value; more is a mistake or an attack. */
export const CELL_CHARACTERS_MAX = 32_767
/** Of one row. Wider tables are refused. */
export const CELLS_MAX = 512
/** Of a file in all, once it is unpacked. */
export const UNPACKED_BYTES_MAX = 4 * 1_073_741_824
/** Text of shops packs to a tenth; a hundred times is somebody's joke. */
export const UNPACKED_RATIO_MAX = 100
/** Below this nothing is asked of the ratio: a small file of zeros harms nobody. */
export const RATIO_FREE_BYTES = 16 * 1_048_576
