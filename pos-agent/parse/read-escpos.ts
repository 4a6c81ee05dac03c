import type { CapturedDocument } from './document.js'
import { layOutEscPos, type PrintJob } from './escpos-layout.js'
import { blankDocument, pageOf, readReceipt, RASTER_ROWS_MIN } from './receipt-reader.js'

// A stream of print jobs into documents, one per job.

const JOBS_MAX = 5_000
const RESTARTS_MAX = 50
const OTHER_KIND_CONFIDENCE = 0.95

/** Reads every job of an ESC/POS capture. Neighbouring jobs that are no receipts are one document. */
export function readEscPos(bytes: Uint8Array): CapturedDocument[] {
  const jobs = layOutEscPos(bytes, JOBS_MAX + 1)
  const documents: CapturedDocument[] = []
  for (const job of jobs.slice(0, JOBS_MAX)) {
    const printed = job.lines.some(({ text }) => text.trim() !== '')
    if (printed) documents.push(...readJob(job))
    else if (job.rasterRows >= RASTER_ROWS_MIN) documents.push(readReceipt(pageOf(job)))
    if (job.unprinted !== null) documents.push(unprinted(job.unprinted))
  }
  const kept = withoutRepeats(documents)
  return jobs.length > JOBS_MAX
    ? [...kept, notWhole(`only the first ${String(JOBS_MAX)} jobs`)]
    : kept
}

/**
 * One job is one document, unless the till starts anew without a cut and what stands before and
 * behind that start are receipts of their own. Most new starts only reset the style.
 */
function readJob(job: PrintJob): CapturedDocument[] {
  const whole = readReceipt(pageOf(job))
  if (job.restarts.length === 0 || job.restarts.length > RESTARTS_MAX) return [whole]
  const documents: CapturedDocument[] = []
  let from = 0
  for (const restart of job.restarts) {
    const before = readReceipt({ ...pageOf(job), lines: job.lines.slice(from, restart) })
    const behind = readReceipt({ ...pageOf(job), lines: job.lines.slice(restart) })
    if (!isReceipt(before) || !isReceipt(behind)) continue
    documents.push(before)
    from = restart
  }
  if (from === 0) return [whole]
  return [...documents, readReceipt({ ...pageOf(job), lines: job.lines.slice(from) })]
}

function isReceipt({ totalFen, receiptNo, printedAt }: CapturedDocument): boolean {
  return totalFen !== null && (receiptNo !== null || printedAt !== null)
}

/** What lies beyond a bound is not dropped in silence: a last document says so. */
export function notWhole(detail: string): CapturedDocument {
  const checks = [{ name: 'the whole capture was read', ok: false, detail }]
  return { ...blankDocument(), kind: 'unreadable', checks }
}

function unprinted(text: string): CapturedDocument {
  return { ...blankDocument(), text, confidence: OTHER_KIND_CONFIDENCE }
}

/**
 * A page of pictures between pages of plain text is part of a demonstration; where the till never
 * prints text, every picture may be a receipt and is kept.
 */
function withoutRepeats(documents: readonly CapturedDocument[]): CapturedDocument[] {
  const kept: CapturedDocument[] = []
  for (const document of documents) {
    const last = kept.at(-1)
    const isSilent = document.kind === 'non_receipt' || document.kind === 'unreadable'
    if (last?.kind === 'non_receipt' && isSilent) {
      const text = [last.text, document.text].filter((part) => part !== '').join('\n')
      kept[kept.length - 1] = { ...last, text }
    } else kept.push(document)
  }
  return kept
}
