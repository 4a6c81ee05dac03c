import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { BASE_RULE, earnedPoints, reversedPoints } from './points-rule.js'
import { fen, FEN_MAX, points } from './quantities.js'

describe('earning', () => {
  it.each([
    [0, 0],
    [99, 0],
    [100, 1],
    [199, 1],
    [2_132, 21],
    [FEN_MAX, 100_000_000],
  ])('%i fen give %i points by the base rule', (totalFen, expected) => {
    expect(earnedPoints(BASE_RULE, fen(totalFen)).points).toBe(expected)
  })

  it('says the arithmetic in words', () => {
    const { explanation } = earnedPoints({ ...BASE_RULE, points: 3, perFen: 1_000 }, fen(2_532))
    expect(explanation).toBe('实付 ¥25.32，每满 ¥10.00 得 3 分，共 6 分')
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
      earned: earnedPoints({ ...BASE_RULE, points: rate }, fen(totalFen)).points,
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
