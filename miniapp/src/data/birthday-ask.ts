import type { Profile } from '@huike/shared/contracts/account'
import type { PurchasePage } from '@huike/shared/contracts/member'
import type { Keeper } from './keeper.js'
import { createStore, type Store } from './store.js'

// The birthday is asked late and seldom: where the chain wants to know it, after a first purchase has
// been seen, of someone who never touched their profile, and then not again for thirty days, whether
// it was answered "not now" or passed over.

const ASKED_AGAIN_AFTER_MS = 30 * 86_400_000

/** True while nothing is to be asked. */
export interface BirthdayAsk extends Store<boolean> {
  /** It stands on the page: the thirty days begin, and it may stay until this visit ends. */
  shown(): void
  /** The person does not want to be asked now. */
  dismiss(): void
  reset(): void
}

/** Whether the question was asked within thirty days; remembered on the phone. */
export function createBirthdayAsk(keeper: Keeper, nowMs: () => number): BirthdayAsk {
  const kept = keeper.read<{ askedAtMs?: number; dismissedAtMs?: number }>('birthday-ask')
  // Versions before this one kept when it was dismissed.
  const askedAtMs = kept?.askedAtMs ?? kept?.dismissedAtMs ?? null
  // A clock that was set back must not silence it for good.
  const sinceMs = askedAtMs === null ? null : Math.abs(nowMs() - askedAtMs)
  const isSilent = createStore(sinceMs !== null && sinceMs < ASKED_AGAIN_AFTER_MS)
  const noteAsked = () => {
    keeper.write('birthday-ask', { askedAtMs: nowMs() })
  }
  return {
    ...isSilent,
    shown: noteAsked,
    dismiss() {
      noteAsked()
      isSilent.set(true)
    },
    reset() {
      isSilent.set(false)
    },
  }
}

/** Whether a purchase has been seen: before that nothing is asked. */
export function hasSeenPurchase(purchases: PurchasePage | undefined): boolean {
  return (purchases?.purchases.length ?? 0) > 0
}

/** Whether the chain wants the birthday of someone who never said anything about themselves. */
export function isBirthdayWanted(profile: Profile | undefined): boolean {
  if (profile === undefined || profile.birthday !== null || profile.updatedAtMs !== null)
    return false
  // A profile that was kept by an older version does not say what is wanted.
  return (profile as Partial<Profile>).askFor?.includes('birthday') ?? false
}
