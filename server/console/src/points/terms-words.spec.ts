import { describe, expect, it } from '@jest/globals'
import type { EarningBonus, PointsExpiry } from '@huike/shared/contracts/console-points'
import { EVERY_SALE } from '@huike/shared/earning-conditions'
import { fen } from '@huike/shared/quantities'
import { baseWords, bonusWords, capWords, expiryWords, pendingWords } from './terms-words.js'

const STORES: Readonly<Record<string, string>> = { S1: '人民路店', S2: '解放路店', S3: '中山路店' }
const LEVELS: Readonly<Record<string, string>> = { gold: '金卡会员' }
const NAMES_OF = {
  stores: { nameOf: (id: string) => STORES[id] ?? '' },
  levels: { nameOf: (code: string) => LEVELS[code] ?? '' },
}

describe('the terms of a rule in words', () => {
  it.each([
    [1, 100, '每满 1 元得 1 分'],
    [3, 1_050, '每满 10.5 元得 3 分'],
    [1_000, 1_000_000, '每满 10,000 元得 1,000 分'],
    [1, 29, '每满 0.29 元得 1 分'],
    [0, 100, '消费不得分'],
  ])('%i points per %i fen: %s', (points, perFen, words) => {
    expect(baseWords({ points, perFen: fen(perFen) })).toBe(words)
  })

  it.each<[PointsExpiry, string]>([
    [{ kind: 'never' }, '积分永不过期'],
    [{ kind: 'months', months: 12 }, '得分后 12 个月，到当月月底'],
    [{ kind: 'year_end', years: 0 }, '得分当年年底'],
    [{ kind: 'year_end', years: 1 }, '次年年底'],
    [{ kind: 'year_end', years: 3 }, '得分后第 3 年年底'],
  ])('%j: %s', (expiry, words) => {
    expect(expiryWords(expiry)).toBe(words)
  })

  it.each<[Partial<EarningBonus['when']>, string]>([
    [{}, '每一笔'],
    [{ weekdays: [3] }, '周三'],
    [{ weekdays: [7, 1, 2, 3] }, '周一至周三、周日'],
    [{ daysOfMonth: [28, 8, 18] }, '每月 8、18、28 日'],
    [{ daysOfMonth: [1, 2, 3, 15] }, '每月 1 至 3、15 日'],
    [{ channels: ['online'] }, '线上'],
    [{ channels: ['pos', 'online'] }, '每一笔'],
    [{ storeIds: ['S1', 'S2'] as never }, '人民路店、解放路店'],
    [{ storeIds: ['S1', 'S2', 'S3', 'S4'] as never }, '人民路店、解放路店、中山路店等 4 家门店'],
    [{ storeIds: ['S1', 'S9'] as never }, '人民路店等 2 家门店'],
    [{ storeIds: ['S8', 'S9'] as never }, '2 家门店'],
    [
      { fromDate: '2026-06-01' as never, toDate: '2026-06-30' as never },
      '2026-06-01 至 2026-06-30',
    ],
    [{ fromDate: '2026-06-18' as never, toDate: '2026-06-18' as never }, '2026-06-18 当天'],
    [{ fromDate: '2026-06-01' as never }, '2026-06-01 起'],
    [{ toDate: '2026-06-30' as never }, '到 2026-06-30 为止'],
    [{ storeIds: ['S1'] as never, channels: ['pos'], weekdays: [3] }, '人民路店，到店，周三'],
    [{ levelCodes: ['gold', 'silver'], birthday: 'month' }, '等级 金卡会员、silver，会员生日当月'],
    [{ birthday: 'day', isFirstPurchase: true }, '会员生日当天，会员首次消费'],
    [{ items: { name: '生鲜', codes: ['1'], prefixes: [], words: [] } }, '只算“生鲜”'],
  ])('the conditions %j are %s', (when, words) => {
    const bonus = { name: '会员日', when: { ...EVERY_SALE, ...when } }
    expect(bonusWords({ ...bonus, gives: { kind: 'times', tenths: 15 } }, NAMES_OF)).toBe(
      `${words}：基本积分的 1.5 倍`,
    )
    expect(bonusWords({ ...bonus, gives: { kind: 'points', points: 1_000 } }, NAMES_OF)).toBe(
      `${words}：另加 1,000 分`,
    )
  })

  it('tell whether an order has a cap', () => {
    const said = [
      capWords({ orderPointsMax: null, dayPointsMax: null }),
      capWords({ orderPointsMax: 5_000, dayPointsMax: null }),
      capWords({ orderPointsMax: null, dayPointsMax: 800 }),
    ]
    expect(said).toEqual(['每单不限', '每单最多 5,000 分', '每单不限，每人每天最多 800 分'])
  })

  it('tell from when points may be spent', () => {
    expect([0, 7].map(pendingWords)).toEqual(['消费以后马上可用', '消费那天之后满 7 天才可用'])
  })
})
