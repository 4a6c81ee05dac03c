import type { Database } from '../platform/database.js'
import type { Keyring } from '../platform/keyring.js'
import { checkpointPublicKey, isSigned, leafOf, NO_ROOT } from './checkpoint-statement.js'
import { headPages, headsWithoutTransfer } from './checkpoint-pages.js'
import { MerkleTree } from './merkle.js'
import type { PointsCheckpointHead } from './points-checkpoint-head.entity.js'
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

export interface CheckpointsAsked {
  /** Those of a copy, which must be there as they were. */
  kept?: readonly PointsCheckpoint[]
  /** The heads of statements up to this number have been verified before. */
  afterNumber?: number
  /** Called between two pages of heads. What it throws ends the run. */
  rest?: () => Promise<void>
}

/** Verifies every checkpoint. */
export async function verifyCheckpoints(
  database: Database,
  keyring: Keyring,
  { kept = [], afterNumber = 0, rest }: CheckpointsAsked = {},
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
    before = checkpoint
    if (number <= afterNumber) continue
    const tree = new MerkleTree()
    for await (const page of headPages(database, number)) {
      for (const head of page) tree.add(leafOf(head))
      const wrong = await database.read((rx) => headsWithoutTransfer(rx, page))
      findings.push(...wrong.map(headFinding).slice(0, FINDINGS_MAX))
      await rest?.()
    }
    if (tree.size !== heads || tree.root() !== root)
      find(number, 'its heads are not those it signed')
  }
  for (const one of kept) {
    const here = taken.find(({ number }) => number === one.number)
    if (here?.root !== one.root || here.signature !== one.signature)
      find(one.number, 'is not the one of the copy')
  }
  return { checkpoints: taken.length, takenAtMs: taken.at(-1)?.takenAtMs ?? null, findings }
}

function headFinding({ memberId, headSeq }: PointsCheckpointHead): CheckpointFinding {
  return {
    table: 'points_transfer',
    row: `${memberId} ${String(headSeq)}`,
    what: 'is not what the checkpoint signed',
  }
}
