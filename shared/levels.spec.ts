import { describe, expect, it } from '@jest/globals'
import { schemeTermsSchema, type LevelScheme, type SchemeTerms } from './contracts/levels.js'
import { NEVER_EXPIRES_MS } from './earning.js'
import {
  benefitsInWords,
  DAY_MS,
  FIRST_SCHEME,
  growthOfSale,
  keepingPeriodStartMs,
  lastDayBefore,
  levelEndsAtMs,
  levelFor,
  levelNameIn,
  levelTurn,
  nextLevel,
  periodStartMs,
  progressInWords,
  schemeFault,
  schemeInWords,
  type Standing,
} from './levels.js'
import { fen } from './quantities.js'

const NONE = {
  birthdayPoints: 0,
  birthdayGift: '',
  freeShippingCoupons: 0,
  earlyAccessHours: 0,
  words: [],
}
const SCHEME: LevelScheme = {
  version: 2,
  levels: [
    { code: 'base', name: '普通会员', threshold: 0, benefits: NONE },
    { code: 'silver', name: '银卡会员', threshold: 1_000, benefits: NONE },
    { code: 'gold', name: '金卡会员', threshold: 5_000, benefits: NONE },
  ],
  growth: { growth: 1, perFen: fen(100), perPurchase: 10, purchasesPerDayMax: 2 },
  period: { kind: 'months', months: 12 },
  keep: { kind: 'months', months: 12 },
  graceDays: 30,
  noticeDays: 15,
  pointsNoticeDays: 30,
}
const chinaMs = (text: string) => Date.parse(`${text}+08:00`)
const NOON_MS = chinaMs('2026-03-15T12:00:00')

describe('a scheme of levels', () => {
  const faultOf = (change: Partial<SchemeTerms>) => schemeFault({ ...SCHEME, ...change }, SCHEME)
  const [base, silver, gold] = SCHEME.levels as [
    LevelScheme['levels'][0],
    LevelScheme['levels'][0],
    LevelScheme['levels'][0],
  ]

  it('may be, where it begins with what everybody has and rises', () => {
    expect(schemeFault(SCHEME, FIRST_SCHEME)).toBeNull()
    expect(schemeFault(FIRST_SCHEME, FIRST_SCHEME)).toBeNull()
    expect(schemeTermsSchema.safeParse({ ...SCHEME, version: undefined }).success).toBe(false)
  })

  it('is refused in words where it cannot be', () => {
    expect(faultOf({ levels: [silver, gold] })).toMatch('基础等级')
    expect(faultOf({ levels: [{ ...base, threshold: 1 }, silver, gold] })).toMatch('基础等级')
    expect(faultOf({ levels: [base, gold, silver] })).toMatch('“银卡会员”的成长值要高于')
    expect(faultOf({ levels: [base, silver, { ...gold, threshold: 1_000 }] })).toMatch('要高于')
    expect(faultOf({ levels: [base, silver, gold, { ...gold, threshold: 9_000 }] })).toMatch(
      '代码“gold”重复',
    )
    expect(faultOf({ levels: [base, silver, { ...gold, name: '银卡会员' }] })).toMatch('名称')
    expect(faultOf({ levels: [base, silver] })).toBe(
      '不能去掉已经发布的等级“金卡会员”（gold），可以改名或提高成长值',
    )
    expect(faultOf({ growth: { ...SCHEME.growth, purchasesPerDayMax: 0 } })).toMatch('至少是 1')
    expect(faultOf({ growth: { ...SCHEME.growth, growth: 0, perPurchase: 0 } })).toMatch(
      '没有人能升级',
    )
  })

  it('takes no numbers that are none', () => {
    const { version, ...terms } = SCHEME
    expect(version).toBe(2)
    const withGrowth = (growth: object) => ({ ...terms, growth: { ...terms.growth, ...growth } })
    for (const wrong of [
      withGrowth({ growth: -1 }),
      withGrowth({ growth: 1.5 }),
      withGrowth({ growth: Number.NaN }),
      withGrowth({ perFen: 0 }),
      { ...terms, graceDays: 1e9 },
      { ...terms, levels: [] },
      { ...terms, levels: [{ ...base, code: 'Gold Card' }] },
      { ...terms, more: 1 },
    ])
      expect(schemeTermsSchema.safeParse(wrong).success).toBe(false)
    expect(schemeTermsSchema.safeParse(terms).success).toBe(true)
  })

  it('tells itself in words', () => {
    expect(schemeInWords(SCHEME)).toEqual([
      '消费每满 ¥1.00 得 1 成长值',
      '每笔消费另得 10 成长值，每天最多计 2 笔',
      '退款按比例扣回成长值',
      '等级按最近 12 个月的成长值计算',
      '达到的等级保留到 12 个月后的月底，届时重新核算，未达到时有 30 天可以补足',
    ])
    expect(
      benefitsInWords({
        benefits: {
          birthdayPoints: 500,
          birthdayGift: '蛋糕一份',
          freeShippingCoupons: 2,
          earlyAccessHours: 24,
          words: ['专属客服'],
        },
      }),
    ).toEqual([
      '生日当月送 500 积分',
      '生日礼：蛋糕一份',
      '每月 2 张包邮券',
      '新品提前 24 小时购买',
      '专属客服',
    ])
  })
})

