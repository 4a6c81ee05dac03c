import { describe, expect, it } from '@jest/globals'
import { couponTermsSchema } from '@huike/shared/contracts/coupons'
import type { StoreId } from '@huike/shared/ids'
import { askedOf, lineField, outcomeOf, type BasketForm } from './basket.js'

const STORE = '01JX0000000000000000000001' as StoreId
const OTHER = '01JX0000000000000000000002' as StoreId
const EVERY_ORDER = {
  ...{ leastFen: 10_000, goods: null, notGoods: null, storeIds: [], channels: [] },
  ...{ levelCodes: [], isFirstPurchase: false, weekdays: [], fromTime: null, toTime: null },
}
const terms = (changes: object = {}, when: object = {}) =>
  couponTermsSchema.parse({
    ...{ name: '满减', gives: { kind: 'amount', amountFen: 1_000 }, class: 'order' },
    ...{ stacking: 'classes', perOrderMax: 1, withPoints: true },
    ...{ validity: { kind: 'days', afterDays: 0, days: 30 }, refund: 'gone', bearer: 'chain' },
    ...changes,
    when: { ...EVERY_ORDER, ...when },
  })
const BASKET: BasketForm = {
  lines: [
    { key: 'a', name: '面包', code: '6901', amount: '60', pieces: '2' },
    { key: 'b', name: '牛奶', code: '', amount: '４０．０１', pieces: '１' },
  ],
  ...{ shipping: '8', inHand: '3', channel: 'pos', storeId: null, levelCode: '' },
  ...{ first: 'later', at: '2026-06-06T12:00', points: 'without' },
}
const quoteOf = (of: ReturnType<typeof terms>, changes: Partial<BasketForm> = {}) =>
  outcomeOf({ ...BASKET, ...changes }, of, STORE).outcome?.quote

describe('the basket beside a coupon', () => {
  it('says what is taken off each line, and what is left to pay', () => {
    expect(quoteOf(terms())).toMatchObject({ lineOffFen: [600, 400], offFen: 1_000, dueFen: 9_001 })
  })

  it('counts as many as are in hand', () => {
    const several = terms({ perOrderMax: 5 }, { leastFen: 3_000 })
    expect(quoteOf(several)).toMatchObject({ offFen: 3_000 })
    expect(quoteOf(several)?.applied).toHaveLength(3)
    expect(quoteOf(terms())?.applied).toHaveLength(1)
  })

  it.each([
    ['还差 ¥100.00 可用', terms({}, { leastFen: 20_001 }), {}],
    [
      '还没有选“鱼”的商品',
      terms({}, { goods: { name: '鱼', codes: [], prefixes: [], words: ['鱼'] } }),
      {},
    ],
    ['这张券不能在本店用', terms({}, { storeIds: [OTHER] }), {}],
    ['这张券只能线上用', terms({}, { channels: ['online'] }), {}],
    ['会员等级不够用这张券', terms({}, { levelCodes: ['gold'] }), {}],
    ['这张券只能用在第一次购买', terms({}, { isFirstPurchase: true }), {}],
    ['这张券只能在周一用', terms({}, { weekdays: [1] }), {}],
    ['这张券只能在 17:00–24:00 用', terms({}, { fromTime: '17:00' }), {}],
    ['用了这张券，这一单就不能再用积分', terms({ withPoints: false }), { points: 'with' }],
  ] as const)('says why not: %s', (why, of, changes) => {
    const quote = quoteOf(of, changes)
    expect(quote?.applied).toEqual([])
    expect(quote?.refused[0]?.why).toBe(why)
    expect(quote?.dueFen).toBe(10_001)
  })

  it('takes it where everything that is asked is so', () => {
    const asking = terms(
      { withPoints: false },
      {
        ...{ storeIds: [STORE], channels: ['online'], levelCodes: ['gold'], isFirstPurchase: true },
        ...{ weekdays: [6], fromTime: '11:00', toTime: '13:00' },
        goods: { name: '面包', codes: ['6901'], prefixes: [], words: [] },
        leastFen: 6_000,
      },
    )
    const as = { channel: 'online', levelCode: 'gold', first: 'first' } as const
    expect(quoteOf(asking, as)).toMatchObject({ lineOffFen: [1_000, 0] })
    expect(Object.entries(askedOf(asking)).filter(([, is]) => !is)).toEqual([
      ['shipping', false],
      ['several', false],
    ])
  })

  it('takes off what carrying costs, where it is for that alone', () => {
    const free = terms({ gives: { kind: 'shipping', mostFen: 500 }, class: 'shipping' })
    expect(quoteOf(free)).toMatchObject({ shippingOffFen: 500, offFen: 0, dueFen: 10_301 })
  })

  it.each<[string, Partial<BasketForm>]>([
    [lineField('a', 'amount'), { lines: [{ ...line(), amount: '1.005' }] }],
    [lineField('a', 'pieces'), { lines: [{ ...line(), pieces: '0' }] }],
    ['inHand', { inHand: '0' }],
    ['at', { at: '' }],
  ])('says what is wrong beside %s', (field, changes) => {
    const asking = terms({ perOrderMax: 2 }, { weekdays: [6] })
    const { outcome, problems } = outcomeOf({ ...BASKET, ...changes }, asking, STORE)
    expect(outcome).toBeNull()
    expect(Object.keys(problems)).toEqual([field])
  })

  it('minds nothing that is not asked', () => {
    const unused = { inHand: 'x', at: '', shipping: 'x', levelCode: '' }
    expect(quoteOf(terms(), unused)).toMatchObject({ offFen: 1_000 })
  })

  it('can be worth nothing', () => {
    const worthless = { lines: [{ ...line(), amount: '0' }] }
    expect(quoteOf(terms({}, { leastFen: 0 }), worthless)).toMatchObject({ dueFen: 0, applied: [] })
  })
})

function line() {
  return { key: 'a', name: '面包', code: '', amount: '10', pieces: '1' }
}
