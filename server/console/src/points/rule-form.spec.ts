import { describe, expect, it } from '@jest/globals'
import {
  earningDraftSchema,
  earningTermsSchema,
  type EarningTerms,
} from '@huike/shared/contracts/console-points'
import { FIRST_RULE } from '@huike/shared/earning'
import { EVERY_SALE } from '@huike/shared/earning-conditions'
import {
  BONUSES_MAX,
  BONUS_NAME_MAX,
  draftOf,
  formOf,
  isSameTerms,
  newBonus,
  problemsOf,
  termsOf,
  type BonusForm,
  type RuleForm,
} from './rule-form.js'
import { fieldOf } from './typed.js'

const TODAY = '2026-06-03'
const FIRST: EarningTerms = {
  ...{ points: FIRST_RULE.points, perFen: FIRST_RULE.perFen, bonuses: [] },
  ...{ orderPointsMax: null, dayPointsMax: null, pendingDays: 0, expiry: { kind: 'never' } },
}
const STORE = '01JX0000000000000000000001'

const EVERYTHING: EarningTerms = earningTermsSchema.parse({
  points: 3,
  perFen: 1_050,
  bonuses: [
    {
      name: '会员日',
      when: {
        ...{ storeIds: [STORE], channels: ['pos'], weekdays: [3, 6], daysOfMonth: [8, 18] },
        ...{ fromDate: '2026-06-01', toDate: '2026-06-30' },
        ...{ levelCodes: ['gold', 'silver'], birthday: 'month', isFirstPurchase: true },
        items: { name: '生鲜', codes: ['6901', '6902'], prefixes: ['20'], words: ['有机 鸡蛋'] },
      },
      gives: { kind: 'times', tenths: 15 },
    },
    {
      name: '开业礼',
      when: EVERY_SALE,
      gives: { kind: 'points', points: 20 },
    },
  ],
  ...{ orderPointsMax: 500, dayPointsMax: 800, pendingDays: 7 },
  expiry: { kind: 'months', months: 12 },
})

const form = (changes: Partial<RuleForm> = {}): RuleForm => ({ ...formOf(FIRST, 1), ...changes })
const withBonus = (changes: Partial<BonusForm>) =>
  form({ bonuses: [{ ...newBonus('b'), ...changes }] })

