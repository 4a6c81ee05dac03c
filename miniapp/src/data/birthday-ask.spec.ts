import { expect, it } from '@jest/globals'
import type { Profile } from '@huike/shared/contracts/account'
import { hasSeenPurchase, isProfileUntouched } from './birthday-ask.js'

it.each([
  ['nothing is known yet', undefined, false],
  ['nothing was ever said', { birthday: null, updatedAtMs: null }, true],
  ['the birthday is known', { birthday: '1992-03-04', updatedAtMs: 1 }, false],
  ['it was left empty on purpose', { birthday: null, updatedAtMs: 1 }, false],
])('asks only who was never asked: %s', (_, profile, isUntouched) => {
  expect(isProfileUntouched(profile as Profile | undefined)).toBe(isUntouched)
})

it('asks nobody who has not seen a purchase', () => {
  expect(hasSeenPurchase(undefined)).toBe(false)
  expect(hasSeenPurchase({ purchases: [], nextCursor: null })).toBe(false)
})
