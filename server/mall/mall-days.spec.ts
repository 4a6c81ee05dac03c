import { describe, expect, it } from '@jest/globals'
import { fetchUntilMs, periodBeganMs } from './mall-days.js'

const at = (local: string) => Date.parse(`${local}+08:00`)

describe('days of the points mall', () => {
  it.each([
    ['day', '2026-03-01T00:00:00', '2026-03-01T00:00:00'],
    ['day', '2026-03-01T23:59:59', '2026-03-01T00:00:00'],
    // A Sunday belongs to the week that began on Monday.
    ['week', '2026-03-01T12:00:00', '2026-02-23T00:00:00'],
    ['week', '2026-03-02T00:00:00', '2026-03-02T00:00:00'],
    ['week', '2026-01-01T09:00:00', '2025-12-29T00:00:00'],
    ['month', '2026-03-01T00:00:00', '2026-03-01T00:00:00'],
    ['month', '2026-02-28T23:59:59', '2026-02-01T00:00:00'],
  ] as const)('a %s that %s is in began at %s', (period, now, began) => {
    expect(periodBeganMs(period, at(now))).toBe(at(began))
  })

  it('lets goods be fetched until the end of the last day', () => {
    expect(fetchUntilMs(1, at('2026-02-28T23:59:59'))).toBe(at('2026-03-02T00:00:00'))
    expect(fetchUntilMs(7, at('2026-02-28T00:00:00'))).toBe(at('2026-03-08T00:00:00'))
  })
})
