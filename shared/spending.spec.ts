import { describe, expect, it } from '@jest/globals'
import type { SpendingTerms } from './contracts/spending.js'
import { FEN_MAX, POINTS_MAX, fen } from './quantities.js'
import { coveredBy, worthOf } from './spending.js'

const COUNTS_MAX = 1_000

function termsOf(points: number, worthFen: number): SpendingTerms {
  return {
    ...{ points, fen: worthFen, leastPoints: 1, stepPoints: 1, orderPercentMax: 100 },
    ...{ orderPointsMax: null, leastOrderFen: fen(0), isCodeNeeded: false },
  }
}

describe('the points that money pays for', () => {
  it.each([
    [100, 100],
    [100, 33],
    [33, 100],
    [7, 1],
    [1, 7],
    [500_000, 1],
  ])('are as many as are worth no more, at %d points for %d fen', (points, worthFen) => {
    const terms = termsOf(points, worthFen)
    for (let count = 0; count <= COUNTS_MAX; count += 1) {
      const paidFen = worthOf(terms, count)
      expect(coveredBy(terms, paidFen)).toBeGreaterThanOrEqual(count)
      const covered = coveredBy(terms, fen(count))
      expect(worthOf(terms, covered)).toBeLessThanOrEqual(count)
      expect(worthOf(terms, covered + 1)).toBeGreaterThan(count)
    }
  })

  it('are never more than there can be', () => {
    expect(coveredBy(termsOf(1_000_000, 1), fen(FEN_MAX))).toBe(POINTS_MAX)
  })
})
