import type { CsvReading } from './csv-reader.js'
import { readTable } from './csv-reader.js'

// dBase and FoxPro tables, as old tills keep their sales. Deleted records are skipped, the number
// of records is bounded by the size of the file (the header may run ahead of it), and text is cut
// by bytes, so that a name may end in half a character. Layout: dBase III+ and Visual FoxPro.

const FIELDS_START = 32
const FIELD_BYTES = 32
const FIELDS_END = 0x0d
const FIELDS_MAX = 255
const RECORDS_MAX = 100_000
const DELETED = 0x2a
/** The language driver byte of the header → the encoding; Chinese tills often leave it 0. */
const ENCODINGS = new Map([
  [0x4d, 'gb18030'],
  [0x7a, 'gb18030'],
  [0x4f, 'big5'],
  [0x78, 'big5'],
  [0xc9, 'windows-1251'],
  [0x03, 'windows-1252'],
])

interface DbfField {
  name: string
  type: string
  start: number
  length: number
}

/** Reads the sales of a DBF table. Row numbers count the live records from 1. */
export function parseDbf(bytes: Uint8Array): Omit<CsvReading, 'encoding'> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const fields = readFields(bytes)
  const headerBytes = view.getUint16(8, true)
  const recordBytes = view.getUint16(10, true)
  const present = recordBytes > 0 ? Math.floor((bytes.length - headerBytes) / recordBytes) : 0
  const count = Math.max(0, Math.min(view.getUint32(4, true), present, RECORDS_MAX))
  const decoder = new TextDecoder(ENCODINGS.get(bytes[29] ?? 0) ?? 'gb18030')
  const rows: string[][] = [fields.map(({ name }) => name)]
  for (let index = 0; index < count; index++) {
    const at = headerBytes + index * recordBytes
    if (bytes[at] === DELETED) continue
    rows.push(fields.map((field) => cellOf(view, at, field, decoder)))
  }
  return readTable(rows, 'dbf')
}

function readFields(bytes: Uint8Array): DbfField[] {
  const fields: DbfField[] = []
  let start = 1
  for (let at = FIELDS_START; at + FIELD_BYTES <= bytes.length; at += FIELD_BYTES) {
    if (bytes[at] === FIELDS_END || fields.length >= FIELDS_MAX) break
    const name = new TextDecoder('gb18030').decode(bytes.subarray(at, at + 11)).split('\0')[0] ?? ''
    const length = bytes[at + 16] ?? 0
    fields.push({
      name: name.trim(),
      type: String.fromCharCode(bytes[at + 11] ?? 0),
      start,
      length,
    })
    start += length
  }
  return fields
}

function cellOf(
  view: DataView,
  record: number,
  field: DbfField,
  decoder: InstanceType<typeof TextDecoder>,
): string {
  const at = record + field.start
  if (at + field.length > view.byteLength) return ''
  if (field.type === 'I' && field.length === 4) return String(view.getInt32(at, true))
  if (field.type === 'Y' && field.length === 8)
    return (Number(view.getBigInt64(at, true)) / 10_000).toString()
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, field.length)
  return decoder
    .decode(bytes)
    .replace(/[\0\ufffd]/g, '')
    .trim()
}
