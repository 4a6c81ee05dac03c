import type { Database } from '../platform/database.js'
import type { Keyring } from '../platform/keyring.js'
import { checkpointPublicKey, isSigned, leafOf, NO_ROOT } from './checkpoint-statement.js'
import { headsOf } from './checkpoint-pages.js'
import { MerkleTree } from './merkle.js'
import type { PointsCheckpoint } from './points-checkpoint.entity.js'

// The verifier of checkpoints: every statement is signed, follows the one before it and stands for the
// heads that are kept of it; every head is still in the chain of its member. That the last statements
// were taken away it knows by a copy that was kept outside.

const FINDINGS_MAX = 100

export interface CheckpointFinding {
  table: 'points_checkpoint' | 'points_transfer'
  /** Its number; of a transfer, its member and number. */
  row: string
  what: string
}

export interface CheckpointReport {
  /** How many there are, and when the last was taken. */
  checkpoints: number
  takenAtMs: number | null
  findings: CheckpointFinding[]
}

/** Verifies every checkpoint; `kept` are those of a copy, which must be there as they were. */
export async function verifyCheckpoints(
  database: Database,
  keyring: Keyring,
  kept: readonly PointsCheckpoint[] = [],
): Promise<CheckpointReport> {
  const findings: CheckpointFinding[] = []
  const find = (number: number, what: string) => {
    findings.push({ table: 'points_checkpoint', row: String(number), what })
  }
  const checkpoints = await database.read((rx) =>
    rx.rows<PointsCheckpoint>('SELECT * FROM points_checkpoint ORDER BY number'),
  )
  const publicKey = checkpointPublicKey(keyring)
  const [first, ...taken] = checkpoints
  if (first?.number !== 0 || first.root !== NO_ROOT) find(0, 'is not the beginning')
  let before = { number: 0, root: NO_ROOT }
  for (const checkpoint of taken) {
    const { number, previousRoot, root, heads } = checkpoint
    if (number !== before.number + 1) find(number, 'the one before it is missing')
    if (previousRoot !== before.root) find(number, 'does not follow the one before it')
    if (!isSigned(publicKey, checkpoint)) find(number, 'its signature is not right')
    const tree = new MerkleTree()
    for await (const head of headsOf(database, number)) tree.add(leafOf(head))
    if (tree.size !== heads || tree.root() !== root)
      find(number, 'its heads are not those it signed')
    before = checkpoint
  }
  for (const one of kept) {
    const here = taken.find(({ number }) => number === one.number)
    if (here?.root !== one.root || here.signature !== one.signature)
      find(one.number, 'is not the one of the copy')
  }
  findings.push(...(await headsWithoutTransfer(database)))
  return { checkpoints: taken.length, takenAtMs: taken.at(-1)?.takenAtMs ?? null, findings }
}

/** Heads whose transfer is not there, or is another one by now. */
function headsWithoutTransfer(database: Database): Promise<CheckpointFinding[]> {
  return database.read(async (rx) => {
    const rows = await rx.rows<{ memberId: string; headSeq: number }>(
      `SELECT h.memberId, h.headSeq FROM points_checkpoint_head h
       LEFT JOIN points_transfer t ON t.memberId = h.memberId AND t.seq = h.headSeq
         AND t.hash = h.headHash
       WHERE t.id IS NULL LIMIT ${String(FINDINGS_MAX)}`,
    )
    return rows.map(({ memberId, headSeq }) => ({
      table: 'points_transfer' as const,
      row: `${memberId} ${String(headSeq)}`,
      what: 'is not what the checkpoint signed',
    }))
  })
}
