import { describe, expect, it } from '@jest/globals'
import { localDate, SystemClock } from './clock.js'

describe('the calendar day of an instant', () => {
  it.each([
    ['2026-03-02T15:59:59.999Z', 'Asia/Shanghai', '2026-03-02'],
    ['2026-03-02T16:00:00.000Z', 'Asia/Shanghai', '2026-03-03'],
    ['2026-02-28T16:00:00.000Z', 'Asia/Shanghai', '2026-03-01'],
    ['2028-02-28T16:00:00.000Z', 'Asia/Shanghai', '2028-02-29'],
    ['2025-12-31T16:00:00.000Z', 'Asia/Shanghai', '2026-01-01'],
    ['1970-01-01T00:00:00.000Z', 'UTC', '1970-01-01'],
    ['2026-03-02T17:59:59.999Z', 'Asia/Urumqi', '2026-03-02'],
    ['2026-03-02T18:00:00.000Z', 'Asia/Urumqi', '2026-03-03'],
    // New York springs forward on 2026-03-08 and falls back on 2026-11-01.
    ['2026-03-08T04:59:59.999Z', 'America/New_York', '2026-03-07'],
    ['2026-03-08T05:00:00.000Z', 'America/New_York', '2026-03-08'],
    ['2026-03-09T03:59:59.999Z', 'America/New_York', '2026-03-08'],
    ['2026-03-09T04:00:00.000Z', 'America/New_York', '2026-03-09'],
    ['2026-11-01T03:59:59.999Z', 'America/New_York', '2026-10-31'],
    ['2026-11-02T04:59:59.999Z', 'America/New_York', '2026-11-01'],
    ['2026-11-02T05:00:00.000Z', 'America/New_York', '2026-11-02'],
    // Samoa had no 30 December 2011.
    ['2011-12-30T09:59:59.999Z', 'Pacific/Apia', '2011-12-29'],
    ['2011-12-30T10:00:00.000Z', 'Pacific/Apia', '2011-12-31'],
  ])('%s in %s is %s', (instant, zone, day) => {
    expect(localDate(Date.parse(instant), zone)).toBe(day)
  })

  it('throws on a zone that nobody lives in', () => {
    expect(() => localDate(0, 'Asia/Nowhere')).toThrow(RangeError)
  })
})

describe('the system clock', () => {
  it('tells the time of this machine', () => {
    const before = Date.now()
    const nowMs = new SystemClock().nowMs()
    expect(nowMs).toBeGreaterThanOrEqual(before)
    expect(nowMs).toBeLessThanOrEqual(Date.now())
  })
})
