import { describe, expect, it } from '@jest/globals'
import { axisMoney } from './axis.js'

describe('money beside an axis', () => {
  it.each([
    [0, '¥0'],
    [80_000, '¥800'],
    [999_900, '¥9,999'],
    [1_000_000, '¥1万'],
    [1_250_000, '¥1.3万'],
    [999_999_900, '¥1000万'],
  ])('writes %i fen as %s', (fen, words) => {
    expect(axisMoney(fen)).toBe(words)
  })
})
