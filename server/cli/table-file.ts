import { createReadStream } from 'node:fs'
import { pipeline, Transform, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'

// A CSV file as rows, plain or packed with gzip, told by its bytes and not by its name. Never more of
// it in memory than a few chunks and one row.

const ROW_CHARACTERS_MAX = 1_048_576
const GZIP = [0x1f, 0x8b]
/** Unpacked, of a whole file. */
const UNPACKED_BYTES_MAX = 4 * 1_073_741_824
const DELIMITERS = [',', '\t', ';'] as const

/** A row; its number is the one a spreadsheet shows, from 1. */
export interface FileRow {
  rowNo: number
  cells: string[]
}

/** A file that cannot be read as a table; the message is for people. */
export class TableFileError extends Error {
  override readonly name = 'TableFileError'
}

/** The rows of a file, the header first; empty lines are left out. Throws TableFileError. */
export async function* readTable(path: string): AsyncGenerator<FileRow> {
  try {
    const isGzip = await beginsWith(path, GZIP)
    const encoding = await encodingOf(bytesOf(path, isGzip))
    const delimiter = await delimiterOf(textOf(bytesOf(path, isGzip), encoding))
    const text = textOf(bytesOf(path, isGzip), encoding)
    const options = { delimiter, relax_column_count: true, relax_quotes: true }
    const parser = parse({
      ...options,
      skip_empty_lines: false,
      max_record_size: ROW_CHARACTERS_MAX,
    })
    let rowNo = 0
    for await (const record of joined(text, parser)) {
      rowNo += 1
      const cells = (record as string[]).map((cell) => cell.trim())
      if (cells.some((cell) => cell !== '')) yield { rowNo, cells }
    }
  } catch (error) {
    throw faultOf(error)
  }
}

async function beginsWith(path: string, signature: readonly number[]): Promise<boolean> {
  for await (const chunk of createReadStream(path, { end: signature.length - 1 }))
    return signature.every((byte, at) => (chunk as Buffer)[at] === byte)
  return false
}

function bytesOf(path: string, isGzip: boolean): Readable {
  const stream = createReadStream(path)
  return isGzip ? joined(stream, createGunzip(), limit()) : stream
}

function limit(): Transform {
  let bytes = 0
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length
      if (bytes <= UNPACKED_BYTES_MAX) done(null, chunk)
      else done(new TableFileError('文件解压后大得不正常，已停止读取'))
    },
  })
}

/** A byte order mark wins; what is UTF-8 throughout is UTF-8; anything else is GB18030. */
async function encodingOf(bytes: Readable): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let isFirst = true
  let isUtf8 = true
  for await (const chunk of bytes) {
    const [first, second] = chunk as Buffer
    if (isFirst && first === 0xff && second === 0xfe) return 'utf-16le'
    if (isFirst && first === 0xfe && second === 0xff) return 'utf-16be'
    isFirst = false
    try {
      decoder.decode(chunk as Buffer, { stream: true })
    } catch {
      isUtf8 = false
      break
    }
  }
  if (isFirst) throw new TableFileError('文件是空的')
  return isUtf8 ? 'utf-8' : 'gb18030'
}

function textOf(bytes: Readable, encoding: string): Readable {
  const decoder = new TextDecoder(encoding)
  const decoding = new Transform({
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

/** What parts the cells of the first chunk's first line most often, outside of quotes. */
async function delimiterOf(text: Readable): Promise<string> {
  for await (const chunk of text) {
    const [line = ''] = String(chunk)
      .replace(/"[^"]*"/g, '')
      .split(/\r?\n|\r/)
    if (line.includes('\u0000')) throw new TableFileError('这不是 CSV 文件')
    const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length)
    return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
  }
  return ','
}

/** The last of these streams, fed by the others; an error of any of them is its error. */
function joined(first: Readable, ...steps: Transform[]): Readable {
  let last = first
  for (const step of steps) last = pipeline(last, step, () => undefined)
  return last
}

/** What the disk, zlib and the parser throw, in words. */
function faultOf(error: unknown): unknown {
  const { code } = error as { code?: unknown }
  switch (code) {
    case 'ENOENT':
      return new TableFileError('找不到这个文件')
    case 'EISDIR':
      return new TableFileError('这是文件夹，不是文件')
    case 'EACCES':
      return new TableFileError('没有权限读取这个文件')
    case 'Z_BUF_ERROR':
      return new TableFileError('压缩文件不完整，可能没有传完')
    case 'Z_DATA_ERROR':
      return new TableFileError('压缩文件已损坏')
    case 'CSV_QUOTE_NOT_CLOSED':
      return new TableFileError('最后一行的引号没有结束，文件可能没有传完')
    case 'CSV_MAX_RECORD_SIZE':
      return new TableFileError('有一行太长，可能有引号没有结束')
    default:
      return error
  }
}
