import { Worker } from 'node:worker_threads'
import type { QuarantinedRow } from '../store/types.js'
import type { ReadDocument } from './normalise.js'

// Reading happens in a thread of its own, with a time limit and a memory limit: whatever bytes a
// till produces, the agent goes on.

const READ_MS_MAX = 2_000
/** Large files get more time. */
const READ_MS_PER_KILOBYTE = 2
const HEAP_MEGABYTES_MAX = 256

export type ReadResult =
  | { ok: true; documents: ReadDocument[]; quarantined: QuarantinedRow[] }
  | { ok: false; reason: string }

export interface ParseRunner {
  read(bytes: Uint8Array, fileName: string | null): Promise<ReadResult>
  close(): Promise<void>
}

/** Reads in a worker thread; a reading that throws, hangs or runs out of memory is an answer. */
export class ParseThread implements ParseRunner {
  private worker: Worker | null = null

  async read(bytes: Uint8Array, fileName: string | null): Promise<ReadResult> {
    const worker = (this.worker ??= this.spawn())
    const limitMs = READ_MS_MAX + (bytes.length / 1_024) * READ_MS_PER_KILOBYTE
    const result = await askWorker(worker, { bytes, fileName }, limitMs)
    if (result === null || !result.ok) await this.close()
    return result ?? { ok: false, reason: `not read within ${String(Math.round(limitMs))} ms` }
  }

  async close(): Promise<void> {
    const { worker } = this
    this.worker = null
    await worker?.terminate()
  }

  private spawn(): Worker {
    const worker = new Worker(new URL('./parse.worker.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES_MAX },
    })
    worker.unref()
    // Between two questions nobody listens; an error then must not end the agent.
    worker.on('error', () => undefined)
    return worker
  }
}

/** One question, one answer; null when the time is up. */
function askWorker(worker: Worker, question: unknown, limitMs: number): Promise<ReadResult | null> {
  return new Promise((resolve) => {
    const finish = (result: ReadResult | null): void => {
      clearTimeout(timer)
      worker.off('message', finish).off('error', onError).off('exit', onExit)
      resolve(result)
    }
    const onError = (error: Error): void => {
      finish({ ok: false, reason: `the reader failed: ${error.message}` })
    }
    const onExit = (code: number): void => {
      finish({ ok: false, reason: `the reader ended with ${String(code)}` })
    }
    const timer = setTimeout(finish, limitMs, null)
    worker.on('message', finish).on('error', onError).on('exit', onExit)
    worker.postMessage(question)
  })
}
