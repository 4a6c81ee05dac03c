import { describe, expect, it } from '@jest/globals'
import { instantOfLocal, localTime } from './local-time.js'

describe('a wall clock', () => {
  it.each([
    ['Asia/Shanghai', '2026-03-05T18:21:07', '2026-03-05T10:21:07Z'],
    ['Asia/Shanghai', '2026-03-05T00:00:00', '2026-03-04T16:00:00Z'],
    ['America/New_York', '2026-07-01T00:00:00', '2026-07-01T04:00:00Z'],
    ['America/New_York', '2026-11-02T08:00:00', '2026-11-02T13:00:00Z'],
    ['Asia/Kolkata', '2026-01-01T05:29:59', '2025-12-31T23:59:59Z'],
  ])('in %s shows %s', (zone, local, instant) => {
    expect(instantOfLocal(local, zone)).toBe(Date.parse(instant))
    expect(localTime(Date.parse(instant) + 999, zone)).toBe(local)
  })

  it.each([
    ['Asia/Shanghai', '2026-02-30T10:00:00', 'no such day'],
    ['Asia/Shanghai', '2026-03-05T24:00:00', 'no such hour'],
    ['Asia/Shanghai', '2026-03-05 10:00:00', 'another form'],
    ['America/New_York', '2026-03-08T02:30:00', 'skipped in spring'],
  ])('in %s never shows %s: %s', (zone, local) => {
    expect(instantOfLocal(local, zone)).toBeNull()
  })
})
