import { countWord, idWord, integerWord, keyWord, nullable } from '../platform/columns.js'
import { addsColumn, addsIndex, createsTable } from '../platform/schema.js'

// Whose customers members are, and how they pass to others when somebody leaves; and
// consents of one member, and to one purpose, in their order.

/** Migrations 87 to 91. */
export const ownerTables = [
  addsColumn(87, 'member', 'ownerStaffId', nullable(idWord)),
  addsIndex(88, 'member', 'ix_member_owner', ['ownerStaffId', 'createdAtMs', 'id']),
  createsTable(89, 'staff_handover', {
    columns: {
      id: idWord,
      staffId: idWord,
      successorId: nullable(idWord),
      state: keyWord(16),
      movedCount: countWord,
      nextAtMs: integerWord,
      createdBy: idWord,
      createdAtMs: integerWord,
      finishedAtMs: nullable(integerWord),
    },
    primary: ['id'],
    index: {
      ix_staff_handover_due: ['nextAtMs'],
      ix_staff_handover_staff: ['staffId', 'id'],
    },
  }),
  addsIndex(90, 'consent', 'ix_consent_person', ['memberId', 'recordedAtMs', 'id']),
  addsIndex(91, 'consent', 'ix_consent_purpose', ['purpose', 'recordedAtMs', 'id']),
]
