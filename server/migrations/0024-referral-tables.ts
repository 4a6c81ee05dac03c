import { countWord, idWord, integerWord, keyWord, nullable } from '../platform/columns.js'
import { createsTable } from '../platform/schema.js'

// Members who bring friends.

/** Migrations 167 to 169. */
export const referralTables = [
  createsTable(167, 'referral_code', {
    columns: { memberId: idWord, code: keyWord(8), createdAtMs: integerWord },
    primary: ['memberId'],
    unique: { ux_referral_code: ['code'] },
  }),
  createsTable(168, 'referral', {
    columns: {
      id: idWord,
      friendId: idWord,
      referrerId: idWord,
      ruleVersion: countWord,
      state: keyWord(10),
      reason: nullable(keyWord(16)),
      purchaseId: nullable(idWord),
      referrerPoints: nullable(integerWord),
      friendPoints: nullable(integerWord),
      boundAtMs: integerWord,
      nextAtMs: integerWord,
      settledAtMs: nullable(integerWord),
    },
    primary: ['id'],
    unique: { ux_referral_friend: ['friendId'] },
    index: {
      ix_referral_referrer: ['referrerId', 'id'],
      ix_referral_due: ['state', 'nextAtMs'],
    },
  }),
  createsTable(169, 'referral_mark', {
    columns: { mark: keyWord(4), untilMs: integerWord },
    primary: ['mark'],
  }),
]
