import { countWord, idWord, integerWord, keyWord, nullable } from '../platform/columns.js'
import { addsColumn, createsTable } from '../platform/schema.js'

// Points set aside for an order, what orders were paid with them, and what members owe.

/** Migrations 159 to 162. */
export const holdTables = [
  createsTable(159, 'points_hold', {
    columns: {
      id: idWord,
      memberId: idWord,
      storeId: idWord,
      terminalId: idWord,
      points: integerWord,
      valueFen: integerWord,
      orderFen: integerWord,
      state: keyWord(8),
      round: countWord,
      heldTransferId: idWord,
      expiresAtMs: integerWord,
      createdAtMs: integerWord,
      deadlineAtMs: integerWord,
      endedAtMs: nullable(integerWord),
      purchaseId: nullable(idWord),
    },
    primary: ['id'],
    index: {
      ix_points_hold_due: ['state', 'deadlineAtMs'],
      ix_points_hold_member: ['memberId', 'state'],
      ix_points_hold_purchase: ['purchaseId'],
    },
  }),
  addsColumn(160, 'purchase', 'spentPoints', nullable(integerWord)),
  addsColumn(161, 'purchase', 'returnedPoints', nullable(integerWord)),
  addsColumn(162, 'points_account', 'owedPoints', nullable(integerWord)),
]
