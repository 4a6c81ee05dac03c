import type {
  CashierHold,
  CashierLookupAnswer,
  CashierMember,
  CashierRefundAnswer,
  CashierRefundConfirmed,
  CashierRegisterAnswer,
  OfflineLeft,
  OtherMember,
  TillReceipt,
  TillState,
} from '@huike/shared/contracts/cashier'
import type { CashierReservation } from '@huike/shared/contracts/cashier-coupons'
import type { SpendingQuote } from '@huike/shared/contracts/spending'
import type { Fen, Points } from '@huike/shared/quantities'
import type { Burst } from './codes.js'
import type { CouponAction, CouponCommand, CouponPanel, SettlePanel } from './coupon-model.js'
import type { GiftAction, GiftCommand, GiftPanel } from './gift-model.js'
import type { PickupAction, PickupCommand, PickupPanel } from './pickup-model.js'

// The whole state of the page, what can happen to it, and what it may ask the outside to do.
// `atMs` is the page's monotonic clock (performance.now), `…AtMs` from the agent are epoch times.

export type Tone = 'info' | 'good' | 'warn' | 'bad'
export interface Message {
  readonly tone: Tone
  readonly text: string
}

/** What lies on the desk: the customer being served. */
export type Desk =
  | { readonly kind: 'idle' }
  | { readonly kind: 'looking'; readonly seq: number; readonly input: string }
  | {
      readonly kind: 'known'
      readonly member: CashierMember
      readonly registered: Registered
      /** Points of theirs that are set aside for the order at the till. */
      readonly hold: CashierHold | null
      /** Coupons of theirs that are. */
      readonly reservation: CashierReservation | null
      /** What this till may redeem of theirs without a network. */
      readonly offlineLeft?: OfflineLeft | null
    }
  | {
      readonly kind: 'fresh'
      readonly phone: string
      /** True when the server could not be asked whether the number is new. */
      readonly offline: boolean
      readonly notice: CashierLookupAnswer['notice']
      readonly shownAtMs: number
      /** The call under way, or null. */
      readonly registeringSeq: number | null
    }
  | { readonly kind: 'failed'; readonly input: string; readonly sentence: string }

/** How a member came to be on screen: looked up, or registered just now. */
export type Registered = 'no' | 'settled' | 'waiting'

export type Decision = 'sale' | 'refund' | 'not_a_receipt'
export type ConfirmBody =
  | { readonly decision: 'sale' | 'refund'; readonly totalFen: Fen }
  | { readonly decision: 'not_a_receipt' }

/** The panel in which a doubtful receipt is confirmed. The amount starts empty, never guessed. */
export interface ConfirmPanel {
  readonly receiptId: string
  readonly amountText: string
  /** The amount before the current burst of keys: what a scan into this field gives back. */
  readonly amountBeforeBurst: string
  readonly decision: Decision | null
  readonly problem: string | null
}

/** What the server says of the amount in the panel. */
export type Quote =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking'; readonly seq: number }
  | { readonly kind: 'told'; readonly orderFen: Fen; readonly quote: SpendingQuote }

/** The panel in which points are taken as cash. */
export interface SpendPanel {
  readonly field: 'amount' | 'points'
  readonly amountText: string
  readonly pointsText: string
  /** The field before the current burst of keys: what a scan into it gives back. */
  readonly textBeforeBurst: string
  /** True while the points stand there as proposed: the first digit replaces them. */
  readonly isProposed: boolean
  readonly quote: Quote
  /** The call under way that sets aside or gives back; null when there is none. */
  readonly busySeq: number | null
  readonly problem: string | null
}

/** What the server says of the refund in the panel. */
export type RefundShown =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking'; readonly seq: number }
  | { readonly kind: 'told'; readonly askedFen: Fen | null; readonly answer: CashierRefundAnswer }
  /** Money is kept back: it stays on screen until the next key, while the till makes the refund. */
  | ({ readonly kind: 'keeping' } & CashierRefundConfirmed)

/** The panel that says, before the money is returned, what a refund does with points. */
export interface RefundPanel {
  readonly field: 'receipt' | 'amount'
  /** The number of the sale's receipt: typed, or of the row that was chosen. */
  readonly numberText: string
  /** The row that was chosen; null where the number was typed. */
  readonly receiptId: string | null
  /** Empty: all that is left. */
  readonly amountText: string
  /** The amount before the current burst of keys: what a scan into it gives back. */
  readonly amountBeforeBurst: string
  readonly shown: RefundShown
  /** The confirmation under way; null when there is none. */
  readonly busySeq: number | null
  readonly problem: string | null
}

