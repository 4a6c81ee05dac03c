import { randomBytes } from 'node:crypto'
import { ulid } from 'ulid'
import type {
  CouponReservationId,
  EventId,
  HoldId,
  MemberId,
  OfflineNoteId,
  RefundId,
  RequestId,
} from '@huike/shared/ids'

// Ids are minted where the event happens: here, before anything was sent.

const BYTE_RANGE = 256

/** A new event id: the delivery identity of one outbox row. */
export function mintEventId(nowMs: number): EventId {
  return mint(nowMs) as EventId
}

/** A new member id, for a shopper registered at this till. */
export function mintMemberId(nowMs: number): MemberId {
  return mint(nowMs) as MemberId
}

/** A new id of points to be set aside. */
export function mintHoldId(nowMs: number): HoldId {
  return mint(nowMs) as HoldId
}

/** A new id of a refund that a cashier is shown. */
export function mintRefundId(nowMs: number): RefundId {
  return mint(nowMs) as RefundId
}

/** A new id of coupons to be set aside. */
export function mintReservationId(nowMs: number): CouponReservationId {
  return mint(nowMs) as CouponReservationId
}

/** A new id of what is asked of the server once. */
export function mintRequestId(nowMs: number): RequestId {
  return mint(nowMs) as RequestId
}

/** A new id of something that was refused without a network. */
export function mintNoteId(nowMs: number): OfflineNoteId {
  return mint(nowMs) as OfflineNoteId
}

/** A new id of a captured document. */
export function mintCaptureId(nowMs: number): string {
  return mint(nowMs)
}

function mint(nowMs: number): string {
  return ulid(nowMs, () => (randomBytes(1)[0] ?? 0) / BYTE_RANGE)
}
