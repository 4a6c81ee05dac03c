import { describe, expect, it } from '@jest/globals'
import { points } from '@huike/shared/quantities'
import fc from 'fast-check'
import {
  entriesDue,
  growthAfter,
  standingOf,
  type EntryDraft,
  type SaleNow,
} from './sale-growth.js'

// The book of one sale, written by events that may come twice, late, or in any order.

const GIVEN = 137

/** Follows a sale through its states, looking at each as often as told. */
function bookOf(states: readonly SaleNow[], times = 1): EntryDraft[] {
  const book: EntryDraft[] = []
  for (const sale of states)
    for (let time = 0; time < times; time += 1)
      book.push(
        ...entriesDue(sale, growthAfter(book), {
          moved: null,
          give: () => ({
            growth: points(GIVEN),
            isCounted: true,
            explanation: '',
            schemeVersion: 2,
          }),
        }),
      )
  return book
}

const sale = (refundedFen: number, ownerId: string | null = 'A'): SaleNow => ({
  totalFen: 9_700,
  refundedFen,
  ownerId,
})
const sumOf = (book: readonly EntryDraft[], memberId: string) =>
  book.filter((one) => one.memberId === memberId).reduce((sum, { growth }) => sum + growth, 0)

describe('the growth of a sale', () => {
  it('comes once, however often anybody looks', () => {
    const book = bookOf([sale(0), sale(0)], 10)
    expect(book.map(({ reason, growth }) => [reason, growth])).toEqual([['purchase', GIVEN]])
  })

  it('is conserved by any series of partial refunds, seen in any of its states', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9_700 }), { maxLength: 100 }), (parts) => {
        let refunded = 0
        const states = parts.map((part) => sale((refunded = Math.min(9_700, refunded + part))))
        const book = bookOf([sale(0), ...states], 2)
        const last = states.at(-1) ?? sale(0)
        expect(sumOf(book, 'A')).toBe(standingOf(GIVEN, last))
        // Whoever slept until the end writes fewer entries, of the same sum.
        expect(sumOf(bookOf([last]), 'A')).toBe(standingOf(GIVEN, last))
        if (last.refundedFen === 9_700) expect(sumOf(book, 'A')).toBe(0)
      }),
      { numRuns: 200 },
    )
  })

  it('goes back whole from who was given it by mistake, and begins anew with the next', () => {
    const book = bookOf([sale(0), sale(4_000), sale(4_000, null), sale(4_000, 'B')], 3)
    expect(book.map(({ memberId, reason }) => `${memberId} ${reason}`)).toEqual([
      'A purchase',
      'A refund',
      'A unassigned',
      'B purchase',
      'B refund',
    ])
    expect([sumOf(book, 'A'), sumOf(book, 'B')]).toEqual([0, standingOf(GIVEN, sale(4_000))])
    expect(book.reduce((sum, { counted }) => sum + counted, 0)).toBe(1)
    expect(growthAfter(book)).toMatchObject({ holderId: 'B', entries: 5 })
  })

  it('moves as it stands between two records of one person, and goes on from there', () => {
    const book = bookOf([sale(0), sale(1_000)])
    const standing = sumOf(book, 'A')
    for (const [ownerId, moved] of [
      ['B', 'merge'],
      ['A', 'merge_undo'],
    ] as const)
      for (let time = 0; time < 3; time += 1)
        book.push(
          ...entriesDue(sale(1_000, ownerId), growthAfter(book), { moved, give: () => null }),
        )
    expect(book.slice(2).map(({ memberId, reason }) => `${memberId} ${reason}`)).toEqual([
      'A merge',
      'B merge',
      'B merge_undo',
      'A merge_undo',
    ])
    expect([sumOf(book, 'A'), sumOf(book, 'B')]).toEqual([standing, 0])
    book.push(...entriesDue(sale(9_700), growthAfter(book), { moved: null, give: () => null }))
    expect(sumOf(book, 'A')).toBe(0)
  })

  it('that gives nothing leaves no trace', () => {
    expect(entriesDue(sale(0), growthAfter([]), { moved: null, give: () => null })).toEqual([])
    expect(bookOf([sale(0, null)])).toEqual([])
  })
})
