import { join } from 'node:path'
import type { Alarms } from './alarms.js'
import { nodeFiles, type SpoolFile, type SpoolFiles } from './spool-files.js'
import { encodeFrame, segmentName, segmentNumbers, type SpoolFrame } from './spool-format.js'
import { loadOrCreateKey } from './spool-key.js'

// Keeps what the relay saw, and never makes it wait: push() only queues. What the disk refuses
// (full, gone, read-only, at the cap) stays queued and is tried again every second; past
// QUEUE_BYTES_MAX new frames are let go, counted, with an alarm. Unread segments are never
// overwritten, and a segment that another run began is never appended to, so a torn tail stays
// where it is and only there.

const SPOOL_BYTES_MAX = 64 * 1024 * 1024
const SEGMENT_BYTES = 4 * 1024 * 1024
const QUEUE_BYTES_MAX = 16 * 1024 * 1024
const BATCH_FRAMES_MAX = 64
const BATCH_BYTES_MAX = 256 * 1024
/** What a frame costs beside its bytes, in memory and on disk. */
const FRAME_OVERHEAD_BYTES = 128
/** Frames gather this long before they are written, so that a job is printed first, then kept. */
const GATHER_MS = 10
const RETRY_MS = 1000
const SYNC_DELAY_MS = 20
const VANISHED_CHECK_MS = 1000

export interface SpoolWriterOptions {
  directory: string
  keyFile: string
  alarms: Alarms
  files?: SpoolFiles
  spoolBytesMax?: number
  segmentBytes?: number
  queueBytesMax?: number
  retryMs?: number
}

/** What the spool has done and holds, for the status file. */
export interface SpoolStatus {
  segment: number
  spoolBytes: number
  queuedBytes: number
  framesWritten: number
  framesLost: number
}

class SpoolFullError extends Error {}

export class SpoolWriter {
  private readonly files: SpoolFiles
  private readonly queue: SpoolFrame[] = []
  private readonly unsynced = new Set<SpoolFile>()
  private key: Buffer | null = null
  private file: SpoolFile | null = null
  private segment = 0
  private offset = 0
  private otherBytes = 0
  private queuedBytes = 0
  private framesWritten = 0
  private framesLost = 0
  private draining = false
  private syncing = false
  private checkedAtMs = 0
  private isClosed = false

  constructor(private readonly options: SpoolWriterOptions) {
    this.files = options.files ?? nodeFiles
  }

  /** Queues a frame. Never waits, never throws. */
  push(frame: SpoolFrame): void {
    const cost = frame.bytes.length + FRAME_OVERHEAD_BYTES
    if (this.queuedBytes + cost > (this.options.queueBytesMax ?? QUEUE_BYTES_MAX)) {
      this.framesLost += 1
      this.options.alarms.raise('queue_full', 'printing goes on, what is printed is not captured')
      return
    }
    this.queue.push(frame)
    this.queuedBytes += cost
    if (this.draining) return
    this.draining = true
    setTimeout(() => void this.drain(), GATHER_MS)
  }

  status(): SpoolStatus {
    const { segment, queuedBytes, framesWritten, framesLost } = this
    return {
      segment,
      spoolBytes: this.otherBytes + this.offset,
      queuedBytes,
      framesWritten,
      framesLost,
    }
  }

