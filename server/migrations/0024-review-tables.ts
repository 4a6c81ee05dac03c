import { countWord, idWord, integerWord, keyWord, nullable, textWord } from '../platform/columns.js'
import { createsTable } from '../platform/schema.js'

// What shoppers say of their purchases.

/** Migration 166. */
export const reviewTables = [
  createsTable(166, 'review', {
    columns: {
      id: idWord,
      purchaseId: idWord,
      memberId: idWord,
      storeId: idWord,
      stars: nullable(countWord),
      textSealed: nullable(textWord),
      state: keyWord(10),
      ruleVersion: countWord,
      points: integerWord,
      givenPoints: nullable(integerWord),
      reasonSealed: nullable(textWord),
      writtenAtMs: integerWord,
      decidedAtMs: nullable(integerWord),
      decidedBy: nullable(idWord),
      withdrawnAtMs: nullable(integerWord),
    },
    primary: ['id'],
    unique: { ux_review_purchase: ['purchaseId'] },
    index: { ix_review_member: ['memberId', 'id'], ix_review_state: ['state', 'id'] },
  }),
]
