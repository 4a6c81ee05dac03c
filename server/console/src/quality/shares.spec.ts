import { describe, expect, it } from '@jest/globals'
import { percentOf, percentOfThreshold, thresholdOf } from './shares.js'

describe('shares in words', () => {
  it.each([
    [0, 0, '0%'],
    [0, 10, '0%'],
    [10, 10, '100%'],
    [1, 3, '33.33%'],
    [99_999, 100_000, '99.99%'],
    [1, 1_000_000, '<0.01%'],
    [39, 40, '97.5%'],
  ])('%i of %i', (part, whole, words) => {
    expect(percentOf(part, whole)).toBe(words)
  })

  it('reads thresholds as they are shown', () => {
    for (const threshold of [0, 5, 50, 3_333, 9_750, 10_000])
      expect(thresholdOf(percentOfThreshold(threshold).slice(0, -1))).toBe(threshold)
    expect(thresholdOf(' ')).toBeNull()
    for (const wrong of ['x', '-1', '100.01']) expect(thresholdOf(wrong)).toBeNaN()
  })
})
