import { expect, it } from '@jest/globals'
import { quantityOf, signed } from './words.js'

it('writes quantities without noughts and points with their sign', () => {
  expect([1_000, 1_500, 250, 12_000].map(quantityOf)).toEqual(['1', '1.5', '0.25', '12'])
  expect([1_200, -30, 0].map(signed)).toEqual(['+1,200', '-30', '0'])
})
