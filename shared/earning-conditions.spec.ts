import { describe, expect, it } from '@jest/globals'
import { earningTermsSchema, type EarningBonus } from './contracts/console-points.js'
import {
  askedBy,
  EVERY_SALE,
  heldBonuses,
  shareFen,
  type EarningMember,
} from './earning-conditions.js'
import { earnedPoints, FIRST_RULE } from './earning.js'
import { fen } from './quantities.js'

/** 2026-03-08, a Sunday. */
const saleOf = (totalFen: number) => ({
  totalFen: fen(totalFen),
  channel: 'pos' as const,
  storeId: 'S1',
  businessDate: '2026-03-08',
  lines: [
    { name: '山泉水550ml', code: '6901', amountFen: 400 },
    { name: '散装 Milk 鸡蛋', code: '2010', amountFen: 1_200 },
    { name: '袋装牛奶', code: null, amountFen: 732 },
    { name: '会员折扣', code: null, amountFen: -200 },
  ],
  heldBonuses: [],
  dayPoints: 0,
})
const SOMEBODY: EarningMember = { levelCode: 'base', birthday: null, isFirstPurchase: false }

const held = (when: Partial<EarningBonus['when']>, member: Partial<EarningMember>, date: string) =>
  heldBonuses(
    {
      bonuses: [
        { name: '加分', gives: { kind: 'points', points: 9 }, when: { ...EVERY_SALE, ...when } },
      ],
    },
    { ...SOMEBODY, ...member },
    date,
  )

describe('what a bonus asks of the member', () => {
  it.each<[Partial<EarningBonus['when']>, Partial<EarningMember>, string, boolean]>([
    [{ levelCodes: ['gold', 'silver'] }, { levelCode: 'gold' }, '2026-03-08', true],
    [{ levelCodes: ['gold'] }, { levelCode: 'base' }, '2026-03-08', false],
    [{ birthday: 'day' }, { birthday: '1990-03-08' }, '2026-03-08', true],
    [{ birthday: 'day' }, { birthday: '1990-03-09' }, '2026-03-08', false],
    [{ birthday: 'month' }, { birthday: '1990-03-31' }, '2026-03-08', true],
    [{ birthday: 'month' }, { birthday: '1990-04-08' }, '2026-03-08', false],
    [{ birthday: 'month' }, { birthday: null }, '2026-03-08', false],
    [{ birthday: 'day' }, { birthday: '1992-02-29' }, '2026-02-28', true],
    [{ birthday: 'day' }, { birthday: '1992-02-29' }, '2028-02-28', false],
    [{ birthday: 'day' }, { birthday: '1992-02-29' }, '2028-02-29', true],
    [{ isFirstPurchase: true }, { isFirstPurchase: true }, '2026-03-08', true],
    [{ isFirstPurchase: true }, { isFirstPurchase: false }, '2026-03-08', false],
    [
      { isFirstPurchase: true, levelCodes: ['gold'] },
      { isFirstPurchase: true, levelCode: 'base' },
      '2026-03-08',
      false,
    ],
  ])('%j of %j on %s holds: %s', (when, member, date, isHeld) => {
    expect(held(when, member, date)).toEqual(isHeld ? [1] : [])
  })

  it('is given where it was found to hold, whatever is known of the member', () => {
    const bonuses: EarningBonus[] = [
      { name: '会员日', gives: { kind: 'points', points: 2 }, when: EVERY_SALE },
      {
        name: '生日礼',
        gives: { kind: 'points', points: 5 },
        when: { ...EVERY_SALE, birthday: 'day' },
      },
      {
        name: '金卡',
        gives: { kind: 'points', points: 7 },
        when: { ...EVERY_SALE, levelCodes: ['gold'] },
      },
    ]
    const given = (heldBonuses: number[]) =>
      earnedPoints({ ...FIRST_RULE, bonuses }, { ...saleOf(2_132), heldBonuses })
    expect([[], [2], [3], [2, 3]].map((places) => given(places).points)).toEqual([23, 28, 30, 35])
    expect(given([2]).explanation).toContain('会员日加 2 分，生日礼加 5 分，共 28 分')
  })

  it('is all that has to be known, and nothing where a rule asks for nothing', () => {
    const nothing = { birthday: false, firstPurchase: false, lines: false, dayPoints: false }
    expect(askedBy(FIRST_RULE)).toEqual(nothing)
    const asking = (when: Partial<EarningBonus['when']>) =>
      askedBy({
        ...FIRST_RULE,
        bonuses: [
          { name: '加分', gives: { kind: 'points', points: 9 }, when: { ...EVERY_SALE, ...when } },
        ],
      })
    expect(asking({ levelCodes: ['gold'] })).toEqual(nothing)
    expect(asking({ birthday: 'month' })).toEqual({ ...nothing, birthday: true })
    expect(asking({ isFirstPurchase: true })).toEqual({ ...nothing, firstPurchase: true })
    const items = { name: '蛋', codes: [], prefixes: [], words: ['蛋'] }
    expect(asking({ items })).toEqual({ ...nothing, lines: true })
    expect(askedBy({ ...FIRST_RULE, dayPointsMax: 1 })).toEqual({ ...nothing, dayPoints: true })
  })
})

