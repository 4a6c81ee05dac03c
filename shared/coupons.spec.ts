import { describe, expect, it } from '@jest/globals'
import { couponTermsSchema, type BasketLine, type CouponTerms } from './contracts/coupons.js'
import { couponConditions, couponHeadline } from './coupon-words.js'
import { quoteChosen, quoteCoupons, type CouponInHand, type CouponOrder } from './coupons.js'
import type { CouponId } from './ids.js'
import { fen } from './quantities.js'

const NOW_MS = 1_800_000_000_000
const DAY_MS = 86_400_000
const OTHER_STORE = '01JX00000000000000000STR02'
const NO_CONDITION: CouponTerms['when'] = {
  leastFen: fen(0),
  goods: null,
  notGoods: null,
  storeIds: [],
  channels: [],
  levelCodes: [],
  isFirstPurchase: false,
  weekdays: [],
  fromTime: null,
  toTime: null,
}
const BREAD = { name: '面包', codes: [], prefixes: [], words: ['面包'] }

function terms(
  over: Partial<Omit<CouponTerms, 'when'>> & { when?: Partial<CouponTerms['when']> } = {},
): CouponTerms {
  const { when, ...rest } = over
  return couponTermsSchema.parse({
    name: '满减',
    gives: { kind: 'amount', amountFen: 1_000 },
    class: 'order',
    stacking: 'classes',
    perOrderMax: 1,
    withPoints: true,
    validity: { kind: 'days', afterDays: 0, days: 30 },
    refund: 'given_back',
    bearer: 'chain',
    ...rest,
    when: { ...NO_CONDITION, ...when },
  })
}

const held = (id: string, of: CouponTerms, over: Partial<CouponInHand> = {}): CouponInHand => ({
  couponId: id as CouponId,
  code: id,
  templateId: of.name,
  version: 1,
  terms: of,
  state: 'issued',
  validFromMs: NOW_MS - DAY_MS,
  validUntilMs: NOW_MS + DAY_MS,
  ...over,
})
const line = (name: string, amountFen: number, pieces = 1): BasketLine => ({
  name,
  code: null,
  quantityMilli: pieces * 1_000,
  amountFen: fen(amountFen),
})
const order = (lines: BasketLine[] | null, over: Partial<CouponOrder> = {}): CouponOrder => ({
  atMs: NOW_MS,
  localTime: '2027-01-15T18:30:00',
  storeId: 'S1',
  channel: 'pos',
  goodsFen: fen((lines ?? []).reduce((sum, { amountFen }) => sum + amountFen, 0)),
  lines,
  shippingFen: fen(0),
  member: { levelCode: 'base', isFirstPurchase: false },
  isWithPoints: false,
  seenFen: new Map(),
  ...over,
})
const why = (of: CouponOrder, coupon: CouponInHand) => {
  const [refused] = quoteCoupons(of, [coupon]).refused
  return refused && [refused.code, refused.why]
}

