import { describe, expect, it } from '@jest/globals'
import { EscposWriter, fitColumns, roundLogo, textColumns } from './escpos-writer.js'

const written = (fill: (paper: EscposWriter) => EscposWriter) =>
  Buffer.from(fill(new EscposWriter(32)).bytes()).toString('latin1')

describe('the ESC/POS writer', () => {
  it.each<[string, (paper: EscposWriter) => EscposWriter, string]>([
    ['init', (paper) => paper.init(), '\x1b@\x1c&'],
    ['centre', (paper) => paper.align('center'), '\x1ba\x01'],
    ['double size', (paper) => paper.big(true), '\x1d!\x11'],
    ['feed', (paper) => paper.feed(3), '\x1bd\x03'],
    ['cut', (paper) => paper.cut(), '\x1dVB\x00'],
    ['drawer', (paper) => paper.kickDrawer(), '\x1bp\x00\x19\xfa'],
    ['GB18030 text', (paper) => paper.line('合计'), '\xba\xcf\xbc\xc6\n'],
    ['a rule', (paper) => paper.rule(), `${'-'.repeat(32)}\n`],
    ['a pair', (paper) => paper.pair('sum', '1.00'), `sum${' '.repeat(25)}1.00\n`],
    [
      'positions',
      (paper) =>
        paper.positionedRow({ text: 'a', column: 0 }, { text: '9', column: 32, align: 'right' }),
      '\x1b$\x00\x00a\x1b$\x74\x019\n',
    ],
    [
      'a raster',
      (paper) => paper.raster(1, Uint8Array.of(1, 2)),
      '\x1dv0\x00\x01\x00\x02\x00\x01\x02',
    ],
  ])('writes %s', (_name, fill, expected) => {
    expect(written(fill)).toBe(expected)
  })

  it('pads by what a character takes on paper, and keeps cells apart', () => {
    expect(textColumns('可乐330ml')).toBe(9)
    expect(fitColumns('可乐330ml', 3)).toBe('可')
    const row = written((paper) =>
      paper.row(
        { text: 'a much too long name', column: 0 },
        { text: '1', column: 5, align: 'right' },
      ),
    )
    expect(row).toBe('a much too long name 1\n')
  })

  it('draws a round sign whose rows are whole bytes', () => {
    const { widthBytes, rows } = roundLogo(16)
    expect([widthBytes, rows.length]).toEqual([2, 32])
    expect(rows.some((byte) => byte !== 0)).toBe(true)
    const dots = (y: number) => ((rows[y * 2] ?? 0) << 8) | (rows[y * 2 + 1] ?? 0)
    for (let y = 0; y < 8; y += 1) expect(dots(y)).toBe(dots(15 - y))
    expect(dots(7).toString(2).padStart(16, '0')).toMatch(/^01+0+1+0+1+0$/)
  })
})
