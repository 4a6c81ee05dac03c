import { describe, expect, it } from '@jest/globals'
import { fen } from '@huike/shared/quantities'
import { clockTime, count, dayAndTime, groupDigits, money, shortNumber } from './format.js'

describe('what the cashier reads', () => {
  it.each([
    [0, '¥0.00'],
    [5, '¥0.05'],
    [99_999, '¥999.99'],
    [100_000, '¥1,000.00'],
    [999_999_999, '¥9,999,999.99'],
    [-450, '-¥4.50'],
  ])('%i fen is %s', (amount, text) => {
    expect(money(fen(amount))).toBe(text)
  })

  it('groups points and digits', () => {
    expect([count(1_234_567), count(-1_000), count(12)]).toEqual(['1,234,567', '-1,000', '12'])
    expect(groupDigits('13812345678')).toBe('138 1234 5678')
    expect(groupDigits('138')).toBe('138')
    expect(groupDigits('6800001')).toBe('6800 001')
    expect(groupDigits('')).toBe('')
  })

  it('names the day only when it is not today', () => {
    const at = new Date(2026, 5, 3, 14, 2).getTime()
    expect(dayAndTime(at, at + 60_000, null)).toBe('14:02')
    expect(dayAndTime(at, at + 86_400_000, null)).toBe('6月3日 14:02')
  })

  it("shows the store's time on a machine that is set to another zone", () => {
    const at = Date.UTC(2026, 5, 2, 16, 5)
    expect(clockTime(at, 'Asia/Shanghai')).toBe('00:05')
    expect(dayAndTime(at, at + 86_400_000, 'Asia/Shanghai')).toBe('6月3日 00:05')
    expect(dayAndTime(at, at - 600_000, 'Asia/Shanghai')).toBe('6月3日 00:05')
    expect(clockTime(at, 'Asia/Urumqi')).toBe('22:05')
  })

  it.each([
    ['2026060300000005', '2026060300000005'],
    ['12026060300000005', '…026060300000005'],
  ])('receipt number %s as %s', (text, shown) => {
    expect(shortNumber(text)).toBe(shown)
  })
})
