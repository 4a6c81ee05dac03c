import { describe, expect, it } from '@jest/globals'
import type { CouponTemplateView } from '@huike/shared/contracts/console-coupons'
import { isOffered } from './coupon-choice.js'

const NOW_MS = Date.UTC(2026, 10, 22, 2, 0)
const template = (over: object = {}, limits: object = {}): CouponTemplateView =>
  ({
    terms: { validity: { kind: 'days', afterDays: 0, days: 7 }, when: { storeIds: [] }, ...over },
    limits: { state: 'open', stock: null, ...limits },
    issued: 5,
  }) as unknown as CouponTemplateView
const until = (toDate: string) => ({ validity: { kind: 'dates', fromDate: '2026-01-01', toDate } })

describe('coupons offered for a campaign', () => {
  it.each([
    ['open ones', template(), true],
    ['not what is stopped', template({}, { state: 'stopped' }), false],
    ['what is not all given yet', template({}, { stock: 6 }), true],
    ['not what is all given', template({}, { stock: 5 }), false],
    ['what ends today', template(until('2026-11-22')), true],
    ['not what ended yesterday', template(until('2026-11-21')), false],
    ['what is for the own store', template({ when: { storeIds: ['A'] } }), true],
    ['not what is for others too', template({ when: { storeIds: ['A', 'B'] } }), false],
  ])('are %s', (_what, one, isIt) => {
    expect(isOffered(one, { storeIds: ['A'], nowMs: NOW_MS })).toBe(isIt)
  })

  it('are of every store for who acts for the chain', () => {
    const far = template({ when: { storeIds: ['B'] } })
    expect(isOffered(far, { storeIds: null, nowMs: NOW_MS })).toBe(true)
  })
})
