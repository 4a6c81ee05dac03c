import { countWord, idWord, integerWord, keyWord, nullable, textWord } from '../platform/columns.js'
import { createsTable } from '../platform/schema.js'

// The points mall: what there is, what it promises and where it is fetched, and who exchanged it.

/** Migrations 185 to 188. */
export const mallTables = [
  createsTable(185, 'mall_item', {
    columns: {
      id: idWord,
      kind: keyWord(8),
      state: keyWord(8),
      version: countWord,
      stock: nullable(countWord),
      memberMax: nullable(countWord),
      period: nullable(keyWord(8)),
      periodMax: nullable(countWord),
      taken: countWord,
      fromMs: integerWord,
      untilMs: nullable(integerWord),
      sort: countWord,
      createdAtMs: integerWord,
      createdBy: idWord,
    },
    primary: ['id'],
    index: { ix_mall_item_shelf: ['state', 'sort', 'id'] },
  }),
  createsTable(186, 'mall_version', {
    columns: {
      itemId: idWord,
      version: countWord,
      terms: textWord,
      limits: textWord,
      requestId: idWord,
      publishedAtMs: integerWord,
      publishedBy: idWord,
    },
    primary: ['itemId', 'version'],
  }),
  createsTable(187, 'mall_pickup', {
    columns: { itemId: idWord, version: countWord, storeId: idWord },
    primary: ['itemId', 'version', 'storeId'],
    index: { ix_mall_pickup_store: ['storeId', 'itemId', 'version'] },
  }),
  createsTable(188, 'mall_exchange', {
    columns: {
      id: idWord,
      itemId: idWord,
      version: countWord,
      kind: keyWord(8),
      memberId: idWord,
      requestKey: keyWord(64),
      quantity: countWord,
      points: integerWord,
      state: keyWord(10),
      code: nullable(keyWord(10)),
      couponId: nullable(idWord),
      takenTransferId: idWord,
      expiresAtMs: integerWord,
      createdAtMs: integerWord,
      fetchUntilMs: nullable(integerWord),
      endedAtMs: nullable(integerWord),
      endedBy: nullable(keyWord(32)),
      storeId: nullable(idWord),
      reason: nullable(keyWord(128)),
      returnTransferId: nullable(idWord),
      returnedPoints: integerWord,
    },
    primary: ['id'],
    unique: { ux_mall_exchange_request: ['requestKey'], ux_mall_exchange_code: ['code'] },
    index: {
      ix_mall_exchange_member: ['memberId', 'id'],
      ix_mall_exchange_item: ['itemId', 'memberId', 'state'],
      ix_mall_exchange_due: ['state', 'fetchUntilMs', 'id'],
      ix_mall_exchange_created: ['createdAtMs', 'itemId'],
    },
  }),
]
