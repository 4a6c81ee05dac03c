import type {
  CashierGift,
  CashierGiven,
  CounterCoupon,
} from '@huike/shared/contracts/counter-gifts'
import type { CounterReason } from '@huike/shared/counter-reasons'

// The part of the page's state that is about coupons a cashier gives, what can happen to it, and what
// it may ask.

/** The panel in which a coupon is chosen, and why it is given. */
export interface GiftPanel {
  /** What the store may give now; null until that is known. */
  readonly coupons: readonly CounterCoupon[] | null
  /** The rows on screen: `coupons` in pages. */
  readonly page: number
  readonly chosen: CounterCoupon | null
  /** Why, and since when that is chosen: what Enter gives. */
  readonly reason: { readonly reason: CounterReason; readonly sinceMs: number } | null
  /** The question under way; null when there is none. */
  readonly askingSeq: number | null
  /** The gift under way; null when there is none. */
  readonly busySeq: number | null
  readonly problem: string | null
}

/** What happens about coupons a cashier gives. */
export type GiftAction =
  /** A touch on a coupon, or on a reason. */
  | { readonly type: 'gift_pressed'; readonly at: number; readonly atMs: number }
  | {
      readonly type: 'gifts_listed'
      readonly seq: number
      readonly coupons: readonly CounterCoupon[]
    }
  | { readonly type: 'gift_given'; readonly seq: number; readonly answer: CashierGiven }
  | { readonly type: 'gift_failed'; readonly seq: number; readonly sentence: string }

/** What the reducer wants of the agent about coupons a cashier gives. */
export type GiftCommand =
  | { readonly do: 'gifts_list'; readonly seq: number }
  | { readonly do: 'gift_give'; readonly seq: number; readonly gift: CashierGift }
