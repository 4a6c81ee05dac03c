import { describe, expect, it } from '@jest/globals'
import type { Exchange, MallItem } from '@huike/shared/contracts/mall'
import { fetchBy, outcomeSentences, pileOf, stateWords } from './exchange-state.js'
import { askSentence, quantityMaxOf, whyWords } from './item-words.js'

const NOON_MS = Date.UTC(2026, 10, 22, 4)
const DAY_MS = 86_400_000
const COFFEE = {
  ...{ name: '手冲咖啡', kind: 'goods', pricePoints: 1_200, quantityMax: 5, fromMs: NOON_MS },
  ...{ fetch: { days: 30, stores: [], lapse: 'gone' }, missingPoints: 0, why: null },
} as unknown as MallItem

function exchange(more: Partial<Record<keyof Exchange, unknown>>): Exchange {
  const none = { cancelledBy: null, returnedPoints: 0, fetchUntilMs: NOON_MS + DAY_MS }
  return { state: 'waiting', ...none, ...more } as unknown as Exchange
}

describe('what is asked before points are exchanged', () => {
  it('says what goes, what stays, until when and where, and what if not', () => {
    const wish = { item: COFFEE, quantity: 2, spendablePoints: 12_864 }
    expect(askSentence(wish, NOON_MS)).toBe(
      '用掉 2,400 积分，换“手冲咖啡”2 件，剩 10,464 积分。' +
        '最晚 2026-12-22 到任意门店领取。到期没有领取，积分不退回。',
    )
  })

  it('calls three stores by name and counts the others', () => {
    const stores = ['东店', '西店', '南店', '北店'].map((name) => ({ name }))
    const fetch = { days: 1, stores, lapse: 'back' }
    const item = { ...COFFEE, fetch } as unknown as MallItem
    expect(askSentence({ item, quantity: 1, spendablePoints: 1_200 }, NOON_MS)).toContain(
      '剩 0 积分。最晚 2026-11-23 到东店、西店、南店等 4 家门店领取。到期没有领取，积分自动退回。',
    )
  })

  it('says of a coupon that it cannot be given back', () => {
    const item = { ...COFFEE, kind: 'coupon', fetch: null } as MallItem
    expect(askSentence({ item, quantity: 1, spendablePoints: 2_000 }, NOON_MS)).toBe(
      '用掉 1,200 积分，换“手冲咖啡”1 张，剩 800 积分。兑换后马上放进“优惠券”，不能取消。',
    )
  })

  it.each([
    [12_864, 5],
    [2_500, 2],
    [300, 1],
    [-40, 1],
  ])('offers with %i points no more than %i', (spendable, most) => {
    expect(quantityMaxOf(COFFEE, spendable)).toBe(most)
  })

  it.each([
    ['points_short', '还差 12,864 积分'],
    ['mall_early', '2026-11-22 12:00 开始兑换'],
    ['mall_level', '会员等级不够'],
  ])('says why not: %s', (code, words) => {
    const why = { code, sentence: '会员等级不够' } as MallItem['why']
    expect(whyWords({ ...COFFEE, why, missingPoints: 12_864 })).toBe(words)
  })
})

describe('what became of an exchange', () => {
  it.each([
    [{}, 'waiting', '待领取', []],
    [{ fetchUntilMs: NOON_MS }, 'lapsed', '逾期未领', ['已过领取期限，正在处理。']],
    [{ state: 'fetched' }, 'done', '已领取', ['商品已经交给你了。']],
    [{ state: 'given' }, 'done', '已到账', ['已放进“优惠券”，结账付款前出示即可。']],
    [
      { state: 'cancelled', cancelledBy: 'shop', returnedPoints: 2_400 },
      ...(['cancelled', '已取消', ['门店取消了这次兑换。', '2,400 积分已退回。']] as const),
    ],
    [{ state: 'lapsed' }, 'lapsed', '逾期未领', ['到期没有领取。', '按兑换时的约定，积分不退回。']],
  ])('%j is %s', (more, pile, words, sentences) => {
    const one = exchange(more)
    expect([pileOf(one, NOON_MS), stateWords(one, NOON_MS)]).toEqual([pile, words])
    expect(outcomeSentences(one, NOON_MS)).toEqual(sentences)
  })

  it('tells the last day, and that it is today', () => {
    const midnightMs = Date.UTC(2026, 10, 22, 16)
    expect(fetchBy(midnightMs, NOON_MS)).toEqual({
      ...{ words: '最晚 2026-11-22 领取，今天是最后一天', isSoon: true },
    })
    expect(fetchBy(midnightMs + DAY_MS, NOON_MS).words).toBe('最晚 2026-11-23 领取')
  })
})
