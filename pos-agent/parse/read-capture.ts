import type { CapturedDocument } from './document.js'
import { parseDbf } from './dbf-reader.js'
import { isDisplayStream, readDisplay } from './display-reader.js'
import { parseCsv } from './csv-reader.js'
import { readCsvColumns } from './csv-columns.js'
import { decodeFile } from './encoding.js'
import { plainLines } from './escpos-layout.js'
import { parseJson } from './json-reader.js'
import { notWhole, readEscPos } from './read-escpos.js'
import { blankDocument, readReceipt } from './receipt-reader.js'

// The one door to the readers: bytes in, documents out, the reader chosen by content. Pure, never
// throws, and bounded: at most CAPTURE_BYTES_MAX bytes are looked at, in linear time.

export type CaptureFormat = 'escpos' | 'text' | 'csv' | 'json' | 'xml' | 'dbf' | 'display' | 'empty'

/** More than any receipt; lists of sales may be larger than a print job. */
export const CAPTURE_BYTES_MAX = 32 * 1_048_576
const PRINT_BYTES_MAX = 8 * 1_048_576
const SNIFF_BYTES = 65_536
const ESC = 0x1b
const GS = 0x1d
/** First bytes of dBase III, FoxPro and Visual FoxPro tables. */
const DBF_VERSIONS = new Set([0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x83, 0x8b, 0xf5])
const DBF_HEADER_BYTES_MIN = 65

/** Reads a captured file or print job into its documents. */
export function readCapture(
  bytes: Uint8Array,
  hint: { fileName?: string } = {},
): CapturedDocument[] {
  const format = captureFormat(bytes, hint)
  switch (format) {
    case 'escpos':
      return bounded(bytes, PRINT_BYTES_MAX, readEscPos)
    case 'csv':
      return bounded(bytes, CAPTURE_BYTES_MAX, (part) => parseCsv(part).documents)
    case 'json':
      return bounded(bytes, CAPTURE_BYTES_MAX, (part) => parseJson(part).documents)
    case 'text':
      return bounded(bytes, PRINT_BYTES_MAX, (part) => readText(part, hint))
    case 'display':
      return readDisplay(bytes)
    case 'dbf':
      return bounded(bytes, CAPTURE_BYTES_MAX, (part) => parseDbf(part).documents)
    case 'xml':
      return [{ ...blankDocument(), kind: 'unreadable' }]
    case 'empty':
      return []
  }
}

function bounded(
  bytes: Uint8Array,
  bytesMax: number,
  read: (part: Uint8Array) => CapturedDocument[],
): CapturedDocument[] {
  if (bytes.length <= bytesMax) return read(bytes)
  return [
    ...read(bytes.subarray(0, bytesMax)),
    notWhole(`only the first ${String(bytesMax)} bytes`),
  ]
}

/** Tells what kind of capture the bytes are; the file name only decides where the bytes do not. */
export function captureFormat(bytes: Uint8Array, hint: { fileName?: string } = {}): CaptureFormat {
  if (bytes.length === 0) return 'empty'
  if (isDbf(bytes)) return 'dbf'
  const head = bytes.subarray(0, SNIFF_BYTES)
  const isUtf16 = head[0] === 0xff && head[1] === 0xfe
  if (!isUtf16 && (head.includes(ESC) || head.includes(GS)))
    return isDisplayStream(head) ? 'display' : 'escpos'
  const start = decodeFile(head).text.replace(/^[\ufeff\s]+/, '')
  if (/^[{[]/.test(start) && isJson(start, bytes.length > head.length)) return 'json'
  if (/^<(?:\?xml|[A-Za-z])/.test(start)) return 'xml'
  if (isTable(start) || /\.(?:csv|tsv)$/i.test(hint.fileName ?? '')) return 'csv'
  return isUtf16 || !head.includes(0) ? 'text' : 'escpos'
}

function isDbf(bytes: Uint8Array): boolean {
  if (bytes.length < DBF_HEADER_BYTES_MIN || !DBF_VERSIONS.has(bytes[0] ?? 0)) return false
  const month = bytes[2] ?? 0
  const day = bytes[3] ?? 0
  const headerBytes = (bytes[8] ?? 0) + (bytes[9] ?? 0) * 256
  const recordBytes = (bytes[10] ?? 0) + (bytes[11] ?? 0) * 256
  return (
    month <= 12 && day <= 31 && headerBytes >= 33 && headerBytes <= bytes.length && recordBytes > 0
  )
}

function isJson(start: string, isCut: boolean): boolean {
  if (isCut) return /^[{[]\s*["{[\]}]/.test(start)
  try {
    JSON.parse(start)
    return true
  } catch {
    return false
  }
}

function isTable(start: string): boolean {
  const rows = start.split(/\r?\n/, 10)
  return rows.some((row) =>
    [',', '\t', ';', '|'].some((delimiter) => readCsvColumns(row.split(delimiter)) !== null),
  )
}

function readText(bytes: Uint8Array, hint: { fileName?: string }): CapturedDocument[] {
  const { text, encoding } = decodeFile(bytes)
  // A file is whole by the time it is read; what a text-only printer queue gives may be cut short.
  const ended = hint.fileName !== undefined
  return text
    .split('\f')
    .filter((page) => page.trim() !== '')
    .map((page) => readReceipt({ lines: plainLines(page), ended, rasterRows: 0, encoding }))
}
