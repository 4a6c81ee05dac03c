import type { PickupState } from './contracts/pickups.js'

// Orders that are fetched in a store in words, the same on the phone, in the console and in a member's
// copy.

/** What became of an order. */
export const PICKUP_WORDS: Readonly<Record<PickupState, string>> = {
  preparing: '备货中',
  ready: '可自提',
  fetched: '已取走',
  cancelled: '已取消',
}