  /** Waits until all is written and synced, or `timeoutMs` have passed. */
  async flush(timeoutMs: number): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs
    const isBusy = () => this.queue.length > 0 || this.syncing
    while (isBusy() && performance.now() < deadlineMs)
      await new Promise((done) => setTimeout(done, 10))
  }

  /** Waits as `flush` does, then lets go of the disk; what is still queued is lost. */
  async close(timeoutMs: number): Promise<void> {
    await this.flush(timeoutMs)
    this.isClosed = true
    this.retire()
  }

  private async drain(): Promise<void> {
    if (this.isClosed) return
    try {
      while (this.queue.length > 0) await this.writeBatch()
      for (const code of ['spool_full', 'spool_failed', 'queue_full'] as const)
        this.options.alarms.clear(code)
      this.draining = false
    } catch (error) {
      const code = error instanceof SpoolFullError ? 'spool_full' : 'spool_failed'
      this.options.alarms.raise(this.key ? code : 'key_unavailable', (error as Error).message)
      setTimeout(() => void this.drain(), this.options.retryMs ?? RETRY_MS)
    }
  }

  private async writeBatch(): Promise<void> {
    const key = (this.key ??= await loadOrCreateKey(this.options.keyFile, this.files))
    this.options.alarms.clear('key_unavailable')
    const sealed: Buffer[] = []
    let bytes = 0
    for (const frame of this.queue) {
      if (sealed.length === BATCH_FRAMES_MAX || bytes >= BATCH_BYTES_MAX) break
      const encoded = encodeFrame(frame, key)
      sealed.push(encoded)
      bytes += encoded.length
    }
    await this.append(Buffer.concat(sealed, bytes))
    for (const frame of this.queue.splice(0, sealed.length))
      this.queuedBytes -= frame.bytes.length + FRAME_OVERHEAD_BYTES
    this.framesWritten += sealed.length
  }

  private async append(batch: Buffer): Promise<void> {
    const bytesMax = this.options.spoolBytesMax ?? SPOOL_BYTES_MAX
    if (this.file) await this.dropVanishedFile(this.file)
    if (!this.file || this.otherBytes + this.offset + batch.length > bytesMax) await this.measure()
    if (this.otherBytes + this.offset + batch.length > bytesMax)
      throw new SpoolFullError(`unread captures fill ${String(bytesMax)} bytes`)
    const file = (this.file ??= await this.openSegment())
    try {
      let done = 0
      while (done < batch.length) {
        const left = batch.length - done
        done += (await file.write(batch, done, left, this.offset + done)).bytesWritten
      }
    } catch (error) {
      await this.undo(file)
      throw error
    }
    this.offset += batch.length
    this.unsynced.add(file)
    if (this.offset >= (this.options.segmentBytes ?? SEGMENT_BYTES)) this.retire()
    void this.sync()
  }

  /** A directory deleted under us leaves a file without a name: nobody would ever read it. */
  private async dropVanishedFile(file: SpoolFile): Promise<void> {
    if (Math.abs(Date.now() - this.checkedAtMs) < VANISHED_CHECK_MS) return
    this.checkedAtMs = Date.now()
    if ((await file.stat()).nlink === 0) this.retire()
  }

  /** Counts what lies in the directory beside the segment being written. */
  private async measure(): Promise<number[]> {
    const { directory } = this.options
    await this.files.mkdir(directory, { recursive: true, mode: 0o700 })
    const segments = segmentNumbers(await this.files.readdir(directory))
    let bytes = 0
    for (const segment of segments) {
      if (this.file && segment === this.segment) continue
      // The agent may delete a segment between the two calls.
      const size = this.files.stat(join(directory, segmentName(segment))).then((s) => s.size)
      bytes += await size.catch(() => 0)
    }
    this.otherBytes = bytes
    return segments
  }

  /** Numbers grow, also after the directory was emptied: they start from the clock's seconds. */
  private async openSegment(): Promise<SpoolFile> {
    const last = (await this.measure()).at(-1) ?? 0
    this.segment = Math.max(last, this.segment, Math.floor(Date.now() / 1000)) + 1
    this.offset = 0
    this.checkedAtMs = Date.now()
    return this.files.open(join(this.options.directory, segmentName(this.segment)), 'wx', 0o600)
  }

  /** Takes back a half-written batch, so that it can be tried again at the same place. */
  private async undo(file: SpoolFile): Promise<void> {
    try {
      await file.truncate(this.offset)
    } catch {
      this.retire()
    }
  }

  /** Ends the segment; it is synced and closed in the background. */
  private retire(): void {
    if (!this.file) return
    this.unsynced.add(this.file)
    this.file = null
    this.otherBytes += this.offset
    this.offset = 0
    void this.sync()
  }

  private async sync(): Promise<void> {
    if (this.syncing) return
    this.syncing = true
    await new Promise((done) => setTimeout(done, SYNC_DELAY_MS))
    for (const file of this.unsynced) {
      this.unsynced.delete(file)
      try {
        await file.datasync()
        if (file !== this.file && !this.unsynced.has(file)) await file.close()
        this.options.alarms.clear('sync_failed')
      } catch (error) {
        this.options.alarms.raise('sync_failed', (error as Error).message)
      }
    }
    this.syncing = false
  }
}
