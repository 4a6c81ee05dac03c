import { countWord, idWord, integerWord, keyWord, nullable, textWord } from '../platform/columns.js'
import { createsTable } from '../platform/schema.js'

// Work on the whole points book: verifying it, what is owed, rules tried on the past.

/** Migration 153. */
export const pointsReportTables = [
  createsTable(153, 'points_job', {
    columns: {
      id: idWord,
      jobKey: keyWord(64),
      kind: keyWord(16),
      state: keyWord(16),
      asked: textWord,
      step: countWord,
      doneRows: countWord,
      totalRows: nullable(countWord),
      result: nullable(textWord),
      nextAtMs: integerWord,
      startedBy: nullable(idWord),
      createdAtMs: integerWord,
      startedAtMs: nullable(integerWord),
      finishedAtMs: nullable(integerWord),
    },
    primary: ['id'],
    unique: { ux_points_job_key: ['jobKey'] },
    index: {
      ix_points_job_due: ['state', 'nextAtMs'],
      ix_points_job_kind: ['kind', 'createdAtMs', 'id'],
    },
  }),
]
