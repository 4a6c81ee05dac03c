import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  epochMs,
  fen,
  fenFromYuan,
  FEN_MAX,
  formatFen,
  formatWhole,
  formatYuan,
  mulDivFloor,
  points,
  QuantityError,
} from './quantities.js'

describe('an amount in yuan as tills print it', () => {
  it.each([
    ['0', 0],
    ['0.00', 0],
    ['-0', 0],
    ['-0.00', 0],
    ['21.32', 2_132],
    ['21.3', 2_130],
    ['21', 2_100],
    ['+21.32', 2_132],
    ['-4.5', -450],
    ['-0.01', -1],
    ['0.1', 10],
    ['0.29', 29],
    ['1.15', 115],
    ['1,234.50', 123_450],
    ['12,345,678.90', 1_234_567_890],
    ['-1,000', -100_000],
    [' 8.80 ', 880],
    ['007', 700],
    ['999999999.99', 99_999_999_999],
  ])('%j is %i fen', (text, expected) => {
    const read = fenFromYuan(text)
    expect(read).toBe(expected)
    expect(Object.is(read, -0)).toBe(false)
  })

  it.each([
    ...['', ' ', '.', '-', '+', '.5', '5.', '1.234', '1..2', '1.2.3', '--1', '+-1', '1-', '1e3'],
    ...['0x10', 'NaN', 'Infinity', '¥1.00', '1.00元', '1 000', '1,00', '1,0000', ',100', '12,34.5'],
    ...['1234,567', '1,234,56', '9999999999', '１２', '1.-5', '1,234.567', '1\n.5'],
  ])('%j is none', (text) => {
    expect(fenFromYuan(text)).toBeNull()
  })

  it('reads back whatever was formatted', () => {
    fc.assert(
      fc.property(fc.integer({ min: -FEN_MAX, max: FEN_MAX }), (amount) => {
        expect(fenFromYuan(formatYuan(fen(amount)))).toBe(amount)
      }),
    )
  })
})

describe('an amount as people read it', () => {
  it.each([
    [0, '¥0.00', '0.00'],
    [1, '¥0.01', '0.01'],
    [10, '¥0.10', '0.10'],
    [2_132, '¥21.32', '21.32'],
    [-450, '-¥4.50', '-4.50'],
    [-1, '-¥0.01', '-0.01'],
    [FEN_MAX, '¥100000000.00', '100000000.00'],
  ])('%i fen is %s', (amount, withSign, bare) => {
    expect(formatFen(fen(amount))).toBe(withSign)
    expect(formatYuan(fen(amount))).toBe(bare)
  })
})

describe('a whole number as people read it', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [12_864, '12,864'],
    [-1_234_567, '-1,234,567'],
  ])('%i is %s', (value, words) => {
    expect(formatWhole(value)).toBe(words)
  })
})

describe('a quantity', () => {
  it.each([0.5, NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 53), 1e300])('is never %p', (value) => {
    expect(() => fen(value)).toThrow(QuantityError)
    expect(() => points(value)).toThrow(QuantityError)
    expect(() => epochMs(value)).toThrow(QuantityError)
  })

  it('is never an instant before 1970', () => {
    expect(epochMs(0)).toBe(0)
    expect(() => epochMs(-1)).toThrow(QuantityError)
  })
})

describe('scaling', () => {
  const natural = fc.maxSafeNat()

  it('gives what exact arithmetic gives, or says that it does not fit', () => {
    fc.assert(
      fc.property(
        natural,
        natural,
        natural.filter((c) => c > 0),
        (a, b, c) => {
          const exact = (BigInt(a) * BigInt(b)) / BigInt(c)
          if (exact > BigInt(Number.MAX_SAFE_INTEGER))
            expect(() => mulDivFloor(a, b, c)).toThrow(QuantityError)
          else expect(BigInt(mulDivFloor(a, b, c))).toBe(exact)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('is exact where the product just passes what a number holds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2 ** 26, max: 2 ** 27 }),
        fc.integer({ min: 2 ** 26, max: 2 ** 27 }),
        fc.integer({ min: 3, max: 1_000 }),
        (a, b, c) => {
          expect(BigInt(mulDivFloor(a, b, c))).toBe((BigInt(a) * BigInt(b)) / BigInt(c))
        },
      ),
    )
  })

  it.each([
    [1, 1, 0],
    [-1, 1, 1],
    [1, -1, 1],
    [1, 1, -1],
    [0.5, 1, 1],
    [1, NaN, 1],
    [2 ** 53, 1, 1],
  ])('refuses %p × %p ÷ %p', (a, b, c) => {
    expect(() => mulDivFloor(a, b, c)).toThrow(QuantityError)
  })
})
