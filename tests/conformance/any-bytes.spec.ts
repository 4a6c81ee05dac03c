import { describe, it, expect } from '@jest/globals'
import fc from 'fast-check'
import { CONFIDENCE_SURE } from '../../pos-agent/parse/document.js'
import { encodeGb18030 } from '../../pos-agent/parse/gb18030.js'
import { parseCsv } from '../../pos-agent/parse/csv-reader.js'
import { tokenizeEscPos } from '../../pos-agent/parse/escpos-tokens.js'
import { parseJson } from '../../pos-agent/parse/json-reader.js'
import { readCapture } from '../../pos-agent/parse/read-capture.js'
import { LAYOUTS } from './receipt-layouts.js'

// Whatever arrives is read: no bytes throw, hang or turn a receipt that was cut short into a
// confident wrong total.

const RUNS = 300
const BYTES_MAX = 3_000
const LARGE_BYTES = 2 * 1_048_576
/** About one second on an idle machine; quadratic work would take minutes. */
const LARGE_MS_MAX = 20_000

const commandByte = fc.constantFrom(
  0x00,
  0x0a,
  0x0d,
  0x10,
  0x1b,
  0x1c,
  0x1d,
  0x28,
  0x2a,
  0x38,
  0x4c,
  0x56,
)
const anyByte = fc.oneof(commandByte, fc.integer({ min: 0, max: 255 }))
const anyBytes = fc.array(anyByte, { maxLength: BYTES_MAX }).map((bytes) => Uint8Array.from(bytes))
const asJob = (text: string): Uint8Array =>
  Uint8Array.from([
    0x1b,
    0x40,
    ...encodeGb18030(`${text.replace(/^\n/, '')}\n\n\n\n`),
    0x1d,
    0x56,
    0,
  ])

describe('any bytes', () => {
  it('never make the readers throw', () => {
    const reads = fc.property(anyBytes, (bytes) => {
      expect(Array.isArray(readCapture(bytes))).toBe(true)
      expect(Array.isArray(parseCsv(bytes).documents)).toBe(true)
      expect(Array.isArray(parseJson(bytes).documents)).toBe(true)
    })
    fc.assert(reads, { numRuns: RUNS })
  })

  it('keep every text token inside the input and in order', () => {
    const ordered = fc.property(anyBytes, (bytes) => {
      let at = 0
      for (const token of tokenizeEscPos(bytes)) {
        if (token.kind !== 'text') continue
        expect(token.start).toBeGreaterThanOrEqual(at)
        expect(token.end).toBeGreaterThan(token.start)
        at = token.end
      }
      expect(at).toBeLessThanOrEqual(bytes.length)
    })
    fc.assert(ordered, { numRuns: RUNS })
  })

  it.each([
    ['command starts', [0x1b]],
    ['group commands', [0x1d, 0x28]],
    ['characters', [0xb0, 0xa1]],
    ['digits', [0x31]],
    ['amounts', [...encodeGb18030('合计: 12.50  ')]],
    ['short lines', [...encodeGb18030('可乐 2 3.00 6.00\n')]],
    ['cuts', [0x41, 0x0a, 0x1d, 0x56, 0x00]],
    ['quotes', [0x22, 0x2c, 0x0a]],
  ])('are read in linear time: two megabytes of %s', (_name, pattern) => {
    const bytes = new Uint8Array(LARGE_BYTES)
    for (let at = 0; at < bytes.length; at++) bytes[at] = pattern[at % pattern.length] ?? 0
    const started = performance.now()
    readCapture(bytes)
    expect(performance.now() - started).toBeLessThan(LARGE_MS_MAX)
  })

  it('between two jobs do not change how the second is read', () => {
    const sale = LAYOUTS[0]?.text ?? ''
    const alone = readCapture(asJob(sale))
    const text = fc.array(fc.integer({ min: 0x20, max: 0x7e }), { maxLength: 80 })
    const holds = fc.property(text, (noise) => {
      const job = Uint8Array.from([...noise, 0x0a, 0x1d, 0x56, 0x00, ...asJob(sale)])
      expect(readCapture(job).at(-1)).toEqual(alone[0])
    })
    fc.assert(holds, { numRuns: 50 })
  })
})

describe('a receipt cut short', () => {
  const sales = LAYOUTS.filter(({ kind, sure }) => kind === 'sale' && sure)

  it.each(sales)('is never a confident wrong total: $title', ({ text, totalFen }) => {
    const bytes = asJob(text)
    const wrong: unknown[] = []
    for (let length = 0; length < bytes.length - 3; length++) {
      for (const document of readCapture(bytes.subarray(0, length))) {
        const isSure = document.kind === 'sale' && document.confidence >= CONFIDENCE_SURE
        if (isSure && document.totalFen !== totalFen) wrong.push([length, document.totalFen])
      }
    }
    expect(wrong).toEqual([])
  })
})
