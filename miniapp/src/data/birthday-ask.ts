import type { Profile } from '@huike/shared/contracts/account'
import type { PurchasePage } from '@huike/shared/contracts/member'
import type { Keeper } from './keeper.js'
import { createStore, type Store } from './store.js'

// The birthday is asked late and once: after a first purchase has been seen, of someone who never
// touched their profile, and never again after "not now".

export interface BirthdayAsk extends Store<boolean> {
  /** The person does not want to be asked. */
  dismiss(): void
  reset(): void
}

/** Whether the person has put the question away; remembered on the phone. */
export function createBirthdayAsk(keeper: Keeper, nowMs: () => number): BirthdayAsk {
  const isDismissed = createStore(keeper.read('birthday-ask') !== null)
  return {
    ...isDismissed,
    dismiss() {
      keeper.write('birthday-ask', { dismissedAtMs: nowMs() })
      isDismissed.set(true)
    },
    reset() {
      isDismissed.set(false)
    },
  }
}

/** Whether a purchase has been seen: before that nothing is asked. */
export function hasSeenPurchase(purchases: PurchasePage | undefined): boolean {
  return (purchases?.purchases.length ?? 0) > 0
}

/** Whether this is someone who never said anything about themselves. */
export function isProfileUntouched(profile: Profile | undefined): boolean {
  return profile !== undefined && profile.birthday === null && profile.updatedAtMs === null
}
