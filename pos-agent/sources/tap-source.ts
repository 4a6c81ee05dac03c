import { readFileSync } from 'node:fs'
import { mintCaptureId } from '../platform/mint.js'
import type { TapConfig } from '../platform/config.js'
import type { RawCapture } from '../store/types.js'
import { TapJobAssembler } from '../tap/jobs.js'
import type { PrintJob } from '../tap/jobs.js'
import { SpoolReader } from '../tap/spool-reader.js'
import type { SpoolPosition } from '../tap/spool-reader.js'
import { Loop } from './source.js'
import type { Source, SourceContext } from './source.js'

// The tap's spool becomes raw captures. Jobs and the position behind them are one commit; only then
// is the spool told that its segments may go. Jobs read again after a crash carry the same id and
// are taken once.

const POLL_MS = 100
const FRAMES_PER_STEP_MAX = 256
const KEY_BYTES = 32
const CURSOR_ITEM = ''

export class TapSource implements Source {
  readonly sourceId: string
  private readonly loop: Loop
  private readonly assembler = new TapJobAssembler()
  private reader: SpoolReader | null = null
  private readAt: SpoolPosition | null = null
  private committed = ''
  private isResumed = false
  private untaken: PrintJob[] = []
  private refusal: string | null = null

  constructor(
    private readonly config: TapConfig,
    private readonly context: SourceContext,
  ) {
    this.sourceId = `tap:${config.tapId}`
    this.loop = new Loop(this.sourceId, POLL_MS, context.log, () => this.step())
  }

  start(): void {
    this.loop.start()
  }

  stop(): Promise<void> {
    return this.loop.stop()
  }

  /** One look at the spool; public so that a test can take it step by step. */
  async step(): Promise<void> {
    const reader = this.openReader()
    if (!reader) return
    await this.resume()
    for (;;) {
      const wallMs = this.context.clock.wallMs()
      const read = await reader.read(this.readAt, FRAMES_PER_STEP_MAX)
      this.readAt = read.next
      if (read.damaged > 0)
        this.context.log.warn({ source: this.sourceId, damaged: read.damaged }, 'spool damaged')
      this.assembler.push(read.frames)
      const { jobs, safePosition } = this.assembler.take(read.isCaughtUp ? wallMs : null)
      this.untaken.push(...jobs)
      if (!(await this.commit(reader, safePosition)) || read.isCaughtUp) return
    }
  }

  /** Makes what is whole durable. False when the store refused: then it is tried again later. */
  private async commit(reader: SpoolReader, safe: SpoolPosition | null): Promise<boolean> {
    const position = safe && JSON.stringify(safe)
    if (position === null || (this.untaken.length === 0 && position === this.committed)) return true
    const taken = await this.context.store.captures.take(
      this.untaken.map((job) => this.captureOf(job)),
      [{ sourceId: this.sourceId, item: CURSOR_ITEM, value: position }],
    )
    if (!taken.ok) {
      if (taken.code !== this.refusal)
        this.context.log.error({ source: this.sourceId, code: taken.code }, 'capture stopped')
      this.refusal = taken.code
      return false
    }
    if (this.refusal !== null) this.context.log.info({ source: this.sourceId }, 'capture goes on')
    this.refusal = null
    const count = this.untaken.length
    this.untaken = []
    this.committed = position
    if (count > 0) this.context.onTaken('escpos_tap', count)
    await reader.acknowledge(safe as SpoolPosition)
    return true
  }

  private async resume(): Promise<void> {
    if (this.isResumed) return
    const cursor = await this.context.store.captures.cursor(this.sourceId, CURSOR_ITEM)
    this.readAt = cursor === null ? null : (JSON.parse(cursor) as SpoolPosition)
    this.committed = cursor ?? ''
    this.isResumed = true
  }

  /** The tap makes its key when it first starts; until then there is nothing to read. */
  private openReader(): SpoolReader | null {
    if (this.reader) return this.reader
    const key = readKey(this.config.keyFile)
    if (key === null) return null
    this.reader = new SpoolReader({ directory: this.config.spoolDirectory, key })
    return this.reader
  }

  private captureOf(job: PrintJob): RawCapture {
    const { clock } = this.context
    const capturedAtMs = clock.correct(job.lastWallMs)
    return {
      captureId: mintCaptureId(capturedAtMs),
      sourceKind: 'escpos_tap',
      sourceId: this.sourceId,
      jobId: job.id,
      isPartial: job.hasGap || job.isContinuation || job.endedBy === 'size',
      capturedAtMs,
      wallMs: job.lastWallMs,
      monotonicMs: clock.monotonicMs(),
      fileName: null,
      bytes: job.bytes,
    }
  }
}

function readKey(path: string): Buffer | null {
  try {
    const key = readFileSync(path)
    return key.length === KEY_BYTES ? key : null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
