// Looks for what must not be on disk in the clear: phone numbers, keys, tokens. A finding is a
// byte sequence, so it is seen inside database files, logs, write-ahead logs and leftovers alike.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const NEEDLE_CHARACTERS_MIN = 6

export type WrittenForm = 'utf8' | 'utf16le' | 'base64'

export interface Hit {
  path: string
  needle: string
  form: WrittenForm
}

/**
 * Searches every file below `directory` for each needle, written as UTF-8, as UTF-16LE or inside
 * base64 text (at any of its three alignments). Throws on a needle too short to mean anything.
 */
export function findInFiles(directory: string, needles: readonly string[]): Hit[] {
  const searches = needles.flatMap((needle) =>
    patternsOf(needle).map((pattern) => ({ needle, ...pattern })),
  )
  return filesBelow(directory).flatMap((path) => {
    const content = readFileSync(path)
    return searches
      .filter((search) => content.includes(search.bytes))
      .map(({ needle, form }) => ({ path, needle, form }))
  })
}

function patternsOf(needle: string): { form: WrittenForm; bytes: Buffer }[] {
  if (needle.length < NEEDLE_CHARACTERS_MIN) {
    throw new Error(`"${needle}" is too short to search for: it would be found by chance`)
  }
  return [
    { form: 'utf8', bytes: Buffer.from(needle, 'utf8') },
    { form: 'utf16le', bytes: Buffer.from(needle, 'utf16le') },
    ...[0, 1, 2].map((offset) => ({ form: 'base64' as const, bytes: base64At(needle, offset) })),
  ]
}

// What base64 shows of the needle when `offset` bytes stand before it in their group of three:
// only characters made of the needle's bits alone, so neighbours on either side do not matter.
function base64At(needle: string, offset: number): Buffer {
  const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(needle, 'utf8')])
  const charactersBefore = Math.ceil((offset * 8) / 6)
  const charactersWhole = Math.floor((text.length * 8) / 6)
  return Buffer.from(text.toString('base64').slice(charactersBefore, charactersWhole), 'latin1')
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return filesBelow(path)
    return entry.isFile() ? [path] : []
  })
}
