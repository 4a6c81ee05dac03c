import { crashPoint } from '../platform/crash-points.js'
import type { Logger } from '../platform/log.js'
import type { Metrics } from '../platform/metrics.js'
import { StorageFullError } from '../store/context.js'
import type { Store } from '../store/store.js'
import type { Till } from '../store/receipt-rows.js'
import type { CaptureForParse, PreparedDocument } from '../store/types.js'
import { prepareDocument } from './normalise.js'
import type { ParseRunner } from './parse-runner.js'

// From raw bytes to receipts: takes the oldest capture, has it read in isolation, and records what
// was in it in one commit. A capture that kills or hangs the reader is tried three times and parked;
// the ones behind it go on.

const IDLE_MS = 1_000
const FULL_PAUSE_MS = 1_000

export interface IntakeOptions {
  store: Store
  parser: ParseRunner
  log: Logger
  metrics: Metrics
  nowMs: () => number
  /** Whose receipts these are; null until the till is enrolled: then captures wait, unread. */
  till: () => (Till & { timeZone: string }) | null
  /** Called after receipts changed. */
  onRecorded: () => void
}

export class Intake {
  private isStopped = true
  private running: Promise<void> = Promise.resolve()
  private wake: (() => void) | null = null

  constructor(private readonly options: IntakeOptions) {}

  start(): void {
    this.isStopped = false
    this.running = this.run()
  }

  /** Something was captured: read it now. */
  nudge(): void {
    this.wake?.()
  }

  async stop(): Promise<void> {
    this.isStopped = true
    this.wake?.()
    await this.running
  }

  /** Reads one capture; false when there is none to read. */
  async step(): Promise<boolean> {
    const { store, parser, log, metrics } = this.options
    const till = this.options.till()
    if (!till) return false
    const capture = await store.captures.takeForParse()
    if (!capture) return false
    crashPoint('intake.during_parse')
    const read = await parser.read(capture.bytes, capture.fileName)
    if (!read.ok) {
      metrics.parkedCaptures.inc()
      log.error({ capture: capture.captureId, attempt: capture.attempts }, read.reason)
      return true
    }
    if (read.quarantined.length > 0) {
      await this.untilRoom(() => store.captures.quarantine(capture.captureId, read.quarantined))
      metrics.quarantinedRows.inc(read.quarantined.length)
      log.warn({ capture: capture.captureId, rows: read.quarantined.length }, 'rows set aside')
    }
    const documents = read.documents.map((document, index) =>
      prepareDocument(document, index, capture, till.timeZone),
    )
    await this.record(capture, till, documents)
    return true
  }

  private async record(
    capture: CaptureForParse,
    till: Till,
    documents: PreparedDocument[],
  ): Promise<void> {
    const { store, metrics, log, onRecorded } = this.options
    const outcomes = await this.untilRoom(() =>
      store.receipts.record({
        captureId: capture.captureId,
        sourceKind: capture.sourceKind,
        till: { storeId: till.storeId, terminalId: till.terminalId },
        documents,
        nowMs: this.options.nowMs(),
      }),
    )
    for (const outcome of outcomes ?? []) metrics.documents.inc({ outcome })
    log.info({ capture: capture.captureId, outcomes }, 'capture read')
    onRecorded()
  }

  /** Holds on to what was read while the disk is full: it must not count as a failed try. */
  private async untilRoom<T>(work: () => Promise<T>): Promise<T | null> {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof StorageFullError)) throw error
        if (this.isStopped) return null
        await this.pause(FULL_PAUSE_MS)
      }
    }
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      try {
        if (await this.step()) continue
      } catch (error) {
        if (!(error instanceof StorageFullError)) this.options.log.error({ err: error }, 'intake')
      }
      if (!this.isStopped) await this.pause(IDLE_MS)
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = (): void => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
