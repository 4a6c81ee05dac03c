import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { outcomeSentence } from '@huike/shared/outcomes'
import { openTable } from '../imports/table/open-table.js'
import { TableError } from '../imports/table/table-error.js'
import type { TableRow } from '../imports/table/table-source.js'

// A table on this machine's disk, read as imports read theirs: by its bytes and not by its name, as
// a stream.

/** A file that cannot be read as a table; the message is for people. */
export class TableFileError extends Error {
  override readonly name = 'TableFileError'
}

const DISK_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: '找不到这个文件',
  ENOTDIR: '找不到这个文件',
  EISDIR: '这是文件夹，不是文件',
  EACCES: '没有权限读取这个文件',
}

/** The rows of a file, the header first; empty lines are left out. Throws TableFileError. */
export async function* readTable(path: string): AsyncGenerator<TableRow> {
  try {
    const file = await stat(path)
    if (file.isDirectory()) throw new TableFileError(DISK_FAULTS['EISDIR'])
    // A stream of no bytes cannot be asked for.
    if (file.size === 0) throw new TableFileError(outcomeSentence('file_empty'))
    const table = await openTable({
      byteLength: file.size,
      stream: (start, end) => createReadStream(path, { start, end: end - 1 }),
    })
    for await (const rows of table.rows()) yield* rows
  } catch (error) {
    if (error instanceof TableError)
      throw new TableFileError(error.detail ?? outcomeSentence(error.code))
    const words = DISK_FAULTS[String((error as { code?: unknown }).code)]
    throw words === undefined ? error : new TableFileError(words)
  }
}
