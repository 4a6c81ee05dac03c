import { sha256Hex } from '../platform/ids.js'
import { isOfMerge } from './source-keys.js'
import type { PointsTransfer } from './points-transfer.entity.js'

// The per-member hash chain: every transfer's hash covers its content and the hash before it, so
// that a row changed, removed or put between is found, and the first one named.

/** The account points come from when they are earned. */
export const ISSUED_ACCOUNT = 'programme:issued'

/** What points pass through on their way from one record of a person to another: always empty. */
export const MERGING_ACCOUNT = 'programme:merging'

/** Where points go that nobody used in time. */
export const EXPIRED_ACCOUNT = 'programme:expired'

/** The account on the other side of a transfer, by its reason. */
export function counterAccount(reason: string): string {
  if (reason === 'expired') return EXPIRED_ACCOUNT
  return isOfMerge(reason) ? MERGING_ACCOUNT : ISSUED_ACCOUNT
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
