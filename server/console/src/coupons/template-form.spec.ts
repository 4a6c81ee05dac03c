import { describe, expect, it } from '@jest/globals'
import {
  templateDraftSchema,
  templateLimitsSchema,
  type TemplateDraft,
} from '@huike/shared/contracts/console-coupons'
import { couponTermsSchema, type CouponTerms } from '@huike/shared/contracts/coupons'
import { epochMs } from '@huike/shared/quantities'
import { ALL_GOODS } from '../points/goods-form.js'
import { formOf, isSameTerms, NEW_TEMPLATE, offeredName } from './template-form.js'
import { limitsOf, problemsOf, termsOf } from './template-problems.js'
import { NAME_MAX, type TemplateForm } from './template-typed.js'

const NOW_MS = Date.parse('2026-06-03T14:05:00+08:00')
const STORE = '01JX0000000000000000000001'
const GOODS = { name: '生鲜', codes: ['6901'], prefixes: ['20'], words: ['鸡蛋'] }

const REQUEST = '01JX0000000000000000000REQ'
const EVERYTHING = templateDraftSchema.parse({
  requestId: REQUEST,
  terms: {
    name: '周末生鲜八五折',
    gives: { kind: 'percent', percentOff: 15, mostFen: 2_050 },
    ...{ class: 'goods', stacking: 'alone', perOrderMax: 1, withPoints: false },
    when: {
      leastFen: 10_000,
      ...{ goods: GOODS, notGoods: { ...GOODS, name: '烟酒' } },
      ...{ storeIds: [STORE], channels: ['pos'], levelCodes: ['gold', 'silver'] },
      ...{ isFirstPurchase: true, weekdays: [6, 7], fromTime: '17:00', toTime: '21:30' },
    },
    validity: { kind: 'dates', fromDate: '2026-06-01', toDate: '2026-06-30' },
    ...{ refund: 'gone', bearer: 'store' },
  },
  limits: {
    ...{ state: 'stopped', stock: 1_000, memberMax: 2, memberDayMax: 1, counterDayMax: 20 },
    ...{ budgetFen: 1_000_050, usesMax: 900 },
    claimFromMs: Date.parse('2026-06-01T08:00:00+08:00'),
    claimUntilMs: Date.parse('2026-06-30T22:00:00+08:00'),
  },
} satisfies unknown)

const form = (changes: Partial<TemplateForm> = {}): TemplateForm => ({
  ...NEW_TEMPLATE,
  ...{ least: '100', amount: '10' },
  ...changes,
})
const some = { ...ALL_GOODS, goods: 'some', goodsName: '面包', goodsWords: '面包' } as const
const formOfDraft = ({ terms, limits }: Omit<TemplateDraft, 'requestId'>) =>
  formOf({ version: 3, terms, limits })
const withTerms = (changes: object): CouponTerms =>
  couponTermsSchema.parse({ ...EVERYTHING.terms, ...changes })

