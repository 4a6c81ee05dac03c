import { NEVER_EXPIRES_MS } from '@huike/shared/earning'
import { countWord, idWord, integerWord, keyWord, nullable, textWord } from '../platform/columns.js'
import { addsColumn, createsTable, fillsTable, inOne } from '../platform/schema.js'

// Lots: which earned points are still there, and until when. Rules: what a sale earns, from when on.

/** Migrations 130 to 134. */
export const lotTables = [
  addsColumn(130, 'points_transfer', 'availableAtMs', nullable(integerWord)),
  addsColumn(131, 'points_transfer', 'expiresAtMs', nullable(integerWord)),
  inOne(132, 'points-lots', [
    createsTable(132, 'points_lot', {
      columns: {
        id: idWord,
        memberId: idWord,
        leftPoints: integerWord,
        availableAtMs: integerWord,
        expiresAtMs: integerWord,
        state: keyWord(8),
      },
      primary: ['id'],
      index: {
        ix_points_lot_member: ['memberId', 'state', 'expiresAtMs'],
        ix_points_lot_due: ['state', 'expiresAtMs'],
      },
    }),
    // What members hold already is one lot each, which never expires.
    fillsTable(132, 'points_lot', [
      `INSERT INTO points_lot (id, memberId, leftPoints, availableAtMs, expiresAtMs, state)
       SELECT a.memberId, a.memberId, a.balancePoints, a.openedAtMs, ${String(NEVER_EXPIRES_MS)}, 'open'
       FROM points_account a WHERE a.balancePoints > 0
         AND NOT EXISTS (SELECT 1 FROM points_lot l WHERE l.id = a.memberId)`,
    ]),
  ]),
  createsTable(133, 'points_lot_use', {
    columns: {
      transferId: idWord,
      lotId: idWord,
      points: integerWord,
      returnedPoints: integerWord,
    },
    primary: ['transferId', 'lotId'],
  }),
  createsTable(134, 'points_rule', {
    columns: {
      version: countWord,
      effectiveFromMs: integerWord,
      terms: textWord,
      publishedAtMs: integerWord,
      publishedBy: idWord,
    },
    primary: ['version'],
  }),
]
