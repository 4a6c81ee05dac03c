import { describe, expect, it } from '@jest/globals'
import { FIRST_ACTIVITIES } from '@huike/shared/activities'
import { activityDraftSchema } from '@huike/shared/contracts/activities'
import {
  activityDraftOf,
  activityFormOf,
  activityProblems,
  type ActivityForm,
} from './activity-form.js'

const TODAY = '2026-06-03'
const form = (changes: Partial<ActivityForm> = {}): ActivityForm => ({
  ...activityFormOf(FIRST_ACTIVITIES, 1),
  ...changes,
})

describe('activities that are written', () => {
  it('are published as the server takes them, also where two days give the same', () => {
    const typed = form({ hasSignIn: true, days: '1，1, ２、5', profilePoints: '50' })
    const draft = activityDraftOf(typed, TODAY)
    expect(activityDraftSchema.parse(draft)).toEqual({
      terms: {
        ...{ signInPoints: [1, 1, 2, 5], profilePoints: 50, review: null, referral: null },
        expiry: { kind: 'never' },
      },
      ...{ effectiveFromMs: null, basedOnVersion: 1 },
    })
    expect(draft && activityDraftOf(activityFormOf(draft.terms, 1), TODAY)).toEqual(draft)
    const asked = activityDraftOf(form({ hasReview: true, reviewPoints: '50' }), TODAY)
    expect(activityDraftSchema.parse(asked).terms.review).toEqual({
      ...{ points: 50, days: 30, monthMost: 4 },
    })
    expect(asked && activityDraftOf(activityFormOf(asked.terms, 1), TODAY)).toEqual(asked)
    const bringing = activityDraftOf(form({ hasReferral: true, leastYuan: '9.9' }), TODAY)
    expect(activityDraftSchema.parse(bringing).terms.referral).toEqual({
      ...{ points: 100, friendPoints: 20, leastFen: 990, waitDays: 7, monthMost: 10 },
    })
    expect(bringing && activityDraftOf(activityFormOf(bringing.terms, 1), TODAY)).toEqual(bringing)
    const { version, ...first } = FIRST_ACTIVITIES
    expect([version, activityDraftOf(form(), TODAY)?.terms]).toEqual([1, first])
  })

  it.each<[string, Partial<ActivityForm>]>([
    ['days', { hasSignIn: true, days: '' }],
    ['days', { hasSignIn: true, days: '0' }],
    ['days', { hasSignIn: true, days: '1，1001' }],
    ['days', { hasSignIn: true, days: '1.5' }],
    ['days', { hasSignIn: true, days: Array.from({ length: 32 }, () => '1').join('，') }],
    ['profilePoints', { profilePoints: '' }],
    ['profilePoints', { profilePoints: '100001' }],
    ['reviewPoints', { hasReview: true, reviewPoints: '0' }],
    ['reviewDays', { hasReview: true, reviewDays: '366' }],
    ['referralPoints', { hasReferral: true, referralPoints: '0' }],
    ['friendPoints', { hasReferral: true, friendPoints: '' }],
    ['leastYuan', { hasReferral: true, leastYuan: '0' }],
    ['leastYuan', { hasReferral: true, leastYuan: '1.999' }],
    ['waitDays', { hasReferral: true, waitDays: '91' }],
    ['friendsAMonth', { hasReferral: true, friendsAMonth: '0' }],
    ['reviewsAMonth', { hasReview: true, reviewsAMonth: '一' }],
    ['months', { expiry: 'months', months: '0' }],
    ['startDay', { start: 'day', startDay: TODAY }],
  ])('say what is wrong beside %s', (field, wrong) => {
    expect(Object.keys(activityProblems(form(wrong), TODAY))).toEqual([field])
    expect(activityDraftOf(form(wrong), TODAY)).toBeNull()
  })
})
