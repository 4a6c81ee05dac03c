import { describe, expect, it } from '@jest/globals'
import type { StoreId } from '@huike/shared/ids'
import { saleOf } from './example-sale.js'

const SALE = { amount: '58.80', channel: 'pos', storeId: null, day: '2026-06-03' } as const

describe('the sale of an example', () => {
  it('is of the first store until one is chosen', () => {
    expect(saleOf(SALE, 'S1' as StoreId).sale).toEqual({
      ...{ totalFen: 5_880, channel: 'pos', storeId: 'S1', businessDate: '2026-06-03' },
    })
    expect(saleOf({ ...SALE, storeId: 'S2' as StoreId }, 'S1' as StoreId).sale?.storeId).toBe('S2')
  })

  it.each(['', '-1', '1.234', 'abc', '100000000.01', '１２元'])('is not of "%s" yuan', (amount) => {
    const { sale, problems } = saleOf({ ...SALE, amount }, undefined)
    expect(sale).toBeNull()
    expect(Object.keys(problems)).toEqual(['amount'])
  })

  it.each(['', '2026-02-30', '12026-01-01'])('is not on "%s"', (day) => {
    const { sale, problems } = saleOf({ ...SALE, day }, undefined)
    expect(sale).toBeNull()
    expect(Object.keys(problems)).toEqual(['day'])
  })
})
