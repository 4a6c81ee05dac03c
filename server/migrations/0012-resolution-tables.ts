import {
  blindIndexWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  textWord,
} from '../platform/columns.js'
import { addsColumn, createsTable } from '../platform/schema.js'

// Who is who at sign-in: what WeChat knows one person by in all of a chain's programs, and
// what somebody bought before they were known.

/** Migrations 65 to 69. */
export const resolutionTables = [
  addsColumn(65, 'member_session', 'unionidSealed', nullable(textWord)),
  createsTable(66, 'stray_purchase', {
    columns: {
      purchaseId: idWord,
      kind: keyWord(16),
      namespace: keyWord(64),
      valueIndex: blindIndexWord,
      occurredAtMs: integerWord,
    },
    primary: ['purchaseId'],
    index: { ix_stray_purchase_value: ['kind', 'namespace', 'valueIndex'] },
  }),
]
