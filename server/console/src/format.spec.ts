import { describe, expect, it } from '@jest/globals'
import { fen } from '@huike/shared/quantities'
import { ago, clockTime, count, duration, money, share } from './format.js'

const NOW_MS = 1_800_000_000_000

describe('what the manager reads', () => {
  it('groups money and counts', () => {
    expect(money(fen(999_999_999))).toBe('¥9,999,999.99')
    expect(money(fen(-450))).toBe('-¥4.50')
    expect(count(12_345)).toBe('12,345')
  })

  it('calls the share of nothing nothing', () => {
    expect([share(0, 0), share(1, 3), share(3, 3)]).toEqual(['0%', '33%', '100%'])
  })

  it.each([
    [-5_000, '刚刚'],
    [59_999, '刚刚'],
    [60_000, '1 分钟前'],
    [3_599_999, '59 分钟前'],
    [3_600_000, '1 小时前'],
    [172_800_000, '2 天前'],
  ])('says how long ago %i ms is', (sinceMs, words) => {
    expect(ago(NOW_MS - sinceMs, NOW_MS)).toBe(words)
  })

  it.each([
    [0, '0 秒'],
    [59_999, '59 秒'],
    [60_000, '1 分钟'],
    [3_600_000, '1 小时'],
    [172_800_000, '2 天'],
  ])('says how long %i ms is', (ms, words) => {
    expect(duration(ms)).toBe(words)
  })

  it("tells the time by the store's clock", () => {
    const atMs = Date.UTC(2026, 5, 2, 16, 5)
    expect(clockTime(atMs, 'Asia/Shanghai')).toBe('06-03 00:05')
    expect(clockTime(atMs, 'Asia/Urumqi')).toBe('06-02 22:05')
  })
})
