import {
  countWord,
  dateWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  textWord,
} from '../platform/columns.js'
import { createsTable } from '../platform/schema.js'

// How good the data is: runs that count it, their figures, what they found, and samples that a
// person checks.

/** Migrations 116 to 124. */
export const qualityTables = [
  createsTable(116, 'quality_run', {
    columns: {
      id: idWord,
      runKey: keyWord(64),
      kind: keyWord(16),
      sampleId: nullable(idWord),
      businessDate: dateWord,
      state: keyWord(16),
      phase: keyWord(16),
      place: keyWord(64),
      step: countWord,
      doneRows: countWord,
      totalRows: nullable(countWord),
      tally: textWord,
      nextAtMs: integerWord,
      startedBy: nullable(idWord),
      createdAtMs: integerWord,
      finishedAtMs: nullable(integerWord),
      judged: countWord,
      failing: countWord,
    },
    primary: ['id'],
    unique: { ux_quality_run_key: ['runKey'] },
    index: {
      ix_quality_run_due: ['state', 'nextAtMs'],
      ix_quality_run_created: ['createdAtMs', 'id'],
    },
  }),
  createsTable(117, 'quality_figure', {
    columns: {
      runId: idWord,
      code: keyWord(32),
      groupKey: keyWord(64),
      part: integerWord,
      whole: integerWord,
      threshold: nullable(countWord),
      passes: nullable(countWord),
      businessDate: dateWord,
      atMs: integerWord,
    },
    primary: ['runId', 'code', 'groupKey'],
    index: { ix_quality_figure_trend: ['code', 'groupKey', 'atMs', 'runId'] },
  }),
  createsTable(118, 'quality_issue', {
    columns: {
      id: idWord,
      kind: keyWord(32),
      subjectId: idWord,
      storeId: nullable(idWord),
      memberId: nullable(idWord),
      otherMemberId: nullable(idWord),
      evidence: textWord,
      state: keyWord(8),
      foundAtMs: integerWord,
      seenAtMs: integerWord,
      settledAtMs: nullable(integerWord),
      settledBy: nullable(idWord),
    },
    primary: ['id'],
    unique: { ux_quality_issue_subject: ['kind', 'subjectId'] },
    index: { ix_quality_issue_state: ['kind', 'state', 'foundAtMs', 'id'] },
  }),
  createsTable(119, 'quality_sample', {
    columns: {
      id: idWord,
      kind: keyWord(8),
      state: keyWord(8),
      seed: integerWord,
      perSource: countWord,
      populations: textWord,
      createdBy: idWord,
      createdAtMs: integerWord,
    },
    primary: ['id'],
    index: { ix_quality_sample_created: ['createdAtMs', 'id'] },
  }),
  createsTable(120, 'quality_sample_item', {
    columns: {
      sampleId: idWord,
      itemNo: countWord,
      source: keyWord(64),
      memberId: idWord,
      otherMemberId: nullable(idWord),
      verdict: nullable(keyWord(8)),
      decidedAtMs: nullable(integerWord),
      decidedBy: nullable(idWord),
    },
    primary: ['sampleId', 'itemNo'],
  }),
]
