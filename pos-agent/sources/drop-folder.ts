import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { mintCaptureId } from '../platform/mint.js'
import type { DropConfig } from '../platform/config.js'
import type { RawCapture } from '../store/types.js'
import { patienceMs, takeFrom } from './drop-file.js'
import type { DropCursor, FileReading } from './drop-file.js'
import { Loop } from './source.js'
import type { Source, SourceContext } from './source.js'

// A folder the POS writes files into. The scan every two seconds is the truth (watchers miss and
// double events). A file is complete when two scans found the same size and time and it ends as its
// format ends. Its content is copied into the store before anybody reads it. The POS's file is
// opened for reading only, never locked, never deleted.

const SCAN_MS = 2_000
const FILE_BYTES_MAX = 64 * 1_048_576
const FILES_PER_SCAN_MAX = 500
const HEAD_BYTES = 1_024
/** Half-written by convention. */
const TEMPORARY = /^[.~$]|\.(?:tmp|part|partial|crdownload|lock|swp)$/i
const BUSY_CODES = new Set(['EBUSY', 'EPERM', 'EACCES', 'ENOENT', 'ESTALE'])
const SOURCE_ID = 'drop'

interface Seen {
  size: number
  modifiedMs: number
  sinceMs: number
  /** True once this very size and time was dealt with. */
  isDone: boolean
}

export class DropFolder implements Source {
  readonly sourceId = SOURCE_ID
  private readonly loop: Loop
  private seen = new Map<string, Seen>()
  private readonly complained = new Set<string>()

  constructor(
    private readonly config: DropConfig,
    private readonly context: SourceContext,
  ) {
    this.loop = new Loop('drop folder', SCAN_MS, context.log, () => this.scan())
  }

  start(): void {
    this.loop.start()
  }

  stop(): Promise<void> {
    return this.loop.stop()
  }

  /** One scan; public so that a test can take it step by step. */
  async scan(): Promise<void> {
    const entries = await readdir(this.config.directory, { withFileTypes: true })
    const names = entries
      .filter((entry) => entry.isFile() && !TEMPORARY.test(entry.name))
      .map((entry) => entry.name)
      .sort()
    const present = new Set(names)
    for (const name of this.seen.keys()) if (!present.has(name)) this.seen.delete(name)
    let taken = 0
    for (const name of names) {
      if (taken >= FILES_PER_SCAN_MAX) return
      if (await this.look(name)) taken += 1
    }
  }

  /** Looks at one file; true when something of it was taken. */
  private async look(name: string): Promise<boolean> {
    try {
      const { size, mtimeMs } = await stat(join(this.config.directory, name))
      const nowMs = this.context.clock.monotonicMs()
      const before = this.seen.get(name)
      if (before?.size !== size || before.modifiedMs !== mtimeMs) {
        this.seen.set(name, { size, modifiedMs: mtimeMs, sinceMs: nowMs, isDone: false })
        return false
      }
      if (before.isDone || size === 0) return false
      if (size > FILE_BYTES_MAX) return this.complain(name, 'the file is too large')
      return await this.take(name, before, nowMs)
    } catch (error) {
      if (BUSY_CODES.has((error as NodeJS.ErrnoException).code ?? '')) return false
      throw error
    }
  }

  private async take(name: string, seen: Seen, nowMs: number): Promise<boolean> {
    const { store } = this.context
    const text = await store.captures.cursor(SOURCE_ID, name)
    const cursor = text === null ? null : (JSON.parse(text) as DropCursor)
    if (cursor?.size === seen.size && cursor.modifiedMs === seen.modifiedMs) {
      seen.isDone = true
      return false
    }
    const reading = await this.read(name, seen)
    if (reading === null) return false
    if (nowMs - seen.sinceMs < patienceMs(reading)) return false
    const { bytes, next } = takeFrom(reading, cursor)
    const isNew = bytes !== null && !(await store.captures.hasContent(SOURCE_ID, bytes))
    const result = await store.captures.take(
      isNew && bytes !== null ? [this.captureOf(name, bytes)] : [],
      [{ sourceId: SOURCE_ID, item: name, value: JSON.stringify(next) }],
    )
    if (!result.ok) return this.complain(name, `capture stopped: ${result.code}`)
    seen.isDone = true
    this.complained.delete(name)
    if (isNew) this.context.onTaken('file_drop', 1)
    return isNew
  }

  /** The whole file as it is now; null when it changed while it was read. */
  private async read(name: string, seen: Seen): Promise<FileReading | null> {
    const file = await open(join(this.config.directory, name), 'r')
    try {
      const bytes = await file.readFile()
      const { size, mtimeMs } = await file.stat()
      if (bytes.length !== seen.size || size !== seen.size || mtimeMs !== seen.modifiedMs)
        return null
      return { name, bytes, modifiedMs: mtimeMs, headBytes: HEAD_BYTES }
    } finally {
      await file.close()
    }
  }

  private complain(name: string, why: string): false {
    if (!this.complained.has(name)) this.context.log.error({ file: name }, why)
    this.complained.add(name)
    return false
  }

  private captureOf(fileName: string, bytes: Uint8Array): RawCapture {
    const { clock } = this.context
    const capturedAtMs = clock.correctedNowMs()
    return {
      captureId: mintCaptureId(capturedAtMs),
      sourceKind: 'file_drop',
      sourceId: SOURCE_ID,
      jobId: null,
      isPartial: false,
      capturedAtMs,
      wallMs: clock.wallMs(),
      monotonicMs: clock.monotonicMs(),
      fileName,
      bytes,
    }
  }
}
