import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { couponTermsSchema, type CouponTerms } from './contracts/coupons.js'
import { keptOffFen, paidByLine, type ReceiptLine } from './coupon-refund.js'

const fenUpTo = (most: number) => fc.integer({ min: 1, max: most })
const line = (name: string, amountFen: number): ReceiptLine => ({ name, code: null, amountFen })

function terms(words: string[] | null): CouponTerms {
  const goods = words && { name: '商品', codes: [], prefixes: [], words }
  return couponTermsSchema.parse({
    ...{ name: '券', gives: { kind: 'amount', amountFen: 1 }, class: 'order' },
    ...{ stacking: 'classes', perOrderMax: 1, withPoints: true },
    when: {
      ...{ leastFen: 0, goods, notGoods: null, storeIds: [], channels: [], levelCodes: [] },
      ...{ isFirstPurchase: false, weekdays: [], fromTime: null, toTime: null },
    },
    validity: { kind: 'days', afterDays: 0, days: 1 },
    ...{ refund: 'given_back', bearer: 'chain' },
  })
}

describe('what a coupon still takes off an order that comes back in parts', () => {
  it('goes to the fen, in a hundred parts as in one', () => {
    const parts = fc.array(fc.integer({ min: 0, max: 5_000_000_000 }), { maxLength: 100 })
    fc.assert(
      fc.property(fenUpTo(10_000_000_000), fenUpTo(10_000_000_000), parts, (off, total, some) => {
        let [refunded, back, before] = [0, 0, off]
        for (const part of [...some, total]) {
          refunded = Math.min(total, refunded + part)
          const left = keptOffFen(off, { totalFen: total, refundedFen: refunded })
          // Its share to the fen, worked out another way.
          const exact = BigInt(off) * BigInt(total - refunded)
          expect(BigInt(left) * BigInt(total) - exact).toBeGreaterThanOrEqual(0n)
          expect(BigInt(left) * BigInt(total) - exact).toBeLessThan(BigInt(total))
          expect(left).toBeLessThanOrEqual(before)
          back += before - left
          before = left
        }
        expect([back, before]).toEqual([off, 0])
      }),
    )
  })

  it.each([
    [1_000, 7_000, 0, 1_000],
    [1_000, 7_000, 3_500, 500],
    [1_000, 7_000, 6_999, 1],
    [1_000, 7_000, 7_000, 0],
    [1_000, 0, 0, 1_000],
  ])('of %i off %i, %i returned, is %i', (off, totalFen, refundedFen, left) => {
    expect(keptOffFen(off, { totalFen, refundedFen })).toBe(left)
  })
})

describe('what was paid for each line', () => {
  it('adds up to the total, and is never more than the line cost', () => {
    const receipt = fc.array(fc.integer({ min: -500, max: 1_000_000 }), { minLength: 1 })
    const takenOff = fc.integer({ min: 0, max: 100 })
    fc.assert(
      fc.property(receipt, takenOff, takenOff, fc.boolean(), (amounts, coupon, rest, isOfSome) => {
        const lines = amounts.map((amount, at) => line(at % 2 === 0 ? '面包' : '牛奶', amount))
        const cost = amounts.reduce((sum, one) => sum + Math.max(0, one), 0)
        const offFen = Math.floor((cost * coupon) / 100)
        const totalFen = Math.floor(((cost - offFen) * rest) / 100)
        const coupons = [{ terms: terms(isOfSome ? ['面包'] : null), offFen }]
        const paid = paidByLine(lines, { totalFen, coupons })
        expect(paid.reduce((sum, one) => sum + one, 0)).toBe(totalFen)
        for (const [at, one] of paid.entries()) {
          expect(one).toBeGreaterThanOrEqual(0)
          expect(one).toBeLessThanOrEqual(Math.max(0, amounts[at] ?? 0))
        }
      }),
    )
  })

  it('has a coupon off the goods it is for, and the rest off all', () => {
    const lines = [line('面包', 4_000), line('牛奶', 4_000), line('整单优惠', -1_000)]
    const coupons = [{ terms: terms(['面包']), offFen: 1_000 }]
    expect(paidByLine(lines, { totalFen: 7_000, coupons })).toEqual([3_000, 4_000, 0])
    expect(paidByLine(lines, { totalFen: 6_300, coupons })).toEqual([2_700, 3_600, 0])
    // Of goods that the receipt calls something else.
    const others = [{ terms: terms(['蛋糕']), offFen: 1_000 }]
    expect(paidByLine(lines, { totalFen: 7_000, coupons: others })).toEqual([3_500, 3_500, 0])
    // More was paid than the lines say: a line never gives back more than it cost.
    expect(paidByLine(lines, { totalFen: 9_000, coupons: [] })).toEqual([4_000, 4_000, 0])
  })
})
