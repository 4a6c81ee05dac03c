import { countWord, idWord, integerWord, keyWord, nullable, textWord } from '../platform/columns.js'
import { addsColumn, createsTable, inOne } from '../platform/schema.js'

// What earning asks beyond the sale itself, rules that were taken back before their day, and what is
// given without a purchase.

/** Migrations 145 to 148. */
export const earningTables = [
  inOne(145, 'points-rules-withdrawn', [
    addsColumn(145, 'points_rule', 'withdrawnAtMs', nullable(integerWord)),
    addsColumn(145, 'points_rule', 'withdrawnBy', nullable(idWord)),
  ]),
  addsColumn(146, 'purchase', 'earnedAs', nullable(keyWord(255))),
  createsTable(147, 'points_activity_rule', {
    columns: {
      version: countWord,
      effectiveFromMs: integerWord,
      terms: textWord,
      publishedAtMs: integerWord,
      publishedBy: idWord,
      withdrawnAtMs: nullable(integerWord),
      withdrawnBy: nullable(idWord),
    },
    primary: ['version'],
  }),
  createsTable(148, 'points_activity', {
    columns: {
      id: idWord,
      memberId: idWord,
      kind: keyWord(16),
      occasion: keyWord(10),
      streakDays: countWord,
      points: integerWord,
      atMs: integerWord,
    },
    primary: ['id'],
    unique: { ux_points_activity_occasion: ['memberId', 'kind', 'occasion'] },
  }),
]
