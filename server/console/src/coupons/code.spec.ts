import { describe, expect, it } from '@jest/globals'
import { codeWords, readCode } from './code.js'

describe('the code of a coupon', () => {
  it.each([
    ['as it is', '012345678901'],
    ['with spaces', ' 0123 4567 8901 '],
    ['with dashes', '0123-4567-8901'],
    ['in full-width digits', '０１２３４５６７８９０１'],
  ])('is read %s', (_how, typed) => {
    expect(readCode(typed)).toBe('012345678901')
  })

  it.each(['', '12345678901', '1234567890123', '12345678901a'])('is not "%s"', (typed) => {
    expect(readCode(typed)).toBeNull()
  })

  it('is shown in groups that can be read out', () => {
    expect(codeWords('012345678901')).toBe('0123 4567 8901')
  })
})
