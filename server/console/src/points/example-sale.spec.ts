import { describe, expect, it } from '@jest/globals'
import { FIRST_RULE } from '@huike/shared/earning'
import { EVERY_SALE } from '@huike/shared/earning-conditions'
import type { StoreId } from '@huike/shared/ids'
import { askedByAll, saleOf, type Asked, type SaleForm } from './example-sale.js'

const SALE: SaleForm = {
  ...{ amount: '58.80', channel: 'pos', storeId: null, day: '2026-06-03' },
  ...{ levelCode: '', birthday: 'other', first: 'later', dayPoints: '0', goods: {} },
}
const NOTHING: Asked = askedByAll([FIRST_RULE])
const fresh = { name: '生鲜', codes: [], prefixes: ['20'], words: ['鲜'] }
const of = (form: SaleForm, asked = NOTHING, firstStoreId?: StoreId) =>
  saleOf(form, { firstStoreId, asked })

describe('the sale of an example', () => {
  it('is of the first store until one is chosen', () => {
    const first = 'S1' as StoreId
    expect(of(SALE, NOTHING, first).sale).toEqual({
      ...{ totalFen: 5_880, channel: 'pos', storeId: 'S1', businessDate: '2026-06-03' },
      ...{ lines: [{ name: '', code: null, amountFen: 5_880 }], dayPoints: 0 },
      member: { levelCode: '', birthday: '2026-07-01', isFirstPurchase: false },
    })
    expect(of({ ...SALE, storeId: 'S2' as StoreId }, NOTHING, first).sale?.storeId).toBe('S2')
  })

  it.each(['', '-1', '1.234', 'abc', '100000000.01', '１２元'])('is not of "%s" yuan', (amount) => {
    const { sale, problems } = of({ ...SALE, amount })
    expect(sale).toBeNull()
    expect(Object.keys(problems)).toEqual(['amount'])
  })

  it.each(['', '2026-02-30', '12026-01-01'])('is not on "%s"', (day) => {
    const { sale, problems } = of({ ...SALE, day })
    expect(sale).toBeNull()
    expect(Object.keys(problems)).toEqual(['day'])
  })

  it('asks for what the rules ask for, goods of one name once', () => {
    const when = { ...EVERY_SALE, items: fresh, levelCodes: ['gold'] }
    const bonus = { name: '加分', when, gives: { kind: 'points' as const, points: 1 } }
    const terms = { ...FIRST_RULE, bonuses: [bonus, bonus], dayPointsMax: 10 }
    expect(askedByAll([FIRST_RULE, terms])).toEqual({
      ...{ levelCodes: ['gold'], birthday: false, first: false, dayPoints: true, goods: [fresh] },
    })
  })

  it('has a line for certain goods, which cost no more than was paid', () => {
    const asked = { ...NOTHING, goods: [fresh] }
    expect(of({ ...SALE, goods: { 生鲜: '8.80' } }, asked).sale?.lines).toEqual([
      { name: '鲜', code: '20', amountFen: 880 },
      { name: '', code: null, amountFen: 5_000 },
    ])
    for (const typed of ['58.81', '-1', 'x'])
      expect(of({ ...SALE, goods: { 生鲜: typed } }, asked).problems).toHaveProperty('goods')
    const capped = { ...NOTHING, dayPoints: true }
    for (const dayPoints of ['', '-1', '1.5', '1000001'])
      expect(of({ ...SALE, dayPoints }, capped).problems).toHaveProperty('dayPoints')
  })

  it.each<[SaleForm['birthday'], string, string]>([
    ['day', '2026-06-03', '2026-06-03'],
    ['month', '2026-06-03', '2026-06-01'],
    ['month', '2026-06-01', '2026-06-02'],
    ['other', '2026-12-31', '2026-01-01'],
  ])('with the birthday %s on %s is of somebody born on %s', (birthday, day, born) => {
    expect(of({ ...SALE, birthday, day }).sale?.member.birthday).toBe(born)
  })
})
