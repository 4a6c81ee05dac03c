import { pipeline, type Readable, Transform } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import { TableError } from './table-error.js'
import {
  CELL_CHARACTERS_MAX,
  CELLS_MAX,
  type OpenTable,
  type TableRow,
  type TableSource,
} from './table-source.js'
import { detectEncoding, type TextEncoding } from './text-encoding.js'
import { UnpackLimit } from './unpack-limit.js'

// Text tables, streamed: never more of the file in memory than a few chunks and one row. Cells are
// data: nothing in them is evaluated, and the ="0012" by which spreadsheets keep zeros is unwrapped.

const ROWS_PER_CHUNK = 256
const ROW_CHARACTERS_MAX = 1_048_576
const HEAD_CHARACTERS = 65_536
const DELIMITERS = [',', '\t', ';'] as const
/** `="00123"`: text that a spreadsheet must not read as a number. */
const KEPT_AS_TEXT = /^="(.*)"$/s
// Bytes no text has; UTF-16 is told before this is asked.
const CONTROL = /[\u0000-\u0008\u000e-\u001f]/

/** Opens a text table, packed with gzip or not. Throws TableError. */
export async function openCsv(source: TableSource, isGzip: boolean): Promise<OpenTable> {
  const bytes = () => (isGzip ? unpacked(source) : source.stream(0, source.byteLength))
  const encoding = await readingFaults(detectEncoding(bytes()))
  const head = await readingFaults(headOf(textOf(bytes(), encoding)))
  if (head.trim() === '') throw new TableError('file_empty')
  if (CONTROL.test(head)) throw new TableError('file_not_table')
  if (/^\s*<(!doctype|html|table|\?xml)/i.test(head))
    throw new TableError('file_not_table', '这是网页格式的表格，请用 Excel 打开后另存为 .xlsx')
  const delimiter = delimiterOf(head)
  return {
    format: 'csv',
    encoding,
    rows: () => rowsOf(textOf(bytes(), encoding), delimiter),
  }
}

function unpacked(source: TableSource): Readable {
  const limit = new UnpackLimit(source.byteLength)
  return joined(source.stream(0, source.byteLength), createGunzip(), limit.asStream())
}

/** Bytes as text, decoded a chunk at a time. */
function textOf(bytes: Readable, encoding: TextEncoding): Readable {
  const decoder = new TextDecoder(encoding)
  const decoding = new Transform({
    decodeStrings: false,
    readableObjectMode: false,
    encoding: 'utf8',
    transform: (chunk: Buffer, _encoding, done) => {
      done(null, decoder.decode(chunk, { stream: true }))
    },
    flush: (done) => {
      done(null, decoder.decode())
    },
  })
  return joined(bytes, decoding)
}

async function headOf(text: Readable): Promise<string> {
  let head = ''
  for await (const chunk of text) {
    head += chunk as string
    if (head.length >= HEAD_CHARACTERS) break
  }
  return head
}

/** What parts the cells of the first lines most often, outside of quotes. */
function delimiterOf(head: string): string {
  const bare = head
    .replace(/"[^"]*"/g, '')
    .split(/\r?\n|\r/)
    .slice(0, 10)
    .join('\n')
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

async function* rowsOf(text: Readable, delimiter: string): AsyncGenerator<TableRow[]> {
  const parser = parse({
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: false,
    max_record_size: ROW_CHARACTERS_MAX,
  })
  const records = joined(text, parser)
  let rowNo = 0
  let rows: TableRow[] = []
  try {
    for await (const record of records) {
      rowNo += 1
      const cells = record as string[]
      if (cells.length > CELLS_MAX) throw new TableError('file_over_limits', '表格的列数太多')
      if (cells.every((cell) => cell.trim() === '')) continue
      rows.push({ rowNo, cells: cells.map(cellOf) })
      if (rows.length < ROWS_PER_CHUNK) continue
      yield rows
      rows = []
    }
  } catch (error) {
    throw faultOf(error)
  } finally {
    records.destroy()
  }
  if (rows.length > 0) yield rows
}

/** The value of a cell: without the marks spreadsheets put around text that looks like a number. */
function cellOf(raw: string): string {
  const text = raw.trim()
  if (text.length > CELL_CHARACTERS_MAX)
    throw new TableError('file_over_limits', '有单元格的内容太长')
  return (KEPT_AS_TEXT.exec(text)?.[1] ?? text).trim()
}

/** The last of these streams, fed by the others; an error of any of them is its error. */
function joined(first: Readable, ...steps: Transform[]): Readable {
  let last = first
  for (const step of steps) last = pipeline(last, step, () => undefined)
  return last
}

async function readingFaults<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw faultOf(error)
  }
}

/** What zlib and the parser throw, in the words of this module. */
function faultOf(error: unknown): unknown {
  const { code } = error as { code?: unknown }
  switch (code) {
    case 'Z_BUF_ERROR':
      return new TableError('file_truncated', '压缩文件不完整，可能没有传完')
    case 'Z_DATA_ERROR':
      return new TableError('file_truncated', '压缩文件已损坏')
    case 'CSV_QUOTE_NOT_CLOSED':
      return new TableError('file_truncated', '最后一行的引号没有结束，文件可能没有传完')
    case 'CSV_MAX_RECORD_SIZE':
      return new TableError('file_over_limits', '有一行太长，可能有引号没有结束')
    default:
      return error
  }
}
