import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type EarningBonus, type EarningRule } from './contracts/console-points.js'
import { EVERY_SALE, type EarningMember } from './earning-conditions.js'
import {
  availableAtMs,
  earnedPoints,
  exampleOf,
  expiresAtMs,
  FIRST_RULE,
  mostPointsOf,
  NEVER_EXPIRES_MS,
  reversedPoints,
} from './earning.js'
import { fen, FEN_MAX, points, POINTS_MAX } from './quantities.js'

/** 2026-03-08, a Sunday. */
const saleOf = (totalFen: number) => ({
  totalFen: fen(totalFen),
  channel: 'pos' as const,
  storeId: 'S1',
  businessDate: '2026-03-08',
  lines: [],
  heldBonuses: [],
  dayPoints: 0,
})
const SOMEBODY: EarningMember = { levelCode: 'base', birthday: null, isFirstPurchase: false }

describe('earning', () => {
  it.each([
    [0, 0],
    [99, 0],
    [100, 1],
    [199, 1],
    [2_132, 21],
    [FEN_MAX, 100_000_000],
  ])('%i fen give %i points by the base rule', (totalFen, expected) => {
    expect(earnedPoints(FIRST_RULE, saleOf(totalFen)).points).toBe(expected)
  })

  it('says the arithmetic in words', () => {
    const rule = { ...FIRST_RULE, points: 3, perFen: fen(1_000) }
    const { explanation } = earnedPoints(rule, saleOf(2_532))
    expect(explanation).toBe('实付 ¥25.32，每满 ¥10.00 得 3 分，共 6 分')
  })
})

describe('bonuses', () => {
  const bonus = (
    name: string,
    gives: EarningBonus['gives'],
    when: Partial<EarningBonus['when']> = {},
  ): EarningBonus => ({ name, gives, when: { ...EVERY_SALE, ...when } })
  const earnedBy = (bonuses: EarningBonus[], more: Partial<EarningRule> = {}) =>
    earnedPoints({ ...FIRST_RULE, bonuses, ...more }, saleOf(2_132))

  it('multiply the base: only the highest counts, rounded down, and is named', () => {
    const { points: sum, explanation } = earnedBy([
      bonus('周末', { kind: 'times', tenths: 15 }),
      bonus('会员日', { kind: 'times', tenths: 12 }),
    ])
    expect(sum).toBe(21 + 10)
    expect(explanation).toBe('实付 ¥21.32，每满 ¥1.00 得 1 分，周末 1.5 倍加 10 分，共 31 分')
  })

  it('of points add up, for a sale that earns at all', () => {
    const two = [
      bonus('到店礼', { kind: 'points', points: 5 }),
      bonus('开业礼', { kind: 'points', points: 8 }),
    ]
    expect(earnedBy(two).points).toBe(34)
    expect(earnedBy(two).explanation).toBe(
      '实付 ¥21.32，每满 ¥1.00 得 1 分，到店礼加 5 分，开业礼加 8 分，共 34 分',
    )
    for (const totalFen of [0, 99])
      expect(earnedPoints({ ...FIRST_RULE, bonuses: two }, saleOf(totalFen)).points).toBe(0)
  })

  it('are capped together with the base, and say so', () => {
    const { points: sum, explanation } = earnedBy([bonus('双倍', { kind: 'times', tenths: 20 })], {
      orderPointsMax: 30,
    })
    expect(sum).toBe(30)
    expect(explanation).toContain('双倍 2 倍加 21 分，每单最多 30 分，共 30 分')
  })

  it('give no more than one transfer may move, whatever was set', () => {
    const rule = { ...FIRST_RULE, points: 1_000, perFen: fen(1) }
    const double = bonus('双倍', { kind: 'times', tenths: 20 })
    expect(earnedPoints({ ...rule, bonuses: [double] }, saleOf(FEN_MAX)).points).toBe(POINTS_MAX)
  })

  it('are counted all together when it is asked what the least that earns may give', () => {
    const bonuses = [
      bonus('双倍', { kind: 'times', tenths: 25 }),
      bonus('会员日', { kind: 'times', tenths: 20 }),
      bonus('到店礼', { kind: 'points', points: 5 }),
      bonus('开业礼', { kind: 'points', points: 8 }),
    ]
    expect(mostPointsOf({ ...FIRST_RULE, points: 3, bonuses })).toBe(7 + 13)
    expect(mostPointsOf({ ...FIRST_RULE, points: 3, bonuses, orderPointsMax: 12 })).toBe(12)
    expect(mostPointsOf({ ...FIRST_RULE, points: 0, bonuses })).toBe(0)
    expect(mostPointsOf(FIRST_RULE)).toBe(1)
  })

  it.each<[Partial<EarningBonus['when']>, boolean]>([
    [{}, true],
    [{ storeIds: ['S1'] as never }, true],
    [{ storeIds: ['S2'] as never }, false],
    [{ channels: ['pos'] }, true],
    [{ channels: ['online'] }, false],
    [{ weekdays: [7] }, true],
    [{ weekdays: [1, 2, 3, 4, 5, 6] }, false],
    [{ daysOfMonth: [8, 18, 28] }, true],
    [{ daysOfMonth: [18] }, false],
    [{ fromDate: '2026-03-08' as never, toDate: '2026-03-08' as never }, true],
    [{ fromDate: '2026-03-09' as never }, false],
    [{ toDate: '2026-03-07' as never }, false],
    [{ weekdays: [7], channels: ['online'] }, false],
  ])('with the conditions %j apply: %s', (when, isGiven) => {
    const earned = earnedBy([bonus('加分', { kind: 'points', points: 9 }, when)])
    expect(earned.points).toBe(isGiven ? 30 : 21)
  })
})