describe('growth of a sale', () => {
  it('comes from the amount and from how often somebody buys in a day', () => {
    const given = (totalFen: number, countedBefore: number) =>
      growthOfSale(SCHEME, { totalFen: fen(totalFen), countedBefore })
    expect(given(2_132, 0)).toEqual({
      growth: 31,
      isCounted: true,
      explanation: '实付 ¥21.32，每满 ¥1.00 得 1 成长值，本次消费加 10，共 31 成长值',
    })
    expect(given(2_132, 2)).toMatchObject({ growth: 21, isCounted: false })
    expect(given(2_132, 2).explanation).toMatch('当天已计 2 次，不再加')
    expect(given(0, 0)).toMatchObject({ growth: 0, isCounted: false })
    expect(given(10_000_000_000, 0).growth).toBe(100_000_010)
  })
})

describe('the level of a sum of growth', () => {
  it('is the highest that is reached', () => {
    expect([0, 999, 1_000, 4_999, 5_000, 1e9].map((sum) => levelFor(SCHEME, sum).code)).toEqual([
      'base',
      'base',
      'silver',
      'silver',
      'gold',
      'gold',
    ])
    expect(levelFor(SCHEME, -5).code).toBe('base')
    expect([levelNameIn(SCHEME, 'gold'), levelNameIn(SCHEME, 'gone')]).toEqual([
      '金卡会员',
      '普通会员',
    ])
  })

  it('tells the way to the next', () => {
    const progress = (code: string, growth: number) => progressInWords(SCHEME, { code, growth })
    expect(progress('base', 880)).toBe('再积 120 成长值升为银卡会员')
    expect(progress('silver', 200)).toBe('再积 4,800 成长值升为金卡会员')
    expect(progress('gold', 0)).toBeNull()
    // Reached, and not looked at yet.
    expect(nextLevel(SCHEME, { code: 'base', growth: 2_000 })?.missing).toBe(1)
    expect(progressInWords(FIRST_SCHEME, { code: 'base', growth: 0 })).toBeNull()
  })
})

describe('the period in which growth counts', () => {
  it('goes back so many months to the day, or to the last day of a shorter month', () => {
    const from = (months: number, at: string) =>
      periodStartMs({ kind: 'months', months }, chinaMs(at))
    expect(from(12, '2026-03-15T12:00:00')).toBe(chinaMs('2025-03-15T00:00:00'))
    expect(from(1, '2026-03-31T23:59:59')).toBe(chinaMs('2026-02-28T00:00:00'))
    expect(from(3, '2026-01-10T00:00:00')).toBe(chinaMs('2025-10-10T00:00:00'))
    expect(periodStartMs({ kind: 'year' }, chinaMs('2026-01-01T00:00:00'))).toBe(
      chinaMs('2026-01-01T00:00:00'),
    )
  })

  it('of a level that ends with the year is that year', () => {
    const yearly: LevelScheme = {
      ...SCHEME,
      period: { kind: 'year' },
      keep: { kind: 'year_end', years: 1 },
    }
    const untilMs = levelEndsAtMs(yearly, levelFor(yearly, 5_000), NOON_MS)
    expect(untilMs).toBe(chinaMs('2028-01-01T00:00:00'))
    expect(lastDayBefore(untilMs)).toBe('2027-12-31')
    expect(keepingPeriodStartMs(yearly, untilMs)).toBe(chinaMs('2027-01-01T00:00:00'))
    expect(levelEndsAtMs(yearly, levelFor(yearly, 0), NOON_MS)).toBe(NEVER_EXPIRES_MS)
  })
})

