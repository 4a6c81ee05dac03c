import type { Points } from '@huike/shared/quantities'
import type { Lot } from './lots.js'

// What is told to the book.

/**
 * expired: what was left of a lot at its end. unassigned: a purchase was taken back from the member
 * it had been given to by mistake. merge, merge_undo: two records became one, or two again. held,
 * released: set aside for an order, and given back. spent, spend_undone: what was set aside paid an
 * order, and pays it no more. spend_returned: a refund gives back what paid its sale. lent, repaid: a
 * debt is put off until points are earned. settled: a debt was paid in money. sign_in, profile,
 * review: done without buying anything. referral, referred: a friend was brought, and came.
 * referral_undone, referral_again: both were one person, and are two again. exchanged,
 * exchange_returned: goods or a coupon were taken for them, and not taken after all. See source-keys.ts.
 */
export type TransferReason =
  | 'purchase'
  | 'refund'
  | 'unassigned'
  | 'expired'
  | 'merge'
  | 'merge_undo'
  | 'held'
  | 'released'
  | 'spent'
  | 'spend_undone'
  | 'spend_returned'
  | 'lent'
  | 'repaid'
  | 'settled'
  | 'sign_in'
  | 'profile'
  | 'review'
  | 'referral'
  | 'referred'
  | 'referral_undone'
  | 'referral_again'
  | 'exchanged'
  | 'exchange_returned'

/** From when points may be spent, and until when. */
export type LotDates = Pick<Lot, 'availableAtMs' | 'expiresAtMs'>

/** One movement of points of one member. */
export interface Posting {
  memberId: string
  /** in: to the member. out: from the member. within: between accounts of the programme. */
  direction: 'in' | 'out' | 'within'
  points: Points
  reason: TransferReason
  /** What caused it; unique together with the reason, so that it can happen only once. */
  sourceKey: string
  rule: { id: string; version: number } | null
  /** The arithmetic in words. */
  explanation: string
  actor: string
  occurredAtMs: number
  recordedAtMs: number
  /** The transfer that this one corrects, or whose points it gives back. */
  answersTransferId: string | null
  /** Of what comes in: from when it may be spent, and until when. Now and for ever, if not said. */
  lot?: LotDates
}

/** What takes a purchase back from its member. */
export interface TakenBack {
  /** Who holds the points now: after a merge another one than they were given to. */
  memberId: string
  /** The event that does it: names the transfers, so that it can happen only once. */
  eventId: string
  actor: string
  nowMs: number
}

/** Points that go from one record of a person to another. */
export interface PointsMoved {
  mergeId: string
  reason: 'merge' | 'merge_undo'
  fromMemberId: string
  toMemberId: string
  /** Signed. */
  points: number
  explanation: string
  actor: string
  nowMs: number
}
