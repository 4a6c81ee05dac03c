import { countWord, idWord, integerWord, keyWord, nullable, textWord } from '../platform/columns.js'
import { addsColumn, createsTable } from '../platform/schema.js'

// Coupons: what they promise, who holds them, what they were set aside for, and what became of them.

/** Migrations 175 to 180. */
export const couponTables = [
  createsTable(175, 'coupon_template', {
    columns: {
      id: idWord,
      state: keyWord(8),
      version: countWord,
      stock: nullable(countWord),
      issued: countWord,
      memberMax: nullable(countWord),
      memberDayMax: nullable(countWord),
      budgetFen: nullable(integerWord),
      usesMax: nullable(countWord),
      spentFen: integerWord,
      uses: countWord,
      claimFromMs: nullable(integerWord),
      claimUntilMs: nullable(integerWord),
      createdAtMs: integerWord,
      createdBy: idWord,
    },
    primary: ['id'],
  }),
  createsTable(176, 'coupon_template_version', {
    columns: {
      templateId: idWord,
      version: countWord,
      terms: textWord,
      publishedAtMs: integerWord,
      publishedBy: idWord,
    },
    primary: ['templateId', 'version'],
  }),
  createsTable(177, 'coupon', {
    columns: {
      id: idWord,
      code: keyWord(12),
      templateId: idWord,
      version: countWord,
      memberId: idWord,
      state: keyWord(8),
      sourceKey: keyWord(128),
      issuedAtMs: integerWord,
      validFromMs: integerWord,
      validUntilMs: integerWord,
      reservationId: nullable(idWord),
      purchaseId: nullable(idWord),
      offFen: nullable(integerWord),
      endedAtMs: nullable(integerWord),
    },
    primary: ['id'],
    unique: { ux_coupon_code: ['code'], ux_coupon_source: ['sourceKey'] },
    index: {
      ix_coupon_member: ['memberId', 'state', 'validUntilMs', 'id'],
      ix_coupon_template: ['templateId', 'memberId', 'issuedAtMs'],
      ix_coupon_due: ['state', 'validUntilMs'],
      ix_coupon_reservation: ['reservationId'],
      ix_coupon_purchase: ['purchaseId'],
    },
  }),
  createsTable(178, 'coupon_reservation', {
    columns: {
      id: idWord,
      memberId: idWord,
      storeId: idWord,
      terminalId: idWord,
      goodsFen: integerWord,
      offFen: integerWord,
      applied: textWord,
      state: keyWord(8),
      differenceFen: nullable(integerWord),
      createdAtMs: integerWord,
      deadlineAtMs: integerWord,
      endedAtMs: nullable(integerWord),
      purchaseId: nullable(idWord),
    },
    primary: ['id'],
    index: {
      ix_coupon_reservation_due: ['state', 'deadlineAtMs'],
      ix_coupon_reservation_member: ['memberId', 'state', 'terminalId'],
      ix_coupon_reservation_purchase: ['purchaseId'],
    },
  }),
  createsTable(179, 'coupon_step', {
    columns: {
      id: idWord,
      couponId: idWord,
      kind: keyWord(16),
      atMs: integerWord,
      actor: keyWord(64),
      aboutId: nullable(idWord),
    },
    primary: ['id'],
    index: { ix_coupon_step_coupon: ['couponId', 'id'] },
  }),
  addsColumn(180, 'purchase', 'couponFen', nullable(integerWord)),
]
