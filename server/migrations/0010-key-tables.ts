import { countWord, idWord, integerWord, keyWord, nullable, textWord } from '../platform/columns.js'
import { createsTable } from '../platform/schema.js'

// What changing the sealing key needs: which keys there are, who runs, and how far it has come.

/** Migrations 111 to 113. */
export const keyTables = [
  createsTable(111, 'sealing_key', {
    columns: {
      id: keyWord(8),
      fingerprint: keyWord(16),
      state: keyWord(16),
      publishedAtMs: integerWord,
      activatedAtMs: nullable(integerWord),
      retiredAtMs: nullable(integerWord),
    },
    primary: ['id'],
  }),
  createsTable(112, 'key_server', {
    columns: {
      id: idWord,
      label: keyWord(120),
      keysHeld: textWord,
      sealsWith: keyWord(8),
      beats: countWord,
      startedAtMs: integerWord,
      seenAtMs: integerWord,
    },
    primary: ['id'],
  }),
  createsTable(113, 'key_rotation', {
    columns: {
      id: idWord,
      openMark: nullable(keyWord(8)),
      state: keyWord(16),
      toKeyId: nullable(keyWord(8)),
      runner: idWord,
      beats: countWord,
      place: nullable(keyWord(130)),
      lastKey: nullable(textWord),
      doneRows: integerWord,
      totalRows: integerWord,
      resealedRows: integerWord,
      startedAtMs: integerWord,
      finishedAtMs: nullable(integerWord),
    },
    primary: ['id'],
    unique: { ux_key_rotation_open: ['openMark'] },
  }),
]