describe('what becomes of a level', () => {
  const untilMs = chinaMs('2027-04-01T00:00:00')
  const gold: Standing = {
    levelCode: 'gold',
    levelUntilMs: untilMs,
    neededGrowth: 5_000,
    noticedUntilMs: null,
  }
  const base: Standing = {
    levelCode: 'base',
    levelUntilMs: NEVER_EXPIRES_MS,
    neededGrowth: 0,
    noticedUntilMs: null,
  }
  const turn = (
    standing: Standing,
    sums: { now: number; atEnd?: number; reached?: number },
    nowMs: number,
  ) => levelTurn(SCHEME, standing, { atEnd: null, reached: null, ...sums }, nowMs)
  const graceEndMs = untilMs + 30 * DAY_MS

  it('is up at once, to the highest that is reached', () => {
    expect(turn(base, { now: 6_000 }, NOON_MS)).toMatchObject({
      do: 'up',
      level: { code: 'gold' },
      untilMs,
      // Told fifteen days before the days of grace are over: after the level has ended.
      nextAtMs: untilMs,
    })
    expect(turn(base, { now: 999 }, NOON_MS)).toEqual({
      do: 'nothing',
      nextAtMs: NEVER_EXPIRES_MS,
    })
  })

  it('is not down while it lasts, however little growth is left', () => {
    expect(turn(gold, { now: 0 }, untilMs - 1)).toEqual({ do: 'nothing', nextAtMs: untilMs })
  })

  it('is kept where its period reaches it', () => {
    expect(turn(gold, { now: 4_000, atEnd: 5_000 }, untilMs)).toMatchObject({
      do: 'kept',
      level: { code: 'gold' },
      untilMs: chinaMs('2028-05-01T00:00:00'),
    })
  })

  it('waits for the days of grace, tells once, and goes down to what is reached', () => {
    const sums = { now: 1_200, atEnd: 1_500 }
    const noticeMs = graceEndMs - 15 * DAY_MS
    expect(turn(gold, sums, untilMs)).toEqual({ do: 'nothing', nextAtMs: noticeMs })
    const notice = turn(gold, sums, noticeMs)
    expect(notice).toEqual({
      do: 'notice',
      downAtMs: graceEndMs,
      missing: 3_500,
      nextAtMs: graceEndMs,
    })
    const told = { ...gold, noticedUntilMs: untilMs }
    expect(turn(told, sums, noticeMs + 1)).toEqual({ do: 'nothing', nextAtMs: graceEndMs })
    expect(turn(told, { now: 5_000, atEnd: 5_000 }, graceEndMs - 1).do).toBe('kept')
    expect(turn(told, sums, graceEndMs)).toMatchObject({ do: 'down', level: { code: 'silver' } })
    expect(turn(told, { now: 0, atEnd: 0 }, graceEndMs + 400 * DAY_MS)).toMatchObject({
      do: 'down',
      level: { code: 'base' },
      untilMs: NEVER_EXPIRES_MS,
    })
  })

  it('is taken back where refunds took what it was reached with', () => {
    expect(turn(gold, { now: 0, reached: 4_999 }, NOON_MS)).toMatchObject({
      do: 'taken_back',
      level: { code: 'silver' },
    })
    expect(turn(gold, { now: 0, reached: 5_000 }, NOON_MS).do).toBe('nothing')
    // Reached when less was needed: that stays as it was.
    expect(turn({ ...gold, neededGrowth: 3_000 }, { now: 0, reached: 3_000 }, NOON_MS).do).toBe(
      'nothing',
    )
  })
})
