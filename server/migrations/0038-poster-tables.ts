import { countWord, idWord, integerWord, keyWord, nullable } from '../platform/columns.js'
import { addsColumn, createsTable, inOne } from '../platform/schema.js'

// Codes on posters: each for everybody.

/** Migration 220. */
export const posterTables = [
  inOne(220, 'coupon-posters', [
    createsTable(220, 'coupon_poster', {
      columns: {
        id: idWord,
        templateId: idWord,
        name: keyWord(64),
        storeId: nullable(idWord),
        code: keyWord(16),
        fromMs: integerWord,
        untilMs: integerWord,
        total: nullable(countWord),
        taken: countWord,
        takenByNew: countWord,
        createdAtMs: integerWord,
        createdBy: idWord,
        stoppedAtMs: nullable(integerWord),
        stoppedBy: nullable(idWord),
      },
      primary: ['id'],
      index: { ix_coupon_poster_store: ['storeId', 'id'] },
    }),
    addsColumn(220, 'coupon_code', 'posterId', nullable(idWord)),
  ]),
]
