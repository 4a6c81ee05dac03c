import { describe, expect, it } from '@jest/globals'
import { code128Modules } from './code-128.js'
import { barcodeImage, qrImage, sharpWidthPx } from './code-image.js'

const START_C = '11010011100'
const STOP = '1100011101011'

describe('a Code 128 barcode', () => {
  it('starts, ends and checks as the standard says', () => {
    const bars = code128Modules('00').map(Number).join('')
    // Pair 00 is value 0; the check is (105 + 0 × 1) mod 103 = 2.
    expect(bars).toBe([START_C, '11011001100', '11001100110', STOP].join(''))
  })

  it('has 156 modules for a member code: 11 pairs, start, check and stop', () => {
    expect(code128Modules('6800001234567453217434')).toHaveLength(11 * 13 + 13)
  })

  it('gives every pair of digits its own pattern of eleven modules', () => {
    const patterns = Array.from({ length: 100 }, (_, pair) =>
      code128Modules(String(pair).padStart(2, '0')).slice(11, 22).map(Number).join(''),
    )
    expect(new Set(patterns).size).toBe(100)
    // Each symbol has an even number of dark modules: that is how a scanner finds a bad one.
    for (const pattern of patterns) expect(pattern.replaceAll('0', '').length % 2).toBe(0)
  })

  it('refuses an odd number of digits', () => {
    expect(() => code128Modules('123')).toThrow(RangeError)
  })
})

describe('the picture of a code', () => {
  it('keeps the quiet zones scanners need', () => {
    expect(barcodeImage('6800001234567453217434').widthModules).toBe(10 + 156 + 10)
    expect(qrImage('6800001234567453217434').widthModules).toBe(4 + 21 + 4)
  })

  it('is a short address without characters that break an inline style', () => {
    for (const { uri } of [
      barcodeImage('6800001234567453217434'),
      qrImage('6800001234567453217434'),
    ]) {
      expect(uri).toMatch(/^data:image\/svg\+xml,[^"<># ]+$/)
      expect(uri.length).toBeLessThan(2_500)
    }
  })

  it.each([
    [359, 2, 352],
    [359, 3, 352],
    [344, 3, (5 * 176) / 3],
    [304, 2, 264],
  ])('is as wide as %p px allow at pixel ratio %p with whole device pixels', (px, ratio, width) => {
    expect(sharpWidthPx(176, px, ratio)).toBeCloseTo(width)
  })
})
