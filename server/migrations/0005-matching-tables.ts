import { countWord, idWord, integerWord, keyWord, nullable, textWord } from '../platform/columns.js'
import { createsTable } from '../platform/schema.js'

// What knows who is who: pairs of members that may be one person.

/** Migrations 70 to 74. */
export const matchingTables = [
  createsTable(70, 'duplicate_pair', {
    columns: {
      id: idWord,
      memberAId: idWord,
      memberBId: idWord,
      score: countWord,
      verdict: keyWord(8),
      reasons: textWord,
      state: keyWord(16),
      foundAtMs: integerWord,
      decidedAtMs: nullable(integerWord),
      decidedBy: nullable(idWord),
    },
    primary: ['id'],
    unique: { ux_duplicate_pair: ['memberAId', 'memberBId'] },
    index: {
      ix_duplicate_pair_b: ['memberBId'],
      ix_duplicate_pair_score: ['state', 'score', 'id'],
      ix_duplicate_pair_found: ['state', 'foundAtMs', 'id'],
    },
  }),
]
