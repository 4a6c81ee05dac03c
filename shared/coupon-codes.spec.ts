import { describe, expect, it } from '@jest/globals'
import { readCouponCode } from './coupon-codes.js'

describe('a code somebody typed', () => {
  it.each([
    ['ABCD1234EF', 'ABCD1234EF'],
    [' abcd-1234 ef ', 'ABCD1234EF'],
    ['ＡＢＣＤ１２３４ｅｆ', 'ABCD1234EF'],
    ['ABCD–1234—EF', 'ABCD1234EF'],
    ['1'.repeat(32), '1'.repeat(32)],
  ])('%j is read as %s', (typed, code) => {
    expect(readCouponCode(typed)).toEqual({ ok: true, code })
  })

  it.each([
    ['ABCD12345', 'short'],
    ['1'.repeat(33), 'long'],
    ['券码ABCD1234EF', 'characters'],
    ['ABCD1234E=', 'characters'],
    ['', 'characters'],
  ])('%j is none: %s', (typed, reason) => {
    expect(readCouponCode(typed)).toEqual({ ok: false, reason })
  })
})
