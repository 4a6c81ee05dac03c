import { describe, expect, it } from '@jest/globals'
import type { PackWhen } from '@huike/shared/contracts/packs'
import { fen } from '@huike/shared/quantities'
import { plannedCoupons, whenInWords } from './pack-schedule.js'

/** 2026-01-31 12:00 in Shanghai. */
const PAID_MS = Date.UTC(2026, 0, 31, 4)

const item = (when: PackWhen, count = 1, worthFen = 1) => ({
  ...{ templateId: 'T' as never, version: 1, when, count, worthFen: fen(worthFen) },
})
const chinaTime = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 16)

describe('the coupons of a pack', () => {
  it.each<[string, PackWhen, string[]]>([
    ['with the payment', { kind: 'now' }, ['2026-01-31T12:00']],
    ['on a later day, from its beginning', { kind: 'day', day: 1 }, ['2026-02-01T00:00']],
    [
      'every month, on the last day where it is shorter',
      { kind: 'monthly', months: 4 },
      ['2026-01-31T12:00', '2026-02-28T00:00', '2026-03-31T00:00', '2026-04-30T00:00'],
    ],
  ])('are given %s', (_title, when, due) => {
    const planned = plannedCoupons({ priceFen: 100, items: [item(when)] }, PAID_MS)
    expect(planned.map(({ dueAtMs }) => chinaTime(dueAtMs))).toEqual(due)
    expect(planned.map(({ seq }) => seq)).toEqual(due.map((_, seq) => seq))
  })

  it('share the price by what they are worth, and lose no fen', () => {
    for (const [priceFen, worth] of [
      [1_001, [10, 10, 10, 20]],
      [1, [5, 5, 5]],
      [9_999_999_999, [1, 9_999_999_999]],
      [7, [3, 1, 1, 1, 1, 1, 1]],
    ] as const) {
      const items = worth.map((one) => item({ kind: 'now' }, 1, one))
      const shares = plannedCoupons({ priceFen, items }, PAID_MS).map(({ shareFen }) => shareFen)
      expect(shares.reduce((sum, one) => sum + one, 0)).toBe(priceFen)
      const whole = worth.reduce<number>((sum, one) => sum + one, 0)
      for (const [at, share] of shares.entries())
        expect(Math.abs(share - (priceFen * (worth[at] ?? 0)) / whole)).toBeLessThanOrEqual(1)
    }
  })

  it('say when they come', () => {
    expect(whenInWords({ kind: 'monthly', months: 3 }, 2)).toBe('每月 2 张，共 3 个月')
  })
})
