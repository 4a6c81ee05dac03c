import { countWord, idWord, integerWord, keyWord, nullable } from '../platform/columns.js'
import { addsIndex, createsTable } from '../platform/schema.js'

// What a person may ask of the chain: to be forgotten, and to take away a copy of what is held.

/** Migrations 103 to 110. */
export const rightsTables = [
  createsTable(103, 'deletion_request', {
    columns: {
      id: idWord,
      memberId: idWord,
      state: keyWord(16),
      how: keyWord(16),
      pointsThen: integerWord,
      requestedAtMs: integerWord,
      dueAtMs: integerWord,
      nextAtMs: integerWord,
      settledAtMs: nullable(integerWord),
    },
    primary: ['id'],
    index: {
      ix_deletion_request_member: ['memberId', 'state'],
      ix_deletion_request_due: ['nextAtMs'],
      ix_deletion_request_state: ['state', 'id'],
    },
  }),
  createsTable(104, 'erased_member', {
    columns: {
      memberId: idWord,
      requestId: idWord,
      erasedAtMs: integerWord,
    },
    primary: ['memberId'],
    index: { ix_erased_member_at: ['erasedAtMs', 'memberId'] },
  }),
  addsIndex(105, 'member', 'ix_member_merged', ['mergedIntoId']),
  createsTable(106, 'member_copy', {
    columns: {
      id: idWord,
      memberId: idWord,
      sessionId: idWord,
      tokenSha256: keyWord(64),
      fetchedCount: countWord,
      createdAtMs: integerWord,
      expiresAtMs: integerWord,
    },
    primary: ['id'],
    unique: { ux_member_copy_token: ['tokenSha256'] },
    index: {
      ix_member_copy_member: ['memberId', 'createdAtMs'],
    },
  }),
  createsTable(107, 'retention_rule', {
    columns: {
      name: keyWord(32),
      keptDays: countWord,
      nextAtMs: integerWord,
      changedAtMs: nullable(integerWord),
      changedBy: nullable(idWord),
    },
    primary: ['name'],
    index: { ix_retention_rule_due: ['nextAtMs'] },
  }),
  createsTable(108, 'retention_run', {
    columns: {
      id: idWord,
      rule: keyWord(32),
      keptDays: countWord,
      deletedRows: integerWord,
      startedAtMs: integerWord,
      finishedAtMs: nullable(integerWord),
    },
    primary: ['id'],
    index: { ix_retention_run_rule: ['rule', 'id'] },
  }),
  addsIndex(109, 'consent', 'ix_consent_recorded', ['recordedAtMs', 'id']),
]
