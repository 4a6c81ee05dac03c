import { sha256Hex } from '../platform/ids.js'
import type { PointsTransfer } from './points-transfer.entity.js'

// The per-member hash chain: every transfer's hash covers its content and the hash before it, so
// that a row changed, removed or put between is found, and the first one named.

/** The account points come from when they are earned. */
export const ISSUED_ACCOUNT = 'programme:issued'

/** What points pass through on their way from one record of a person to another: always empty. */
export const MERGING_ACCOUNT = 'programme:merging'

/** Where points go that nobody used in time. */
export const EXPIRED_ACCOUNT = 'programme:expired'

/** Where points wait that are set aside for an order. */
export const HELD_ACCOUNT = 'programme:held'

/** Where points go that paid for an order, or for something in the points mall. */
export const REDEEMED_ACCOUNT = 'programme:redeemed'

/** Lent to who owes points, and paid back from what is earned next. */
export const LENT_ACCOUNT = 'programme:lent'

/** Points owed that were paid in money. */
export const SETTLED_ACCOUNT = 'programme:settled'

const COUNTER_ACCOUNTS: Partial<Record<string, string>> = {
  expired: EXPIRED_ACCOUNT,
  merge: MERGING_ACCOUNT,
  merge_undo: MERGING_ACCOUNT,
  held: HELD_ACCOUNT,
  released: HELD_ACCOUNT,
  spend_returned: REDEEMED_ACCOUNT,
  exchanged: REDEEMED_ACCOUNT,
  exchange_returned: REDEEMED_ACCOUNT,
  lent: LENT_ACCOUNT,
  repaid: LENT_ACCOUNT,
  settled: SETTLED_ACCOUNT,
}

/**
 * From which account a transfer goes to which. What was set aside and then pays an order, or pays it
 * no more, passes between accounts of the programme: the member's balance stays as it is.
 */
export function accountsOf(
  reason: string,
  direction: 'in' | 'out' | 'within',
  memberId: string,
): [from: string, to: string] {
  if (reason === 'spent') return [HELD_ACCOUNT, REDEEMED_ACCOUNT]
  if (reason === 'spend_undone') return [REDEEMED_ACCOUNT, HELD_ACCOUNT]
  const member = memberAccount(memberId)
  const counter = COUNTER_ACCOUNTS[reason] ?? ISSUED_ACCOUNT
  return direction === 'in' ? [counter, member] : [member, counter]
}

/** Whether a transfer stands in a member's chain and leaves the balance as it is. */
export function isWithin(reason: string): boolean {
  return reason === 'spent' || reason === 'spend_undone'
}

/** How much more a member owes after a transfer: what is lent, less what is paid back. */
export function owedMore(reason: string, count: number): number {
  if (reason === 'lent') return count
  return reason === 'repaid' ? -count : 0
}

/** A member's account, as transfers name it. */
export function memberAccount(memberId: string): string {
  return `member:${memberId}`
}

/** The hash before a member's first transfer. */
export function chainStart(memberId: string): string {
  return sha256Hex(`huike points chain|${memberId}`)
}

/**
 * SHA-256 over everything a transfer says, and the hash before it. What was written before lots were
 * kept says nothing of them.
 */
export function transferHash(transfer: Omit<PointsTransfer, 'hash'>): string {
  const { availableAtMs, expiresAtMs } = transfer
  const isDated = availableAtMs !== null || expiresAtMs !== null
  return sha256Hex(
    JSON.stringify([
      transfer.previousHash,
      transfer.id,
      transfer.memberId,
      transfer.seq,
      transfer.fromAccount,
      transfer.toAccount,
      transfer.points,
      transfer.balanceAfterPoints,
      transfer.reason,
      transfer.sourceKey,
      transfer.ruleId,
      transfer.ruleVersion,
      transfer.explanation,
      transfer.actor,
      transfer.occurredAtMs,
      transfer.recordedAtMs,
      transfer.answersTransferId,
      ...(isDated ? [availableAtMs, expiresAtMs] : []),
    ]),
  )
}
