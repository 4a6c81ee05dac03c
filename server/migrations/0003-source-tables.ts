import { idWord, integerWord, keyWord, nullable } from '../platform/columns.js'
import { addsColumn, createsTable } from '../platform/schema.js'

// Where each till's checkouts come from, and who settled what a till could not hand in.

/** Migrations 31 and 32. */
export const sourceTables = [
  createsTable(31, 'terminal_source', {
    columns: {
      terminalId: idWord,
      kind: keyWord(16),
      lastSyncAtMs: integerWord,
      lastCapturedAtMs: integerWord,
    },
    primary: ['terminalId', 'kind'],
  }),
  addsColumn(32, 'parked_event', 'resolvedBy', nullable(idWord)),
]
