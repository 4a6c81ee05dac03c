import { describe, expect, it } from '@jest/globals'
import {
  couponRuleChangeSchema,
  couponRuleKindSchema,
  couponRuleSchema,
} from '@huike/shared/contracts/console-coupon-rules'
import { newRuleForm, ruleFormOf, RULE_KINDS, ruleOf, type RuleForm } from './rule-form.js'

const NOW_MS = Date.parse('2026-11-22T23:30:00+08:00')
const ID = '01JX0000000000000000000009'
const GOOD: RuleForm = {
  ...newRuleForm(NOW_MS),
  name: ' 生日礼 ',
  coupon: { templateId: ID as never, name: '满减券', headline: '满 ¥50 减 ¥10' },
}

describe('a rule being written', () => {
  it('begins today, and offers every occasion', () => {
    expect(GOOD.fromDate).toBe('2026-11-22')
    expect([...RULE_KINDS].sort()).toEqual([...couponRuleKindSchema.options].sort())
  })

  it('is sent as the server takes it, and read back the same', () => {
    const full = {
      ...{ ...GOOD, toDate: '2026-12-31', levelCodes: ['gold'], daysBefore: '３０' },
    }
    const sent = ruleOf(full)
    expect(couponRuleChangeSchema.parse({ ...sent, basedOnVersion: 1 })).toMatchObject(sent ?? {})
    const rule = couponRuleSchema.parse({
      ...{ ...sent, id: ID, version: 1, kind: 'birthday', given: 0, refused: [] },
      ...{ couponName: '满减券', headline: '满 ¥50 减 ¥10', changedAtMs: NOW_MS, changedBy: '王' },
    })
    expect(ruleFormOf(rule)).toEqual({ ...full, name: '生日礼', daysBefore: '30' })
  })

  it.each<[string, Partial<RuleForm>]>([
    ['a name', { name: ' ' }],
    ['a coupon', { coupon: null }],
    ['a first day', { fromDate: '' }],
    ['an end after its beginning', { toDate: '2026-11-21' }],
    ['a number of days', { daysBefore: '31' }],
  ])('is not sent without %s', (_what, over) => {
    expect(ruleOf({ ...GOOD, ...over })).toBeNull()
  })

  it('forgets days before where nothing is known before', () => {
    expect(ruleOf({ ...GOOD, kind: 'sign_up', daysBefore: 'x' })?.terms.daysBefore).toBe(0)
  })
})
