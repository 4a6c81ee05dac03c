import type { Database, Rx } from '../platform/database.js'
import type { Keyring } from '../platform/keyring.js'
import { AUDIT_LANES, auditHash, chainStart, headSeal } from './audit-chain.js'
import { auditNote, goesOnFrom } from './audit-note.js'
import type { StaffAuditHead } from './staff-audit-head.entity.js'
import type { StaffAudit } from './staff-audit.entity.js'

// The verifier of the audit: follows every chain from its beginning and names the first row that
// differs, the head that was moved, and rows that are in no chain. That the end was taken away, with an
// earlier head put back to fit, it knows only by a digest that was noted outside (see audit-note.ts).

const ROWS_PER_PAGE = 2_000
const LOOSE_TOLD_MAX = 10

export interface AuditFinding {
  table: 'staff_audit' | 'staff_audit_head'
  row: string
  what: string
}

export interface AuditReport {
  rows: number
  /** When the chains began; null while no server of this version was started yet. */
  begunAtMs: number | null
  /** Where the chains end now; for noting down outside, and for asking by it the next time. */
  digest: string
  findings: AuditFinding[]
}

/** Verifies the whole audit, a page at a time, up to where it ends now, and from a digest of before. */
export async function verifyAudit(
  database: Database,
  keyring: Keyring,
  {
    rowsPerPage = ROWS_PER_PAGE,
    noted = null,
  }: { rowsPerPage?: number; noted?: string | null } = {},
): Promise<AuditReport> {
  const heads = await database.read((rx) =>
    rx.rows<StaffAuditHead>('SELECT * FROM staff_audit_head ORDER BY lane'),
  )
  const digest = auditNote(keyring, heads)
  const chained = await database.read((rx) =>
    rx.rows('SELECT id FROM staff_audit WHERE lane IS NOT NULL LIMIT 1'),
  )
  const findings: AuditFinding[] = []
  const isGoneOn =
    noted === null || (await database.read((rx) => goesOnFrom(rx, keyring, { heads, note: noted })))
  if (!isGoneOn)
    findings.push({ table: 'staff_audit_head', row: 'all', what: 'does not go on from the digest' })
  if (heads.length === 0 && chained.length === 0)
    return { rows: 0, begunAtMs: null, digest, findings }
  const begunAtMs = Math.min(...heads.map((head) => head.begunAtMs))
  let rows = 0
  for (let lane = 0; lane < AUDIT_LANES; lane += 1) {
    const head = heads.find((one) => one.lane === lane)
    if (!head) {
      findings.push(headFinding(lane, 'is missing'))
      continue
    }
    const moved = whatIsMoved(keyring, head, begunAtMs)
    if (moved !== null) findings.push(headFinding(lane, moved))
    const followed = await followLane({ database, keyring, rowsPerPage }, head)
    rows += followed.rows
    findings.push(...followed.findings)
  }
  findings.push(...(await looseRows(database)))
  return { rows, begunAtMs, digest, findings }
}

/** What is wrong with a head by itself. */
function whatIsMoved(keyring: Keyring, head: StaffAuditHead, begunAtMs: number): string | null {
  if (head.seal !== headSeal(keyring, head)) return 'differs from its seal'
  return head.begunAtMs === begunAtMs
    ? null
    : 'began later than the others: what was before is lost'
}

interface Pages {
  database: Database
  keyring: Keyring
  rowsPerPage: number
}

/** Follows one chain to its end, or to the first row that differs. */
async function followLane(
  { database, keyring, rowsPerPage }: Pages,
  head: StaffAuditHead,
): Promise<{ rows: number; findings: AuditFinding[] }> {
  let [seq, hash] = [0, chainStart(keyring, head.lane, head.begunAtMs)]
  for (;;) {
    const after = seq
    const page = await database.read((rx) => pageOf(rx, { head, after, rowsPerPage }))
    for (const row of page) {
      const what = whatIsWrong(keyring, row, { seq, hash })
      if (what !== null)
        return { rows: seq, findings: [{ table: 'staff_audit', row: row.id, what }] }
      seq += 1
      hash = row.hash ?? ''
    }
    if (page.length < rowsPerPage) break
  }
  const isWhole = seq === head.seq && hash === head.hash
  const findings = isWhole
    ? await beyond(database, head.lane)
    : [headFinding(head.lane, 'is not the last row of its chain: rows are missing')]
  return { rows: seq, findings }
}

function whatIsWrong(
  keyring: Keyring,
  row: StaffAudit,
  before: { seq: number; hash: string },
): string | null {
  if (row.seq !== before.seq + 1)
    return `follows number ${String(before.seq)}: one is missing or added`
  return row.hash === auditHash(keyring, before.hash, row) ? null : 'differs from its hash'
}

/** In the order of the chain; equal numbers, which there should not be, one after the other. */
function pageOf(
  rx: Rx,
  from: { head: StaffAuditHead; after: number; rowsPerPage: number },
): Promise<StaffAudit[]> {
  return rx.rows<StaffAudit>(
    `SELECT * FROM staff_audit WHERE lane = ? AND seq > ? AND seq <= ?
     ORDER BY seq, id LIMIT ${String(from.rowsPerPage)}`,
    [from.head.lane, from.after, from.head.seq],
  )
}

/** A row after the end. The rows are read before the head: what is appended meanwhile is none. */
async function beyond(database: Database, lane: number): Promise<AuditFinding[]> {
  const [last] = await database.read((rx) =>
    rx.rows<Pick<StaffAudit, 'id' | 'seq'>>(
      'SELECT id, seq FROM staff_audit WHERE lane = ? ORDER BY seq DESC LIMIT 1',
      [lane],
    ),
  )
  const [head] = await database.read((rx) =>
    rx.rows<StaffAuditHead>('SELECT * FROM staff_audit_head WHERE lane = ?', [lane]),
  )
  if (!last || (last.seq ?? 0) <= (head?.seq ?? 0)) return []
  return [{ table: 'staff_audit', row: last.id, what: 'comes after the end of its chain' }]
}

/** Rows that somebody wrote beside the chains. */
async function looseRows(database: Database): Promise<AuditFinding[]> {
  const loose = await database.read((rx) =>
    rx.rows<{ id: string }>(
      `SELECT id FROM staff_audit WHERE lane IS NULL OR lane < 0 OR lane >= ${String(AUDIT_LANES)}
       ORDER BY id LIMIT ${String(LOOSE_TOLD_MAX)}`,
    ),
  )
  return loose.map(({ id }) => ({ table: 'staff_audit', row: id, what: 'is in no chain' }))
}

function headFinding(lane: number, what: string): AuditFinding {
  return { table: 'staff_audit_head', row: String(lane), what }
}
