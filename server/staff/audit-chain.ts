import type { Keyring } from '../platform/keyring.js'
import type { StaffAuditHead } from './staff-audit-head.entity.js'
import type { StaffAudit } from './staff-audit.entity.js'

// The chains of the audit. Each row's keyed hash covers the row and the hash before it, and the seal
// of a chain's head covers where it ends: a row changed, put between or taken away is found, also when
// somebody did it who may write to the database and has no key. An earlier head that was kept and put
// back is told by audit-note.ts. There are a few chains side by side, so that people do not wait for each
// other; a person's deeds are all in one.

export const AUDIT_LANES = 8

/** The chain a person's deeds belong to. */
export function laneOf(staffId: string): number {
  let sum = 0
  for (const character of staffId) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521
  return sum % AUDIT_LANES
}

/** The hash before the first row of a chain. */
export function chainStart(keyring: Keyring, lane: number, begunAtMs: number): string {
  return keyring.contentHash(JSON.stringify(['staff_audit start', lane, begunAtMs]))
}

/** The hash of a row that follows `previousHash`. */
export function auditHash(
  keyring: Keyring,
  previousHash: string,
  row: Omit<StaffAudit, 'hash'>,
): string {
  return keyring.contentHash(
    JSON.stringify([
      'staff_audit row',
      previousHash,
      row.id,
      row.staffId,
      row.action,
      row.subjectId,
      row.detail,
      row.atMs,
      row.addressMasked,
      row.lane,
      row.seq,
    ]),
  )
}

/** The seal of a head. */
export function headSeal(keyring: Keyring, head: Omit<StaffAuditHead, 'seal'>): string {
  return keyring.contentHash(
    JSON.stringify(['staff_audit head', head.lane, head.begunAtMs, head.seq, head.hash]),
  )
}
