import type { CashierHandedOver, CashierHandOver } from '@huike/shared/contracts/cashier-pickups'
import type { PickupFind, TillPickup } from '@huike/shared/contracts/till-pickups'
import type { OutcomeCode } from '@huike/shared/outcomes'
import type { NewText } from './model.js'

// The part of the page's state that is about what is fetched in the store, what can happen to it, and
// what it may ask.

/** The panel in which something is found and handed over. */
export interface PickupPanel {
  /** What digits mean: a code, or rows of the list. */
  readonly field: 'code' | 'list'
  readonly codeText: string
  /** All that the member on screen can fetch here; null where that was not asked. */
  readonly list: readonly TillPickup[] | null
  /** The rows on screen: `list` in pages. */
  readonly page: number
  /** What Enter hands over, or why it cannot be, and since when it is on screen. */
  readonly shown: { readonly pickup: TillPickup; readonly sinceMs: number } | null
  /** The question under way; null when there is none. */
  readonly askingSeq: number | null
  /** The hand-over under way; null when there is none. */
  readonly busySeq: number | null
  /** A member code was scanned into the panel: their list is asked for once they are there. */
  readonly isForMember: boolean
  readonly problem: string | null
}

/** What happens about what is fetched. */
export type PickupAction =
  /** The text of the field was replaced without keys. */
  | ({ readonly type: 'pickup_text' } & NewText)
  /** A touch on a row of the list. */
  | { readonly type: 'pickup_pressed'; readonly pickupId: string; readonly atMs: number }
  | { readonly type: 'pickup_silence'; readonly atMs: number }
  | {
      readonly type: 'pickups_found'
      readonly seq: number
      readonly by: PickupFind['by']
      readonly pickups: readonly TillPickup[]
      readonly atMs: number
    }
  | { readonly type: 'pickup_handed'; readonly seq: number; readonly answer: CashierHandedOver }
  | {
      readonly type: 'pickups_failed'
      readonly seq: number
      readonly code: OutcomeCode | null
      readonly sentence: string
    }

/** What the reducer wants of the agent about what is fetched. */
export type PickupCommand =
  | { readonly do: 'wait_for_pickup' }
  | { readonly do: 'pickups_find'; readonly seq: number; readonly asked: PickupFind }
  | {
      readonly do: 'pickup_hand_over'
      readonly seq: number
      readonly pickup: CashierHandOver
    }
