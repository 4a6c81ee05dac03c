import type {
  CashierCouponOrder,
  CashierCouponQuote,
  CashierReservation,
} from '@huike/shared/contracts/cashier-coupons'
import type { CouponId, CouponReservationId } from '@huike/shared/ids'
import type { Fen } from '@huike/shared/quantities'
import type { NewText } from './model.js'

// The part of the page's state that is about coupons, what can happen to it, and what it may ask.

/** The panel in which coupons are chosen. */
export interface CouponPanel {
  /** What digits mean: an amount, coupons to tick, or what the goods of one coupon come to. */
  readonly field: 'amount' | 'list' | 'seen'
  readonly amountText: string
  readonly seenText: string
  /** The coupon whose goods are asked for. */
  readonly seenOf: CouponId | null
  readonly seen: CashierCouponOrder['seen']
  /** As it was before the current burst of keys: what a scan into it gives back. */
  readonly beforeBurst: {
    readonly field: CouponPanel['field']
    readonly text: string
    readonly picked: CouponPanel['picked']
  }
  /** What the server says of the amount; null until it has. */
  readonly told: { readonly goodsFen: Fen; readonly answer: CashierCouponQuote } | null
  /** The question under way; null when there is none. */
  readonly askingSeq: number | null
  /** All coupons as the first answer for an amount ordered them: a number never means another one. */
  readonly order: readonly CouponId[]
  /** The rows on screen: `order` in pages. */
  readonly page: number
  /** Ticked by hand; null: the best there are. */
  readonly picked: readonly CouponId[] | null
  /** The call under way that sets aside or gives back; null when there is none. */
  readonly busySeq: number | null
  readonly problem: string | null
}

/** The panel in which a receipt that differs is settled. */
export interface SettlePanel {
  readonly receiptId: string
  readonly busySeq: number | null
  readonly problem: string | null
}

/** What happens about coupons. */
export type CouponAction =
  /** The text of the panel's field was replaced without keys. */
  | ({ readonly type: 'coupon_text' } & NewText)
  | { readonly type: 'coupon_pressed'; readonly couponId: CouponId }
  | {
      readonly type: 'coupons_told'
      readonly seq: number
      readonly goodsFen: Fen
      readonly answer: CashierCouponQuote
    }
  | {
      readonly type: 'coupons_reserved'
      readonly seq: number
      readonly memberId: string
      readonly reservation: CashierReservation
    }
  | {
      readonly type: 'coupons_released'
      readonly seq: number
      readonly reservationId: string
      readonly isBack: boolean
    }
  | { readonly type: 'coupons_settled'; readonly seq: number; readonly isUsed: boolean }
  | { readonly type: 'coupons_failed'; readonly seq: number; readonly sentence: string }

/** What the reducer wants of the agent about coupons. */
export type CouponCommand =
  | { readonly do: 'coupons_quote'; readonly seq: number; readonly order: CashierCouponOrder }
  | { readonly do: 'coupons_reserve'; readonly seq: number; readonly order: CashierCouponOrder }
  | {
      readonly do: 'coupons_release'
      readonly seq: number
      readonly reservationId: CouponReservationId
    }
  | {
      readonly do: 'coupons_settle'
      readonly seq: number
      readonly reservationId: CouponReservationId
      readonly isUsed: boolean
    }