describe('a rule that is written', () => {
  it.each([
    ['the first', FIRST],
    ['one with everything', EVERYTHING],
    ['one that ends with the year', { ...FIRST, expiry: { kind: 'year_end', years: 0 } as const }],
  ])('begins as the version it is made from: %s', (_name, terms) => {
    expect(termsOf(formOf(terms, 4))).toEqual(terms)
  })

  it('is published as the server takes it', () => {
    const asked = { today: TODAY, isGenerousMeant: false }
    const now = draftOf(formOf(EVERYTHING, 4), asked)
    expect(earningDraftSchema.parse(now)).toEqual({
      ...{ terms: EVERYTHING, basedOnVersion: 4 },
      ...{ effectiveFromMs: null, isGenerousMeant: false },
    })
    const later = draftOf(form({ start: 'day', startDay: '2026-07-01' }), asked)
    expect(later?.effectiveFromMs).toBe(Date.parse('2026-07-01T00:00:00+08:00'))
  })

  it('takes full-width digits and spaces around them', () => {
    const typed = form({ yuan: ' １．５ ', points: '２', hasCap: true, cap: '３００' })
    expect(termsOf(typed)).toMatchObject({ perFen: 150, points: 2, orderPointsMax: 300 })
  })

  it.each<[string, RuleForm]>([
    ['yuan', form({ yuan: '0' })],
    ['yuan', form({ yuan: '-1' })],
    ['yuan', form({ yuan: '1.005' })],
    ['yuan', form({ yuan: 'NaN' })],
    ['yuan', form({ yuan: '100000000.01' })],
    ['points', form({ points: '' })],
    ['points', form({ points: '-1' })],
    ['points', form({ points: '1.5' })],
    ['points', form({ points: '1001' })],
    ['points', form({ points: '1e2' })],
    ['cap', form({ hasCap: true, cap: '0' })],
    ['cap', form({ hasCap: true, cap: '1000001' })],
    ['dayCap', form({ hasDayCap: true, dayCap: '0' })],
    ['pendingDays', form({ pendingDays: '' })],
    ['pendingDays', form({ pendingDays: '91' })],
    ['pendingDays', form({ pendingDays: '1.5' })],
    [fieldOf('b', 'goodsName'), withBonus({ goods: 'some', goodsName: '', goodsCodes: '1' })],
    [fieldOf('b', 'goodsWords'), withBonus({ goods: 'some', goodsName: '蛋', goodsCodes: '，' })],
    [
      fieldOf('b', 'goodsCodes'),
      withBonus({ goods: 'some', goodsName: '蛋', goodsCodes: '1'.repeat(65) }),
    ],
    ['months', form({ expiry: 'months', months: '0' })],
    ['months', form({ expiry: 'months', months: '121' })],
    ['years', form({ expiry: 'year_end', years: '11' })],
    ['startDay', form({ start: 'day', startDay: '' })],
    ['startDay', form({ start: 'day', startDay: TODAY })],
    ['startDay', form({ start: 'day', startDay: '2026-02-31' })],
    [fieldOf('b', 'name'), withBonus({ name: ' ' })],
    [fieldOf('b', 'name'), withBonus({ name: '会'.repeat(13) })],
    [fieldOf('b', 'times'), withBonus({ times: '1' })],
    [fieldOf('b', 'times'), withBonus({ times: '10.1' })],
    [fieldOf('b', 'times'), withBonus({ times: '1.55' })],
    [fieldOf('b', 'points'), withBonus({ kind: 'points', points: '0' })],
    [fieldOf('b', 'toDate'), withBonus({ fromDate: '2026-06-02', toDate: '2026-06-01' })],
  ])('says what is wrong beside %s, and publishes nothing', (field, wrong) => {
    expect(Object.keys(problemsOf(wrong, TODAY))).toEqual([field])
    expect(draftOf(wrong, { today: TODAY, isGenerousMeant: true })).toBeNull()
  })

  it('minds nothing in a field that is not used', () => {
    const unused = {
      hasCap: false,
      cap: 'x',
      hasDayCap: false,
      dayCap: 'x',
      months: '',
      years: '',
      startDay: 'x',
    }
    expect(problemsOf(form(unused), TODAY)).toEqual({})
    expect(problemsOf(withBonus({ kind: 'times', points: '' }), TODAY)).toEqual({})
    expect(problemsOf(withBonus({ goods: 'all', goodsName: '会'.repeat(99) }), TODAY)).toEqual({})
  })

  it('goes as far as the server goes', () => {
    const most = form({
      ...{ yuan: '100000000', points: '1000', hasCap: true, cap: '1000000' },
      ...{ hasDayCap: true, dayCap: '1000000', pendingDays: '90' },
      ...{ expiry: 'months', months: '120' },
      bonuses: Array.from({ length: BONUSES_MAX }, (_one, index) => ({
        ...newBonus(String(index)),
        ...{ name: '会'.repeat(BONUS_NAME_MAX), times: '10', points: '100000' },
        kind: index % 2 === 0 ? ('times' as const) : ('points' as const),
      })),
    })
    const terms = termsOf(most)
    expect(earningTermsSchema.safeParse(terms).success).toBe(true)
    const beyond = [
      { points: 1_001 },
      { perFen: 10_000_000_001 },
      { orderPointsMax: 1_000_001 },
      { dayPointsMax: 1_000_001 },
      { pendingDays: 91 },
      { expiry: { kind: 'months', months: 121 } },
      { expiry: { kind: 'year_end', years: 11 } },
      { bonuses: [...(terms?.bonuses ?? []), ...(terms?.bonuses ?? []).slice(0, 1)] },
    ]
    for (const change of beyond)
      expect(earningTermsSchema.safeParse({ ...terms, ...change }).success).toBe(false)
  })

  it('is known to say the same, in whatever order the days were chosen', () => {
    const [bonus] = EVERYTHING.bonuses
    const turned = bonus && { ...bonus, when: { ...bonus.when, weekdays: [6, 3] } }
    const other = { ...EVERYTHING, bonuses: turned ? [turned, ...EVERYTHING.bonuses.slice(1)] : [] }
    expect(isSameTerms(EVERYTHING, other)).toBe(true)
    expect(isSameTerms(EVERYTHING, { ...other, points: 4 })).toBe(false)
  })
})