describe('why a coupon is not applied', () => {
  const basket = order([line('牛奶', 6_000), line('面包', 2_000)])
  const cases: [string, CouponInHand, string, string][] = [
    ['used', held('a', terms(), { state: 'redeemed' }), 'coupon_redeemed', '这张券已经用过了'],
    ['elsewhere', held('a', terms(), { state: 'reserved' }), 'coupon_reserved', '另一单'],
    ['over, this moment', held('a', terms(), { validUntilMs: NOW_MS }), 'coupon_expired', '已过期'],
    ['not yet', held('a', terms(), { validFromMs: NOW_MS + 1 }), 'coupon_early', '还没到'],
    [
      'another store',
      held('a', terms({ when: { storeIds: [OTHER_STORE as never] } })),
      'coupon_store',
      '本店',
    ],
    [
      'online',
      held('a', terms({ when: { channels: ['online'] } })),
      'coupon_channel',
      '只能线上用',
    ],
    ['a level', held('a', terms({ when: { levelCodes: ['gold'] } })), 'coupon_level', '等级不够'],
    [
      'newcomers',
      held('a', terms({ when: { isFirstPurchase: true } })),
      'coupon_first_purchase',
      '第一次',
    ],
    [
      'weekends',
      held('a', terms({ when: { weekdays: [7, 6] } })),
      'coupon_day',
      '只能在周六、周日用',
    ],
    ['lunch', held('a', terms({ when: { toTime: '14:00' } })), 'coupon_hour', '00:00–14:00'],
    [
      'a sum',
      held('a', terms({ when: { leastFen: fen(10_000) } })),
      'coupon_threshold',
      '还差 ¥20.00 可用',
    ],
    [
      'other goods',
      held('a', terms({ when: { goods: { ...BREAD, name: '酒', words: ['酒'] } } })),
      'coupon_goods',
      '还没有选“酒”的商品',
    ],
    [
      'shipping where none is',
      held('a', terms({ class: 'shipping', gives: { kind: 'shipping', mostFen: null } })),
      'coupon_nothing',
      '减不了钱',
    ],
  ]
  for (const [title, coupon, code, words] of cases)
    it(`is told: ${title}`, () => {
      expect(why(basket, coupon)).toEqual([code, expect.stringContaining(words)])
    })

  it('is told of points, before any are spent', () => {
    const coupon = held('a', terms({ withPoints: false }))
    expect(quoteCoupons(basket, [coupon]).withPoints).toBe(false)
    expect(why({ ...basket, isWithPoints: true }, coupon)?.[0]).toBe('coupon_points')
  })

  it('is told of what stands beside it', () => {
    const ten = held('a', terms())
    const twenty = held(
      'b',
      terms({ name: '立减', gives: { kind: 'amount', amountFen: fen(2_000) } }),
    )
    const quote = quoteCoupons(basket, [ten, twenty])
    expect(quote.applied).toEqual([{ couponId: 'b', offFen: 2_000 }])
    expect(quote.refused).toEqual([
      { couponId: 'a', code: 'coupon_together', why: expect.stringContaining('一起用') },
    ])
  })
})

describe('what is taken off', () => {
  it('falls on the lines in proportion, to the fen', () => {
    const quote = quoteCoupons(order([line('甲', 333), line('乙', 333), line('丙', 334)]), [
      held('a', terms({ gives: { kind: 'amount', amountFen: fen(100) } })),
    ])
    expect(quote.lineOffFen).toEqual([33, 33, 34])
    expect(quote.dueFen).toBe(900)
  })

  it('never gives money back', () => {
    const quote = quoteCoupons(order([line('甲', 300)]), [held('a', terms())])
    expect([quote.offFen, quote.dueFen]).toEqual([300, 0])
  })

  it('counts one class after another, each from what is left', () => {
    const gift = terms({
      name: '面包券',
      class: 'goods',
      gives: { kind: 'gift', mostFen: null },
      when: { goods: BREAD },
    })
    const tenth = terms({ name: '九折', gives: { kind: 'percent', percentOff: 10, mostFen: null } })
    const quote = quoteCoupons(order([line('面包', 2_000, 2), line('牛奶', 999)]), [
      held('a', gift),
      held('b', tenth),
    ])
    // One of two pieces of bread, then a tenth of the ¥19.99 that are left.
    expect(quote.applied).toEqual([
      { couponId: 'a', offFen: 1_000 },
      { couponId: 'b', offFen: 199 },
    ])
    expect(quote.lineOffFen).toEqual([1_100, 99])
  })

  it('takes the coupon that ends first, and asks its threshold for each', () => {
    const each = terms({ perOrderMax: 3, when: { leastFen: fen(5_000) } })
    const late = held('late', each, { validUntilMs: NOW_MS + 2 * DAY_MS })
    const soon = held('soon', each)
    const quote = quoteCoupons(order([line('甲', 9_999)]), [late, soon])
    expect(quote.applied).toEqual([{ couponId: 'soon', offFen: 1_000 }])
    expect(quote.refused[0]).toMatchObject({ couponId: 'late', why: '还差 ¥0.01 可用' })
    expect(quoteCoupons(order([line('甲', 10_000)]), [late, soon]).offFen).toBe(2_000)
  })
})

