import type { Statements } from '../platform/database.js'
import type { Keyring } from '../platform/keyring.js'
import { AUDIT_LANES, chainStart } from './audit-chain.js'
import type { StaffAuditHead } from './staff-audit-head.entity.js'

// Where the chains of the audit end, in one line that is noted outside of the database. Who can write to
// the database and has kept a copy of an earlier head may put it back and take the rows after it away;
// only somebody who knows how far the chains had come can tell.

const KEPT_CHARACTERS = 32
const NOTE = /^(\d{1,15}(?:\.\d{1,15})*)-([0-9a-f]{32})$/

type End = Pick<StaffAuditHead, 'lane' | 'seq' | 'hash'>

/** The line: how many rows each chain has, and a keyed hash over where each of them ends. */
export function auditNote(keyring: Keyring, heads: readonly StaffAuditHead[]): string {
  const ends = Array.from({ length: AUDIT_LANES }, (_, lane): End => {
    const head = heads.find((one) => one.lane === lane)
    return { lane, seq: head?.seq ?? 0, hash: head?.hash ?? '' }
  })
  return noteOf(keyring, ends)
}

/** True when every chain still has, where `note` says that it ended, the row that it ended with. */
export async function goesOnFrom(
  statements: Statements,
  keyring: Keyring,
  { heads, note }: { heads: readonly StaffAuditHead[]; note: string },
): Promise<boolean> {
  const seqs = NOTE.exec(note)?.[1]?.split('.').map(Number) ?? []
  if (seqs.length !== AUDIT_LANES) return false
  const ends: End[] = []
  for (const [lane, seq] of seqs.entries()) {
    const head = heads.find((one) => one.lane === lane)
    if (!head || head.seq < seq) return false
    const hash = seq === 0 ? chainStart(keyring, lane, head.begunAtMs) : null
    ends.push({ lane, seq, hash: hash ?? (await hashAt(statements, lane, seq)) })
  }
  return noteOf(keyring, ends) === note
}

async function hashAt(statements: Statements, lane: number, seq: number): Promise<string> {
  const [row] = await statements.rows<{ hash: string | null }>(
    'SELECT hash FROM staff_audit WHERE lane = ? AND seq = ?',
    [lane, seq],
  )
  return row?.hash ?? ''
}

function noteOf(keyring: Keyring, ends: readonly End[]): string {
  const places = ends.map(({ lane, seq, hash }) => [lane, seq, hash])
  const hash = keyring.contentHash(JSON.stringify(['staff_audit note', places]))
  return `${ends.map(({ seq }) => String(seq)).join('.')}-${hash.slice(0, KEPT_CHARACTERS)}`
}
