import { describe, expect, it } from '@jest/globals'
import { clockOfMinute, instantOf, isQuiet, localOf, sendTimeProblem } from './send-time.js'

const SHANGHAI = 'Asia/Shanghai'
const NIGHT = { quietFromMinute: 1_260, quietToMinute: 540 }
const at = (local: string, zone = SHANGHAI) => instantOf(local, zone) ?? Number.NaN

describe('when a campaign goes out', () => {
  it('is written by the clock of the stores', () => {
    expect(at('2026-11-22T10:30')).toBe(Date.UTC(2026, 10, 22, 2, 30))
    expect(localOf(Date.UTC(2026, 10, 22, 2, 30, 59), SHANGHAI)).toBe('2026-11-22T10:30')
    expect(at('2026-07-01T10:30', 'Europe/Berlin')).toBe(Date.UTC(2026, 6, 1, 8, 30))
    expect(at('2026-12-01T10:30', 'Europe/Berlin')).toBe(Date.UTC(2026, 11, 1, 9, 30))
  })

  it('is nothing for a time that does not exist', () => {
    const none = ['', '2026-02-30T10:00', '2026-11-22', '2026-11-22T25:00', '2026-11-22 10:30']
    expect(none.map((local) => instantOf(local, SHANGHAI))).toEqual(none.map(() => null))
    // The clock goes from 02:00 to 03:00.
    expect(instantOf('2026-03-29T02:30', 'Europe/Berlin')).toBeNull()
  })

  it.each([
    ['2026-11-22T20:59', false],
    ['2026-11-22T21:00', true],
    ['2026-11-23T00:00', true],
    ['2026-11-23T08:59', true],
    ['2026-11-23T09:00', false],
  ])('knows at %s whether it is quiet: %s', (local, quiet) => {
    expect(isQuiet(at(local), SHANGHAI, NIGHT)).toBe(quiet)
  })

  it('knows quiet hours within a day, and a chain that has none', () => {
    const noon = { quietFromMinute: 720, quietToMinute: 840 }
    expect(isQuiet(at('2026-11-22T13:00'), SHANGHAI, noon)).toBe(true)
    expect(isQuiet(at('2026-11-22T14:00'), SHANGHAI, noon)).toBe(false)
    const never = { quietFromMinute: 600, quietToMinute: 600 }
    expect(isQuiet(at('2026-11-22T10:00'), SHANGHAI, never)).toBe(false)
  })

  it('says what is wrong with a time', () => {
    const nowMs = Date.UTC(2026, 10, 22)
    const days = (n: number) => nowMs + n * 86_400_000
    const told = [null, nowMs, nowMs + 1, days(90), days(90) + 1].map((atMs) =>
      sendTimeProblem(atMs, nowMs),
    )
    expect(told).toEqual(['no_time', 'past', null, null, 'far'])
  })

  it('writes minutes as a clock', () => {
    expect([0, 540, 1_260, 1_439].map(clockOfMinute)).toEqual(['00:00', '09:00', '21:00', '23:59'])
  })
})
