import { openCsv } from './csv-table.js'
import { TableError } from './table-error.js'
import type { OpenTable, TableSource } from './table-source.js'
import { openXlsx } from './xlsx-table.js'

// What a file is, by its first bytes: its name proves nothing.

const SIGNATURE_BYTES = 8
const ZIP = [0x50, 0x4b, 0x03, 0x04]
const GZIP = [0x1f, 0x8b]
/** The container of .xls, and of .xlsx files with a password. */
const COMPOUND = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]
const OTHERS: readonly (readonly number[])[] = [
  [0x25, 0x50, 0x44, 0x46], // PDF
  [0x89, 0x50, 0x4e, 0x47], // PNG
  [0xff, 0xd8, 0xff], // JPEG
  [0x47, 0x49, 0x46, 0x38], // GIF
  [0x52, 0x61, 0x72, 0x21], // RAR
  [0x37, 0x7a, 0xbc, 0xaf], // 7z
]

/** Opens an uploaded file as a table. Throws TableError, which says why it is none. */
export async function openTable(source: TableSource): Promise<OpenTable> {
  const parts: Buffer[] = []
  const end = Math.min(SIGNATURE_BYTES, source.byteLength)
  for await (const chunk of source.stream(0, end)) parts.push(chunk as Buffer)
  const head = Buffer.concat(parts)
  const begins = (signature: readonly number[]) =>
    head.length >= signature.length && signature.every((byte, at) => head[at] === byte)
  if (head.length === 0) throw new TableError('file_empty')
  if (begins(ZIP)) return openXlsx(source)
  if (begins(COMPOUND)) throw new TableError('file_old_excel')
  if (OTHERS.some(begins)) throw new TableError('file_not_table')
  return openCsv(source, begins(GZIP))
}
