import { captureFormat, readCapture } from '../parse/read-capture.js'
import { surrogateText } from '../parse/receipt-text.js'
import { parseCsv } from '../parse/csv-reader.js'
import type { CapturedDocument } from '../parse/document.js'
import type { ReadResult } from './parse-runner.js'

/** Reads one capture: its documents, and the rows that could not be read. Never throws. */
export function readDocuments(bytes: Uint8Array, fileName: string | null): ReadResult {
  try {
    const hint = fileName === null ? {} : { fileName }
    if (captureFormat(bytes, hint) === 'csv') {
      const { documents, quarantined } = parseCsv(bytes)
      return { ok: true, documents: documents.map(withText), quarantined }
    }
    return { ok: true, documents: readCapture(bytes, hint).map(withText), quarantined: [] }
  } catch (error) {
    return { ok: false, reason: `cannot be read: ${(error as Error).message}` }
  }
}

function withText(document: CapturedDocument): {
  document: CapturedDocument
  surrogateText: string
} {
  return { document, surrogateText: surrogateText(document) }
}
