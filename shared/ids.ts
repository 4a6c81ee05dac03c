import { z } from 'zod'

// Ids are ULIDs, minted where the event happens: 48 bits of time and 80 of chance, in Crockford's
// base 32, so that they sort by birth. https://github.com/ulid/spec

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TIME_CHARACTERS = 10
const CHANCE_CHARACTERS = 16
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/

/** The id of one thing of the kind `B`. */
export type Id<B extends string> = string & z.$brand<B>
export type MemberId = Id<'MemberId'>
export type StoreId = Id<'StoreId'>
export type TerminalId = Id<'TerminalId'>
export type StaffId = Id<'StaffId'>
export type SessionId = Id<'SessionId'>
export type PurchaseId = Id<'PurchaseId'>
export type TransferId = Id<'TransferId'>
/** Minted where something is asked for: the same once more does nothing more. */
export type RequestId = Id<'RequestId'>
/** Minted on the till: points set aside for an order. */
export type HoldId = Id<'HoldId'>
/** Minted on the till: a refund as the cashier was shown it. */
export type RefundId = Id<'RefundId'>
export type CouponId = Id<'CouponId'>
export type CouponTemplateId = Id<'CouponTemplateId'>
export type CouponRuleId = Id<'CouponRuleId'>
export type CouponPosterId = Id<'CouponPosterId'>
/** Minted on the till: coupons set aside for an order. */
export type CouponReservationId = Id<'CouponReservationId'>
export type PackId = Id<'PackId'>
export type PackOrderId = Id<'PackOrderId'>
export type PayFindingId = Id<'PayFindingId'>
export type MallItemId = Id<'MallItemId'>
export type MallExchangeId = Id<'MallExchangeId'>
/** What a till may redeem without a network: a coupon, or points of a member. */
export type AllowanceId = Id<'AllowanceId'>
/** Minted on the till: something about an offline redemption that a person should read. */
export type OfflineNoteId = Id<'OfflineNoteId'>
export type MessageId = Id<'MessageId'>
export type CampaignId = Id<'CampaignId'>
/** A link to a copy of what is held of a member. */
export type CopyId = Id<'CopyId'>
export type ExportId = Id<'ExportId'>
export type ReviewId = Id<'ReviewId'>
export type ReferralId = Id<'ReferralId'>
export type PointsJobId = Id<'PointsJobId'>
export type QualityRunId = Id<'QualityRunId'>
export type QualityIssueId = Id<'QualityIssueId'>
export type SampleId = Id<'SampleId'>
export type ImportId = Id<'ImportId'>
/** Minted on the phone with each prompt for a subscription message. */
export type AskId = Id<'AskId'>
/** Minted with the outbox row on the till: the delivery identity of one event. */
export type EventId = Id<'EventId'>

/** True when `text` has the form of a ULID. */
export function isUlid(text: string): boolean {
  return ULID.test(text)
}

/** When an id was minted, by the clock of the machine that minted it; epoch milliseconds. */
export function mintedAtMs(id: string): number {
  let ms = 0
  for (const character of id.slice(0, TIME_CHARACTERS))
    ms = ms * CROCKFORD.length + CROCKFORD.indexOf(character)
  return ms
}

/** The first of all ids that can be minted at `ms`: every id minted before sorts before it. */
export function firstIdAt(ms: number): string {
  let time = ''
  for (let left = Math.max(0, Math.floor(ms)); time.length < TIME_CHARACTERS;)
    [time, left] = [
      (CROCKFORD[left % CROCKFORD.length] ?? '') + time,
      Math.floor(left / CROCKFORD.length),
    ]
  return time + '0'.repeat(CHANCE_CHARACTERS)
}

/** A new id minted at `ms`, where only `chance` (numbers from 0 to below 1) tells it from others. */
export function idAt(ms: number, chance: () => number): string {
  const letters = Array.from({ length: CHANCE_CHARACTERS }, () =>
    CROCKFORD.charAt(Math.floor(chance() * CROCKFORD.length)),
  )
  return firstIdAt(ms).slice(0, TIME_CHARACTERS) + letters.join('')
}

/** A contract field that holds an id of the kind `B`. */
export function idSchema<B extends string>(kind: B) {
  return z.string().regex(ULID, 'not a ULID').brand(kind)
}
