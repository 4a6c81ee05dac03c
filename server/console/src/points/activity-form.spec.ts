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
      terms: { signInPoints: [1, 1, 2, 5], profilePoints: 50, expiry: { kind: 'never' } },
      ...{ effectiveFromMs: null, basedOnVersion: 1 },
    })
    expect(draft && activityDraftOf(activityFormOf(draft.terms, 1), TODAY)).toEqual(draft)
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
    ['months', { expiry: 'months', months: '0' }],
    ['startDay', { start: 'day', startDay: TODAY }],
  ])('say what is wrong beside %s', (field, wrong) => {
    expect(Object.keys(activityProblems(form(wrong), TODAY))).toEqual([field])
    expect(activityDraftOf(form(wrong), TODAY)).toBeNull()
  })
})
