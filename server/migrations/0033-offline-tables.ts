import { idWord, integerWord, keyWord, nullable } from '../platform/columns.js'
import { addsColumn, addsIndex, createsTable } from '../platform/schema.js'

// What tills may redeem without a network, and what a person should read of it.

/** Migrations 195 to 197. */
export const offlineTables = [
  createsTable(195, 'offline_allowance', {
    columns: {
      id: idWord,
      kind: keyWord(8),
      memberId: idWord,
      subjectKey: nullable(keyWord(40)),
      couponId: nullable(idWord),
      points: nullable(integerWord),
      storeId: idWord,
      terminalId: idWord,
      state: keyWord(8),
      grantedAtMs: integerWord,
      expiresAtMs: integerWord,
      recalledAtMs: nullable(integerWord),
      endedAtMs: nullable(integerWord),
      purchaseId: nullable(idWord),
    },
    primary: ['id'],
    unique: { ux_offline_allowance_subject: ['subjectKey'] },
    index: {
      ix_offline_allowance_till: ['terminalId', 'state', 'endedAtMs'],
      ix_offline_allowance_coupon: ['couponId', 'state'],
      ix_offline_allowance_member: ['memberId', 'state'],
    },
  }),
  createsTable(196, 'offline_finding', {
    columns: {
      id: idWord,
      kind: keyWord(16),
      code: nullable(keyWord(32)),
      storeId: idWord,
      terminalId: idWord,
      memberId: nullable(idWord),
      allowanceId: nullable(idWord),
      purchaseId: nullable(idWord),
      points: nullable(integerWord),
      offFen: nullable(integerWord),
      atMs: integerWord,
      recordedAtMs: integerWord,
    },
    primary: ['id'],
    index: { ix_offline_finding_store: ['storeId', 'id'] },
  }),
  addsColumn(197, 'points_hold', 'allowanceId', nullable(idWord)),
]

/** Migrations 205 to 207: what a member's copy and the purge of old awards are found by, and a second reason. */
export const walletDetails = [
  addsIndex(205, 'offline_finding', 'ix_offline_finding_member', ['memberId', 'id']),
  addsIndex(206, 'coupon_rule_award', 'ix_coupon_rule_award_age', ['atMs']),
  addsColumn(207, 'agent_event', 'couponCode', nullable(keyWord(32))),
]
