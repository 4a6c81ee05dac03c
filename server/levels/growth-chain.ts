import { sha256Hex } from '../platform/ids.js'
import type { GrowthEntry } from './growth-entry.entity.js'

// The hash chain of a member's growth: every entry's hash covers its content and the hash before it,
// so that a row changed, removed or put between is found.

/** The hash before a member's first entry. */
export function growthChainStart(memberId: string): string {
  return sha256Hex(`huike growth chain|${memberId}`)
}

/** SHA-256 over everything an entry says, and the hash before it. */
export function entryHash(entry: Omit<GrowthEntry, 'hash'>): string {
  return sha256Hex(
    JSON.stringify([
      entry.previousHash,
      entry.id,
      entry.memberId,
      entry.seq,
      entry.purchaseId,
      entry.number,
      entry.growth,
      entry.counted,
      entry.reason,
      entry.schemeVersion,
      entry.explanation,
      entry.businessDate,
      entry.occurredAtMs,
      entry.recordedAtMs,
    ]),
  )
}