describe('a bonus for certain goods', () => {
  const goods = (changes: object) => ({
    ...{ name: '生鲜', codes: [], prefixes: [], words: [] },
    ...changes,
  })
  it.each([
    [{ codes: ['6901'] }, 400],
    [{ codes: ['690'] }, 0],
    [{ prefixes: ['20', '99'] }, 1_200],
    [{ words: ['milk'] }, 1_200],
    [{ words: ['ＭＩＬＫ', '牛奶'] }, 1_932],
    [{ words: ['折扣'] }, 0],
    [{ codes: ['6901'], words: ['山泉', '鸡蛋', '牛奶'] }, 2_132],
  ])('%j is for %i fen of what was paid', (changes, expected) => {
    expect(shareFen(goods(changes), saleOf(2_132))).toBe(expected)
  })

  it('takes the part of a discount on the whole that falls on them, rounded down', () => {
    expect(shareFen(goods({ codes: ['6901'] }), saleOf(1_000))).toBe(187)
    expect(shareFen(goods({ codes: ['6901'] }), { ...saleOf(1_000), lines: [] })).toBe(0)
  })

  it('multiplies the base of their share alone, and names it', () => {
    const bonuses: EarningBonus[] = [
      {
        name: '生鲜节',
        gives: { kind: 'times', tenths: 30 },
        when: { ...EVERY_SALE, items: goods({ prefixes: ['20'] }) },
      },
      { name: '会员日', gives: { kind: 'times', tenths: 20 }, when: EVERY_SALE },
    ]
    const [first] = bonuses
    const { points: sum, explanation } = earnedPoints(
      { ...FIRST_RULE, bonuses: first ? [first] : [] },
      saleOf(2_132),
    )
    expect([sum, explanation]).toEqual([
      21 + 24,
      '实付 ¥21.32，每满 ¥1.00 得 1 分，生鲜节 3 倍加 24 分（生鲜 ¥12.00），共 45 分',
    ])
    // What gives most counts, which need not be the higher number.
    const cheap = { ...saleOf(2_132), lines: saleOf(1).lines.slice(0, 1) }
    expect(earnedPoints({ ...FIRST_RULE, bonuses }, cheap).explanation).toContain(
      '会员日 2 倍加 21',
    )
    expect(earnedPoints({ ...FIRST_RULE, bonuses }, saleOf(2_132)).points).toBe(45)
  })
})

describe('a rule from before a condition was known', () => {
  it('sets none', () => {
    const { levelCodes, birthday, isFirstPurchase, items, ...when } = EVERY_SALE
    const before = {
      ...{ points: 2, perFen: 100, orderPointsMax: null, expiry: { kind: 'never' } },
      bonuses: [{ name: '会员日', when, gives: { kind: 'points', points: 5 } }],
    }
    expect(earningTermsSchema.parse(before)).toEqual({
      ...before,
      ...{ dayPointsMax: null, pendingDays: 0 },
      bonuses: [
        {
          ...{ name: '会员日', gives: { kind: 'points', points: 5 } },
          when: { ...when, levelCodes, birthday, isFirstPurchase, items },
        },
      ],
    })
  })

  it.each<[{ bonuses?: { when: object }[]; dayPointsMax?: number; pendingDays?: number }]>([
    [{ dayPointsMax: 0 }],
    [{ dayPointsMax: 1.5 }],
    [{ pendingDays: -1 }],
    [{ pendingDays: 91 }],
    [{ bonuses: [{ when: { birthday: 'year' } }] }],
    [{ bonuses: [{ when: { levelCodes: ['Gold!'] } }] }],
    [{ bonuses: [{ when: { items: { name: '空', codes: [], prefixes: [], words: [] } } }] }],
    [{ bonuses: [{ when: { items: { name: '', codes: ['1'], prefixes: [], words: [] } } }] }],
    [{ bonuses: [{ when: { items: { name: '蛋', codes: [''], prefixes: [], words: [] } } }] }],
  ])('and one with %j is refused', (changes) => {
    const { version, ...terms } = FIRST_RULE
    const bonuses = (changes.bonuses ?? []).map(({ when }) => ({
      ...{ name: '加分', gives: { kind: 'points', points: 5 } },
      when: { ...EVERY_SALE, ...when },
    }))
    expect(version).toBe(1)
    expect(earningTermsSchema.safeParse({ ...terms, ...changes, bonuses }).success).toBe(false)
  })
})