/** The way to the agent on this machine. */
export type Link = 'connecting' | 'live' | 'gone'

export interface CashierState {
  readonly entry: string
  readonly burst: Burst | null
  readonly lastDigitAtMs: number
  /** Digits of keys that an input method swallowed and whose text has not come yet. */
  readonly owedText: string
  readonly desk: Desk
  /** What the agent said of members while an answer about the customer was under way. */
  readonly early: readonly MemberNews[]
  readonly message: Message | null
  readonly till: TillState | null
  /** Null until the first answer. */
  readonly receipts: readonly TillReceipt[] | null
  /** When the rows last moved on screen; a key pressed just after may have meant another row. */
  readonly rowsMovedAtMs: number
  readonly link: Link
  /** The time by the agent's clock, epoch milliseconds; kept while a giving may be taken back. */
  readonly nowMs: number
  /** True when the cashier wants to hear what happens. */
  readonly sounds: boolean
  readonly viewerId: string | null
  readonly confirm: ConfirmPanel | null
  /** Kept while a code that was scanned into it is looked up. */
  readonly spend: SpendPanel | null
  readonly refund: RefundPanel | null
  readonly coupons: CouponPanel | null
  readonly settle: SettlePanel | null
  readonly pickup: PickupPanel | null
  readonly gift: GiftPanel | null
  /** Receipts with a call under way. */
  readonly busyIds: readonly string[]
  readonly lastSeq: number
}

/** What a receipt took along when it was taken back from a member. */
export interface Taken {
  readonly phoneMasked: string
  /** Null when the server had not said yet. */
  readonly points: Points | null
  /** What the member gets back of the points that paid a part of it. */
  readonly spentPoints: Points | null
  /** What their coupons took off, which are the member's again; null where none did. */
  readonly couponFen: Fen | null
}

/** A key, whatever keyboard layout or input method is on. */
export type Key =
  /** isSwallowed: an input method has it, and its text will come as well. */
  | { readonly name: 'digit'; readonly digit: string; readonly isSwallowed?: boolean }
  | { readonly name: 'receipt'; readonly position: number }
  | {
      readonly name:
        | 'dot'
        | 'plus'
        | 'minus'
        | 'star'
        | 'slash'
        | 'sounds'
        | 'pickups'
        | 'gifts'
        | 'enter'
        | 'escape'
        | 'backspace'
        | 'up'
        | 'down'
    }

/** A field's new text, and what of it came just now. */
export interface NewText {
  readonly text: string
  readonly typed: string | null
  readonly atMs: number
}

export type Action =
  | { readonly type: 'key'; readonly key: Key; readonly atMs: number }
  /** The input's text was replaced without keys: pasted, or a touch keyboard. */
  | ({ readonly type: 'text' } & NewText)
  | ({ readonly type: 'amount_text' } & NewText)
  | { readonly type: 'decide'; readonly decision: Decision }
  | { readonly type: 'silence'; readonly atMs: number }
  | { readonly type: 'view'; readonly receiptId: string }
  /** A touch on what a key would do. */
  | { readonly type: 'give'; readonly receiptId: string }
  | { readonly type: 'undo'; readonly receiptId: string }
  | {
      readonly type: 'lookup_answered'
      readonly seq: number
      readonly answer: CashierLookupAnswer
      readonly atMs: number
    }
  | { readonly type: 'lookup_failed'; readonly seq: number; readonly sentence: string }
  | {
      readonly type: 'registered'
      readonly seq: number
      readonly answer: CashierRegisterAnswer
    }
  | { readonly type: 'register_failed'; readonly seq: number; readonly sentence: string }
  | { readonly type: 'assigned'; readonly receipt: TillReceipt }
  | { readonly type: 'undone'; readonly receipt: TillReceipt; readonly taken: Taken }
  | {
      readonly type: 'confirmed'
      readonly receipt: TillReceipt
      readonly decision: Decision
      /** The member the cashier confirmed it for; null when none was on screen. */
      readonly memberId: string | null
    }
  | { readonly type: 'receipt_failed'; readonly receiptId: string; readonly sentence: string }
  | SpendAction
  | RefundAction
  | CouponAction
  | PickupAction
  | GiftAction
  | { readonly type: 'till'; readonly till: TillState }
  | { readonly type: 'receipts'; readonly receipts: readonly TillReceipt[]; readonly atMs: number }
  | MemberNews
  | { readonly type: 'link'; readonly link: Link }
  | { readonly type: 'tick'; readonly nowMs: number }