describe('a cap per member and day', () => {
  const capped = (dayPoints: number, totalFen: number, more: Partial<EarningRule> = {}) =>
    earnedPoints({ ...FIRST_RULE, dayPointsMax: 30, ...more }, { ...saleOf(totalFen), dayPoints })
  it.each([
    [0, 2_132, 21],
    [0, 9_900, 30],
    [20, 2_132, 10],
    [30, 2_132, 0],
    [99, 2_132, 0],
  ])('after %i points a sale of %i fen gives %i', (dayPoints, totalFen, expected) => {
    expect(capped(dayPoints, totalFen).points).toBe(expected)
  })

  it('comes after the cap per order, and is told', () => {
    expect(capped(20, 9_900, { orderPointsMax: 50 }).explanation).toBe(
      '实付 ¥99.00，每满 ¥1.00 得 1 分，每单最多 50 分，每人每天最多 30 分，当天已得 20 分，共 10 分',
    )
    expect(mostPointsOf({ ...FIRST_RULE, points: 60, dayPointsMax: 40 })).toBe(40)
  })
})

describe('waiting for the return window', () => {
  const at = (local: string) => Date.parse(`${local}+08:00`)
  it.each([
    [0, '2026-03-08T10:20:30', '2026-03-08T10:20:30'],
    [1, '2026-03-08T00:00:00', '2026-03-10T00:00:00'],
    [7, '2026-03-08T23:59:59', '2026-03-16T00:00:00'],
    [90, '2026-12-31T12:00:00', '2027-04-01T00:00:00'],
  ])('%i days after %s ends at %s', (days, made, from) => {
    expect(availableAtMs(days, at(made), 'Asia/Shanghai')).toBe(at(from))
  })
})

describe('expiring', () => {
  const at = (local: string) => Date.parse(`${local}+08:00`)
  it.each<[EarningRule['expiry'], string, string]>([
    [{ kind: 'months', months: 1 }, '2026-01-31T10:00:00', '2026-03-01T00:00:00'],
    [{ kind: 'months', months: 12 }, '2026-03-08T10:00:00', '2027-04-01T00:00:00'],
    [{ kind: 'months', months: 12 }, '2026-12-31T23:59:59', '2028-01-01T00:00:00'],
    [{ kind: 'year_end', years: 0 }, '2026-12-31T23:59:59', '2027-01-01T00:00:00'],
    [{ kind: 'year_end', years: 1 }, '2026-01-01T00:00:00', '2028-01-01T00:00:00'],
  ])('by %j what is earned at %s is good until %s', (expiry, earned, until) => {
    expect(expiresAtMs(expiry, at(earned), 'Asia/Shanghai')).toBe(at(until))
  })

  it('may never happen', () => {
    expect(expiresAtMs({ kind: 'never' }, 0, 'Asia/Shanghai')).toBe(NEVER_EXPIRES_MS)
  })
})

