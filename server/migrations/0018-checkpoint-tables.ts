import { countWord, idWord, integerWord, keyWord, sha256Word } from '../platform/columns.js'
import { createsTable, fillsTable, inOne } from '../platform/schema.js'

// Signed statements of where the chains of the points book stood.

/** The Merkle root over nothing: SHA-256 of no bytes. */
const NO_ROOT = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** Migrations 135 and 136. */
export const checkpointTables = [
  inOne(135, 'points-checkpoints', [
    createsTable(135, 'points_checkpoint', {
      columns: {
        number: countWord,
        takenAtMs: integerWord,
        heads: countWord,
        previousRoot: sha256Word,
        root: sha256Word,
        signature: keyWord(86),
      },
      primary: ['number'],
    }),
    // What every statement locks, so that they come one after the other.
    fillsTable(135, 'points_checkpoint', [
      `INSERT INTO points_checkpoint (number, takenAtMs, heads, previousRoot, root, signature)
       SELECT 0, 0, 0, '', '${NO_ROOT}', '' FROM (SELECT 1 AS one) once
       WHERE NOT EXISTS (SELECT 1 FROM points_checkpoint)`,
    ]),
  ]),
  createsTable(136, 'points_checkpoint_head', {
    columns: { memberId: idWord, headSeq: integerWord, headHash: sha256Word, number: countWord },
    primary: ['memberId', 'headSeq'],
    index: { ix_points_checkpoint_head_number: ['number', 'memberId', 'headSeq'] },
  }),
]
