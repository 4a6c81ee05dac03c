import { describe, expect, it } from '@jest/globals'
import { CodeLines } from './code-lines.js'

const FILE = '\ufeff券码,备注\r\n="0012345678",一\r\n\r\n"ABCD1234EF"\n;\nlast;x'

function readIn(parts: readonly Uint8Array[]): [row: number, text: string][] {
  const lines = new CodeLines()
  const read = [...parts.flatMap((part) => lines.take(part)), ...lines.end()]
  return read.map(({ row, text }) => [row, text])
}

describe('the rows of a file of codes', () => {
  it('are the same in chunks of any size', () => {
    const bytes = new TextEncoder().encode(FILE)
    const whole = readIn([bytes])
    expect(whole).toEqual([
      [1, '券码'],
      [2, '0012345678'],
      [4, 'ABCD1234EF'],
      [6, 'last'],
    ])
    for (const size of [1, 2, 3, 7, 13]) {
      const parts = []
      for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size))
      expect(readIn(parts)).toEqual(whole)
    }
  })

  it('keep no more of a row without an end than a row may have', () => {
    const lines = new CodeLines()
    for (let n = 0; n < 1_000; n += 1) lines.take(new TextEncoder().encode('x'.repeat(1_000)))
    const [row] = lines.end()
    expect(row?.text.length).toBeLessThanOrEqual(2_000)
  })

  it('tell what is no text', () => {
    const lines = new CodeLines()
    lines.take(Uint8Array.from([80, 75, 3, 4, 0, 1]))
    expect(lines.isBinary).toBe(true)
  })
})
