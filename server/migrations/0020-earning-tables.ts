import { idWord, integerWord, nullable } from '../platform/columns.js'
import { addsColumn, inOne } from '../platform/schema.js'

// What earning asks beyond the sale itself, and rules that were taken back before their day.

/** Migration 145. */
export const earningTables = [
  inOne(145, 'points-rules-withdrawn', [
    addsColumn(145, 'points_rule', 'withdrawnAtMs', nullable(integerWord)),
    addsColumn(145, 'points_rule', 'withdrawnBy', nullable(idWord)),
  ]),
]