describe('a coupon that is written', () => {
  it('takes four fields for the common one', () => {
    const typed = form({ days: '30', stock: '500' })
    expect(problemsOf(typed)).toEqual({})
    expect(
      templateDraftSchema.parse({
        ...{ requestId: REQUEST, terms: termsOf(typed) },
        limits: limitsOf(typed, NOW_MS),
      }),
    ).toMatchObject({
      terms: {
        ...{ name: '满 ¥100 减 ¥10', gives: { kind: 'amount', amountFen: 1_000 } },
        ...{ class: 'order', stacking: 'classes', perOrderMax: 1, withPoints: true },
        when: { leastFen: 10_000, goods: null, storeIds: [], channels: [], weekdays: [] },
        validity: { kind: 'days', afterDays: 0, days: 30 },
        ...{ refund: 'given_back', bearer: 'chain' },
      },
      limits: { state: 'open', stock: 500, budgetFen: null, claimFromMs: null },
    })
  })

  it.each<[string, CouponTerms]>([
    ['one with everything', EVERYTHING.terms],
    ['a gift', withTerms({ gives: { kind: 'gift', mostFen: null }, stacking: 'classes' })],
    ['free shipping', withTerms({ gives: { kind: 'shipping', mostFen: 800 }, class: 'shipping' })],
    [
      'several at once, good for some days',
      withTerms({
        ...{ gives: { kind: 'amount', amountFen: 50 }, stacking: 'classes', perOrderMax: 10 },
        validity: { kind: 'days', afterDays: 3, days: 7 },
      }),
    ],
  ])('begins as what it is made from: %s', (_name, terms) => {
    const begun = formOfDraft({ terms, limits: EVERYTHING.limits })
    expect(problemsOf(begun)).toEqual({})
    expect(couponTermsSchema.parse(termsOf(begun))).toEqual(terms)
    expect(limitsOf(begun, 0)).toEqual(EVERYTHING.limits)
  })

  it('takes full-width digits and spaces around them', () => {
    const typed = form({ least: ' １００ ', amount: '９．５', days: '７', stock: ' ８ ' })
    expect(termsOf(typed)).toMatchObject({
      ...{ gives: { amountFen: 950 }, when: { leastFen: 10_000 }, validity: { days: 7 } },
    })
    expect(limitsOf(typed, 0)?.stock).toBe(8)
  })

  it.each<[string, Partial<TemplateForm>]>([
    ['amount', { amount: '' }],
    ['amount', { amount: '0' }],
    ['amount', { amount: '1.005' }],
    ['least', { least: '-1' }],
    ['least', { least: '100000000.01' }],
    ['zhe', { kind: 'percent', zhe: '' }],
    ['zhe', { kind: 'percent', zhe: '0' }],
    ['zhe', { kind: 'percent', zhe: '10' }],
    ['zhe', { kind: 'percent', zhe: '8.55' }],
    ['most', { kind: 'percent', zhe: '8', most: '0' }],
    ['in-goodsName', { kind: 'gift', goodsIn: { ...some, goodsName: '' } }],
    ['in-goodsWords', { goodsIn: { ...some, goodsWords: '' } }],
    ['out-goodsName', { goodsOut: { ...some, goodsName: '会'.repeat(13) } }],
    ['name', { name: '会'.repeat(NAME_MAX + 1) }],
    ['name', { least: '99999999.99', amount: '88888888.88' }],
    ['days', { days: '' }],
    ['days', { days: '0' }],
    ['days', { days: '3651' }],
    ['afterDays', { afterDays: '-1' }],
    ['fromDate', { validity: 'dates', fromDate: '', toDate: '2026-06-01' }],
    ['toDate', { validity: 'dates', fromDate: '2026-06-02', toDate: '2026-06-01' }],
    ['toTime', { fromTime: '21:00', toTime: '21:00' }],
    ['perOrder', { perOrder: '0' }],
    ['perOrder', { perOrder: '11' }],
    ['stock', { stock: '0' }],
    ['stock', { stock: '100000001' }],
    ['memberMax', { memberMax: '1.5' }],
    ['memberDayMax', { memberDayMax: 'x' }],
    ['counterDayMax', { counterDayMax: '0' }],
    ['budget', { budget: '0' }],
    ['uses', { uses: '0' }],
    ['claimFrom', { claims: 'some', claimFrom: '' }],
    [
      'claimUntil',
      { claims: 'some', claimFrom: '2026-06-02T10:00', claimUntil: '2026-06-02T10:00' },
    ],
  ])('says what is wrong beside %s, and nothing is saved', (field, wrong) => {
    const typed = form(wrong)
    expect(Object.keys(problemsOf(typed))).toEqual([field])
    expect([termsOf(typed), limitsOf(typed, 0)]).toContain(null)
  })

  it('minds nothing in a field that is not used', () => {
    const unused: Partial<TemplateForm>[] = [
      { most: 'x', zhe: 'x', fromDate: 'x' },
      { kind: 'shipping', amount: 'x' },
      { stacking: 'alone', perOrder: 'x' },
      { kind: 'percent', zhe: '8', perOrder: '3' },
      { validity: 'dates', fromDate: '2026-06-01', toDate: '2026-06-01', days: 'x' },
      { claims: 'none', claimFrom: 'x', claimUntil: 'x' },
      { goodsIn: { ...some, goods: 'all', goodsName: '' } },
    ]
    for (const changes of unused) {
      const typed = form(changes)
      expect([changes, problemsOf(typed)]).toEqual([changes, {}])
      expect(couponTermsSchema.safeParse(termsOf(typed)).success).toBe(true)
      expect(templateLimitsSchema.safeParse(limitsOf(typed, NOW_MS)).success).toBe(true)
    }
  })

  it('goes as far as the server goes', () => {
    const typed = form({
      ...{ name: '会'.repeat(NAME_MAX), least: '100000000', amount: '100000000', perOrder: '10' },
      ...{ days: '3650', afterDays: '3650', stock: '100000000', memberMax: '100000000' },
      ...{
        memberDayMax: '100000000',
        counterDayMax: '100000000',
        uses: '100000000',
        budget: '100000000',
      },
    })
    const [terms, limits] = [termsOf(typed), limitsOf(typed, NOW_MS)]
    expect(templateDraftSchema.safeParse({ requestId: REQUEST, terms, limits }).success).toBe(true)
    const beyond = [
      { name: '会'.repeat(NAME_MAX + 1) },
      { perOrderMax: 11 },
      { validity: { kind: 'days', afterDays: 0, days: 3_651 } },
      { validity: { kind: 'days', afterDays: 3_651, days: 1 } },
      { when: { ...terms?.when, leastFen: 10_000_000_001 } },
    ]
    for (const change of beyond)
      expect(couponTermsSchema.safeParse({ ...terms, ...change }).success).toBe(false)
    for (const name of ['stock', 'memberMax', 'memberDayMax', 'counterDayMax', 'usesMax'])
      expect(templateLimitsSchema.safeParse({ ...limits, [name]: 100_000_001 }).success).toBe(false)
  })

  it('is never sent with what the server would refuse of it', () => {
    const asked: Partial<TemplateForm>[] = [
      { kind: 'shipping', class: 'goods', perOrder: '3' },
      { kind: 'gift', class: 'order', goodsIn: { ...some, goods: 'all' } },
      { kind: 'percent', zhe: '0.1', perOrder: '9' },
      { stacking: 'alone', perOrder: '9' },
    ]
    for (const changes of asked)
      expect(couponTermsSchema.safeParse(termsOf(form(changes))).error).toBeUndefined()
  })

  it('is named by what it gives, until somebody names it', () => {
    expect(offeredName(form({ least: '' }))).toBe('立减 ¥10')
    expect(offeredName(form({ kind: 'percent', zhe: '8.5' }))).toBe('8.5 折')
    expect(offeredName(form({ kind: 'gift', goodsIn: some }))).toBe('免费得 面包')
    expect(offeredName(form({ kind: 'gift' }))).toBeNull()
    expect(offeredName(form({ amount: '' }))).toBeNull()
    expect(termsOf(form({ name: ' 开业礼 ' }))?.name).toBe('开业礼')
  })

  it('is known to say the same, in whatever order things were chosen', () => {
    const { when } = EVERYTHING.terms
    const turned = withTerms({
      when: { ...when, weekdays: [7, 6], levelCodes: ['silver', 'gold'] },
    })
    expect(isSameTerms(EVERYTHING.terms, turned)).toBe(true)
    expect(isSameTerms(EVERYTHING.terms, { ...turned, bearer: 'chain' })).toBe(false)
    expect(isSameTerms(EVERYTHING.terms, { ...turned, when: { ...when, weekdays: [6] } })).toBe(
      false,
    )
  })

  it('is claimed by the clock of the chain', () => {
    const typed = form({ claims: 'some', claimFrom: '2026-06-03T08:30', claimUntil: '' })
    expect(limitsOf(typed, NOW_MS)).toMatchObject({
      claimFromMs: epochMs(Date.parse('2026-06-03T08:30:00+08:00')),
      claimUntilMs: null,
    })
  })
})
