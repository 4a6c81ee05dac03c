import { describe, expect, it } from '@jest/globals'
import {
  couponRuleChangeSchema,
  couponRuleDraftSchema,
  couponRuleKindSchema,
  couponRuleSchema,
  purchaseRuleSchema,
  type PurchaseRule,
} from '@huike/shared/contracts/console-coupon-rules'
import {
  CLAIM_HOURS,
  MEMBER_COUNT,
  NEW_PURCHASE,
  purchaseFaults,
  purchaseFormOf,
  purchaseOf,
  type PurchaseForm,
} from './purchase-form.js'
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
      ...{ ...sent, id: ID, version: 1, kind: 'birthday', given: 0, waiting: 0, lapsed: 0 },
      ...{ refused: [] },
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

  it('of purchases says which, and how the coupon comes', () => {
    const form: RuleForm = { ...GOOD, kind: 'purchase' }
    const plain = { leastFen: 0, storeIds: [], channels: [], claimHours: 72 }
    expect(ruleOf(form)?.terms.purchase).toMatchObject({
      ...{ ...plain, memberMax: { count: 1, per: 'day' } },
    })
    const full: PurchaseForm = {
      ...{ least: '88.80', storeIds: [ID as never], channel: 'online', weekdays: [7, 1] },
      ...{ fromTime: '09:00', toTime: '17:30', how: 'direct', hours: '72', most: '', per: 'day' },
    }
    const sent = ruleOf({ ...form, purchase: full })
    const rule = couponRuleDraftSchema.parse({ ...sent, requestId: ID, kind: 'purchase' })
    expect(rule.terms.purchase).toMatchObject({
      ...{ leastFen: 8_880, channels: ['online'], weekdays: [1, 7], claimHours: null },
    })
    expect(purchaseFormOf(rule.terms.purchase as PurchaseRule)).toEqual({
      ...full,
      weekdays: [1, 7],
    })
    expect(ruleOf({ ...GOOD, purchase: full })?.terms.purchase).toBeUndefined()
    const fetched: PurchaseForm = { ...full, weekdays: [1, 7], channel: 'fetched' }
    const ofFetched = ruleOf({ ...form, purchase: fetched })?.terms.purchase as PurchaseRule
    expect(purchaseRuleSchema.parse(ofFetched)).toMatchObject({ fetched: true, channels: [] })
    expect(purchaseFormOf(ofFetched)).toEqual(fetched)
    const both = { ...ofFetched, channels: ['pos'] }
    expect(purchaseRuleSchema.safeParse(both).success).toBe(false)
  })

  it.each<Partial<PurchaseForm>>([
    { least: 'x' },
    { least: '1.234' },
    { hours: '0' },
    { hours: '721' },
    { most: '101' },
    { fromTime: '10:00', toTime: '10:00' },
  ])('of purchases is not sent with %j', (over) => {
    const purchase = { ...NEW_PURCHASE, ...over }
    expect(ruleOf({ ...GOOD, kind: 'purchase', purchase })).toBeNull()
    expect(purchaseFaults(purchase)).toHaveLength(1)
  })

  it('of purchases has the ends of the contract', () => {
    const ok = purchaseOf(NEW_PURCHASE) as PurchaseRule
    const isTaken = (over: object) => purchaseRuleSchema.safeParse({ ...ok, ...over }).success
    const hours = [CLAIM_HOURS.least, CLAIM_HOURS.most].map((claimHours) => isTaken({ claimHours }))
    const beyond = [CLAIM_HOURS.least - 1, CLAIM_HOURS.most + 1]
    expect([hours, beyond.map((claimHours) => isTaken({ claimHours }))]).toEqual([
      [true, true],
      [false, false],
    ])
    const counts = [MEMBER_COUNT.least, MEMBER_COUNT.most, MEMBER_COUNT.most + 1]
    expect(counts.map((count) => isTaken({ memberMax: { count, per: 'week' } }))).toEqual([
      ...[true, true, false],
    ])
  })

  it('forgets days before where nothing is known before', () => {
    expect(ruleOf({ ...GOOD, kind: 'sign_up', daysBefore: 'x' })?.terms.daysBefore).toBe(0)
  })
})
