import { describe, expect, it } from '@jest/globals'
import type { Profile } from '@huike/shared/contracts/account'
import { createBirthdayAsk, hasSeenPurchase, isBirthdayWanted } from './birthday-ask.js'
import type { Keeper } from './keeper.js'

const DAY_MS = 86_400_000
const NOW_MS = 1_780_000_000_000
const UNTOUCHED = { birthday: null, updatedAtMs: null }

it.each([
  ['nothing is known yet', undefined, false],
  ['nothing was ever said', { ...UNTOUCHED, askFor: ['name', 'birthday'] }, true],
  ['the chain does not want it', { ...UNTOUCHED, askFor: ['name'] }, false],
  ['an older version kept it', UNTOUCHED, false],
  ['the birthday is known', { birthday: '1992-03-04', updatedAtMs: 1, askFor: [] }, false],
  ['it was left empty on purpose', { birthday: null, updatedAtMs: 1, askFor: ['birthday'] }, false],
])('asks only who was never asked: %s', (_, profile, isWanted) => {
  expect(isBirthdayWanted(profile as Profile | undefined)).toBe(isWanted)
})

it('asks nobody who has not seen a purchase', () => {
  expect(hasSeenPurchase(undefined)).toBe(false)
  expect(hasSeenPurchase({ purchases: [], nextCursor: null })).toBe(false)
})

describe('asking for the birthday', () => {
  /** A phone that keeps one thing. */
  function phone(first: unknown = null): Keeper {
    let kept = first
    return {
      read: <T>() => kept as T | null,
      write: (_name, value) => {
        kept = value
      },
      clear: () => {
        kept = null
      },
    }
  }
  const isSilentAt = (keeper: Keeper, atMs: number) => createBirthdayAsk(keeper, () => atMs).get()

  it('happens once in thirty days, whether it is put off or passed over', () => {
    for (const answer of ['shown', 'dismiss'] as const) {
      const keeper = phone()
      expect(isSilentAt(keeper, NOW_MS)).toBe(false)
      createBirthdayAsk(keeper, () => NOW_MS)[answer]()
      expect(isSilentAt(keeper, NOW_MS + 1)).toBe(true)
      expect(isSilentAt(keeper, NOW_MS + 30 * DAY_MS - 1)).toBe(true)
      expect(isSilentAt(keeper, NOW_MS + 30 * DAY_MS)).toBe(false)
    }
  })

  it('stays while it stands, and goes when it is put off', () => {
    const ask = createBirthdayAsk(phone(), () => NOW_MS)
    ask.shown()
    expect(ask.get()).toBe(false)
    ask.dismiss()
    expect(ask.get()).toBe(true)
  })

  it('knows what an older version kept, and is not silent for good by a wrong clock', () => {
    expect(isSilentAt(phone({ dismissedAtMs: NOW_MS }), NOW_MS + DAY_MS)).toBe(true)
    expect(isSilentAt(phone({ askedAtMs: NOW_MS + 400 * DAY_MS }), NOW_MS)).toBe(false)
  })
})
