import { describe, expect, it } from '@jest/globals'
import { schemeDraftSchema, schemeTermsSchema } from '@huike/shared/contracts/levels'
import { FIRST_SCHEME } from '@huike/shared/levels'
import {
  draftOf,
  faultOf,
  formOf,
  newLevel,
  problemsOf,
  termsOf,
  type LevelForm,
  type SchemeForm,
} from './scheme-form.js'

const { version, ...FIRST_TERMS } = FIRST_SCHEME
const TODAY = '2026-06-15'
const GOLD: LevelForm = {
  ...newLevel('n1'),
  ...{ code: 'gold', name: '金卡会员', threshold: '１０００', birthdayPoints: '500' },
  words: '专属客服\n\n  优先售后 ',
}
const FORM: SchemeForm = {
  ...formOf(FIRST_TERMS, version),
  ...{ rate: '1', perPurchase: '10', perDay: '2' },
}
const WHOLE: SchemeForm = { ...FORM, levels: [...FORM.levels, GOLD] }

describe('the form of a scheme of levels', () => {
  it('begins as the latest version, and publishes what was typed', () => {
    expect(termsOf(formOf(FIRST_TERMS, 1))).toEqual(FIRST_TERMS)
    const draft = schemeDraftSchema.parse(draftOf(WHOLE, TODAY))
    expect(draft).toMatchObject({ basedOnVersion: 1, effectiveFromMs: null })
    expect(draft.terms.levels[1]).toEqual({
      ...{ code: 'gold', name: '金卡会员', threshold: 1_000 },
      benefits: {
        ...{ birthdayPoints: 500, birthdayGift: '', freeShippingCoupons: 0, earlyAccessHours: 0 },
        words: ['专属客服', '优先售后'],
      },
    })
    expect(draft.terms.growth).toMatchObject({ growth: 1, perFen: 100, perPurchase: 10 })
  })

  it('begins at midnight of a day to come', () => {
    const onDay = (startDay: string): SchemeForm => ({ ...WHOLE, start: 'day', startDay })
    expect(draftOf(onDay('2026-07-01'), TODAY)?.effectiveFromMs).toBe(
      Date.parse('2026-07-01T00:00:00+08:00'),
    )
    for (const day of ['', TODAY, '2026-06-14', '2026-13-01'])
      expect(problemsOf(onDay(day), TODAY)).toHaveProperty('startDay')
  })

  it('says what is wrong where it is wrong, and has the ends of the contract', () => {
    expect(problemsOf(WHOLE, TODAY)).toEqual({})
    const wrong = (changes: Partial<SchemeForm>) =>
      Object.keys(problemsOf({ ...FORM, ...changes }, TODAY))
    expect(wrong({ yuan: '0', rate: '-1', perDay: '1.5', grace: '366' })).toEqual([
      ...['yuan', 'rate', 'perDay', 'grace'],
    ])
    expect(wrong({ months: '37' })).toEqual(['months'])
    expect(wrong({ months: '37', period: 'year' })).toEqual([])
    expect(wrong({ keep: 'year_end', keepYears: '11' })).toEqual(['keepYears'])
    const level = (changes: Partial<LevelForm>) =>
      wrong({ levels: [...FORM.levels, { ...GOLD, ...changes }] })
    expect(level({ code: 'Gold' })).toEqual(['n1-code'])
    expect(level({ name: '金'.repeat(13) })).toEqual(['n1-name'])
    expect(level({ words: Array(11).fill('好').join('\n') })).toEqual(['n1-words'])
    expect(level({ threshold: '1000000001', earlyAccessHours: '721' })).toEqual([
      ...['n1-threshold', 'n1-earlyAccessHours'],
    ])
    const most = termsOf({ ...WHOLE, rate: '1000', perPurchase: '100000', perDay: '100' })
    expect(schemeTermsSchema.safeParse(most).success).toBe(true)
  })

  it('tells why levels that are typed right cannot be', () => {
    expect(faultOf(termsOf(WHOLE), FIRST_TERMS)).toBeNull()
    const same = { ...WHOLE, levels: [...WHOLE.levels, { ...GOLD, key: 'n2' }] }
    expect(faultOf(termsOf(same), FIRST_TERMS)).toMatch('重复')
    expect(faultOf(termsOf({ ...WHOLE, levels: [GOLD] }), FIRST_TERMS)).toMatch('基础等级')
    expect(faultOf(null, FIRST_TERMS)).toBeNull()
  })
})
