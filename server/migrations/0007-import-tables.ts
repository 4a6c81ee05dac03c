import {
  countWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  sha256Word,
  textWord,
} from '../platform/columns.js'
import { createsTable } from '../platform/schema.js'

// Imports of members and orders from files.

/** Migrations 85 to 92. */
export const importTables = [
  createsTable(85, 'import_job', {
    columns: {
      id: idWord,
      staffId: keyWord(26),
      state: keyWord(16),
      kind: keyWord(16),
      templateId: keyWord(32),
      storeId: nullable(idWord),
      planSealed: textWord,
      fileKeySealed: keyWord(255),
      fileBytes: integerWord,
      fileHash: sha256Word,
      liveHash: nullable(sha256Word),
      checkTally: nullable(textWord),
      takenTally: nullable(textWord),
      doneRows: integerWord,
      totalRows: nullable(integerWord),
      failCode: nullable(keyWord(32)),
      failDetail: nullable(keyWord(200)),
      nextAtMs: integerWord,
      attempts: countWord,
      createdAtMs: integerWord,
      finishedAtMs: nullable(integerWord),
    },
    primary: ['id'],
    unique: { ux_import_job_live: ['liveHash'] },
    index: {
      ix_import_job_file: ['fileHash', 'createdAtMs'],
      ix_import_job_due: ['state', 'nextAtMs'],
      ix_import_job_created: ['createdAtMs', 'id'],
    },
  }),
  createsTable(86, 'import_rejection', {
    columns: {
      importId: idWord,
      phase: keyWord(8),
      rowNo: integerWord,
      reason: keyWord(32),
      cellsSealed: textWord,
    },
    primary: ['importId', 'phase', 'rowNo'],
  }),
  createsTable(87, 'import_template', {
    columns: {
      id: idWord,
      name: keyWord(64),
      kind: keyWord(16),
      headers: textWord,
      options: textWord,
      createdBy: keyWord(26),
      createdAtMs: integerWord,
    },
    primary: ['id'],
    unique: { ux_import_template_name: ['name'] },
  }),
]
