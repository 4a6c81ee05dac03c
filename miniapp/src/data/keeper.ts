// The phone's small storage. Names carry the version of what is stored: a release that stores
// something of another shape raises it and old values are simply not seen any more.

const STORED_SHAPE_VERSION = 1

/** Raw storage of the platform: values are JSON. */
export interface RawStorage {
  read(name: string): unknown
  write(name: string, value: unknown): void
  remove(name: string): void
}

/** Everything the mini-program keeps on the phone. */
export const KEPT_NAMES = [
  'session',
  'clock',
  'card',
  'level',
  'points',
  'purchases',
  'purchases-pos',
  'purchases-online',
  'purchase-details',
  'pickups',
  'inbox',
  'profile',
  'privacy',
  'deletion',
  'subscriptions',
  'prompt-answers',
  'birthday-ask',
  'coupons-issued',
  'coupons-redeemed',
  'coupons-expired',
  'coupons-claimable',
  'coupon-claims',
  'pack-requests',
  'packs-shelf',
  'pack-orders',
  'pack-order-details',
  'mall-shelf',
  'mall-requests',
  'mall-exchanges',
  'mall-exchange-details',
  'referrals',
  'referral-code',
  'poster-code',
] as const
export type KeptName = (typeof KEPT_NAMES)[number]

/** Storage by name. A value that cannot be read or written is as good as absent: it is a cache. */
export interface Keeper {
  read<T>(name: KeptName): T | null
  write(name: KeptName, value: unknown): void
  /** Forgets everything: another person may be next. */
  clear(): void
}

/** A keeper over the platform's storage. A full or broken storage costs offline comfort, no more. */
export function createKeeper(raw: RawStorage): Keeper {
  const full = (name: KeptName) => `huike.${String(STORED_SHAPE_VERSION)}.${name}`
  return {
    read<T>(name: KeptName): T | null {
      const value = quietly(() => raw.read(full(name)))
      return typeof value === 'object' && value !== null ? (value as T) : null
    },
    write(name, value) {
      quietly(() => {
        raw.write(full(name), value)
      })
    },
    clear() {
      for (const name of KEPT_NAMES)
        quietly(() => {
          raw.remove(full(name))
        })
    },
  }
}

function quietly(action: () => unknown): unknown {
  try {
    return action()
  } catch {
    return null
  }
}
