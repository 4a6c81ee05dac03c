import { countWord, idWord, integerWord, keyWord, nullable, textWord } from '../platform/columns.js'
import { createsTable, fillsTable, inOne } from '../platform/schema.js'

// What the search for doubles needs to go on with every change: by which keys members are met, of
// whom something changed, and the searches over the whole base.

/** Of the one row that is the right to compare; not a time, so that it is older than every run. */
const LEASE_ID = '00000000000000000000000000'

/** Migrations 100 to 102. */
export const changeTables = [
  createsTable(100, 'matching_key', {
    columns: { memberId: idWord, keyHash: integerWord },
    primary: ['memberId', 'keyHash'],
    index: { ix_matching_key_hash: ['keyHash', 'memberId'] },
  }),
  createsTable(101, 'matching_change', {
    columns: { id: idWord, memberId: idWord, attempts: countWord, nextAtMs: integerWord },
    primary: ['id'],
    index: { ix_matching_change_due: ['nextAtMs', 'id'] },
  }),
  inOne(102, 'matching-runs', [
    createsTable(102, 'matching_run', {
      columns: {
        id: idWord,
        runKey: keyWord(64),
        kind: keyWord(8),
        state: keyWord(16),
        phase: keyWord(16),
        doneRows: countWord,
        totalRows: nullable(countWord),
        step: countWord,
        nextAtMs: integerWord,
        report: nullable(textWord),
        weights: nullable(textWord),
        startedBy: nullable(idWord),
        createdAtMs: integerWord,
        finishedAtMs: nullable(integerWord),
      },
      primary: ['id'],
      unique: { ux_matching_run_key: ['runKey'] },
      index: { ix_matching_run_created: ['kind', 'createdAtMs', 'id'] },
    }),
    // A base that has members already is searched once, which gives them their keys.
    fillsTable(102, 'matching_run', [
      `INSERT INTO matching_run
         (id, runKey, kind, state, phase, doneRows, totalRows, step, nextAtMs, createdAtMs)
       SELECT '${LEASE_ID}', 'lease', 'lease',
         CASE WHEN EXISTS (SELECT 1 FROM member) THEN 'unkeyed' ELSE 'keyed' END, '', 0, 0, 0, 0, 0
       FROM (SELECT 1 AS one) once
       WHERE NOT EXISTS (SELECT 1 FROM matching_run WHERE runKey = 'lease')`,
    ]),
  ]),
]