/** What happens about points as cash. */
export type SpendAction =
  /** The text of the panel's field was replaced without keys. */
  | ({ readonly type: 'spend_text' } & NewText)
  | { readonly type: 'spend_field'; readonly field: SpendPanel['field'] }
  | { readonly type: 'amount_silence'; readonly atMs: number }
  | {
      readonly type: 'quoted'
      readonly seq: number
      readonly orderFen: Fen
      readonly quote: SpendingQuote
    }
  | {
      readonly type: 'held'
      readonly seq: number
      readonly memberId: string
      readonly hold: CashierHold
    }
  | {
      readonly type: 'released'
      readonly seq: number
      readonly holdId: string
      readonly isBack: boolean
    }
  | { readonly type: 'spend_failed'; readonly seq: number; readonly sentence: string }

/** What happens about refunds of points. */
export type RefundAction =
  /** The text of the panel's field was replaced without keys. */
  | ({ readonly type: 'refund_text' } & NewText)
  | { readonly type: 'refund_field'; readonly field: RefundPanel['field'] }
  /** A touch on a row of the panel. */
  | { readonly type: 'refund_choose'; readonly receiptId: string }
  | { readonly type: 'refund_silence'; readonly atMs: number }
  | {
      readonly type: 'refund_shown'
      readonly seq: number
      readonly askedFen: Fen | null
      readonly answer: CashierRefundAnswer
    }
  | {
      readonly type: 'refund_confirmed'
      readonly seq: number
      readonly answer: CashierRefundConfirmed
    }
  | {
      readonly type: 'refund_withdrawn'
      readonly refundFen: Fen
      readonly isWithdrawn: boolean
    }
  | {
      readonly type: 'refund_failed'
      readonly seq: number
      readonly failed: RefundCommand['do']
      readonly sentence: string
    }

/** What the agent pushes of a member: what the server says by now, or that it is somebody else. */
export type MemberNews =
  | { readonly type: 'member'; readonly member: CashierMember }
  | ({ readonly type: 'other_member' } & OtherMember)

/** What the reducer wants done outside; the runtime carries it out and answers with an action. */
export type Command =
  | SpendCommand
  | RefundCommand
  | CouponCommand
  | PickupCommand
  | GiftCommand
  | { readonly do: 'wait_for_silence' }
  | { readonly do: 'lookup'; readonly seq: number; readonly input: string }
  | {
      readonly do: 'register'
      readonly seq: number
      readonly phone: string
      readonly policyVersion: string
      readonly textSha256: string
    }
  | { readonly do: 'assign'; readonly receiptId: string; readonly memberId: string }
  | { readonly do: 'undo'; readonly receiptId: string; readonly taken: Taken }
  | {
      readonly do: 'confirm'
      readonly receiptId: string
      readonly body: ConfirmBody
      /** Who gets the receipt once it is confirmed; null when nobody is on screen. */
      readonly memberId: string | null
    }

/** What the reducer wants of the agent about points as cash. */
export type SpendCommand =
  | { readonly do: 'wait_for_amount' }
  | {
      readonly do: 'quote'
      readonly seq: number
      readonly memberId: string
      readonly orderFen: Fen
    }
  | {
      readonly do: 'hold'
      readonly seq: number
      readonly memberId: string
      readonly orderFen: Fen
      readonly points: number
    }
  | { readonly do: 'release'; readonly seq: number; readonly holdId: string }

/** What the reducer wants of the agent about refunds of points. */
export type RefundCommand =
  | { readonly do: 'wait_for_refund' }
  | {
      readonly do: 'preview_refund'
      readonly seq: number
      readonly receiptNo: string
      readonly refundFen: Fen | null
    }
  | { readonly do: 'confirm_refund'; readonly seq: number; readonly refundId: string }
  | {
      readonly do: 'withdraw_refund'
      readonly seq: number
      readonly refundId: string
      readonly refundFen: Fen
    }

/** The next state and what to do outside. */
export type Step = readonly [CashierState, readonly Command[]]

export const initialState: CashierState = {
  entry: '',
  burst: null,
  lastDigitAtMs: -Infinity,
  owedText: '',
  desk: { kind: 'idle' },
  early: [],
  message: null,
  till: null,
  receipts: null,
  rowsMovedAtMs: -Infinity,
  link: 'connecting',
  nowMs: 0,
  sounds: false,
  viewerId: null,
  confirm: null,
  spend: null,
  refund: null,
  coupons: null,
  ...{ settle: null, pickup: null, gift: null },
  busyIds: [],
  lastSeq: 0,
}
