import { existsSync, readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { placeOf, sealedColumns } from '../migrations/sealed-columns.js'
import type { Database } from '../platform/database.js'

// What still needs a sealing key: values in every sealed column, and files in the data directory.

/** Enough to see the key's name and a nonce behind it. */
const HEAD_BYTES = 64
const SEALED_HEAD = /^(k\d{1,6})\.[A-Za-z0-9_-]{38}/

/** So many values in one place are sealed with one key. */
export interface KeyUse {
  keyId: string
  /** `table.column`, or the folder of files. */
  place: string
  source: 'column' | 'files'
  count: number
}

/** Every use of every key. Reads each sealed column once. */
export async function keyUsesOf(database: Database, dataDirectory: string): Promise<KeyUse[]> {
  const uses: KeyUse[] = []
  for (const sealed of sealedColumns()) {
    const { table, column } = sealed
    const keyId = `SUBSTR(${column}, 1, INSTR(${column}, '.') - 1)`
    const rows = await database.read((rx) =>
      rx.rows<{ keyId: string; found: number }>(
        `SELECT ${keyId} AS keyId, COUNT(*) AS found FROM ${table}
         WHERE ${column} IS NOT NULL AND ${column} <> '' GROUP BY ${keyId}`,
      ),
    )
    for (const row of rows)
      uses.push({ keyId: row.keyId, place: placeOf(sealed), source: 'column', count: row.found })
  }
  return [...uses, ...(await fileUses(dataDirectory))]
}

/** Files that begin with a sealed value. */
async function fileUses(directory: string): Promise<KeyUse[]> {
  if (!existsSync(directory)) return []
  const counts = new Map<string, KeyUse>()
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const keyId = SEALED_HEAD.exec(await headOf(join(entry.parentPath, entry.name)))?.[1]
    if (keyId === undefined) continue
    const place = `文件 ${relative(directory, entry.parentPath) || '.'}`
    const use = counts.get(`${keyId} ${place}`) ?? { keyId, place, source: 'files', count: 0 }
    counts.set(`${keyId} ${place}`, { ...use, count: use.count + 1 })
  }
  return [...counts.values()]
}

async function headOf(path: string): Promise<string> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
      return buffer.toString('latin1', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    // An export may expire while its folder is read.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
