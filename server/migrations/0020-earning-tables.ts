import { idWord, integerWord, keyWord, nullable } from '../platform/columns.js'
import { addsColumn, inOne } from '../platform/schema.js'

// What earning asks beyond the sale itself, and rules that were taken back before their day.

/** Migrations 145 and 146. */
export const earningTables = [
  inOne(145, 'points-rules-withdrawn', [
    addsColumn(145, 'points_rule', 'withdrawnAtMs', nullable(integerWord)),
    addsColumn(145, 'points_rule', 'withdrawnBy', nullable(idWord)),
  ]),
  addsColumn(146, 'purchase', 'earnedAs', nullable(keyWord(255))),
]