describe('at a till that cannot be asked', () => {
  const bread = held('a', terms({ class: 'goods', when: { goods: BREAD } }))
  const blind = order(null, { goodsFen: fen(8_000) })

  it('a coupon for certain goods waits until the cashier has seen them', () => {
    expect(why(blind, bread)?.[0]).toBe('coupon_goods_unseen')
    const seen = { ...blind, seenFen: new Map([['a' as CouponId, fen(600)]]) }
    expect(quoteCoupons(seen, [bread])).toMatchObject({ offFen: 600, lineOffFen: [600] })
  })

  it('what was seen is never more than the order', () => {
    const seen = { ...blind, seenFen: new Map([['a' as CouponId, fen(90_000)]]) }
    const half = held(
      'a',
      terms({
        class: 'goods',
        gives: { kind: 'percent', percentOff: 50, mostFen: null },
        when: { goods: BREAD },
      }),
    )
    expect(quoteCoupons(seen, [half]).offFen).toBe(4_000)
  })
})

describe('what a cashier chooses', () => {
  const ten = held('a', terms())
  const alone = held('b', terms({ name: '独享', stacking: 'alone', class: 'goods' }))
  const basket = order([line('甲', 9_999)])

  it('is priced as chosen, though another would be better', () => {
    const chosen = quoteChosen(basket, [ten, alone], ['b' as CouponId])
    expect(chosen).toMatchObject({ ok: true, quote: { offFen: 1_000 } })
  })

  it('is refused with its reason', () => {
    const choose = (...ids: string[]) => quoteChosen(basket, [ten, alone], ids as CouponId[])
    expect(choose('a', 'b')).toMatchObject({ code: 'coupon_together' })
    expect(choose('z')).toMatchObject({ code: 'coupon_not_found' })
    const used = { ...ten, state: 'redeemed' }
    expect(quoteChosen(basket, [used], ['a' as CouponId])).toMatchObject({
      code: 'coupon_redeemed',
    })
  })
})

describe('terms that do not hold together', () => {
  const wrong: [string, () => unknown][] = [
    [
      'an hour that ends before it begins',
      () => terms({ when: { fromTime: '20:00', toTime: '08:00' } }),
    ],
    [
      'a gift of nothing in particular',
      () => terms({ class: 'goods', gives: { kind: 'gift', mostFen: null } }),
    ],
    ['free shipping for goods', () => terms({ gives: { kind: 'shipping', mostFen: null } })],
    [
      'several percentages',
      () => terms({ perOrderMax: 2, gives: { kind: 'percent', percentOff: 10, mostFen: null } }),
    ],
    ['everything off', () => terms({ gives: { kind: 'percent', percentOff: 100, mostFen: null } })],
    ['nothing off', () => terms({ gives: { kind: 'amount', amountFen: fen(0) } })],
    ['half a fen', () => terms({ gives: { kind: 'amount', amountFen: 0.5 as never } })],
  ]
  for (const [title, make] of wrong)
    it(`are refused: ${title}`, () => {
      expect(make).toThrow()
    })
})

it('says what it gives in words', () => {
  expect(couponHeadline(terms({ when: { leastFen: fen(10_000) } }))).toBe('满 ¥100 减 ¥10')
  const percent = terms({ gives: { kind: 'percent', percentOff: 15, mostFen: fen(2_050) } })
  expect(couponHeadline(percent)).toBe('8.5 折')
  expect(couponConditions(percent)).toEqual(['最多减 ¥20.50', '每单一张'])
})
