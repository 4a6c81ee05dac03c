import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { MemberLots, type LotMove } from './lots.js'

/** The transfers of one member, each with the balance after it. */
function story() {
  const lots = new MemberLots()
  let balance = 0
  let moves = 0
  const follow = (move: Partial<LotMove> & { points: number }, isIn: boolean) => {
    moves += 1
    balance += isIn ? move.points : -move.points
    const id = move.id ?? `t${String(moves).padStart(3, '0')}`
    lots.follow({
      memberId: 'M',
      toAccount: isIn ? 'member:M' : 'programme:issued',
      balanceAfterPoints: balance,
      reason: isIn ? 'purchase' : 'refund',
      recordedAtMs: 1,
      answersTransferId: null,
      availableAtMs: isIn ? 0 : null,
      expiresAtMs: null,
      ...move,
      id,
    })
    return id
  }
  return {
    lots,
    balance: () => balance,
    earn: (points: number, expiresAtMs: number, answers: string | null = null) =>
      follow({ points, expiresAtMs, answersTransferId: answers }, true),
    take: (points: number, answers: string | null = null) =>
      follow({ points, answersTransferId: answers }, false),
    /** Before lots were kept. */
    earnUndated: (points: number) => follow({ points, availableAtMs: null }, true),
    left: () => Object.fromEntries(lots.lots().map((lot) => [lot.id, lot.leftPoints])),
  }
}

/** Something that goes out; a test says what and when. */
const MOVE = {
  ...{ id: 'next', memberId: 'M', toAccount: 'programme:expired', balanceAfterPoints: 0 },
  ...{ answersTransferId: null, availableAtMs: null, expiresAtMs: null, reason: 'expired' },
}

describe('the lots of a member', () => {
  it('go in the order in which they expire, not in which they were earned', () => {
    const { earn, take, left } = story()
    const [late, early] = [earn(10, 2_000), earn(10, 1_000)]
    take(15)
    expect(left()).toEqual({ [late]: 5, [early]: 0 })
  })

  it('give a refund first what its own sale gave', () => {
    const { earn, take, left } = story()
    const [early, own] = [earn(10, 1_000), earn(10, 2_000)]
    take(4, own)
    expect(left()).toEqual({ [early]: 10, [own]: 6 })
    take(9, own)
    expect(left()).toEqual({ [early]: 7, [own]: 0 })
  })

  it('come back where they were taken from, what lives longest first', () => {
    const { earn, take, left } = story()
    const [early, late] = [earn(10, 1_000), earn(10, 2_000)]
    const taken = take(15)
    earn(7, 9_000, taken)
    expect(left()).toEqual({ [early]: 2, [late]: 10 })
    const rest = earn(20, 9_000, taken)
    expect(left()).toEqual({ [early]: 10, [late]: 10, [rest]: 12 })
  })

  it('pay a debt before anything is there', () => {
    const { earn, take, left, balance } = story()
    const first = earn(10, 1_000)
    take(30)
    expect([left(), balance()]).toEqual([{ [first]: 0 }, -20])
    earn(15, 2_000)
    const last = earn(8, 3_000)
    expect([left(), balance()]).toEqual([{ [first]: 0, [last]: 3 }, 3])
  })

  it('of a time before lots are one that goes last and whose uses nobody remembers', () => {
    const { earn, earnUndated, take, left, lots } = story()
    earnUndated(10)
    earnUndated(5)
    const dated = earn(4, 1_000)
    const taken = take(6)
    expect(left()).toEqual({ M: 13, [dated]: 0 })
    expect(lots.uses()).toEqual([{ transferId: taken, lotId: dated, points: 4, returnedPoints: 0 }])
    const back = earn(6, 2_000, taken)
    expect(left()).toEqual({ M: 13, [dated]: 4, [back]: 2 })
  })

  it('are due once they have expired, whole, and again when points come back to them', () => {
    const { earn, take, lots, left } = story()
    const lot = earn(10, 1_000)
    const taken = take(4)
    const due = (points: number, recordedAtMs: number) =>
      lots.wasDue({ ...MOVE, points, recordedAtMs, answersTransferId: lot })
    expect([due(6, 999), due(6, 1_000), due(5, 1_000), due(7, 1_000)]).toEqual([
      ...[false, true, false, false],
    ])
    take(6, lot)
    earn(3, 9_000, taken)
    expect(left()).toEqual({ [lot]: 3 })
    expect([due(3, 2_000), due(6, 2_000)]).toEqual([true, false])
    expect(lots.wasDue({ ...MOVE, points: 3, recordedAtMs: 2_000 })).toBe(false)
  })

  const step = fc.record({
    points: fc.integer({ min: 1, max: 50 }),
    what: fc.constantFrom('earn', 'take', 'give back', 'take back'),
    expires: fc.integer({ min: 1, max: 5 }),
    which: fc.nat({ max: 30 }),
  })

  it('always sum to the balance, or to nothing below zero; no use gives back more than it took', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { earn, take, lots, balance } = story()
        const earned: string[] = []
        const taken: string[] = []
        for (const { what, points, expires, which } of steps) {
          if (what === 'earn') earned.push(earn(points, expires))
          else if (what === 'take') taken.push(take(points))
          else if (what === 'take back') taken.push(take(points, earned[which] ?? null))
          else earned.push(earn(points, expires, taken[which] ?? null))
          const left = lots.lots().map((lot) => lot.leftPoints)
          expect(left.every((one) => one >= 0)).toBe(true)
          expect(left.reduce((sum, one) => sum + one, 0)).toBe(Math.max(0, balance()))
          for (const use of lots.uses()) {
            expect(use.points).toBeGreaterThan(0)
            expect(use.returnedPoints).toBeGreaterThanOrEqual(0)
            expect(use.returnedPoints).toBeLessThanOrEqual(use.points)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
