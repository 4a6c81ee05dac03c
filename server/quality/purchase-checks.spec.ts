import { describe, expect, it } from '@jest/globals'
import { amountLimitFen } from './amount-limit.js'
import {
  beforeJoined,
  isDayOff,
  isNotItsLines,
  isWithoutSale,
  type CheckedPurchase,
} from './purchase-checks.js'
import { sourceGroup } from './sources.js'
import { addShares, passes, shareKey, type Shares } from './tally.js'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const JOINED_MS = Date.parse('2026-03-02T10:00:00+08:00')

const SALE: CheckedPurchase = {
  ...{ kind: 'sale', sourceKind: 'escpos_tap', businessDate: '2026-03-02' },
  ...{ printedAt: '2026-03-02T10:00:00', occurredAtMs: JOINED_MS, recordedAtMs: JOINED_MS },
  ...{ clockSuspect: 0, totalFen: 2_132, originalPurchaseId: null, lineCount: 3 },
  ...{ linesFen: 2_132, joinedAtMs: JOINED_MS },
}

describe('a purchase before its member', () => {
  const at = (beforeMs: number, changes: Partial<CheckedPurchase> = {}) =>
    beforeJoined({
      ...{ ...SALE, occurredAtMs: JOINED_MS - beforeMs, recordedAtMs: JOINED_MS - beforeMs },
      ...changes,
    })
  it.each([
    ['of nobody', at(DAY_MS, { joinedAtMs: null }), null],
    ['afterwards', at(-DAY_MS), null],
    ['in the same visit', at(10 * MINUTE_MS), null],
    ['a minute before that', at(11 * MINUTE_MS), 'given_later'],
    ['thirty days', at(30 * DAY_MS), 'given_later'],
    ['longer', at(30 * DAY_MS + 1), 'unexplained'],
    ['from a till without a network', at(DAY_MS, { recordedAtMs: JOINED_MS }), 'arrived_late'],
    ['of another system', at(400 * DAY_MS, { sourceKind: 'import' }), 'imported'],
  ])('%s', (_title, found, how) => {
    expect(found).toBe(how)
  })
})

describe('a purchase that contradicts itself', () => {
  it.each([
    ['the day it was printed', '2026-03-02', '2026-03-02T23:59:59', false],
    ['the day before, in the small hours', '2026-03-01', '2026-03-02T05:59:59', false],
    ['the day before, in the morning', '2026-03-01', '2026-03-02T06:00:00', true],
    ['the day after', '2026-03-03', '2026-03-02T23:59:59', true],
    ['the last of a month, at night', '2026-02-28', '2026-03-01T00:30:00', false],
    ['another year', '2025-03-02', '2026-03-02T10:00:00', true],
  ])('counts for %s', (_title, businessDate, printedAt, isOff) => {
    expect(isDayOff({ ...SALE, businessDate, printedAt })).toBe(isOff)
  })

  it('has lines that sum to its total, of either sign, or none at all', () => {
    expect(isNotItsLines(SALE)).toBe(false)
    expect(isNotItsLines({ ...SALE, linesFen: 2_131 })).toBe(true)
    expect(isNotItsLines({ ...SALE, kind: 'refund', linesFen: -2_132 })).toBe(false)
    expect(isNotItsLines({ ...SALE, lineCount: 0, linesFen: 0 })).toBe(false)
  })

  it('answers a sale when it is a refund', () => {
    expect(isWithoutSale(SALE)).toBe(false)
    expect(isWithoutSale({ ...SALE, kind: 'refund' })).toBe(true)
    expect(isWithoutSale({ ...SALE, kind: 'refund', originalPurchaseId: 'x' })).toBe(false)
  })
})

describe('an amount that can hardly be true', () => {
  const around = (middleFen: number) =>
    Array.from({ length: 60 }, (_, n) => Math.round(middleFen * (0.5 + n / 60)))

  it('is not known of a few sales', () => {
    expect(amountLimitFen(around(5_000).slice(0, 29), 6)).toBeNull()
  })

  it('is by the store: where sales are larger, so is the limit', () => {
    const small = amountLimitFen(around(5_000), 6) ?? 0
    const large = amountLimitFen(around(50_000), 6) ?? 0
    expect(large / small).toBeCloseTo(10, 1)
    expect(small).toBeGreaterThan(10_000)
  })

  it('hardly moves when a tenth of the sales are wrong by a thousand times', () => {
    const clean = amountLimitFen(around(5_000), 6) ?? 0
    const dirty = around(5_000).map((fen, n) => (n % 10 === 0 ? fen * 1_000 : fen))
    expect((amountLimitFen(dirty, 6) ?? 0) / clean).toBeLessThan(3)
  })

  it('leaves room where all sales are alike', () => {
    expect(
      amountLimitFen(
        Array.from({ length: 40 }, () => 1_000),
        6,
      ),
    ).toBe(1_823)
  })
})

describe('what was counted', () => {
  it.each([
    ['has_phone', [95, 100], 9_500, true],
    ['has_phone', [94, 100], 9_500, false],
    ['has_phone', [1, 3], 3_333, true],
    ['has_phone', [0, 0], 9_500, null],
    ['has_phone', [1, 2], null, null],
    ['receipt_twice', [0, 10], 0, true],
    ['receipt_twice', [1, 1_000_000], 0, false],
    ['clock_ahead', [50, 10_000], 50, true],
    ['clock_ahead', [51, 10_000], 50, false],
  ] as const)('%s %p against %p', (code, share, threshold, isKept) => {
    expect(passes(code, share, threshold)).toBe(isKept)
  })

  it('adds up, and counts more sources than fit together', () => {
    let shares: Shares = {}
    for (let n = 0; n < 30; n += 1)
      shares = addShares(shares, { [shareKey('has_name', `source:s${String(n)}`)]: [1, 2] })
    expect(Object.keys(shares)).toHaveLength(21)
    expect(shares[shareKey('has_name', 'source:other')]).toEqual([10, 20])
    expect(addShares({ a: [1, 2] }, { a: [3, 4], b: [5, 6] })).toEqual({ a: [4, 6], b: [5, 6] })
  })

  it('takes the tills of all stores for one source', () => {
    expect(sourceGroup('till:S01')).toBe('till')
    expect(sourceGroup('import:taobao')).toBe('import:taobao')
    expect(sourceGroup(null)).toBe('unknown')
  })
})
