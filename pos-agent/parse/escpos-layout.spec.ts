import { describe, it, expect } from '@jest/globals'
import { layOutEscPos } from './escpos-layout.js'
import { encodeGb18030 } from './gb18030.js'
import { readEscPos } from './read-escpos.js'

const LF = [0x0a]
const CUT = [0x1d, 0x56, 0x00]
const INITIALISE = [0x1b, 0x40]
const gb = (text: string): number[] => [...encodeGb18030(text)]
const at = (dots: number): number[] => [0x1b, 0x24, dots % 256, Math.floor(dots / 256)]
const jobs = (...parts: number[][]): ReturnType<typeof layOutEscPos> =>
  layOutEscPos(Uint8Array.from(parts.flat()))
const texts = (...parts: number[][]): string[][] =>
  jobs(...parts).map(({ lines }) => lines.map(({ text }) => text))

describe('the paper a print job makes', () => {
  it('keeps columns set in dots, also when they are sent out of order', () => {
    const line = [...at(240), ...gb('4.00'), ...at(0), ...gb('可乐'), ...at(144), ...gb('2'), ...LF]
    expect(texts(line, CUT)).toEqual([['可乐        2       4.00']])
  })

  it('counts two columns for a Chinese character whatever the encoding', () => {
    const utf8 = [...new TextEncoder().encode('可乐汽水')]
    expect(texts(utf8, at(120), gb('5.00'), LF, CUT)).toEqual([['可乐汽水  5.00']])
  })

  it('moves to tab stops', () => {
    const stops = [0x1b, 0x44, 10, 20, 0]
    expect(texts(stops, gb('a\tb\tc'), LF, CUT)).toEqual([['a         b         c']])
  })

  it.each([
    ['the parameter of ESC ! may look like text', [0x1b, 0x21, 0x28]],
    ['GS ( carries a length', [0x1d, 0x28, 0x4c, 3, 0, 0x41, 0x42, 0x43]],
    ['GS 8 L carries a long length', [0x1d, 0x38, 0x4c, 2, 0, 0, 0, 0x41, 0x42]],
    ['GS v 0 is a picture', [0x1d, 0x76, 0x30, 0, 1, 0, 2, 0, 0x41, 0x42]],
    ['ESC * is a picture in columns', [0x1b, 0x2a, 33, 1, 0, 0x41, 0x42, 0x43]],
    ['GS k ends at a NUL', [0x1d, 0x6b, 4, 0x31, 0x32, 0x33, 0]],
    ['GS k may carry its length', [0x1d, 0x6b, 73, 3, 0x41, 0x42, 0x43]],
    ['GS k of Chinese printers is a QR code', [0x1d, 0x6b, 97, 4, 2, 2, 0, 0x41, 0x42]],
    ['ESC & defines characters', [0x1b, 0x26, 3, 0x41, 0x41, 1, 0x41, 0x42, 0x43]],
    ['DLE EOT asks for the status', [0x10, 0x04, 1]],
    ['ESC p opens the drawer', [0x1b, 0x70, 0, 0x3c, 0x78]],
    ['FS & and FS . switch Chinese on and off', [0x1c, 0x2e, 0x1c, 0x26]],
    ['ESC $ takes printable digits', [0x1b, 0x24, 0x30, 0x00]],
    ['the file marks of FS p', [0x1c, 0x70, 1, 0]],
  ])('skips commands by their length: %s', (_title, command) => {
    const line = texts(gb('合计'), command, gb('1.00'), LF, CUT)[0]?.[0] ?? ''
    expect(line.replace(/\s+/g, '')).toBe('合计1.00')
  })

  it('takes the second byte of a character before looking for commands', () => {
    // 乗 is 81 5B, and 0x5B would be a bracket; 4-byte characters hold digits.
    expect(texts(gb('乗𠮷1'), LF, CUT)).toEqual([['乗𠮷1']])
  })

  it('drops what a misaligned rule turns into, and other invisible characters', () => {
    const misaligned = Array.from({ length: 12 }, () => [0xaa, 0xa1]).flat()
    expect(texts(misaligned, gb('单号'), [0x00], gb('1'), LF, CUT)).toEqual([['单号1']])
  })

  it('reads single bytes as such once Chinese is switched off', () => {
    expect(texts([0x1c, 0x2e], [0xa3, 0x31, 0x32, 0x2e, 0x30, 0x30], LF, CUT)).toEqual([['£12.00']])
  })

  it.each([
    ['GS V 0', [0x1d, 0x56, 0]],
    ['GS V 66 n', [0x1d, 0x56, 66, 3]],
    ['ESC i', [0x1b, 0x69]],
    ['ESC m', [0x1b, 0x6d]],
    ['a form feed', [0x0c]],
  ])('ends a job at %s', (_name, cut) => {
    expect(texts(gb('a'), LF, cut, gb('b'), LF, cut)).toEqual([['a'], ['b']])
  })

  it('takes paper fed before a new start as torn off, and a new start alone as a style reset', () => {
    const feed = [0x1b, 0x64, 5]
    expect(texts(gb('a'), LF, feed, INITIALISE, gb('b'), LF)).toHaveLength(2)
    expect(texts(gb('a'), LF, INITIALISE, gb('b'), LF)).toEqual([['a', 'b']])
  })

  it('knows whether the paper was seen to end', () => {
    expect(jobs(gb('a'), LF).map(({ ended }) => ended)).toEqual([false])
    expect(jobs(gb('a'), LF, CUT).map(({ ended }) => ended)).toEqual([true])
    expect(jobs(gb('a'), LF, [0x1b, 0x70, 0, 1, 1]).map(({ ended }) => ended)).toEqual([true])
  })

  it('keeps text that was never printed apart', () => {
    expect(jobs(gb('a'), LF, gb('b'))).toMatchObject([{ unprinted: 'b', lines: [{ text: 'a' }] }])
  })

  it('ends lines at carriage returns where the till sends nothing else', () => {
    expect(texts(gb('a\rb\r'), CUT)).toEqual([['a', 'b']])
    expect(texts(gb('a\r\nb\r\n'), CUT)).toEqual([['a', 'b']])
  })

  it.each([
    ['GB18030 without FS &', gb('合计:1.00'), 'gb18030'],
    ['UTF-8 with three characters', [...new TextEncoder().encode('合计金')], 'utf-8'],
    ['two valid sequences prove nothing', gb('一一'), 'gb18030'],
    ['ASCII', gb('TOTAL 1.00'), 'gb18030'],
  ])('tells the encoding from the bytes: %s', (_name, bytes, encoding) => {
    expect(jobs(bytes, LF, CUT)).toMatchObject([{ encoding }])
  })

  it('knows Big5 by the words of a receipt', () => {
    const big5 = [
      0xa6, 0x58, 0xad, 0x70, 0x3a, 0x31, 0x2e, 0x30, 0x30, 0x0a, 0xb3, 0xe6, 0xb8, 0xb9,
    ]
    expect(jobs(big5, LF, CUT)).toMatchObject([
      { encoding: 'big5', lines: [{ text: '合計:1.00' }, {}] },
    ])
  })
})

describe('a till that prints pictures', () => {
  const picture = [0x1d, 0x76, 0x30, 0, 1, 0, 200, 0, ...Array.from({ length: 200 }, () => 0x55)]

  it('gives documents nobody can read, one for each receipt', () => {
    const stream = Uint8Array.from([...picture, ...CUT, ...picture, ...CUT])
    expect(readEscPos(stream).map(({ kind, confidence }) => [kind, confidence])).toEqual([
      ['unreadable', 0],
      ['unreadable', 0],
    ])
  })

  it('and a logo above text is only a logo', () => {
    const stream = Uint8Array.from([...picture, ...gb('Hello\n'), ...CUT])
    expect(readEscPos(stream).map(({ kind }) => kind)).toEqual(['non_receipt'])
  })
})
