import { describe, expect, it } from '@jest/globals'
import { fen } from '@huike/shared/quantities'
import { count, dayAndTime, groupDigits, money } from './format.js'

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
    expect(dayAndTime(at, at + 60_000)).toBe('14:02')
    expect(dayAndTime(at, at + 86_400_000)).toBe('6月3日 14:02')
  })
})