describe('an example', () => {
  it.each<[EarningRule['expiry'], string | null]>([
    [{ kind: 'never' }, null],
    [{ kind: 'months', months: 12 }, '2027-03-31'],
    [{ kind: 'year_end', years: 0 }, '2026-12-31'],
  ])('by %j is good up to and with %s', (expiry, expiresOn) => {
    const sale = { ...saleOf(2_132), member: SOMEBODY }
    expect(exampleOf({ terms: { ...FIRST_RULE, expiry }, sale })).toEqual({
      ...{ points: 21, explanation: '实付 ¥21.32，每满 ¥1.00 得 1 分，共 21 分' },
      ...{ availableOn: null, expiresOn },
    })
  })

  it('of points that wait lives from the day on which it may be spent', () => {
    const terms: EarningRule = {
      ...FIRST_RULE,
      pendingDays: 25,
      expiry: { kind: 'months', months: 1 },
    }
    const sale = { ...saleOf(2_132), member: SOMEBODY }
    expect(exampleOf({ terms, sale })).toMatchObject({
      ...{ availableOn: '2026-04-03', expiresOn: '2026-05-31' },
    })
  })
})

/** A sale and a series of partial refunds of it; the last may go beyond the total. */
const series = fc
  .record({
    totalFen: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: FEN_MAX })),
    parts: fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 60 }),
    rate: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ totalFen, parts, rate }) => {
    const weight = parts.reduce((sum, part) => sum + part, 0) || 1
    return {
      totalFen: fen(totalFen),
      refunds: parts.map((part) => Math.floor((totalFen * part) / weight)),
      earned: earnedPoints({ ...FIRST_RULE, points: rate }, saleOf(totalFen)).points,
    }
  })

/** Applies refunds one after the other, as the server does; answers what each took back. */
function takenBy(sale: { totalFen: number; earned: number }, refunds: readonly number[]) {
  let refundedFen = 0
  let reversed = 0
  return refunds.map((amount) => {
    refundedFen = Math.min(sale.totalFen, refundedFen + amount)
    const taken = reversedPoints({
      earned: points(sale.earned),
      totalFen: fen(sale.totalFen),
      refundedFen: fen(refundedFen),
      alreadyReversed: points(reversed),
    })
    reversed += taken
    return taken
  })
}

describe('taking back', () => {
  it('never takes less than nothing, nor more than was earned', () => {
    fc.assert(
      fc.property(series, ({ totalFen, refunds, earned }) => {
        const taken = takenBy({ totalFen, earned }, refunds)
        expect(taken.every((amount) => amount >= 0)).toBe(true)
        expect(taken.reduce((sum, amount) => sum + amount, 0)).toBeLessThanOrEqual(earned)
      }),
      { numRuns: 1_000 },
    )
  })

  it('takes everything once the whole total came back, in whatever parts', () => {
    fc.assert(
      fc.property(series, ({ totalFen, refunds, earned }) => {
        const rest = totalFen - refunds.reduce((sum, amount) => sum + amount, 0)
        const taken = takenBy({ totalFen, earned }, [...refunds, rest])
        expect(taken.reduce((sum, amount) => sum + amount, 0)).toBe(earned)
      }),
      { numRuns: 1_000 },
    )
  })

  it('comes to the same whether a sum came back at once or in parts', () => {
    fc.assert(
      fc.property(series, ({ totalFen, refunds, earned }) => {
        const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
        const inParts = sum(takenBy({ totalFen, earned }, refunds))
        const atOnce = sum(takenBy({ totalFen, earned }, [sum(refunds)]))
        expect(inParts).toBe(refunds.length === 0 ? 0 : atOnce)
      }),
    )
  })

  it.each([
    [21, 2_132, 1_066, 0, 10],
    [21, 2_132, 2_132, 10, 11],
    [21, 2_132, 1, 0, 0],
    [21, 2_132, 9_999, 0, 21],
    [0, 0, 0, 0, 0],
    [5, 500, 100, 4, 0],
  ])('of %i points for %i fen, %i back, %i taken: %i', (earned, total, back, already, taken) => {
    expect(
      reversedPoints({
        earned: points(earned),
        totalFen: fen(total),
        refundedFen: fen(back),
        alreadyReversed: points(already),
      }),
    ).toBe(taken)
  })
})
