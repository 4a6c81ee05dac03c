import type { PointsTransfer } from './points-transfer.entity.js'

// What caused a transfer, as its source key names it; unique together with the reason.
//   purchase    the sale
//   refund      the refund; or late|sale for what refunds took before the sale had a member
//   unassigned  the key it takes back, and the event that took it back
//   held, released  the hold, and how often it was set aside
//   spent, spend_undone  the sale, the hold, and how often it was set aside
//   spend_returned  the refund; or late|sale for what refunds gave back before the sale had a member
//   lent, repaid  the member, and the number of the transfer in their chain
//   settled     the refund that took more than there was
//   sign_in, profile  the activity
//   review      the purchase that was reviewed, which is the id of the activity
//   referral    the referral, which is the id of the activity; referred: the friend, likewise
//   referral_undone, referral_again  the referral, the merge, and whose: |f friend, |r referrer
//   expired     the lot, and the number of the transfer: what comes back late may expire again
//   exchanged, exchange_returned  the exchange in the points mall
//   merge, merge_undo  the merge, and which side of the pair it is: |out or |in
// A sale that was taken back and is given again uses its key a second time: then the event that
// gave it follows. So every key names its purchase first, and a second giving is never the first.

/** Begins the keys of refunds that came before the sale had a member. */
export const LATE = 'late|'
const ID_CHARACTERS = 26

/** Moved between two records of one person; no purchase caused it. */
export function isOfMerge(reason: string): boolean {
  return reason === 'merge' || reason === 'merge_undo'
}

/** Moved because of what a purchase says of points earned and taken back. */
export function isOfPurchase(reason: string): boolean {
  return reason === 'purchase' || reason === 'refund' || reason === 'unassigned'
}

/** Moved because a debt was put off, or what was put off is paid. */
export function isOfDebt(reason: string): boolean {
  return reason === 'lent' || reason === 'repaid'
}

/** Moved because points were set aside for an order. */
export function isOfHold(reason: string): boolean {
  return ['held', 'released', 'spent', 'spend_undone'].includes(reason)
}

/** Given for something that was done without a purchase. */
export function isOfActivity(reason: string): boolean {
  return ['sign_in', 'profile', 'review', 'referral', 'referred'].includes(reason)
}

/** Taken back, or given again, since the two of a referral were found to be one, or two. */
export function isOfReferral(reason: string): boolean {
  return reason === 'referral_undone' || reason === 'referral_again'
}

/** Moved because goods or a coupon were taken for them, or not after all. */
export function isOfExchange(reason: string): boolean {
  return reason === 'exchanged' || reason === 'exchange_returned'
}

/** What a correction must know of a transfer. */
export type CausedTransfer = Pick<
  PointsTransfer,
  'id' | 'memberId' | 'reason' | 'sourceKey' | 'points' | 'toAccount' | 'answersTransferId'
>

/** A transfer with when it was recorded. */
export type DatedTransfer = CausedTransfer & Pick<PointsTransfer, 'recordedAtMs'>

/** The purchase behind a source key. */
export function purchaseOfKey(sourceKey: string): string {
  const start = sourceKey.startsWith(LATE) ? LATE.length : 0
  return sourceKey.slice(start, start + ID_CHARACTERS)
}

/** The hold that a source key names after its purchase. */
export function holdOfKey(sourceKey: string): string {
  return sourceKey.slice(ID_CHARACTERS + 1, 2 * ID_CHARACTERS + 1)
}

/** Those of a purchase's transfers that were not taken back. */
export function openTransfers<T extends CausedTransfer>(caused: readonly T[]): T[] {
  const answered = new Set(
    caused.flatMap((one) => (one.reason === 'unassigned' ? [one.answersTransferId] : [])),
  )
  return caused.filter((one) => one.reason !== 'unassigned' && !answered.has(one.id))
}

/** The key of what takes back a transfer: longer keys are cut to what they were caused by. */
export function takenBackKey(taken: CausedTransfer, eventId: string): string {
  const cause = purchaseOfKey(taken.sourceKey)
  return `${taken.sourceKey.startsWith(LATE) ? LATE : ''}${cause}|${eventId}`
}
