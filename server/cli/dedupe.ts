import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { loadChinese } from '../members/matching/chinese.js'
import { DuplicateFinder, type Found } from '../members/matching/find.js'
import { MATCH_FIELDS, type FoundPair } from '../members/matching/match-record.js'
import { csvLine } from '../platform/csv-line.js'
import {
  ColumnsError,
  guessedColumns,
  mappedColumns,
  recordOf,
  type Columns,
} from './dedupe-columns.js'
import { readTable, TableFileError } from './table-file.js'

// `dedupe FILE.csv --out pairs.csv`: which records of a file are one person, before it is imported.
// The file is read as a stream; what is kept of a record is about two kilobytes, of at most
// RECORDS_MAX records. The pairs appear under their name when they are complete, or not at all.

const RECORDS_MAX = 500_000
const MILLI = 1_000
const USAGE =
  '用法：dedupe 文件.csv[.gz] [--map 字段=列名,字段=列名…] --out 结果.csv\n' +
  `字段：id、${MATCH_FIELDS.join('、')}；多列合成一个字段用 + 连接`

interface Wanted {
  file: string
  map: string | null
  out: string
}

/** Writes the pairs of a file; exit code 2 for a wrong question, 1 for a file that cannot be read. */
export async function dedupe(words: string[], say: (line: string) => void): Promise<number> {
  const wanted = wantedOf(words)
  if (!wanted) {
    say(USAGE)
    return 2
  }
  try {
    const found = await duplicatesIn(wanted, say)
    await writePairs(wanted.out, found.pairs)
    tell(found, wanted.out, say)
    return 0
  } catch (error) {
    if (error instanceof ColumnsError) {
      say(error.message)
      return 2
    }
    if (!(error instanceof TableFileError)) throw error
    say(`${wanted.file}：${error.message}`)
    return 1
  }
}

/** The pairs found in one file. Throws TableFileError and ColumnsError. */
export async function duplicatesIn(
  { file, map }: { file: string; map: string | null },
  say: (line: string) => void,
): Promise<Found> {
  const finder = new DuplicateFinder(await loadChinese())
  let columns: Columns | null = null
  let width = 0
  const ids = new Set<string>()
  let repeated = 0
  for await (const row of readTable(file)) {
    if (!columns) {
      width = row.cells.length
      columns = columnsOf(row.cells, map)
      if (!columns.id) say('没有编号列，用表格里的行号代替')
      continue
    }
    if (row.cells.slice(width).some((cell) => cell !== ''))
      throw new TableFileError(
        `第 ${String(row.rowNo)} 行有 ${String(row.cells.length)} 格，表头只有 ${String(width)} 列`,
      )
    if (finder.size === RECORDS_MAX)
      throw new TableFileError(`最多 ${String(RECORDS_MAX)} 行，请拆分后再查`)
    const record = recordOf(row, columns)
    if (ids.has(record.id)) repeated += 1
    ids.add(record.id)
    finder.add(record)
  }
  if (!columns) throw new TableFileError('文件是空的')
  if (repeated > 0) say(`注意：有 ${String(repeated)} 行的编号与别的行相同`)
  return finder.find()
}

function columnsOf(cells: readonly string[], map: string | null): Columns {
  const headers = cells.map((cell) => cell.replace(/^\ufeff/, ''))
  const columns = map === null ? guessedColumns(headers) : mappedColumns(map, headers)
  if (MATCH_FIELDS.some((field) => columns[field])) return columns
  throw new ColumnsError(
    `没有认出可以比较的列，请用 --map 指明；文件里有：${headers.join('、')}\n${USAGE}`,
  )
}

function wantedOf(words: readonly string[]): Wanted | null {
  const files: string[] = []
  const options: Record<string, string> = {}
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (!word.startsWith('--')) files.push(word)
    else {
      const value = words[at + 1]
      const isKnown = word === '--map' || word === '--out'
      if (!isKnown || options[word] !== undefined || value === undefined) return null
      options[word] = value
      at += 1
    }
  }
  const [file] = files
  const out = options['--out']
  if (file === undefined || files.length > 1 || out === undefined) return null
  return { file, map: options['--map'] ?? null, out }
}

async function writePairs(out: string, pairs: readonly FoundPair[]): Promise<void> {
  const part = `${resolve(out)}.${String(process.pid)}.part`
  try {
    await pipeline(Readable.from(lines(pairs)), createWriteStream(part, { flags: 'wx' }))
    if (await isFolder(out)) throw new TableFileError(`--out ${out} 是文件夹`)
    await rename(part, out)
  } catch (error) {
    await rm(part, { force: true })
    if ((error as { code?: unknown }).code === 'ENOENT')
      throw new TableFileError(`--out ${out} 的文件夹不存在`)
    throw error
  }
}

function* lines(pairs: readonly FoundPair[]): Generator<string> {
  yield csvLine(['record_a', 'record_b', 'score', 'verdict', 'reasons'])
  for (const { recordA, recordB, scoreMillibits, verdict, reasons } of pairs) {
    const score = (scoreMillibits / MILLI).toFixed(3)
    yield csvLine([recordA, recordB, score, verdict, Object.values(reasons).join('；')])
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false
}

function tell({ pairs, records, leftOut }: Found, out: string, say: (line: string) => void): void {
  const merges = pairs.filter(({ verdict }) => verdict === 'merge').length
  const reviews = pairs.length - merges
  say(
    `${String(records)} 条记录：可合并 ${String(merges)} 对，需人工确认 ${String(reviews)} 对，已写入 ${out}`,
  )
  if (leftOut > 0) say(`另有 ${String(leftOut)} 对把握更小，未列出`)
}
