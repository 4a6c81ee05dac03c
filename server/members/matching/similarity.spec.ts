import { describe, expect, it } from '@jest/globals'
import { isOneSlip, isWithin, jaroWinkler } from './similarity.js'

describe('how alike two texts are', () => {
  // The first three stand in Winkler's own papers.
  it.each([
    ['martha', 'marhta', 0.961],
    ['dixon', 'dicksonx', 0.813],
    ['dwayne', 'duane', 0.84],
    ['same', 'same', 1],
    ['abc', 'xyz', 0],
    ['', 'abc', 0],
  ])('%s and %s: %d', (a, b, expected) => {
    expect(jaroWinkler(a, b)).toBeCloseTo(expected, 3)
    expect(jaroWinkler(b, a)).toBeCloseTo(expected, 3)
  })

  it.each([
    ['13812345678', '13812345679', true, 'a digit changed'],
    ['13812345678', '13821345678', true, 'two neighbours swapped'],
    ['13812345678', '1381234567', true, 'a digit left out'],
    ['13812345678', '138123456788', true, 'a digit put in'],
    ['13812345678', '13812345678', false, 'nothing'],
    ['13812345678', '13812345687', true, 'the last two swapped'],
    ['13812345678', '18312345687', false, 'two swaps'],
    ['13812345678', '13712345679', false, 'two digits changed'],
    ['13812345678', '138123456', false, 'two digits left out'],
    ['12', '21', true, 'all there is, swapped'],
  ])('%s → %s is one slip: %s (%s)', (a, b, expected) => {
    expect(isOneSlip(a, b)).toBe(expected)
    expect(isOneSlip(b, a)).toBe(expected)
  })

  it('finds characters in their order', () => {
    expect(isWithin('陈敏', '陈敏雨')).toBe(true)
    expect(isWithin('陈雨', '陈敏雨')).toBe(true)
    expect(isWithin('雨陈', '陈敏雨')).toBe(false)
  })
})
