import { createHash } from 'node:crypto'

// What is new in a file the POS wrote. Pure: the bytes and what was taken before go in, the bytes to
// take and the new cursor come out. A file is the same file when its beginning is the same, under
// the same name. A CSV that grew gives its new whole records, with the header line before them, so
// that they can be read alone. Anything else that changed is taken whole again; what it repeats is
// recognised by its receipts.

/** How far a file has been taken, kept with each capture. */
export interface DropCursor {
  size: number
  modifiedMs: number
  /** Length and SHA-256 of the beginning: the file's fingerprint. */
  headBytes: number
  headSha256: string
  /** SHA-256 of the bytes up to `offset`. */
  takenSha256: string
  /** Just behind the last byte taken. */
  offset: number
}

export interface FileReading {
  name: string
  bytes: Buffer
  modifiedMs: number
  /** How much of the beginning tells one file from another. */
  headBytes: number
}

const NEWLINE = 0x0a
const TAIL_BYTES = 64
const HEAD_BYTES = 4_096
/** A CSV whose last line has no end may still be being written; most are simply written so. */
const OPEN_LINE_MS_MAX = 6_000
/** A file that never ends properly is taken all the same after this long. */
const UNFINISHED_MS_MAX = 60_000

/**
 * How long a file must have been unchanged before it is taken, milliseconds: not at all when it ends
 * as its format ends; a copy may have its final size long before its content.
 */
export function patienceMs({ name, bytes }: FileReading): number {
  const tail = bytes.subarray(-TAIL_BYTES)
  if (tail.every((byte) => byte === 0)) return UNFINISHED_MS_MAX
  if (isRecords(name)) return tail.at(-1) === NEWLINE ? 0 : OPEN_LINE_MS_MAX
  const end = tail.toString('latin1').trimEnd()
  if (/\.json$/i.test(name)) return /[}\]]$/.test(end) ? 0 : UNFINISHED_MS_MAX
  if (/\.(?:xml|poslog)$/i.test(name))
    return end.endsWith(`</${rootName(bytes)}>`) ? 0 : UNFINISHED_MS_MAX
  return 0
}

/** The bytes to take now (null when there is nothing new) and the cursor to keep with them. */
export function takeFrom(
  reading: FileReading,
  cursor: DropCursor | null,
): { bytes: Buffer | null; next: DropCursor } {
  const { bytes } = reading
  const before = cursor !== null && isSameFile(bytes, cursor) ? cursor : null
  const end = bytes.length
  const next = cursorAt(reading, end)
  if (end === 0 || before?.takenSha256 === next.takenSha256) return { bytes: null, next }
  const hasGrown =
    before !== null && end > before.offset && before.takenSha256 === sha256(bytes, before.offset)
  if (!hasGrown || !isRecords(reading.name)) return { bytes, next }
  const header = bytes.subarray(0, bytes.indexOf(NEWLINE) + 1)
  // A line that was taken without its end is taken again, whole.
  const from = bytes.lastIndexOf(NEWLINE, before.offset - 1) + 1
  if (from <= header.length) return { bytes, next }
  return { bytes: Buffer.concat([header, bytes.subarray(from, end)]), next }
}

/** Name of the outermost element; what closes it ends the file. */
function rootName(bytes: Buffer): string {
  const head = bytes.subarray(0, HEAD_BYTES).toString('latin1')
  return /<([A-Za-z_][\w:.-]*)/.exec(head)?.[1] ?? ''
}

function isRecords(name: string): boolean {
  return /\.(?:csv|tsv)$/i.test(name)
}

function isSameFile(bytes: Buffer, cursor: DropCursor): boolean {
  return bytes.length >= cursor.headBytes && sha256(bytes, cursor.headBytes) === cursor.headSha256
}

function cursorAt(reading: FileReading, offset: number): DropCursor {
  const { bytes, modifiedMs } = reading
  const headBytes = Math.min(reading.headBytes, offset)
  return {
    size: bytes.length,
    modifiedMs,
    headBytes,
    headSha256: sha256(bytes, headBytes),
    takenSha256: sha256(bytes, offset),
    offset,
  }
}

function sha256(bytes: Buffer, length: number): string {
  return createHash('sha256').update(bytes.subarray(0, length)).digest('base64url')
}
