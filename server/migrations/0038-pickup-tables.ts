import { idWord, integerWord, keyWord, nullable } from '../platform/columns.js'
import { createsTable } from '../platform/schema.js'

// Orders that are placed online and fetched in a store.

/** Migration 208. */
export const pickupTables = [
  createsTable(208, 'order_pickup', {
    columns: {
      purchaseId: idWord,
      storeId: idWord,
      code: keyWord(10),
      state: keyWord(10),
      orderedAtMs: integerWord,
      expectedAtMs: nullable(integerWord),
      readyAtMs: nullable(integerWord),
      readyBy: nullable(idWord),
      endedAtMs: nullable(integerWord),
      endedBy: nullable(keyWord(32)),
      terminalId: nullable(idWord),
    },
    primary: ['purchaseId'],
    unique: { ux_order_pickup_code: ['code'] },
    index: {
      ix_order_pickup_store: ['storeId', 'state', 'purchaseId'],
      ix_order_pickup_state: ['state', 'purchaseId'],
    },
  }),
]
